"""The sockets that adapters plug into. Each is a Protocol of at most five methods; jobs know nothing else of the outside."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot.core.alert.thread_words import ThreadWords
from bot.core.knowledge.code_catalogue import KnownCode
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
from bot.model.finished import Landed, TrackedIssue, TrackedStates
from bot.model.posted import Posted
from bot.model.procedure import RunRecord
from bot.model.questions import Answer, Question
from bot.model.review import BoardPage, Reaction, Remark, ReviewRequest

Say = Callable[[str], None]
"""Takes a line of what is done, for the job's log."""


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
    """A source that also answers questions about code, of the tree of the commit that ran alone: paths, lines and texts come from outside."""

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

    def codes(self) -> dict[str, KnownCode]:
        """The team's own error codes and what is known of them. Raises BadEntry."""


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
        """Commit on `standing.head`, fast-forward only, and open or update the one request. Raises StaleBranch, nothing half-written, when the branch moved."""

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """The entries under `knowledge/errors/` that differ between two commits of the default branch; its name as `after`: as it stands now."""

    def commit(self, revisions: tuple[Revision, ...], message: str) -> str | None:
        """Commit generated files to the default branch and return the sha; None when nothing differs.

        Raises StaleBranch when a file is no longer what it was made from, or the branch moved; ForgeError.
        """

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""


class RequestHistory(Protocol):
    """The bot's own pull requests, and what became of them."""

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """Every open request of the bot, and every other that was touched since, the one touched last first. Raises ForgeError.

        A fork's branch is never the bot's. `merged_by` may be left out; `edited_by` is told where the adapter was asked for it.
        """


class Upkeep(Protocol):
    """What is done to requests of the bot that wait, or have ended. All may be said twice. Raises ForgeError, also for a request that is not the bot's."""

    def note(self, number: int, mark: str) -> None:
        """Put a hidden mark into the bot's part of the description."""

    def lapse(self, number: int) -> None:
        """Close a request for want of an answer, which is no "no": the next alert of that error proposes anew."""

    def decline(self, number: int) -> None:
        """Close a request, or count its closing, as a person's "no"."""

    def reopen(self, number: int) -> None:
        """Open a request again that was closed unmerged."""

    def rediagnose(self, link: str) -> str:
        """Have an alert diagnosed once more, and say in a clause what was started."""


class Conversation(Protocol):
    """What is said on one of the bot's pull requests."""

    def request(self, number: int) -> ReviewRequest:
        """The request as it is now. Raises ForeignRequest for one that is not the bot's, ForgeError."""

    def may_write(self, login: str) -> bool:
        """Whether this person may push to the repository. Raises ForgeError: an unknown right is no right."""

    def react(self, remark: int, reaction: Reaction) -> None:
        """Show that a remark was seen; twice the same is once."""

    def say(self, number: int, text: str, marker: str) -> None:
        """Comment, once for each marker: said again, the comment is edited."""

    def close(self, number: int) -> None:
        """Close the request and leave its branch as it is."""


class Merging(Protocol):
    """Merging a request without a person, where the policy allows it."""

    def merge(self, number: int, head: str, path: str) -> str:
        """Merge while its branch is at `head`, as one commit, and return the sha; `path` is the only file that it may change.

        Raises StaleBranch when the branch moved, ForgeError when the forge's rules refuse or the request holds another file.
        """


class Transcript(Protocol):
    """What was said on a request, by the bot itself above all."""

    def said(self, number: int, marker: str) -> tuple[Remark, ...]:
        """The bot's own comments whose marker begins like this, oldest first; one of a person that carries it is not among them. Raises ForgeError."""

    def latest(self, number: int) -> datetime | None:
        """When anybody commented last, whoever that was; None where nobody did. Raises ForgeError."""


