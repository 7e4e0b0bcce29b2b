"""Readers of source code, patches, what git prints, SQL, answers of a model, and of what one job leaves for another."""

import json
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec

from bot.core.code import message_template, tokens, words
from bot.core.code.active_code import active_lines
from bot.core.code.codeowners import owners
from bot.core.code.enclosing import enclosing
from bot.core.code.frame_form import forms
from bot.core.code.hunks import defined_names, hunks
from bot.core.code.languages import language_of
from bot.core.code.syntax import python_syntax
from bot.core.code.text import CodeText, header_of
from bot.core.fix.change import followed_lines
from bot.core.fix.patch import KEPT_LINES, by_file
from bot.core.lint.diff import added
from bot.core.redaction.redaction import Redactor
from bot.core.sql import reading as sql_reading
from bot.core.sql.sql import allowed, guarded
from bot.core.suspects.change_nature import meaningless, pieces
from bot.diagnosers import claude_answer
from bot.diagnosers.claude_blocks import Blocks
from bot.errors import BadCase, BadProposal, BotError, RefusedQuery
from bot.jobs import closed_case, proposal_directory
from bot.sources.code import blame, change_log, grammars
from bot.sources.code.reading import Reading
from tests.claude_answers import GOOD
from tests.fakes import transfer_case
from tests.fuzzing import Reader, bounded, decoded, seen
from tests.test_proposal_directory import proposed

