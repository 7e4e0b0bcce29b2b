"""What is said of an earlier fix: in the evidence, in the pull request, and as a cause."""

import pytest
from msgspec.structs import replace

from bot.config import Severities
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import Case, Commit, Evidence, FixCheck, FixState, PastEntry, PastFix
from bot.texts.fix_proof import proof
from bot.texts.pull_request_past import past_section
from tests.fakes import transfer_case

CARRIER = replace(transfer_case.culprit(), sha="abcdef0123" + "0" * 30, subject="Merge it")


def checked(state: FixState, *, removed: bool = False, carried: bool = False) -> FixCheck:
    """A check in that state."""
    stands = state in ("stands", "moved", "reworded")
    return FixCheck(
        transfer_case.NAME,
        transfer_case.fix(),
        stands,
        () if stands else ("with_for_update()",),
        transfer_case.culprit() if removed else None,
        state,
        "transfers/locks.py" if state == "moved" else None,
        3,
        CARRIER if carried else None,
    )


def known(check: FixCheck) -> Case:
    """The transfer case, with this check as all that is known of its fix."""
    case = transfer_case.case()
    evidence = tuple(one for one in case.evidence if not isinstance(one.detail, FixCheck | Commit))
    past = PastEntry(
        *(case.signature.name, "x.md", "ValidationError", "resolved", "high", transfer_case.TIME, 2, "same"), resolution="Row lock", fix=PastFix("x", "lock")
    )
    return replace(case, evidence=(*evidence, Evidence("fix", "code", "here", proof(check, "transfers@1234567"), "E9", detail=check)), history=(past,))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (checked("stands"), "The earlier fix still stands: "),
        (checked("moved"), "The earlier fix still stands, now in `transfers/locks.py`: "),
        (checked("reworded", carried=True), "It came into what ran as"),
        (checked("lost", removed=True), "**The earlier fix no longer stands**: "),
        (checked("partly lost", removed=True), "**Of the earlier fix 1 of its 3 lines are gone**: "),
        (checked("commented out", removed=True), "It was commented out by"),
        (checked("put back", removed=True), "It was put back by"),
        (checked("gone with its function", removed=True), "its function is gone**: "),
        (checked("not deployed", carried=True), "**The earlier fix was not deployed yet when the alert came**: "),
        (checked("never there"), "**The earlier fix was never in what ran**: "),
    ],
    ids=lambda value: value.state if isinstance(value, FixCheck) else "",
)
def test_the_pull_request_says_exactly_what_is_known(check: FixCheck, said: str) -> None:
    """One sentence for each state, with links; nothing is claimed that was not proved."""
    section = past_section(known(check), transfer_case.diagnosis())
    assert said in section
    assert ("9c0ffee012" in section) == bool(check.removed_by)
    assert ("abcdef0123" in section) == bool(check.carried_by)


def test_the_evidence_is_plain_lines() -> None:
    """So that a diagnosis can quote them."""
    lost = proof(checked("lost", removed=True), "transfers@1234567").splitlines()
    assert "No longer there at transfers@1234567:" in lost
    assert any(line.startswith("removed by commit 9c0ffee") for line in lost)
    assert "older than the history that was read" in proof(checked("lost"), "x")
    assert "It comes with commit abcdef0" in proof(checked("not deployed", carried=True), "x")
    assert "is not yet in the code that was read, x" in proof(checked("not deployed"), "x")


def test_a_fix_that_was_not_deployed_is_no_regression() -> None:
    """Nobody is blamed for it."""
    diagnosis = RulesDiagnoser(Severities()).diagnose(known(checked("not deployed", carried=True)))
    assert diagnosis.history.recurrence == "recurring"
    assert "was not deployed yet" in diagnosis.history.applies
    assert "9c0ffee" not in diagnosis.root_cause.statement


def test_a_few_lines_of_many_explain_nothing() -> None:
    """Any code changes in time; it is said, and blamed on nobody."""
    diagnosis = RulesDiagnoser(Severities()).diagnose(known(replace(checked("partly lost", removed=True), followed=20)))
    assert diagnosis.history.applies == "The fix 4be91d0 stands for the most part; 1 of its 20 lines are gone."
    assert "9c0ffee" not in diagnosis.root_cause.statement


def test_removed_lines_that_are_back_are_the_cause() -> None:
    """The commit that put them back is named, and what it put back."""
    diagnosis = RulesDiagnoser(Severities()).diagnose(known(checked("put back", removed=True)))
    assert diagnosis.history.recurrence == "regression"
    assert "put that back" in diagnosis.root_cause.statement
    assert "git revert --no-edit 9c0ffee012ab\n" in diagnosis.immediate_fix
    assert diagnosis.next_steps[0].startswith("Revert 9c0ffee")
    assert "https://github.com/acme/transfers/pull/41" in diagnosis.next_steps[0]


@pytest.mark.parametrize("state", ["lost", "put back"])
def test_a_merge_is_reverted_against_its_first_parent(state: FixState) -> None:
    """Git refuses it otherwise; and what that takes back is said."""
    check = checked(state, removed=True)
    assert check.removed_by is not None
    diagnosis = RulesDiagnoser(Severities()).diagnose(known(replace(check, removed_by=replace(check.removed_by, merge=True))))
    assert "git revert --no-edit -m 1 9c0ffee012ab\n" in diagnosis.immediate_fix
    assert "It is a merge" in diagnosis.immediate_fix