class Board(Protocol):
    """The one issue that shows how everything stands."""

    def read(self) -> BoardPage | None:
        """The board as it is, with the boxes that people ticked, also a closed one; None where there is none yet. Raises ForgeError."""

    def write(self, text: str, before: BoardPage | None) -> BoardPage:
        """Open it, or put `text` in place of `before`. Raises StaleBranch when it changed since it was read, and ForgeError."""


class WorkLog(Protocol):
    """What people finished that may have ended an error."""

    def issue(self, reference: str) -> TrackedIssue:
        """A tracking issue as it is now; `reference` is its number, or what the tracker calls it. Raises TrackerError when it is gone."""

    def landed(self, before: str, after: str) -> tuple[Landed, ...]:
        """The changes between two commits of the default branch whose words name errors that they fix. Raises ForgeError."""


class TrackedWork(Protocol):
    """What became of tracking issues, asked for where nobody tells."""

    def states(self) -> TrackedStates:
        """All of them, in few calls whatever their number; words and what closed them may be left out. Raises TrackerError."""

    def issue(self, reference: str) -> TrackedIssue:
        """One of them as it is now, with what closed it. Raises TrackerError when it is gone."""


class Channels(Protocol):
    """A chat beyond one alert's thread."""

    def messages(self, channel: str, after: str, before: str) -> Iterator[Posted]:
        """What was posted between two ts (both left out), oldest first, without replies in threads. Raises ChatError, also where it is too much to read."""

    def reactions(self, thread: Permalink, ts: str) -> Mapping[str, int]:
        """Reactions on the message of that ts in a thread: name → how many people, the bot itself left out. Raises ChatError."""

    def mark(self, message: Permalink, name: str) -> bool:
        """Put our reaction of that name on a message; False where it stands there already. Raises MessageRefused for this message alone, ChatError."""

    def find_post(self, channel: str, marker: str, since: datetime) -> str | None:
        """The ts of our own post in a channel since then that carries the marker. Raises ChatError, also where not all that was posted since can be read."""

    def post(self, channel: str, reply: Reply) -> str:
        """Post to a channel and return the ts. Look with `find_post` first. Raises ChatError."""


class ThreadReader(Protocol):
    """What people said in a thread."""

    def said(self, thread: Permalink) -> ThreadWords:
        """Its messages in their order, the alert itself left out; people are numbered, not named. Raises ChatError."""


class Chat(Protocol):
    """Where the alert is read and answered."""

    def read(self, permalink: Permalink) -> Message:
        """The message of exactly that ts. Raises ChatError when it is gone or cannot be seen."""

    def find_replies(self, thread: Permalink, markers: Sequence[str]) -> Mapping[str, str]:
        """Marker → ts of our own reply that carries it, for those of the markers that the thread holds. Raises ChatError."""

    def reply(self, thread: Permalink, reply: Reply) -> str:
        """Post under the thread's parent and return the reply's ts. Never posts twice for one call."""

    def revise(self, thread: Permalink, ts: str, reply: Reply) -> None:
        """Put other words into our own reply of that ts. Raises ChatError."""

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""


class Procedure(Protocol):
    """A quality system that keeps a run of a procedure for each alert."""

    def record(self, record: RunRecord) -> TrackingIssue:
        """Write into the run of that marker, which is begun where there is none; said twice it is the same. Raises TrackerError."""

    def unfinished(self, names: Sequence[str]) -> tuple[str, ...]:
        """The markers of the alerts whose runs name one of these errors and have not ended, the newest first. Raises TrackerError."""


class Tracker(Protocol):
    """Where follow-up work is tracked."""

    def find(self, *markers: str) -> TrackingIssue | None:
        """The issue whose body carries the first of the markers that any has, open or closed, the newest first. Raises TrackerError."""

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """Open an issue. Look with `find` first: trackers have no idempotency key."""

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """Open a closed issue again, with a comment that holds the draft's body, once for the draft's marker."""

    def keeps(self, url: str) -> bool:
        """Whether an address is that of an issue kept here, there or gone; any other was put in by a person."""

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""
