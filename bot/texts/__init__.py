"""Pure, data to words: everything a person reads."""
