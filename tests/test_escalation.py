"""A review that waits longer than its severity allows is told of, once for each step, to those who are configured."""

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import cli
from bot.chat.placed import PlacedChat
from bot.chat.slack import SlackChat
from bot.chat.slack_channels import SlackChannels
from bot.config import Configuration, Secret
from bot.config.delivery import Intake, Step
from bot.core.alert import alert_marks
from bot.core.alert import place as alert_place
from bot.core.request.pull_request_marks import framed
from bot.errors import BotError, ChatError
from bot.jobs.escalate import Escalating, escalate
from bot.model import Alert, Checkup, Message, Permalink, Reply
from bot.model.review import ReviewRequest
from tests.fakes.channels import MemoryChannels
from tests.fakes.slack import TOKEN, FakeSlack

OPENED = datetime(2025, 12, 17, 9, 15, tzinfo=UTC)
ALERTS, LEADS = "C0ALERTS1", "C0LEADS01"
THREAD = Permalink("acme.slack.com", ALERTS, "1765962764.000100")


class Threads:
    """A chat whose threads are kept."""

    def __init__(self) -> None:
        self.replies: list[tuple[Permalink, Reply]] = []
        self.revised: list[tuple[Permalink, str, Reply]] = []

    def read(self, permalink: Permalink) -> Message:
        """Nothing is read here."""
        raise ChatError("reading", "gone", "look")

    def find_replies(self, thread: Permalink, markers: Sequence[str]) -> dict[str, str]:
        """By place and marker."""
        here = [(str(n), reply.marker) for n, (place, reply) in enumerate(self.replies) if (place.channel, place.ts) == (thread.channel, thread.ts)]
        return {marker: n for n, marker in reversed(here) if marker in markers}

    def reply(self, thread: Permalink, reply: Reply) -> str:
        """Kept."""
        self.replies.append((thread, reply))
        return str(len(self.replies) - 1)

    def revise(self, thread: Permalink, ts: str, reply: Reply) -> None:
        """Kept."""
        self.revised.append((thread, ts, reply))

    def examine(self) -> tuple[Checkup, ...]:
        """Nothing."""
        return ()


class History:
    """The bot's requests, given."""

    def __init__(self, *requests: ReviewRequest) -> None:
        self.given = requests

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """All of them."""
        return self.given


def request(severity: str = "critical", *, place: Permalink = THREAD, title: str = "KeyError in owner", state: str = "open") -> ReviewRequest:
    """A request that waits."""
    body = framed("words", "c0ffee", spend=alert_marks.mark(Alert(place, place.time, "prod", "")))
    labels = (f"severity:{severity}", "category:database")
    url = "https://github.com/acme/kb/pull/7"
    return ReviewRequest(7, url, title, "kb/owner_KeyError_a1b2c3", state, OPENED, OPENED, body=body, labels=labels)  # type: ignore[arg-type]


class Room:
    """Everything that is spoken to."""

    def __init__(self, *requests: ReviewRequest, configuration: Configuration | None = None) -> None:
        self.threads, self.channels = Threads(), MemoryChannels()
        self.configuration = configuration or Configuration(channels=(ALERTS,))
        self.desk = Escalating(History(*requests), self.threads, self.channels, self.configuration)

    def after(self, minutes: int) -> tuple[BotError, ...]:
        """One run."""
        return escalate(self.desk, OPENED + timedelta(minutes=minutes), lambda _: None)

    @property
    def said(self) -> list[str]:
        """What was said in threads."""
        return [str(reply.blocks[0]["text"]["text"]) for _, reply in self.threads.replies]  # type: ignore[index]


def test_each_step_is_told_once() -> None:
    """By the clock, however often the job runs."""
    room = Room(request())
    for minutes in (1, 2, 14, 15, 16, 29, 31, 32, 500):
        room.after(minutes)
    told = [who for words in room.said for who in ("on-call engineer", "team lead", "engineering manager") if who in words]
    assert told == ["on-call engineer", "team lead", "engineering manager"]


def test_a_late_run_tells_the_last_step_only() -> None:
    """Three messages at once would say nothing more."""
    room = Room(request())
    room.after(45)
    assert len(room.said) == 1
    assert "engineering manager" in room.said[0]


@pytest.mark.parametrize(
    ("severity", "minutes", "told"), [("high", 29, 0), ("high", 31, 1), ("medium", 239, 0), ("medium", 241, 1), ("low", 99_999, 0), ("none", 99, 0)]
)
def test_the_severity_decides_when(severity: str, minutes: int, told: int) -> None:
    """As the matrix has it; a label that is none counts for none."""
    room = Room(request(severity))
    room.after(minutes)
    assert len(room.said) == told


@pytest.mark.parametrize("state", ["merged", "closed"])
def test_it_stops_when_somebody_decided(state: str) -> None:
    """A yes or a no."""
    room = Room(request(state=state))
    room.after(500)
    assert room.said == []


def test_a_clock_that_is_behind_makes_nothing_due() -> None:
    """The forge's clock may be ahead of ours."""
    room = Room(request())
    room.after(-3)
    assert room.said == []


def test_only_configured_ids_are_mentioned() -> None:
    """What a title says is quoted."""
    configuration = Configuration(channels=(ALERTS,), escalation=(Step("critical", 0, "please look", mention=("S0ONCALL", "U0MIRA")),))
    room = Room(request(title="<!channel> <@U0LIN> fails"), configuration=configuration)
    room.after(1)
    assert "<!subteam^S0ONCALL> <@U0MIRA> please look" in room.said[0]
    assert "<!channel>" not in room.said[0]
    assert "<@U0LIN>" not in room.said[0]


