"""The sockets that adapters plug into. Each is a Protocol of at most five methods; jobs know nothing else of the outside."""

from collections.abc import Iterable
from typing import Protocol

from bot.model import (
    Case,
    Checkup,
    Diagnosis,
    Findings,
    Inquiry,
    IssueDraft,
    MergedEntry,
    Message,
    Permalink,
    Proposal,
    PullRequest,
    Reply,
    Revision,
    Standing,
    TrackingIssue,
)


class Source(Protocol):
    """One system that evidence comes from."""

    @property
    def name(self) -> str:
        """As gaps and evidence call it: "opensearch prod"."""

    def gather(self, inquiry: Inquiry) -> Findings:
        """Answer from the leads this source understands. Raises SourceError; everything else it met is a Gap."""

    def examine(self) -> Iterable[Checkup]:
        """For doctor: one harmless call for each prerequisite."""


class Diagnoser(Protocol):
    """Case in, Diagnosis out."""

    @property
    def name(self) -> str:
        """As entries and pull requests call it."""

    def diagnose(self, case: Case) -> Diagnosis:
        """Never raises for a thin case: "unknown" is an answer."""


class Forge(Protocol):
    """Where proposals become pull requests, and merged changes are read from."""

    def standing(self, branch: str, path: str) -> Standing:
        """How things stand for this branch and entry. Raises ForgeError."""

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """Commit on `standing.head`, fast-forward only, and open or update the one pull request.

        Raises StaleBranch when the branch moved since `standing`; nothing is half-written then.
        """

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """The entries under `knowledge/errors/` that differ between two commits of the default branch."""

    def commit(self, revisions: tuple[Revision, ...], message: str) -> str | None:
        """Commit generated files to the default branch and return the sha; None when nothing differs.

        Raises StaleBranch when a file is no longer what it was made from, or the branch moved; ForgeError.
        """

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""


class Chat(Protocol):
    """Where the alert is read and answered."""

    def read(self, permalink: Permalink) -> Message:
        """The message of exactly that ts. Raises ChatError when it is gone or cannot be seen."""

    def find_reply(self, thread: Permalink, marker: str) -> str | None:
        """The ts of our own reply that carries the marker, if the thread holds one."""

    def reply(self, thread: Permalink, reply: Reply) -> str:
        """Post under the thread's parent and return the reply's ts. Never posts twice for one call."""

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""


class Tracker(Protocol):
    """Where follow-up work is tracked."""

    def find(self, marker: str) -> TrackingIssue | None:
        """The issue whose body carries the marker, open or closed."""

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """Open an issue. Look with `find` first: trackers have no idempotency key."""

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""
