"""What was posted of the same error before, and what people answered: read from a workspace on loopback, kept between runs."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.model import Findings, Trend
from bot.slack_client import REPLY_EVENT
from tests.fakes.slack import FakeSlack
from tests.slack_past import CHANNEL, DAY, HISTORY, HOUR, LEAVES, NOW, REPLIES, alert, ask, given, inquiry, say, slack, source, told, ts

__all__ = ["slack"]
pytest_plugins = ("tests.slack_workspace",)
pytestmark = pytest.mark.slow


def test_what_people_answered_to_the_same_error(slack: FakeSlack, tmp_path: Path) -> None:
    """The same error with other numbers, another error beside it; the words stand in quotes, with when they were said and a link."""
    first = alert(slack, NOW - 16 * DAY, LEAVES.format(7))
    say(slack, first, "on it")
    say(slack, first, "the leaf cache was stale after the node moved, restarted transfers-worker", HOUR)
    other = alert(slack, NOW - 5 * DAY, "*TimeoutError: no answer in 30s* in lightning_handler")
    say(slack, other, "provider outage")

    findings = ask(slack, tmp_path)

    counted, answered = told(findings)
    assert counted == "This error was posted once before in this channel within 30 days: 2025-12-01 09:12 (UTC)."
    assert answered == (
        "The same error, posted on 2025-12-01 09:12 UTC (16 days before), has 2 answers:\n"
        'a person, 12 minutes later: "on it"\n'
        'a person, 60 minutes later: "the leaf cache was stale after the node moved, restarted transfers-worker"'
    )
    assert findings.evidence[1].place == f"https://acme.slack.com/archives/{CHANNEL}/p{first.replace('.', '')}"
    assert isinstance(findings.evidence[0].detail, Trend)
    assert findings.gaps == ()
    assert "2 messages (2 read now), 1 of the same error; 1 of 1 threads with answers read" in findings.queries[0]


def test_the_same_type_in_the_same_place_counts_too(slack: FakeSlack, tmp_path: Path) -> None:
    """Where the words differ; an error without a place is found by its fingerprint only."""
    alert(slack, NOW - DAY, "*ValidationError: currency not supported* in transfer_handler")
    alert(slack, NOW - 2 * DAY, "*ValidationError: currency not supported*")

    assert "2025-12-16" in told(ask(slack, tmp_path))[0]
    assert "once" in told(ask(slack, tmp_path))[0]


def test_names_of_people_and_words_of_apps_are_left_out(slack: FakeSlack, tmp_path: Path) -> None:
    """Mentions, profiles, our own earlier answer, the alerting app's resolved notice, previews of links."""
    first = alert(slack, NOW - DAY)
    slack.post(CHANNEL, "Diagnosed: stale cache", thread_ts=first, ts=ts(NOW - DAY + HOUR), bot_id="B0ERRATA", user="U0ERRATA")
    marked = {"event_type": REPLY_EVENT, "event_payload": {"marker": "kb:x:1"}}
    say(slack, first, "Diagnosed: without a bot_id", 2 * HOUR, metadata=marked)
    slack.post(CHANNEL, "Resolved automatically", thread_ts=first, ts=ts(NOW - DAY + 3 * HOUR))
    profile = {"real_name": "Mira Lee", "display_name": "mira", "first_name": "Mira"}
    preview = [{"title": "Raise the leaf limit", "author_name": "Mira Lee"}]
    fix = "<@U0BOB|bob> fixed by Mira Lee in <https://github.com/acme/transfers/pull/12|#12>"
    say(slack, first, fix, 4 * HOUR, user_profile=profile, attachments=preview)

    (answered,) = told(ask(slack, tmp_path))[1:]

    assert answered.splitlines()[1:] == ['a person, 4 hours later: "@user fixed by a person in #12 (https://github.com/acme/transfers/pull/12)"']


def test_a_long_thread_is_told_by_what_was_done(slack: FakeSlack, tmp_path: Path) -> None:
    """What tells of a cause or a remedy is kept, with how it ended; the rest is counted."""
    first = alert(slack, NOW - DAY)
    for number in range(40):
        say(slack, first, f"still looking, {number}", timedelta(minutes=number + 1))
    say(slack, first, "rolled back to v1.3.0, that fixed it\n\nthe migration 0042 was the cause", HOUR)
    say(slack, first, "thanks all " * 400, 2 * HOUR)

    (answered,) = told(ask(slack, tmp_path))[1:]

    assert 'a person, 60 minutes later: "rolled back to v1.3.0, that fixed it\n  the migration 0042 was the cause"' in answered
    assert answered.endswith("(34 more answers not shown)")
    assert len(answered) < 3_500


