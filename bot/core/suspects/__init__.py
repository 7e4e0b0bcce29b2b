"""Which change or place is suspected, and why."""
