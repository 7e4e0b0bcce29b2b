"""Stack traces, one module for each runtime."""
