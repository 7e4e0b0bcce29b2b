"""The commits of a window as git tells them: who, when, which files, which merge brought them in, and on demand their lines."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.code.hunks import Hunk, hunks
from bot.core.links.resolution_reference import pull_request_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.regex import regex
from bot.sources.code.reading import Reading

MOST = 400
"""Commits of the window that are looked at."""
_FORMAT = "--format=%x00%x00%H%x00%P%x00%aN%x00%aE%x00%ct%x00%s%x00%b%x00"
_RECORD = regex(r"\x00\x00([0-9a-f]{40,64})\x00([0-9a-f ]*)\x00([^\x00]*)\x00([^\x00]*)\x00(\d+)\x00([^\x00]*)\x00([^\x00]*)\x00")
_RAW = regex(r":\d{6} \d{6} ([0-9a-f]{4,64}) ([0-9a-f]{4,64}) ([A-Z])\d{0,3}\t(.+)")
_REVERTS = regex(r"This reverts commit ([0-9a-f]{7,64})")
_LOGIN = regex(r"(?:\d{1,12}\+)?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(?:\[bot\])?@users\.noreply\.github\.com", re.IGNORECASE)
_PATCH = ("-p", "-M", "-U30", "-w", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/")
_NO_BIG_FILES = ("-c", "core.bigFileThreshold=1m")


@dataclass(frozen=True)
class File:
    """A file of a commit: what happened to it (A, M, D, T) and its content before and after, by the names of the blobs."""

    path: str
    status: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A commit without its lines. `login` is the author's name on GitHub where the commit carries it; the address itself is not kept."""

    sha: str
    parents: tuple[str, ...]
    author: str
    login: str | None
    time: datetime
    subject: str
    body: str
    files: tuple[File, ...]

    @property
    def merge(self) -> bool:
        """Whether it joins branches."""
        return len(self.parents) > 1

    @property
    def pull_request(self) -> str | None:
        """`#1234` or `!12`, when the message says by which it came."""
        return pull_request_of(self.subject, self.body)

    @property
    def undoes(self) -> str:
        """The commit that it says to revert, or nothing."""
        match = _REVERTS.search(self.body)
        return match[1] if match else ""


@dataclass(frozen=True)
class ChangeLog:
    """The newest commits that lead to the one that was read, newest first; `whole` is False when the window held more than were looked at."""

    entries: tuple[Entry, ...]
    whole: bool

    def before(self, previous: str) -> frozenset[str] | None:
        """The commits that were already in `previous`; None when it is not among these."""
        known = {entry.sha: entry for entry in self.entries}
        return frozenset(_ancestors(known, [previous])) if previous in known else None

    def joined(self, other: "ChangeLog") -> "ChangeLog":
        """Both, each commit once."""
        known = {entry.sha for entry in self.entries}
        more = (entry for entry in other.entries if entry.sha not in known)
        return ChangeLog((*self.entries, *more), self.whole and other.whole)

    def brought_in(self) -> dict[str, Entry]:
        """Commit of a side branch → the merge that brought it to the branch that was read."""
        known = {entry.sha: entry for entry in self.entries}
        line: list[Entry] = []
        at = self.entries[0].sha if self.entries else ""
        while at in known:
            line.append(known[at])
            at = known[at].parents[0] if known[at].parents else ""
        seen: set[str] = set()
        found: dict[str, Entry] = {}
        for merge in reversed(line):
            new = _ancestors(known, [merge.sha], seen)
            seen |= new
            if merge.merge:
                found |= dict.fromkeys(new - {merge.sha}, merge)
        return found


def read(reading: Reading, begin: datetime | str, paths: Sequence[str] = (), until: datetime | None = None) -> ChangeLog:
    """The commits since a time, or since another commit (a full SHA), until another; of these files when some are named. At most 400. Raises SourceError."""
    bounds = [f"^{begin}" if isinstance(begin, str) else _since(begin), *([f"--until={_stamp(until)}"] if until else [])]
    text = reading.checkout.output(
        "log", "--raw", "--no-renames", "--no-notes", "-n", str(MOST), _FORMAT, *bounds, reading.commit, "--", *map(reading.stored, paths)
    )
    entries = tuple(_entries(text))
    return ChangeLog(entries, len(entries) < MOST)


def named(reading: Reading, shas: Sequence[str]) -> tuple[Entry, ...]:
    """These very commits. Raises SourceError."""
    options = ("log", "--no-walk=unsorted", "--raw", "--no-renames", "--no-notes", _FORMAT)
    return tuple(_entries(reading.checkout.output(*options, *shas, "--"))) if shas else ()


def lines_of(reading: Reading, shas: Sequence[str], paths: Iterable[str]) -> dict[str, tuple[Hunk, ...]]:
    """What these commits changed in these files, in one call. Raises SourceError."""
    if not shas:
        return {}
    options = ("--no-walk=unsorted", "--no-notes", "--diff-merges=first-parent", *_PATCH, "--format=%x00%x00%H%x00")
    return _by_commit(reading.checkout.output(*_NO_BIG_FILES, "log", *options, *shas, "--", *map(reading.stored, paths)))


def of_span(reading: Reading, path: str, span: tuple[int, int], since: datetime, count: int) -> tuple[tuple[Entry, ...], dict[str, tuple[Hunk, ...]]]:
    """The last commits that changed these lines, whatever the file was called then, with what they changed there. Raises SourceError."""
    begin = _since(since)
    options = ("-n", str(count), "--no-merges", "--no-notes", begin, _FORMAT, *_PATCH[4:])
    text = reading.checkout.output("log", f"-L{span[0]},{span[1]}:{reading.stored(path)}", *options, reading.commit, "--")
    return tuple(_entries(text)), _by_commit(text)


def _since(time: datetime) -> str:
    return f"--since={_stamp(time)}"


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _by_commit(text: str) -> dict[str, tuple[Hunk, ...]]:
    heads = list(re.finditer(r"\x00\x00([0-9a-f]{40,64})\x00(?:[^\n]*\x00)?", text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    return {head[1]: hunks(text[head.end() : end]) for head, end in zip(heads, ends, strict=True)}


def _entries(text: str) -> Iterable[Entry]:
    heads = list(_RECORD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    for head, end in zip(heads, ends, strict=True):
        sha, parents, author, address, time, subject, body = head.groups()
        login = _LOGIN.fullmatch(address.strip())
        when = datetime.fromtimestamp(min(int(time), 253402300799), UTC)
        files = tuple(File(match[4], match[3], match[1], match[2]) for line in text[head.end() : end].split("\n") if (match := _RAW.match(line)))
        name = cut(one_line(author), 80)
        yield Entry(sha, tuple(parents.split()), name, login[1] if login else None, when, cut(one_line(subject), 200), body[:4000], files)


def _ancestors(known: dict[str, Entry], start: Iterable[str], seen: frozenset[str] | set[str] = frozenset()) -> set[str]:
    found: set[str] = set()
    waiting = [sha for sha in start if sha not in seen]
    while waiting:
        sha = waiting.pop()
        if sha not in found and sha not in seen:
            found.add(sha)
            waiting += known[sha].parents if sha in known else ()
    return found
