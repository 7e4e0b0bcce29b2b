"""Requests that wait, and the desk from which people are reminded."""

from datetime import timedelta

from bot.config.knowledge import Requests
from bot.errors import BotError
from bot.jobs.remind import Reminding, remind
from bot.model.review import ReviewRequest
from tests.fakes.upkeep_desk import FakeRequests, FakeTranscript
from tests.upkeep import NOW, a_request


def days(count: float) -> timedelta:
    """A length."""
    return timedelta(days=count)


class Desk:
    """The job at a moment, over some requests."""

    def __init__(self, *requests: ReviewRequest, policy: Requests | None = None, codeowners: str = "") -> None:
        self.requests = FakeRequests(list(requests), NOW)
        self.policy, self.codeowners = policy or Requests(), codeowners
        self.log: list[str] = []

    def run(self, after: timedelta = timedelta(0)) -> tuple[BotError, ...]:
        """So long after now."""
        self.requests.now = NOW + after
        return remind(self.reminding(), NOW + after, self.log.append)

    def reminding(self) -> Reminding:
        """What the job is given."""
        return Reminding(self.requests, self.requests, self.requests, FakeTranscript(self.requests), self.policy, self.codeowners)

    def one(self, number: int = 1) -> ReviewRequest:
        """A request as it is now."""
        return self.requests.known[number]


def waiting(number: int, *, days_: float) -> ReviewRequest:
    """A request that nobody touched for so many days."""
    return a_request(number, opened=NOW - days(days_))
