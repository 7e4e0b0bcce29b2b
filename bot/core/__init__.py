"""Pure, data to data: no I/O, no clock, no environment."""
