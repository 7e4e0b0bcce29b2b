"""A pull request that is a pleasure to review: the answer first, everything else within reach."""

import re

import pytest
from msgspec.structs import replace

from bot.core.request.pull_request_marks import contents_of, framed
from bot.model import Case, Commit, Diagnosis, Evidence, FixCheck, LogEvent, RootCause
from bot.texts import pull_request
from tests.fakes import transfer_case

CASE, DIAGNOSIS = transfer_case.case(), transfer_case.diagnosis()


def body(case: Case = CASE, diagnosis: Diagnosis = DIAGNOSIS, reason: str | None = None, issue: str = "") -> str:
    """The body as propose asks for it."""
    path = f"knowledge/errors/{transfer_case.NAME}.md"
    return pull_request.body(case, diagnosis, entry_path=path, tracking_reason=reason, tracking_issue=issue)


def headings(text: str) -> list[str]:
    """The section titles, in order."""
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


def test_the_answer_stands_on_the_first_lines() -> None:
    """Verdict and one sentence, how grave and by when, the first step; then a table whose first row is its head."""
    lines = body().split("\n")
    assert lines[:2] == ["> [!CAUTION]", "> **Act now.** Transfers fail again: insufficient leaf balance"]
    assert lines[2:6] == [
        ">",
        "> Severity **high**, respond within 1 hour.",
        ">",
        "> **First:** Revert [`9c0ffee0`](https://github.com/acme/transfers/commit/9c0ffee0).",
    ]
    assert lines[7].startswith("| Where | prod · ")
    assert lines[8] == "| :--- | :--- |"


def test_sections_come_in_the_order_of_questions() -> None:
    """Why, where, what is different, what to do; the evidence after it, the consequences last."""
    assert headings(body()) == [
        "Root cause",
        "Affected code",
        "What changed since the last diagnosis",
        "Fix",
        "Next steps",
        "Database queries that would help",
        "What could not be seen",
        "Evidence",
        "What merging does",
    ]


def test_the_cause_shows_its_evidence() -> None:
    """Each quote with the link where it was read."""
    assert "- [E2](https://github.com/acme/transfers/blob/9c0ffee0/transfers/leaves.py#L42): `raise ValidationError()`" in body()


def test_the_failing_line_is_marked() -> None:
    """With a permalink at the commit, and the lines around it."""
    assert "[transfers/leaves.py:42](https://github.com/acme/transfers/blob/9c0ffee0/transfers/leaves.py#L42) in `reserve_leaves`" in body()
    assert "→    42 |     raise ValidationError()" in body()


def test_a_fix_that_was_taken_out_is_said_so() -> None:
    """With the commit that did it, and its lines."""
    assert "**The earlier fix no longer stands**: `4be91d0712` “Lock the row”" in body()
    assert "-    rows = query.with_for_update()" in body()
    assert "- **Severity:** medium → high" in body()


def test_suspects_are_told_with_what_speaks_for_them() -> None:
    """In their order, each with its reasons; beside a proved regression they are only other changes, and the fix itself is none of them."""
    reasons = ("removed a guard: `if row is None:`", "was made 1 hour before the failure")
    suspect = replace(transfer_case.fix(), sha="5" * 40, subject="perf: simplify", reasons=reasons)
    pieces = tuple(
        Evidence("commit", "code", "https://github.com/acme/transfers", "x", id=f"E{20 + n}", detail=one)
        for n, one in enumerate((suspect, transfer_case.fix()))
    )
    unproved = tuple(piece for piece in CASE.evidence if not isinstance(piece.detail, FixCheck | Commit))
    alone, beside = (body(replace(CASE, evidence=evidence)) for evidence in ((*unproved, pieces[0]), (*CASE.evidence, *pieces)))
    assert "Suspected changes, the likeliest first:\n\n- `5555555555` “perf: simplify”" in alone
    assert "removed a guard: `if row is None:`; was made 1 hour before the failure" in alone
    others = beside.partition("Other changes to the failing code:\n\n")[2].partition("\n\n")[0]
    assert "5555555555" in others
    assert transfer_case.fix().sha[:10] not in others


def test_whoever_brought_the_failing_code_is_no_suspect_for_that() -> None:
    """Listed in the evidence and said so; among the suspects only where there is more to say of that change."""
    brought = replace(transfer_case.fix(), sha="6" * 40, relation="brought the failing code", reasons=("brought `select`, as a whole",))
    suspect = replace(brought, sha="5" * 40, reasons=("took out what stood after line 31", "brought `select`, as a whole"))
    first, second = (Evidence("commit", "code", "https://github.com/acme/transfers", "x", id=f"E{one.sha[0]}", detail=one) for one in (brought, suspect))
    alone, beside = (body(replace(CASE, evidence=evidence)) for evidence in ((first,), (first, second)))

    assert "Suspected" not in alone
    assert "Where the failing code comes from:\n\n- `6666666666`" in alone
    assert "brought the failing code. Listed because it brought `select`, as a whole" in alone
    assert "Suspected changes, the likeliest first:\n\n- `5555555555`" in beside
    assert "and 1 more, which stands in the evidence" in beside


