"""The local forge's requests with their story, and what the bot does to those that wait: times come from git where nobody wrote them down."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from bot.clock import utc_now
from bot.core.request import review_marks
from bot.core.request.pull_request_marks import declining, noted
from bot.errors import ForgeError
from bot.forges.local import LocalForge, State
from bot.forges.local_git import AUTHOR, LocalGit
from bot.forges.local_pulls import Pull, Pulls
from bot.model.review import UNKNOWN, ReviewRequest

LATEST = 200
"""Commits of a request that are looked at."""


class LocalRequests:
    """A RequestHistory and an Upkeep on the local forge."""

    def __init__(self, repository: Path, default_branch: str = "main", now: Callable[[], datetime] = utc_now) -> None:
        self._forge = LocalForge(repository, default_branch, now)
        self._git = LocalGit(repository)
        self._pulls = Pulls(self._git.folder / "errata" / "pulls")
        self._default = default_branch
        self._now = now

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """See `RequestHistory.requests`; who edited a request is told of each."""
        told = (self._noun(pull, state) for pull, state in self._forge.states())
        kept = [one for one in told if one.state == "open" or one.updated >= since]
        return tuple(sorted(kept, key=lambda one: (one.updated, one.number), reverse=True))

    def note(self, number: int, mark: str) -> None:
        """See `Upkeep.note`."""
        pull, _ = self._own(number)
        self._pulls.save(pull, noted(self._pulls.body(number), mark))

    def lapse(self, number: int) -> None:
        """See `Upkeep.lapse`. The mark is written first: a crash between the two leaves an open request."""
        pull, state = self._own(number)
        if state == "open":
            now = self._now()
            self._pulls.save(pull, noted(declining(self._pulls.body(number)), review_marks.lapse(now)))
            self._close(pull, now)

    def decline(self, number: int) -> None:
        """See `Upkeep.decline`."""
        pull, state = self._own(number)
        if state == "merged":
            raise ForgeError(f"closing request {number} as a no", "it was merged", "revert it, or withdraw its entry")
        self._pulls.save(pull, declining(self._pulls.body(number)))
        if state == "open":
            self._close(pull, self._now())

    def reopen(self, number: int) -> None:
        """See `Upkeep.reopen`. A branch that was deleted is put back where it was."""
        doing = f"opening request {number} again"
        pull, state = self._own(number)
        if state == "open":
            return
        if state == "merged":
            raise ForgeError(doing, "it was merged", "its entry is published: nothing is left to open")
        if any(other.branch == pull.branch and now_ == "open" for other, now_ in self._forge.states()):
            raise ForgeError(doing, "another request of its branch is open", "review that one")
        if self._git.head(pull.branch) is None:
            if self._git.commit_id(pull.head) is None:
                raise ForgeError(doing, "its commits are gone", "have its alert diagnosed again")
            self._git.move(pull.branch, pull.head, None, ())
        self._pulls.save(msgspec.structs.replace(pull, state="open", ended=None))

    def rediagnose(self, link: str) -> str:
        """See `Upkeep.rediagnose`. Nothing runs by itself here: the command is told."""
        return f"run: bot diagnose {link}"

    def _own(self, number: int) -> tuple[Pull, State]:
        found = next((one for one in self._forge.states() if one[0].number == number), None)
        if found is None:
            raise ForgeError(f"looking for request {number}", "there is none of that number", "see the numbers in .git/errata/pulls")
        return found

    def _close(self, pull: Pull, now: datetime) -> None:
        tip = self._git.head(pull.branch) or pull.head
        self._pulls.save(msgspec.structs.replace(pull, state="closed", ended=now, head=tip))

    def _noun(self, pull: Pull, state: State) -> ReviewRequest:
        tip = self._git.head(pull.branch)
        commits = self._git.log(pull.base, tip or pull.head, LATEST) if state != "merged" or self._git.commit_id(pull.head) else ()
        times = [time for time, _ in commits]
        opened = pull.opened or (min(times) if times else UNKNOWN)
        latest = max((opened, *times))
        ended = None if state == "open" else (pull.ended or (self._git.arrival(pull.base, self._default, pull.paths) if state == "merged" else None) or latest)
        return ReviewRequest(
            number=pull.number,
            url=self._pulls.page(pull.number).as_uri(),
            title=pull.title,
            branch=pull.branch,
            state=state,
            opened=opened,
            updated=max(latest, ended or latest),
            ended=ended,
            body=self._pulls.body(pull.number),
            labels=pull.labels,
            edited_by=tuple(dict.fromkeys(name for _, name in commits if name != AUTHOR)),
            head=tip or "",
        )
