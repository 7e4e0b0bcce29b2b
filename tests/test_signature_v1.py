"""The first algorithm, frozen: what it took for variable, and how it cut; entries that bear its names must be found for ever."""

import hashlib

import pytest

from bot.core.signature import v1
from bot.model import Frame
from tests.occurrences import alert

WORDS = """
https://a.example/x?y=1 → <url>
s3+x-1.a://b → <url>
a.b+c-d@mail.eu.acme.com → <email>
b@acme.com → <email>
0199502d-9301-7790-8004-b77561fd6e44 → <id>
2025-12-16 → <time>
2025-12-16t06:01 → <time>
2025-12-16 06:01:25 → <time>
2025-12-16 06:01:25.123 → <time>
2025-12-16 06:01:25,123456z → <time>
2025-12-16t06:01:25+01:00 → <time>
2025-12-16t06:01:25-0130 → <time>
6:01:25 → <time>
16:01:25.123 → <time>
16:01:25,1 → <time>
10.1.4.7 → <host>
10.121.4.247:9735 → <host>
ln-7.acme.com → <host>
a.b.acme.net:80 → <host>
acme.org → <host>
acme.io → <host>
acme.dev → <host>
acme.local → <host>
acme.internal → <host>
acme.cloud:8080 → <host>
acme.example → <host>
acme.svc → <host>
acme.de → acme.de
/srv/app/a+b@c~d-e.py → <path>
/srv → /srv
leaf-7d9f8b6c5-x2x4z → leaf-<pod>
leaf-7d9f8b6c-x2x4z → leaf-<pod>
0xdeadbeef → <id>
0xf → <id>
01arz3ndektsv4rrffq69g5fav → <id>
4f2a9c1 → <id>
4f2a9c1d8e7b6a5c4f2a9c1d8e7b6a5c → <id>
deadbeef → deadbeef
leaf-12ab34 → <id>
leaf_12ab34 → <id>
leaf-a1 → leaf-a1
7 → <n>
-7 → <n>
+7 → <n>
1,200.50 → <n>
1_200 → <n>
10% → <n>
10 % → <n>
10s → <n>
10 ms → <n>
10ns → <n>
10us → <n>
10µs → <n>
10sec → <n>
10secs → <n>
10 second → <n>
10 seconds → <n>
10min → <n>
10 minute → <n>
10 minutes → <n>
10h → <n>
10 hour → <n>
10 hours → <n>
10b → <n>
10 kb → <n>
10mb → <n>
10gib → <n>
10tb → <n>
10pib → <n>
10 byte → <n>
10 bytes → <n>
3x → <n>
10 leaves → <n> leaves
x16:01:25 → x16:<n>:<n>
16:01:25x → <n>:<n>:<n>
x10.1.4.7 → x10.<n>
10.1.4.7x → <n>
xacme.com → <host>
acme.comx → acme.comx
x4f2a9c1 → x4f2a9c1
4f2a9c1z → <n>f2a9c1z
leafs_ab-cdef1 → <id>
x-a1b2c3 → <id>
2025-12-161 → <time><n>
a2025-12-16 → a2025<n><n>
x0xff → x0xff
leaf_acme.com → leaf_acme.com
0199502d-9301-7790-8004-b77561fd6e44a → <id><n><n><n>-<id>
x0199502d-9301-7790-8004-b77561fd6e44 → x0199502d<n><n><n>-<id>
4f2a9c1dz → <n>f2a9c1dz
1:30:451 → <n>:<n>:<n>
01arz3ndektsv4rrffq69g5favz → <n>arz3ndektsv4rrffq69g5favz
z01arz3ndektsv4rrffq69g5fav → z01arz3ndektsv4rrffq69g5fav
1leaf-12ab34 → <n>leaf<n>ab34
leaf-7d9f8b6c5-x2x4zq → leaf-<id>-x2x4zq
x//y → x//y
0xffz → <n>xffz
z://b → z://b
az://b → <url>
a@b.c@d → <email>@d
10secx → <n>secx
10sx → <n>sx
a <id> b → a <id> b
A   B → a b
"""
PARTS = (
    ({"culprit": "a b/c"}, "a_b_c_ValidationError"),
    ({"culprit": "a..b"}, "a_b_ValidationError"),
    ({"culprit": "a.b-c"}, "a.b-c_ValidationError"),
    ({"culprit": "_.-a-._"}, "a_ValidationError"),
    ({"culprit": "x" * 59 + "-y"}, "x" * 59 + "_ValidationError"),
    ({"culprit": "x" * 61}, "x" * 60 + "_ValidationError"),
    ({"culprit": "//"}, "unknown_ValidationError"),
    ({"culprit": None, "service": "leaves"}, "leaves_ValidationError"),
    ({"culprit": None}, "unknown_ValidationError"),
    ({"error_type": None}, "transfer_handler_unknown"),
    ({"error_type": "a.b.Refused"}, "transfer_handler_Refused"),
    ({"error_type": "a::Refused"}, "transfer_handler_Refused"),
    ({"error_type": "A\\Refused"}, "transfer_handler_Refused"),
    ({"error_type": "Refused:"}, "transfer_handler_Refused"),
    ({"error_type": "T" * 41}, "transfer_handler_" + "T" * 40),
)
TRACE = """\
Alert in {said}
```
Traceback (most recent call last):
  File "/srv/app/api.py", line 12, in post
    leaves.select()
  File "/srv/app/leaves.py", line 31, in select
    raise ValidationError("insufficient leaf balance")
ValidationError: insufficient leaf balance
```
"""


