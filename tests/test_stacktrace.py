"""What holds for the traces of every language: the failing frame last, the cause that explains, own code apart from libraries."""

import pytest

from bot.core.stacktrace import stacktrace
from bot.core.stacktrace.stacktrace import Link

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
        (RUBY, "RuntimeError", "no leaf", ("select", 7)),
        (PHP, "RuntimeException", "no leaf", ("select", 7)),
        (DOTNET, "System.InvalidOperationException", "no leaf", ("Select", 7)),
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


@pytest.mark.parametrize("wrapper", ["java.lang.RuntimeException", "java.util.concurrent.ExecutionException", "java.lang.reflect.InvocationTargetException"])
def test_a_wrapper_never_explains(wrapper: str) -> None:
    """A cause that says nothing leaves the word to the specific error around it; a cause that was cut off is read from the wrapper's message."""
    specific = "com.acme.NoLeaf: wallet 7"
    below = f"{specific}\n\tat com.acme.Api.post(Api.java:14)\nCaused by: {wrapper}\n\tat com.acme.Leaves.select(Leaves.java:88)\n"
    cut = f"{wrapper}: {specific}\n\tat com.acme.Api.post(Api.java:14)\n"

    assert stacktrace.read(below).error_type == "com.acme.NoLeaf"
    assert stacktrace.read(cut).chain == (Link(wrapper, specific), Link("com.acme.NoLeaf", "wallet 7"))
    assert stacktrace.read(cut).error_type == "com.acme.NoLeaf"


def test_deploy_paths_stay_out_of_names() -> None:
    """The whole path is kept for the code reader; function and module are the same wherever the code was put."""
    for text in (PYTHON, NODE, GO, RUBY, PHP, DOTNET):
        one, other = (stacktrace.read(text.replace("/srv/", folder)).frames for folder in ("/home/alice/", "/srv/r123/"))
        assert [(frame.function, frame.module) for frame in one] == [(frame.function, frame.module) for frame in other]
        assert all(frame.file.startswith("/home/alice/") for frame in one if frame.file and frame.file[:1] == "/" and frame.in_app)


def test_configured_prefixes_decide() -> None:
    """Own prefixes make everything else a library; library prefixes only take away."""
    assert [frame.in_app for frame in stacktrace.read(PYTHON, own=("transfers.handlers",)).frames] == [False, False, True]
    assert [frame.in_app for frame in stacktrace.read(PYTHON, libraries=("transfers/handlers/",)).frames] == [True, False, False]


@pytest.mark.parametrize("text", [PYTHON, JAVA, NODE, RUBY, PHP, DOTNET])
def test_lines_of_a_trace_are_known(text: str) -> None:
    """Each line that became a frame is a frame by itself."""
    assert sum(map(stacktrace.is_frame, text.splitlines())) >= 1


@pytest.mark.parametrize(
    "line",
    [
        "",
        "all is well",
        "at noon we meet",
        "Caused by: x",
        "#1 fixed in leaves (see below)",
        "1: first point",
        "mail a@b.example: 3",
        "look at https://a.example/x",
        "  - item",
    ],
)
def test_a_sentence_is_no_frame(line: str) -> None:
    """What people and other logs write does not become part of a trace."""
    assert stacktrace.is_frame('  File "/srv/app.py", line 3, in post')
    assert not stacktrace.is_frame(line)
