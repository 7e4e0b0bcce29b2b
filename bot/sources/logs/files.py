"""Log files beside the code: NDJSON, arrays, tables and plain lines, packed or not, found by their times so that their size does not matter."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.config import Fields, Limits, LogFiles
from bot.core.logs import trace_id
from bot.core.logs.time import Dating
from bot.core.logs.words import LogWords
from bot.errors import BadConfiguration
from bot.model import Checkup, Findings, Gap, Inquiry
from bot.regex import regex
from bot.sources.logs import folder as log_folder
from bot.sources.logs.reading import LogReading
from bot.sources.logs.scan import LogFile
from bot.sources.logs.silence import ended
from bot.sources.logs.sought import Sought, Stretch
from bot.sources.logs.tally import Kept, files

TRACE_MARGIN = timedelta(minutes=10)
"""A request may begin long before its error is logged, and go on after."""
_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""
_MAX_TRACES = 50
_OFFSET = regex(r"([+-])([01]\d):([0-5]\d)")


class FileSource:
    """Answers from the files of the alert's environment. Paths and globs are relative to `root`; gzip and zstd are read as well.

    Raises BadConfiguration for a time zone that is none.
    """

    def __init__(self, name: str, root: Path, files: tuple[LogFiles, ...], fields: Fields, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._root, self._files = root, files
        self._zones = {entry.timezone: _zone(entry.timezone) for entry in files}
        self._fields, self._limits = fields, limits
        self._clock = clock

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return self._name

    def gather(self, inquiry: Inquiry) -> Findings:
        """Errors of the window, or what holds the inquiry's words, newest first; events of its traces, oldest first; in one pass. Never raises SourceError."""
        until = self._clock() + _DEADLINE_SHARE * self._limits.source_seconds
        ids = tuple(one for one in dict.fromkeys(inquiry.trace_ids) if one.strip())[:_MAX_TRACES]
        named = [entry for entry in self._files if entry.environment in (None, inquiry.alert.environment)]
        if not any(entry.paths for entry in named) or not (inquiry.search or ids or inquiry.words):
            return Findings()
        found, gaps = self._found(named, inquiry.alert.time)
        window, margin = Stretch(inquiry.start, inquiry.end), Stretch(inquiry.start - TRACE_MARGIN, inquiry.end + TRACE_MARGIN)
        words = LogWords(inquiry.words, inquiry.service or "") if inquiry.words else None
        sought = Sought(window if inquiry.search or words else None, trace_id.every(ids), margin, words)
        reading = LogReading(sought, Kept(self._limits.error_events, _newest_first), Kept(self._limits.trace_events, datetime.timestamp), self._fields)
        reading.read(found, lambda: self._clock() <= until)
        if inquiry.search and not reading.errors.offered and (gap := ended(found, window.start, self._fields, self._name)):
            gaps.append(gap)
        return Findings(
            events=tuple(dict.fromkeys((*reading.errors.events(), *reading.traced.events()))),
            gaps=tuple(dict.fromkeys((*gaps, *self._cut(reading.traced), *reading.tally.gaps(self._name)))),
            queries=tuple(self._queries(reading, sought, ids, len(found))),
        )

    def examine(self) -> Iterable[Checkup]:
        """Whether each path or glob finds files, and files that can be read."""
        for pattern in dict.fromkeys(pattern for entry in self._files for pattern in entry.paths):
            found = log_folder.found(self._root, (pattern,))
            closed = next((shown for shown, path in found.paths.items() if not os.access(path, os.R_OK)), None)
            if found.missing:
                gap = self._missing(*found.missing[0])
                yield Checkup(f"log files {pattern}", False, gap.cause, gap.remedy)
            elif closed:
                yield Checkup(f"log files {pattern}", False, f"{closed} may not be read", f"let this user read it: chmod +r {closed}")
            else:
                yield Checkup(f"log files {pattern}", True, files(len(found.paths)))

    def _found(self, named: list[LogFiles], around: datetime) -> tuple[tuple[LogFile, ...], list[Gap]]:
        """The files that paths and globs mean, each once, and a gap for each that means none."""
        paths: dict[str, LogFile] = {}
        gaps: list[Gap] = []
        for entry in named:
            found = log_folder.found(self._root, entry.paths)
            dating = Dating(self._zones[entry.timezone], around)
            paths = {**{shown: LogFile(shown, path, dating, entry.service or "") for shown, path in found.paths.items()}, **paths}
            gaps += (self._missing(pattern, cause) for pattern, cause in found.missing)
        return tuple(paths.values()), gaps

    def _missing(self, pattern: str, cause: str) -> Gap:
        remedy = f"check `files:` in .github/knowledge-bot.yml; it was looked for in {self._root}"
        if "link" in cause:
            remedy = "name its real place in `files:`, by an absolute path, if it is meant"
        return Gap(self._name, f"log lines of {pattern}", cause, remedy)

    def _queries(self, reading: LogReading, sought: Sought, ids: Sequence[str], count: int) -> Iterable[str]:
        where = f"in {files(count)}, {reading.tally.looked()}"
        if sought.window is not None:
            kept, offered = len(reading.errors.events()), reading.errors.offered
            cut = f", the newest {kept:,} kept" if offered > kept else ""
            what = "errors" if sought.words is None else sought.words
            yield f"{self._name}: {what} {_told(sought.window)} {where} → {offered:,}{cut}"
        if ids:
            kept, offered = len(reading.traced.events()), reading.traced.offered
            yield f"{self._name}: trace {', '.join(ids)} {_told(sought.trace)} {where} → {kept:,} of {offered:,}"

    def _cut(self, traced: Kept) -> tuple[Gap, ...]:
        kept = len(traced.events())
        if traced.offered <= kept:
            return ()
        cause = f"{traced.offered:,} lines, the first {kept:,} were kept"
        return (Gap(self._name, "the whole trace", cause, "raise `limits: trace_events:` in .github/knowledge-bot.yml"),)


def _zone(name: str) -> tzinfo:
    if match := _OFFSET.fullmatch(name):
        shift = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-shift if match[1] == "-" else shift)
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = "write UTC, an offset (+02:00) or a name of the time zone database (Europe/Berlin)"
        raise BadConfiguration("reading `files: timezone:`", f"{name!r} is no time zone that is known here", remedy) from error


def _newest_first(time: datetime) -> float:
    return -time.timestamp()


def _told(stretch: Stretch) -> str:
    return f"{stretch.start:%Y-%m-%d %H:%M:%S}-{stretch.end:%H:%M:%S}Z"
