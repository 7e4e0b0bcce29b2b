"""What the APIs of other systems answer, read without trust."""
