"""A response time of the configuration within a sentence."""


def within(response_time: str) -> str:
    """What follows "within": `< 15 minutes` is written for a table, and "within less than" is once too often."""
    return response_time.removeprefix("&lt;").removeprefix("<").strip()
