"""`python -m bench.large_logs --megabytes 1000`: how fast the window and the trace of an alert are found in log files of that size, beside grep and zgrep."""

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure, show
from bench.log_window import lines
from bot.config import Fields, Limits, LogFiles
from bot.model import Alert, Inquiry, Permalink
from bot.sources.logs.files import FileSource

ROUNDS = 5
SLOWEST, LARGEST_MB = 0.33, 200
_DAY = datetime(2025, 3, 4, tzinfo=UTC)
_ALERT = _DAY + timedelta(hours=17, minutes=41)
_BEFORE, _AFTER = timedelta(minutes=5), timedelta(minutes=1)
_SEED = 20250304
_BODIES = 5_000
_STAMP = '{"@timestamp": "'
_TRACE_LINES = 40


class Written(NamedTuple):
    """A file, the trace to be found in it, and how many errors of the window and lines of the trace it holds."""

    path: str
    trace: str
    errors: int
    traced: int


class Searched(NamedTuple):
    """What one of our searches took and found."""

    seconds: float
    megabytes: float
    errors: int
    traced: int


def main() -> int:
    """Write the files, search them in turn with grep and with ours; exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int, default=1000)
    options.add_argument("--folder", type=Path, help="where the files are written and kept; what is there is used again; left out: a temporary folder")
    options.add_argument("--search", nargs=2, metavar=("FILE", "TRACE"), help="one search, for the measuring process")
    chosen = options.parse_args()
    if chosen.search:
        print(json.dumps(_search(Path(chosen.search[0]), chosen.search[1])))
        return 0
    if chosen.folder:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        return _measured(chosen.folder, chosen.megabytes)
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder), chosen.megabytes)


def _measured(folder: Path, megabytes: int) -> int:
    ordered = _kept(folder / "ordered.ndjson", megabytes, mixed=False)
    packed = Written(str(_packed(Path(ordered.path))), ordered.trace, ordered.errors, ordered.traced)
    mixed = _kept(folder / "mixed.ndjson", megabytes, mixed=True)
    title = f"Window and trace found in {megabytes:,} MB of NDJSON, one day; the best of {ROUNDS} rounds, the files in the page cache"
    # Where lines are in no order, every byte has to be looked at for both: one fixed text is not the same question.
    files = (("in the order of time", ordered, "grep", False), ("gzip", packed, "zgrep", False), ("in no order", mixed, "grep", True))
    return 0 if show(title, (figure for file in files for figure in _figures(*file))) else 1


def _figures(name: str, written: Written, grep: str, both: bool) -> Iterator[Figure]:
    """Of one file. The bar is against grep for the trace alone, or with `both` for the window's minutes as well."""
    minutes = [f"{_ALERT - _BEFORE + timedelta(minutes=n):%Y-%m-%dT%H:%M}" for n in range(7)]
    alone, together, searches = [], [], []
    for _ in range(ROUNDS):
        alone.append(_grepped(grep, written, [written.trace]))
        together.append(_grepped(grep, written, [written.trace, *minutes]))
        searches.append(_searched(written))
    best = min(searches, key=lambda search: search.seconds)
    bars = (None, SLOWEST) if both else (SLOWEST, None)
    told = (f"{grep} for the trace {min(alone):.2f} s, ours {best.seconds:.2f} s", f"{grep} for both {min(together):.2f} s")
    for question, seconds, bar, beside in zip(("the trace", "window and trace"), (min(alone), min(together)), bars, told, strict=True):
        yield Figure(f"{name}: speed against {grep} for {question}", round(seconds / best.seconds, 2), bar, "times", True, beside)
    wrong = sum((search.errors, search.traced) != (written.errors, written.traced) for search in searches)
    yield Figure(f"{name}: searches that missed a line", wrong, 0, beside=f"{written.errors} errors, {written.traced} lines of the trace")
    yield Figure(f"{name}: resident", round(max(search.megabytes for search in searches)), LARGEST_MB, "MB")


