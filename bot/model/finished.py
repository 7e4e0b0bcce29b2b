"""What people finished that may have ended an error: a tracking issue that was closed, a change that was merged. All of it is hostile text."""

from datetime import datetime
from typing import Literal

from bot.model.record import Record


class TrackedIssue(Record, frozen=True):
    """A tracking issue as it is now. `signature` is what its hidden mark names, empty where it is not one of ours.

    `outcome` says why it was closed; `commit` and `pull_request` (`acme/transfers#12`) are what closed it, where something did; `words` is
    what a person of the repository said last, on one line.
    """

    reference: str
    url: str
    signature: str
    outcome: Literal["open", "completed", "not planned", "moved"]
    closed: datetime | None = None
    commit: str = ""
    pull_request: str = ""
    words: str = ""


class TrackedStates(Record, frozen=True):
    """The newest tracking issue of each error, the one that changed last first. `unseen`: there are more than were asked for."""

    issues: tuple[TrackedIssue, ...] = ()
    unseen: bool = False


class Landed(Record, frozen=True):
    """A change on the default branch whose words name errors that it fixes. `title` is one line of a person."""

    signatures: tuple[str, ...]
    title: str
    time: datetime
    commit: str = ""
    pull_request: str = ""
