"""The alert: what a message says, where it stands, and what belongs with it."""
