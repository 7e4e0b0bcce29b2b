"""Traces of C, C++ and Swift: gdb, lldb, the sanitizers, valgrind and crash reports; the innermost function first."""

import re
from collections.abc import Callable

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import MAX_MESSAGE, Part, Raw, head_in

_SOURCE = r"(?P<file>[^\s():][^\n():]{0,400}\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|m|mm|S|cu|swift|inl|ipp|tcc|y|l|zig|inc))"
_AT = r":(?P<line>\d{1,7})(?::\d{1,7})?"
# gdb prints a point, an address or an object; a line without any is told before a file is looked for behind each of its spaces.
_TELLING = r"(?=[^\n]{0,2000}?(?:\.|0x| from ))"
GDB = re.compile(
    rf"^\s{{0,40}}(?:\* )?(?:frame )?#(?P<number>\d{{1,6}}):? {{1,4}}{_TELLING}(?:(?P<pc>0x[0-9a-fA-F]{{1,16}}) (?:in )?)?(?P<name>[^\n]{{1,600}}?)"
    rf"(?: (?:at )?{_SOURCE}(?:{_AT})?(?: \([^\n]{{0,300}}\))?| from (?P<object>[^\n]{{1,300}}?)| \("
    rf"(?P<module>[^\n()]{{0,300}}?)\+0x[0-9a-f]{{1,16}}\)[^\n]{{0,120}}|(?(pc)(?<=\))|(?!)))\s{{0,4}}$",
    re.MULTILINE,
)
_VALGRIND = re.compile(
    r"^==\d{1,9}== {1,8}(?:at|by) 0x[0-9A-F]{1,16}: (?P<name>[^\n]{1,400}?) \((?:" + _SOURCE + r":(?P<line>\d{1,7})|in (?P<object>[^\n)]{1,300}))\)$",
    re.MULTILINE,
)
CRASH = re.compile(
    r"^\s{0,4}(?P<number>\d{1,4})(?: \[(?:ra|async|system|inlined)[^\]\n]{0,40}\])* {1,8}(?:(?P<image>[\w.+() -]{1,80}?)[ \t]{1,60})?"
    r"(?P<pc>0x[0-9a-fA-F]{6,16}) (?P<name>[^\n]{1,400}?)"
    rf"(?: \+ \d{{1,9}})?(?: in (?P<object>[^\n]{{1,120}}?))?(?: at {_SOURCE}{_AT}| \((?P<short>[\w.+-]{{1,120}}):(?P<short_line>\d{{1,7}})\))?\s{{0,4}}$",
    re.MULTILINE,
)
_SANITIZER = re.compile(
    r"(?:ERROR|WARNING): (?P<tool>\w{1,20}Sanitizer): (?P<kind>[a-zA-Z][\w -]{1,80}?)(?P<rest>(?: on | \(|: | at |$)[^\n]{0,1000})", re.MULTILINE
)
_UNDEFINED = re.compile(r"^(?P<file>[^\s:]{1,300}):(?P<line>\d{1,7}):\d{1,7}: runtime error: (?P<message>[^\n]{1,1000})", re.MULTILINE)
_THROWN = re.compile(
    r"^[^\n]{0,120}?terminat(?:e called after throwing an instance of|ing (?:with|due to) uncaught exception of type) (?:'"
    r"(?P<type>[^'\n]{1,200})'|(?P<bare>[\w:<>]{1,200}?)(?=: |\s{0,4}$))(?:: )?(?P<same>[^\n]{0,1000})",
    re.MULTILINE,
)
_WHAT = re.compile(r"^\s{1,4}what\(\):\s{1,4}(?P<message>[^\n]{0,2000})", re.MULTILINE)
_SIGNAL = re.compile(
    r"(?:received signal|terminated with signal|Signal \d{1,3}:|Exception Type:|stop reason =(?: signal)?)\s{1,10}(?:\d{1,3} )?(?P<type>"
    r"(?:SIG|EXC_)[A-Z_]{2,20})(?:(?:, | \()(?P<message>[^\n]{1,200}?)\)?$)?",
    re.MULTILINE,
)
_SWIFT = re.compile(
    r"^(?:Thread \d{1,6}: )?(?:(?P<place>[^\s:]{1,300}\.swift):(?P<line>\d{1,7}): )?(?P<kind>Fatal error|Precondition failed|Assertion failed)"
    r"(?:: (?P<message>[^\n]{1,2000}?))?(?:: file (?P<file>[^\s,]{1,300}), line (?P<at>\d{1,7}))?$",
    re.MULTILINE,
)
_OBJECTIVE = re.compile(r"uncaught exception '(?P<type>\w{1,80})', reason: '(?P<message>[^\n]{1,1000}?)'$", re.MULTILINE)
_VALGRIND_HEAD = re.compile(r"^==\d{1,9}== (?P<message>(?:Invalid|Conditional|Use of|Process terminating|Mismatched|Syscall)[^\n]{1,200})", re.MULTILINE)


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return "0x" in text or "#0 " in text or "frame #" in text or "rror: " in text or "Sanitizer" in text


