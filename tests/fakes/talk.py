"""A request and what is said on it, in memory."""

from datetime import UTC, datetime

from msgspec.structs import replace

from bot.errors import ForeignRequest, ForgeError
from bot.model.review import Reaction, Remark, ReviewRequest

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


class Talk:
    """A Conversation and a Transcript. `writers` may write; None: nobody can say who may."""

    def __init__(self, *requests: ReviewRequest, writers: frozenset[str] | None = frozenset({"alice"})) -> None:
        self.requests = {request.number: request for request in requests}
        self.writers = writers
        self.reactions: list[tuple[int, Reaction]] = []
        self.comments: dict[tuple[int, str], str] = {}

    def request(self, number: int) -> ReviewRequest:
        """See `Conversation.request`."""
        if number not in self.requests:
            raise ForeignRequest("looking for it", "it is not the bot's", "choose another")
        return self.requests[number]

    def may_write(self, login: str) -> bool:
        """See `Conversation.may_write`."""
        if self.writers is None:
            raise ForgeError("asking", "GitHub gave no answer", "run this again")
        return login in self.writers

    def react(self, remark: int, reaction: Reaction) -> None:
        """See `Conversation.react`."""
        self.reactions.append((remark, reaction))

    def say(self, number: int, text: str, marker: str) -> None:
        """See `Conversation.say`."""
        self.comments[number, marker] = text

    def said(self, number: int, marker: str) -> tuple[Remark, ...]:
        """See `Transcript.said`."""
        found = [(which, text) for (request, which), text in self.comments.items() if request == number and which.startswith(marker)]
        return tuple(Remark(at, number, "errata[bot]", text, NOW, by_bot=True) for at, (_, text) in enumerate(found, start=1))

    def latest(self, number: int) -> datetime | None:
        """See `Transcript.latest`."""
        return NOW if any(request == number for request, _ in self.comments) else None

    def close(self, number: int) -> None:
        """See `Conversation.close`."""
        self.requests[number] = replace(self.requests[number], state="closed")


def a_request(**changes: object) -> ReviewRequest:
    """Number 7, open."""
    request = ReviewRequest(7, "https://github.com/acme/knowledge/pull/7", "An error", "kb/pay_worker_TimeoutError_a1b2c3", "open", NOW, NOW)
    return replace(request, **changes)
