"""A message as it stands in a channel: what it says, who posted it, and what the bot put on it."""

from bot.model.alert import Message
from bot.model.record import Record


class Posted(Record, frozen=True):
    """A message of a channel that is no reply in a thread. Who posted it is Slack's word; what it says is hostile.

    `marks` are the names of the bot's own reactions on it; `ours` says that the bot posted it. `subtype` is Slack's, empty for a plain message.
    `edited` says that its words were changed after it was posted.
    """

    message: Message
    subtype: str = ""
    bot: str = ""
    app: str = ""
    user: str = ""
    ours: bool = False
    marks: tuple[str, ...] = ()
    edited: bool = False
