"""What happens to a pull request of the bot after it was opened: the request with its whole story, and what people say on it."""

from datetime import UTC, datetime
from typing import Literal

from bot.model.record import Record

UNKNOWN = datetime.fromtimestamp(0, UTC)
"""Stands for a time that the forge does not tell: nothing is measured from it."""
Reaction = Literal["eyes", "+1", "-1", "confused"]


class ReviewRequest(Record, frozen=True):
    """One request of the bot, as the forge knows it. Its title, body and labels may have been edited by people: hostile data.

    `opened`, `updated` and `ended` are aware, or `UNKNOWN`; `ended` is None while it is open. `edited_by` are the logins of people who committed to its
    branch. `head` is the last commit of the branch, empty where the branch is gone.
    """

    number: int
    url: str
    title: str
    branch: str
    state: Literal["open", "merged", "closed"]
    opened: datetime
    updated: datetime
    ended: datetime | None = None
    body: str = ""
    labels: tuple[str, ...] = ()
    merged_by: str = ""
    edited_by: tuple[str, ...] = ()
    head: str = ""


class Remark(Record, frozen=True):
    """A comment on a request. `author` is a login; `text` is what a person typed, and hostile."""

    id: int
    request: int
    author: str
    text: str
    time: datetime
    by_bot: bool = False


class BoardPage(Record, frozen=True):
    """The dashboard issue as it is. `reference` is its number; people may have edited the text: hostile data. `open` is False once a person closed it."""

    reference: str
    url: str
    text: str
    open: bool
