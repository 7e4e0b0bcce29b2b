"""What rules make of a suspected change: what is said first, what may be reverted, what is to be verified."""

import msgspec

from bot.core.signature.signature import normalised
from tests.rule_cases import ERROR, case, changed, commit, diagnose, event, place


def test_what_only_brought_the_code_is_no_cause_and_never_to_be_reverted() -> None:
    """Before it there was nothing to go back to."""
    suspect = commit("beef", "Begin", 1, "brought the failing code", added=("    raise ValidationError(",), reasons=("brought `select_leaves`, as a whole",))
    diagnosis = diagnose(case(event(ERROR), place(), changed(suspect)))
    assert not diagnosis.root_cause.known
    assert "evert" not in f"{diagnosis.immediate_fix} {' '.join(diagnosis.next_steps)}"


def test_who_wrote_the_code_long_ago_is_no_nearest_change() -> None:
    """Whenever it was deployed; lately it is."""
    wrote = ("brought `select_leaves`, as a whole", "was first deployed with this release")
    for days, told in ((90, False), (3, True)):
        suspect = commit("beef", "Begin", days, "brought the failing code", added=("    raise ValidationError(",), reasons=wrote)
        diagnosis = diagnose(case(event(ERROR), place(), changed(suspect)))
        assert ("The nearest change: beefbee" in diagnosis.root_cause.statement) is told


def test_what_a_rule_says_comes_before_a_suspect() -> None:
    """Its sentence before the change, its fix before the revert, which is told as unproven."""
    suspect = commit("beef", "Rework the selection", 1, "changed the failing lines", added=("    session.execute(",))
    words = "canceling statement due to lock timeout"
    diagnosis = diagnose(case(event(words), place(), changed(suspect), error_type="OperationalError", message=words))
    assert diagnosis.root_cause.statement.startswith("A statement waited too long for a lock")
    assert "Likely, not proven: beefbee" in diagnosis.root_cause.statement
    assert diagnosis.immediate_fix.startswith("End the holding transaction")
    assert "Revert beefbee" in diagnosis.immediate_fix


def test_what_is_to_be_verified_comes_again() -> None:
    """An id of one request is never seen again: its absence would prove nothing."""
    given = case(event("ValidationError: cart b-4411 is empty"), message="cart b-4411 is empty")
    given = msgspec.structs.replace(given, signature=msgspec.structs.replace(given.signature, message=normalised("cart b-4411 is empty")))
    diagnosis = diagnose(given)
    assert "4411" not in diagnosis.verification
    assert "ValidationError: cart " in diagnosis.verification
    assert "is empty in transfers (prod)" in diagnosis.verification


def test_an_address_is_told_once() -> None:
    """A commit's own address stands behind its name; that of its pull request is another."""
    own, request = "https://github.com/acme/transfers/commit/beef", "https://github.com/acme/transfers/pull/7"
    told = [
        " ".join(
            diagnose(case(event(ERROR), place(), changed(commit("beef", "Rework", 1, "changed the failing lines", permalink=own, pull_request=one)))).next_steps
        )
        for one in (None, request)
    ]
    assert [own in one for one in told] == [False, False]
    assert [request in one for one in told] == [False, True]
