"""Why an error has its name: where the culprit was read, the chain, the frames, what was dropped."""

import pytest

from bot.core.entry.library import Library
from bot.core.knowledge.signature_account import Account, Origin, account
from bot.core.signature.normalization import dropped, normalised, readable
from bot.model import Frame
from tests.occurrences import alert

CHAINED = """\
Error in transfers
```
java.lang.RuntimeException
\tat com.acme.Api.post(Api.java:12)
Caused by: com.acme.LeafError: leaf 4411 is taken
\tat com.acme.Leaves.select(Leaves.java:31)
```
"""
TWO = """\
KeyError: x
```
Traceback (most recent call last):
  File "/srv/a.py", line 1, in one
    two()
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/b.py", line 2, in leaf_store
    raise KeyError
KeyError: x
```
"""


def told(**said: object) -> Account:
    """The account of an alert without a knowledge folder."""
    return account(alert(**said), Library([]))


def test_the_chain_is_this_errors() -> None:
    """A link without words has none; an error that stands alone has no chain."""
    assert told(text=CHAINED, error_type="com.acme.LeafError").chain == (("java.lang.RuntimeException", ""), ("com.acme.LeafError", "leaf 4411 is taken"))
    assert told(text=CHAINED, error_type="Other").chain == ()
    assert told(text="KeyError: x", error_type="KeyError").chain == ()
    assert [kind for kind, _ in told(text=TWO, error_type="KeyError").chain] == ["KeyError", "ValueError"]


def test_what_an_alert_does_not_say_is_empty() -> None:
    """Neither type nor message."""
    one = told(error_type=None, message=None, culprit=None)

    assert (one.full_type, one.message, one.dropped, one.chain, one.frames, one.near) == ("", "", (), (), (), ())
    assert one.culprit_origin == Origin("nothing")
    assert one.fingerprint.startswith("v2:")
    assert told(culprit=None, service="leaves").culprit_origin == Origin("service", "leaves")


@pytest.mark.parametrize(
    ("culprit", "text", "frames", "origin"),
    [
        ("run", "Error in run now\n", (), Origin("text", "Error in run now")),
        ("run", "x\n  Error in run \n", (), Origin("text", "Error in run")),
        ("run", "Error in runs, rerun\n", (), Origin("text", "")),
        ("run", "prerun\nin run\n", (), Origin("text", "in run")),
        ("a.run", "in axrun\nin a.run\n", (), Origin("text", "in a.run")),
        ("run", "    in run\n", (), Origin("text", "")),
        ("run", "   in run\n", (), Origin("text", "in run")),
        ("run", "x" * 1_993 + " in run\n", (), Origin("text", "x" * 1_993 + " in run")),
        ("run", "x" * 1_994 + " in run\n", (), Origin("text", "")),
        ("run", "nothing\n", (Frame("run", "/srv/a.py", 7),), Origin("frame", "/srv/a.py:7")),
        ("run", "nothing\n", (Frame("run", "/srv/a.py"),), Origin("frame", "/srv/a.py")),
        ("run", "nothing\n", (Frame("run", None, 7, "acme.Api"),), Origin("frame", "acme.Api:7")),
        ("run", "nothing\n", (Frame("run"),), Origin("frame", "run")),
        ("run", "nothing\n", (Frame("run", "/a.py", 1), Frame("run", "/b.py", 2), Frame("x", "/c.py", 3)), Origin("frame", "/b.py:2")),
        ("run", "nothing\n", (Frame("async run", "/a.py", 1),), Origin("frame", "/a.py:1")),
        ("acme.Api", "nothing\n", (Frame("x", "/a.py", 1, "acme.Api"),), Origin("frame", "/a.py:1")),
        ("Api", "nothing\n", (Frame("x", "/a.py", 1, "acme.Api"),), Origin("frame", "/a.py:1")),
        ("Api", "nothing\n", (Frame("x", "/a.py", 1, "acme/Api"),), Origin("frame", "/a.py:1")),
        ("Api", "nothing\n", (Frame("x", "/a.py", 1, "acme::Api"),), Origin("frame", "/a.py:1")),
        ("Api", "nothing\n", (Frame("x", "/a.py", 1, "acme\\Api"),), Origin("frame", "/a.py:1")),
        ("api", "nothing\n", (Frame("x", "/srv/api.py", 1),), Origin("frame", "/srv/api.py:1")),
        ("/srv/api.py", "nothing\n", (Frame("x", "/srv/api.py", 1),), Origin("frame", "/srv/api.py:1")),
        ("other", "nothing\n", (Frame("x", "/srv/api.py", 1, "acme.Api"),), Origin("text", "")),
        ("mutant", "nothing\n", (Frame("x"),), Origin("text", "")),
        ("run", "Error in run\n", (Frame("run", "/srv/a.py", 7),), Origin("text", "Error in run")),
    ],
)
def test_where_the_culprit_was_read(culprit: str, text: str, frames: tuple[Frame, ...], origin: Origin) -> None:
    """A line of the text outside of traces, else a frame, else any line."""
    assert told(culprit=culprit, text=text, frames=frames).culprit_origin == origin


