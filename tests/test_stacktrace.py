"""Traces of many languages become frames, the failing one last."""

import pytest

from bot.core import stacktrace

PYTHON = """Traceback (most recent call last):
  File "/srv/app/transfers/api.py", line 12, in post
    handle(request)
  File "/usr/lib/python3.11/site-packages/flask/app.py", line 99, in dispatch
    return self.view()
  File "/srv/app/transfers/handlers/transfer_handler.py", line 41, in select_leaves
    raise ValidationError("insufficient leaf balance")
transfers.errors.ValidationError: insufficient leaf balance
"""
CHAINED = PYTHON.replace("transfers.errors.ValidationError: insufficient leaf balance", "KeyError: 'leaf'") + (
    "\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n"
    '  File "/srv/app/x.py", line 3, in y\n    z()\nRuntimeError: wrapper\n'
)
JAVA = """java.lang.RuntimeException: outer
\tat com.acme.web.Api.post(Api.java:14)
Caused by: java.lang.IllegalStateException: no leaf
\tat com.acme.transfer.Leaves.select(Leaves.java:88)
\tat com.acme.transfer.TransferHandler.handle(TransferHandler.java:31)
\t... 12 more
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'id')
    at selectLeaves (/srv/app/src/leaves.ts:17:22)
    at async handle (/srv/app/src/handler.ts:9:5)
    at /srv/app/node_modules/express/lib/router.js:40:3
"""
GO = """panic: runtime error: index out of range [3] with length 3

goroutine 7 [running]:
main.selectLeaves(0x3)
\t/srv/app/leaves.go:21 +0x1d
main.main()
\t/srv/app/main.go:9 +0x25
"""
RUBY = "app/leaves.rb:7:in `select': no leaf (RuntimeError)\n\tfrom app/handler.rb:3:in `handle'\n"
PHP = "PHP Fatal error:  Uncaught RuntimeException: no leaf in /srv/leaves.php:7\n#0 /srv/handler.php(3): select()\n#1 {main}\n"
DOTNET = "System.InvalidOperationException: no leaf\n   at Acme.Leaves.Select(String id) in /srv/Leaves.cs:line 7\n   at Acme.Api.Post()\n"


@pytest.mark.parametrize(
    ("text", "error_type", "message", "failing"),
    [
        (PYTHON, "transfers.errors.ValidationError", "insufficient leaf balance", ("select_leaves", 41)),
        (CHAINED, "KeyError", "'leaf'", ("select_leaves", 41)),
        (JAVA, "java.lang.IllegalStateException", "no leaf", ("select", 88)),
        (NODE, "TypeError", "Cannot read properties of undefined (reading 'id')", ("selectLeaves", 17)),
        (GO, "panic", "runtime error: index out of range [3] with length 3", ("selectLeaves", 21)),
        (RUBY, None, None, ("select", 7)),
        (PHP, "RuntimeException", "no leaf in /srv/leaves.php:7", ("select", 3)),
        (DOTNET, "System.InvalidOperationException", "no leaf", ("Acme.Leaves.Select", 7)),
    ],
    ids=["python", "python chained", "java", "node", "go", "ruby", "php", "c#"],
)
def test_the_failing_frame_is_last(text: str, error_type: str | None, message: str | None, failing: tuple[str, int]) -> None:
    """Type, message and failing place are those a person would name; of a chain, those of the cause."""
    trace = stacktrace.read(text)

    assert (trace.error_type, trace.message) == (error_type, message)
    assert (trace.frames[-1].function, trace.frames[-1].line) == failing


def test_library_frames_are_marked() -> None:
    """Frames below site-packages, node_modules and the runtime are not ours."""
    assert [frame.in_app for frame in stacktrace.read(PYTHON).frames] == [True, False, True]
    assert [frame.in_app for frame in stacktrace.read(NODE).frames] == [False, True, True]


def test_escaped_newlines_are_read() -> None:
    """A trace that a log carries on one line is the same trace."""
    assert stacktrace.read(PYTHON.replace("\n", "\\n").replace('"', '\\"')) == stacktrace.read(PYTHON)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "\n" * 50_000, "at " * 100_000, '  File "' + "x" * 400_000, "a(" * 100_000, "\x00\x1b[31m" * 1000])
def test_hostile_text_is_no_trace(text: str) -> None:
    """Nothing that is no trace raises, or takes long."""
    assert stacktrace.read(text).frames == ()


def test_a_trace_of_ten_thousand_frames_is_bounded() -> None:
    """Recursion keeps the failing end."""
    deep = "Traceback (most recent call last):\n" + '  File "a.py", line 1, in f\n    f()\n' * 5_000 + '  File "b.py", line 2, in g\nRecursionError: too deep\n'

    trace = stacktrace.read(deep)

    assert len(trace.frames) == stacktrace.MAX_FRAMES
    assert trace.frames[-1].function == "g"
