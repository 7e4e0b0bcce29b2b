"""Pull requests on this machine: a record and a Markdown text for each, beside the repository's own data."""

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from bot.forges.local_records import put, unreadable
from bot.model import Record


class Pull(Record, frozen=True):
    """What is known of a request. `state` is what was last settled: an open one is asked of git each time.

    Times are aware; texts of before they were kept have none. `base` is the default branch when the request was opened, `head` the bot's last commit.
    """

    number: int
    branch: str
    title: str
    base: str
    head: str
    paths: tuple[str, ...]
    state: Literal["open", "merged", "closed"] = "open"
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    opened: datetime | None = None
    ended: datetime | None = None
    """When the bot closed it; of what people merged or deleted, git tells."""


class Pulls:
    """The requests kept as `<number>.json` and `<number>.md` in a folder. Raises ForgeError for a file that cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, branch: str) -> list[Pull]:
        """The requests of one branch, newest first."""
        return [pull for pull in self.all() if pull.branch == branch]

    def all(self) -> list[Pull]:
        """Every request, newest first."""
        return [self._read(number) for number in sorted(self._numbers(), reverse=True)]

    def body(self, number: int) -> str:
        """The request's text; empty when a crash or a person left none."""
        path = self.page(number)
        try:
            return path.read_bytes().decode("utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(path, error, "its request") from error

    def page(self, number: int) -> Path:
        """Where the text is."""
        return self._folder / f"{number}.md"

    def add(self, pull: Pull, body: str) -> Pull:
        """Keep a new request under the next free number, also when two runs add one at the same moment."""
        while True:
            numbered = msgspec.structs.replace(pull, number=max(self._numbers(), default=0) + 1)
            if put(self._record(numbered.number), msgspec.json.format(msgspec.json.encode(numbered)), new=True):
                put(self.page(numbered.number), body.encode())
                return numbered

    def save(self, pull: Pull, body: str | None = None) -> None:
        """Replace what is known of a request, and its text if one is given."""
        put(self._record(pull.number), msgspec.json.format(msgspec.json.encode(pull)))
        if body is not None:
            put(self.page(pull.number), body.encode())

    def _numbers(self) -> list[int]:
        try:
            names = [Path(name) for name in os.listdir(self._folder)]  # a glob takes a folder that may not be read for an empty one
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unreadable(self._folder, error, "every request") from error
        return [int(name.stem) for name in names if name.suffix == ".json" and name.stem.isdecimal()]

    def _record(self, number: int) -> Path:
        return self._folder / f"{number}.json"

    def _read(self, number: int) -> Pull:
        try:
            return msgspec.json.decode(self._record(number).read_bytes(), type=Pull)
        except (OSError, msgspec.MsgspecError) as error:
            raise unreadable(self._record(number), error, "its request") from error
