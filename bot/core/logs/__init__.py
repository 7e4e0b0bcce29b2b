"""Log lines and events: read, timed, matched, folded and ranked."""
