"""Tracking issues as Markdown files in a folder, for a machine without any account."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.core.request.issue_marks import carries, marked
from bot.errors import TrackerError
from bot.model import Checkup, IssueDraft, TrackingIssue
from bot.regex import regex

_STATE = regex(r"^State:[ \t]*([^\n]{0,80})", re.MULTILINE)


class LocalTracker:
    """A Tracker on files `0001-<slug>.md`. A person closes an issue by writing `State: closed` in it, or `State: closed as not planned`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, *markers: str) -> TrackingIssue | None:
        """See `Tracker.find`. Raises TrackerError for a file that cannot be read."""
        return next((found for marker in markers if (found := self._found(marker)) is not None), None)

    def _found(self, marker: str) -> TrackingIssue | None:
        for path in reversed(self._issues()):
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise TrackerError(f"reading {path}", error.strerror or type(error).__name__, "make the file readable, or move it away") from error
            if carries(text, marker):
                return _noun(path, text)
        return None

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`. The file appears whole or not at all."""
        title = " ".join(draft.title.split())
        labels = ", ".join(draft.labels) or "none"
        owners = f"Owners: {', '.join(draft.owners)}\n" if draft.owners else ""
        text = f"# {title}\n\nState: open\nLabels: {labels}\n{owners}\n{marked(draft.body, draft.marker)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return _noun(self._write_new(_slug(title), text), text)
        except OSError as error:
            raise TrackerError(f"writing an issue below {self._folder}", error.strerror or type(error).__name__, "make the folder writable") from error

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.reopen`. The comment stands at the end of the file."""
        path = self._folder / f"{issue.reference}.md"
        try:
            text = path.read_bytes().decode("utf-8", errors="surrogateescape")
            said = text if carries(text, draft.marker) else f"{text.rstrip()}\n\n---\n\n{marked(draft.body, draft.marker)}"
            whole = path.with_name(f".{path.name}")
            whole.write_bytes(_STATE.sub("State: open", said, count=1).encode("utf-8", errors="surrogateescape"))
            whole.replace(path)  # not half of it, whatever happens: people wrote in it
        except OSError as error:
            raise TrackerError(f"opening {path} again", error.strerror or type(error).__name__, "make the file writable") from error
        return TrackingIssue(issue.reference, issue.url, open=True)

    def keeps(self, url: str) -> bool:
        """See `Tracker.keeps`."""
        return url.startswith(f"{self._folder.absolute().as_uri()}/")

    def examine(self) -> Iterable[Checkup]:
        """Whether the folder, or the nearest one above it that exists, can be written."""
        nearest = next(folder for folder in (self._folder.absolute(), *self._folder.absolute().parents) if folder.exists())
        ok = nearest.is_dir() and os.access(nearest, os.W_OK)
        saw = f"{self._folder} can be written" if ok else f"{nearest} cannot be written"
        return (Checkup("issues folder", ok, saw, "" if ok else f"chmod u+w {nearest}, or set `embedded.issues` to another folder"),)

    def _issues(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.md") if re.match(r"\d{1,9}-", path.name, re.ASCII) and path.is_file())

    def _write_new(self, slug: str, text: str) -> Path:
        with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=self._folder, prefix=".issue-") as draft:
            draft.write(text)
            draft.flush()
            os.chmod(draft.name, 0o644)  # temporary files are private to their owner
            while True:
                number = max((int(path.name.partition("-")[0]) for path in self._issues()), default=0) + 1
                path = self._folder / f"{number:04}-{slug}.md"
                try:
                    os.link(draft.name, path)  # unlike a rename it never replaces what another run wrote
                except FileExistsError:
                    continue
                return path


def _noun(path: Path, text: str) -> TrackingIssue:
    state = _STATE.search(text)  # the first one: a quoted log line may hold another
    words = state.group(1).lower() if state else "open"
    return TrackingIssue(path.stem, path.absolute().as_uri(), not words.startswith("closed"), words.startswith("closed as not planned"))


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower())[:60].strip("-") or "issue"
