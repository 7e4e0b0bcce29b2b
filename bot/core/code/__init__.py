"""Source files, their owners, the lines of a patch, the frames that name them."""
