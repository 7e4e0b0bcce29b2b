"""Traces as chats and logs carry them are read as if they had been printed."""

import json

import pytest

from bot.core.stacktrace import stacktrace
from bot.core.stacktrace.stacktrace import Trace

PYTHON = """Traceback (most recent call last):
  File "/srv/app/api.py", line 12, in post
    select(wallet)
  File "C:\\new\\tools\\leaves.py", line 31, in select
    raise LeafError("no \\"leaf\\"")
acme.errors.LeafError: no "leaf"
"""
JAVA = "java.lang.IllegalStateException: no leaf\n\tat com.acme.Leaves.select(Leaves.java:88)\n\tat com.acme.Api.post(Api.java:14)\n"
NODE = "TypeError: leaf is undefined\n    at select (/srv/app/leaves.js:17:22)\n    at async post (/srv/app/api.js:9:5)\n"


def escaped(text: str, times: int) -> str:
    """The text as a JSON string inside JSON strings, without the outer quotes."""
    for _ in range(times):
        text = json.dumps(text)[1:-1]
    return text


def each(prefix: str, text: str) -> str:
    """The prefix before each line, its `{n}` counted up."""
    return "\n".join(prefix.replace("{n}", f"{number:03d}") + line for number, line in enumerate(text.rstrip("\n").split("\n"))) + "\n"


def cut(text: str) -> str:
    """A JSON line that a log collector cut off."""
    return json.dumps({"level": "error", "stack": text + "x" * 50})[:-30]


@pytest.mark.parametrize(
    ("carried", "plain"),
    [
        (escaped(PYTHON, 1), PYTHON),
        (escaped(PYTHON, 2), PYTHON),
        (escaped(PYTHON, 3), PYTHON),
        (JAVA.replace("\n", "\\u000a").replace("\t", "\\u0009"), JAVA),
        (json.dumps(JAVA), JAVA),
        (json.dumps({"level": "error", "stack_trace": JAVA}), JAVA),
        (json.dumps({"log": json.dumps({"message": "x", "error": {"type": "IllegalStateException", "stack_trace": JAVA}})}), JAVA),
        ("2025-12-16 06:01:25 ERROR " + json.dumps({"err": {"type": "TypeError", "message": "leaf is undefined", "stack": NODE}}), NODE),
        (cut(NODE), NODE),
        (json.dumps(PYTHON.split("\n"), indent=1), PYTHON),
        (json.dumps({"exception": {"stacktrace": NODE.split("\n")}}), NODE),
        (f"*ALERT* transfers :fire:\n```{JAVA}```\nService: api", JAVA),
        (each("&gt; ", JAVA), JAVA),
        (JAVA.replace("\n", "\r\n"), JAVA),
        (each("2025-12-16 06:01:25,{n} ERROR [main] c.a.Api - ", JAVA), JAVA),
        (each("2025-12-16T06:01:25.000000{n}Z stderr F ", PYTHON), PYTHON),
        (each("api-1  | ", NODE), NODE),
        (each("Dec 16 06:01:25 host7 api[4711]: ", PYTHON), PYTHON),
        (each("2025-12-16T06:01:25.123{n}+00:00 app[web.1]: ", PYTHON), PYTHON),
        (each("12-16 06:01:25.123  4711  4712 E AndroidRuntime: ", f"FATAL EXCEPTION: main\n{JAVA}"), JAVA),
        (each("[ERROR] ", JAVA), JAVA),
        (NODE.replace("TypeError", "\x1b[31mTypeError\x1b[0m"), NODE),
        (f"2025-12-16 06:01:25 ERROR request failed\n{PYTHON}2025-12-16 06:01:26 INFO next\n", PYTHON),
    ],
)
def test_a_trace_survives_its_way(carried: str, plain: str) -> None:
    """Escapes, JSON, fences, colours and what stands before each line change nothing."""
    read = stacktrace.read(plain)
    assert read.frames
    assert stacktrace.read(carried) == read


