"""Readers of what people write: entries, runbooks, rules, codes, configuration, descriptions, comments."""

from contextlib import suppress

from bot.config import parse as configuration
from bot.core.entry import front_matter, old_entry, outline, own_front
from bot.core.entry.earlier import rows
from bot.core.entry.entry import Entry, conflicts, parse, path_of, render
from bot.core.entry.history_folding import folded
from bot.core.entry.instant_answers import instant_answers
from bot.core.entry.library import fix_of, root_cause_of, unescaped
from bot.core.entry.over_time import own_block
from bot.core.entry.remains import remains
from bot.core.entry.times import alert_times
from bot.core.fix import fixes_error
from bot.core.knowledge import code_catalogue, postmortem, runbook, search_words
from bot.core.knowledge.postmortem_facts import incident
from bot.core.links import resolution_reference
from bot.core.lint.lint import check
from bot.core.recurrence import reviewed_text
from bot.core.request import comment_marks, hints, issue_marks, pull_request_marks, slash_commands
from bot.core.rules import phrase, reading
from bot.core.sql.approvable_query import queries_in, query_of
from bot.core.upkeep import board_ticks, review_page
from bot.errors import BadCommand, BadConfiguration, BadEntry
from bot.texts import markdown, mrkdwn, slack_markdown
from bot.texts.entry_page import new_entry, record_occurrence
from tests.conftest import project
from tests.fuzzing import Reader, bounded, seen
from tests.occurrences import FIRST, SECOND, occurrence, signature

ENTRY = render(new_entry(signature(), occurrence(FIRST)))
TWICE = render(record_occurrence(parse(ENTRY), occurrence(SECOND)))
QUERY = "a" * 32
REQUEST = pull_request_marks.framed(
    "## Database queries that would help\n\n### Query 1: How many\n\n- **Database:** `prod`\n\n```sql\nSELECT count(*) AS n FROM transfers LIMIT 1\n```\n\n"
    f"`/approve-query {QUERY}`\n",
    "0123abcd",
    ("bug",),
    "ab12",
)
OLD = """# Error: ValidationError in transfer_handler

## Error Signature
- **Handler:** transfer_handler
- **Error Type:** ValidationError

## Occurrence History
### Occurrence 1 - 2025-12-10 09:00:00
**Severity:** High
https://acme.slack.com/archives/C024BE91L/p1765962764000100

## Root Causes
[To be determined]
"""
PROJECT = project()


def _entry(text: str) -> None:
    quick, slow = own_front.read(text), front_matter.read(text)
    assert quick is None or (slow.meta, slow.block and slow.block.body) == quick
    check({"knowledge/errors/a.md": text, "knowledge/b.md": text})
    try:
        entry = parse(text)
    except BadEntry:
        return
    assert render(entry) == text
    _body(entry)


def _body(entry: Entry) -> None:
    reviewed_text.read(entry)
    for thread in entry.meta.threads[:2]:
        with suppress(BadCommand):
            incident(entry, thread)
    instant_answers(entry)
    alert_times(entry)
    fix_of(entry)
    root_cause_of(entry)
    remains(entry.body)
    rows(entry.body)
    own_block(entry.body)
    assert folded(folded(entry)) == folded(entry)
    again = parse(render(record_occurrence(entry, occurrence(SECOND))))
    assert record_occurrence(again, occurrence(SECOND)) == again


def _page(text: str) -> None:
    seen_lines = outline.outline(text).lines
    assert "".join(text[line.start : line.end] for line in seen_lines).replace("\n", "").replace("\r", "") == text.replace("\n", "").replace("\r", "")
    conflicts(parse(ENTRY))
    old = old_entry.read(text)
    old_entry.named(old, "stem")
    assert old_entry.is_old(text) in (True, False)
    bounded((unescaped(text),), len(text))
    for action in postmortem.actions(text, "2025-12-17-a"):
        bounded((action.words,), 2_000)
    review_page.read(text)