def _grepped(grep: str, written: Written, words: list[str]) -> float:
    patterns = [argument for word in words for argument in ("-e", word)]
    started = time.perf_counter()
    done = subprocess.run([grep, "-c", "-F", *patterns, written.path], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"})
    seconds = time.perf_counter() - started
    if int(done.stdout) < written.traced:
        sys.exit(f"error: measuring {grep}: it found {done.stdout.strip()} lines of {written.traced}\n  try: remove the folder and write the files anew")
    return seconds


def _searched(written: Written) -> Searched:
    command = [sys.executable, "-m", "bench.large_logs", "--search", written.path, written.trace]
    return Searched(*json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def _search(path: Path, trace: str) -> Searched:
    source = FileSource("files", path.parent, (LogFiles((path.name,)),), Fields(), Limits(source_seconds=600, error_events=10_000))
    alert = Alert(Permalink("bench.slack.com", "C1", "1741110060.000000"), _ALERT, "prod", "boom")
    started = time.perf_counter()
    findings = source.gather(Inquiry(alert, _ALERT - _BEFORE, _ALERT + _AFTER, trace_ids=(trace,)))
    seconds = time.perf_counter() - started
    traced = [event for event in findings.events if event.trace_id == trace]
    errors = [event for event in findings.events if event.level == "ERROR" and _ALERT - _BEFORE <= event.time <= _ALERT + _AFTER]
    return Searched(seconds, _resident(), len(errors), len(traced))


def _resident() -> float:
    """The most that this process held, in MB. `getrusage` would also count what the process that started this one held."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _kept(path: Path, megabytes: int, *, mixed: bool) -> Written:
    """The file as it was written before, or written now."""
    note = path.with_suffix(f".{megabytes}.json")
    if note.exists() and path.exists():
        return Written(*json.loads(note.read_text()))
    path.with_suffix(".ndjson.gz").unlink(missing_ok=True)
    written = _write(path, megabytes, mixed=mixed)
    note.write_text(json.dumps(written))
    return written


def _write(path: Path, megabytes: int, *, mixed: bool) -> Written:
    """The same file for the same size: bodies of log lines, each with a time and a trace of its own."""
    chance = random.Random(_SEED)  # noqa: S311 - the same lines every time
    bodies = [(line[line.index('"level"') : line.index('"trace_id"')], line[line.index('"span_id"') :], error) for line, error in lines(_BODIES, _SEED)]
    size = sum(map(len, (*bodies[0][:2], *bodies[1][:2]))) // 2 + 100
    count = megabytes * 10**6 // size
    trace, errors = f"{chance.getrandbits(128) | 1 << 127:032x}", 0
    around = range(int(count * (_ALERT - _DAY) / timedelta(days=1)) - 2 * _TRACE_LINES, count, 2)[:_TRACE_LINES]
    traced = frozenset(around)
    with path.open("w") as file:
        for number, at in _times(count, chance if mixed else None):
            before, after, error = bodies[number * 7919 % _BODIES]
            own = trace if number in traced else f"{chance.getrandbits(128):032x}"
            errors += error and _ALERT - _BEFORE <= at <= _ALERT + _AFTER
            file.write(f'{_STAMP}{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z", {before}"trace_id": "{own}", {after}\n')
    return Written(str(path), trace, errors, len(traced))


def _times(count: int, chance: random.Random | None) -> Iterator[tuple[int, datetime]]:
    numbers = list(range(count))
    if chance is not None:
        chance.shuffle(numbers)
    for number in numbers:
        # Whole milliseconds, as they are written.
        yield number, _DAY + timedelta(milliseconds=86_400_000 * number // count)


def _packed(path: Path) -> Path:
    packed = path.with_suffix(".ndjson.gz")
    if packed.exists():
        return packed
    with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as file:
        shutil.copyfileobj(plain, file, 1024 * 1024)
    return packed


if __name__ == "__main__":
    sys.exit(main())
