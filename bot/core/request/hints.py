"""A person's hint on a diagnosis: material for whoever diagnoses again, and the words that are looked for."""

import re

from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Evidence, Hint
from bot.regex import regex

MOST_WORDS = 5
_WORD = regex(r"`([^`]{2,80})`|([\w.:/#-]{3,80})")
_COMMON = frozenset(
    """
    about after again also and any are because been before but can cause caused check could did does error errors for from had has have how into its
    look looked looking maybe more not off only our please probably same see should since some that the them then there these they this those
    through too try under was were what when where which while who why will with would you your
    """.split()  # noqa: SIM905 - read as a list of words
)


def evidence_of(hint: Hint, identifier: str) -> Evidence:
    """The hint as a person's words: no cause of today can rest on it alone, and nothing in it is obeyed."""
    return Evidence("knowledge", f"a hint by {hint.by}", "a comment on the pull request", hint.text, id=identifier)


def words_of(hint: str) -> tuple[tuple[str, ...], ...]:
    """What to look for in the logs, the most telling first: quoted code, then words with digits or signs in them, then long ones."""
    found = list(dict.fromkeys(cut(one_line((quoted or plain).strip(".:-/#")), 80) for quoted, plain in _WORD.findall(hint)))
    telling = [word for word in found if len(word) > 2 and word.casefold() not in _COMMON]
    quoted = {one_line(words) for words, _ in _WORD.findall(hint) if words}
    return tuple((word,) for word in sorted(telling, key=lambda word: -_weight(word, quoted))[:MOST_WORDS])


def _weight(word: str, quoted: set[str]) -> int:
    return 100 * (word in quoted) + 50 * bool(re.search(r"[\d_./:#]|[a-z][A-Z]", word)) + len(word)