NOON = datetime(2025, 12, 17, 12, tzinfo=UTC)
SHA, PARENT = "a" * 40, "b" * 40
PATCH = """diff --git a/transfers/handler.py b/transfers/handler.py
--- a/transfers/handler.py
+++ b/transfers/handler.py
@@ -40,4 +40,5 @@ def reserve_leaves(session):
     rows = select(leaf)
-    rows = query.with_for_update()
+    rows = query
+    limit: int = 5
     return rows
\\ No newline at end of file
diff --git "a/old\\303\\274.sql" b/new.sql
similarity index 90%
--- a/old.sql
+++ /dev/null
@@ -1 +0,0 @@
--- a comment
"""
LOG = f"\0\0{SHA}\0{PARENT} {PARENT}\0Ada\0ada@users.noreply.github.com\0001765962764\0Fix the lock (#12)\0Fixes #11\0\n:100644 100644 {SHA} {PARENT} M\tx.py\n"
BLAME = f"""{SHA} 40 40 2
author Ada
author-mail <12+ada@users.noreply.github.com>
author-time 1765962764
summary Fix
filename x.py
\trows = query
{PARENT} 41 41
boundary
\treturn rows
"""
SOURCES = {
    "a.py": "class A:\n    @x\n    async def f(self, a=1):\n        raise ValueError(f\"no {a}\" % 'b')  # c\n",
    "a.js": "export class A { #x = 1; async f(a) { throw new Error(`no ${a}`) } } // c\n/* d */ const g = () => { return /re/ }\n",
    "a.go": 'func (s *S) F(a int) error {\n\treturn fmt.Errorf("no %d", a) // c\n}\n',
    "a.rb": 'class A\n  def f(a) = raise "no #{a}" # c\n  g = ->(x) { x }\nend\n',
    "a.php": '<?php class A { function f($a) { throw new E("no $a"); } } # c\n',
    "A.java": 'class A { @X void f(int a) { throw new E("no " + a); } /* c */ }\n',
}
QUERIES = (
    "SELECT t.id, count(*) AS n FROM public.transfers t JOIN leaves USING (id) WHERE t.at > now() - interval '1 hour' GROUP BY 1 ORDER BY 2 DESC LIMIT 50",
    "WITH a AS (SELECT 1 AS x) SELECT x FROM a WHERE x IN (SELECT id FROM b LIMIT 5) LIMIT 10",
    "EXPLAIN (FORMAT JSON) SELECT 'a''b' || $tag$ x $tag$ AS y, \"Q\".z::text FROM \"Q\" LIMIT 1 -- c",
)
OWNERS = "# c\n*.py @acme/py ada@example.com\n/transfers/** @mira # d\ndocs/ @acme/docs\\ x\n**/a/*/b @x @y\n"
STREAM = [
    {"type": "message_start", "message": {"usage": {"input_tokens": 1, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "n", "input": {}}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": '{"a":1}'}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
    {"type": "message_stop"},
]
CASE = msgspec.json.encode(proposed().case).decode()
DIAGNOSIS = msgspec.json.encode(transfer_case.diagnosis()).decode()
SECRETS = "Authorization: Bearer abcdefghijklmnop1234 password=hunter2 ada@example.com 4111 1111 1111 1111 -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END"


class _Printed:
    """A reading whose git prints what it is given."""

    commit = SHA

    def __init__(self, text: str) -> None:
        self.checkout = self
        self._text = text

    def output(self, *_arguments: str, **_options: object) -> str:
        """As the checkout gives it."""
        return self._text

    def stored(self, path: str) -> str:
        """As the reading gives it."""
        return path


def _patch(text: str) -> None:
    for removed, new in by_file(text).values():
        assert max(len(removed), len(new)) <= KEPT_LINES
        bounded((*removed, *new), 400)
    found = hunks(text)
    bounded((line for hunk in found for line in (*hunk.removed, *hunk.added)), 400)
    pieces(found)
    meaningless(found)
    assert all(one.line >= 0 for one in added(text))
    defined_names(text.partition("\n")[0])


def _git(text: str) -> None:
    reading = cast("Reading", _Printed(text))
    found = change_log.read(reading, NOON)
    for entry in found.entries:
        bounded((entry.author, entry.subject, entry.body, entry.pull_request, entry.undoes), 4_000)
        seen(entry.author, entry.subject)
    found.brought_in()
    change_log.lines_of(reading, (SHA,), ("x.py",))
    assert all(number > 0 or number == 0 for number in blame.blamed(reading, "x.py", (1, 50), NOON - timedelta(days=9)))


def _code(text: str) -> None:
    for path in SOURCES:
        active = active_lines(text, path)
        assert len(active) == text.replace("\r\n", "\n").count("\n") + 1
    for line in (1, 3):
        around = enclosing(text, line, "a.py")
        assert around is None or around.first <= line <= around.last
    python_syntax(text, 1)
    before, after = CodeText.read(text, "a.py"), CodeText.read(text[::2], "a.py")
    followed_lines([(before, after), (None, after)], SHA)
    header_of(text)
    message_template.literals(text)
    message_template.windows(text)
    message_template.fit(text, "no {}")
    words.named_in(text)
    for said in text.split("\n")[:20]:
        tokens.tokens(said)
        words.introduced(said)
        words.assigned_names(said)
        forms(said)


def _grammar(text: str) -> None:
    for name in filter(None, map(language_of, SOURCES)):
        grammars.syntax(grammars.Wanted(name, text, 1))


def _sql(text: str) -> None:
    if allowed(text):
        assert guarded(text)
        sql_reading.checks(text, 100)
    with suppress(RefusedQuery):
        guarded(text)
    with suppress(RefusedQuery):
        sql_reading.reading(text)


def _answer(text: str) -> None:
    with suppress(ValueError):
        answer = claude_answer.read(text)
        claude_answer.is_foreign(answer)


def _stream(text: str) -> None:
    events = decoded(text) or ()
    blocks = Blocks(10_000)
    with suppress(BotError, KeyError, TypeError, ValueError, AttributeError):  # the client makes one refusal of these
        for event in events:
            blocks.take(event)
        reply = blocks.reply()
        assert len(reply.text) <= 10_000
        assert all(isinstance(call.name, str) for call in reply.calls)


def _closed(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "case.json").write_text(text, encoding="utf-8")
        with suppress(BadCase):
            for closed in closed_case.read_cases(Path(folder, "case.json"), closed_case.Bounds()):
                assert closed.case.signature.name


def _proposal(text: str) -> None:
    case, diagnosis = (json.dumps(part) for part in _pair(decoded(text)))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "proposal")
        proposal_directory.write(place, (proposed(),), ("preview",))
        (inside,) = (one for one in place.iterdir() if one.is_dir())
        (inside / "case.json").write_text(case, encoding="utf-8")
        (inside / "diagnosis.json").write_text(diagnosis, encoding="utf-8")
        with suppress(BadProposal):
            for one in proposal_directory.read(place):
                seen(one.case.signature.name)


def _pair(document: Any) -> tuple[object, object]:
    return (document[0], document[1]) if isinstance(document, list) and len(document) > 1 else (document, document)


def _redacted(text: str) -> None:
    once = Redactor().text(text)
    assert Redactor().text(once) == once


def _owners(text: str) -> None:
    for path in ("transfers/handler.py", "a/b/c/a/x/b", "docs/é.md"):
        bounded(owners(text, path), 200)


READERS = (
    Reader("a patch", _patch, (PATCH,)),
    Reader("what git prints", _git, (LOG + PATCH, BLAME, LOG * 2)),
    Reader("source code", _code, tuple(SOURCES.values()), longest=5_000),
    Reader("source code by grammars", _grammar, tuple(SOURCES.values()), longest=0),
    Reader("SQL", _sql, QUERIES, longest=8_000),
    Reader("CODEOWNERS", _owners, (OWNERS,)),
    Reader("an answer of a model", _answer, (json.dumps(GOOD),), documents=True),
    Reader("a stream of a model", _stream, (json.dumps(STREAM),), documents=True),
    Reader("a closed case", _closed, (CASE,), documents=True),
    Reader("a proposal directory", _proposal, (f"[{CASE},{DIAGNOSIS}]",), documents=True),
    Reader("text with secrets", _redacted, (SECRETS,)),
)
