"""Where alerts are read and answered."""
