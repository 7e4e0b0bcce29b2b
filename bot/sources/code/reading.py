"""A codebase opened at the commit that was running when the alert came, as nearly as that can be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from bot.config import Codebase
from bot.core.code.frame_path import Tracked, by_name
from bot.core.links.code_link import commit_link, line_link, request_link, web_address
from bot.core.links.resolution_reference import number_of
from bot.errors import SourceError
from bot.model import Commit, Gap, Inquiry
from bot.sources.code.clone import Clones
from bot.sources.code.git_history import LARGEST, Checkout
from bot.sources.code.running_commit import running

SOURCE = "code"
VERSION = "the version of "
"""What begins the gap of a codebase whose running version nothing names."""


@dataclass(frozen=True)
class Reading:
    """A checkout, the commit to read, and what is tracked there.

    `told_by` says what named the commit ("release v1.4.0", "branch main before the alert"); `previous` is the commit that was
    deployed before it, None when that is not known.
    """

    codebase: Codebase
    checkout: Checkout
    commit: str
    time: datetime
    tracked: Tracked
    told_by: str = ""
    previous: str | None = None

    @property
    def shallow(self) -> bool:
        """Whether the history must not be believed."""
        return self.checkout.shallow

    @property
    def at(self) -> str:
        """The commit as people write it."""
        return f"{self.codebase.name}@{self.commit[:7]}"

    def has(self, path: str) -> bool:
        """Whether the file is tracked at the commit."""
        return path in self.tracked.get(path.rpartition("/")[2], ())

    def link(self, path: str, line: int) -> str | None:
        """Where people read that line, at that commit."""
        base, name = base_url(self.codebase), self.stored(path).encode("utf-8", "surrogateescape")
        return line_link(base, self.commit, name, line) if base else None

    def stored(self, path: str) -> str:
        """A path as git is asked for it; it differs from what is shown where a name is not UTF-8."""
        return self.tracked.stored(path)

    def linked(self, commit: Commit, request: str | None = None) -> Commit:
        """The commit with the addresses of itself and of the pull request by which it came: `request` (`#1234`, `!12`)."""
        base = base_url(self.codebase)
        permalink = commit_link(base, commit.sha) if base else None
        return msgspec.structs.replace(commit, permalink=permalink, pull_request=self.request(request))

    def request(self, reference: str | None) -> str | None:
        """Where people read a pull request; its number alone where nothing says where."""
        number, base = number_of(reference or ""), base_url(self.codebase)
        if not number or base is None:
            return number or None
        return request_link(base, number)


def base_url(codebase: Codebase) -> str | None:
    """The browsing address without a slash at its end; left out, that of a `repository` on https. None when it is no web address."""
    return web_address(codebase.url or codebase.repository or "")


def open_all(root: Path, codebases: Iterable[Codebase], inquiry: Inquiry, seconds: float, clones: Clones | None = None) -> tuple[list[Reading], list[Gap]]:
    """The codebases that can be read, and a gap for what cannot, or not as it ran. `clones` keeps those that are cloned."""
    readings: list[Reading] = []
    gaps: list[Gap] = []
    for codebase in codebases:
        try:
            reading, doubts = _open(root, codebase, inquiry, seconds, clones)
        except SourceError as error:
            gaps.append(Gap(SOURCE, error.doing, error.cause, error.remedy))
            continue
        readings.append(reading)
        gaps += doubts
    return readings, gaps


def text_of(reading: Reading, path: str) -> tuple[str, str] | Gap:
    """A file as text and a note on how it was read; a Gap when it is not there, too large, binary or only a pointer to Git LFS."""
    wanted = f"{path} at {reading.at}"
    content = reading.checkout.blob(reading.commit, reading.stored(path))
    if content is None:
        return unread(reading, path)
    if content.startswith(b"version https://git-lfs.github.com/spec/"):
        return Gap(SOURCE, wanted, "the repository holds only a pointer to Git LFS", "open it by hand")
    if b"\0" in content[:8000]:
        return Gap(SOURCE, wanted, "it is a binary file", "open it by hand")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "not UTF-8, read as Latin-1"


def unread(reading: Reading, path: str, largest: int = LARGEST) -> Gap:
    """The gap of a file whose content did not come, though its name may be known: it is not there, too large, damaged, or could not be fetched."""
    wanted = f"{path} at {reading.at}"
    try:
        state = reading.checkout.state(reading.commit, reading.stored(path))
    except SourceError as error:
        return Gap(SOURCE, wanted, f"its content is not in the cache, and {error.cause}", error.remedy)
    if state == "broken":
        return Gap(SOURCE, wanted, f"its object in {reading.codebase.name} is damaged or missing", mending(reading))
    cause = f"it is larger than {_size(largest)}" if state == "large" else "there is no such file"
    return Gap(SOURCE, wanted, cause, "open it by hand")


def mending(reading: Reading) -> str:
    """How a repository with a broken object is made whole."""
    if reading.codebase.path is None:
        folder = reading.checkout.folder
        return f"remove the cached clone ({folder.name} in the folder `code_cache`): the next run makes it anew; `git fsck` in it lists what is broken"
    return f"`git -C {reading.codebase.path} fsck` lists what is broken; clone the repository anew"


def _size(count: int) -> str:
    return f"{round(count / 1_000_000)} MB" if count >= 1_000_000 else f"{count // 1000} kB"


def opened(root: Path, codebase: Codebase, seconds: float, clones: Clones | None = None, patience: float | None = None) -> tuple[Checkout, list[Gap]]:
    """The repository of a codebase: the checkout at its path, or the clone of its address, made within `patience` seconds. Raises SourceError."""
    if codebase.repository is None:
        return Checkout(root / (codebase.path or ""), codebase.name, seconds), []
    if clones is None:
        raise SourceError(f"reading the code of {codebase.name}", "nothing may be cloned here", "name a checkout as `path`")
    checkout, gap = clones.checkout(codebase, seconds, limit=patience)
    return checkout, [gap] if gap else []


def _open(root: Path, codebase: Codebase, inquiry: Inquiry, seconds: float, clones: Clones | None) -> tuple[Reading, list[Gap]]:
    checkout, gaps = opened(root, codebase, seconds, clones)
    found = running(checkout, codebase, inquiry)
    reading = Reading(codebase, checkout, found.commit, found.time, by_name(checkout.files(found.commit)), found.told_by, found.previous)
    if found.doubt:
        read = f"read {reading.at} of {found.time:%Y-%m-%d %H:%M} UTC instead ({found.told_by}); production may differ"
        gaps.append(Gap(SOURCE, f"{VERSION}{codebase.name} that was running", f"{found.doubt}; {read}", found.remedy))
    if reading.shallow:
        gaps.append(Gap(SOURCE, f"the history of {codebase.name}", "the clone is shallow, so its history would name the wrong commits", deepening(codebase)))
    return reading, gaps


def deepening(codebase: Codebase) -> str:
    """How a shallow clone gets its history."""
    if codebase.path is None:
        return "let `repository` name one that is whole: this one is a shallow clone itself"
    return f"git -C {codebase.path} fetch --unshallow (in Actions: `fetch-depth: 0`)"
