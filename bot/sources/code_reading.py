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
from bot.core.plain_text import one_line
from bot.errors import SourceError
from bot.model import Commit, Gap, Inquiry
from bot.sources.git_history import LARGEST, Checkout

SOURCE = "code"
_PULL_REQUEST = re.compile(r"\(#(\d{1,9})\)|^Merge pull request #(\d{1,9}) |\(!(\d{1,9})\)")


@dataclass(frozen=True)
class Reading:
    """A checkout, the commit to read, and what is tracked there."""

    codebase: Codebase
    checkout: Checkout
    commit: str
    time: datetime
    tracked: Tracked

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
    """The browsing address without a slash at its end; None when it is no web address."""
    url = (codebase.url or "").rstrip("/").removesuffix(".git")
    return url if re.fullmatch(r"https?://[\w.:-]+(?:/[\w.~%+-]+)*", url) else None


def open_all(root: Path, codebases: Iterable[Codebase], inquiry: Inquiry, seconds: float) -> tuple[list[Reading], list[Gap]]:
    """The codebases that can be read, and a gap for what cannot, or not as it ran."""
    readings: list[Reading] = []
    gaps: list[Gap] = []
    for codebase in codebases:
        try:
            reading, doubts = _open(root, codebase, inquiry, seconds)
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


def _open(root: Path, codebase: Codebase, inquiry: Inquiry, seconds: float) -> tuple[Reading, list[Gap]]:
    checkout = Checkout(root / (codebase.path or ""), codebase.name, seconds)
    commit, time, doubt = _commit(checkout, inquiry)
    reading = Reading(codebase, checkout, commit, time, by_name(checkout.files(commit)))
    gaps = [doubt(reading)] if doubt else []
    if reading.shallow:
        remedy = f"git -C {codebase.path} fetch --unshallow (in Actions: `fetch-depth: 0`)"
        gaps.append(Gap(SOURCE, f"the history of {codebase.name}", "the clone is shallow, so its history would name the wrong commits", remedy))
    return reading, gaps


class _Doubt:
    """Why the commit that is read may not be the one that ran."""

    def __init__(self, cause: str, remedy: str) -> None:
        self._cause, self._remedy = cause, remedy

    def __call__(self, reading: Reading) -> Gap:
        read = f"read {reading.at} of {reading.time:%Y-%m-%d %H:%M} UTC instead; production may differ"
        return Gap(SOURCE, f"the version of {reading.codebase.name} that was running", f"{self._cause}; {read}", self._remedy)


def _commit(checkout: Checkout, inquiry: Inquiry) -> tuple[str, datetime, _Doubt | None]:
    name = inquiry.release or ""
    exact = checkout.release(name) if name else None
    if exact:
        return exact, checkout.committed(exact), None
    branch = checkout.branch(name) if name else None
    named = f"the release {one_line(name)[:80]!r} is no tag or commit there" if name else "neither the alert nor its log events name a release"
    remedy = "git fetch --tags there" if name else "log the release (a tag or commit) as `release`, or name its field in `fields.release`"
    at = checkout.head_at(inquiry.alert.time, branch or "HEAD")
    if at is None:
        return checkout.head, checkout.committed(checkout.head), _Doubt(f"{named}, and every commit of the branch is later than the alert", remedy)
    return *at, _Doubt(named, remedy)