def test_a_line_within_a_trace_is_the_last_resort() -> None:
    """A frame says more; a fence of the message is no part of a line."""
    assert told(culprit="leaf_store", text=TWO).culprit_origin == Origin("text", 'File "/srv/b.py", line 2, in leaf_store')
    assert told(culprit="leaf_store", text=TWO, frames=(Frame("leaf_store", "/srv/b.py", 2),)).culprit_origin == Origin("frame", "/srv/b.py:2")
    assert told(culprit="leaf_store", text=f"{TWO}then leaf_store fell").culprit_origin == Origin("text", "then leaf_store fell")


def test_the_frames_have_the_failing_one_last() -> None:
    """Each with its name and its place."""
    frames = told(frames=(Frame("post", "/srv/api.py", 12), Frame("lock", "/x/orm.py", 3, in_app=False), Frame("select", None, 31, "acme.Leaves"))).frames

    assert [(one.name, one.function, one.place, one.verdict) for one in frames] == [
        ("api:post", "post", "/srv/api.py:12", "counts"),
        ("orm:lock", "lock", "/x/orm.py:3", "library"),
        ("Leaves:select", "select", "acme.Leaves:31", "counts"),
    ]


def test_a_frame_without_a_file_has_no_place() -> None:
    """Neither file nor module."""
    assert [one.place for one in told(frames=(Frame("run", None, None),)).frames] == [""]


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("leaf 7 lost", (("7", "n"),)),
        ("Leaf 'Bob May' lost", (("'bob may'", "value"),)),
        ("7 of 8", (("7", "n"), ("8", "n"))),
        ("(7) and 10.1.4.7:80, lost", (("7", "n"), ("10.1.4.7:80", "host"))),
        ("took 7 s again", (("7 s", "time"),)),
        ("leaf <n> lost", ()),
        ("leaf <n> lost 7", (("7", "n"),)),
        ("ids 1 2 3", (("1 2 3", "n"),)),
        ("a8-b9/7", (("a8-b9/7", "n"),)),
        ("x=1;y=2", (("1", "value"), ("2", "value"))),
        ("lost", ()),
        ("", ()),
    ],
)
def test_what_a_placeholder_stands_for(message: str, gone: tuple[tuple[str, str], ...]) -> None:
    """In its order, with its kind."""
    assert dropped(message) == gone
    assert told(message=message).dropped == gone


def test_for_people_it_is_an_ellipsis() -> None:
    """Each placeholder."""
    assert readable("leaf <n> of <host>: <7>") == "leaf … of …: <7>"


CODES = """
status code 503 → status code 503
exit code 137, → exit code 137,
error code: 5 → error code: 5
error code 12345 → error code 12345
response code 503). → response code 503).
return code 1 → return code 1
result code 1 → result code 1
http code 503 → http code 503
reason code 7 → reason code 7
failure code 7 → failure code 7
with code 7 → with code 7
leaf code 7 → leaf code <n>
code 7 → code <n>
status code 123456 → status code <n>
status code 7x → status code <n>
http 503 → http 503
http 5031 → http <n>
http 50 → http <n>
errno 13 → errno 13
errno: 13 → errno: 13
[errno 13] → [errno 13]
(errno 13) → (errno 13)
sqlstate 23505 → sqlstate 23505
sqlstate: 23505 → sqlstate: 23505
signal 9 → signal 9
signal: 9 → signal: 9
status 503 → status <n>
"""


def test_a_code_tells_problems_apart() -> None:
    """A status, an exit code, an errno; another number does not."""
    rows = [line.split(" → ") for line in CODES.strip("\n").split("\n")]

    assert [[said, normalised(f"it had {said} then")] for said, _ in rows] == [[said, f"it had {read} then"] for said, read in rows]
    assert normalised("503 code 7") == "<n> code <n>"
    assert normalised("errno") == "errno"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("\x1b[1;31mRed\x1b[0m alert", "red alert"),
        ("\x1b[?25hred\x1b[K", "red"),
        ("\x1b[red", "\x1b[red".replace("\x1b", "").replace("[r", "")),
        ("a\x00b\tc\u2028d\u2029e", "a b c d e"),
        ("le\u200baf \u202eup", "leaf up"),
        ("a\ud800b", "a\ufffdb"),
        ("a\U000e0fffb", "a\ufffdb"),
        ("\uff2c\uff25\uff21\uff26 \ufb01x", "leaf fix"),
        ("ids \u0663 \u0967", "ids <n>"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("leaf x" + " y" * 200, "leaf x" + " y" * 147),
        ("leaf " + "x" * 121, "leaf " + "x" * 120),
        ("x" * 4_001 + "7", "x" * 120),
    ],
)
def test_how_a_message_is_cleaned(message: str, words: str) -> None:
    """One spelling, nothing unseen, at most 300 signs of at most 4,000, cut between words."""
    assert normalised(message) == words
