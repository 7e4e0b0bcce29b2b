"""Whether two sentences say the same in other words: roughly, and the same for everybody who asks."""

from bot.core.signature.signature import normalised
from bot.regex import regex

ENOUGH = 0.5
_WORD = regex(r"[^\W\d_]{3,40}")
_COMMON = frozenset({"and", "are", "can", "does", "for", "from", "has", "not", "the", "this", "that", "was", "were", "with", "while", "when", "which"})
_EXAMINED = 2_000


def overlap(one: str, other: str) -> float:
    """The share of the shorter one's words that the other has too; 0 where one says nothing. Ids, numbers and times do not count."""
    ours, theirs = _words(one), _words(other)
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0


def same_words(one: str, other: str) -> bool:
    """Whether at least half of the words agree; two that say nothing are the same."""
    return overlap(one, other) >= ENOUGH or not (_words(one) or _words(other))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(normalised(text[:_EXAMINED]).casefold()) if word not in _COMMON)
