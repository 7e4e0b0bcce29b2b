"""Log files beside the code: NDJSON and plain lines, streamed, so that their size does not matter."""

import glob
import os
import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from bot.config import Fields, Limits, LogFiles
from bot.core.log_document import is_error
from bot.model import Checkup, Findings, Gap, Inquiry, LogEvent
from bot.sources.log_reading import Kept, LogReading

TRACE_MARGIN = timedelta(minutes=10)
"""A request may begin long before its error is logged, and go on after."""
_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""
_MAX_TRACES = 50
# A JSON line without any of these (the last are pino's numbers) tells of no error: it need not be parsed.
_SIGNS = (
    *("err", "eror", "fatal", "crit", "alert", "emerg", "panic", "severe", "excep", "exc_", "traceback", "stack"),
    *("timeout", "failure", "fault", "violation", "exit", "interrupt", '":50', '": 50', '":60', '": 60', '"50"', '"60"'),
)


class FileSource:
    """Answers from the files of the alert's environment. Paths and globs are relative to `root`; `.gz` files are read as well."""

    def __init__(self, name: str, root: Path, files: tuple[LogFiles, ...], fields: Fields, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._root, self._files = root, files
        self._fields, self._limits = fields, limits
        self._clock = clock

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return self._name

    def gather(self, inquiry: Inquiry) -> Findings:
        """Errors of the window, newest first, and the events of the inquiry's traces, oldest first. Never raises SourceError."""
        patterns = [pattern for files in self._files if files.environment in (None, inquiry.alert.environment) for pattern in files.paths]
        if not patterns or not (inquiry.search or inquiry.trace_ids):
            return Findings()
        paths, gaps = self._found(patterns)
        until = self._clock() + _DEADLINE_SHARE * self._limits.source_seconds
        answers = [self._errors(paths, inquiry, until)] if inquiry.search else []
        answers += [self._traced(paths, inquiry, until)] if inquiry.trace_ids else []
        return Findings(
            events=tuple(dict.fromkeys(event for answer in answers for event in answer.events)),
            gaps=tuple(dict.fromkeys((*gaps, *(gap for answer in answers for gap in answer.gaps)))),
            queries=tuple(query for answer in answers for query in answer.queries),
        )

    def examine(self) -> Iterable[Checkup]:
        """Whether each path or glob finds files, and files that can be read."""
        for pattern in dict.fromkeys(pattern for files in self._files for pattern in files.paths):
            paths, gaps = self._found([pattern])
            closed = next((shown for shown, path in paths.items() if not os.access(path, os.R_OK)), None)
            if gaps:
                yield Checkup(f"log files {pattern}", False, gaps[0].cause, gaps[0].remedy)
            elif closed:
                yield Checkup(f"log files {pattern}", False, f"{closed} may not be read", f"let this user read it: chmod +r {closed}")
            else:
                yield Checkup(f"log files {pattern}", True, _files(len(paths)))

    def _errors(self, paths: dict[str, Path], inquiry: Inquiry, until: float) -> Findings:
        kept = Kept(self._limits.error_events, lambda time: -time.timestamp())
        reading = LogReading(paths, self._fields, until, self._clock)
        for event in reading.events(_may_be_error):
            if inquiry.start <= event.time <= inquiry.end and is_error(event):
                kept.offer(event)
        events = kept.events()
        cut = f", the newest {len(events):,} kept" if kept.offered > len(events) else ""
        query = f"{self._name}: errors {_span(inquiry.start, inquiry.end)} in {_files(len(paths))}, {reading.lines:,} lines → {kept.offered:,}{cut}"
        return Findings(events, gaps=reading.gaps(self._name), queries=(query,))

    def _traced(self, paths: dict[str, Path], inquiry: Inquiry, until: float) -> Findings:
        ids = inquiry.trace_ids[:_MAX_TRACES]
        whole = re.compile("|".join(rf"(?<![0-9A-Za-z]){re.escape(one)}(?![0-9A-Za-z])" for one in ids))
        start, end = inquiry.start - TRACE_MARGIN, inquiry.end + TRACE_MARGIN
        kept = Kept(self._limits.trace_events, datetime.timestamp)
        reading = LogReading(paths, self._fields, until, self._clock)
        # `in` is far faster than a regular expression, and nearly every line is of another trace.
        for event in reading.events(lambda line: any(one in line for one in ids) and whole.search(line) is not None):
            if start <= event.time <= end:
                kept.offer(event)
        events = kept.events()
        query = (
            f"{self._name}: trace {', '.join(ids)} {_span(start, end)} in {_files(len(paths))}, {reading.lines:,} lines → {len(events):,} of {kept.offered:,}"
        )
        cut = self._cut(kept.offered, events)
        # Lines without a time and broken ones are told with the errors; here they would be told again.
        return Findings(events, gaps=cut if inquiry.search else (*cut, *reading.gaps(self._name)), queries=(query,))

    def _cut(self, offered: int, events: tuple[LogEvent, ...]) -> tuple[Gap, ...]:
        if offered <= len(events):
            return ()
        cause = f"{offered:,} lines, the first {len(events):,} were kept"
        return (Gap(self._name, "the whole trace", cause, "raise `limits: trace_events:` in .github/knowledge-bot.yml"),)

    def _found(self, patterns: list[str]) -> tuple[dict[str, Path], list[Gap]]:
        """The files that paths and globs mean, by the name to show, and a gap for each that means none."""
        paths: dict[str, Path] = {}
        gaps: list[Gap] = []
        for pattern in dict.fromkeys(patterns):
            names = sorted(glob.glob(str(self._root / pattern), recursive=True))
            files = [Path(name) for name in names if Path(name).is_file()]
            paths.update((self._shown(path), path) for path in files)
            if not files:
                cause = "it is no file" if names else "no file matches" if glob.has_magic(pattern) else "no such file"
                gaps.append(
                    Gap(self._name, f"log lines of {pattern}", cause, f"check `files:` in .github/knowledge-bot.yml; it was looked for in {self._root}")
                )
        return paths, gaps

    def _shown(self, path: Path) -> str:
        relative = Path(os.path.relpath(path, self._root)).as_posix()
        return Path(os.path.abspath(path)).as_posix() if relative.startswith("../") else relative


def _may_be_error(line: str) -> bool:
    """A plain line always: the stack that makes it an error may follow it."""
    lowered = line.lower()
    return line.lstrip()[:1] != "{" or any(sign in lowered for sign in _SIGNS)


def _span(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%d %H:%M:%S}-{end:%H:%M:%S}Z"


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"
