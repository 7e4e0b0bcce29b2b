"""Links to other systems, read and written; nothing is fetched."""
