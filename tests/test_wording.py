"""What people stumbled over when they read the samples, each once: said twice, said to nobody, said in the wrong place."""

from typing import Literal

import pytest
from msgspec.structs import replace

from bot.config import Configuration
from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.library import root_cause_of
from bot.core.grounding.leads import NOTHING_SEEN
from bot.core.signature.recased import recased
from bot.core.upkeep.review_figures import Row
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import proposal_of
from bot.model import (
    AffectedCode,
    Case,
    Citation,
    CodePlace,
    Commit,
    Diagnosis,
    Evidence,
    FixCheck,
    HistoricalContext,
    Recalled,
    Recurrence,
    RootCause,
    Spend,
    Standing,
)
from bot.texts import entry_page, issue, postmortem_page, pull_request, reply, verified
from bot.texts.index import FRONT, pages
from bot.texts.response_time import within
from bot.texts.review_tables import rows
from tests import recalls
from tests.fakes import transfer_case

CASE, DIAGNOSIS = transfer_case.case(), transfer_case.diagnosis()
PATH = f"knowledge/errors/{transfer_case.NAME}.md"
URL = f"https://github.com/acme/knowledge/blob/main/{PATH}"


def body(case: Case = CASE, diagnosis: Diagnosis = DIAGNOSIS, *, local: bool = False) -> str:
    """The description of a request."""
    return pull_request.body(case, diagnosis, entry_path=PATH, local=local)


def entry(diagnosis: Diagnosis = DIAGNOSIS) -> Entry:
    """The entry that such a diagnosis begins."""
    return entry_page.new_entry(CASE.signature, replace(transfer_case.occurrence(), diagnosis=diagnosis))


def told(merged: Entry) -> list[str]:
    """The words of each block of the answer."""
    (first, *_) = reply.replies(merged, transfer_case.THREAD, reply.About(URL))
    return [block["text"]["text"] for block in first.blocks if "text" in block]  # type: ignore[index]


def unexplained(case: Case = CASE) -> Case:
    """The case without a proved regression, with three suspects more than a reader takes in."""
    kept = tuple(piece for piece in case.evidence if not isinstance(piece.detail, FixCheck | Commit))
    reasons = ("touches `session`, which the failing code uses", "touches `status`, which the failing code uses", "was made 18 hours before the failure")
    suspects = (replace(transfer_case.culprit(), sha=f"{number}" * 40, subject=f"change {number}", reasons=reasons) for number in range(6))
    return replace(case, evidence=(*kept, *(Evidence("commit", "code", "x", "x", id=f"E{20 + n}", detail=one) for n, one in enumerate(suspects))))


@pytest.mark.parametrize(("written", "said"), [("< 15 minutes", "15 minutes"), ("&lt; 1 hour", "1 hour"), ("within the day", "within the day")])
def test_within_is_not_less_than_less(written: str, said: str) -> None:
    """The configuration writes for a table."""
    assert within(written) == said


@pytest.mark.parametrize(
    ("words", "said", "shown"),
    [
        ("(psycopg.errors.foreignkeyviolation) insert", "(psycopg.errors.ForeignKeyViolation) INSERT", "(psycopg.errors.ForeignKeyViolation) INSERT"),
        ("node ln-… did not answer in …", "Node LN-4 did not answer in 30s", "Node LN-… did not answer in …"),
        ("java heap space", "", "java heap space"),
        ("another", "something else", "another"),
        ("i̇stanbul", "İstanbul", "i̇stanbul"),
    ],
)
def test_names_keep_their_capitals(words: str, said: str, shown: str) -> None:
    """A title takes them from the alert; nothing but the case of a letter changes."""
    assert recased(words, said) == shown


def test_titles_are_told_in_the_letters_of_the_alert() -> None:
    """In the request, in the front matter, and where the entry says how to recognise the error."""
    alert = replace(CASE.alert, message="Insufficient LEAF balance")
    assert pull_request.title(replace(CASE, alert=alert), DIAGNOSIS).endswith(": Insufficient LEAF balance")
    made = entry_page.new_entry(CASE.signature, transfer_case.occurrence(), "Insufficient LEAF balance")
    assert made.meta.title.endswith(": Insufficient LEAF balance")
    assert "saying `Insufficient LEAF balance`" in made.body
    assert "- **Message, normalised:** `insufficient leaf balance`" in made.body


def test_quotations_of_one_piece_of_evidence_stand_together() -> None:
    """Each once, in the order in which they were quoted first."""
    quoted = (Citation("E1", "a"), Citation("E2", "b"), Citation("E1", "c"), Citation("E1", "a"))
    assert verified.quotes(quoted) == [("E1", "`a` · `c`"), ("E2", "`b`")]


