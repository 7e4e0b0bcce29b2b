"""Trackers: where follow-up work is tracked."""
