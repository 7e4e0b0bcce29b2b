"""Log files on disk."""
