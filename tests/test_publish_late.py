"""A request that waited while its entry was resolved or withdrawn: what the merge leaves, and what becomes of the runs of its alerts."""

from collections.abc import Sequence

import pytest

from bot.core.entry import life
from bot.core.entry.entry import Entry, amended
from bot.core.entry.standing_row import standing_row
from bot.jobs import procedure
from bot.model import MergedEntry, TrackingIssue
from bot.model.procedure import RunRecord
from bot.texts.entry_page import worked
from tests.publishing import CHANNEL, LATER, THREAD, House, entry, house, merge, seen_again, server

__all__ = ["house", "server"]
pytestmark = pytest.mark.slow

EARLY, LATE = "2025-12-17T10:00:00Z", "2025-12-17T23:00:00Z"
"""Before and after the later alert, of 11:13."""


def ended(known: Entry, time: str = EARLY) -> Entry:
    """As the default branch says meanwhile."""
    return life.resolved(known, "Row lock, commit 4be91d07", time, standing_row("resolved", "Row lock", time), ())


class Runs:
    """A Procedure that remembers how each run stands."""

    def __init__(self, *begun: str) -> None:
        self.ends: dict[str, str] = dict.fromkeys(begun, "")

    def record(self, record: RunRecord) -> TrackingIssue:
        """See `Procedure.record`."""
        self.ends[record.marker] = record.end or self.ends.get(record.marker, "")
        return TrackingIssue("1", "https://odoo.example/1", open=True)

    def unfinished(self, names: Sequence[str]) -> tuple[str, ...]:
        """See `Procedure.unfinished`."""
        return tuple(marker for marker, end in self.ends.items() if not end)

    def after(self, before: Entry, now: Entry, *new: str) -> dict[str, str]:
        """How the runs stand after a merge."""
        links = tuple(link for link in (THREAD, LATER) if f"{link.channel}/{link.ts}" in new)
        assert procedure.published(self, MergedEntry("x.md", None, ""), before, now, links, "https://kb.example/x") == ()
        return self.ends


def test_an_alert_of_after_the_end_leaves_the_entry_regressed(house: House) -> None:
    """Though no alert came between end and merge: a step graver, once, and the summary says so; what was before the end changes nothing."""
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    house.publish(merge(entry()))
    known = house.now()
    assert house.publish(merge(ended(seen_again(known), LATE), ended(known, LATE))) == ()
    assert (house.now().meta.status, house.now().meta.severity) == ("resolved", "high")

    assert house.publish(merge(ended(seen_again(known)), ended(known))) == ()
    now = house.now()
    assert (now.meta.status, now.meta.severity) == ("regressed", "critical")
    assert now.meta.resolved_at < now.meta.last_seen
    assert "**Came back:** it was resolved on 2025-12-17" in now.body
    assert house.publish() == ()
    assert house.now() == now


def test_a_request_to_resolve_that_waited_while_an_alert_came_is_of_after_that_alert(house: House) -> None:
    """Whoever merges it says that it is over since; the next alert is the one that brings it back. An end that a person wrote stands as written."""
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    house.publish(merge(entry()))
    known = house.now()
    late, bullet = seen_again(known), worked("Row lock, commit 4be91d07", EARLY)
    by_hand = amended(late, {"status": "resolved", "resolution": "Row lock, commit 4be91d07", "resolved_at": EARLY})
    assert house.publish(merge(late, known)) == ()
    request = life.resolved(late, "Row lock, commit 4be91d07", EARLY, standing_row("resolved", "Row lock, commit 4be91d07", EARLY), (bullet,))
    for _ in range(2):
        assert house.publish(merge(request, late)) == ()
        assert (house.now().meta.status, house.now().meta.resolved_at) == ("resolved", late.meta.last_seen)
    assert house.publish(merge(by_hand, late)) == ()
    assert house.now().meta.resolved_at == EARLY


def test_an_end_that_a_person_wrote_since_stands(house: House) -> None:
    """Publishing the older push again takes nothing back."""
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    known = entry()
    house.publish(merge(ended(seen_again(known)), ended(known)))
    house.forge.files[merge(known).path] = merge(ended(seen_again(known), LATE)).after
    assert house.publish() == ()
    assert (house.now().meta.status, house.now().meta.resolved_at) == ("resolved", LATE)


def test_the_run_of_an_alert_that_came_late_ends_with_the_merge() -> None:
    """Of a resolved entry it is completed, of a withdrawn one failed; those that ended before are left, and one that came back stays open."""
    first, late = f"{THREAD.channel}/{THREAD.ts}", f"{LATER.channel}/{LATER.ts}"
    known = entry()
    assert Runs().after(ended(known, LATE), ended(seen_again(known), LATE), late) == {late: "completed"}
    assert Runs(first).after(known, ended(seen_again(known), LATE), late) == {first: "completed", late: "completed"}
    gone = life.withdrawn(known, "> Withdrawn.")
    assert Runs().after(gone, life.withdrawn(seen_again(known), "> Withdrawn.")) == {late: "failed"}
    assert Runs().after(ended(known), amended(ended(seen_again(known)), {"status": "regressed"}), late) == {late: ""}
