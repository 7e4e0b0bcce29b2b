"""`bot answer`: the words that people reviewed go into the alert's thread, once, and into no other; a proposal directory is only a claim."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from bot.chat.slack import SlackChat
from bot.config import Configuration, Secret
from bot.core.entry.entry import Entry
from bot.core.entry.library import Library
from bot.errors import BadProposal
from bot.jobs.answer import Answering
from bot.jobs.counting import recalled_of
from bot.jobs.proposal_directory import Proposed, read, write
from bot.jobs.recall import Recollection, settled
from bot.model import Case, Diagnosis, Permalink, Recalled
from tests.fakes.slack import FakeSlack
from tests.occurrences import occurrence
from tests.recalls import AGAIN, CAUSE, CHANNEL, NOW, alert, case, entry, with_body

pytestmark = pytest.mark.slow

TIMES = dict.fromkeys(("critical", "high", "medium", "low"), "< 1 hour")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    """One workspace for the module."""
    with FakeSlack() as started:
        yield started


@pytest.fixture
def slack(server: FakeSlack) -> FakeSlack:
    """With the alert in it, and nothing else."""
    server.reset()
    server.add_channel(CHANNEL)
    server.post(CHANNEL, "ValidationError: insufficient leaf balance", ts=AGAIN)
    return server


def recollection(*entries: Entry, now: datetime = NOW) -> Recollection:
    """Of a knowledge folder."""
    return Recollection(Library(entries or (entry(),)), Configuration(), None, lambda: now)


def claim(of: Case | None = None, said: str = "Everything is fine. <!channel>") -> Proposed:
    """What a directory says: that an entry fits, in words of whoever wrote it."""
    diagnosis = occurrence(cause=said).diagnosis
    recalled = Recalled((of or case()).signature.name, True, ("trust me",), ("mallory",), NOW)
    return Proposed(of or case(), msgspec.structs.replace(diagnosis, diagnoser="knowledge", summary=said, recalled=recalled))


def answer(slack: FakeSlack, *entries: Entry, of: Proposed | None = None, thread: Permalink | None = None, also: tuple[Permalink, ...] = ()) -> list[str]:
    """Run the job over a claim; what it said."""
    said: list[str] = []
    chat = SlackChat(Secret(slack.token), slack.base_url, lambda _: None)
    job = Answering(chat, recollection(*entries), lambda path: f"https://github.com/acme/knowledge/blob/main/{path}", TIMES, said.append)
    failures = job.answer((of or claim(),), thread or alert().permalink, also)
    return [*said, *(f"{error.cause} → {error.remedy}" for error in failures)]


def told(slack: FakeSlack) -> list[str]:
    """The answers in the alert's thread, each as one text."""
    return [json.dumps(message["blocks"], ensure_ascii=False) for message in slack.thread(CHANNEL, AGAIN)[1:]]


def test_the_thread_is_told_what_was_reviewed(slack: FakeSlack) -> None:
    """The entry's words, who reviewed them and when, under the mark that publishing looks for; nothing of the directory."""
    said = answer(slack)

    (text,) = told(slack)
    assert CAUSE in text
    assert "Answered at once from what mira reviewed on 2025-12-13" in text
    (message,) = slack.thread(CHANNEL, AGAIN)[1:]
    assert message["blocks"][0]["text"]["text"].startswith(f"*Act now* · severity *{entry().meta.severity}* · seen before: {CAUSE}")
    assert "Respond within 1 hour" in text
    assert (text.count(CAUSE), text.count("mira")) == (1, 1), "cause and reviewer are said once"
    assert "Everything is fine" not in text
    assert "mallory" not in text
    assert slack.thread(CHANNEL, AGAIN)[1]["metadata"]["event_payload"]["marker"] == f"{entry().meta.signature}/{CHANNEL}/{AGAIN}"
    assert said == [f"answered {alert().permalink.url}"]


def test_each_thread_of_the_same_error_is_told(slack: FakeSlack) -> None:
    """Those that both the run and the directory name, once; one that is gone keeps no other from its answer."""
    same, gone, foreign = (msgspec.structs.replace(alert().permalink, ts=f"176596280{number}.000100") for number in range(3))
    for one in (same, foreign):
        slack.post(CHANNEL, "ValidationError: insufficient leaf balance", ts=one.ts)
    several = msgspec.structs.replace(claim(), also=(gone, same))
    for _ in range(2):
        said = answer(slack, of=several, also=(gone, same, foreign))
        assert len(said) == 3
    assert [len(slack.thread(CHANNEL, one)) for one in (AGAIN, same.ts, foreign.ts)] == [2, 2, 1]
    assert answer(slack, of=several, also=())[:1] == [f"already answered {alert().permalink.url}"]


