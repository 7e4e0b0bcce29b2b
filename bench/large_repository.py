"""A diagnosis in a repository of 100,000 files and 200,000 commits: `python -m bench.large_repository` makes it once and times the reading."""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure, show
from bot.config import Codebase
from bot.model import Alert, Frame, Inquiry, Permalink
from bot.sources.code.code import CodeSource

SEED = 7
START = 1_500_000_000
SECONDS_APART = 900
FAILING = "payments/ledger/reserve/module_007.py"
_BODY = """def load_{n}(key, limit={limit}):
    if not key:
        raise KeyError("no key for step {n}")
    rows = fetch(key, limit)
    total = sum(row.amount for row in rows)
    return total + {offset}


def store_{n}(key, rows):
    for row in rows:
        write(key, row, retries={limit})
    return len(rows)
"""


def main() -> int:
    """Exit code 1 when a diagnosis takes longer than ten seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--commits", type=int, default=200_000)
    parser.add_argument("--keep", type=Path, help="folder to make the repository in, and to find it in again")
    arguments = parser.parse_args()
    if arguments.keep is not None:
        return _measured(arguments.keep, arguments.files, arguments.commits)
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder) / "large", arguments.files, arguments.commits)


def make(folder: Path, files: int, commits: int) -> None:
    """A bare repository written by `git fast-import`: seeded, the same every time."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder)], check=True)
    writer = subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet", "--depth=10"], stdin=subprocess.PIPE)
    if writer.stdin is None:
        raise OSError("git fast-import has no input")
    for chunk in _stream(files, commits):
        writer.stdin.write(chunk)
    writer.stdin.close()
    if writer.wait():
        raise OSError(f"git fast-import ended with {writer.returncode}")


def paths(files: int) -> list[str]:
    """The failing file, then others in folders of some hundred."""
    areas = ("payments", "billing", "search", "catalog", "shipping", "accounts", "gateway", "reports", "stock", "pricing")
    rooms = ("ledger", "intake", "export", "rules", "sync")
    shelves = ("reserve", "quote", "batch", "audit", "cache", "queue", "view", "store", "merge", "plan")
    named = [f"{area}/{room}/{shelf}/module_{n:03}.py" for n in range(files // 500 + 1) for area in areas for room in rooms for shelf in shelves]
    return [FAILING, *[path for path in named if path != FAILING][: files - 1]]


def _stream(files: int, commits: int) -> Iterator[bytes]:
    rng, tracked = random.Random(SEED), paths(files)  # noqa: S311 - the same history every time
    yield _commit(0, "import")
    for path in tracked:
        yield _file(path, rng)
    busy = tracked[: max(1, files // 50)]
    for number in range(1, commits):
        yield _commit(number, f"change {number} (#{number})")
        for path in {rng.choice(busy if rng.random() < 0.7 else tracked) for _ in range(rng.randint(1, 3))}:
            yield _file(path, rng)
        if number % 1000 == 0:
            yield _file(FAILING, rng)
            yield f"reset refs/tags/v{number // 1000}\nfrom refs/heads/main\n\n".encode()


def _commit(number: int, subject: str) -> bytes:
    who = f"Author {number % 40} <author{number % 40}@example.com> {START + number * SECONDS_APART} +0000"
    return f"commit refs/heads/main\ncommitter {who}\ndata {len(subject)}\n{subject}\n".encode()


def _file(path: str, rng: random.Random) -> bytes:
    text = "\n\n".join(_BODY.format(n=n, limit=rng.randint(1, 99), offset=rng.randint(1, 9)) for n in range(3)).encode()
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text)


def _measured(folder: Path, files: int, commits: int) -> int:
    if not folder.exists():
        begun = time.perf_counter()
        make(folder, files, commits)
        print(f"made {files} files and {commits} commits in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    when = datetime.fromtimestamp(START + commits * SECONDS_APART, UTC)
    permalink = Permalink("bench.slack.com", "C00000000", f"{int(when.timestamp())}.000000")
    alert = Alert(permalink, when, "prod", "KeyError: no key for step 1", error_type="KeyError", message="no key for step 1")
    frames = (Frame("store_2", "/srv/app/billing/intake/quote/module_003.py", 40), Frame("load_1", f"/srv/app/{FAILING}", 17))
    inquiry = Inquiry(alert, when - timedelta(minutes=5), when, search=False, frames=frames)
    beside = f"{files:,} files, {commits:,} commits"
    return 0 if show("A large repository", _diagnosed(folder, inquiry, beside)) else 1


def _diagnosed(folder: Path, inquiry: Inquiry, beside: str) -> Iterator[Figure]:
    for run in ("first", "second"):
        source = CodeSource(folder.parent, (Codebase("large", path=folder.name),))
        begun = time.perf_counter()
        findings = source.gather(inquiry)
        yield Figure(f"{run} diagnosis in a large repository", round(time.perf_counter() - begun, 2), 10, "s", beside=beside)
        for gap in findings.gaps:
            print(f"  gap: {gap.wanted}: {gap.cause}", file=sys.stderr)
    yield Figure("pieces of evidence", len(findings.evidence), 1, least=True)
    yield Figure("memory of the diagnosis", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), None, "MB")


if __name__ == "__main__":
    sys.exit(main())
