"""Log documents of every shape become events."""

import json
from datetime import UTC, datetime

import pytest

from bot.config import Fields
from bot.core.logs.document import MAX_TEXT, event
from bot.core.logs.time import moment
from bot.model import LogEvent

FIELDS = Fields()
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)


def given_event(document: dict[str, object]) -> LogEvent:
    """The event of a document that has a time."""
    found = event({"@timestamp": "2025-12-16T12:00:00Z", **document}, FIELDS, "somewhere:1")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "written",
    [
        "2025-12-16T12:00:00Z",
        "2025-12-16T12:00:00",
        "2025-12-16 12:00:00,000",
        "2025-12-16T12:00:00.000000000Z",
        "2025-12-16T17:30:00+05:30",
        "2025-12-16 07:00:00 -0500",
        "2025-12-16 12:00:00 +0000 UTC m=+0.01",
        "20251216T120000Z",
        "16/Dec/2025:13:00:00 +0100",
        1765886400,
        1765886400.0,
        1765886400000,
        1765886400000000,
        1765886400000000000,
        "1765886400",
        "1765886400000",
    ],
)
def test_a_time_is_read_in_every_notation(written: object) -> None:
    """ISO with and without zone, access logs, and epochs whose unit their size tells."""
    assert moment(written) == NOON


@pytest.mark.parametrize(
    "written", [None, True, "", "soon", 5, -1, 10**30, float("nan"), float("inf"), "9999-12-31T23:59:59-23:00", [], {}, "2025-99-99T00:00:00Z", "1" * 500]
)
def test_what_is_no_time_is_none(written: object) -> None:
    """Nothing that stands in a time's place makes the reading fail."""
    assert moment("2025-12-16T12:00:00Z") == NOON
    assert moment(written) is None


@pytest.mark.parametrize(
    "document",
    [
        {"trace_id": TRACE},
        {"trace": {"id": TRACE}},
        {"trace.id": TRACE},
        {"spans": [{"name": "x"}, {"trace_id": TRACE}]},
        {"spans": {"trace_id": [TRACE]}},
        {"spans.trace_id": TRACE},
    ],
)
def test_a_field_is_found_nested_dotted_and_in_lists(document: dict[str, object]) -> None:
    """The configured name with dots reaches into objects and lists, and fits a literal key."""
    assert given_event({"message": "x", **document}).trace_id == TRACE


def test_every_field_arrives_in_its_place() -> None:
    """Level, service, type, stack and release are read from their first configured name that is present."""
    stack = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: no'
    document = {
        "log": {"level": "err"},
        "msg": "no",
        "resource": {"service": {"name": "api"}},
        "exception": {"type": "ValueError", "stacktrace": stack},
        "version": 12,
    }
    assert given_event(document) == LogEvent(NOON, "no", "somewhere:1", "ERROR", "api", "ValueError", stack, None, "12")


@pytest.mark.parametrize(
    ("document", "user", "tenant"),
    [
        ({"user": {"id": 4711}, "tenant": "acme"}, "4711", "acme"),
        ({"userId": "u-1", "organization": {"id": "o-9"}}, "u-1", "o-9"),
        ({"enduser.id": " mira\x1b[31m\n", "tenant": {"id": "t-1"}}, "mira", "t-1"),
        ({"user": {"name": "mira"}, "tenant": {"name": "acme"}}, None, None),
        ({"message": json.dumps({"msg": "inner", "user_id": "u-2", "tenant_id": True})}, "u-2", None),
    ],
)
def test_whom_an_event_concerns(document: dict[str, object], user: str | None, tenant: str | None) -> None:
    """The ids of user and tenant, so that "one user only" can be counted; an object or a flag in their place is none."""
    found = given_event({"message": "x", **document})
    assert (found.user, found.tenant) == (user, tenant)


def test_a_document_without_time_takes_the_fallback_or_is_nothing() -> None:
    """The caller counts what could not be placed."""
    assert event({"message": "x"}, FIELDS, "p") is None
    fallen = event({"message": "x", "@timestamp": "yesterday"}, FIELDS, "p", NOON)
    assert fallen is not None
    assert fallen.time == NOON


def test_a_message_that_is_json_is_opened_once() -> None:
    """Container runtimes wrap a logger's line into a document of their own; the inner level and trace count."""
    inner = {"level": 50, "msg": json.dumps({"msg": "deeper"}), "trace_id": TRACE}
    found = given_event({"log": json.dumps(inner), "stream": "stderr"})
    assert (found.level, found.message, found.trace_id) == ("ERROR", '{"msg": "deeper"}', TRACE)