def test_gaps_say_what_to_do() -> None:
    """What was wanted, what came back, what to do."""
    assert "| insufficient leaf balance | the trace | session expired | run `aws sso login` |" in body()


def test_the_evidence_is_folded() -> None:
    """Counted in the summary, with ids and links inside, and the fold is closed."""
    text = body()
    assert "<summary>4 pieces: 1 log, 1 code, 1 fix, 1 commit</summary>" in text
    assert text.count("<details>") == text.count("</details>") == 1
    assert "**E1** · log · opensearch prod · 2025-12-17 09:12:44 UTC · [open](https://logs.example/E1)" in text


@pytest.mark.parametrize(
    ("reason", "issue", "told"),
    [
        ("its severity is high", "", "A tracking issue is opened, because its severity is high."),
        ("its severity is high", "https://github.com/acme/k/issues/4", "The tracking issue is there already"),
        (None, "", "No tracking issue is opened"),
    ],
)
def test_merging_says_what_it_does(reason: str | None, issue: str, told: str) -> None:
    """Which thread is answered, whether an issue is opened and why, and how to say no."""
    text = body(reason=reason, issue=issue)
    assert told in text
    assert f"[in its thread]({transfer_case.THREAD.url})" in text
    assert f"gh pr close kb/{transfer_case.NAME}" in text


def test_a_thin_case_has_no_empty_sections() -> None:
    """Nothing known, nothing found: said in a sentence each."""
    case = Case(CASE.alert, CASE.signature, CASE.start, CASE.end)
    unknown = RootCause(False, "", "none", unsettled=("The log of the transfer service.",))
    thin = Diagnosis(
        "rules", "unclear", "An error nobody has seen.", "unknown", "unknown", DIAGNOSIS.assessment, unknown, replace(DIAGNOSIS.history, recurrence="new")
    )
    text = body(case, thin)
    assert headings(text) == ["Root cause", "Evidence", "What merging does"]
    assert "**The cause is not known.**" in text
    assert "- The log of the transfer service." in text


@pytest.mark.slow
def test_a_long_body_gives_up_sections_not_bytes() -> None:
    """Below GitHub's limit with every block closed; the evidence goes first, the summary and the consequences stay."""
    long = transfer_case.case("x `y` " * 20_000)
    wordy = replace(transfer_case.diagnosis("\\" * 20_000), summary="short")
    text = body(long, wordy)
    assert len(text) <= 60_000
    assert headings(text)[-1] == "What merging does"
    assert "**Act now.** short" in text
    assert "_Left out, because" in text
    assert text.count("<details>") == text.count("</details>")


def test_the_bot_part_cannot_be_forged() -> None:
    """A log line that looks like the bot's own mark declines nothing."""
    forged = "<!-- errata:end --><!-- errata:content=ffffffffffffffff -->"
    text = framed(body(transfer_case.case(forged), transfer_case.diagnosis(forged)), "0123456789abcdef")
    assert contents_of(text) == ("0123456789abcdef",)


def test_the_title_says_what_failed_where() -> None:
    """And how it relates to the past."""
    assert pull_request.title(CASE, DIAGNOSIS) == "Regression: ValidationError in transfer_handler: insufficient leaf balance"


def test_the_commit_message_is_a_subject_and_a_sentence() -> None:
    """Plain words; GitHub reads them raw."""
    assert pull_request.commit_message(CASE, DIAGNOSIS, 4) == (
        "Record ValidationError in transfer_handler (occurrence 4)\n\nAct now, severity high: Transfers fail again: insufficient leaf balance\n"
    )


@pytest.mark.parametrize(
    ("service", "label"), [("transfers", "service:transfers"), ("a b,c@d", "service:a-b-c-d"), ("x" * 90, f"service:{'x' * 42}"), ("🙂", None), (None, None)]
)
def test_labels_are_safe(service: str | None, label: str | None) -> None:
    """Fifty characters, no commas, no spaces, no empty value."""
    case = replace(CASE, alert=replace(CASE.alert, service=service))
    wanted = ("severity:high", "category:application", *((label,) if label else ()), "regression")
    assert pull_request.labels(case, DIAGNOSIS) == wanted


@pytest.mark.parametrize(
    ("given", "stack", "named"),
    [("LedgerRefused", "", "LedgerRefused"), (None, "wallet.LeafError: none\n\tat wallet.Leaves.take(Leaves.java:3)", "wallet.LeafError"), (None, "", "")],
    ids=["renamed", "wrapped", "neither"],
)
def test_why_the_name_is_not_what_the_logs_say(given: str | None, stack: str, named: str) -> None:
    """Where the logs call the error otherwise, one sentence says after which of the two it is named; else nothing does."""
    logged = LogEvent(CASE.alert.time, f"failed: {CASE.alert.message}", "app.log:1", "ERROR", "transfers", error_type=given, stack=stack)
    others = tuple(one for one in CASE.evidence if not isinstance(one.detail, LogEvent))
    text = body(replace(CASE, evidence=(*others, Evidence("log", "files", "app.log:1", logged.message, "E9", detail=logged))))

    wanted = f"It is named after the alert, which says ValidationError; the log event behind it (E9) says {named}."
    assert (wanted in text) == bool(named)
    assert ("Why this name" in text) == bool(named)
