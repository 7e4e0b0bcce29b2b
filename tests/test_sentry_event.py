"""An event of Sentry as a log event: its stack reads as the runtime prints it, and nobody's data comes along."""

from typing import Any

import pytest

from bot.core.stacktrace import stacktrace
from bot.core.systems import sentry_event, sentry_stack
from bot.core.systems.sentry_query import likely, one_of, term
from bot.model import Alert, Permalink
from tests.sentry_events import ALERT, AT, SECRETS, TRACE, chain, event, frame, raised

PLACE = "https://acme.sentry.io/issues/1/events/2/"


def read(whole: Any) -> stacktrace.Trace:
    """The trace of an event, as the rest of the house reads it."""
    found = sentry_event.log_event(whole, PLACE, "transfers")
    assert found is not None
    return stacktrace.read(found.stack)


def test_an_event_as_a_line_of_a_log() -> None:
    """Time, message, type, trace, release and service; the user is nobody."""
    found = sentry_event.log_event(event(1), PLACE, "transfers")

    assert found is not None
    assert (found.time, found.place, found.level, found.service) == (AT, PLACE, "ERROR", "transfers")
    assert (found.message, found.error_type) == ("ValidationError: insufficient leaf balance", "ValidationError")
    assert (found.trace_id, found.release, found.user, found.tenant) == (TRACE, "transfers@2.14.0", None, None)


def test_the_chain_reads_as_python_prints_it() -> None:
    """Cause first, failing frame last, the source line below its frame, library frames known as such."""
    trace = read(event(1))

    assert trace.language == "python"
    assert [link.error_type for link in trace.chain] == ["ValidationError", "NoResultFound"]
    assert (trace.error_type, trace.message) == ("NoResultFound", "No row was found")
    assert [(one.function, one.file, one.line, one.in_app) for one in trace.frames] == [
        ("select_leaf", "transfers/leaves.py", 41, True),
        ("execute", "/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py", 1416, False),
    ]
    assert "row = rows[0]" in sentry_stack.stack(chain(), "python")


@pytest.mark.parametrize(
    ("platform", "language", "values"),
    [
        (
            "java",
            "java",
            [
                raised("PSQLException", "deadlock", frame("query", "Db.java", 7, module="org.acme.Db"), module="org.postgresql.util"),
                raised("TransferException", "failed", frame("run", "Transfer.java", 31, module="org.acme.Transfer")),
            ],
        ),
        ("javascript", "javascript", [raised("TypeError", "x is undefined", frame("addItem", "./src/cart.ts", 41, colNo=7))]),
        (
            "node",
            "javascript",
            [raised("RangeError", "bad leaf", frame("pick", "/srv/app/leaf.js", 9)), raised("TransferError", "failed", frame("run", "/srv/app/run.js", 3))],
        ),
        ("go", "go", [raised("*errors.errorString", "no leaf", frame("Handler.Post", "transfers/handler.go", 31, module="transfers"))]),
        ("ruby", "ruby", [raised("ActiveRecord::RecordInvalid", "no leaf", frame("post", "app/controllers/transfers.rb", 31))]),
        ("csharp", "csharp", [raised("System.InvalidOperationException", "no leaf", frame("Post", "Transfers.cs", 31, module="Acme.Transfers"))]),
        ("dart", "dart", [raised("StateError", "no leaf", frame("post", "transfers.dart", 31))]),
    ],
)
def test_other_runtimes(platform: str, language: str | None, values: list[Any]) -> None:
    """The text reads back to the same types, files and lines."""
    trace = read(event(1, platform=platform, entries=[{"type": "exception", "data": {"values": values}}]))
    cause = values[0]["stacktrace"]["frames"][-1]

    assert trace.language in (language, None)
    assert {link.error_type.rpartition(".")[2] for link in trace.chain if link.error_type} == {one["type"].rpartition(".")[2] for one in values}
    assert (trace.frames[-1].file or "").rpartition("/")[2] == cause["filename"].rpartition("/")[2]
    assert (trace.frames[-1].line, trace.frames[-1].in_app) == (cause["lineNo"], True)
    assert cause["function"].rpartition(".")[2] in trace.frames[-1].function


