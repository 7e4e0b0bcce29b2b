"""A scan takes new alerts, each once, the oldest first; what it took stands on the messages, so that no state can be lost."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import cli
from bot.chat.slack_channels import SlackChannels
from bot.config import Configuration, Secret
from bot.config.delivery import Scan as ScanPolicy
from bot.core.alert.messages import AGAIN, DONE, MOST_ALSO, TAKEN, is_alert
from bot.errors import ChatError
from bot.jobs.scan import Scan, scan
from bot.model import Permalink
from bot.model.posted import Posted
from bot.texts import scanning
from tests.fakes.channels import MemoryChannels, posted
from tests.fakes.slack import TOKEN, FakeSlack

NOW = datetime(2025, 12, 17, 12, tzinfo=UTC)
ALERTS, OTHERS = "C0ALERTS1", "C0ALERTS2"


def policy(most: int = 10, hours: float = 24, channels: tuple[str, ...] = (ALERTS,)) -> Configuration:
    """A configuration with these channels."""
    return Configuration(channels=channels, scan=ScanPolicy(most=most, hours=hours))


def run(channels: MemoryChannels, configuration: Configuration | None = None, now: datetime = NOW, known: tuple[Permalink, ...] = ()) -> Scan:
    """One scan."""
    return scan(channels, configuration or policy(), lambda place: place in known, now, lambda _: None)


def alert(minutes: int, words: str = "ValidationError: insufficient leaf balance", channel: str = ALERTS, **more: object) -> Posted:
    """An alert of so many minutes ago."""
    return posted(channel, NOW - timedelta(minutes=minutes), words, **more)  # type: ignore[arg-type]


def different(count: int, minutes: int = 600) -> list[Posted]:
    """Alerts of as many different errors, one second apart, the oldest first."""
    words = [f"{chr(65 + number // 676 % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number % 26)}Error: it failed" for number in range(count)]
    return [posted(ALERTS, NOW - timedelta(minutes=minutes) + timedelta(seconds=number), text, micros=number) for number, text in enumerate(words)]


def places(found: Scan) -> list[str]:
    """The ts of what was taken."""
    return [one.place.ts for one in found.taken]


def test_each_alert_is_taken_once() -> None:
    """The second scan finds it taken; once it is diagnosed, no later one takes it."""
    channels = MemoryChannels([alert(10)])
    assert len(run(channels).taken) == 1
    assert run(channels).taken == ()
    channels.mark(channels.posts[0].message.permalink, DONE)
    assert run(channels, now=NOW + timedelta(hours=20)).taken == ()


def test_the_oldest_come_first_and_the_rest_next_time() -> None:
    """Nothing is skipped: scan after scan, all are taken."""
    channels = MemoryChannels(different(25))
    first = run(channels, policy(most=10))
    assert places(first) == [one.message.permalink.ts for one in channels.posts[:10]]
    assert first.left == 15
    rest = [*places(run(channels, policy(most=10))), *places(run(channels, policy(most=10)))]
    # The first ten were taken ten hours after they were posted and not finished: they are tried once more before newer ones.
    assert set(rest) >= set(places(first))


def test_finished_alerts_make_room() -> None:
    """What was diagnosed is out of the way of what waits."""
    channels = MemoryChannels(different(25))
    seen: list[str] = []
    for _ in range(3):
        found = run(channels, policy(most=10))
        seen += places(found)
        for one in found.taken:
            channels.mark(one.place, DONE)
    assert seen == [one.message.permalink.ts for one in channels.posts]
    assert run(channels).left == 0


def test_a_late_run_takes_what_was_posted_meanwhile() -> None:
    """The window overlaps with the last ones, however long ago they were."""
    channels = MemoryChannels([alert(10)])
    run(channels)
    channels.mark(channels.posts[0].message.permalink, DONE)
    channels.posts.append(alert(-60, "TimeoutError: node did not answer"))
    assert len(run(channels, now=NOW + timedelta(hours=23)).taken) == 1


def test_a_failed_diagnosis_is_tried_once_more_and_then_told() -> None:
    """A run that died leaves its mark: after half an hour it counts as failed."""
    channels = MemoryChannels([alert(10)])
    run(channels)
    assert run(channels, now=NOW + timedelta(minutes=10)).taken == ()
    again = run(channels, now=NOW + timedelta(minutes=40))
    assert len(again.taken) == 1
    assert {name for _, _, name in channels.marks} == {TAKEN, AGAIN}
    last = run(channels, now=NOW + timedelta(minutes=80))
    assert (last.taken, last.given_up) == ((), (channels.posts[0].message.permalink,))


def test_two_scans_at_once_do_no_work_twice() -> None:
    """Both read before either marks: the mark decides."""

    class Racing(MemoryChannels):
        other: Scan | None = None

        def mark(self, message: Permalink, name: str) -> bool:
            if self.other is None:
                self.other = Scan()
                self.other = run(self)
            return super().mark(message, name)

    channels = Racing(different(5))
    mine = run(channels)
    assert channels.other is not None
    assert sorted([*places(mine), *places(channels.other)]) == [one.message.permalink.ts for one in channels.posts]


def test_the_same_error_within_an_hour_goes_along() -> None:
    """One diagnosis, which takes the others with it, each under the mark of what was taken; after the hour it is an alert again."""
    channels = MemoryChannels([alert(200), *(alert(200 - minute) for minute in range(1, 40)), alert(100)])
    found = run(channels)
    assert [one.repeats for one in found.taken] == [39, 0]
    assert found.repeats == 39
    assert [place.ts for place in found.taken[0].also] == [one.message.permalink.ts for one in channels.posts[1:40]]
    assert len(channels.marks) == 41


def test_a_repeat_of_what_an_earlier_scan_took_waits_for_the_end_of_its_hour() -> None:
    """So an error that goes on is diagnosed once an hour, and each of its alerts is taken."""
    channels = MemoryChannels([alert(50)])
    channels.mark(run(channels).taken[0].place, DONE)
    channels.posts += [alert(5), alert(3)]
    found = run(channels)
    assert (found.taken, found.waiting) == ((), 2)
    later = run(channels, now=NOW + timedelta(minutes=11))
    assert [(one.place.ts, one.repeats) for one in later.taken] == [(channels.posts[1].message.permalink.ts, 1)]


def test_in_a_short_window_a_repeat_does_not_wait_until_it_is_gone() -> None:
    """Half the window at most."""
    channels = MemoryChannels([alert(20)])
    run(channels, policy(hours=0.5))
    channels.posts.append(alert(4))
    assert len(run(channels, policy(hours=0.5)).taken) == 1


def test_no_more_go_along_than_one_diagnosis_takes() -> None:
    """The others are told, and stay as they are for a later scan; in the end every one of them is taken."""
    storm = [posted(ALERTS, NOW - timedelta(hours=3) + timedelta(seconds=number), "ValidationError: insufficient leaf balance") for number in range(120)]
    channels = MemoryChannels(storm)
    seen = list[str]()
    for waiting in (69, 18, 0):
        found = run(channels)
        assert ([one.repeats for one in found.taken], found.waiting) == ([min(MOST_ALSO, 119 - len(seen))], waiting)
        for place in (place for one in found.taken for place in (one.place, *one.also)):
            seen.append(place.ts)
            channels.mark(place, DONE)
    assert seen == [one.message.permalink.ts for one in storm]


def test_what_a_failed_diagnosis_took_along_is_tried_once_more_with_it() -> None:
    """Not one by one, which would be a diagnosis for each; what was refused by a diagnosis that ended gets one of its own."""
    channels = MemoryChannels([alert(minutes) for minutes in (50, 49, 48)])
    run(channels)
    again = run(channels, now=NOW + timedelta(minutes=40))
    assert [one.repeats for one in again.taken] == [2]

    refused = MemoryChannels([alert(minutes) for minutes in (50, 49, 48)])
    leader, first, _ = (one.message.permalink for one in refused.posts)
    run(refused)
    refused.mark(leader, DONE)
    refused.mark(first, DONE)
    assert places(run(refused, now=NOW + timedelta(minutes=40))) == [refused.posts[2].message.permalink.ts]


def test_what_another_scan_took_does_not_go_along() -> None:
    """Between the reading of the channel and the mark."""
    channels = MemoryChannels([alert(10), alert(9), alert(8)])

    class Late(MemoryChannels):
        def messages(self, channel: str, after: str, before: str) -> Iterator[Posted]:
            return MemoryChannels(channels.posts).messages(channel, after, before)

    behind = Late(channels.posts)
    behind.marks = channels.marks
    channels.mark(channels.posts[1].message.permalink, TAKEN)
    assert [place.ts for place in run(behind).taken[0].also] == [channels.posts[2].message.permalink.ts]


def test_an_alert_that_an_entry_holds_is_not_diagnosed_again() -> None:
    """It was diagnosed by hand, before there were marks."""
    one = alert(10)
    assert run(MemoryChannels([one]), known=(one.message.permalink,)).taken == ()


def test_what_is_no_alert() -> None:
    """Chatter, joins, our own posts, resolved and empty ones."""
    texts = ("[RESOLVED] KeyError", "Resolved: KeyError", "INFO deploy finished", "   ")
    others = [alert(5, "mira has joined", subtype="channel_join"), alert(4, "an answer", ours=True), alert(3, "anyone seen KeyError?", bot="")]
    assert not any(is_alert(one, ScanPolicy()) for one in [*(alert(9, text) for text in texts), *others])
    assert is_alert(alert(1, "KeyError: x"), ScanPolicy())


@pytest.mark.parametrize(
    ("wanted", "one", "counts"),
    [
        (ScanPolicy(bots=("B0OTHER",)), alert(1), False),
        (ScanPolicy(bots=("B0ALERTS",)), alert(1), True),
        (ScanPolicy(patterns=("leaf balance",)), alert(1), True),
        (ScanPolicy(patterns=("^CRITICAL",)), alert(1), False),
        (ScanPolicy(patterns=("Error",), people=True), alert(1, bot=""), True),
        (ScanPolicy(people=True), alert(1, bot=""), False),
        (ScanPolicy(ignore=()), alert(1, "[RESOLVED] x"), True),
    ],
)
def test_the_configuration_says_which_messages_count(wanted: ScanPolicy, one: Posted, counts: bool) -> None:
    """Bots, patterns, people."""
    assert is_alert(one, wanted) is counts


def test_a_channel_that_cannot_be_read_does_not_keep_the_others() -> None:
    """It is told; the alerts of the others are taken."""
    channels = MemoryChannels([alert(10), alert(5, channel=OTHERS)])
    channels.refusals[OTHERS] = ChatError("reading", "the channel is archived", "unarchive it")
    found = run(channels, policy(channels=(OTHERS, ALERTS)))
    assert (len(found.taken), len(found.failures)) == (1, 1)


def test_a_message_that_takes_no_mark_does_not_keep_those_after_it() -> None:
    """It is passed over and named; what repeats it leads for itself, and its place among so many goes to the next."""
    channels = MemoryChannels([alert(50), alert(49), alert(48), alert(47, "KeyError: owner")])
    channels.full = {channels.posts[0].message.permalink.ts}
    told: list[str] = []
    found = scan(channels, policy(most=2), lambda _: False, NOW, told.append)
    first, second, third, other = (one.message.permalink for one in channels.posts)
    assert [(one.place, one.also) for one in found.taken] == [(second, (third,)), (other, ())]
    assert (found.failures, found.left, found.unmarked) == ((), 0, (first,))
    assert f"passed over, since it takes no mark of ours: {first.url}: the message bears too many reactions" in told
    assert "### Passed over, since Slack takes no mark of ours there" in scanning.told((), (), (4, 4, 1, 0, 0), (), found.unmarked)


def test_a_repeat_that_takes_no_mark_is_passed_over() -> None:
    """Its leader is taken without it."""
    channels = MemoryChannels([alert(50), alert(49), alert(48)])
    channels.full = {channels.posts[1].message.permalink.ts}
    found = run(channels)
    assert [(one.place, one.also) for one in found.taken] == [(channels.posts[0].message.permalink, (channels.posts[2].message.permalink,))]
    assert (found.unmarked, found.failures) == ((channels.posts[1].message.permalink,), ())


def test_a_channel_that_takes_no_marks_is_left_at_once() -> None:
    """Without a mark nothing is taken: the next scan would take it again."""
    channels = MemoryChannels([*different(5), alert(5, channel=OTHERS)])
    channels.refusals[f"mark {ALERTS}"] = ChatError("marking", "the token lacks the scope reactions:write", "add it")
    found = run(channels, policy(channels=(OTHERS, ALERTS)))
    assert ([one.place.channel for one in found.taken], len(found.failures)) == ([OTHERS], 1)


def test_a_clock_that_is_behind_slacks_misses_nothing() -> None:
    """A message of five minutes from now is one of now."""
    assert len(run(MemoryChannels([alert(-5)])).taken) == 1


def test_errors_of_one_minute_are_one_incident() -> None:
    """Told in the summary, each with its own diagnosis."""
    channels = MemoryChannels(
        [posted(ALERTS, NOW - timedelta(seconds=90), "KeyError: owner"), posted(ALERTS, NOW - timedelta(seconds=60), "TimeoutError: node")]
    )
    found = run(channels)
    assert len(found.taken) == 2
    (incident,) = found.incidents
    shown = scanning.told([(one.place, one.name, one.repeats) for one in found.taken], found.incidents, (2, 2, 1, 4, 7), (found.taken[0].place,))
    assert "within one minute" in shown
    assert "1 message repeats one of these within the hour, and is recorded with it" in shown
    assert "4 messages repeat an error that was taken already" in shown
    assert "7 messages are left" in shown
    assert "never finished" in shown
    assert len(incident.sightings) == 2


@pytest.mark.slow
def test_five_thousand_messages_since_the_last_scan() -> None:
    """At most so many, the oldest first, from Slack through the real client; the rest is told."""
    with FakeSlack() as slack:
        for number, one in enumerate(different(5_000)):
            slack.post(ALERTS, one.message.text, ts=f"{int(NOW.timestamp()) - 30_000 + number}.000100")
        channels = SlackChannels(Secret(TOKEN), slack.base_url, lambda _: None)
        found = scan(channels, policy(), lambda _: False, NOW, lambda _: None)
        assert (len(found.taken), found.read, found.left) == (10, 5_000, 4_990)
        assert found.taken[0].place.ts == f"{int(NOW.timestamp()) - 30_000}.000100"
        assert len(slack.calls("reactions.add")) == 10
        assert len(slack.calls("conversations.history")) == 25


def test_the_command_leaves_links_for_the_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an account, from files; a second run takes nothing."""
    (tmp_path / ".github").mkdir()
    (tmp_path / "messages").mkdir()
    (tmp_path / ".github" / "knowledge-bot.yml").write_text(f"chat: console\nforge: local\ntracker: none\nchannels: [{ALERTS}]\n")
    stamp = f"{int(datetime.now(UTC).timestamp()) - 60}.000100"
    (tmp_path / "messages" / f"{ALERTS}-{stamp}.json").write_text(json.dumps({"ts": stamp, "text": "KeyError: owner", "bot_id": "B1"}))
    assert cli.run(["--root", str(tmp_path), "scan"]) == 0
    assert "1 alert to diagnose" in capsys.readouterr().out
    assert cli.run(["--root", str(tmp_path), "scan"]) == 0
    assert "0 alerts to diagnose" in capsys.readouterr().out
