"""Readers that meet outside text in whole cases: what a model claims, what rules see, entries as people edit them, older pages, questions of an editor."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.config import Configuration, Severities
from bot.core.alert.incident import incidents
from bot.core.alert.messages import Reading, candidate, chosen
from bot.core.alert.slack_message import collect
from bot.core.code import frame_path
from bot.core.entry import life
from bot.core.entry.changes import Telling, touched
from bot.core.entry.entry import Entry, parse, render
from bot.core.entry.identity import identities, identity_of
from bot.core.entry.joining import joined
from bot.core.entry.library import Library
from bot.core.entry.splitting import Apart, split
from bot.core.entry.standing_row import standing_row
from bot.core.grounding.grounding import grounded
from bot.core.knowledge import runbook
from bot.core.links import code_link, unread_link
from bot.core.lint.lint import check
from bot.core.redaction.redaction import Redactor
from bot.core.request import gap_marks, review_marks
from bot.core.sql.query_answers import results_of
from bot.core.stacktrace import stacktrace
from bot.diagnosers.rules import RulesDiagnoser
from bot.errors import BadCommand, BadEntry, BadLink
from bot.jobs.explain import explain
from bot.jobs.finding import Shelf
from bot.jobs.importing import take
from bot.model import Frame, Gap, Message, Permalink
from bot.model.posted import Posted
from bot.model.review import Remark
from bot.sources.knowledge.entry_search import EntrySearch
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts.entry_life import split_body, title_line
from bot.texts.entry_page import new_entry
from tests.alert_reading import read as alerts_of
from tests.fakes import transfer_case
from tests.fuzz_alerts import ALERT, SLACK
from tests.fuzz_evidence import TRACES
from tests.fuzz_pages import ENTRY, OLD, TWICE
from tests.fuzzing import Reader, bounded, decoded, seen
from tests.intake_payloads import PAYLOADS
from tests.occurrences import FIRST, SECOND, occurrence, signature
from tests.rule_cases import case as case_of
from tests.rule_cases import event

AT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
CLAIMS = (
    "At 09:12:43 the pool of 20 connections was empty: `HikariPool-1` waited 30,000 ms, three of 5 retries failed (60 %).\n\n"
    "HikariPool-1 - Connection is not available, request timed out after 30000ms (total=20, active=20, idle=0)",
    "Since Dec 17, 2025 release 2.14.0 of transfers takes 1.5 GiB, twice as much as before; see https://github.com/acme/transfers/commit/9c0ffee0.\n\n"
    "memory 1610612736 bytes, limit 2147483648, transfers@2.14.0",
    'Revert 9c0ffee0 as in #41, then run `SELECT count(*) FROM leaves`; [E1] says "insufficient leaf balance" (HTTP 503, E1042).\n\nE1042 HTTP 503',
)
RULED = (ALERT, "FATAL: sorry, too many clients already\nService: transfers\nHTTP 503 ECONNREFUSED 10.0.0.1:5432")
FORWARDED = tuple(json.dumps({"ts": FIRST, "text": json.dumps(one)}) for one in list(PAYLOADS.values())[:2])
PATHS = ("src/pay/handler.py\nweb/app/[id]/page.tsx\ncom/acme/Transfers.java\npay/leaves.go\n" + "\n".join(traces[0] for traces in TRACES.values()),)
ANSWER = "**Query 1** on `prod`, approved by mira\n\n```sql\nSELECT 1\n```\n\n```text\nn\n---\n12\n```\n"
GAPS = gap_marks.mark((Gap("files", "no such folder", "", "mend it"),), AT.date())
MARKS = f"{review_marks.reminded(AT)}\n{review_marks.begun('closing', AT)}{review_marks.lapse(AT)}\n{GAPS}"
OTHER = new_entry(signature(message="the pool is empty"), occurrence("1765962764.000200"))


def _claimed(text: str) -> None:
    claim, _, shown = text.partition("\n\n")
    given = transfer_case.case(shown)
    found, _ = grounded(transfer_case.diagnosis(claim), given)
    assert grounded(found, given) == (found, ())
    seen(found.summary, found.root_cause.statement, *found.next_steps)


def _diagnosed(text: str) -> None:
    for alert in alerts_of(text):
        told: dict[str, Any] = {
            "error_type": alert.error_type,
            "message": alert.message,
            "culprit": alert.culprit,
            "service": alert.service,
            "release": alert.release,
        }
        given = case_of(event(alert.message or text[:2_000]), text=text[:20_000], **told)
        found, _ = grounded(RulesDiagnoser(Severities()).diagnose(given), given)
        assert grounded(found, given) == (found, ())


def _written(text: str) -> None:
    made = new_entry(signature(message=text[:2_000]), transfer_case.occurrence(text))
    assert parse(render(made)) == made
    assert check({f"knowledge/errors/{made.meta.signature}.md": render(made)}) == []


def _lived(text: str) -> None:
    with suppress(BadEntry):
        entry = parse(text)
        for changed in _changes(entry):
            assert parse(render(changed)) == changed
        with suppress(BadLink):
            touched(entry, OTHER, (entry,), _telling)
            touched(OTHER, entry, (), _telling)


def _changes(entry: Entry) -> Iterator[Entry]:
    """Everything that a command makes of an entry; what cannot be changed in its style is refused."""
    with suppress(BadEntry):
        whole = joined(OTHER, entry, (title_line(OTHER),))
        assert set(identities(whole)) >= {*identities(OTHER), *identities(entry)}
        yield whole
    with suppress(BadEntry):
        yield joined(entry, OTHER, (title_line(entry),))
    with suppress(BadEntry):
        gone = entry.meta.threads[:1]
        left, made = split(entry, Apart("apart_0f0f0f", split_body(entry, "2025-12-17"), gone, OTHER.meta))
        assert not {*map(identity_of, gone)} & {*identities(left)}
        yield from (left, made)
    with suppress(BadEntry, BadCommand):
        words = life.resolution(life.Ending(entry.meta.title, "", "4be91d0712ab", "#41"))
        yield life.resolved(entry, words, "2025-12-17T09:12:44Z", standing_row("resolved", words, "2025-12-17T09:12:44Z"), ("**Lock:** back",))
    with suppress(BadEntry):
        yield life.reopened(entry)
    with suppress(BadEntry):
        yield life.renamed(life.withdrawn(entry, "> gone"), "other_name")


def _telling(entry: Entry, link: Permalink) -> Telling:
    return Telling((entry.meta.severity, link.ts), recorded=True)


def _taken(text: str) -> None:
    made = take({"a.md": text, "notes/b.md": text[::-1], "notes/a.md": OLD}, Library((OTHER,)), lambda _: False, Redactor())
    for file in made.files:
        if "/errors/" in file.path:
            assert parse(file.text).meta.signature == file.path.rpartition("/")[2].removesuffix(".md")
        else:
            runbook.parse(file.text, file.path)
    seen(*(file.text.removeprefix("\ufeff").replace("\r", "") for file in made.files))


def _located(text: str) -> None:
    lines = text.split("\n")
    tracked = frame_path.by_name(lines)
    frames = (*stacktrace.read(text).frames, *(Frame("f", line, number) for number, line in enumerate(lines[:50], start=1)))
    for frame in frames:
        found = frame_path.candidates(frame, tracked, ("src",), "pay")
        assert set(map(tracked.stored, found)) <= set(lines)
        frame_path.preferred(found, "pay", "transfers")
        frame_path.library(frame)
        for path in found:
            frame_path.ours(path, frame, ("com.acme",), ("src",))
            frame_path.module_parts(path)
        if frame.file and frame_path.acceptable(frame.file):
            assert ".." not in frame.file.replace("\\", "/").split("/") or not frame_path.candidates(frame, frame_path.by_name(("etc/passwd",)))


def _explained(text: str) -> None:
    for account in explain(text, Library((parse(ENTRY), OTHER)), Configuration()):
        seen(account.signature.name, account.signature.message)


def _scanned(text: str) -> None:
    message = decoded(text)
    if not isinstance(message, dict):
        return
    said, links = collect(message)
    posted = [Posted(Message(Permalink("acme.slack.com", "C024BE91L", ts), said, links), bot="B1") for ts in (FIRST, SECOND, FIRST)]
    choice = chosen(posted, posted[:1], Reading(), 5, AT)
    assert sum(1 + len(group.also) for group in choice.groups) + choice.waiting + choice.left <= len(posted)
    incidents([candidate(one, Reading()).sighting for one in posted])
    tuple(unread_link.unread(links, ("github",), AT))
    for link in links:
        code_link.web_address(link)


def _remarked(text: str) -> None:
    for one in results_of((Remark(1, 2, "mira", text, AT),)):
        bounded((one.text,), len(text) + 1_000)
    gaps = tuple(Gap("files", line, "", "") for line in text.split("\n")[:5])
    written = gap_marks.mark(gaps, AT.date())
    assert gap_marks.marks_in(f"{written}\n{text}")[:1] == (written,)
    for marks in (gap_marks.marks_in(text), review_marks.marks_in(text)):
        assert all(mark in text for mark in marks)
    gap_marks.read(text)
    review_marks.reminders_in(text)
    review_marks.begun_in(text, "closing", AT)
    review_marks.is_lapsed(review_marks.without_lapse(text), AT)
    code_link.resolution_links(text, ("https://github.com/acme/transfers",), ("https://github.com/acme/ledger",))


@cache
def _folder() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """A knowledge folder with one page of each kind; it goes with the process."""
    made = tempfile.TemporaryDirectory()
    for name, text in {
        f"errors/{OTHER.meta.signature}.md": render(OTHER),
        "runbooks/prices.md": "# Prices\n\nLook.\n",
        "codes.yml": "E1042: it means\n",
    }.items():
        file = Path(made.name, "knowledge", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return made, Path(made.name)


def _asked(text: str) -> None:
    _, root = _folder()
    with Shelf(EntrySearch(root), KnowledgeFolder(root)) as shelf:
        with suppress(BadCommand):
            assert all(hit.path.startswith("knowledge/") for hit in shelf.find(text, 5).pages)
        for page in (shelf.entry, shelf.runbook):
            with suppress(BadCommand):
                assert page(text).path.startswith("knowledge/")
        shelf.code(text)


READERS = (
    Reader("what a model claims", _claimed, CLAIMS, longest=2_000),
    Reader("an alert for the rules", _diagnosed, RULED, longest=4_000),
    Reader("a diagnosis for a new entry", _written, (*CLAIMS, TRACES["python_php"][0]), longest=4_000),
    Reader("an entry that changes", _lived, (ENTRY, TWICE), longest=10_000),
    Reader("older pages", _taken, (OLD, TWICE, "---\ntitle: Prices\ncodes: [E1042]\n---\n# Prices\n\nLook.\n"), longest=10_000),
    Reader("files of frames", _located, PATHS, longest=4_000),
    Reader("a text to be named", _explained, (ALERT, SLACK, *(traces[0] for traces in TRACES.values())), longest=10_000),
    Reader("messages of a channel", _scanned, (SLACK, *FORWARDED), documents=True),
    Reader("remarks on a request", _remarked, (ANSWER, MARKS)),
    Reader("a question of an editor", _asked, (OTHER.meta.signature, "knowledge/runbooks/prices.md the pool is empty", "E1042 40P01 HTTP 429"), longest=2_000),
)
