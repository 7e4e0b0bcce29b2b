"""When a reviewed entry answers an alert at once, and everything that speaks against it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from bot.core.entry.entry import Entry
from bot.core.recurrence import trust
from bot.model import Deploy, Diagnosis, FixCheck, FixState, Frame
from bot.texts import entry_page
from tests.occurrences import occurrence
from tests.recalls import CAUSE, NOW, PLACE, REVIEWED, against, alert, case, commit, entry, event, signature, weigh, with_body

LATER = REVIEWED + timedelta(days=1)


def test_a_reviewed_entry_of_the_same_error_fits() -> None:
    """Same signature, same frames, nothing against it: it answers, and says why and whose words they are."""
    found = weigh(case(PLACE, event()))

    assert found is not None
    assert found.fits, found.reasons
    assert (found.reviewed_by, found.reviewed_at) == (("mira",), REVIEWED)
    assert "reviewed on 2025-12-13, within 90 days" in found.reasons
    assert "2 pieces of evidence, none against it" in found.reasons


def test_without_an_entry_nothing_is_weighed() -> None:
    """An error that nobody has met, and a team that wants none of this."""
    assert weigh(case(of=alert(culprit="another_handler"))) is None
    assert weigh(enabled=False) is None


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        (entry(reviewed_at=""), "no review of the entry is recorded"),
        (entry(status="withdrawn"), "the entry is withdrawn"),
        (entry(status="proposed"), "the entry is proposed"),
        (entry(status="regressed"), "the entry is regressed"),
        (entry(status="resolved", resolution="lock, 4be91d07", resolved_at="2025-12-14T00:00:00Z"), "so this is a regression"),
        (with_body(entry(), CAUSE, "Not known yet. What was seen does not carry a cause."), "the entry names no cause"),
        (entry(failed=1, held=2), "2 held and 1 failed"),
    ],
)
def test_an_entry_that_may_not_answer(own: Entry, reason: str) -> None:
    """What the entry itself says against it."""
    assert reason in against(own=own)


def test_an_alert_from_before_the_resolution_is_what_the_entry_tells_of() -> None:
    """Clocks are apart and scans are late: the resolution came after this alert."""
    own = entry(status="resolved", resolution="lock, 4be91d07", resolved_at="2025-12-17T09:19:00Z")

    found = weigh(own=own)

    assert found is not None
    assert found.fits, found.reasons


def test_the_record_of_an_entry_can_make_up_for_a_failure() -> None:
    """Three answers that held for each that failed."""
    found = weigh(own=entry(failed=1, held=3))

    assert found is not None
    assert found.fits
    assert "3 of its answers held, 1 failed" in found.reasons


def test_severities_that_a_team_names_are_always_diagnosed() -> None:
    """By the entry's severity, and by that of today's evidence."""
    assert "severity high is always diagnosed anew" in against(never_for=("high",))
    assert "severity critical is always diagnosed anew" in against(own=entry(severity="critical"), never_for=("critical",))


def test_an_error_that_is_graver_today_is_diagnosed() -> None:
    """The rules say high of a stack trace in prod; the entry says low."""
    assert "today's evidence is of severity high, the entry says low" in against(own=entry(severity="low"))


def test_a_review_grows_old() -> None:
    """By the job's clock or the alert's, whichever is later."""
    assert "more than 90 days ago" in against(now=REVIEWED + timedelta(days=91))
    assert "more than 3 days ago" in against(max_age_days=3)


def test_a_review_of_the_future_is_no_review() -> None:
    """A clock that is a day off is forgiven; one that is a year off is not."""
    tomorrow = weigh(own=entry(reviewed_at="2025-12-18T09:00:00Z"))

    assert tomorrow is not None
    assert tomorrow.fits
    assert "lies in the future" in against(own=entry(reviewed_at="2099-01-01T00:00:00Z"))


def test_places_where_it_was_never_seen() -> None:
    """Another environment, another service."""
    assert "never seen in the environment staging" in against(case(of=alert(environment="staging")))
    assert "never seen in the service payouts" in against(case(of=alert(service="payouts")))


def test_an_alias_with_other_frames() -> None:
    """Two entries were merged: the alert has the fingerprint of neither, and fails on another path."""
    other = (Frame("submit", "/srv/app/transfers/api.py", 10), Frame("refund", "/srv/app/transfers/refunds.py", 7))
    posted = alert(frames=other)
    alias = case(of=posted)
    own = entry(aliases=(alias.signature.name,))

    assert "the innermost frames are api:submit > refunds:refund, the entry's api:submit > leaves:reserve_leaves" in against(alias, own=own)


def test_a_second_entry_that_is_nearly_as_like() -> None:
    """The same words in the same place, by another path: which one it is, a diagnosis must say."""
    posted = alert(frames=())
    twin = entry_page.new_entry(case(of=posted).signature, occurrence("1765526466.120900"))

    reasons = against(case(), twin)

    assert f"{twin.meta.signature} is nearly as like (11.0 points to 11.0, the lead must be 1; `recurrence: lead:`)" in reasons
    found = weigh(case(), twin, lead=0)
    assert found is not None
    assert found.fits


def test_a_failing_event_of_another_service() -> None:
    """The alert names no service; its event does, and it is a new one."""
    posted = alert(service=None)

    assert "is of the service payouts, in which it was never seen" in against(case(event(service="payouts"), of=posted))


def test_a_trace_that_failed_first_elsewhere() -> None:
    """Unless the entry speaks of that service."""
    first = event("connection refused", time=alert().time - timedelta(seconds=2), service="ledger-api", error_type=None)

    assert "the trace failed first in ledger-api, of which the entry says nothing" in against(case(event(), first))
    found = weigh(case(event(), first), own=with_body(entry(), CAUSE, "The ledger-api refuses connections, the row lock is gone."))
    assert found is not None
    assert found.fits, found.reasons


def test_another_error_class_in_the_trace() -> None:
    """An error of that trace which the entry does not name."""
    other = event("PoolTimeout: no connection", time=alert().time + timedelta(seconds=1), error_type="sqlalchemy.exc.PoolTimeout")

    assert "the trace holds a PoolTimeout, of which the entry says nothing" in against(case(event(), other))


@pytest.mark.parametrize(
    ("state", "stands", "reason"),
    [
        ("lost", False, "is lost"),
        ("commented out", False, "is commented out"),
        ("put back", False, "is put back"),
        ("stands", True, "stands in what ran, so this has another cause"),
    ],
)
def test_the_earlier_fix_was_looked_for(state: FixState, stands: bool, reason: str) -> None:
    """A fix that is gone makes it a regression; one that stands leaves another cause."""
    check = FixCheck(signature().name, commit(REVIEWED - timedelta(days=1)), stands, () if stands else ("with_for_update()",), state=state)

    assert f"the earlier fix 9c0ffee {reason}" in against(case(check))


def test_a_fix_that_is_not_deployed_yet_is_no_contradiction() -> None:
    """What ran never had it: the known cause is at work."""
    check = FixCheck(signature().name, commit(REVIEWED), stands=False, missing=("with_for_update()",), state="not deployed")

    found = weigh(case(check))

    assert found is not None
    assert found.fits, found.reasons


def test_the_failing_place_is_another_one() -> None:
    """The entry names the code; today it fails in a function that it does not name."""
    moved = msgspec.structs.replace(PLACE, path="transfers/refunds.py", function="refund")

    assert "it fails in transfers/refunds.py in refund, a place that the entry does not name" in against(case(moved))


def test_a_commit_that_touched_the_code_after_the_review() -> None:
    """Whatever it did: the words were written about other code."""
    assert '9c0ffee "perf: faster" changed the failing lines after the review' in against(case(PLACE, commit(LATER)))
    found = weigh(case(PLACE, commit(REVIEWED - timedelta(days=30))))
    assert found is not None
    assert found.fits, found.reasons


def test_a_deploy_after_the_review_that_carries_an_older_commit() -> None:
    """Written before the review, live after it: made since the deploy before."""
    before, after = (Deploy("transfers", "prod", name, time) for name, time in (("2.3.0", REVIEWED - timedelta(days=5)), ("2.3.1", LATER)))

    reasons = against(case(PLACE, commit(REVIEWED - timedelta(days=2)), before, after))

    assert "2.3.1, deployed on 2025-12-14 after the review, carries 9c0ffee, which changed the failing lines" in reasons
    untouched = weigh(case(PLACE, commit(REVIEWED - timedelta(days=9)), before, after))
    assert untouched is not None
    assert untouched.fits, untouched.reasons


def test_a_new_release_that_nobody_could_look_into() -> None:
    """Without the code at hand a new release may hold anything."""
    assert "the release 2.4.0 is newer than the review" in against(case(of=alert(release="2.4.0")))
    deploy = Deploy("transfers", "prod", "2.4.0", LATER)
    assert "2.4.0, deployed on 2025-12-14 is newer than the review" in against(case(deploy, of=alert(release=None)))
    read = weigh(case(PLACE, of=alert(release="2.4.0")))
    assert read is not None
    assert read.fits, read.reasons


def second(cause: str, **changes: Any) -> Diagnosis:
    """What the rules say, sure of it, and of another kind than the entry."""
    said = occurrence(cause=cause).diagnosis
    return msgspec.structs.replace(said, **{"category": "database", "bug_class": "resource exhaustion", **changes})


def test_the_rules_know_another_cause() -> None:
    """A known cause of another kind, of which they are fairly sure, and in words that the entry does not share."""
    pool = second("The pool of connections is used up.")

    assert "the rules name another cause, of the kind database and resource exhaustion: The pool of" in against(second=pool)


@pytest.mark.parametrize(
    "agreeing",
    [
        second("The row lock is gone: two transfers reserve one leaf."),
        second("The pool of connections is used up.", category="application", bug_class="race condition"),
        second("The pool of connections is used up.", category="unknown", bug_class="unknown"),
        second(""),
    ],
)
def test_rules_that_do_not_contradict(agreeing: Diagnosis) -> None:
    """The same words, the same kind, no kind, or no cause at all."""
    found = weigh(second=agreeing)

    assert found is not None
    assert found.fits, found.reasons


def test_nothing_of_an_alert_becomes_long() -> None:
    """Names from outside are cut, whatever stands in them."""
    reasons = against(case(of=alert(environment="x" * 5_000 + "\n::error::")))

    assert len(reasons) < 1_500
    assert "\n" not in reasons


def test_the_latest_review_counts() -> None:
    """A merge that only counts is no review; one that changes the words is."""
    own = entry()
    again = trust.reviewed(own, ("alice",), NOW, own)
    changed = trust.reviewed(with_body(own, CAUSE, "The lock was taken out."), ("alice",), NOW, own)

    assert again == own
    assert changed.meta.reviewed_by == ("alice",)
    assert datetime.fromisoformat(changed.meta.reviewed_at) == NOW
