"""What may not leave, and how it is taken out."""
