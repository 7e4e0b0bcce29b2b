"""Forges: where proposals become pull requests."""
