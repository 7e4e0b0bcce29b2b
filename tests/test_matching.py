"""The event that an alert is about is found among many."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.core.logs.matching import alike, earliest_error, failing_event, type_in_logs
from bot.core.stacktrace import stacktrace
from bot.model import Alert, LogEvent, Permalink

NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)
ALERT = Alert(
    Permalink("acme.slack.com", "C1", "1765886400.000000"),
    NOON,
    "prod",
    "ValidationError: insufficient leaf balance (needed 1500, had 1200) in transfer_handler",
    error_type="ValidationError",
    culprit="transfer_handler",
    message="insufficient leaf balance (needed 1500, had 1200)",
)


def given_event(message: str, seconds: float = -10, **others: str) -> LogEvent:
    """An error so many seconds from the alert."""
    base = LogEvent(NOON + timedelta(seconds=seconds), message, f"{message}@{seconds}", "ERROR")
    return msgspec.structs.replace(base, **others)


def test_type_and_message_outweigh_nearness() -> None:
    """A louder error a second before the alert is not the one that it is about."""
    wanted = given_event("insufficient leaf balance (needed 7, had 3)", -200, error_type="app.errors.ValidationError")
    others = [
        given_event("connection pool exhausted", -1),
        given_event("ValidationError: bad address", -2, error_type="ValidationError"),
        given_event("leaf not found", -1),
    ]
    assert failing_event(ALERT, [*others, wanted]) is wanted


def test_of_equals_the_nearest_in_time_wins() -> None:
    """Ids and amounts do not make messages differ."""
    events = [given_event(f"insufficient leaf balance (needed {n}, had 1)", -n, error_type="ValidationError") for n in (100, 5, 30)]
    assert failing_event(ALERT, events) is events[1]


def test_an_event_before_the_alert_counts_more_than_one_after() -> None:
    """An alert comes after its error."""
    before, after = given_event("insufficient leaf balance", -50), given_event("insufficient leaf balance", 1)
    assert failing_event(ALERT, [after, before]) is before
    assert failing_event(ALERT, [after]) is after


def test_the_culprit_named_decides_among_alike() -> None:
    """In the stack as well as in the message."""
    there = given_event("insufficient leaf balance", -60, stack='Traceback:\n  File "t.py", line 3, in transfer_handler\n')
    assert failing_event(ALERT, [given_event("insufficient leaf balance", -1), there]) is there


def test_a_shared_trace_settles_it() -> None:
    """The alert's own trace id is stronger than words."""
    alert = msgspec.structs.replace(ALERT, trace_ids=("4bf92f3577b34da6",))
    same = given_event("rolled back", -3, trace_id="4bf92f3577b34da6")
    assert failing_event(alert, [given_event("insufficient leaf balance", -2), same]) is same


def test_an_alert_of_plain_words_finds_its_line() -> None:
    """No type, no culprit, no message: the text is compared."""
    alert = Alert(ALERT.permalink, NOON, "prod", "Redis connection lost while renewing session lease")
    wanted = given_event("lost redis connection 17 to 10.0.0.3:6379", -30)
    assert failing_event(alert, [given_event("insufficient leaf balance"), wanted]) is wanted


@pytest.mark.parametrize(
    "below",
    [
        "Annotations:\n - summary = transfer failed: ERROR: deadlock detected (SQLSTATE 40P01)\nSource: https://grafana.acme.example/alerting/view",
        "service=ledger pod=ledger-7f\ntransfer failed: credit account 12: ERROR: deadlock detected",
    ],
)
def test_an_alarm_is_about_the_error_that_stands_below_its_title(below: str) -> None:
    """A title like `ledger transfer errors` is only what somebody called the alarm."""
    title = "[FIRING:1] HighErrorRate checkout"
    alert = msgspec.structs.replace(ALERT, text=f"{title}\n{below}", error_type=None, culprit=None, message=title, service="ledger")
    wanted = given_event("transfer failed: credit account 5838: ERROR: deadlock detected (SQLSTATE 40P01)", -100, service="ledger")
    others = [
        given_event("snapshot upload failed: EOF", -1, service="ledger"),
        msgspec.structs.replace(wanted, time=NOON, level="INFO"),
        given_event("rpc failed: credit account 5838: ERROR: deadlock detected (SQLSTATE 40P01)", -1, service="gateway"),
    ]
    assert failing_event(alert, [*others, wanted]) is wanted
    assert failing_event(alert, others[:2]) is None


def test_the_lines_below_an_error_that_has_a_name_are_not_compared() -> None:
    """What stands below an error's own name may speak of anything."""
    alert = msgspec.structs.replace(ALERT, text="ValidationError: no leaf\nthe queue of mails is full", message="no leaf", culprit=None)
    assert failing_event(alert, [given_event("the queue of mails is full")]) is None