SENTRY = {
    "exception": {
        "values": [
            {
                "type": "KeyError",
                "value": "'leaf'",
                "stacktrace": {
                    "frames": [
                        {"abs_path": "/srv/app/api.py", "function": "post", "lineno": 3, "in_app": True},
                        {"abs_path": "/opt/flask/app.py", "function": "dispatch", "lineno": 3, "in_app": False},
                        {"abs_path": "/srv/app/leaves.py", "function": "select", "lineno": 7, "in_app": True},
                    ]
                },
            },
            {"type": "StoreError", "value": "down", "stacktrace": {"frames": [{"abs_path": "/srv/app/api.py", "function": "post", "lineno": 4}]}},
        ]
    }
}
STRUCTLOG = {
    "event": "failed",
    "exception": [
        {"exc_type": "StoreError", "exc_value": "down", "frames": [{"filename": "/srv/app/api.py", "lineno": 4, "name": "post"}]},
        {"exc_type": "KeyError", "exc_value": "'leaf'", "frames": [{"filename": "/srv/app/leaves.py", "lineno": 7, "name": "select"}]},
    ],
}
ELEMENTS = {
    "className": "com.acme.StoreError",
    "message": "down",
    "stackTrace": [{"declaringClass": "com.acme.Api", "methodName": "post", "fileName": "Api.java", "lineNumber": 14}],
    "cause": {
        "className": "KeyError",
        "message": "'leaf'",
        "stackTrace": [
            {"declaringClass": "com.acme.Leaves", "methodName": "select", "fileName": "Leaves.java", "lineNumber": 7},
            {"declaringClass": "com.acme.Api", "methodName": "post", "fileName": "Api.java", "lineNumber": 14},
        ],
    },
}


@pytest.mark.parametrize("document", [SENTRY, STRUCTLOG, ELEMENTS], ids=["sentry", "structlog", "java elements"])
def test_frame_objects_are_read(document: dict[str, object]) -> None:
    """Errors that were logged as objects have their cause, and the failing frame last, whichever way their lists run."""
    trace = stacktrace.read(json.dumps(document))

    assert (trace.error_type, trace.message) == ("KeyError", "'leaf'")
    assert [link.message for link in trace.chain] == ["down", "'leaf'"]
    assert (trace.frames[-1].function, trace.frames[-1].line, trace.frames[-1].in_app) == ("select", 7, True)


def test_lists_that_begin_with_the_failing_frame() -> None:
    """Those of zerolog and Monolog do."""
    go = {"error": "no leaf", "stack": [{"func": "Leaves", "line": "42", "source": "leaves.go"}, {"func": "main", "line": "9", "source": "main.go"}]}
    php = {"context": {"exception": {"class": "RuntimeException", "message": "no leaf", "file": "/srv/Leaves.php:7", "trace": ["/srv/Api.php:31"]}}}

    assert [frame.function for frame in stacktrace.read(json.dumps(go)).frames] == ["main", "Leaves"]
    assert [(frame.file, frame.line) for frame in stacktrace.read(json.dumps(php)).frames] == [("/srv/Api.php", 31), ("/srv/Leaves.php", 7)]


def test_the_first_of_two_traces_counts() -> None:
    """Two failures in one text are not mixed."""
    assert stacktrace.read(f"{JAVA}\n{JAVA.replace('IllegalState', 'Other')}").frames == stacktrace.read(JAVA).frames
    assert stacktrace.read(PYTHON + PYTHON.replace("LeafError", "OtherError")) == stacktrace.read(PYTHON)
    assert stacktrace.read(NODE + NODE.replace("leaf is undefined", "other")) == stacktrace.read(NODE)


def test_parts_of_a_trace_are_read() -> None:
    """Only frames have no type, only a head has no frames, a sentence has neither."""
    frames = stacktrace.read(JAVA.split("\n", 1)[1])

    assert (frames.error_type, len(frames.frames)) == (None, 2)
    assert stacktrace.read("Caused by: java.lang.IllegalStateException: no leaf").error_type == "java.lang.IllegalStateException"
    assert stacktrace.read("all is well") == Trace()


def test_a_frame_that_was_cut_is_left_out() -> None:
    """Half a frame would name a line that is not the failing one."""
    assert [frame.line for frame in stacktrace.read(JAVA[: JAVA.index("14)")]).frames] == [88]
    assert [frame.line for frame in stacktrace.read(NODE[: NODE.index(":5)")]).frames] == [17]
    assert [frame.line for frame in stacktrace.read(PYTHON[: PYTHON.index("1, in select")]).frames] == [12]