def read(text: str) -> list[Part]:
    """The one error of a trace: its first stack."""
    pattern = next((pattern for pattern, possible in _STACKS if possible(text) and pattern.search(text)), None)
    if pattern is None:
        return _without_stack(text)
    frames = _first_stack(text, pattern)
    error_type, message, place = _head(text)
    if (
        place
        and not place[0].startswith("Swift/")
        and not any(frame[2] == place[1] and (frame[1] or "").endswith(place[0]) for frame in frames)
        and "/" in place[0]
    ):
        frames.insert(0, ("<unknown>", place[0], place[1], None, False))
    return [Part(error_type, message, frames[::-1])]


# Each pattern reads every line that begins like one of its own; texts without what a whole one holds are told before.
_STACKS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_VALGRIND, lambda text: "== " in text and " 0x" in text),
    (GDB, lambda text: "#" in text and ("." in text or "0x" in text or " from " in text)),
    (CRASH, lambda text: "0x" in text),
)


def _first_stack(text: str, pattern: re.Pattern[str]) -> list[Raw]:
    """Frames up to the next stack: that of the thread that freed or allocated what failed, or of another thread."""
    frames: list[Raw] = []
    end = 0
    for match in pattern.finditer(text):
        number = int(match.groupdict().get("number") or -1)
        if frames and (number == 0 or (pattern is _VALGRIND and text[end : match.start()].strip())):
            break
        frames.append(_frame(match))
        end = match.end()
    return frames


def _frame(match: re.Match[str]) -> Raw:
    groups = match.groupdict()
    # lldb puts the image before the name; an address stands where symbols are missing.
    name = groups["name"].strip().rpartition("`")[2]
    module, function = trace_names.native(name) if not name.startswith("0x") else (None, "??")
    file = groups["file"] or groups.get("short")
    line = groups["line"] or groups.get("short_line")
    held = groups.get("object") or groups.get("module") or groups.get("image")
    return function, file or (held.strip() if held else None), int(line) if line else None, module, False


_Head = tuple[str | None, str | None, tuple[str, int] | None]
"""Type, message, and the place where the text names one outside its frames."""


def _head(text: str) -> _Head:
    for reader in (_sanitized, _terminated, _stopped_by_swift, _signalled):
        if (told := reader(text)) is not None:
            return told
    error_type, message = next((found for line in text.split("\n")[:40] if (found := head_in(line))), (None, None))
    return error_type, message, None


def _sanitized(text: str) -> _Head | None:
    if match := _SANITIZER.search(text):
        kind = match["kind"].strip()
        return kind, f"{match['tool']}: {kind}{match['rest'].rstrip()}"[:MAX_MESSAGE], None
    if match := _UNDEFINED.search(text):
        return "undefined behaviour", match["message"], (match["file"], int(match["line"]))
    return None


def _terminated(text: str) -> _Head | None:
    if match := _THROWN.search(text):
        what = _WHAT.search(text)
        return (match["type"] or match["bare"]).strip(), (what["message"] if what else match["same"] or "").strip() or None, None
    match = _OBJECTIVE.search(text)
    return (match["type"], match["message"], None) if match else None


def _stopped_by_swift(text: str) -> _Head | None:
    match = _SWIFT.search(text)
    if match is None:
        return None
    file, line = match["place"] or match["file"], match["line"] or match["at"]
    return match["kind"], (match["message"] or "").strip() or None, (file, int(line)) if file else None


def _signalled(text: str) -> _Head | None:
    if match := _SIGNAL.search(text):
        return match["type"], match["message"], None
    match = _VALGRIND_HEAD.search(text)
    return (match["message"].partition(" of size")[0], match["message"], None) if match else None


def _without_stack(text: str) -> list[Part]:
    """Swift and UBSan may print nothing but the place."""
    error_type, message, place = _head(text) if "runtime error: " in text or ".swift" in text or "terminat" in text else (None, None, None)
    if place is None:
        return [Part(error_type, message)] if error_type and "terminat" in text else []
    return [Part(error_type, message, [("<unknown>", place[0], place[1], None, False)])]
