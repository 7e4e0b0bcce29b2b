"""Errata: an alert in Slack becomes a reviewed entry in a knowledge base, and an answer in the alert's thread."""

__version__ = "0.1.0.dev0"
