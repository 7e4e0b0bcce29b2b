"""Rules of diagnosis as data: read, matched, ranked."""
