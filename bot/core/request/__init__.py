"""Pull requests: their hidden marks, commands and policy."""
