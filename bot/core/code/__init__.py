"""Source files and the frames that name them."""