def digest(message: str, **said: object) -> str:
    """What the first algorithm called an alert."""
    return v1.names(alert(message=message, **said))[0]


def frozen(words: str) -> str:
    """The digest that stands in entries for these words, at the usual place and of the usual type."""
    key = "\n".join(("v1", "transfer_handler", "ValidationError", words))
    return f"v1:{hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()}"


def test_each_kind_of_what_varies() -> None:
    """As its placeholder, alone between two words."""
    rows = [line.split(" → ") for line in WORDS.strip("\n").split("\n")]

    assert [word for word, stays in rows if digest(f"leaf {word} lost") != frozen(f"leaf {stays} lost")] == []
    assert len({digest(f"leaf {stays} lost") for _, stays in rows}) == len({stays for _, stays in rows})


@pytest.mark.parametrize(("said", "name"), PARTS)
def test_the_parts_of_a_name(said: dict[str, str | None], name: str) -> None:
    """Safe for a file, and short."""
    assert v1.names(alert(**said))[1].rpartition("_")[0] == name


def test_a_long_message_is_cut_between_words() -> None:
    """At 300 signs, of at most 4,000."""
    assert digest("ab " * 100 + "cd") == digest("ab " * 99 + "ab")
    assert digest("ab " * 99 + "ab") != digest("ab " * 98 + "ab")
    assert digest("x" * 310) == digest("x" * 300)
    assert digest("x" * 301) == digest("x" * 300) == digest("x" * 300 + " tail") != digest("x" * 299)
    assert digest("ab " + "x" * 297 + " tail") == digest("ab")
    assert digest("ab" + " " * 3_996 + "cdef") == digest("ab cd")


def test_its_frames_are_ours_by_module_or_file() -> None:
    """The last three, without folders; others do not count."""
    frames = (Frame("a", "/srv/a.py", 1), Frame("b", "C:\\srv\\b.py?v=1", 2), Frame("c", "/x.py", 3, "acme.c"), Frame("d", "d.py", 4))

    assert digest("x", frames=frames) == digest("x", frames=(Frame("b", "b.py"), Frame("c", None, None, "acme.c"), Frame("d", "/y/d.py")))
    assert digest("x", frames=frames) == digest("x", frames=(*frames[1:], Frame("e", "e.py", 5, None, in_app=False)))
    assert digest("x", frames=frames) != digest("x", frames=(*frames[:3], Frame("d", "e.py")))
    assert digest("x", frames=frames) != digest("x", frames=(*frames[:3], Frame("e", "d.py")))


@pytest.mark.parametrize(
    ("said", "culprit"),
    [
        ("x_handler", "x_handler"),
        ("x_coordinator", "x_coordinator"),
        ("x_controller", "x_controller"),
        ("x_worker", "x_worker"),
        ("x_job", "x_job"),
        ("x_task", "x_task"),
        ("x_consumer", "x_consumer"),
        ("x_processor", "x_processor"),
        ("LeafHandler", "LeafHandler"),
        ("LeafController", "LeafController"),
        ("LeafWorker", "LeafWorker"),
        ("LeafConsumer", "LeafConsumer"),
        ("LeafProcessor", "LeafProcessor"),
        ("`x_handler`", "x_handler"),
    ],
)
def test_the_culprits_that_it_took(said: str, culprit: str) -> None:
    """By the file of the failing frame, and by a word of the text that sounds like one."""
    names = v1.names(alert(text=TRACE.format(said=said), culprit="other", frames=(Frame("select", "/srv/app/leaves.py", 31),)))

    assert {name.partition("_ValidationError_")[0] for name in names[1::2]} == {"other", "leaves", culprit}


@pytest.mark.parametrize(
    ("after", "culprit"),
    [
        ("in leaf_store now", "leaf_store"),
        (" at leaf_store()", "leaf_store"),
        (": from  `leaf_store`", "leaf_store"),
        ("** IN *leaf_store*", "leaf_store"),
        ("for leaf_store", None),
        ("in le", None),
        ("........ in leaf_store", None),
    ],
)
def test_the_word_right_after_the_type(after: str, culprit: str | None) -> None:
    """`in transfer_handler`, at once."""
    text = TRACE.format(said="nothing").replace("Alert in nothing", f"ValidationError{after}")
    names = v1.names(alert(text=text, culprit="other", frames=(Frame("select", "/srv/app/leaves.py", 31),)))

    assert {name.partition("_ValidationError_")[0] for name in names[1::2]} == {"other", "leaves", *filter(None, [culprit])}


