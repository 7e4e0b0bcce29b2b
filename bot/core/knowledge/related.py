"""Which errors belong beside each other, and why: the same trace, the same commit, the same function, nearly the same words, the same release."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot.core.entry.entry import Entry
from bot.core.entry.front_patch import quoted
from bot.core.entry.sections import RELATED, find
from bot.core.recurrence.word_overlap import overlap
from bot.regex import regex

MOST = 5
ENOUGH = 3
"""What must come together: a shared function alone, or a shared release, is no kinship."""
_ALIKE = 0.75
_NEEDLES = 12
_TRACES = regex(r"^- \*\*Traces:\*\* (.{1,2000})$", re.MULTILINE)
_TRACE = regex(r"`([0-9A-Za-z-]{16,64})`")
_RELEASE = regex(r"^- \*\*Release:\*\* `{1,3} ?([^`\n]{1,80}?) ?`{1,3}\s*$", re.MULTILINE)
_COMMIT = regex(r"(?:\bcommit[ \t]{1,3}\[?`{0,3}|/commits?/)([0-9a-f]{7,40})(?![0-9a-z])", re.IGNORECASE)
_SHORT = 7
_SAME_TRACE, _SAME_COMMIT, _SAME_RELEASE = "seen in the same trace", "both name commit", "seen in the same release,"
_BESIDE = regex(rf"(?:{_SAME_TRACE})?(?:(?:^|, ){_SAME_COMMIT} `[0-9a-f]{{7}}`)?(?:(?:^|, ){_SAME_RELEASE} [^\n]{{1,300}})?")


class Marks(NamedTuple):
    """What of an entry can be found in another: ids of traces, the first seven digits of commits it names, releases."""

    traces: frozenset[str]
    commits: frozenset[str]
    releases: frozenset[str]


class Relative(NamedTuple):
    """An entry beside another. `reasons` are clauses in words, the strongest first; names in them are as the entries have them."""

    entry: Entry
    weight: float
    reasons: tuple[str, ...]


def marks(entry: Entry) -> Marks:
    """Of the occurrences that stand whole in it, and of its resolution."""
    words = f"{entry.meta.resolution}\n{entry.body}"
    traces = (trace for line in _TRACES.findall(entry.body) for trace in _TRACE.findall(line))
    commits = (commit[:_SHORT].lower() for commit in _COMMIT.findall(words))
    return Marks(_first(traces), _first(one for one in commits if not one.isdigit()), _first(_RELEASE.findall(entry.body)))


def needles(entry: Entry) -> tuple[str, ...]:
    """Texts of which one stands in every entry that shares a trace, a commit or the function with it."""
    own, culprit = marks(entry), entry.meta.culprit
    named = (f"culprit: {quoted(culprit)}",) if culprit.casefold() != "unknown" else ()
    return (*sorted(own.traces), *sorted(own.commits), *named)


def relatives(entry: Entry, others: Iterable[Entry]) -> tuple[Relative, ...]:
    """Those that belong beside it, the nearest first; never itself, and none that is withdrawn."""
    own = marks(entry)
    found = (_relative(entry, own, other) for other in others if other.meta.signature != entry.meta.signature and other.meta.status != "withdrawn")
    return tuple(sorted((one for one in found if one.weight >= ENOUGH), key=lambda one: (-one.weight, one.entry.meta.signature)))


def is_named(entry: Entry, name: str) -> bool:
    """Whether the entry knows of another already: in its front matter, or in what stands under Related Errors, whoever wrote it and whatever it says."""
    section = find(entry.body, RELATED)
    return name in entry.meta.related or (section is not None and name in entry.body[section.content : section.end])


def easily_mistaken(entry: Entry) -> tuple[str, ...]:
    """The names in `related` that could be taken for this error: all but those that happen beside it, which our line under Related Errors says of them.

    The same trace, commit or release makes no error look like another; the same function or nearly the same words do, and people name what they met.
    """
    section = find(entry.body, RELATED)
    lines = entry.body[section.content : section.end].splitlines() if section else ()
    said = {name: words for line in lines for name in entry.meta.related for _, found, words in [line.partition(f"]({name}.md): ")] if found}
    return tuple(name for name in entry.meta.related if not said.get(name) or _BESIDE.fullmatch(said[name]) is None)


def _relative(entry: Entry, own: Marks, other: Entry) -> Relative:
    meta, theirs, their_marks = entry.meta, other.meta, marks(other)
    same_place = meta.culprit.casefold() == theirs.culprit.casefold() != "unknown"
    same_type = meta.error_type.casefold() == theirs.error_type.casefold() != "unknown"
    alike = overlap(_message(entry), _message(other))
    services = sorted(set(meta.services) & set(theirs.services))
    releases = sorted(own.releases & their_marks.releases) if services else []
    reasons = (
        (5.0, _SAME_TRACE if own.traces & their_marks.traces else ""),
        (4.0, f"{_SAME_COMMIT} `{shared[0]}`" if (shared := sorted(own.commits & their_marks.commits)) else ""),
        (2.0 + same_type, f"`{theirs.culprit}` fails in both" + (" with the same type" if same_type else "") if same_place else ""),
        (3.0 * alike, "nearly the same words" if alike >= _ALIKE else ""),
        (1.0, f"{_SAME_RELEASE} `{releases[0]}` of {services[0]}" if releases else ""),
    )
    told = tuple((weight, words) for weight, words in reasons if words)
    return Relative(other, sum(weight for weight, _ in told), tuple(words for _, words in told))


def _message(entry: Entry) -> str:
    """What the title says beyond type and culprit."""
    return entry.meta.title.partition(": ")[2]


def _first(found: Iterable[str]) -> frozenset[str]:
    return frozenset(list(dict.fromkeys(found))[:_NEEDLES])
