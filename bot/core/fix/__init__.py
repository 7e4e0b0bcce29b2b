"""What became of an earlier fix."""
