"""Lists of words, as tests write them down."""


def listed(words: str, between: str | None = None) -> list[str]:
    """Each word of a text; with `between`, each part of it."""
    return words.split(between)
