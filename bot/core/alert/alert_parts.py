"""Which lines of a message speak of which of its errors: the labels of one stand all above, or all below it."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from bot.model import Record
from bot.regex import regex

_FENCE = regex(r"\n?```\n?")
_OF_FENCE = " "
"""A line that only stood for a fence: unlike an empty one it keeps nothing apart."""


class Head(Record, frozen=True):
    """A type and a message, and the lines that they were read from: `line` is the first, `last` the last; `traced` where these are a stack trace."""

    line: int
    error_type: str | None
    message: str | None
    last: int
    traced: bool = False


class _Label(NamedTuple):
    line: int
    kind: str
    last: int


def unfenced(text: str) -> str:
    """The text without Slack's code fences, which stand right before and after the first and the last line of what they hold."""
    return _FENCE.sub(lambda fence: "\n" + f"{_OF_FENCE}\n" * (len(fence[0]) - 3), text)


def parts(lines: Sequence[str], heads: Sequence[Head], labels: Mapping[str, re.Pattern[str]]) -> tuple[range, ...]:
    """The lines that speak of each head: all of them when there is only one, else its labels, its paragraph and what follows up to the next.

    `labels` are the patterns of what an error is labelled with, by what they tell.
    """
    if len(heads) < 2:
        return tuple(range(len(lines)) for _ in heads)
    labelled = tuple(_labelled(lines, labels))
    below = max(head.last for head in heads)
    starts: dict[int, int] = {}
    for number, head in sorted(enumerate(heads), key=lambda one: (one[1].line, one[0])):
        before = max((other for other in heads if other.line < head.line), key=lambda other: other.last, default=None)
        starts[number] = _start(lines, before, head, max(starts.values(), default=0), labelled, below) if starts else 0
    edges = sorted(starts.values())
    return tuple(range(starts[number], next((edge for edge in edges if edge > starts[number]), len(lines))) for number in range(len(heads)))


def of_all(lines: Sequence[str], heads: Sequence[Head], labels: Mapping[str, re.Pattern[str]]) -> tuple[int, ...]:
    """The lines of labels that speak of every head: below them all, each the only one of its kind in the message."""
    below = max(head.last for head in heads)
    labelled = tuple(_labelled(lines, labels))
    kinds = Counter(label.kind for label in labelled)
    common = [label for label in labelled if label.line > below and kinds[label.kind] == 1]
    return tuple(sorted({line for label in common for line in range(label.line, label.last + 1)}))


def _labelled(lines: Sequence[str], labels: Mapping[str, re.Pattern[str]]) -> Iterator[_Label]:
    """Each label with the line that it begins in, by kind; its value may stand in the next line."""
    begins = list(accumulate((len(line) + 1 for line in lines), initial=0))
    text = "\n".join(lines)
    for kind, pattern in labels.items():
        for match in pattern.finditer(text):
            yield _Label(bisect_right(begins, match.start()) - 1, kind, bisect_right(begins, match.end()) - 1)


def _start(lines: Sequence[str], before: Head | None, head: Head, part: int, labelled: Sequence[_Label], below: int) -> int:
    """Where the part of a head begins: at its first label, else with its paragraph; right at it when another head stands in that.

    Of the labels between two heads, those are of the lower one that the upper one bears above itself already, in its part that begins at `part`;
    of two traces also those that do not hang together with the upper one. What stands below the last head, too, stands below each.
    """
    first = before.last + 1 if before else 0
    blank = [n for n in range(first, head.line) if not lines[n].strip() and lines[n] != _OF_FENCE]
    paragraph, apart = (blank[-1] + 1, blank[0]) if blank else (head.line, first)
    borne = {label.kind for label in labelled if before and part <= label.line < before.line}
    following = {label.kind for label in labelled if label.line > below}
    traced = before is not None and before.traced and head.traced
    own = (
        label.line
        for label in labelled
        if first <= label.line < paragraph and label.kind not in following and (label.kind in borne or (traced and label.line >= apart))
    )
    return min(own, default=paragraph)
