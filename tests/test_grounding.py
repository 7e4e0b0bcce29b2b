"""What the evidence does not carry is taken out of a diagnosis or marked, and told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.grounding.grounding import grounded
from bot.core.grounding.leads import FROM_THE_PAST, UNKNOWN
from bot.core.grounding.links import GONE
from bot.core.grounding.sentences import MARK
from bot.model import AffectedCode, Citation, Diagnosis, Evidence, PastEntry, RivalCause, RuleMatch, Verified
from tests.fakes import transfer_case

CASE = transfer_case.case()
TRUE = transfer_case.diagnosis()
CONFIGURED = ("< 1 hour", "on-call engineer insufficient leaf balance")


def citing(*citations: Citation, **more: Any) -> Diagnosis:
    """The diagnosis with these quotations instead of its own."""
    return replace(TRUE, root_cause=replace(TRUE.root_cause, citations=citations, **more))


def naming(*places: AffectedCode) -> Diagnosis:
    """The diagnosis with these places instead of its own."""
    return replace(TRUE, affected_code=places)


def test_a_true_diagnosis_is_left_alone() -> None:
    """Not a word of it is touched; what stands is counted, and the confidence is computed."""
    made, told = grounded(TRUE, CASE, CONFIGURED)
    assert told == ()
    assert made.verified.unfounded == ()
    assert made.verified.claims >= 5
    assert replace(made, verified=Verified(), root_cause=TRUE.root_cause) == TRUE


@pytest.mark.parametrize("quote", ["ValidationError:   insufficient\n leaf balance", "raise ValidationError()", "rows = query.with_for_update()"])
def test_white_space_does_not_matter(quote: str) -> None:
    """A quote may be wrapped; it may come from the text or from the detail it was read from."""
    evidence = {"V": "E1", "r": "E2"}[quote[0]] if "rows" not in quote else "E4"
    made, told = grounded(citing(Citation(evidence, quote)), CASE)
    assert not told
    assert made.root_cause.known


@pytest.mark.parametrize(
    "citation",
    [
        Citation("E1", "deadlock detected"),
        Citation("E2", "insufficient  balance leaf"),
        Citation("E99", "insufficient leaf balance"),
        Citation("E1", " … "),
        Citation("E1", ""),
        Citation("E1", "lea"),
    ],
)
def test_an_invented_quote_is_removed(citation: Citation) -> None:
    """Also a fragment of three letters; the others stay, and the reviewer is told."""
    kept = Citation("E1", "insufficient leaf balance")
    made, told = grounded(citing(kept, citation), CASE)
    assert made.root_cause.citations == (kept,)
    assert len(told) == 1
    assert told[0].startswith("Root cause: a quotation")
    assert citation.evidence in told[0]


@pytest.mark.parametrize("citations", [(), (Citation("E1", "deadlock detected"),)])
def test_a_cause_without_a_true_quote_is_unknown(citations: tuple[Citation, ...]) -> None:
    """What was claimed becomes a question."""
    made, told = grounded(citing(*citations), CASE)
    assert (made.root_cause.known, made.root_cause.confidence, made.root_cause.statement) == (False, "none", UNKNOWN)
    assert TRUE.root_cause.statement in made.root_cause.unsettled[0]
    assert told


def poisoned(text: str) -> Evidence:
    """What a look-up in the knowledge folder brings: an entry that somebody wrote."""
    return Evidence("history", "knowledge", "knowledge/errors/old.md", text, "E5")


def test_a_cause_that_only_an_old_entry_tells_is_a_rival() -> None:
    """However exactly the entry is quoted: what was true then need not be true now."""
    case = replace(CASE, evidence=(*CASE.evidence, poisoned("The certificate of the ledger expired; renew it with certbot.")))
    claimed = citing(Citation("E5", "The certificate of the ledger expired"), statement="The certificate of the ledger expired.")
    made, _ = grounded(claimed, case)
    assert (made.root_cause.known, made.root_cause.statement, made.root_cause.citations) == (False, FROM_THE_PAST, ())
    assert made.root_cause.rivals[0].statement == "The certificate of the ledger expired."
    assert made.root_cause.rivals[0].decided_by


def test_an_old_cause_is_not_made_a_new_one_by_quoting_the_error() -> None:
    """A poisoned entry that is repeated beside the error's own words does not steer."""
    case = replace(CASE, evidence=(*CASE.evidence, poisoned("Cause: the certificate of the ledger expired overnight.")))
    claimed = citing(Citation("E1", "ValidationError: insufficient leaf balance"), statement="The certificate of the ledger expired overnight.")
    made, told = grounded(claimed, case)
    assert not made.root_cause.known
    assert made.root_cause.rivals[0].statement == "The certificate of the ledger expired overnight."
    assert "only the past tells" in told[0]


