"""The log of a job of GitHub Actions: what the failing step said last.

Each line begins with its time; `##[error]` marks what the runner reports as an error (github.com/actions/runner, command extensions).
"""

import re
from datetime import UTC, datetime

from bot.core.plain_text.plain_text import cut, visible
from bot.model import Record
from bot.regex import regex

MOST_LINES = 40
MOST_CHARACTERS = 4_000
_LONGEST = 500
_LOOKED_AT = 100_000
"""Characters before the end that are read line by line; what stands before them is only counted."""
_STAMP = regex(r"^\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z ?", re.MULTILINE)
_MARK = regex(r"##\[(error|warning|group|command|section|notice)\]")
_HIDDEN = ("##[endgroup]", "##[debug]")
_ERROR = "##[error]"


class StepLines(Record, frozen=True):
    """The last lines of a step, the errors among them apart, and how many lines before them are not shown."""

    lines: tuple[str, ...]
    errors: tuple[str, ...]
    left_out: int


def last_lines(text: str, started: datetime | None, completed: datetime | None) -> StepLines:
    """What was said between the two times, up to the last error; of the whole log where nothing was said between them."""
    begin, end = _between(text, _stamp(started), _stamp(completed)) if started and completed else (0, len(text))
    error = text.rfind(_ERROR, begin, end)
    if error >= 0:
        newline = text.find("\n", error, end)
        end = newline if newline >= 0 else end
    near = max(begin, end - _LOOKED_AT)
    if error >= 0:  # a line of megabytes is cut at its end, not at its beginning, which names the error
        near = max(begin, min(near, text.rfind("\n", begin, error) + 1))
    said = text[near:end].splitlines()
    shown = [(number, line) for number, line in enumerate(map(_shown, said)) if line]
    kept: list[tuple[int, str]] = []
    room = MOST_CHARACTERS
    for number, line in reversed(shown[-MOST_LINES:]):
        room -= len(line) + 1
        if room < 0:
            break
        kept.insert(0, (number, line))
    errors = [line for line in (_shown(one) for one in said if _ERROR in one) if line]
    before = sum(1 for number, _ in shown if number < kept[0][0]) if kept else 0
    return StepLines(tuple(line for _, line in kept), tuple(dict.fromkeys(errors))[-5:], before + text.count("\n", begin, near))


def _between(text: str, first: str, last: str) -> tuple[int, int]:
    """Where the lines of that time begin and end; the whole text when there are none. Stamps of one form compare as strings."""
    begin = None
    for match in _STAMP.finditer(text):
        if begin is None and first <= match[1] <= last:
            begin = match.start()
        elif begin is not None and match[1] > last:
            return begin, match.start()
    return (0 if begin is None else begin), len(text)


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _shown(line: str) -> str:
    line = _STAMP.sub("", line[: 4 * _LONGEST], count=1)
    if any(mark in line[:200] for mark in _HIDDEN):
        return ""
    return cut(_MARK.sub(lambda mark: "error: " if mark[1] == "error" else "", visible(line).rstrip()), _LONGEST)
