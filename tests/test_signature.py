"""The name of an error stays the same for years and tells different problems apart."""

import re
from datetime import UTC, datetime

import pytest

from bot.config import DEFAULT_ENVIRONMENTS
from bot.core.alert import alert as alerts
from bot.core.signature import signature
from bot.core.signature.counted_frames import TOP_FRAMES, weighed
from bot.model import Alert, Frame, Message, Permalink, Signature
from tests import traces

LINK = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579")


def alert(message: str = "insufficient leaf balance", **said: object) -> Alert:
    """An alert that says this of itself."""
    told = {"culprit": "transfer_handler", "error_type": "ValidationError", **said}
    return Alert(LINK, datetime(2025, 12, 17, tzinfo=UTC), "prod", "", message=message, **told)  # type: ignore[arg-type]


def signed(text: str) -> Signature:
    """The signature of the first error that a text speaks of."""
    return signature.of(alerts.alerts(Message(LINK, text), DEFAULT_ENVIRONMENTS, "prod", 1)[0])


def table() -> list[tuple[str, str]]:
    """The rows of the module's docstring: alert, signature."""
    rows = [line.strip("| ").split(" | ") for line in (signature.__doc__ or "").splitlines() if line.startswith(("| `", "| the same"))]
    return [(row[0], row[1].strip("` |")) for row in rows]


def frames_of(told: str) -> tuple[Frame, ...]:
    """`file:function > file:function`, the failing one last; a file of site-packages is a library's."""
    places = [place.rpartition(":") for place in told.split(" > ")]
    return tuple(Frame(function, file, 7, None, "site-packages" not in file) for file, _, function in places)


def test_the_table_in_the_docstring_is_true() -> None:
    """Each row of the table is what the code answers."""
    names, last = [], ("", "", "")
    for told, _ in table():
        frames = re.search(r"through `([^`]*)`", told)
        if match := re.match(r"`(\w+): (.*?)` in `(\w+)`", told):
            last = (match[1], match[2], match[3])
            names.append(signature.of(alert(last[1], error_type=last[0], culprit=last[2], frames=frames_of(frames[1]) if frames else ())).name)
        elif frames:
            names.append(signature.of(alert(last[1], error_type=last[0], culprit=last[2], frames=frames_of(frames[1]))).name)
        else:
            more = re.search(r"`(.*)`", told)
            assert more
            names.append(signature.of(alert(f"{last[1]} {more[1]}", error_type=last[0], culprit=last[2])).name)

    assert names == [row[1] for row in table()]
    assert len(names) == 9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timeout after 30s", "timeout after 5s"),
        ("user 0199502d-9301-7790-8004-b77561fd6e44 is locked", "user 019a800e-12ec-7012-8f40-787d0dea54cb is locked"),
        ("connect to 10.0.0.1:5432 refused", "connect to 192.168.7.12:5433 refused"),
        ("at 2025-12-16T06:01:25Z it stopped", "at 2025-12-17T09:12:44Z it stopped"),
        ("GET https://a.example/x?y=1 failed", "GET https://b.example/z failed"),
        ("no file /srv/app/releases/41/data.csv", "no file /srv/app/releases/42/data.csv"),
        ("object 0xdeadbeef freed", "object 0x7ffe1234 freed"),
        ("mail to a@example.com bounced", "mail to someone.else@example.org bounced"),
        ("commit 1234567890123456789012345678901234567890 is gone", "commit 4be91d0712ab34567890123456789012345678ab is gone"),
    ],
)
def test_what_varies_in_a_message_does_not_count(one: str, other: str) -> None:
    """Ids, times, hosts, paths and counts change nothing."""
    assert signature.of(alert(one)).name == signature.of(alert(other)).name


