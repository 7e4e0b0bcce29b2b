"""What no person would call a trace neither raises nor takes long: sizes at which a quadratic reader would hang."""

import json
import re

import pytest

from bot.core.stacktrace import stacktrace
from bot.core.suspects.culprit import suspects
from tests import test_stacktrace_compiled, test_stacktrace_managed, test_stacktrace_native, test_stacktrace_python_php, test_stacktrace_script
from tests.stack_cases import Case

CASES: tuple[Case, ...] = (
    *(*test_stacktrace_python_php.CASES, *test_stacktrace_script.CASES, *test_stacktrace_managed.CASES),
    *(*test_stacktrace_compiled.CASES, *test_stacktrace_native.CASES),
)
SIZE = 400_000
PIECES = (
    'at ', ' at x(', '\\', '\\n', '{', '[[', '"', '{a,b,[', '#0 ', 'panic: ', '0x', 'Fatal error: ', 'Error: ', 'A.', 'A', ' ', '@', '--->', ':in `',
    '(', '\x00\x1b[31m', 'Caused by: ', '  File "', "thread 'a' panicked at '", 'terminate called after throwing an instance of ',
    '2024-01-01 00:00:00 ', 'Uncaught A: ', 'Traceback (most recent call last):', '** (A) ', '<', '::', '$$', '\u2028', '\ud7ff',
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_one_long_line_is_no_trace(piece: str) -> None:
    """400,000 characters of the beginnings that the patterns look for."""
    trace = stacktrace.read(piece * (SIZE // len(piece)))

    assert trace.frames == ()
    assert not stacktrace.is_frame(piece * (SIZE // len(piece)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        '  File "a.py", line 1, in f\n',
        "\tat com.acme.A.b(A.java:1)\n",
        "   at Acme.A.B(String c) in /srv/A.cs:line 7\n",
        "    at f (/srv/a.js:1:2)\n",
        "f@https://a.example/a.js:1:2\n",
        "main.f(0x1)\n\t/srv/a.go:1 +0x1\n",
        "/srv/a.rb:1:in `f'\n",
        "    (app 0.1.0) lib/a.ex:1: A.f/1\n",
        "#1      f (package:acme/a.dart:1:2)\n",
        "#1  0x0000555 in f (n=3) at /srv/a.c:1\n",
        "   1: acme::f\n             at ./src/a.rs:1:2\n",
    ],
)
def test_ten_thousand_frames_are_bounded(line: str) -> None:
    """A recursion keeps both ends: who entered it and where it failed."""
    trace = stacktrace.read(line * 10_000)

    assert len(trace.frames) == stacktrace.MAX_FRAMES
    assert len(suspects(trace)) == 1


def test_a_recursion_keeps_both_ends() -> None:
    """The failing frame is the last, the one that entered the recursion the first."""
    text = "E: x\n\tat com.acme.Leaf.fail(Leaf.java:1)\n" + "\tat com.acme.Tree.walk(Tree.java:8)\n" * 2_000 + "\tat com.acme.Main.main(Main.java:5)\n"

    frames = stacktrace.read(text).frames

    assert (len(frames), frames[0].function, frames[-1].function) == (stacktrace.MAX_FRAMES, "main", "fail")


@pytest.mark.slow
def test_five_hundred_causes() -> None:
    """The last cause explains, and has the frames it shares with all those around it."""
    link = "Caused by: com.acme.E{n}: m{n}\n\tat com.acme.C{n}.f(C.java:{n})\n\t... 1 more\n"
    text = "com.acme.E0: m0\n\tat com.acme.C0.f(C.java:1)\n" + "".join(link.replace("{n}", str(number)) for number in range(1, 501))

    trace = stacktrace.read(text)

    assert (trace.error_type, len(trace.chain)) == ("com.acme.E500", 501)
    assert trace.frames[-1].module == "com.acme.C500"


@pytest.mark.slow
def test_thousands_of_causes_that_share_thousands_of_frames() -> None:
    """Shared frames are not copied for each of the causes that claim them."""
    text = "com.acme.E: m\n" + "\tat com.acme.C.f(C.java:1)\n" * 5_000 + "Caused by: com.acme.E: m\n\t... 5000 more\n" * 5_000

    assert len(stacktrace.read(text).frames) == stacktrace.MAX_FRAMES


def test_json_inside_json_ends() -> None:
    """Layers are opened up to a limit, and nesting has no effect."""
    text = "E: x\n\tat com.acme.Leaves.select(Leaves.java:88)\n"
    for _ in range(12):
        text = json.dumps({"log": text})

    assert stacktrace.read(text).frames in ((), stacktrace.read("E: x\n\tat com.acme.Leaves.select(Leaves.java:88)").frames)
    assert stacktrace.read("[" * 100_000).frames == ()
    assert stacktrace.read('{"stack":' * 5_000).frames == ()


@pytest.mark.parametrize(
    "document",
    [
        {"frames": 7},
        {"stack": [1, None, {}]},
        {"frames": [{"function": 1, "lineno": "x"}]},
        {"exception": {"values": [None]}},
        [],
        [[]],
        {"stack": {"frames": [[]]}},
        7,
        None,
    ],
)
def test_objects_of_another_shape_are_no_trace(document: object) -> None:
    """Wrong types where frames should be raise nothing."""
    assert stacktrace.read(json.dumps(document)).frames == ()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_trace_may_be_cut_anywhere(case: Case) -> None:
    """Whatever is left is read without an error, and only functions of the trace are named."""
    for end in range(0, len(case.text), 7):
        assert all(re.sub(r"\W.*", "", frame.function) in case.text for frame in stacktrace.read(case.text[:end]).frames)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_reading_carried_traces_of_each_language(case: Case) -> None:
    """Escaped on one line, the trace of any language is the same."""
    trace = stacktrace.read(json.dumps({"level": "error", "stack": case.text.lstrip()}))

    assert (trace.error_type, len(trace.frames)) == (case.error_type, len(case.frames))
