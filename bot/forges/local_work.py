"""What was finished in a local repository: issues in a folder that somebody closed, and commits whose messages say which errors they fix."""

import re
from datetime import UTC, datetime
from pathlib import Path

from bot.core.fix.fixes_error import named_in_message
from bot.core.links.resolution_reference import pull_request_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.request.issue_marks import marker_in
from bot.errors import ForgeError, TrackerError
from bot.forges.local_git import LocalGit
from bot.model.finished import Landed, TrackedIssue, TrackedStates
from bot.regex import regex

MOST_COMMITS, MOST_ISSUES = 100, 1_000
_STATE = regex(r"^State:[ \t]*([^\n]{0,80})", re.MULTILINE)


class LocalWork:
    """A WorkLog, and a TrackedWork, on files `0001-<slug>.md` and on git."""

    def __init__(self, repository: Path, issues: Path) -> None:
        self._repository, self._issues = repository, issues

    def issue(self, reference: str) -> TrackedIssue:
        """See `WorkLog.issue`. `reference` is the number of the file, or its whole name."""
        number = re.match(r"0{0,8}([1-9]\d{0,8})(?:-|\Z)", reference)
        path = next((file for file in sorted(self._issues.glob("*.md")) if number and file.name.partition("-")[0].lstrip("0") == number[1]), None)
        if path is None:
            remedy = "resolve the entry by hand where it is over: bot resolve <signature> --because …"
            raise TrackerError(f"reading issue {one_line(reference)[:60]}", f"there is no such file in {self._issues}", remedy)
        return self._read(path)

    def _read(self, path: Path) -> TrackedIssue:
        try:
            text, changed = path.read_text(encoding="utf-8", errors="replace"), path.stat().st_mtime
        except OSError as error:
            raise TrackerError(f"reading {path}", error.strerror or type(error).__name__, "make the file readable") from error
        state = _STATE.search(text)
        said = state[1].strip().lower() if state else "open"
        where, signature = path.absolute().as_uri(), marker_in(text)
        if not said.startswith("closed"):
            return TrackedIssue(path.stem, where, signature, "open")
        outcome = "not planned" if "not planned" in said else "completed"
        return TrackedIssue(path.stem, where, signature, outcome, datetime.fromtimestamp(int(changed), UTC))  # type: ignore[arg-type]

    def states(self) -> TrackedStates:
        """See `TrackedWork.states`: the files with the highest numbers."""
        numbered = sorted((path for path in self._issues.glob("*.md") if re.match(r"\d{1,9}-", path.name, re.ASCII)), reverse=True)
        newest = dict[str, TrackedIssue]()
        for path in numbered[:MOST_ISSUES]:
            found = self._read(path)
            if found.signature:
                newest.setdefault(found.signature, found)
        changed = sorted(newest.values(), key=lambda one: one.closed or datetime.max.replace(tzinfo=UTC), reverse=True)
        return TrackedStates(tuple(changed), len(numbered) > MOST_ISSUES)

    def landed(self, before: str, after: str) -> tuple[Landed, ...]:
        """See `WorkLog.landed`."""
        git = LocalGit(self._repository)
        tip, base = git.commit_id(after), git.commit_id(before) if before.strip("0") else None
        if tip is None or (base is None and before.strip("0")):
            raise ForgeError("reading what came in", "one of the two is no commit here", "give two commits, as `git log` prints them")
        found = []
        for sha, time, message in git.messages(base, tip, MOST_COMMITS):
            subject, _, rest = message.partition("\n")
            if names := named_in_message(message):
                found.append(Landed(names, cut(one_line(subject), 200), time, sha, pull_request_of(subject, rest) or ""))
        return tuple(found)
