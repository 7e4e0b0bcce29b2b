"""Whether a cause is an old one told again: its words are those of an entry or a runbook, and what is quoted for it is only the error itself."""

import re

from bot.core.grounding_case import Known
from bot.core.grounding_quotes import beyond_the_error
from bot.model import Citation

_WORD = re.compile(r"[^\W\d_]{5,40}")
_COMMON = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "which there their about because after before again error failed fails failing cause caused causes service would could should where while "
        "other these those being"
    ).split()
)
LEAST = 3
"""Words of the past in a statement before it can be called borrowed."""


def is_borrowed(statement: str, citations: tuple[Citation, ...], known: Known) -> bool:
    """Most of what it says stands in the knowledge and nowhere in what was seen today, and nothing quoted goes beyond the error."""
    if beyond_the_error(citations, known):
        return False
    words = {word.casefold() for word in _WORD.findall(statement)} - _COMMON
    borrowed = [word for word in words if not known.today.says(word) and known.past.says(word)]
    return len(borrowed) >= LEAST and len(borrowed) * 2 >= len(words)
