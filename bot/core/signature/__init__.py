"""The name of an error, and what of a message or frame counts for it."""
