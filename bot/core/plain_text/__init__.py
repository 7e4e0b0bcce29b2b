"""Text from outside: reduced to what a reader can see, and cut."""
