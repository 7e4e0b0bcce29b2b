"""After the merge: threads are answered once and corrected where they stand, whatever was edited, deleted, renamed or broken."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.core.entry.changes import IMPORTED
from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.model import MergedEntry, Permalink
from bot.texts import entry_page
from tests.fakes import transfer_case
from tests.publishing import CHANNEL, LATER, NAME, PATH, THREAD, House, entry, house, merge, seen_again, server

__all__ = ["house", "server"]
pytestmark = pytest.mark.slow


def edited(known: Entry, old: str, new: str) -> Entry:
    """A person's edit."""
    text = render(known)
    assert old in text
    return parse(text.replace(old, new), PATH)


def test_a_correction_changes_the_answer_that_stands(house: House) -> None:
    """One message, other words, with who corrected it and when; a second run says the same."""
    assert house.publish(merge(entry())) == ()
    before = house.now()
    after = edited(before, "Revert the commit.", "Put the lock back by hand.")
    assert house.publish(merge(after, before, by="ben")) == ()
    (answer,) = house.answers()

    assert "Put the lock back by hand." in answer
    assert "Revert the commit." not in answer
    assert "_Corrected on 2025-12-17 by ben._" in answer.splitlines()[1]
    assert answer.splitlines()[0].startswith("*Act now*")
    assert house.publish() == ()
    assert house.answers() == [answer]


def test_the_review_is_written_into_the_entry_once(house: House) -> None:
    """Who approved and when; a second run commits nothing."""
    house.publish(merge(entry()))
    meta = house.now().meta
    assert (meta.reviewed_by, meta.reviewed_at) == (("mira",), "2025-12-17T10:02:31Z")
    commits = len(house.forge.commits)
    house.publish()
    assert len(house.forge.commits) == commits


def test_what_would_not_be_said_otherwise_is_not_sent(house: House) -> None:
    """An owner, a heading of another section, a related entry: no call to Slack but the look-ups of new threads."""
    house.publish(merge(entry()))
    before = house.now()
    house.slack.requests.clear()
    after = amended(before, {"owners": ("@acme/transfers",), "related": ("other_Error_123456",)})
    assert house.publish(merge(after, before)) == ()
    assert house.slack.requests == []


def test_a_summary_in_a_persons_words_reaches_the_thread(house: House) -> None:
    """In short is what the next reader reads first: corrected there, it stands in the answer too."""
    house.publish(merge(entry()))
    before = house.now()
    house.publish(merge(edited(before, "- **Why it happens:**", "- **Why it happens:** a deploy, says Mira."), before))
    assert "*In short*" in house.answers()[0]
    assert "a deploy, says Mira." in house.answers()[0]


def test_a_new_occurrence_corrects_nobody(house: House) -> None:
    """It answers its own thread; the summary that it renews is no correction of earlier answers."""
    house.publish(merge(entry()))
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    before = house.now()
    house.slack.requests.clear()
    assert house.publish(merge(seen_again(before), before)) == ()
    assert [len(house.answers()), len(house.answers(LATER))] == [1, 1]
    assert house.slack.calls("chat.update") == []


def test_an_answer_that_was_deleted_is_not_posted_anew(house: House) -> None:
    """Somebody did not want it there."""
    house.publish(merge(entry()))
    house.slack.delete(CHANNEL, str(house.slack.thread(CHANNEL, THREAD.ts)[1]["ts"]))
    before = house.now()
    assert house.publish(merge(edited(before, "Revert the commit.", "Wait."), before)) == ()
    assert house.answers() == []
    assert any("nothing is corrected there" in line for line in house.said)


def test_a_withdrawn_entry_takes_its_answers_back(house: House) -> None:
    """The first line says so, for whoever comes by; nothing is deleted."""
    house.publish(merge(entry()))
    before = house.now()
    assert house.publish(merge(amended(before, {"status": "withdrawn"}), before)) == ()
    (answer,) = house.answers()
    assert answer.startswith("*Withdrawn*: what was said here does not stand any more. It was · *Act now*")
    assert "_Withdrawn on 2025-12-17 by mira._" in answer


