"""What people wrote down beside entries: codes, runbooks, post-mortems, and how it is found."""
