"""One module for each command of the command line: it wires the adapters and runs the job."""
