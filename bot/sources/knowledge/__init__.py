"""The knowledge folder, and the search over it."""