def test_nothing_alike_is_none() -> None:
    """A level and a time are no likeness; neither is a single common word."""
    assert failing_event(ALERT, []) is None
    assert failing_event(ALERT, [given_event("connection pool exhausted", -1), given_event("balance", -1), given_event("", -1)]) is None
    assert failing_event(ALERT, [given_event("balance", -1), given_event(ALERT.text, -1)]) is not None


def test_hostile_words_are_compared_as_words() -> None:
    """Regular expressions in an alert are no regular expressions here."""
    alert = msgspec.structs.replace(ALERT, error_type="(((", culprit="[a-", message=".*" * 500)
    assert failing_event(alert, [given_event("(" * 10_000)]) is None
    same = given_event("((( in [a-: " + ".*" * 500)
    assert failing_event(alert, [given_event("(" * 10_000), same]) is same


def test_the_earliest_error_is_the_first_that_failed() -> None:
    """Warnings and infos before it are none; a stack makes an error of any level."""
    events = [
        given_event("late", -1),
        msgspec.structs.replace(given_event("info", -90), level="INFO"),
        msgspec.structs.replace(given_event("printed", -50), level="INFO", stack="Traceback"),
    ]
    first = earliest_error(events)
    assert first is not None
    assert first.message == "printed"
    assert earliest_error(events[1:2]) is None
    assert earliest_error([]) is None


def test_the_same_type_in_another_service_is_another_error() -> None:
    """Every service has its TimeoutError: without the words, the trace or the culprit it is not the alert's."""
    alert = msgspec.structs.replace(
        ALERT, service="payments", error_type="TimeoutError", culprit="pay_worker", message="bank did not answer within 30s for order 77123"
    )
    other = given_event("TimeoutError: node ln-4 did not answer in 30s", service="wallet-sync", error_type="TimeoutError")
    assert failing_event(alert, [other]) is None
    assert failing_event(alert, [msgspec.structs.replace(other, stack="in pay_worker")]) is not None
    gateway = given_event("bank did not answer within 28s for order 9", service="api-gateway")
    assert failing_event(alert, [other, gateway]) is gateway


def test_the_same_type_with_other_words_is_another_error() -> None:
    """Also within the service; an alert without a message of its own has nothing else to go by."""
    other = given_event("ValidationError: no such wallet", error_type="ValidationError")
    assert failing_event(ALERT, [other]) is None
    assert failing_event(msgspec.structs.replace(ALERT, message=None, text="transfers fail", culprit=None), [other]) is other


def test_what_was_thrown_stands_in_the_trace_below_a_general_message() -> None:
    """`log.exception("submit failed")`: the words of the alert are those of the error in the trace, not of the line above it."""
    stack = 'Traceback (most recent call last):\n  File "/app/leaves.py", line 3, in select\n    raise it\nValidationError: insufficient leaf balance'
    alert = msgspec.structs.replace(ALERT, culprit=None)
    general = msgspec.structs.replace(given_event("request failed", -1), stack=stack)
    other = msgspec.structs.replace(given_event("request failed", -1), stack=stack.replace("insufficient leaf balance", "no such wallet"))

    assert failing_event(alert, [other, general]) is general
    assert alike(general, [general, general, msgspec.structs.replace(other, stack=stack.replace("ValidationError", "KeyError"))]) == [general, general]


def test_a_general_message_from_another_function_is_another_error() -> None:
    """`request failed` with a KeyError from two functions is two errors; a line without a trace may be of either."""
    frames = '  File "/app/api.py", line 9, in post\n    go()\n  File "/app/leaves.py", line {}, in {}\n    raise it'
    stack = f"Traceback (most recent call last):\n{frames}\nKeyError: 7"
    wanted, moved, other = (
        given_event("request failed", -n, error_type="KeyError", stack=stack.format(n, function)) for n, function in enumerate(("select", "select", "lock"))
    )
    bare = given_event("request failed", -9, error_type="KeyError")

    assert alike(wanted, [wanted, moved, other, bare]) == [wanted, moved, bare]
    assert alike(bare, [wanted, other]) == [wanted, other]


def test_a_type_that_is_not_called_error_is_found_by_its_name() -> None:
    """An alert that names `SeatTaken` is about the event of that type; a word of everyday language is no type."""
    spoken = msgspec.structs.replace(ALERT, error_type=None, message=None, culprit=None, text="prod: SeatTaken in reserve, an Error")
    wanted = given_event("14C is gone", -30, error_type="booking.SeatTaken")

    assert failing_event(spoken, [given_event("nothing alike", -1, error_type="Error"), wanted]) is wanted


def test_the_culprit_alone_is_no_error() -> None:
    """Another error of the same function, and a line that only names it, are not the alert's; one that wraps the alert's error is."""
    stack = 'Traceback (most recent call last):\n  File "/app/leaves.py", line 3, in transfer_handler\n    raise it\n'
    other = given_event("the ledger did not answer", error_type="TimeoutError", stack=f"{stack}TimeoutError: the ledger did not answer")
    passing = given_event("transfer_handler: began", level="INFO")
    assert failing_event(ALERT, [other, passing]) is None

    below = f"{stack}ValidationError: no leaf is left\n\nThe above exception was the direct cause of the following exception:\n\n{other.stack}"
    wrapped = msgspec.structs.replace(other, stack=below)
    assert failing_event(ALERT, [other, passing, wrapped]) is wrapped