def test_a_step_may_name_a_channel() -> None:
    """Told there instead of in the thread, once."""
    configuration = Configuration(channels=(ALERTS,), escalation=(Step("critical", 0, "please look", channel=LEADS),))
    room = Room(request(), configuration=configuration)
    room.after(1)
    room.after(2)
    assert (len(room.channels.sent[LEADS]), room.said) == (1, [])


def test_an_alert_without_a_thread_is_told_of_in_the_configured_channel() -> None:
    """And so is one whose thread stands in no configured channel: a description can be edited."""
    for place in (alert_place.place("pagerduty", "P1", OPENED), Permalink("acme.slack.com", "C0ELSEWHERE", THREAD.ts)):
        room = Room(request(place=place), configuration=Configuration(channels=(ALERTS,), intake=Intake(LEADS)))
        room.after(1)
        assert (len(room.channels.sent[LEADS]), room.said) == (1, [])


def test_a_channel_that_is_archived_does_not_keep_the_others() -> None:
    """It is told as what could not be done."""
    configuration = Configuration(channels=(ALERTS,), escalation=(Step("critical", 0, "look", channel=LEADS), Step("high", 0, "look")))
    room = Room(request(), request("high"), configuration=configuration)
    room.channels.refusals[LEADS] = ChatError("posting", "the channel is archived", "unarchive it")
    assert len(room.after(1)) == 1
    assert len(room.said) == 1


PLACE = alert_place.place("pagerduty", "P1", OPENED)
ANSWER = Reply("Fixed", ({"type": "section", "text": {"type": "mrkdwn", "text": "*Fixed*"}},), "owner_KeyError_a1b2c3/A/1")


def test_an_answer_without_a_thread_is_posted_to_the_channel_once() -> None:
    """It says first which alert it answers; what it goes on with stands below it, and a correction changes it."""
    threads, channels = Threads(), MemoryChannels()
    chat = PlacedChat(threads, channels, LEADS)
    assert chat.find_replies(PLACE, (ANSWER.marker,)).get(ANSWER.marker) is None
    ts = chat.reply(PLACE, ANSWER)
    assert chat.find_replies(PLACE, (ANSWER.marker,)).get(ANSWER.marker) == ts
    assert "PagerDuty, 2025-12-17 09:15 UTC" in str(channels.sent[LEADS][0][1].blocks[0])
    more = Reply("and more", ANSWER.blocks, f"{ANSWER.marker}#2")
    assert chat.find_replies(PLACE, (more.marker,)).get(more.marker) is None
    chat.reply(PLACE, more)
    assert chat.find_replies(PLACE, (more.marker,)).get(more.marker) is not None
    assert [place.ts for place, _ in threads.replies] == [ts]
    chat.revise(PLACE, ts, ANSWER)
    assert [(place.channel, stamp) for place, stamp, _ in threads.revised] == [(LEADS, ts)]


def test_an_alert_of_a_message_is_answered_in_its_thread() -> None:
    """As before."""
    threads, channels = Threads(), MemoryChannels()
    PlacedChat(threads, channels, LEADS).reply(THREAD, ANSWER)
    assert ([place for place, _ in threads.replies], channels.sent) == ([THREAD], {})


def test_without_a_channel_the_remedy_names_the_key() -> None:
    """And an alert that came without a message is not read again."""
    chat = PlacedChat(Threads(), MemoryChannels(), "")
    with pytest.raises(ChatError) as refused:
        chat.reply(PLACE, ANSWER)
    assert "intake: channel" in refused.value.remedy
    with pytest.raises(ChatError):
        chat.read(PLACE)


@pytest.mark.slow
def test_a_busy_channel_repeats_neither_escalation_nor_answer() -> None:
    """What was posted there is found again, however many alerts came after it; what cannot be looked for is not posted."""
    with FakeSlack() as slack:
        assert isinstance(slack, FakeSlack)
        slack.add_channel(LEADS)
        slack.largest_page = 2
        channels = SlackChannels(Secret(TOKEN), slack.base_url, lambda _: None)
        chat = SlackChat(Secret(TOKEN), slack.base_url, lambda _: None)
        configuration = Configuration(channels=(ALERTS,), escalation=(Step("critical", 30, "please look", channel=LEADS),))
        desk = Escalating(History(request()), chat, channels, configuration)
        slack.go_on_at(OPENED + timedelta(minutes=31))
        escalate(desk, OPENED + timedelta(minutes=31), lambda _: None)
        placed = PlacedChat(chat, channels, LEADS)
        ts = placed.reply(PLACE, ANSWER)
        slack.go_on_at(OPENED + timedelta(hours=20))
        for _ in range(30):
            slack.post(LEADS, "alert")
        assert escalate(desk, OPENED + timedelta(hours=20), lambda _: None) == ()
        assert placed.find_replies(PLACE, (ANSWER.marker,)) == {ANSWER.marker: ts}
        assert len(slack.calls("chat.postMessage")) == 2

        slack.largest_page = 1
        for _ in range(100):
            slack.post(LEADS, "alert")
        late = Escalating(History(request()), chat, channels, replace(configuration, escalation=(Step("critical", 60, "please look", channel=LEADS),)))
        (failure,) = escalate(late, OPENED + timedelta(days=3), lambda _: None)
        assert "our post is not among that" in failure.cause
        assert len(slack.calls("chat.postMessage")) == 2


@pytest.mark.slow
def test_the_command_runs_without_an_account(tmp_path: Path) -> None:
    """On the local forge, where nothing waits."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "knowledge-bot.yml").write_text("chat: console\nforge: local\ntracker: none\n")
    git = ("git", "-C", str(tmp_path), "-c", "user.name=Mira", "-c", "user.email=mira@acme.example")
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Begin"], check=True)
    assert cli.run(["--root", str(tmp_path), "escalate"]) == 0