@pytest.mark.slow
def test_a_recursion_keeps_both_ends() -> None:
    """Who called and what failed stay; the text stays within its bound."""
    deep = [frame("enter", "transfers/a.py", 1), *(frame("again", "transfers/b.py", 2) for _ in range(2_000)), frame("fail", "transfers/c.py", 3)]
    trace = read(event(1, entries=[{"type": "exception", "data": {"values": [raised("RecursionError", "too deep", *deep)] * 20}}]))

    assert (trace.frames[0].function, trace.frames[-1].function) == ("enter", "fail")
    for platform in ("python", "java", "node", "go"):
        assert len(sentry_stack.stack([raised("E" * 300, "x" * 9_000, *deep)] * 20, platform)) <= 20_000


def test_nothing_of_a_person_is_taken_over() -> None:
    """No user, cookie, header, body, variable, and no value of a query: only their names."""
    found = event(1)
    told = f"{sentry_event.log_event(found, PLACE, 'transfers')}{sentry_event.request(found)}{sentry_event.breadcrumbs(found)}{sentry_event.told_tags(found)}"

    assert [secret for secret in SECRETS if secret in told] == []
    assert sentry_event.request(found) == "POST https://api.acme.example/transfers?token=…&limit=…"
    assert sentry_event.breadcrumbs(found) == (
        "10:04:28.000 query SELECT * FROM leaves FOR UPDATE",
        "10:04:29.000 WARNING http GET https://rates.example/v1?key=… 504",
    )
    assert sentry_event.told_tags(found) == "release=transfers@2.14.0 environment=production transaction=/transfers browser=Chrome 120 level=error"


def test_an_event_without_an_exception() -> None:
    """A message is an event too; without a time there is none."""
    said = event(1, entries=[{"type": "message", "data": {"formatted": "leaf pool is empty\x1b[31m"}}], metadata={}, tags={"level": "warning"})
    found = sentry_event.log_event(said, PLACE, "transfers")

    assert found is not None
    assert (found.message, found.stack, found.error_type, found.level) == ("leaf pool is empty", "", None, "WARN")
    assert sentry_event.log_event(event(1, dateCreated="soon", dateReceived=None), PLACE, "transfers") is None


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        "text",
        [],
        {},
        [[]],
        [None],
        {"values": None},
        {"values": [None, 7, {"type": 3, "value": {}, "stacktrace": {"frames": [{}, None, {"function": []}]}}]},
    ],
)
def test_other_shapes_are_as_if_they_were_not_there(odd: Any) -> None:
    """Whatever stands where a list or an object was, nothing breaks."""
    whole = {"dateCreated": AT.isoformat(), "tags": odd, "contexts": odd, "release": odd, "user": odd, "metadata": odd}
    entries = odd if not isinstance(odd, dict) else [{"type": kind, "data": odd} for kind in ("exception", "breadcrumbs", "request", "message")]
    found = sentry_event.log_event({**whole, "entries": entries}, PLACE, "")

    assert found is not None
    assert found.stack == ""
    assert sentry_event.request({**whole, "entries": entries}) == ""
    assert sentry_event.breadcrumbs({**whole, "entries": entries}) == ()


def test_words_of_an_alert_are_no_syntax() -> None:
    """Quotes, stars and backslashes are escaped; line ends are spaces; what is too long is cut."""
    assert term("release", 'a"b*c\\d\ne') == r'release:"a\"b\*c\\d e"'
    assert one_of("trace", ["a", "b"]) == 'trace:["a", "b"]'
    assert len(term("transaction", "*" * 9_000)) < 500


@pytest.mark.parametrize(
    ("kind", "said", "queries"),
    [
        (
            "acme.ValidationError",
            "leaf 9f2c has an insufficient balance of 12",
            ['error.type:["acme.ValidationError", "ValidationError"]', 'message:"*has an insufficient balance of*"'],
        ),
        ("TimeoutError", "12:30 #44", ['error.type:["TimeoutError"]']),
        (None, "connection refused by 10.0.0.7", ['message:"*connection refused by*"']),
        (None, "boom", []),
        (None, None, []),
        ('X" OR is:resolved', None, [r'error.type:["X\" OR is:resolved", "X\""]']),
    ],
)
def test_searches_that_may_find_the_issue(kind: str | None, said: str | None, queries: list[str]) -> None:
    """By type, then by the part of the message that does not vary."""
    alert = Alert(Permalink("acme.slack.com", "C1", "1772618700.000100"), ALERT, "prod", said or "", error_type=kind, message=said)

    assert list(likely(alert)) == queries