def test_only_the_place_itself_is_shown_with_its_lines() -> None:
    """Those on the way there are named; their lines stand in the evidence."""
    other = replace(transfer_case.place(), path="transfers/api.py", line=7, permalink="https://github.com/acme/transfers/blob/9c0ffee0/transfers/api.py#L7")
    case = replace(CASE, evidence=(*CASE.evidence, Evidence("code", "code", "x", "x", "E9", detail=other)))
    way = AffectedCode("transfers/api.py", 7, "post", "on the way there", other.permalink)
    affected = body(case, replace(DIAGNOSIS, affected_code=(*DIAGNOSIS.affected_code, way))).partition("## Affected code")[2].partition("\n## ")[0]
    assert affected.count("```") == 2
    assert f"- [transfers/api.py:7]({other.permalink}) in `post`: on the way there" in affected
    assert isinstance(case.evidence[-1].detail, CodePlace)


def test_no_more_suspects_are_told_than_a_reader_takes_in() -> None:
    """Three, the others counted; names that one touches are told together."""
    changes = body(unexplained(replace(CASE, history=()))).partition("## Recent changes")[2].partition("\n## ")[0]
    assert changes.count("\n- [") == 3
    assert "- and 3 more, which stand in the evidence" in changes
    assert "touches `session`, `status`, which the failing code uses; was made" in changes


def test_how_to_verify_a_fix_needs_a_fix() -> None:
    """Without one neither the request nor the entry nor the thread says how to verify it."""
    without = replace(DIAGNOSIS, immediate_fix="", long_term_fix=" ")
    assert "## Fix" not in body(diagnosis=without)
    assert "#### Verification" not in entry(without).body
    assert "#### Verification" in entry().body


def test_what_was_found_before_stands_where_nothing_is_found_now() -> None:
    """Beside the unknown cause, and once."""
    unknown = replace(DIAGNOSIS, root_cause=RootCause(False, "Something did not answer.", "none"))
    text = body(diagnosis=unknown)
    assert "**What was found the last time** (2025-12-17): A race. insufficient leaf balance" in text
    assert text.count("A race.") == 1
    assert "Cause then" in body()


def test_an_unknown_cause_begins_with_that() -> None:
    """The entry does not tell first what it then takes back."""
    silent = replace(DIAGNOSIS, root_cause=RootCause(False, "", "none"))
    assert "#### Root cause\n\n**Not known.** What was seen does not settle the cause." in entry(silent).body
    nothing = replace(DIAGNOSIS, root_cause=RootCause(False, NOTHING_SEEN, "none"))
    assert f"**Not known.** {NOTHING_SEEN}" in entry(nothing).body
    assert f"**The cause is not known.**\n\n{NOTHING_SEEN}" in body(diagnosis=nothing)


def test_a_cause_that_is_named_but_not_proven_is_told_as_a_lead() -> None:
    """In the request, in the entry's summary and block, and in the thread; a later diagnosis does not take it for what was found."""
    lead = replace(DIAGNOSIS, root_cause=RootCause(False, "The pool was closed by the new release.", "none"))
    text, merged = body(diagnosis=lead), entry(lead)
    assert "**Not proven: a lead to check first.**\n\nThe pool was closed by the new release." in text
    assert "not known" not in text.partition("## Root cause")[2].partition("\n## ")[0]
    assert "- **Why it happens:** Not proven: The pool was closed by the new release.\n" in merged.body
    assert "#### Root cause\n\n**Not proven:** The pool was closed by the new release." in merged.body
    assert any("*Not proven:* The pool was closed" in words for words in told(merged))
    assert root_cause_of(merged) == ""


@pytest.mark.parametrize(("recurrence", "shown"), [("new", False), ("recurring", True)])
def test_history_that_says_nothing_is_not_told_in_the_thread(recurrence: Recurrence, *, shown: bool) -> None:
    """Of an error that is new there is none; an entry is no reference of itself."""
    history = HistoricalContext(recurrence, applies="No earlier occurrence is known.", reference=PATH)
    merged = entry(replace(DIAGNOSIS, history=history))
    assert any(words.startswith("*Historical context*") for words in told(merged)) is shown
    assert "**Reference:**" not in merged.body


def test_the_answer_says_first_what_to_do_and_by_when() -> None:
    """Below the first line, in the words of the entry."""
    assert told(entry())[1] == "Respond within 1 hour. *First:* Revert `9c0ffee0`."


