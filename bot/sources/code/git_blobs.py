"""Contents of files: read in one call, and in a partial clone fetched beforehand in one round trip, so that no command has to ask for them one by one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from bot.errors import SourceError
from bot.regex import regex
from bot.sources.code.git_command import GitCommand, RefusedError, Remote

LARGEST = 1_000_000
"""Bytes of a file that is still read."""
_MOST = 200_000
_VERSIONS = "500"
_ONE_BY_ONE = 100
"""Contents that are still read when one among them is broken."""
_COPIES = 5_000
"""Blobs fetched for `blame -C`, which looks for lines in whatever changed together with the file."""
_FETCH = (
    *("-c", "fetch.negotiationAlgorithm=noop"),
    *("fetch", "--quiet", "--no-tags", "--no-auto-gc", "--no-write-fetch-head", "--recurse-submodules=no", "--stdin", "origin"),
)
_RAW = ("--raw", "--no-abbrev", "--no-renames", "--format=", "--no-notes", "-m")
_TOGETHER = "--full-diff"
_RAW_LINE = regex(r":\d{6} \d{6} ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [A-Z]")
_KEPT = regex(
    r"-n|-\d+|-n\d+|--(?:since|until|before|after|max-count|diff-filter|no-walk|grep|author)(?:=.*)?|--(?:no-)?merges|--first-parent|--reverse", re.DOTALL
)
_SPAN = regex(r"-L[^:]*:(.+)", re.DOTALL)
_NO_TEXT = regex(
    r"\.(?:png|jpe?g|gif|webp|ico|svgz|pdf|zip|gz|tgz|bz2|xz|7z|jar|war|class|so|dylib|dll|exe|o|a|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|bin|dat|db|parquet)$",
    re.I,
)

State = Literal["not there", "broken", "large"]


class Blobs:
    """The contents of one repository. `remote` is where missing ones come from; None where all of them are there."""

    def __init__(self, git: GitCommand, remote: Remote | None) -> None:
        self._git, self._remote = git, remote
        self._contents: dict[tuple[str, str, int], bytes | None] = {}
        self._done: set[tuple[str, ...]] = set()
        self.refusal: SourceError | None = None
        """Why nothing more can be fetched; what is not in the cache then stays missing."""

    @property
    def source(self) -> Remote | None:
        """Where a command may fetch from by itself."""
        return self._remote if self.refusal is None else None

    def read(self, wanted: Sequence[tuple[str, str]], largest: int = LARGEST) -> list[bytes | None]:
        """Contents of several (commit, path), read once; None for what is not there, broken, or of more than `largest` bytes."""
        unread = [one for one in dict.fromkeys(wanted) if (*one, largest) not in self._contents]
        if self.source:
            self.fetch([name for sha in dict.fromkeys(sha for sha, _ in unread) for name in self._names(sha, [path for one, path in unread if one == sha])])
        names = [f"{sha}:{path}" if "\n" not in path else "" for sha, path in unread]
        found = [
            line.split(" ") for line in self._batch("--batch-check=%(objecttype) %(objectsize) %(objectname)", names).decode("utf-8", "replace").splitlines()
        ]
        objects = [parts[2] if len(parts) == 3 and parts[0] == "blob" and int(parts[1]) <= largest else None for parts in found]
        contents = self._read([name for name in objects if name])
        self._contents |= {(*one, largest): contents.get(name) if name else None for one, name in zip(unread, objects, strict=True)}
        return [self._contents[*one, largest] for one in wanted]

    def state(self, sha: str, path: str) -> State:
        """Why a content could not be read, once `read` has given None: the commit has no such file, its object is damaged or lost, or it is just large."""
        name = next(self._names(sha, [path]), None)
        if name is None:
            return "not there"
        try:
            size = self._batch("--batch-check=%(objecttype) %(objectsize)", [name])
        except RefusedError:
            return "broken"
        return "large" if size.startswith(b"blob ") and int(size.split()[1]) > LARGEST else "broken"

    def _read(self, names: Sequence[str]) -> dict[str, bytes]:
        """Contents by their object's name. Where one object is broken git ends, so that each is then read on its own and only that one missed."""
        try:
            return dict(zip(names, _contents(self._batch("--batch", names)), strict=True))
        except RefusedError:
            return {name: content for name in dict.fromkeys(names[:_ONE_BY_ONE]) for content in self._sound(name)}

    def _sound(self, name: str) -> list[bytes]:
        try:
            return list(_contents(self._batch("--batch", [name])))
        except RefusedError:
            return []

    def fetch(self, names: Iterable[str]) -> bool:
        """Fetches those of these blobs that are missing, in one round trip; False when some still are; then `refusal` says why."""
        wanted = list(dict.fromkeys(name for name in names if name.strip("0")))[:_MOST]
        if self._remote is None or not wanted:
            return True
        answers = self._git(("cat-file", "--batch-check=%(objectname)"), wanted).decode().splitlines()
        missing = [line.split(" ")[0] for line in answers if line.endswith(" missing")]
        if not missing or self.source is None:
            return not missing
        try:
            self._git(_FETCH, missing, self._remote)
        except SourceError as error:
            self.refusal = error
            return False
        return True

    def fetch_tree(self, sha: str, *paths: str) -> bool:
        """Fetches the text files of a commit, all or those below these paths: what a search needs. False when some are still missing."""
        key = ("ls-tree", sha, *paths)
        if self._remote is None or key in self._done:
            return True
        entries = self._git(("ls-tree", "-r", "-z", sha, "--", *paths)).decode("utf-8", "replace").split("\0")
        found = self.fetch(entry.split(" ")[2].partition("\t")[0] for entry in entries if entry.startswith("100") and not _NO_TEXT.search(entry))
        if found:
            self._done.add(key)
        return found

    def fetch_for(self, arguments: Sequence[str]) -> None:
        """Fetches what a `git log -p`, `log -L`, `log -S`, `show` or `blame` is going to read: the blobs that the same log with `--raw` names."""
        raw = _as_raw(arguments) if self.source else None
        if raw is None or raw in self._done:
            return
        self._done.add(raw)
        text = self._git(raw).decode("utf-8", "replace")
        names = (name for match in _RAW_LINE.finditer(text) for name in match.groups())
        self.fetch(islice(names, _COPIES) if _TOGETHER in raw else names)

    def _names(self, sha: str, paths: Sequence[str]) -> Iterator[str]:
        asked = [path for path in paths if path and "\0" not in path]
        for begin in range(0, len(asked), 500):
            entries = self._git(("ls-tree", "-z", sha, "--", *asked[begin : begin + 500])).decode("utf-8", "replace").split("\0")
            yield from (entry.split(" ")[2].partition("\t")[0] for entry in entries if entry.startswith("100"))

    def _batch(self, mode: str, names: Sequence[str]) -> bytes:
        return self._git(("cat-file", mode), names) if names else b""


