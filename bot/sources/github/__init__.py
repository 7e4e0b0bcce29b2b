"""Runs, releases and merges of a GitHub repository."""
