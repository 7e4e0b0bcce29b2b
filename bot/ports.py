"""The sockets that adapters plug into. Each is a Protocol of at most five methods; jobs know nothing else of the outside."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, runtime_checkable

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
from bot.questions import Answer, Question


class Source(Protocol):
    """One system that evidence comes from."""

    @property
    def name(self) -> str:
        """As gaps and evidence call it: "opensearch prod"."""

    def gather(self, inquiry: Inquiry) -> Findings:
        """Answer from the leads this source understands. Raises SourceError; everything else it met is a Gap."""

    def examine(self) -> Iterable[Checkup]:
        """For doctor: one harmless call for each prerequisite."""


@runtime_checkable
class CodeReader(Protocol):
    """A source that also answers questions about code, at the commit that ran. The inquiry carries alert, service, release and deploys.

    Paths, lines and texts come from outside: only files of the commit's tree are read. What cannot be answered is a gap.
    """

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""

    def place(self, path: str, line: int, inquiry: Inquiry) -> Findings:
        """The function around a line of a file."""

    def find(self, text: str, inquiry: Inquiry) -> Findings:
        """The places where a text of one line stands, the likeliest first."""

    def history(self, path: str, line: int, inquiry: Inquiry) -> Findings:
        """The last commits of the function around a line, the one that changed the line itself first."""


class ReferenceShelf(Protocol):
    """What people keep beside the entries, to be quoted as theirs."""

    def runbooks(self) -> dict[str, str]:
        """Path → text of the team's runbooks."""

    def codes(self) -> dict[str, str]:
        """The team's own error codes and what they mean. Raises BadEntry."""


class Probe(Protocol):
    """What may be looked up for one case while it is diagnosed. What is found is redacted, numbered, and part of the case from then on."""

    @property
    def case(self) -> Case:
        """The case with everything that was looked up so far."""

    def ask(self, question: Question) -> Answer:
        """Never raises for a question that cannot be answered: that is a gap. The same question is looked up once."""


class Diagnoser(Protocol):
    """Case in, Diagnosis out."""

    @property
    def name(self) -> str:
        """As entries and pull requests call it."""

    def diagnose(self, case: Case, probe: Probe) -> Diagnosis:
        """Never raises for a thin case: "unknown" is an answer."""


class Ledger(Protocol):
    """What the model cost on a day."""

    def spent(self, day: date) -> float:
        """US dollars of the diagnoses that the bot's own pull requests of that day (UTC) tell of. Raises ForgeError when it cannot be added up."""


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
