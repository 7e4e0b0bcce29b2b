"""Dashboard and reviews: figures, patterns, periods, marks."""
