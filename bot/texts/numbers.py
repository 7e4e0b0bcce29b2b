"""Numbers as people say them."""


def times(count: int) -> str:
    """How often something happened."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