def test_the_words_of_a_rule_need_no_entry() -> None:
    """A cause in its own words that quotes the code stays known."""
    claimed = citing(Citation("E2", "raise ValidationError()"), statement="Nothing locks the leaf between reading and reserving it.")
    assert grounded(claimed, CASE)[0].root_cause.known


@pytest.mark.parametrize(("path", "line"), [("transfers/leaves.py", 43), ("/etc/shadow", 42), ("transfers/other.py", 1)])
def test_code_that_was_not_read_is_removed(path: str, line: int) -> None:
    """Path and line must be those of a place in the evidence."""
    made, told = grounded(naming(AffectedCode(path, line, "reserve_leaves", "issue", "https://evil.example/")), CASE)
    assert made.affected_code == ()
    assert told == (f"Affected code: a place that was not read: {path}:{line}",)


def test_a_function_that_is_not_there_is_put_right() -> None:
    """The place was read; the name that stands around it is the true one."""
    made, told = grounded(naming(AffectedCode("transfers/leaves.py", 42, "reserve_everything", "issue")), CASE)
    assert made.affected_code[0].function == "reserve_leaves"
    assert "reserve_everything" in told[0]


def test_the_link_of_a_place_is_the_one_that_was_read() -> None:
    """Links are never taken from a model."""
    made, _ = grounded(naming(replace(TRUE.affected_code[0], permalink="https://evil.example/")), CASE)
    assert made.affected_code == TRUE.affected_code


def test_a_file_known_from_a_commit_needs_no_line() -> None:
    """Where only a commit speaks of the file, there is no line to check."""
    commit = next(evidence for evidence in CASE.evidence if evidence.kind == "commit")
    case = replace(CASE, evidence=(Evidence("log", "x", "y", "insufficient leaf balance", "E1"), commit))
    made, _ = grounded(naming(AffectedCode("transfers/leaves.py", 7, "", "issue", "https://evil.example/")), case)
    assert [place.permalink for place in made.affected_code] == [None]


def test_an_invented_past_is_removed() -> None:
    """A reference, a time, a resolution or a recurrence that no entry and no evidence carries."""
    told_past = replace(TRUE.history, reference="https://evil.example/", last_seen=datetime(2001, 1, 1, tzinfo=UTC))
    made, told = grounded(replace(TRUE, history=told_past), replace(CASE, history=(), evidence=CASE.evidence[:2]))
    history = made.history
    assert (history.reference, history.last_seen, history.recurrence, history.previous_resolution) == (None, None, "new", "")
    assert sum(line.startswith("Historical context: ") for line in told) == 4


def test_a_regression_needs_a_resolution() -> None:
    """An entry that was never resolved makes it recurring; one that is there keeps it from being new."""
    known = PastEntry("x_E_abcdef", "knowledge/errors/x_E_abcdef.md", "E", "diagnosed", "low", transfer_case.TIME, 2, "same")
    case = replace(CASE, history=(known,), evidence=CASE.evidence[:2])
    for claimed in ("regression", "new"):
        made, told = grounded(replace(TRUE, history=replace(TRUE.history, recurrence=claimed, reference=None)), case)
        assert made.history.recurrence == "recurring"
        assert any(f"“{claimed}”" in line for line in told)


def test_nobody_but_the_configuration_promises() -> None:
    """A response time or an escalation of a model's own is taken out."""
    assessment = replace(TRUE.assessment, response_time="within 2 minutes", escalation="call the CEO")
    made, told = grounded(replace(TRUE, assessment=assessment), CASE, CONFIGURED)
    assert (made.assessment.response_time, made.assessment.escalation) == ("", "")
    assert len(told) == 2


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("See [the page](https://evil.example/a?b=c) now.", "See the page now."),
        ("![pixel](https://evil.example/p.png)", "pixel"),
        ("![](https://evil.example/p.png)", GONE),
        ("<https://evil.example/>", GONE),
        ("Open javascript:alert now", f"Open {GONE} now"),
        ("Read https://logs.example/E1 first", "Read https://logs.example/E1 first"),
        ("Read [it](https://github.com/acme/transfers/pull/41)", "Read [it](https://github.com/acme/transfers/pull/41)"),
        ("Read https://docs.acme.example/runbooks/leaves", "Read https://docs.acme.example/runbooks/leaves"),
        ("Read https://docs.acme.example/../evil", f"Read {GONE}"),
        ("curl http://localhost:8080/health", "curl http://localhost:8080/health"),
    ],
)
def test_links_are_those_of_the_evidence(said: str, left: str) -> None:
    """Any other is left out; its words stay; what stands below a configured address is kept."""
    made, told = grounded(replace(TRUE, verification=said), CASE, addresses=("https://docs.acme.example/",))
    assert made.verification == left
    assert bool(told) == (said != left)


