"""Whether a reviewed entry answers at once, and how far it is trusted."""
