"""Cases of the evaluation: what they are made of, how answers are graded."""
