"""Where a person would look first: the frames of a trace, and the classes and modules it names, by how likely the cause is there."""

import re
from collections.abc import Iterable, Sequence

from bot.core.stacktrace.in_app import RUNTIME, is_test, origin
from bot.core.stacktrace.stacktrace import Trace
from bot.model import Frame
from bot.regex import regex

# A frame starts with the count of distinct classes between it and the failure; what speaks for or against it moves it by so many.
_EXCEPTION_CLASS = 5.0
_REPORTS = 6.0
_CHECKS = 1.8
_GUARD_CLASS = 1.8
_UTILITY_CLASS = 0.8
_DELEGATES = 0.45
_CONSTRUCTS = 0.9
_GENERATED = 3.0
_NAMELESS = 0.6
_AGAIN = 0.45
_MOST_AGAIN = 3
_TESTED = 1.4
_TESTED_AT_MOST = 1.4
_NEARLY_TESTED = 0.6
_ENTRY_AT_MOST = 2.7
_IN_MESSAGE = 1.0
_NAMED_BY_MESSAGE = 0.5
_SUBJECT_OF_TEST = 4.4

_EXCEPTION = regex(r"(?:Exception|Error|Failure|Fault|Throwable)s?$")
_REPORTING = regex(
    r"^_{0,2}(?:report|fail|throw|rethrow|raise|panic|abort|die|bail)(?=[A-Z_]|$)|^(?:wrapAnd|wrapWith|wrapIn)|^from$|[a-z](?:Exception|Error)$|_(?:error|exception)$"
    r"|^_?handle_?(?:Unknown|Missing|Weird|Unexpected|Error|Exception|Bad|Invalid|error|exception)",
)
_CHECKING = regex(
    r"^_{0,2}(?:check(?!ed|sum|out|point)|verify|validate|require|assert|ensure|expect|[mM]ust|notNull|notEmpty|notBlank|is(?:True|Valid)|inRange|increment\w{0,20}(?:Count|Counter)$)"
)
_GUARD = regex(
    r"^(?:Preconditions?|Validate|Assert|Assertions|Checks?|Ensure|Guard|Reporter|Objects|Verify|Require|Contracts?|Args|Throw|ThrowHelper|Invariants?)$",
    re.IGNORECASE,
)
_UTILITY = regex(r"(?:Utils?|Utilities|Helpers?|Support|Validators?|Checkers?)$", re.IGNORECASE)
_DELEGATING = regex(r"^(?:Abstract|Base)[A-Z]|Base$|Delegat|Wrapper|Proxy|Decorator|Adapter")
_PASSING_ON = regex(r"^_{0,2}(?:wrapper|wrapped|inner|decorat\w{0,10}|proxy|delegate|trampoline|wrapped_\w{1,40}|intercept|doFilter)_{0,2}$")
_WITHOUT_NAME = regex(r"^[<{?]|^(?:anonymous|lambda)$")
_CONSTRUCTOR = frozenset({"<init>", "<clinit>", "__init__", "__construct", "initialize", ".ctor", "constructor", "init"})
_STARTS = frozenset(
    {"main", "{main}", "<module>", "<main>", "<anonymous>", "run", "invoke", "call", "__call__", "handle", "dispatch", "doFilter", "execute", "start", "_start"}
)
# Errors that a runtime raises by itself: nobody checked and threw, so the failing frame is the place.
_RAISED_BY_RUNTIME = regex(
    r"(?:NullPointer|NullReference|IndexOutOf\w{1,20}|ClassCast|InvalidCast|Arithmetic|DivideByZero|StackOverflow|OutOfMemory|NegativeArraySize|ArrayStore|ConcurrentModification"
    r"|NumberFormat|NoSuchMethod|NoClassDef\w{0,10}|Linkage|AbstractMethod|BufferOverflow|BufferUnderflow|Type|Attribute|Key|Index|Name|ZeroDivision|Recursion|Reference|Range|NoMethod)"
    r"(?:Exception|Error)?$|^SIG[A-Z]{3,6}$|^panic$"
)
_TEST_MARK = regex(r"^(?:Test(?=[A-Z])|test_)|(?:Tests?|TestCase|Specs?|IT)(?:_\w{1,60})?$|_(?:test|spec)$|_\w{1,60}$")
_TEST_PACKAGE = regex(r"\.(?:junit|tests?)(?=\.|$)")
_QUALIFIED = regex(r"\b(?:[a-z_]\w{0,60}\.){2,12}[A-Z]\w{0,100}")
_SEPARATOR = regex(r"[./:\\]")
_WORD = regex(r"\w+")
_VARIANT = regex(r"Impl$|^(?:Default|Abstract|Base)(?=[A-Z])")
_NUMBER = regex(r"\d{1,9}$")
_LONG_ENOUGH = 4


def ranked(trace: Trace) -> tuple[Frame, ...]:
    """The frames, the one a person would name first at the front; ours before those of libraries, tests at the end of ours."""
    code, tests, foreign = _sides(trace.frames)
    return (*(frame for _, frame in _scored(trace, code, tests)), *tests, *foreign)


