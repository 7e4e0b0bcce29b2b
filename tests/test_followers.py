"""Alerts that said the same as one that is diagnosed: held against it, recorded with it, each once, and answered."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from bot.config import Configuration
from bot.core.alert.messages import MOST_ALSO
from bot.core.entry.changes import Telling, touched
from bot.core.entry.earlier import rows
from bot.core.entry.entry import Entry, parse, path_of, render
from bot.core.entry.identity import identities, identity_of
from bot.core.entry.repeats import BEGIN, missing, repeated, unrepeated
from bot.errors import BadProposal, ChatError
from bot.jobs.followers import followers, links_in, places_of, taken_along, with_followers
from bot.jobs.proposal_directory import Proposed, read, write
from bot.model import Message, Permalink
from bot.texts import entry_page
from tests.fakes import transfer_case
from tests.occurrences import occurrence
from tests.recalls import CHANNEL, case, entry, link, signature

SAME = "ValidationError: insufficient leaf balance\nin transfer_handler"


class Room:
    """A chat that only reads."""

    def __init__(self, texts: Mapping[Permalink, str]) -> None:
        self._texts = texts
        self.asked: list[Permalink] = []

    def read(self, permalink: Permalink) -> Message:
        """See Chat."""
        self.asked.append(permalink)
        if permalink not in self._texts:
            raise ChatError("reading", "there is no such message", "look for it")
        return Message(permalink, self._texts[permalink])


def taken(texts: Mapping[Permalink, str], *given: str) -> tuple[list[Permalink], list[str]]:
    """Which of the links go along with the first alert, and what was said."""
    said: list[str] = []
    found = followers(Message(link(0), texts[link(0)]), given, Room(texts), Configuration(), said.append)  # type: ignore[arg-type]
    return list(found), said


def test_the_same_words_go_along() -> None:
    """Numbers that change do not matter, the place of a link in the line neither."""
    texts = {link(0): SAME, link(2): f"{SAME} ", link(1): SAME}
    assert taken(texts, link(2).url, link(1).url)[0] == [link(2), link(1)]


def test_each_message_is_read_once_and_the_leader_was_before() -> None:
    """The one that is diagnosed is not asked for again."""
    room = Room({link(1): SAME, link(2): SAME})

    followers(Message(link(0), SAME), (link(2).url, link(1).url, link(2).url), room, Configuration(), lambda _: None)  # type: ignore[arg-type]

    assert room.asked == [link(2), link(1)]


@pytest.mark.parametrize("words", ["TimeoutError: node did not answer\nin transfer_handler", f"{SAME}\nenvironment: dev", f"{SAME}\nKeyError: owner"])
def test_another_error_is_left_to_a_diagnosis_of_its_own(words: str) -> None:
    """Another type, another environment, one error more: told, and not taken along."""
    found, said = taken({link(0): SAME, link(1): words}, link(1).url)
    assert found == []
    assert "left to a diagnosis of its own" in said[0]


def test_what_cannot_be_read_keeps_nobody_else() -> None:
    """A message that is gone, and what is no link to a message."""
    found, said = taken({link(0): SAME, link(2): SAME}, link(1).url, "https://evil.example/archives/C0ALERTS1/p1765962764000100", "--out", link(2).url)
    assert found == [link(2)]
    assert len(said) == 3


def test_each_link_counts_once_and_the_leader_not_at_all() -> None:
    """At most so many; the others are told."""
    assert links_in([f" {link(1).url}\n{link(2).url} ", link(1).url, ""]) == (link(1).url, link(2).url)
    said: list[str] = []
    many = [link(number).url for number in range(MOST_ALSO + 5)]
    found = places_of([*many, *many, f"{link(3).url}?thread_ts={link(3).ts}&cid={CHANNEL}"], link(0), (), said.append)
    assert found == tuple(link(number) for number in range(1, MOST_ALSO + 1))
    assert said == [f"4 alerts are left to another diagnosis: one takes {MOST_ALSO} along"]


def test_each_becomes_a_row_in_the_order_of_time() -> None:
    """Counted, listed, seen from the first to the last; again changes nothing, and neither does what is there as a diagnosis."""
    one = Proposed(transfer_case.case(), transfer_case.diagnosis(), (link(9), link(-9), link(3)))
    made = with_followers(entry(), one)
    assert made.meta.occurrences == 4
    assert (made.meta.first_seen, made.meta.last_seen) == (entry().meta.first_seen, "2025-12-17T09:12:53Z")
    assert [identity_of(thread) for thread in made.meta.threads] == sorted(identities(made), key=lambda identity: identity.partition("/")[2])
    assert [row.number for row in rows(made.body)] == [4, 3, 2]
    assert all(f"| {BEGIN}2025-12-" in row.rest for row in rows(made.body))
    assert with_followers(made, one) == made
    assert parse(render(made), path_of(made.meta.signature)).meta == made.meta
    assert missing(made, [link(9), link(10)]) == (link(10),)


def test_an_alert_of_after_the_resolution_is_a_regression() -> None:
    """Also when it only goes along."""
    resolved = entry(status="resolved", resolved_at="2025-12-15T00:00:00Z", resolution="fixed")
    assert repeated(resolved, [link(0)], "x").meta.status == "regressed"
    assert repeated(resolved, [msgspec.structs.replace(link(0), ts="1765526999.000100")], "x").meta.status == "resolved"


def test_a_row_gives_way_to_a_diagnosis() -> None:
    """The alert was first only recorded; then it is diagnosed for itself. A diagnosis that was folded into a row does not."""
    made = repeated(entry(), [link(1), link(2)], "x")
    bare = unrepeated(made, f"{CHANNEL}/{link(1).ts}")
    assert [row.identity for row in rows(bare.body)] == [f"{CHANNEL}/{link(2).ts}"]
    assert bare.meta.occurrences == 2
    assert unrepeated(unrepeated(bare, f"{CHANNEL}/{link(2).ts}"), f"{CHANNEL}/{link(2).ts}").body == entry().body
    storm = entry()
    for number in range(8):
        storm = entry_page.record_occurrence(storm, occurrence(link(number).ts), signature())
    folded = rows(storm.body)[0].identity
    assert unrepeated(storm, folded) == storm


def test_a_storm_that_is_folded_before_its_merge_is_answered_whole() -> None:
    """The entry stays small; publishing still finds each alert, and later merges answer none of them again."""
    before, made = entry(), entry()
    for start in (0, 100):
        made = repeated(made, [link(start + number) for number in range(MOST_ALSO)], "x")
    assert len(made.meta.threads) < 2 * MOST_ALSO

    def telling(_: Entry, __: Permalink) -> Telling:
        return Telling("", recorded=False)

    assert {place.ts for place in touched(before, made, (), telling).new} == {link(n + start).ts for start in (0, 100) for n in range(MOST_ALSO)}
    assert touched(made, repeated(made, [link(900)], "x"), (), telling).new == (link(900),)


def test_the_directory_carries_them_and_is_not_believed(tmp_path: Path) -> None:
    """Only links that diagnose writes: no other host, none twice, not the leader's, not too many."""
    leader = case().alert.permalink
    one = Proposed(case(), occurrence().diagnosis, (link(1), link(2)))
    write(tmp_path / "proposal", (one,), ("",))
    assert read(tmp_path / "proposal")[0].also == (link(1), link(2))
    file = next((tmp_path / "proposal").glob("*/also.json"))
    for bad in (["https://evil.example/archives/C0ALERTS1/p1765962764000100"], [link(1).url, link(1).url], [leader.url], [f"{link(1).url}/"], "x", [1]):
        file.write_bytes(msgspec.json.encode(bad))
        with pytest.raises(BadProposal):
            read(tmp_path / "proposal")
    file.write_bytes(msgspec.json.encode([link(number).url for number in range(MOST_ALSO + 1)]))
    with pytest.raises(BadProposal):
        read(tmp_path / "proposal")
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadProposal):
        read(tmp_path / "proposal")


def test_no_thread_of_another_channel_is_recorded() -> None:
    """A place that a directory names would be answered after the merge."""
    said: list[str] = []
    elsewhere = msgspec.structs.replace(link(2), channel="C0BOARD11")
    one = Proposed(case(), occurrence().diagnosis, (link(1), elsewhere))
    assert taken_along(one, (), said.append).also == (link(1),)
    assert "under `channels:`" in said[0]
    assert taken_along(one, ("C0BOARD11",), said.append).also == (link(1), elsewhere)
