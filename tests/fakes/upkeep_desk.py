"""A board, a history, an upkeep and a conversation that remember what they were told, and refuse when they are asked to."""

from datetime import datetime

from msgspec.structs import replace

from bot.core.request import review_marks
from bot.core.request.pull_request_marks import declining, noted
from bot.errors import ForgeError, StaleBranch
from bot.model import PullRequest, Record
from bot.model.review import BoardPage, Reaction, Remark, ReviewRequest


class Said(Record, frozen=True):
    """A comment."""

    number: int
    text: str
    marker: str


class FakeBoard:
    """A Board; `race` is a text that a person saves just before our next write."""

    def __init__(self, page: BoardPage | None = None) -> None:
        self.page = page
        self.race: str | None = None
        self.writes = 0

    def read(self) -> BoardPage | None:
        """See `Board.read`."""
        return self.page

    def write(self, text: str, before: BoardPage | None) -> BoardPage:
        """See `Board.write`."""
        if self.race is not None and self.page is not None:
            self.page, self.race = replace(self.page, text=self.race), None
        if self.page != before:
            raise StaleBranch("writing the board", "somebody changed it", "run this again")
        assert len(text) <= 65_536
        self.writes += 1
        self.page = BoardPage("7", "https://github.com/acme/knowledge/issues/7", text, open=True)
        return self.page

    def tick(self, *labels: str) -> None:
        """A person ticks the boxes whose hidden mark ends with one of these."""
        assert self.page is not None
        lines = [line.replace("- [ ]", "- [x]", 1) if any(f"tick={label} " in line for label in labels) else line for line in self.page.text.split("\n")]
        self.page = replace(self.page, text="\r\n".join(lines))  # as GitHub's web page saves it


class FakeRequests:
    """RequestHistory, Upkeep and Conversation over a list of requests."""

    def __init__(self, requests: list[ReviewRequest], now: datetime, writers: tuple[str, ...] = ("mira",)) -> None:
        self.known = {one.number: one for one in requests}
        self.now, self.writers = now, writers
        self.said: list[Said] = []
        self.times: dict[tuple[int, str], datetime] = {}
        self.spoken: dict[int, list[datetime]] = {}
        self.diagnosed: list[str] = []
        self.refuses: str = ""

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """See `RequestHistory.requests`."""
        return tuple(one for one in self.known.values() if one.state == "open" or one.updated >= since)

    def request(self, number: int) -> ReviewRequest:
        """See `Conversation.request`."""
        return self.known[number]

    def may_write(self, login: str) -> bool:
        """See `Conversation.may_write`."""
        return login in self.writers

    def react(self, remark: int, reaction: Reaction) -> None:
        """See `Conversation.react`."""

    def say(self, number: int, text: str, marker: str) -> None:
        """See `Conversation.say`."""
        self._check()
        if Said(number, text, marker) in self.said:
            return
        kept = [one for one in self.said if (one.number, one.marker) != (number, marker)]
        self.said = [*kept, Said(number, text, marker)]
        self.times.setdefault((number, marker), self.now)
        self._change(number, updated=self.now)

    def hear(self, number: int, time: datetime) -> None:
        """A person comments."""
        self.spoken.setdefault(number, []).append(time)
        self._change(number, updated=time)

    def close(self, number: int) -> None:
        """See `Conversation.close`."""
        self.decline(number)

    def note(self, number: int, mark: str) -> None:
        """See `Upkeep.note`."""
        self._check()
        self._change(number, body=noted(self.known[number].body, mark), updated=self.now)

    def lapse(self, number: int) -> None:
        """See `Upkeep.lapse`."""
        self._check()
        self._change(number, body=noted(declining(self.known[number].body), review_marks.lapse(self.now)), state="closed", ended=self.now, updated=self.now)

    def decline(self, number: int) -> None:
        """See `Upkeep.decline`."""
        self._check()
        self._change(number, body=declining(self.known[number].body), state="closed", ended=self.known[number].ended or self.now, updated=self.now)

    def reopen(self, number: int) -> None:
        """See `Upkeep.reopen`."""
        self._check()
        self._change(number, state="open", ended=None, updated=self.now)

    def rediagnose(self, link: str) -> str:
        """See `Upkeep.rediagnose`."""
        self._check()
        self.diagnosed.append(link)
        return "diagnose.yml was started"

    def _check(self) -> None:
        if self.refuses:
            raise ForgeError("changing a request", self.refuses, "give the token `pull-requests: write`")

    def _change(self, number: int, **changes: object) -> None:
        self.known[number] = replace(self.known[number], **changes)


class FakeTranscript:
    """A Transcript of what such requests were told."""

    def __init__(self, requests: FakeRequests) -> None:
        self._requests = requests

    def said(self, number: int, marker: str) -> tuple[Remark, ...]:
        """See `Transcript.said`."""
        found = [one for one in self._requests.said if one.number == number and one.marker.startswith(marker)]
        return tuple(Remark(1, number, "errata", one.text, self._requests.times[number, one.marker], by_bot=True) for one in found)

    def latest(self, number: int) -> datetime | None:
        """See `Transcript.latest`."""
        ours = [time for (one, _), time in self._requests.times.items() if one == number]
        return max([*ours, *self._requests.spoken.get(number, [])], default=None)


class FakeForge:
    """Counts what is proposed to resolve."""

    def __init__(self) -> None:
        self.resolved: list[tuple[str, str]] = []

    def resolve(self, signature: str, by: str) -> str:
        """What the job is given."""
        self.resolved.append((signature, by))
        return PullRequest(9, "https://github.com/acme/knowledge/pull/9", "Mark as resolved", "open", "kb/resolved").url