def test_only_threads_that_others_answered_are_read(slack: FakeSlack, tmp_path: Path) -> None:
    """Our own answer stands below most alerts; the newest threads first, as many as are configured."""
    for day in range(1, 12):
        posted = alert(slack, NOW - day * DAY)
        slack.post(CHANNEL, "Diagnosed", thread_ts=posted, ts=ts(NOW - day * DAY + HOUR), bot_id="B0ERRATA", user="U0ERRATA")
        if day % 2 == 0:
            say(slack, posted, f"restarted, {day}", 2 * HOUR)

    findings = ask(slack, tmp_path, most_threads=3)

    assert [text.partition("restarted, ")[2][:1] for text in told(findings)[1:]] == ["2", "4", "6"]
    assert len(slack.calls(REPLIES)) == 3
    assert "11 of the same error; 3 of 5 threads with answers read" in findings.queries[0]
    assert "11 times" in told(findings)[0]
    assert "and 6 earlier" in told(findings)[0]


def test_pages_are_read_until_the_days_are_over_and_known_the_next_time(slack: FakeSlack, tmp_path: Path) -> None:
    """The second run reads the last week only; what it kept holds no word of a message."""
    for number in range(450):
        alert(slack, NOW - DAY - number * HOUR, f"*KeyError: '{number}'* in worker_{number % 7}_task")
    first = alert(slack, NOW - 20 * DAY, LEAVES.format(9))
    say(slack, first, "raised the limit")
    alert(slack, NOW - 31 * DAY)

    found = ask(slack, tmp_path)
    assert len(slack.calls(HISTORY)) == 3
    assert "once" in told(found)[0]
    slack.requests.clear()
    later = alert(slack, NOW + HOUR)
    again = ask(slack, tmp_path, later)

    assert len(slack.calls(HISTORY)) == 1
    assert given(slack)["oldest"] == ts(NOW - 7 * DAY)
    assert "2 times" in told(again)[0]
    assert told(again)[-1] == told(found)[-1].replace("(20 days before)", "(20 days before)")
    (kept,) = tmp_path.iterdir()
    assert "leaf" not in kept.read_text()
    assert "raised" not in kept.read_text()


def test_a_late_answer_to_a_recent_message_is_seen(slack: FakeSlack, tmp_path: Path) -> None:
    """Within the week in which threads are looked at again."""
    first = alert(slack, NOW - 2 * DAY)
    assert len(told(ask(slack, tmp_path))) == 1
    say(slack, first, "it was the certificate, renewed", DAY)
    assert "renewed" in told(ask(slack, tmp_path, alert(slack, NOW + HOUR)))[-1]


def test_two_errors_of_one_message_ask_once(slack: FakeSlack, tmp_path: Path) -> None:
    """The channel is read once, a thread too; later rounds ask nothing."""
    first = alert(slack, NOW - DAY)
    say(slack, first, "restarted")
    one = source(slack, tmp_path)
    asked = inquiry(slack, alert(slack))
    before = one.gather(asked)
    calls = len(slack.requests)
    assert one.gather(asked).evidence == before.evidence
    assert one.gather(msgspec.structs.replace(asked, search=False, trace_ids=("a" * 32,))) == Findings()
    assert len(slack.requests) == calls


def test_an_alert_without_words_is_like_nothing(slack: FakeSlack, tmp_path: Path) -> None:
    """Two empty messages are not the same error."""
    alert(slack, NOW - DAY, "", files=[{"id": "F1"}])
    assert told(ask(slack, tmp_path, alert(slack, NOW, "", files=[{"id": "F2"}]))) == []


def test_doctor_reads_one_page_of_each_channel(slack: FakeSlack, tmp_path: Path) -> None:
    """Which also shows an app that may hardly ask."""
    for number in range(20):
        alert(slack, NOW - number * HOUR)
    assert [(one.name, one.ok) for one in source(slack, tmp_path).examine()] == [(f"slack history {CHANNEL}", True)]
    assert len(slack.requests) == 1
    slack.sell()
    (seen,) = source(slack, tmp_path).examine()
    assert (seen.ok, "one of your own workspace" in seen.remedy) == (False, True)
