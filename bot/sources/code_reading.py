"""A codebase opened at the commit that was running when the alert came, as nearly as that can be told."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from bot.config import Codebase
from bot.core.frame_path import Tracked, by_name
from bot.errors import SourceError
from bot.model import Commit, Gap, Inquiry
from bot.sources.code_clone import Clones
from bot.sources.git_history import LARGEST, Checkout
from bot.sources.running_commit import running

SOURCE = "code"
_PULL_REQUEST = re.compile(r"\(#(\d{1,9})\)|^Merge pull request #(\d{1,9}) |\(!(\d{1,9})\)")


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
        base = base_url(self.codebase)
        return f"{base}/blob/{self.commit}/{quote(path)}#L{line}" if base else None

    def linked(self, commit: Commit) -> Commit:
        """The commit with the addresses of itself and of the pull request that its subject names."""
        base = base_url(self.codebase)
        number = next((part for match in _PULL_REQUEST.finditer(commit.subject) for part in match.groups() if part), None)
        if base is None:
            return msgspec.structs.replace(commit, pull_request=f"#{number}" if number else None)
        return msgspec.structs.replace(commit, permalink=f"{base}/commit/{commit.sha}", pull_request=f"{base}/pull/{number}" if number else None)


def base_url(codebase: Codebase) -> str | None:
    """The browsing address without a slash at its end; left out, that of a `repository` on https. None when it is no web address."""
    url = (codebase.url or codebase.repository or "").rstrip("/").removesuffix(".git")
    return url if re.fullmatch(r"https?://[\w.:-]+(?:/[\w.~%+-]+)*", url) else None


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
    content = reading.checkout.blob(reading.commit, path)
    if content is None:
        return Gap(SOURCE, wanted, f"it is not there, or larger than {LARGEST // 1000} kB", "open it by hand")
    if content.startswith(b"version https://git-lfs.github.com/spec/"):
        return Gap(SOURCE, wanted, "the repository holds only a pointer to Git LFS", "open it by hand")
    if b"\0" in content[:8000]:
        return Gap(SOURCE, wanted, "it is a binary file", "open it by hand")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "not UTF-8, read as Latin-1"


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
        gaps.append(Gap(SOURCE, f"the version of {codebase.name} that was running", f"{found.doubt}; {read}", found.remedy))
    if reading.shallow:
        gaps.append(Gap(SOURCE, f"the history of {codebase.name}", "the clone is shallow, so its history would name the wrong commits", deepening(codebase)))
    return reading, gaps


def deepening(codebase: Codebase) -> str:
    """How a shallow clone gets its history."""
    if codebase.path is None:
        return "let `repository` name one that is whole: this one is a shallow clone itself"
    return f"git -C {codebase.path} fetch --unshallow (in Actions: `fetch-depth: 0`)"