def _description(text: str) -> None:
    body = f"{text}\n"
    merged = pull_request_marks.merge_body(body, REQUEST)
    assert pull_request_marks.contents_of(merged)[:1] == ("0123abcd",)
    pull_request_marks.labels_of(body)
    pull_request_marks.spends_of(body)
    pull_request_marks.gaps_of(body)
    pull_request_marks.reminders_of(body)
    for query in queries_in(body):
        assert query.sql in body.replace("\r\n", "\n").replace("\r", "\n")
        seen(query.sql)
    query_of(body, QUERY)
    board_ticks.done(text)
    for tick in board_ticks.ticked(board_ticks.merged(text, text)):
        bounded((tick.target,), 120)


def _comment(text: str) -> None:
    command = slash_commands.read(text)
    if command is not None:
        bounded((command.argument, command.problem), 2_000)
        seen(command.argument, command.problem)
    assert comment_marks.marker_of(comment_marks.marked(comment_marks.unmarked(text), "answer/1")) == "answer/1"
    issue_marks.marker_in(text)
    hints.words_of(text[:1_000])
    fixes_error.named_in_description(text)
    for reference in resolution_reference.pull_requests(text):
        resolution_reference.number_of(reference)
        resolution_reference.repository_of(reference)
    resolution_reference.commits(text)
    with suppress(BadEntry):
        assert "/.." not in path_of(text)


def _search(text: str) -> None:
    words = search_words.words_of(text)
    assert len(words) <= search_words.MOST_WORDS
    bounded(words, search_words.LONGEST_WORD)
    assert '""' not in search_words.all_of(words)
    search_words.spelled_out(text)
    bounded((search_words.line_with(text, words),), 300)


def _markup(text: str) -> None:
    shown = (markdown.inline(text), markdown.code(text), markdown.title(text), markdown.commit_message(text), markdown.sentence(text, in_table=True))
    seen(*shown)
    seen(markdown.prose(text), markdown.fence(text), mrkdwn.escape(text), mrkdwn.code(text), slack_markdown.text(text))
    bounded((markdown.title(text),), 256)
    assert "\n" not in mrkdwn.line(text, 100)
    slack_markdown.links(text)
    "".join(slack_markdown.blocks(text))


def _runbook(text: str) -> None:
    with suppress(BadEntry):
        runbook.parse(text, "knowledge/runbooks/a.md")


def _codes(text: str) -> None:
    with suppress(BadEntry):
        for code, known in code_catalogue.parse(text).items():
            bounded((code,), code_catalogue.LONGEST_CODE)
            bounded((known.told,), 40_000)


def _rules(text: str) -> None:
    layer = reading.read({"knowledge/rules/a.yml": text})
    for broken in layer.broken:
        assert broken.line >= 1
        bounded((broken.cause, broken.remedy), 2_000)
    found = phrase.fault(text)
    if found is None:
        phrase.find(text, phrase.text(text * 3))


def _configuration(text: str) -> None:
    with suppress(BadConfiguration):
        configuration(text)


def _file(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


READERS = (
    Reader("an entry", _entry, (ENTRY, TWICE)),
    Reader("a page", _page, (OLD, TWICE, "no heading\n")),
    Reader("a description of a request", _description, (REQUEST, f"{board_ticks.BEGIN}\n- [x] a <!-- errata:tick=remind/12 -->\n{board_ticks.END}")),
    Reader(
        "a comment", _comment, ("/rediagnose look at the lock\n> /withdraw\n```\n/help\n```", f"/approve-query {QUERY} fixes acme/transfers#12 in abcdef1234")
    ),
    Reader("words of a search", _search, ('NullPointerException in load_user "AND" (x OR y)*', "Zahlung fehlgeschlagen naïve")),
    Reader("text in Markdown", _markup, (ENTRY, "**a** _b_ `c` [d](https://e.example) <b> | @f #1\n\n> q\n\n```sql\nx\n```", "1. a\n   - b\n")),
    Reader("a runbook", _runbook, (_file("knowledge/runbooks/database-connections.md"),)),
    Reader("error codes", _codes, (_file("knowledge/codes.yml")[:3_000], "E1042: it means\nLLM_*:\n  meaning: a\n  category: database\n  causes: [b]\n")),
    Reader("rules", _rules, (_file("bot/diagnosers/rules/database.yml")[:4_000], "- id: a-b\n  any: ['deadlock detected']\n")),
    Reader("the configuration", _configuration, (_file("docs/knowledge-bot.example.yml"),), longest=300),
)
