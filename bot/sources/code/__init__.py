"""The code and its history, read through git."""
