"""Errata: an alert in Slack becomes a reviewed entry in a knowledge base, and an answer in the alert's thread."""

__version__ = "0.1.0"
CONFIGURATION = ".github/knowledge-bot.yml"
"""The configuration file, below a repository's root; here, because `bot --help` names it and shall not load what reads it."""
