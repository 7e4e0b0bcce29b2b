"""Traces of PHP: a numbered line names the function that was called and the place of the call, so that places move up by one."""

import re

from bot.core.stacktrace.parts import Part, Raw, joined

_PLACE = r"(?P<file>(?:[A-Za-z]:)?[^\s(:][^(\n]{0,400}?)\((?P<line>\d{1,7})\)"
FRAME = re.compile(rf"^\s{{0,80}}#(?P<number>\d{{1,5}}) (?:{_PLACE}|\[internal function\]): (?P<name>[^\n(]{{1,300}})", re.MULTILINE)
_MAIN = re.compile(r"^\s{0,80}#\d{1,5} \{main\}")
_HEAD = re.compile(
    r"(?:^|Uncaught |Next |\[object\] \(|\bPrevious: |\bERROR: |\bCRITICAL: )(?P<type>\\?[A-Z]\w{0,100}(?:\\{1,2}\w{1,100}){0,10})"
    r"(?:: (?P<message>[^\n]{0,2000}?)|\(code: \w{1,9}\): (?P<coded>[^\n]{0,2000}?))?"
    r" (?:in|at) (?P<file>(?:[A-Za-z]:)?[^\s:]{1,400}\.\w{1,10})(?::| on line )(?P<line>\d{1,7})",
    re.MULTILINE,
)
_LOOSE = re.compile(
    r"(?:^|Uncaught |Next |Previous: )(?:exception ')?(?P<type>\\?(?:[A-Z]\w{0,100}\\){0,10}\w{0,90}(?:Error|Exception|Throwable|Failure"
    r"|Timeout))(?:: | with message ')(?P<message>[^\n']{1,2000})",
    re.MULTILINE,
)
_PLAIN = re.compile(
    r"PHP (?P<type>Fatal error|Warning|Notice|Parse error|Deprecated|Recoverable fatal error): {1,3}(?P<message>[^\n]{1,2000}?) in "
    r"(?P<file>[^\s:]{1,400}) on line (?P<line>\d{1,7})"
)
_MOST_ERRORS = 100
_CALL = re.compile(r"->|::")


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return "#0 " in text and ("php" in text or "PHP" in text or "{main}" in text)


def read(text: str) -> list[Part]:
    """The errors of one chain, wrapper first. PHP itself prints the innermost first and then `Next`; Monolog's `previous` is the other way."""
    if not FRAME.search(text):
        return []
    parts: list[Part] = []
    above: list[str] = []
    called: list[tuple[str, str | None, int | None]] = []
    for line in text.split("\n"):
        if match := FRAME.match(line):
            if len(parts) > _MOST_ERRORS:
                break
            if match["number"] == "0" and called:
                parts.append(_part(above, called))
                above, called = [], []
            called.append((match["name"].strip(), match["file"], int(match["line"]) if match["line"] else None))
        elif _MAIN.match(line):
            called.append(("{main}", None, None))
        else:
            if called:
                parts.append(_part(above, called))
                above, called = [], []
            above.append(line)
    if called:
        parts.append(_part(above, called))
    parts = [part for number, part in enumerate(parts) if part.error_type or not number]
    return parts[::-1] if "\nNext " in text else parts


def _part(above: list[str], called: list[tuple[str, str | None, int | None]]) -> Part:
    said = "\n".join(above[-12:])[-8000:]
    head = _HEAD.search(said) or _PLAIN.search(said)
    loose = head or _LOOSE.search(said)
    place = (head["file"], int(head["line"])) if head else None
    frames = _shifted(called, place) if place else [_frame(name, file, line) for name, file, line in called if file]
    message = (head.groupdict().get("coded") or head["message"]) if head else loose["message"] if loose else None
    return Part(unescaped(loose["type"]).lstrip("\\") if loose else None, joined([message or ""]), frames[::-1])


def _shifted(called: list[tuple[str, str | None, int | None]], place: tuple[str, int]) -> list[Raw]:
    if place == called[0][1:]:
        # What threw is written in C: its place is that of its caller.
        return [_frame(called[0][0], None, None), *_shifted(called[1:], place)] if len(called) > 1 else [_frame(called[0][0], *place)]
    places: list[tuple[str | None, int | None]] = [place, *((file, line) for _, file, line in called)]
    frames = [_frame(name, file, line) for (name, _, _), (file, line) in zip(called, places, strict=False)]
    if called[-1][0] != "{main}" and called[-1][1]:
        frames.append(_frame("{main}", *places[len(called)]))
    return frames


def _frame(name: str, file: str | None, line: int | None) -> Raw:
    name = unescaped(name)
    owner, function = name, ""
    for mark in _CALL.finditer(name):
        owner, function = name[: mark.start()], name[mark.end() :]
    if not function:
        owner, _, function = name.rpartition("\\")
    if "{closure" in function:
        function = "{closure}"
    return function, file, line, owner.partition("@anonymous")[0] or None, file is None and function != "{main}"


def unescaped(name: str) -> str:
    """Monolog's line formatter, and so Laravel, writes the exception as JSON does: each backslash of a namespace twice."""
    return name.replace("\\\\", "\\")