@pytest.mark.parametrize("message", ["{not json}", '{"a": 1}', "{}", '{"msg":', "[" * 5000, '{"a":' * 3000])
def test_a_message_that_only_looks_like_json_stays(message: str) -> None:
    """Braces alone make no document."""
    assert given_event({"message": message}).message == message


def test_a_message_of_five_megabytes_is_bounded_and_counted() -> None:
    """What was left out is told at the end."""
    found = given_event({"message": "a" * 5_000_000, "stack": "Traceback (most recent call last):\n" + "  frame\n" * 500_000 + "KeyError: 'x'"})
    assert found.message.endswith(f"… ({5_000_000 - MAX_TEXT:,} characters more)")
    assert len(found.message) < MAX_TEXT + 100
    assert len(found.stack) < MAX_TEXT + 100
    assert found.stack.endswith("KeyError: 'x'")
    assert found.error_type == "KeyError"


def test_control_characters_and_half_surrogates_do_not_pass() -> None:
    """Colours, NUL and broken Unicode would break terminals and files."""
    found = given_event({"message": "\x1b[31mred\x1b[0m\x00 \ud800and\x07 plain\n\tline", "service": "a\x00\nb", "level": "\x1b[1merror"})
    assert found.message == "red and plain\n\tline"
    assert found.service == "a b"
    found.message.encode()


@pytest.mark.parametrize(
    "document",
    [
        {"message": {"text": "inside"}},
        {"message": {"stringValue": "inside"}},
        {"message": ["inside"]},
        {"message": None, "msg": "inside"},
        {"message": "", "body": "inside"},
        {"message": {}, "log": "inside"},
    ],
)
def test_a_message_of_the_wrong_shape_is_still_read(document: dict[str, object]) -> None:
    """Objects and lists hold the text somewhere."""
    assert given_event(document).message == "inside"


def test_a_document_without_message_shows_itself() -> None:
    """Nothing is lost when no configured field holds a message."""
    assert '"reason": "disk full"' in given_event({"reason": "disk full"}).message


@pytest.mark.parametrize("trace_id", ["", "0" * 32, "x", "a b", "<script>", 7, {"a": 1}, "a" * 5000, "`rm`"])
def test_what_cannot_be_a_trace_id_is_none(trace_id: object) -> None:
    """W3C's all-zero id means none, and an id is asked for elsewhere: it must be one."""
    assert given_event({"message": "x", "trace_id": trace_id}).trace_id is None


@pytest.mark.parametrize(
    ("document", "error_type"),
    [
        ({"error": {"type": "custom.Thing"}}, "custom.Thing"),
        (
            {"stack": "Traceback (most recent call last):\n  File 'a'\nKeyError: 1\n\nDuring handling:\n\n  File 'b'\napp.TransferError: no"},
            "app.TransferError",
        ),
        ({"stack": "a.OuterException: x\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: y\n\tat d.E.f(E.java:2)\n\t... 3 more"}, "java.io.IOException"),
        ({"stack": "Traceback (most recent call last):\n  File 'a'\norders.models.DoesNotExist: no order"}, "orders.models.DoesNotExist"),
        ({"stack": "com.acme.Depleted: no leaf\n" + "\tat com.acme.Tree.descend(Tree.java:7)\n" * 10_000}, "com.acme.Depleted"),
        ({"message": "ValidationError: insufficient leaf balance"}, "ValidationError"),
        ({"message": "Uncaught TypeError: x is undefined\n    at f (a.js:3:4)"}, "TypeError"),
        ({"message": "request failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'x'"}, "KeyError"),
        ({"message": "Note: all is well"}, None),
        ({"message": "caught a ValueError: retrying"}, None),
    ],
)
def test_the_error_type_comes_from_field_stack_or_message(document: dict[str, object], error_type: str | None) -> None:
    """In this order; of a chained stack the last type counts."""
    assert given_event({"message": "x", **document}).error_type == error_type


def test_a_stack_in_the_message_moves_to_the_stack() -> None:
    """The message stays one sentence."""
    found = given_event({"message": 'request failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1'})
    assert found.message == "request failed"
    assert found.stack.endswith("KeyError: 1")


def test_a_stack_kept_as_a_list_of_lines_is_joined() -> None:
    """Some loggers write one string per line, indentation and all."""
    assert given_event({"message": "x", "stack": ["Boom: x", "  at f (a.js:1:1)"]}).stack == "Boom: x\n  at f (a.js:1:1)"
