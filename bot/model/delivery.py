"""What people are told after a merge, in a thread and a tracker; what doctor saw."""

from datetime import datetime

from bot.model.record import Record
from bot.model.words import Severity


class Reply(Record, frozen=True):
    """An answer for a thread. `text` is the notification line; `blocks` Block Kit as JSON; `marker` makes it findable."""

    text: str
    blocks: tuple[dict[str, object], ...]
    marker: str


class IssueDraft(Record, frozen=True):
    """A tracking issue before it is one; `marker` stands in the body, hidden, so that it is found again.

    `owners` are people as the entry names them (`@mira`, `@acme/transfers`): the tracker assigns those that it knows. `links` are names and
    addresses of what the work belongs to, for trackers that keep links apart from the body.
    """

    title: str
    body: str
    marker: str
    labels: tuple[str, ...] = ()
    severity: Severity = "medium"
    owners: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


class TrackingIssue(Record, frozen=True):
    """A tracking issue as the tracker knows it. `declined` says that it was closed without being done: as not planned, or as a duplicate.

    `completed` is when its work was done, aware, where the tracker keeps that.
    """

    reference: str
    url: str
    open: bool
    declined: bool = False
    completed: datetime | None = None


class Checkup(Record, frozen=True):
    """One prerequisite that doctor looked at: what was seen, and the remedy when it does not hold."""

    name: str
    ok: bool
    saw: str
    remedy: str = ""
