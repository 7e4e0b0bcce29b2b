"""While a push is published, somebody changes what is to be written: reviews, links and index are made anew, and nothing of the push is lost."""

import pytest
from msgspec.structs import replace

from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.core.entry.instant_answers import counted
from bot.errors import StaleBranch
from bot.model import Permalink
from bot.texts import entry_page
from tests.fakes import transfer_case
from tests.publishing import CHANNEL, LATER, PATH, House, entry, house, merge, server

__all__ = ["house", "server"]
pytestmark = pytest.mark.slow

README = "knowledge/README.md"
OTHER = "transfer_handler_TimeoutError_b0b0b0"


def relative(house: House) -> Entry:
    """An entry that the error of these tests is linked with, on the default branch."""
    thread = Permalink("acme.slack.com", CHANNEL, "1765900000.000100")
    house.slack.post(CHANNEL, "it takes too long", ts=thread.ts)
    signature = replace(transfer_case.case(transfer_case.HARMLESS).signature, name=OTHER, error_type="TimeoutError")
    made = entry_page.new_entry(signature, replace(transfer_case.occurrence(transfer_case.HARMLESS), permalink=thread, time=thread.time))
    assert house.publish(merge(made, by="ben")) == ()
    return house.now(path_of(OTHER))


def test_a_linked_entry_that_is_merged_meanwhile_takes_nothing_from_this_one(house: House) -> None:
    """Review, tracking issue, links both ways and the index are there; so is what was merged."""
    other = relative(house)
    corrected = render(other).replace("Revert the commit.", "Put the lock back by hand.")
    house.forge.meanwhile = [{path_of(OTHER): corrected}]
    assert house.publish(merge(amended(entry(), {"severity": "critical"}))) == ()
    mine, theirs = house.now(), house.now(path_of(OTHER))
    assert (mine.meta.reviewed_by, mine.meta.reviewed_at) == (("mira",), "2025-12-17T10:02:31Z")
    assert mine.meta.tracking_issue.startswith("file://")
    assert (mine.meta.related, theirs.meta.related) == ((OTHER,), (mine.meta.signature,))
    assert "Put the lock back by hand." in theirs.body
    assert mine.meta.title in "".join(text for path, text in house.forge.files.items() if path.startswith("knowledge/index/"))


def test_an_entry_that_is_counted_meanwhile_is_reviewed_all_the_same(house: House) -> None:
    """A write by the repository's own token starts no run that would do it."""
    known = entry()
    now = counted(known, LATER, "2025-12-17T10:02:31Z")
    house.forge.meanwhile = [{PATH: render(now)}]
    assert house.publish(merge(known)) == ()
    meta = house.now().meta
    assert (meta.occurrences, meta.last_seen) == (now.meta.occurrences, now.meta.last_seen)
    assert meta.reviewed_by == ("mira",)
    assert "index of 1 entry committed" in house.said[-1]


def test_a_run_that_is_overtaken_to_the_end_fails_and_the_next_one_finishes(house: House) -> None:
    """It is not told as done; what was said in the thread is not said again."""
    relative(house)
    page = house.forge.files[README]
    house.forge.meanwhile = [{README: f"{page}\nA line of ours.\n"}]
    (failure,) = house.publish(merge(entry()))
    assert isinstance(failure, StaleBranch)
    assert "reviews" in failure.doing
    assert house.now().meta.reviewed_by == ()
    assert house.publish() == ()
    assert house.now().meta.reviewed_by == ("mira",)
    assert "A line of ours." in house.forge.files[README]
    assert len(house.answers()) == 1


def test_an_entry_that_was_broken_meanwhile_is_told_and_the_others_are_written(house: House) -> None:
    """One failure, once, however often it is made anew."""
    other = relative(house)
    broken = amended(other, {"owners": ("@acme/transfers",)})
    house.forge.meanwhile = [{path_of(OTHER): "mine\n"}]
    (failure,) = house.publish(merge(broken, other, by="cleo"), merge(entry()))
    assert OTHER in str(failure)
    assert house.now().meta.reviewed_by == ("mira",)
    assert house.forge.files[path_of(OTHER)] == "mine\n"
    assert parse(house.forge.files[PATH], PATH).meta.related == ()
