"""What git tells of a fix: its own change, the commits after it that touched its files, renames, and the merge that brought a commit in."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from bot.core.code.handles import login_of
from bot.core.code.text import CodeText
from bot.core.fix.lines import Texts
from bot.core.fix.walk import Node
from bot.core.links.resolution_reference import pull_request_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.regex import regex
from bot.sources.code.git_history import Checkout

VERSIONS = 200
"""Commits on the files of a fix that are read, the newest ones."""
_DESCENDANTS = 50_000
_BYTES = 12_000_000
_FORMAT = "--format=%x00%x00%H%x00%P%x00%ct%x00%aN%x00%aE%x00%s%x00%b%x00"
_RECORD = regex(r"\x00\x00([0-9a-f]{40,64})\x00([0-9a-f ]*)\x00(\d*)\x00([^\x00]*)\x00([^\x00]*)\x00([^\x00]*)\x00([^\x00]*)\x00")
_RAW = regex(r":(\d{6}) (\d{6}) [0-9a-f]+\.* [0-9a-f]+\.* ([A-Z])\d*\t([^\t\n]+)(?:\t([^\t\n]+))?")
_QUOTED = ("-c", "core.quotePath=true", "-c", "log.showRoot=true", "-c", "diff.renames=true")
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_LAST_SECOND = 253402300799


class Message(NamedTuple):
    """Who made a commit, when, and what they said. `parents` may be those of a simplified history."""

    sha: str
    parents: tuple[str, ...]
    time: datetime
    author: str
    login: str | None
    subject: str
    body: str

    @property
    def pull_request(self) -> str | None:
        """`#1234` or `!12`, when the message says by which it came."""
        return pull_request_of(self.subject, self.body)


class Renamed(NamedTuple):
    """A file of a change: its path before and after; None on the side where it is not. `ordinary` is False for links and submodules."""

    before: str | None
    after: str | None
    ordinary: bool


def message_of(checkout: Checkout, sha: str) -> tuple[Message, list[Renamed]]:
    """A commit and the files that it changed against its first parent. Raises SourceError."""
    arguments = ("log", "-1", "-m", "--first-parent", "--raw", "--no-abbrev", "-M", "-l2000", "-O/dev/null", "--no-ext-diff", "--submodule=short", _FORMAT)
    text = checkout.output(*_QUOTED, *arguments, "--end-of-options", sha, "--")
    message = next(_messages(text))
    return message, list(_changes(text))


def messages_after(checkout: Checkout, span: str, paths: Sequence[str], most: int = VERSIONS) -> list[Message]:
    """The commits of a range that touched these files, oldest first, merges that matter included; parents are the nearest of them."""
    arguments = ("log", "--full-history", "--simplify-merges", "--parents", "--topo-order", "--no-patch", "-n", str(most), _FORMAT)
    return list(_messages(checkout.output(*arguments, "--end-of-options", span, "--", *paths)))[::-1]


def messages_that_say(checkout: Checkout, words: Sequence[str], revisions: Sequence[str], most: int = 20) -> list[Message]:
    """The newest commits whose message holds one of these texts."""
    wanted = [f"--grep={one}" for one in words]
    return list(_messages(checkout.output("log", "--no-patch", "--fixed-strings", "-n", str(most), *wanted, _FORMAT, *revisions, "--")))


def changed_between(checkout: Checkout, old: str, new: str) -> list[Renamed]:
    """The files that differ between two commits, renames told."""
    arguments = ("diff", "--raw", "--no-abbrev", "-M", "-l2000", "-O/dev/null", "--no-ext-diff", "--ignore-submodules=all")
    return list(_changes(checkout.output(*_QUOTED, *arguments, "--end-of-options", old, new, "--")))


def distance(checkout: Checkout, one: str, other: str) -> tuple[int, int] | None:
    """How many commits only `one` has, and how many only `other`; None when they are not both there."""
    found = checkout.attempt("rev-list", "--left-right", "--count", "--end-of-options", f"{one}...{other}", "--")
    parts = found.split() if found else []
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 else None


def brought_by(checkout: Checkout, sha: str, tip: str) -> str | None:
    """The commit on the first-parent line of `tip` that brought a commit in; None when it stands on that line itself, or is not in it."""
    text = checkout.attempt("rev-list", "--topo-order", "--parents", "-n", str(_DESCENDANTS), "--end-of-options", f"{sha}..{tip}", "--") or ""
    parents = {words[0]: words[1:] for line in text.splitlines() if (words := line.split())}
    holding = {sha}
    for one in reversed(parents):  # parents come before their children
        if holding.intersection(parents[one]):
            holding.add(one)
    at, found = tip, None
    while at in parents and at in holding:
        found = at
        at = parents[at][0] if parents[at] else ""
    return found if at != sha and found else None


class Versions:
    """The files of a fix as code, commit by commit, each content read and taken apart once."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._texts: dict[tuple[bytes, str], CodeText] = {}
        self._at: dict[tuple[str, str], CodeText | None] = {}
        self._messages: dict[tuple[str, ...], list[Message]] = {}

    def messages(self, span: str, paths: Sequence[str]) -> list[Message]:
        """See `messages_after`; asked once."""
        key = (span, *paths)
        if key not in self._messages:
            self._messages[key] = messages_after(self._checkout, span, paths)
        return self._messages[key]

    def load(self, wanted: Sequence[tuple[str, str]]) -> None:
        """Reads these (commit, path) in one go."""
        unread = [one for one in dict.fromkeys(wanted) if one not in self._at]
        for (sha, path), blob in zip(unread, self._checkout.blobs(unread) if unread else [], strict=True):
            self._at[sha, path] = self._text(blob, path)

    def text(self, sha: str, path: str) -> CodeText | None:
        """A file at a commit that was loaded; None where there is none, or it is not text."""
        return self._at.get((sha, path))

    def texts(self, sha: str, paths: Sequence[str]) -> Texts:
        """The tracked files at a commit that was loaded."""
        return {path: self._at.get((sha, path)) for path in paths}

    def room(self, sha: str, paths: Sequence[str]) -> int:
        """How many versions of these files may be read, by their size at a commit."""
        size = sum(len(text.raw) for path in paths if (text := self._at.get((sha, path))))
        return max(12, min(VERSIONS, _BYTES // max(1, size)))

    def _text(self, blob: bytes | None, path: str) -> CodeText | None:
        if blob is None or b"\0" in blob[:8000] or blob.startswith(b"version https://git-lfs.github.com/spec/"):
            return None
        if (blob, path) not in self._texts:
            self._texts[blob, path] = CodeText.read(_decoded(blob), path)
        return self._texts[blob, path]


def nodes_of(messages: Sequence[Message]) -> list[Node]:
    """The graph alone."""
    return [Node(message.sha, message.parents) for message in messages]


def _decoded(blob: bytes) -> str:
    try:
        return blob.decode("utf-8-sig")
    except UnicodeDecodeError:
        return blob.decode("latin-1")


def _messages(text: str) -> Iterator[Message]:
    for match in _RECORD.finditer(text):
        sha, parents, time, author, address, subject, body = match.groups()
        when = datetime.fromtimestamp(min(max(int(time or 0), 0), _LAST_SECOND), UTC)
        yield Message(sha, tuple(parents.split()), when, cut(one_line(author), 80), login_of(address), one_line(subject)[:1000], body[:20_000])


def _changes(text: str) -> Iterator[Renamed]:
    for match in _RAW.finditer(text):
        old_mode, new_mode, status, first, second = match.groups()
        path, other = _unquoted(first), _unquoted(second or first)
        ordinary = all(mode.startswith("100") or mode == "000000" for mode in (old_mode, new_mode))
        yield Renamed(None if status in "AC" else path, None if status == "D" else other, ordinary)


def _unquoted(name: str) -> str:
    """A path as git quotes it, with the bytes that are not UTF-8 as Python passes them on to programs."""
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name
    found, inner, at = bytearray(), name[1:-1], 0
    while at < len(inner):
        if inner[at] != "\\":
            found += inner[at].encode("utf-8", "surrogateescape")
            at += 1
        elif inner[at + 1 : at + 4].isdigit():
            found.append(int(inner[at + 1 : at + 4], 8) & 255)
            at += 4
        else:
            found.append(_ESCAPES.get(inner[at + 1 : at + 2], 63))
            at += 2
    return found.decode("utf-8", "surrogateescape")