def test_a_renamed_entry_keeps_its_one_answer(house: House) -> None:
    """The old page says where it went, the new page's threads are known: the answer links to the new page, and nobody is answered twice."""
    house.publish(merge(entry()))
    before, name = house.now(), "reserve_leaves_ValidationError_0abc12"
    renamed = parse(render(amended(before, {"signature": name, "aliases": (NAME,)})), path_of(name))
    old = amended(before, {"status": "withdrawn", "replaced_by": name})
    assert house.publish(merge(old, before), merge(renamed)) == ()
    (answer,) = house.answers()
    assert answer.startswith("*Moved* · *Act now*")
    assert f"<https://kb.example/{path_of(name)}|the entry that took its place>" in answer
    # Corrections of the new page reach the same message.
    after = parse(render(renamed).replace("Revert the commit.", "Ask Ada."), path_of(name))
    assert house.publish(merge(after, renamed)) == ()
    (answer,) = house.answers()
    assert "Ask Ada." in answer
    assert answer.startswith("*Act now*")


def test_entries_that_were_merged_answer_nobody_again(house: House) -> None:
    """The entry that took the other's threads over knows them."""
    house.publish(merge(entry()))
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    first = house.now()
    other_name = "worker_ValidationError_0abc12"
    alone = replace(transfer_case.occurrence(), permalink=LATER, time=LATER.time)
    other = entry_page.new_entry(replace(transfer_case.case().signature, name=other_name), alone)
    house.publish(merge(other))
    joined = amended(first, {"threads": (*first.meta.threads, LATER.url), "aliases": (other_name,), "occurrences": 2})
    gone = amended(other, {"status": "withdrawn", "replaced_by": NAME})
    assert house.publish(merge(joined, first), merge(gone, other)) == ()
    assert [len(house.answers()), len(house.answers(LATER))] == [1, 1]
    assert house.answers(LATER)[0].startswith("*Moved*")


def test_long_answers_go_on_in_the_thread_and_are_corrected_whole(house: House) -> None:
    """Nothing is lost; a correction that makes it short leaves no old words standing; a run that broke off between two messages is finished."""
    long = "\n\n".join(f"Step {number}: wait for the lock and look again at the leaves. 你好🙂" * 6 for number in range(120))
    first = edited(entry(), "Revert the commit.", long)
    house.publish(merge(first))
    answers = house.answers()
    assert len(answers) > 2
    assert all(f"Step {number}:" in "\n".join(answers) for number in range(120))
    house.slack.delete(CHANNEL, str(house.slack.thread(CHANNEL, THREAD.ts)[2]["ts"]))
    assert house.publish() == ()
    assert len(house.answers()) == len(answers)
    before = house.now()
    assert house.publish(merge(edited(before, long, "Revert the commit."), before)) == ()
    told = house.answers()
    assert "Revert the commit." in told[0]
    assert [text for text in told[1:] if "whole without this message" not in text] == []


def test_an_imported_entry_answers_nobody(house: House) -> None:
    """Its alerts are of long ago; what comes after it is answered like any other."""
    old = edited(entry(), "## In short", f"{IMPORTED}\n\n## In short")
    assert house.publish(merge(old)) == ()
    assert house.answers() == []
    assert house.tracker.find(NAME) is None
    house.slack.post(CHANNEL, "it fails again", ts=LATER.ts)
    assert house.publish(merge(seen_again(old), old)) == ()
    assert (house.answers(), len(house.answers(LATER))) == ([], 1)