def test_a_summary_that_a_person_wrote_takes_the_place_of_the_bots_answer() -> None:
    """The first line keeps verdict and severity; what follows it are their words."""
    edited = parse(render(entry()).replace("- **What to do:** Revert", "- **What to do:** Ask Ada. Revert", 1))
    head, summary, *_ = told(edited)
    assert head == "*Act now* · severity *high* · regression · cause well supported"
    assert summary.startswith("*In short*\n")
    assert "Ask Ada." in summary


def test_a_row_that_waits_for_a_name_is_not_told_elsewhere() -> None:
    """The thread and the tracking issue read the summary; only who edits the entry can fill the row."""
    assert entry_page.NOTHING_ALIKE in entry().body
    assert entry_page.NOTHING_ALIKE not in entry_page.summary_of(entry().body)
    assert entry_page.NOTHING_ALIKE not in issue.draft(entry(), "it came back", issue.About(URL)).body
    named = amended(entry(), {"related": ("other_TimeoutError_123456",)})
    assert "Respond within" in issue.draft(named, "it came back", issue.About(URL, response_time="< 1 hour")).body


def test_the_tracking_issue_names_what_it_links() -> None:
    """By name, number and time, and not by address."""
    made = issue.draft(entry(), "it came back", issue.About(URL, "https://github.com/acme/knowledge/pull/7")).body
    assert f"- Entry: [{transfer_case.NAME}]({URL})" in made.replace("\\_", "_")
    assert "- Pull request: [7](https://github.com/acme/knowledge/pull/7)" in made
    assert f"- Alert: [2025-12-17 09:12 UTC]({transfer_case.THREAD.url})" in made
    assert "last 2025-12-17 09:12 UTC" in made


def test_commands_are_those_of_the_forge() -> None:
    """A branch on this machine is not merged by `gh`."""
    assert "gh pr merge" in body()
    assert "gh " not in body(local=True)
    assert f"git merge --no-ff kb/{transfer_case.NAME}" in body(local=True)


@pytest.mark.parametrize(("forge", "typed"), [("github", "gh pr merge {} --squash"), ("local", "git merge --no-ff {}")])
def test_commands_of_a_count_are_those_of_the_forge(forge: Literal["github", "local"], typed: str) -> None:
    """A request that only counts is merged and refused where it is."""
    known = recalls.entry()
    name = known.meta.signature
    counted = Proposed(recalls.case(), replace(DIAGNOSIS, recalled=Recalled(name, True)))
    made = proposal_of(counted, recalls.signature(), Standing(f"kb/{name}", "0" * 40), known, Configuration(forge=forge), known)
    assert "Seen again" in made.title
    assert f"{typed.format(f'kb/{name}')}  # count them" in made.body
    assert ("gh pr close" in made.body, f"git branch -D kb/{name}  # do not" in made.body) == (forge == "github", forge == "local")


def test_the_cost_does_not_name_the_model_twice() -> None:
    """It stands in the row above; where the rules stood in, it does not."""
    spent = Spend("claude-x", 1, 100, 10)
    assert not verified.cost(spent, "claude-x").startswith("claude-x")
    assert verified.cost(spent, "rules").startswith("claude-x")


def test_a_small_folder_is_listed_once() -> None:
    """The lists of the newest and the most frequent begin where the table of all is longer than they are."""
    metas = [amended(entry(), {"signature": f"x_Error_{number:06}"}).meta for number in range(11)]
    assert "## Newest" not in pages(metas[:10], {})[FRONT]
    assert "## Newest" in pages(metas, {})[FRONT]


@pytest.mark.parametrize(
    ("head", "words", "item"),
    [
        ("Add a test", "A test that posts twice", "Add a test that posts twice"),
        ("Add a check in CI", "A check in CI, or an owner", "Add a check in CI, or an owner"),
        ("Add an alert", "The first of them", "Add an alert: The first of them"),
        ("Add a test", "A testimony", "Add a test: A testimony"),
    ],
)
def test_an_action_item_is_one_sentence(head: str, words: str, item: str) -> None:
    """“Add a test: A test that …” is two."""
    assert postmortem_page.action(head, words) == item


def test_what_was_resolved_says_by_what() -> None:
    """And how often it was seen, as people count."""
    meta = amended(entry(), {"status": "resolved", "resolution": "Row lock", "resolved_at": "2025-12-14T08:00:00Z"}).meta
    lines = rows(tuple(Row(meta, now, 0) for now in range(4))).split("\n")
    seen = [line.partition(" · high · ")[2].removesuffix("; ended by: Row lock") for line in lines]
    assert seen == ["not seen", "once", "twice", "3 times"]