STABLE = (
    ("a moved line", traces.PYTHON, "line 31", "line 38"),
    ("another deploy folder", traces.PYTHON, "/srv/41/", "/opt/releases/2025-12-17/"),
    ("another folder of libraries", traces.PYTHON, "/usr/lib/python3.11/site-packages/", "/app/.venv/lib/python3.12/site-packages/"),
    ("another id", traces.PYTHON, "4411", "12"),
    ("one more library frame", traces.PYTHON, "    raise error\n", '    raise error\n  File "/lib/site-packages/y.py", line 1, in z\n    z()\n'),
    ("a comprehension, which was a frame once", traces.PYTHON, "acme.errors", '  File "/srv/41/transfers/leaves.py", line 31, in <listcomp>\nacme.errors'),
    ("a type that moved to another module", traces.PYTHON, "acme.errors.LeafError", "acme.transfers.errors.LeafError"),
    ("escaped for a log", traces.PYTHON, "\n", "\\n"),
    ("a moved line", traces.JAVA, "Leaves.java:31", "Leaves.java:77"),
    ("another counter of lambdas", traces.JAVA, "lambda$select$3", "lambda$select$11"),
    ("another hash of a proxy", traces.JAVA, "ab12cd34", "99ee00ff"),
    ("another number of a proxy", traces.JAVA, "$Proxy12", "$Proxy240"),
    ("another accessor", traces.JAVA, "GeneratedMethodAccessor17", "GeneratedMethodAccessor3"),
    ("another framework version", traces.JAVA, "MethodProxy.invoke(MethodProxy.java:218)", "MethodProxy.invokeSuper(MethodProxy.java:9)"),
    ("another package", traces.JAVA, "com.acme.transfers.", "com.acme.payments.transfers."),
    ("a moved line and column", traces.NODE, "31:7", "40:1"),
    ("another folder", traces.NODE, "/srv/41/", "/var/task/"),
    ("compiled no more", traces.NODE, "/dist/leaves.js", "/src/leaves.ts"),
    ("no longer async", traces.NODE, "async post", "post"),
    ("another hash of a bundle", traces.BROWSER, "4f3a2b1c", "99e0aa17"),
    ("another short name", traces.BROWSER, "at t (", "at n ("),
    ("another host", traces.BROWSER, "cdn.acme.example", "static7.acme.example"),
    ("other addresses", traces.GO, "0xc00001e0a0", "0xc000099000"),
    ("another goroutine", traces.GO, "goroutine 18", "goroutine 4711"),
    ("another counter of closures", traces.GO, ".func1(", ".func2("),
    ("another folder", traces.GO, "/srv/41/", "/home/runner/work/"),
    ("another compiler", traces.RUST, "9fc6b43126469e3858e2fe86cafb4f0fd5068869", "90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf"),
    ("a moved line", traces.RUST, "leaves.rs:31:5", "leaves.rs:35:9"),
    ("a block no more", traces.RUBY, "block in select", "select"),
    ("another library version", traces.RUBY, "rack-2.2.8", "rack-3.0.1"),
    ("another folder", traces.PHP, "/srv/41/", "/var/www/html/"),
    ("another counter of state machines", traces.CSHARP, "<SelectAsync>d__3", "<SelectAsync>d__12"),
    ("another counter of closures", traces.CSHARP, "<>c__DisplayClass5_0.<Post>b__0", "<>c__DisplayClass9_1.<Post>b__2"),
    ("without symbols", traces.CSHARP, " in C:\\build\\41\\Leaves.cs:line 31", ""),
    ("a moved line", traces.DART, "leaves.dart:31:7", "leaves.dart:44:3"),
    ("another release", traces.ELIXIR, "(transfers 0.4.1)", "(transfers 0.5.0)"),
    ("another wrapper's message", traces.CHAIN, "request 77 failed", "request 78 failed after retries"),
    ("another depth of recursion", traces.RECURSION, "\tat com.acme.Tree.walk(Tree.java:8)\n\tat com.acme.Tree.step(Tree.java:9)\n" * 30, ""),
)  # fmt: skip


@pytest.mark.parametrize(("what", "text", "before", "after"), STABLE, ids=[f"{n}-{row[0]}" for n, row in enumerate(STABLE)])
def test_what_does_not_make_another_error(what: str, text: str, before: str, after: str) -> None:
    """A rename of anything around the failure keeps the whole fingerprint."""
    assert before in text, what
    assert signed(text.replace(before, after)).fingerprint == signed(text).fingerprint


DIFFERENT = (
    ("another function", traces.PYTHON, "in select_leaves", "in reserve_leaves"),
    ("another sentence", traces.PYTHON, "is taken by transfer", "is gone from transfer"),
    ("another type", traces.PYTHON, "LeafError", "BalanceError"),
    ("another caller of our own", traces.PYTHON, "in post", "in put"),
    ("another method", traces.JAVA, "lambda$select$3", "lambda$reserve$3"),
    ("another class", traces.JAVA, "com.acme.transfers.Leaves.", "com.acme.transfers.Ledger."),
    ("another type", traces.JAVA, "IllegalStateException", "IllegalArgumentException"),
    ("another property", traces.NODE, "reading 'leaf'", "reading 'node'"),
    ("another function", traces.NODE, "Leaves.select", "Leaves.reserve"),
    ("another function", traces.BROWSER, "selectLeaves", "reserveLeaves"),
    ("another receiver", traces.GO, "(*Store)", "(*Cache)"),
    ("another sentence", traces.GO, "is taken", "is gone"),
    ("another function", traces.RUST, "leaves::select::", "leaves::reserve::"),
    ("another method", traces.RUBY, "`select'", "`reserve'"),
    ("another type", traces.RUBY, "LeafError", "BalanceError"),
    ("another class", traces.PHP, "Acme\\Leaves", "Acme\\Ledger"),
    ("another method", traces.CSHARP, "<SelectAsync>", "<ReserveAsync>"),
    ("another method", traces.DART, "Leaves.select", "Leaves.reserve"),
    ("another arity", traces.ELIXIR, "Leaves.select/2", "Leaves.select/3"),
    ("another cause", traces.CHAIN, "com.acme.LeafException", "com.acme.LedgerException"),
    ("another cycle", traces.RECURSION, "Tree.step", "Tree.grow"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "text", "before", "after"), DIFFERENT, ids=[f"{n}-{row[0]}" for n, row in enumerate(DIFFERENT)])