def test_a_second_run_says_nothing(slack: FakeSlack) -> None:
    """Nor does one after the entry was renamed: the earlier name is an alias then."""
    answer(slack)
    renamed = entry(aliases=(entry().meta.signature,))

    assert answer(slack) == [f"already answered {alert().permalink.url}"]
    assert answer(slack, renamed) == [f"already answered {alert().permalink.url}"]
    assert len(told(slack)) == 1


def test_what_a_person_changed_in_the_diagnosis_is_what_is_told(slack: FakeSlack) -> None:
    """They corrected the newest diagnosis and left the summary of the bot as it was."""
    section = f"#### Root cause\n\n{CAUSE}"
    answer(slack, with_body(entry(), section, "#### Root cause\n\nA nightly job takes the lock."))

    (text,) = told(slack)
    assert "A nightly job takes the lock." in text
    assert slack.thread(CHANNEL, AGAIN)[1]["metadata"]["event_payload"]["marker"].endswith(f"/{CHANNEL}/{AGAIN}")


@pytest.mark.parametrize(
    "now",
    [
        entry(status="withdrawn"),
        entry(status="regressed"),
        entry(reviewed_at=""),
        entry(failed=1),
        with_body(entry(), f"**Why it happens:** {CAUSE} (high confidence)", "**Why it happens:** Not known yet."),
    ],
)
def test_an_entry_that_changed_since_the_diagnosis_is_not_told(slack: FakeSlack, now: Entry) -> None:
    """Withdrawn, regressed, unreviewed, found wrong, its cause taken out: the case is weighed anew."""
    said = answer(slack, now)

    assert told(slack) == []
    assert "as it stands on the default branch now it does not fit any more" in said[0]


def test_an_entry_that_is_gone_is_not_told(slack: FakeSlack) -> None:
    """Deleted between the two jobs."""
    other = case(of=alert(culprit="another_handler", message="something else"))

    assert "does not fit any more" in answer(slack, of=claim(other))[0]
    assert told(slack) == []


def test_no_other_thread_is_answered(slack: FakeSlack) -> None:
    """A directory that names another alert than the link that started the run."""
    elsewhere = slack.post("C0RANDOM1", "hello", ts="1765962700.000100")
    claimed = claim(case(of=alert(permalink=Permalink("acme.slack.com", "C0RANDOM1", elsewhere), time=Permalink("a", "b", elsewhere).time)))

    said = answer(slack, of=claimed)

    assert "is not the alert of" in said[0]
    assert len(slack.thread("C0RANDOM1", elsewhere)) == 1
    assert told(slack) == []


def test_an_alert_that_is_gone_is_told_as_that(slack: FakeSlack) -> None:
    """Somebody deleted the message meanwhile; nothing is posted into the channel instead."""
    slack.delete(CHANNEL, AGAIN)

    (said,) = answer(slack)

    assert "→" in said
    assert not slack.calls("chat.postMessage")


def test_an_archived_channel_is_told_as_that(slack: FakeSlack) -> None:
    """The answer is refused, and the run says so."""
    slack.channels[CHANNEL].archived = True

    (said,) = answer(slack)

    assert "archived" in said


def test_a_poisoned_entry_stays_text(slack: FakeSlack) -> None:
    """Whoever got words into a reviewed entry cannot call people, hide a link or leave a code span with them."""
    poison = "<!channel> <@U0BOSS> @here <https://evil.example|the runbook> *bold* ``` &lt;!everyone&gt;"
    posed = with_body(entry(reviewed_by=("<!here>",)), CAUSE, poison)

    answer(slack, posed)

    (text,) = told(slack)
    assert "<!" not in text
    assert "<@" not in text
    assert "<https://evil.example|" not in text
    assert "&amp;lt;!everyone" in text or "&lt;!everyone" in text


def test_a_directory_that_only_claims(tmp_path: Path) -> None:
    """Read back, the claim is a claim: its words are held against the evidence, and its answer comes from the entry."""
    write(tmp_path / "proposal", (claim(),), ("",))

    (taken,) = read(tmp_path / "proposal")
    made = settled(taken, recollection())

    assert recalled_of(taken) is not None
    assert not taken.diagnosis.root_cause.known
    assert made.diagnosis.root_cause.statement == CAUSE
    assert made.diagnosis.recalled is not None
    assert made.diagnosis.recalled.reviewed_by == ("mira",)


def test_a_claim_that_does_not_hold_becomes_a_diagnosis() -> None:
    """The alert is not lost: the rules say what they can, and why they were asked."""
    made: Diagnosis = settled(claim(), recollection(entry(status="withdrawn"))).diagnosis

    assert made.diagnoser == "rules"
    assert "does not fit any more" in made.fallback
    assert made.recalled is not None
    assert not made.recalled.fits


def test_a_claim_that_nobody_can_weigh_is_refused() -> None:
    """A job without the knowledge folder takes no answer from a directory."""
    with pytest.raises(BadProposal, match="which is not at hand"):
        settled(claim(), None)
