"""The log of a job of GitHub Actions: what the failing step said last.

Each line begins with its time; `##[error]` marks what the runner reports as an error (github.com/actions/runner, command extensions).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.core.plain_text import cut, visible
from bot.model import Record

MOST_LINES = 40
MOST_CHARACTERS = 4_000
_LONGEST = 500
_STAMP = re.compile(r"\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z ?")
_MARK = re.compile(r"##\[(error|warning|group|command|section|notice)\]")
_HIDDEN = ("##[endgroup]", "##[debug]")
_ERROR = "##[error]"


class StepLines(Record, frozen=True):
    """The last lines of a step, the errors among them apart, and how many lines before them are not shown."""

    lines: tuple[str, ...]
    errors: tuple[str, ...]
    left_out: int


def last_lines(text: str, started: datetime | None, completed: datetime | None) -> StepLines:
    """What was said between the two times, up to the last error; of the whole log where nothing was said between them."""
    stamped = list(_stamped(text))
    inside = [line for time, line in stamped if started and completed and time and started <= time < completed + timedelta(seconds=1)]
    said = inside or [line for _, line in stamped]
    last = max((number for number, line in enumerate(said) if _ERROR in line), default=len(said) - 1)
    shown = [line for line in (_shown(one) for one in said[: last + 1]) if line]
    errors = [line for line in (_shown(one) for one in said[: last + 1] if _ERROR in one) if line]
    kept: list[str] = []
    room = MOST_CHARACTERS
    for line in reversed(shown[-MOST_LINES:]):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return StepLines(tuple(reversed(kept)), tuple(dict.fromkeys(errors))[-5:], len(shown) - len(kept))


def _stamped(text: str) -> Iterator[tuple[datetime | None, str]]:
    """Each line with its time, or that of the line that it continues."""
    time: datetime | None = None
    for line in text.splitlines():
        match = _STAMP.match(line)
        if match:
            time = _time(match[1]) or time
        yield time, line[match.end() :] if match else line


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _shown(line: str) -> str:
    if any(mark in line[:200] for mark in _HIDDEN):
        return ""
    words = visible(line[: 4 * _LONGEST]).rstrip()
    return cut(_MARK.sub(lambda mark: "error: " if mark[1] == "error" else "", words), _LONGEST)
