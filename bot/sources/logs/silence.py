"""No error in the window: whether any log file goes on until then, since a silence that nobody looked at is no peace."""

import heapq
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.config import Fields
from bot.model import Gap
from bot.sources.logs.opening import LogStream, Unreadable
from bot.sources.logs.profile import dated
from bot.sources.logs.scan import LogFile

_MOST_FILES = 50
"""So many files that were changed last are asked for their last lines."""
_LOOK = 64 * 1024
_LINES = 2_000


def ended(files: Iterable[LogFile], start: datetime, fields: Fields, source: str) -> Gap | None:
    """The gap where the last line of every file is from before `start`; None where one goes on, or where that is not known (packed, without times)."""
    newest = heapq.nlargest(_MOST_FILES, ((changed, file) for file in files if (changed := _changed(file)) is not None), key=lambda found: found[0])
    last: tuple[datetime, LogFile] | None = None
    for changed, file in newest:
        time = _last_time(file, fields)
        # What was last changed before the window has no line of it, whatever is in it.
        if (time is None and changed >= start) or (time is not None and time >= start):
            return None
        if time is not None and (last is None or time > last[0]):
            last = time, file
    if last is None or (len(newest) == _MOST_FILES and newest[-1][0] >= start):
        return None
    others = ", and no other file goes on longer" if len(newest) > 1 else ""
    cause = f"the last line of {last[1].shown} is of {last[0]:%Y-%m-%d %H:%M:%S} UTC, before the window{others}"
    remedy = "see whether the logs are still written to these files; else correct `files:`, and `timezone:` where the times of lines name no zone"
    return Gap(source, "log lines of the window", cause, remedy)


def _changed(file: LogFile) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None


def _last_time(file: LogFile, fields: Fields) -> datetime | None:
    """The latest time at the beginning or the end: some exports write the newest line first."""
    try:
        with LogStream(file.path) as stream:
            if stream.size is None:
                return None
            pieces = [stream.read(_LOOK)]
            if stream.size > _LOOK:
                stream.seek(stream.size - _LOOK)
                pieces.append(stream.read(_LOOK).partition(b"\n")[2])
    except (OSError, Unreadable):
        return None
    times = (time for piece in pieces for _, time in dated(piece, 0, len(piece), fields, file.dating, _LINES))
    return max(times, default=None)
