"""Queries that a person may approve, guarded, and their rows."""