def test_a_trace_of_another_error_is_not_read_again() -> None:
    """Nor one where the alert has none."""
    text = TRACE.format(said="nothing")

    assert len(v1.names(alert(text=text))) == 2
    assert len(v1.names(alert(text=text, error_type="a.Refused", frames=(Frame("select", "/srv/app/leaves.py", 31),)))) == 2
    assert len(v1.names(alert(text=text, error_type="a.ValidationError", frames=(Frame("select", "/srv/app/leaves.py", 31),)))) > 2


@pytest.mark.parametrize(
    ("text", "error_type", "names"),
    [
        (
            '  File "a.py", line 3, in f\n    x()\n  File "b.py", line 3, in g\n    y()',
            None,
            ["other_67b9e6", "other_5205b7", "other_b2f167", "b_6cbc7f", "b_b236f1"],
        ),
        ("\tat com.acme.Api.go(Unknown Source)\n\tat com.acme.Api.run(Native Method)", None, []),
        (
            "java.lang.IllegalStateException: later words\n\tat com.acme.Api.run(Native Method)",
            "x.IllegalStateException",
            ["other_f73454", "other_43eb2a", "com.acme.Api_d8591b"],
        ),
        ("goroutine 1 [running]:\nmain.f()\n\t/srv/a.go:3 +0x1", None, ["other_67b9e6", "other_fc9c3d", "other_4118ea", "a_6bae3e", "a_74e0d5"]),
        ("goroutine 1 [running]:\nmain.f()\n\t/srv/a.go:3 +0x1", "E", ["other_5e62d1"]),
    ],
)
def test_a_trace_is_read_as_it_was_then(text: str, error_type: str | None, names: list[str]) -> None:
    """With the trace's own words and without, under its file, or its module where it tells no file; without a type, too."""
    made = v1.names(alert(text=text, error_type=error_type, culprit="other", message="said", frames=(Frame("f", "a.py", 3),)))
    short = [f"{name.partition('_')[0]}_{name[-6:]}" for name in made[1::2]]

    assert short == names or (not names and {name.partition("_")[0] for name in short} == {"other", "com.acme.Api"})


def test_a_trace_of_libraries_alone_is_read_as_any_other() -> None:
    """Under the file of its last frame, as where one of ours failed."""
    text = TRACE.format(said="nothing").replace("/srv/app/", "/usr/lib/python3/site-packages/orm/")
    names = v1.names(alert(text=text, culprit="other", frames=(Frame("select", "/usr/lib/python3/site-packages/orm/leaves.py", 31, None, in_app=False),)))

    assert {name.partition("_ValidationError_")[0] for name in names[1::2]} == {"other", "leaves"}


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("\tat com.acme.Api.go(Unknown Source)\n\tat com.acme.Web.run(Native Method)\n\tat com.acme.Main.main(Native Method)", "com.acme.Api"),
        ("   at Foo.Bar()\n   at Baz()\n   at Qux()\n", "Foo.Bar"),
        ('  File ".x", line 3, in f\n    x()\n  File "/srv/.py", line 3, in g\n    y()', "g"),
    ],
)
def test_the_failing_frame_without_a_stem_goes_by_its_module_or_function(text: str, culprit: str) -> None:
    """That frame, and not the one that called it."""
    names = v1.names(alert(text=text, error_type=None, culprit="other", frames=(Frame("f", "a.py", 3),)))

    assert {name.partition("_unknown_")[0] for name in names[1::2]} == {"other", culprit}


def test_a_frame_without_a_file_has_an_empty_place() -> None:
    """As one whose file is a folder."""
    assert digest("x", frames=(Frame("f", None),)) == digest("x", frames=(Frame("f", "/srv/?v=1"),)) != digest("x", frames=(Frame("f", "a.py"),))


@pytest.mark.parametrize("lead", ["", "Leaves are short. ", "Leaves are short. " * 30])
def test_the_word_after_the_type_is_found_however_far_down_it_stands(lead: str) -> None:
    """Above the trace, and as the last words of the alert."""
    trace = TRACE.format(said="nothing")
    for text in (f"{lead}ValidationError in leaf_store\n{trace}", f"{lead}{trace}ValidationError in leaf_store"):
        names = v1.names(alert(text=text, culprit="other", frames=(Frame("select", "/srv/app/leaves.py", 31),)))
        assert "leaf_store" in {name.partition("_ValidationError_")[0] for name in names[1::2]}