def test_the_culprit_is_enough_for_an_alert_that_names_no_more() -> None:
    """Without a type there is nothing that an event could contradict; with a type alone an event without one may be it."""
    other = given_event("the ledger did not answer", error_type="TimeoutError", stack="in transfer_handler")
    untold = msgspec.structs.replace(ALERT, error_type=None, message=None, text="transfer_handler fails")
    assert failing_event(untold, [other]) is other
    typed = msgspec.structs.replace(ALERT, message=None, text="ValidationError in transfer_handler")
    plain = given_event("gave up", stack="in transfer_handler")
    assert failing_event(typed, [other]) is None
    assert failing_event(typed, [other, plain]) is plain


def _traced(function: str, message: str) -> str:
    called = f'  File "/app/transfers/{function}.py", line 12, in {function}\n    raise it\n'
    return f'Traceback (most recent call last):\n  File "/app/api.py", line 20, in transfer_handler\n    {function}(key)\n{called}ValidationError: {message}'


def test_a_callers_frame_alone_makes_no_error_the_same() -> None:
    """Other words at another failing function are another error, whoever called both; with either in common it is this one."""
    alert = msgspec.structs.replace(ALERT, frames=stacktrace.read(_traced("select_leaves", "x")).frames)

    def logged(function: str, message: str) -> LogEvent:
        return given_event(message, error_type="ValidationError", stack=_traced(function, message))

    other, here, said = logged("check_address", "no such wallet"), logged("select_leaves", "no such wallet"), logged("reserve", "insufficient leaf balance")
    assert failing_event(alert, [other]) is None
    assert failing_event(alert, [other, here]) is here
    assert failing_event(alert, [other, said]) is said
    untold = msgspec.structs.replace(alert, message=None, text="transfers fail")
    assert failing_event(untold, [other]) is None
    assert failing_event(untold, [other, here]) is here
    traced = msgspec.structs.replace(other, trace_id="4bf92f3577b34da6")
    assert failing_event(msgspec.structs.replace(alert, trace_ids=("4bf92f3577b34da6",)), [traced]) is traced


def test_a_library_in_which_both_fail_is_no_failing_function_of_either() -> None:
    """Which frames are ours the alert's say: the configuration may call more of them foreign than a trace tells by itself."""
    frames = stacktrace.read(_traced("select_leaves", "x")).frames
    alert = msgspec.structs.replace(ALERT, frames=(frames[0], msgspec.structs.replace(frames[1], in_app=False)))
    event = given_event("no such wallet", error_type="ValidationError", stack=_traced("select_leaves", "no such wallet"))
    assert failing_event(alert, [event]) is event


@pytest.mark.parametrize(
    ("given", "stack", "said"),
    [
        ("wallet.ValidationError", "", ""),
        ("GatewayError", "", "GatewayError"),
        ("ValidationError", "wallet.LeafError: none is left\n\tat wallet.Leaves.take(Leaves.java:3)", "wallet.LeafError"),
        (None, "", ""),
    ],
)
def test_what_the_logs_call_the_error_where_the_alert_calls_it_otherwise(given: str | None, stack: str, said: str) -> None:
    """Renamed or wrapped; the package does not count."""
    event = msgspec.structs.replace(given_event("insufficient leaf balance", stack=stack), error_type=given)
    assert type_in_logs(ALERT, event) == said
    assert type_in_logs(msgspec.structs.replace(ALERT, error_type=None), event) == ""


@pytest.mark.parametrize("behind", ["", " in transfer_handler", " at transfer_handler()", " in `transfer_handler`."])
@pytest.mark.parametrize(("message", "given"), [("ValidationError: no leaf", None), ("no leaf", "wallet.ValidationError"), ("no leaf", None)])
def test_a_short_message_said_whole_is_the_alerts(behind: str, message: str, given: str | None) -> None:
    """Also where the alerting rule put the place behind it; another message of the type, and that of another service, are not."""
    alert = msgspec.structs.replace(ALERT, message=f"no leaf{behind}", text=f"ValidationError: no leaf{behind}", service="transfers")
    stack = (
        "" if given or message.startswith("V") else 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    raise it\nValidationError: no leaf'
    )
    same = given_event(message, service="transfers", stack=stack)
    same = msgspec.structs.replace(same, error_type=given)
    other = msgspec.structs.replace(given_event(message.replace("leaf", "coin"), -1, service="transfers"), error_type=given)
    elsewhere = msgspec.structs.replace(same, service="mail")
    assert failing_event(alert, [other, elsewhere]) is None
    assert failing_event(alert, [other, elsewhere, same]) is same