def test_what_slack_refuses_keeps_nobody_else_waiting(house: House) -> None:
    """A thread whose alert is gone, and one in an archived channel: each is a sentence, and the third is answered."""
    archived, gone = Permalink("acme.slack.com", "C0ARCHIVE1", "1765962764.000200"), Permalink("acme.slack.com", CHANNEL, "1765962764.000300")
    house.slack.post("C0ARCHIVE1", "old", ts=archived.ts)
    house.slack.channels["C0ARCHIVE1"].archived = True
    after = seen_again(seen_again(entry(), archived), gone)
    failures = house.publish(merge(after))
    assert len(house.answers()) == 1
    assert sorted("archived" in one.cause for one in failures) == [False, True]
    assert any("gone" in one.cause for one in failures)


@pytest.mark.parametrize("text", ["", "---\n", "mine\n", "<<<<<<< HEAD\n"])
def test_an_entry_edited_to_nothing_is_told_and_the_others_go_on(house: House, text: str) -> None:
    """The broken one answers nobody; the index is built without it."""
    other_name = "worker_ValidationError_0abc12"
    broken = MergedEntry(path_of(other_name), None, text)
    (failure,) = house.publish(broken, merge(entry()))
    assert other_name in str(failure)
    assert len(house.answers()) == 1


def test_two_merges_at_once(house: House) -> None:
    """The second was pushed before the first was published: each thread is answered once, with the words that stand now."""
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    first = entry()
    second = edited(seen_again(first), "Revert the commit.", "Ask Ada.")
    house.forge.push(merge(first))
    one = house.forge.merged("a", "b")
    house.forge.push(merge(second, first))
    house.publish()
    assert "Ask Ada." in house.answers(LATER)[0]
    house.forge.push(*one)
    house.forge.files[PATH] = render(second)
    house.publish()
    house.publish(merge(second, first))
    assert [len(house.answers()), len(house.answers(LATER))] == [1, 1]
    assert "Ask Ada." in house.answers()[0]


def test_a_closed_issue_is_opened_again_when_the_error_comes_back(house: House) -> None:
    """Not a second one; the comment names the alert, once."""
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    critical = amended(entry(), {"severity": "critical"})
    house.publish(merge(critical))
    reference = house.now().meta.tracking_issue
    page = next(Path(reference.removeprefix("file://")).parent.glob("*.md"))
    page.write_text(page.read_text().replace("State: open", "State: closed"))
    before = house.now()
    after = amended(seen_again(before), {"status": "regressed"})
    assert house.publish(merge(after, before)) == ()
    assert house.publish() == ()
    text = page.read_text()
    assert [*page.parent.iterdir()] == [page]
    assert text.count("It came back") == 1
    assert "State: open" in text
    assert LATER.url in text


def test_an_issue_that_was_declined_stays_closed_and_one_that_is_gone_is_replaced(house: House) -> None:
    """Closed as not planned is a person's word; a deleted one is told and opened anew, naming the old address."""
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    house.publish(merge(amended(entry(), {"severity": "critical"})))
    before = house.now()
    page = Path(before.meta.tracking_issue.removeprefix("file://"))
    page.write_text(page.read_text().replace("State: open", "State: closed as not planned"))
    after = seen_again(before)
    house.publish(merge(after, before))
    assert "State: closed as not planned" in page.read_text()
    assert "(closed)" in house.answers(LATER)[0]
    page.unlink()
    third = Permalink("acme.slack.com", CHANNEL, "1765979999.000100")
    house.slack.post(CHANNEL, "and again", ts=third.ts)
    before = house.now()
    house.publish(merge(seen_again(before, third), before))
    assert any("moved or deleted" in line for line in house.said)
    assert "not found any more" in next(page.parent.iterdir()).read_text()


def test_an_issue_that_a_person_put_in_elsewhere_is_left_alone(house: House) -> None:
    """They track it in a system of theirs: no second one is opened."""
    tracked = amended(entry(), {"severity": "critical", "tracking_issue": "https://jira.example/browse/PAY-12"})
    assert house.publish(merge(tracked)) == ()
    assert house.tracker.find(NAME) is None
    assert "<https://jira.example/browse/PAY-12|tracking issue>" in house.answers()[0]