def test_what_makes_another_error(what: str, text: str, before: str, after: str) -> None:
    """Another type, function or sentence changes the name."""
    assert before in text, what
    assert signed(text.replace(before, after)).name != signed(text).name


@pytest.mark.parametrize(
    "other",
    [
        alert("insufficient fee balance"),
        alert(error_type="TransferError"),
        alert(culprit="lightning_handler"),
        alert(frames=(Frame("select_leaves", "transfers/select.py", 4),)),
        alert(culprit="χειριστής"),
        alert(culprit="διαχειριστής"),
    ],
)
def test_another_problem_has_another_name(other: Alert) -> None:
    """Another sentence, type, culprit or failing function is another error, in any alphabet."""
    everything = [alert(), *(alert(culprit=one) for one in ("χειριστής", "διαχειριστής"))]

    assert signature.of(other).name not in {signature.of(one).name for one in everything if one != other}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"error_type": "django.core.exceptions.ValidationError"}, {}),
        ({"error_type": "Acme.Errors+ValidationError"}, {}),
        ({"error_type": "com.acme.Forms$ValidationError"}, {}),
        ({"error_type": "Acme::ValidationError"}, {}),
        ({"error_type": "Fatal error"}, {"error_type": "FatalError"}),
        ({"error_type": "Acme\\Forms\\ValidationError"}, {}),
        ({"error_type": "ValidationError`1[System.String]"}, {}),
        ({"culprit": "/srv/41/transfers/transfer_handler.py"}, {}),
        ({"culprit": "/transfers/8812/legs/7"}, {"culprit": "/transfers/77/legs/12"}),
        ({"culprit": "transfers.lambda$run$3"}, {"culprit": "transfers.lambda$run$9"}),
    ],
)
def test_where_a_name_is_at_home_does_not_count(one: dict[str, str], other: dict[str, str]) -> None:
    """Module of a type, folder of a file, id in an endpoint, counter of a lambda."""
    usual = {"error_type": "ValidationError", "culprit": "transfer_handler"}
    assert signature.of(alert(**{**usual, **one})).fingerprint == signature.of(alert(**{**usual, **other})).fingerprint


def test_only_the_frames_next_to_the_failure_count() -> None:
    """Three of our own, each function once; who called them does not matter, nor do libraries between them."""
    near = tuple(Frame(name, f"{name}.py", 1) for name in ("third", "second", "first"))
    library = Frame("execute", "/usr/lib/python3.11/site-packages/x.py", 9, in_app=False)
    again = (near[0], library, near[1], near[0], near[1], near[2], library, near[2], library)

    assert len(near) == TOP_FRAMES
    assert signature.of(alert(frames=near)).frames == ("third:third", "second:second", "first:first")
    assert signature.of(alert(frames=(Frame("main", "main.py"), *near))) == signature.of(alert(frames=(Frame("run", "cron.py"), *near)))
    assert signature.of(alert(frames=again)).frames == signature.of(alert(frames=near)).frames


def test_without_frames_of_our_own_those_of_libraries_count() -> None:
    """And never those of the runtime or of a test runner around them, as long as there is anything else."""
    runtime = Frame("run", "Thread.java", 750, "java.lang.Thread", in_app=False)
    library = Frame("commit", "Session.java", 9, "org.hibernate.Session", in_app=False)

    assert signature.of(alert(frames=(runtime, library, runtime))).frames == ("Session:commit",)
    assert signature.of(alert(frames=(runtime,))).frames == ("Thread:run",)


def test_every_frame_has_a_verdict() -> None:
    """And those that count are those of the signature."""
    alert_ = alerts.alerts(Message(LINK, traces.JAVA), DEFAULT_ENVIRONMENTS, "prod", 1)[0]
    verdicts = [(one.name, one.verdict) for one in weighed(alert_.frames)]

    assert tuple(name for name, verdict in reversed(verdicts) if verdict == "counts") == signature.of(alert_).frames
    assert [verdict for _, verdict in verdicts] == ["counts", "library", "generated", "library", "generated", "counts", "runtime"]


def test_a_colliding_name_grows() -> None:
    """More digits of the same fingerprint tell two errors of one short name apart."""
    found = signature.of(alert())

    assert signature.name_of(found.culprit, found.error_type, found.fingerprint, 8).startswith(found.name)


def test_the_names_of_the_first_algorithm_are_known() -> None:
    """Fingerprint and name, as they stand in entries of that time."""
    assert signature.of(alert()).earlier == ("v1:e46fe8f42d6534bd0824d21228013b75", "transfer_handler_ValidationError_e46fe8")


def test_a_long_line_costs_little() -> None:
    """400 KB without a space, as message, type, culprit and function."""
    long = "a" * 400_000

    assert len(signature.of(alert(long, culprit=long, error_type=long, frames=(Frame(long, long, 1, long),))).name) <= 120
