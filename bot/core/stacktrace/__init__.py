"""Stack traces, one module for each runtime; which frames are ours."""
