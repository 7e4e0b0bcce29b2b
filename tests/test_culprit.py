"""The frame a person would look at first."""

import pytest

from bot.core.stacktrace import stacktrace
from bot.core.suspects.culprit import place_of, ranked, suspects

HEAD = "java.lang.IllegalArgumentException: wallet 7"


def java(*frames: str, head: str = HEAD) -> stacktrace.Trace:
    """A trace of `Class.method` in `com.acme`, the failing frame first; a name with two dots is a full one."""
    full = [name if name.count(".") > 1 else f"com.acme.{name}" for name in frames]
    return stacktrace.read("\n".join([head, *(f"\tat {name}({name.split('.')[-2]}.java:1)" for name in full)]))


def names(trace: stacktrace.Trace) -> list[str]:
    """The classes in order, without their package."""
    return [name.rpartition(".")[2] for name in suspects(trace)]


@pytest.mark.parametrize(
    ("told", "frames"),
    [
        ("a guard", ("Preconditions.checkNotNull", "Leaves.select", "Api.post", "Main.main")),
        ("a checking method", ("Wallet.validateOwner", "Leaves.select", "Api.post", "Main.main")),
        ("an exception's own method", ("NoLeafException.from", "Leaves.select", "Api.post", "Main.main")),
        ("a method that only reports", ("Context.reportMissing", "Leaves.select", "Api.post", "Main.main")),
        ("a factory of exceptions", ("Context.mappingException", "Leaves.select", "Api.post", "Main.main")),
        ("one of the JDK", ("java.util.Objects.requireNonNull", "Leaves.select", "Api.post", "Main.main")),
        ("a framework", ("org.springframework.util.Assert.notNull", "Leaves.select", "Api.post", "Main.main")),
        ("a helper that both use", ("StringUtils.pad", "Leaves.select", "Leaves.all", "Api.post", "Main.main")),
    ],
)
def test_what_reports_is_not_what_failed(told: str, frames: tuple[str, ...]) -> None:
    """Guards, exception factories and libraries stand nearer to the failure than the cause."""
    assert names(java(*frames))[0] == "Leaves", told


def test_the_failing_frame_is_first_without_a_reason_against_it() -> None:
    """Also when it is called `validate`, where nobody threw."""
    assert names(java("Leaves.select", "Api.post", "Main.main"))[0] == "Leaves"
    assert names(java("Validator.validateType", "Leaves.select", "Main.main", head="java.lang.NullPointerException"))[0] == "Validator"


def test_tests_stand_behind_our_code_and_name_their_subject() -> None:
    """A test speaks for the class it tests, even when that class is in no frame."""
    assert names(java("Range.of", "Leaves.select", "LeavesTest.selects"))[:2] == ["Leaves", "Range"]
    assert names(java("Range.of", "LeavesTest.selects"))[-1] == "LeavesTest"
    assert "com.acme.Leaves" in suspects(java("com.acme.junit.LeavesTest.selects"))


def test_a_class_that_the_message_names_is_a_suspect() -> None:
    """Our own, not one of the runtime."""
    trace = java("Store.save", "Api.post", head="java.io.NotSerializableException: com.acme.Order$1")

    assert "com.acme.Order" in suspects(trace)[:2]
    assert "java.util.Map" not in suspects(java("Store.save", head="java.lang.ClassCastException: java.util.Map is no leaf"))


def test_each_suspect_is_named_once() -> None:
    """Overloads, inner classes and recursion are one class; libraries stand at the end."""
    trace = java("Tree.walk", "Tree$Node.walk", "Tree.walk", "java.lang.Thread.run")

    assert suspects(trace) == ("com.acme.Tree", "java.lang.Thread")
    assert len(ranked(trace)) == len(trace.frames) == 4


def test_python_s_status_check_is_not_the_culprit() -> None:
    """Other languages have their guards as well, and files where the JVM has classes."""
    text = (
        'Traceback (most recent call last):\n  File "/srv/app/rates.py", line 9, in latest\n    check_status(response)\n'
        '  File "/srv/app/http.py", line 4, in check_status\n    raise ValueError("503")\nValueError: 503\n'
    )

    assert [place_of(frame) for frame in ranked(stacktrace.read(text))] == ["/srv/app/rates.py", "/srv/app/http.py"]


def test_lines_paths_and_ids_do_not_move_the_culprit() -> None:
    """The culprit is part of the error's name."""
    text = (
        'Traceback (most recent call last):\n  File "/srv/41/api.py", line 9, in post\n    x\n'
        '  File "/srv/41/leaves.py", line 31, in require_leaf\n    y\nacme.LeafError: leaf 4411\n'
    )
    changed = text.replace("/srv/41/", "/home/alice/").replace("31", "77").replace("4411", "12")

    assert [frame.function for frame in ranked(stacktrace.read(text))] == [frame.function for frame in ranked(stacktrace.read(changed))]


def test_no_frames_no_culprit() -> None:
    """A head alone names nobody."""
    assert ranked(stacktrace.read(HEAD)) == ()
    assert suspects(stacktrace.read("")) == ()