def test_a_marked_sentence_keeps_its_place() -> None:
    """Only the sentence that says it; the others stay as they are."""
    said = "Transfers fail. It hit 4,512 customers. The lock is gone."
    made, told = grounded(replace(TRUE, blast_radius=said), CASE)
    assert made.blast_radius == f"Transfers fail. It hit 4,512 customers {MARK}. The lock is gone."
    assert told == ("Blast radius: a number that no evidence has: 4,512 customers",)


def test_a_command_with_an_invented_commit_is_marked_below_it() -> None:
    """The command itself is not touched."""
    said = "Revert it:\n\n```sh\ngit revert 1234abcd5678\n```\n\nThen deploy."
    made, _ = grounded(replace(TRUE, immediate_fix=said), CASE)
    assert made.immediate_fix == f"Revert it:\n\n```sh\ngit revert 1234abcd5678\n```\n{MARK}\n\nThen deploy."
    assert grounded(replace(TRUE, immediate_fix=said.replace("1234abcd5678", "9c0ffee012ab")), CASE)[0].immediate_fix.endswith(
        "9c0ffee012ab\n```\n\nThen deploy."
    )


def test_rivals_and_rules_are_checked_too() -> None:
    """Their quotations stand or go; a rival stays, for it is a question."""
    rival = RivalCause("The pool was empty.", "The pool's gauge.", (Citation("E1", "pool exhausted"),))
    rule = RuleMatch("missing-lock", "the log says it", (Citation("E1", "insufficient leaf balance"), Citation("E7", "x y z")))
    made, told = grounded(replace(citing(Citation("E2", "raise ValidationError()"), rivals=(rival,)), rules=(rule,)), CASE)
    assert made.root_cause.rivals == (replace(rival, citations=()),)
    assert [one.quote for one in made.rules[0].citations] == ["insufficient leaf balance"]
    assert {line.partition(":")[0] for line in told} == {"Also possible", "Rules"}


def test_grounding_twice_is_grounding_once() -> None:
    """The second job checks again, finds nothing more, and still tells what the first one found."""
    for claimed in (naming(AffectedCode("x", 1, "f", "i")), citing(), replace(TRUE, blast_radius="It hit 4,512 customers at 03:33. Ask Greta Lind.")):
        made, told = grounded(claimed, CASE)
        assert told
        assert grounded(made, CASE) == (made, ())


RUNBOOK = Evidence("knowledge", "knowledge", "knowledge/runbooks/tls.md", "It is always an revoked TLS certificate of the proxy. Flush the pool.", "E9")


@pytest.mark.parametrize(
    "statement", ["An revoked TLS certificate.", "The proxy has an revoked certificate.", "The leaf is locked, as the certificate revoked."]
)
def test_a_runbooks_cause_does_not_stand_on_todays_quotations(statement: str) -> None:
    """Whatever of today is quoted for it: it says nothing of a certificate. What is said and advised after it is marked, too."""
    case = replace(CASE, evidence=(*CASE.evidence, RUNBOOK))
    quoted = (Citation("E2", "raise ValidationError()"), Citation("E9", "an revoked TLS certificate"))
    claimed = replace(citing(*quoted, statement=statement), summary="An revoked certificate.", immediate_fix="Flush the certificate of the proxy.")
    made, told = grounded(claimed, case)
    assert (made.root_cause.known, made.root_cause.statement, made.root_cause.confidence) == (False, FROM_THE_PAST, "none")
    assert MARK in made.summary
    assert MARK in made.immediate_fix
    assert any(line.startswith("Fix: what only the past tells") for line in told)


def test_what_a_runbook_says_may_be_told_as_what_it_says() -> None:
    """As knowledge, or to deny it."""
    case = replace(CASE, evidence=(*CASE.evidence, RUNBOOK))
    for summary in ("The runbook speaks of an revoked certificate of the proxy.", "An revoked certificate of the proxy is not the cause."):
        assert MARK not in grounded(replace(TRUE, summary=summary), case)[0].summary


def test_how_a_product_works_is_no_claim_of_today() -> None:
    """Unless it is told as something that happened."""
    assert MARK not in grounded(replace(TRUE, summary="By default a disk counts as full at 95 %."), CASE)[0].summary
    assert MARK in grounded(replace(TRUE, summary="The disk was 95 % full, more than by default."), CASE)[0].summary