def command_of(arguments: Sequence[str]) -> str:
    """The git command among its arguments; settings (`-c key=value`) may stand before it."""
    at = 0
    while at + 2 < len(arguments) and arguments[at] == "-c":
        at += 2
    return arguments[at]


def _as_raw(arguments: Sequence[str]) -> tuple[str, ...] | None:
    """The log that names the blobs which a command reads; None for a command that reads none."""
    command = command_of(arguments)
    words = list(arguments[list(arguments).index(command) + 1 :])
    spans = [match[1] for word in words if (match := _SPAN.fullmatch(word))]
    if command == "log" and not spans and not any(word == "-p" or word[:2] in ("-S", "-G") for word in words):
        return None
    if command not in ("log", "show", "blame"):
        return None
    begin = words.index("--") if "--" in words else len(words)
    paths = [*words[begin + 1 :], *(spans if command == "log" else [])]
    kept = [word for number, word in enumerate(words[:begin]) if not word.startswith("-") or _KEPT.fullmatch(word) or (number and words[number - 1] == "-n")]
    copies = (_TOGETHER,) if command == "blame" and any(word.startswith("-C") for word in words) else ()
    limit = () if any(word.startswith(("-n", "--max-count", "--no-walk")) for word in kept) else ("-n", "1" if command == "show" else _VERSIONS)
    return ("log", *_RAW, *copies, *limit, *kept, "--", *paths)


def _contents(stream: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(stream):
        end = stream.index(b"\n", at)
        size = int(stream[at:end].split(b" ")[-1])
        yield stream[end + 1 : end + 1 + size]
        at = end + 2 + size
