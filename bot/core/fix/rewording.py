"""Whether a changed line still says what it said: renamed, extended or with another wording, but neither undone nor turned around."""

from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher

from bot.core.code.tokens import NEGATIONS, TRUTHS, Tokens, is_literal, is_name, names

_ALIKE = 0.6
_KEPT = 0.6
_SIMILAR_NAME = 0.5


def reworded(old: Tokens, new: Tokens, essence: Tokens, before: Mapping[str, int], after: Mapping[str, int], *, similar: bool = True) -> bool:
    """Whether `new` stands for `old`. `essence` is what of the line matters; `before` and `after` count the tokens of its function.

    `similar` is False where nearly everything around it is other code: then only a plain renaming counts.
    """
    if not old or not new or _turned(old, new):
        return False
    renamed = _renaming(old, new, before, after)
    if renamed is not None:
        return True
    if not similar:
        return False
    if [word for word in old if not is_literal(word)] == [word for word in new if not is_literal(word)]:
        return True
    wanted = [word for word in essence if is_name(word)] or list(essence)
    kept = sum((Counter(wanted) & Counter(new)).values())
    return kept >= _KEPT * len(wanted) > 0 and SequenceMatcher(None, old, new, autojunk=False).ratio() >= _ALIKE


def essence(line: Tokens, replaced: Tokens) -> Tokens:
    """What a fix put into a line: the names and values that the lines it replaced did not have; all of them when it has no new ones."""
    telling = [*names(line), *(word for word in line if is_literal(word))]
    fresh = tuple((Counter(telling) - Counter(replaced)).elements())
    return fresh or tuple(telling) or line


def _turned(old: Tokens, new: Tokens) -> bool:
    """Whether a condition was negated or a truth swapped for its opposite."""
    lost, gained = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if any(word in gained for word in NEGATIONS) != any(word in lost for word in NEGATIONS):
        return True
    return any(TRUTHS.get(word, "") in gained for word in lost)


def _renaming(old: Tokens, new: Tokens, before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, str] | None:
    """The names that differ, when nothing else does and each looks like a renaming: gone from the file, here and elsewhere, or named alike."""
    if len(old) != len(new):
        return None
    found: dict[str, str] = {}
    for one, other in zip(old, new, strict=True):
        if one == other and one not in found:
            continue
        if not (is_name(one) and is_name(other)) or found.setdefault(one, other) != other:
            return None
    if len(set(found.values())) < len(found) or any(after.get(name, 0) for name in found):
        return None
    return found if all(_same_role(name, other, before, after) for name, other in found.items()) else None


def _same_role(name: str, other: str, before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """A name that was used in several places is renamed in all of them; one that stood once is only known by its likeness."""
    if before.get(name, 0) > 1:
        return after.get(other, 0) - before.get(other, 0) >= before.get(name, 0) * _KEPT
    return SequenceMatcher(None, name, other).ratio() >= _SIMILAR_NAME
