"""Claims held against the evidence, and how sure that makes a cause."""
