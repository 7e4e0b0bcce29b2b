"""The chat of alerts that came without one: each is read from what its system sent, and nothing is answered here."""

from collections.abc import Iterable, Sequence

from bot.errors import ChatError
from bot.model import Checkup, Message, Permalink, Reply

_REMEDY = "diagnose it from what its system sent: bot diagnose --payload <file> (docs/intake.md)"


class PayloadChat:
    """A Chat over messages that were made of a payload."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = {message.permalink: message for message in messages}

    def read(self, permalink: Permalink) -> Message:
        """The message of that place. Raises ChatError when the payload has none."""
        if permalink not in self._messages:
            raise ChatError(f"reading the alert {permalink.url}", "what was sent does not hold it", _REMEDY)
        return self._messages[permalink]

    def find_reply(self, thread: Permalink, marker: str) -> str | None:  # noqa: ARG002 - nothing is answered before the merge
        """There is no thread."""
        return None

    def reply(self, thread: Permalink, reply: Reply) -> str:  # noqa: ARG002 - as above
        """Raises ChatError: answers are given after the merge, by the chat of the configuration."""
        raise ChatError(f"answering the alert {thread.url}", "it has no thread", "answer after the merge: bot publish")

    def revise(self, thread: Permalink, ts: str, reply: Reply) -> None:  # noqa: ARG002 - as above
        """Raises ChatError, as `reply` does."""
        self.reply(thread, reply)

    def examine(self) -> Iterable[Checkup]:
        """Nothing to look at."""
        return ()
