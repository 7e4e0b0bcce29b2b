"""What a case says and counts, what is quoted from it, how a text is cut into sentences, and how long a text may be."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.grounding.borrowed import is_borrowed
from bot.core.grounding.case import Known
from bot.core.grounding.confidence import computed
from bot.core.grounding.grounding import grounded
from bot.core.grounding.quotes import kinds
from bot.core.grounding.records import assessment, history
from bot.model import AffectedCode, Assessment, Citation, CodePlace, Commit, Deploy, Evidence, FixCheck, LogEvent, RivalCause, RootCause, RuleMatch, Trend
from tests.fakes import transfer_case
from tests.fakes.transfer_case import TIME
from tests.test_grounding_claims import CASE, PAST, missed

KNOWN = Known(CASE)
BARE = replace(CASE, evidence=(), history=(), gaps=(), searches=(), alert=replace(CASE.alert, text="x", message="", service=None, frames=(), trace_ids=()))


def event(seconds: float = 0, **more: object) -> LogEvent:
    """A line of a log, so many seconds before the alert."""
    return replace(LogEvent(TIME - timedelta(seconds=seconds), "it is slow", "logs/x:1"), **more)


def saw(*details: Any, kind: Any = "log", text: str = "x") -> tuple[Evidence, ...]:
    """A piece of evidence for each detail."""
    return tuple(Evidence(kind, "x", "y", text, f"E{n}", getattr(detail, "time", None), detail=detail) for n, detail in enumerate(details, 1))


def numbers(*details: object, kind: str = "log") -> list[tuple[int, str]]:
    """What the case of these details counts, by family."""
    index = Known(replace(BARE, evidence=saw(*details, kind=kind))).today
    return [(n, noun) for noun in ("events", "people", "machines", "changes", "services") for n in (1, 2, 3, 4, 5, 6, 7) if index.has_number(n, noun, 0)]


def test_what_a_reader_could_count_is_known() -> None:
    """Lines, and those that say the same; services, requests, users, tenants, commits, deployments, and what a trend counted."""
    assert numbers(event(), event(), event(message="x 1"), event(message="x 2"), event(message="x 3")) == [(2, "events"), (3, "events"), (5, "events")]
    assert numbers(event(service="a"), event(service="b"), event()) == [(3, "events"), (2, "services")]
    assert numbers(event(user="a"), event(user="b"), event(), event(user="c"), event(user="c")) == [(5, "events"), (3, "people")]
    assert numbers(event(tenant="a"), event(tenant="b"), event(), event(tenant="c")) == [(4, "events"), (3, "people")]
    assert numbers(event(trace_id="a"), event(trace_id="b"), event(), event(), event()) == [(2, "events"), (5, "events")]
    commit = Commit("r", "abcdef1234", "Mia", TIME, "x", "a.py", "changed the failing lines")
    assert numbers(commit, commit, kind="commit") == [(2, "changes")]
    assert numbers(Deploy("a", "prod", "b", TIME), Deploy("a", "prod", "c", TIME), Deploy("a", "prod", "d", TIME), kind="deploy") == [(3, "changes")]
    assert numbers(Trend("x", (("failed users", 6),)), kind="metric") == [(6, "people")]
    check = Known(replace(BARE, evidence=saw(FixCheck("n", commit, stands=False, missing=("a",) * 50, followed=70), kind="fix"))).today
    assert [n for n in range(45, 80) if check.has_number(n, "", 0)] == [48, 49, 50, 70]


def test_days_are_called_by_how_long_ago_they_were() -> None:
    """Each name from the first day to the last that it fits."""
    for words, first, last in (
        ("yesterday", 1, 1),
        ("last night", 1, 1),
        ("this morning", 0, 0),
        ("last week", 1, 13),
        ("last month", 15, 62),
        ("last year", 180, 730),
    ):
        for days, stands in ((first - 1, False), (first, True), (last, True), (last + 1, False)):
            known = Known(replace(BARE, alert=replace(BARE.alert, time=TIME), start=TIME - timedelta(days=days), end=TIME - timedelta(days=days)))
            assert known.today.says(words) == (stands or words == "this morning")


def test_times_between_what_belongs_together_are_known() -> None:
    """The alert, the ends of the window, the first and last event, changes, earlier occurrences, repetitions, the steps of the trace."""
    case = replace(
        BARE, alert=replace(BARE.alert, time=TIME, trace_ids=("t",)), start=TIME - timedelta(seconds=100), end=TIME + timedelta(seconds=7), history=()
    )

    def spans(**changes: object) -> list[int]:
        known = Known(replace(case, **changes)).today
        return [seconds for seconds in range(1, 1_000) if known.has_span(seconds * 1_000, 0)]

    assert spans() == [7, 100, 107]
    assert spans(evidence=saw(event(30), event(50), event(43))) == [7, 20, 30, 37, 50, 57, 70, 100, 107]
    assert spans(evidence=saw(Deploy("a", "prod", "b", TIME - timedelta(seconds=500)), kind="deploy")) == [7, 100, 107, 400, 500, 507]
    past = replace(
        PAST,
        last_seen=TIME - timedelta(seconds=800),
        resolved_at=TIME - timedelta(seconds=600),
        seen=tuple(TIME - timedelta(seconds=n) for n in (950, *range(899, 879, -1))),
    )
    assert set(range(880, 900)) & set(spans(history=(past,))) == set(range(880, 900))
    assert 950 not in spans(history=(past,))
    assert {600, 800} <= set(spans(history=(past,)))
    assert set(spans(history=(replace(past, relation="similar"),))) == {7, 100, 107}
    assert 213 in spans(evidence=saw(event(), text="2 times from 09:09:10 to 09:12:43"))
    steps = Known(replace(case, evidence=saw(*(event(n, trace_id="t") for n in (0, 0.5, 1.25, 2.0, 3.5))))).today
    assert [ms for ms in range(250, 3_600, 250) if steps.has_span(ms, 0)] == [500, 1250, 1500, 3500]


@pytest.mark.parametrize(
    ("kind", "group"),
    [("log", "a log"), ("trace", "a log"), ("issue", "a log"), ("code", "the code"), ("commit", "a change"), ("deploy", "a change"), ("fix", "a change"),
     ("metric", "a measurement"), ("query result", "a measurement"), ("other", "a log")],
)  # fmt: skip
def test_evidence_is_of_a_kind(kind: str, group: str) -> None:
    """Two of one kind are one."""
    known = Known(replace(BARE, evidence=saw(None, None, kind=kind)))
    assert kinds((Citation("E1", "x"), Citation("E2", "x")), known) == (group,)


def test_a_line_that_was_read_stands() -> None:
    """From the first to the last of a place; by the whole path or its end; and by a stack trace."""
    place = CodePlace("r", "abc", "app/x/leaves.py", 12, "f", 10, "a\nb\nc\nd")
    case = replace(BARE, evidence=(*saw(place, kind="code"), Evidence("log", "x", "y", 'File "lib/y.py", line 88, in f; z.py:99; w.js:77:5', "E2")))
    for line, stands in ((9, False), (10, True), (13, True), (14, False)):
        for path in ("app/x/leaves.py", "x/leaves.py", "leaves.py", "/srv/app/x/leaves.py"):
            assert (missed(f"At {path}:{line} it is.", case=case) == []) == stands
            assert (missed(f"At {path}#L{line} it is.", case=case) == []) == stands
        assert (missed(f"It is on line {line} there.", case=case) == []) == stands
    assert missed("At lib/y.py:88, on line 88; z.py:99, on line 99.", case=case) == []
    assert missed("At lib/y.py:89.", case=case) == ["lib/y.py:89"]
    assert missed("It is on line 77, or line 78.", case=case) == ["line 78"]
    assert missed("At xleaves.py:12 and xapp/x/leaves.py:12.", case=case) == ["xleaves.py:12", "xapp/x/leaves.py:12"]


def test_what_is_borrowed_from_the_past() -> None:
    """Half of the words, or two thirds of a clause; a denial borrows nothing."""
    old = Evidence("history", "knowledge", "knowledge/errors/old.md", "certificate expired proxy renewal revoked TLS outages", "E50")
    known = Known(replace(CASE, evidence=(*CASE.evidence, old)))
    assert is_borrowed("The certificate expired", known)
    assert is_borrowed("The certificates expired; zebra monkey donkey", known)
    assert not is_borrowed("The certificate zebra", known)
    assert is_borrowed("TLS certificate zebra", known)
    assert is_borrowed("outage certificate zebra", known)
    assert is_borrowed("The certificate expired zebra monkey", known)
    assert not is_borrowed("The certificate expired zebra monkey donkey", known)
    for word in ("not", "no", "nothing", "never", "nor", "neither", "unlike", "without", "rather", "instead", "whether", "if", "cannot", "doesn't"):
        assert not is_borrowed(f"The certificate {word} expired", known)
    for border in (",", ";", ":", ".", " (", ")", " –", " —", " because", " since", " as", " which", " so", " but", " and", " when"):
        assert is_borrowed(f"zebra monkey donkey{border} certificate expired", known)
        assert not is_borrowed(f"zebra monkey donkey{border}zzz certificate expired", known) or not border.strip().isalpha()
        assert not is_borrowed(f"zebra monkey donkey zzz{border.strip()} certificate expired", known) or not border.strip().isalpha()


def test_words_of_an_entry_are_of_today_where_its_fix_was_undone() -> None:
    """And git proves it; a check of a fix that stands proves nothing."""
    made = Commit("r", "abcdef1234", "Mia", TIME, "x", "a.py", "changed the failing lines")
    past = replace(PAST, signature="n", title="certificate expired", resolution="", root_cause="")
    for stands in (True, False):
        check = FixCheck("n", made, stands=stands, removed_by=made)
        known = Known(replace(BARE, history=(past,), evidence=saw(check, kind="fix")))
        assert is_borrowed("The certificate expired", known, (Citation("E1", "xxxx"),)) == stands


def test_a_level_is_lowered_by_what_was_not_found() -> None:
    """Told in one sentence; three claims elsewhere weigh as one of the cause."""
    cause = RootCause(
        True, "x", "high", citations=(Citation("E1", "insufficient leaf balance"), Citation("E2", "raise ValidationError()"), Citation("E4", "rows = query"))
    )
    known = Known(replace(transfer_case.case(), gaps=(), history=()))
    told = "Quotations from a log, the code and a change stand in the evidence"
    assert computed(cause, known, ())[1] == f"{told}."
    assert computed(cause, known, ("Summary: a",) * 2)[1] == f"{told}."
    assert computed(cause, known, ("Summary: a",) * 3)[1] == f"{told}; lowered by 3 claims that no evidence has."
    assert computed(cause, known, ("Root cause: a",))[1] == f"{told}; lowered by 1 claim of the cause that no evidence has."
    assert computed(cause, known, ("Root cause: a", "Root cause: b"))[1] == f"{told}; lowered by 2 claims of the cause that no evidence has."
    rival = RivalCause("y", "z", (Citation("E1", "x"),))
    assert computed(replace(cause, rivals=(rival,)), known, ())[1] == f"{told}; lowered by another cause that is not ruled out."
    assert computed(replace(cause, rivals=(rival, rival)), known, ())[1] == f"{told}; lowered by 2 other causes that are not ruled out."
    assert computed(replace(cause, confidence="low"), known, ())[1] == f"{told}; the diagnosis itself claimed no more."
    two = Known(replace(BARE, evidence=saw(event(service="a"), event(service="b"))))
    quoted = replace(cause, citations=(Citation("E1", "it is slow"), Citation("E2", "it is slow")))
    assert (
        computed(quoted, two, ())[1] == "Logs of 2 services are quoted; lowered by the code that could not be seen."
        or computed(quoted, two, ())[1] == "Logs of 2 services are quoted."
    )
    met = (RuleMatch("r1", "x", (Citation("E9", "x"), Citation("E1", "x"))),)
    assert computed(replace(quoted, citations=quoted.citations[:1]), two, (), met)[1].startswith("What is quoted meets a reviewed rule (r1)")


def test_each_field_is_told_by_its_name() -> None:
    """And as what it is: a claim, advice, or of the past."""
    said = "See abc1234."
    true = transfer_case.diagnosis()
    made = replace(
        true, summary=said, blast_radius=said, immediate_fix=said, verification=said, next_steps=(said,), resolution_tips=(said,),
        assessment=replace(true.assessment, reason=said), prevention=replace(true.prevention, test=said),
        root_cause=replace(true.root_cause, unsettled=(said,), five_whys=(said,)),
        history=replace(true.history, applies=said), rules=(RuleMatch("r", said, ()),), affected_code=(replace(true.affected_code[0], issue=said),),
    )  # fmt: skip
    _, told = grounded(made, transfer_case.case())
    fields = {line.partition(":")[0] for line in told if line.endswith(": a commit or id that no evidence has: abc1234")}
    assert fields == {
        *(
            "Summary",
            "Blast radius",
            "Fix",
            "Verification",
            "Next steps",
            "Tips",
            "Severity",
            "Prevention",
            "Unsettled",
            "Root cause",
            "Historical context",
            "Rules",
        ),
        "Affected code",
    }
    promised: list[str] = []
    assert assessment(Assessment("high", "x", "now", "all"), Known(CASE, ("x",)), lambda field, claim: promised.append(f"{field}: {claim}")).response_time == ""
    assert promised[0] == "Severity: response time that the configuration does not have: now"


def test_a_place_is_one_of_the_lines_that_were_read() -> None:
    """From the first to the last."""
    place = CodePlace("r", "abc", "a.py", 12, "f", 10, "a\nb\nc\nd", "https://x.example/a")
    case = replace(transfer_case.case(), evidence=(*transfer_case.case().evidence, *(replace(one, id="E9") for one in saw(place, kind="code"))))
    for line, kept in ((9, False), (10, True), (12, True), (13, True), (14, False)):
        made, _ = grounded(replace(transfer_case.diagnosis(), affected_code=(AffectedCode("a.py", line, "", "x"),)), case)
        assert [one.permalink for one in made.affected_code] == ([place.permalink if line == 12 else None] if kept else [])


def test_dates_of_the_case_are_known() -> None:
    """Whatever carries them: a line, a deployment, a commit."""
    for evidence in (*saw(event(5 * 86_400)), *saw(Deploy("a", "prod", "b", TIME - timedelta(days=5)), kind="deploy")):
        assert Known(replace(BARE, evidence=(evidence,))).today.dates >= {(2025, 12, 12)}
    assert isinstance(TIME, datetime)


def test_only_a_quotation_of_today_carries_a_cause() -> None:
    """However much the statement itself is of today."""
    old = Evidence("history", "knowledge", "knowledge/errors/old.md", "The leaf balance was low.", "E50")
    case = replace(transfer_case.case(), evidence=(*transfer_case.case().evidence, old))
    cause = RootCause(True, "Insufficient leaf balance.", "high", citations=(Citation("E50", "The leaf balance was low."),))
    made, told = grounded(replace(transfer_case.diagnosis(), root_cause=cause), case)
    assert told[0].startswith("Root cause: a cause that only the past tells, and no evidence of today: ")
    assert grounded(replace(transfer_case.diagnosis(), root_cause=replace(cause, citations=())), case)[1][0].startswith(
        "Root cause: a cause without a quotation"
    )
    assert (made.root_cause.known, made.root_cause.confidence) == (False, "none")


def test_what_a_query_is_for_is_no_claim() -> None:
    """Nor what a rival would be decided by; what a rival says may be of the past."""
    true = transfer_case.diagnosis()
    said = "Whether 61 connections are enough."
    query = replace(true.wanted_queries[0], purpose=said, expected_rows=said)
    made, _ = grounded(replace(true, wanted_queries=(query,), root_cause=replace(true.root_cause, rivals=(RivalCause("A race.", said),))), transfer_case.case())
    assert (made.wanted_queries[0].purpose, made.wanted_queries[0].expected_rows, made.root_cause.rivals[0].decided_by) == (said, said, said)
    assert grounded(replace(true, root_cause=replace(true.root_cause, unsettled=(said,))), transfer_case.case())[0].root_cause.unsettled == (said,)


def test_what_failed_first_in_the_trace_is_the_first_failure() -> None:
    """Of another service than the one that alerted."""
    steps = saw(*(event(seconds, trace_id="t", level="ERROR", service=service) for seconds, service in ((9, "a"), (5, "b"), (1, "c"))))
    known = Known(replace(BARE, alert=replace(BARE.alert, trace_ids=("t",), service="c"), evidence=steps))
    for number, because in (
        (1, "What failed first in the trace is quoted"),
        (2, "Only a log is quoted; lowered by the trace, which failed first elsewhere (E1)"),
    ):
        cause = RootCause(True, "x", "high", citations=(Citation(f"E{number}", "it is slow"),))
        assert computed(cause, known, ())[1] == f"{because}."


def test_runbooks_tell_no_cause_of_an_earlier_time() -> None:
    """They and the list of codes are knowledge, and nothing that occurred."""
    places = ("knowledge/errors/a.md", "knowledge/runbooks/b.md", "knowledge/codes.yml X", "knowledge/codes.yml")
    told = tuple(Evidence("knowledge", "knowledge", place, f"word{n}", f"E{n}") for n, place in enumerate(places))
    known = Known(replace(BARE, evidence=(*told, *saw(event(), text="word9"))))
    assert [n for n in (0, 1, 2, 3, 9) if known.occurred.says(f"word{n}")] == [0, 3]
    assert [n for n in (0, 1, 2, 3, 9) if known.past.says(f"word{n}")] == [0, 1, 2, 3]
    assert [n for n in (0, 1, 2, 3, 9) if known.today.says(f"word{n}")] == [9]


def test_what_says_that_an_error_was_resolved() -> None:
    """Its words, its time, or its status, each by itself."""
    true = transfer_case.diagnosis()
    claimed = replace(true.history, recurrence="regression")
    bare = replace(PAST, status="diagnosed", resolution="", resolved_at=None)
    for past, kept in ((bare, False), (replace(bare, status="resolved"), True), (replace(bare, status="regressed"), True),
                       (replace(bare, resolution="x"), True), (replace(bare, resolved_at=TIME), True)):  # fmt: skip
        made = history(claimed, Known(replace(BARE, history=(past,))), lambda _, __: None)
        assert made.recurrence == ("regression" if kept else "recurring")
    told = replace(BARE, evidence=saw(Trend("x", ()), kind="history"))
    assert [Known(case).recurs for case in (BARE, told, replace(BARE, history=(bare,)))] == [False, True, True]


def test_kinds_of_evidence_that_could_not_be_seen_lower_it() -> None:
    """Where something was left unseen at all."""
    cause = RootCause(True, "x", "high", citations=(Citation("E1", "it is slow"),))
    gaps = transfer_case.case().gaps
    for kind, unseen in (("log", "the code"), ("trace", "the code"), ("issue", "the code"), ("code", "a log"), ("metric", "a log and the code")):
        told = computed(cause, Known(replace(BARE, evidence=saw(None, kind=kind), gaps=gaps)), ())[1]
        assert told.endswith(f"; lowered by {unseen} that could not be seen.")
        assert "could not" not in computed(cause, Known(replace(BARE, evidence=saw(None, kind=kind))), ())[1]