def suspects(trace: Trace) -> tuple[str, ...]:
    """Classes, or files where a language has none in its frames, most suspect first, each once.

    Besides those of the frames: a class of ours that the message names (`NotSerializableException: com.acme.Order`),
    and what a failing test is the test of.
    """
    code, tests, foreign = _sides(trace.frames)
    weighed = [(score, place_of(frame)) for score, frame in _scored(trace, code, tests)]
    known = {name for _, name in weighed}
    weighed += [(_NAMED_BY_MESSAGE, name) for name in _named_in(trace.message or "", [*code, *tests]) if name not in known]
    weighed += [(_SUBJECT_OF_TEST, name) for frame in tests if (name := _tested_class(frame)) and name not in known]
    weighed.sort(key=lambda pair: pair[0])
    return tuple(dict.fromkeys([*(name for _, name in weighed), *map(place_of, (*tests, *foreign))]))


def named(trace: Trace) -> str | None:
    """What an error is named after: the file of the likeliest frame without folder and ending, else its class or function."""
    frame = next(iter(ranked(trace)), None)
    if frame is None:
        return None
    stem = (frame.file or "").replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return stem or _SEPARATOR.split(frame.module or "")[-1] or frame.function


def place_of(frame: Frame) -> str:
    """The outermost class or module that a frame is in, else its file."""
    if frame.module:
        return frame.module.partition("$")[0] or frame.module
    return frame.file or frame.function


def _sides(frames: Sequence[Frame]) -> tuple[list[Frame], list[Frame], list[Frame]]:
    """Our code, our tests and what is not ours, each from the failure outwards."""
    ours = any(frame.in_app for frame in frames)
    code: list[Frame] = []
    tests: list[Frame] = []
    foreign: list[Frame] = []
    for frame in reversed(frames):
        side = foreign if ours and not frame.in_app else tests if is_test(frame.module, frame.file) else code
        side.append(frame)
    return code, tests, foreign


def _scored(trace: Trace, code: Sequence[Frame], tests: Sequence[Frame]) -> list[tuple[float, Frame]]:
    subjects = {subject for frame in tests if len(subject := _subject(frame)) > 2}
    functions: dict[str, set[str]] = {}
    for frame in code:
        functions.setdefault(place_of(frame), set()).add(frame.function)
    distance = {place: float(number) for number, place in enumerate(functions)}
    by_itself = _RAISED_BY_RUNTIME.search((trace.error_type or "").rpartition(".")[2]) is not None
    message = frozenset(_WORD.findall((trace.message or "")[:2000]))
    scored = []
    for number, frame in enumerate(code):
        place = place_of(frame)
        name = _simple(place)
        score = distance[place] + _against(frame, name, failing=by_itself and number == 0)
        score -= _AGAIN * min(len(functions[place]) - 1, _MOST_AGAIN)
        score = _as_subject(score, name, subjects)
        if place == place_of(code[-1]) and code[-1].function not in _STARTS:
            score = min(score, _ENTRY_AT_MOST)
        if len(name) > _LONG_ENOUGH and name in message:
            score -= _IN_MESSAGE
        scored.append((score, frame))
    return sorted(scored, key=lambda pair: pair[0])


def _against(frame: Frame, name: str, *, failing: bool) -> float:
    """What speaks against a frame: it only reports, checks, passes on or builds. The failing one of an error nobody threw does not."""
    score = 0.0
    if _EXCEPTION.search(name):
        score += _EXCEPTION_CLASS
    elif not failing:
        if _REPORTING.search(frame.function):
            score += _REPORTS
        elif _CHECKING.search(frame.function):
            score += _CHECKS
        elif frame.function in _CONSTRUCTOR:
            score += _CONSTRUCTS
    score += _GUARD_CLASS if _GUARD.search(name) else 0
    score += _UTILITY_CLASS if _UTILITY.search(name) else 0
    score += _DELEGATES if _DELEGATING.search(name) or _PASSING_ON.match(frame.function) else 0
    score += _NAMELESS if _WITHOUT_NAME.match(frame.function) and frame.function not in _CONSTRUCTOR else 0
    return score + (_GENERATED if "$Proxy" in (frame.module or "") else 0)


def _as_subject(score: float, name: str, subjects: Iterable[str]) -> float:
    """A test in the stack says what it tests: `LeavesTest` speaks for `Leaves` and, less, for `LeavesReader`."""
    bare = _VARIANT.sub("", name)
    if name in subjects or bare in subjects:
        return min(score - _TESTED, _TESTED_AT_MOST)
    near = any(len(subject) > _LONG_ENOUGH < len(name) and (name.startswith(subject) or subject.startswith(name)) for subject in subjects)
    return score - _NEARLY_TESTED if near else score


def _simple(place: str) -> str:
    name = place.replace("\\", "/").rpartition("/")[2]
    if "/" in place or "\\" in place:
        name = name.partition(".")[0] or name
    return name.rpartition(".")[2].rpartition(":")[2]


def _subject(frame: Frame) -> str:
    return _NUMBER.sub("", _TEST_MARK.sub("", _simple(place_of(frame))))


def _tested_class(frame: Frame) -> str | None:
    package, dot, name = (frame.module or "").partition("$")[0].rpartition(".")
    subject = _TEST_MARK.sub("", name)
    return f"{_TEST_PACKAGE.sub('', package)}{dot}{subject}" if subject and subject != name else None


def _named_in(message: str, ours: Sequence[Frame]) -> list[str]:
    """Classes in a message that share our package, or of which the message consists."""
    packages = {tuple((frame.module or "").split(".")[:2]) for frame in ours}
    alone = message.strip().partition("$")[0]
    found = [match[0] for match in _QUALIFIED.finditer(message[:2000])]
    return [
        name
        for name in found
        if not is_test(name, None) and origin("java", "", None, name) != RUNTIME and (tuple(name.split(".")[:2]) in packages or name == alone)
    ]
