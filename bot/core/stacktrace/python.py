"""Python's tracebacks: the failing frame last, the cause above what was raised while it was handled; exception groups as well."""

import re

from bot.core.stacktrace.parts import Part, Raw, completed, head_in, joined

FRAME = re.compile(r'^\s{0,80}File "(?P<file>[^"\n]{1,400})", line (?P<line>\d{1,7})(?:, in (?P<function>[^\n]{1,200}))?', re.MULTILINE)
TRACEBACK = "Traceback (most recent call last)"
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
_GROUP = re.compile(r"^ {0,40}(?:\| |\+ (?=Exception Group)|\+-\+?-{4,}[ \d.]{0,12}-{0,40})", re.MULTILINE)
_RAISED = re.compile(r"(?P<type>[A-Za-z_][\w.]{0,200})(?::(?:\s{1,4}(?P<message>[^\n]{0,2000})|$)|\s{0,4}$)")
# Tools put a mark before each line of pytest's short form.
_MARK = re.compile(r"E {3}")


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return '"' in text and 'File "' in text and ", line " in text


def read(text: str) -> list[Part]:
    """The errors of the first chain, wrapper first."""
    text = text.replace("Exception Group " + TRACEBACK, TRACEBACK)
    grouped = _GROUP.search(text) is not None and "-- 1 --" in text
    blocks = _blocks(_GROUP.sub("", text) if grouped else text)
    parts: list[Part] = []
    for number, block in enumerate(blocks):
        part, rest = _part(block)
        if part is not None:
            parts.append(part)
        if number + 1 < len(blocks) and not grouped and not any(mark in rest for mark in _CHAINED):
            break
    # Python prints the cause first; of a group, the whole before its members, of which the first is followed.
    members = next((n for n, part in enumerate(parts, 1) if not (part.error_type or "").endswith("Group")), len(parts))
    return parts[:members] if grouped else completed(parts[::-1])


def _blocks(text: str) -> list[str]:
    first, *others = text.split(TRACEBACK)
    # A trace whose beginning was cut off has frames before the first line that announces one.
    return [*([first] if FRAME.search(first) else []), *others]


def _part(block: str) -> tuple[Part | None, str]:
    matches = list(FRAME.finditer(block))
    if not matches:
        lines = block.split("\n")
        head = next(((n, match) for n, line in enumerate(lines[1:6], 1) if (match := _RAISED.match(line[:4000]))), None)
        return (Part(head[1]["type"], joined([head[1]["message"] or ""])), block) if head else (None, block)
    if matches[-1]["function"] is None and not block[matches[-1].end() :].strip() and len(matches) > 1:
        matches.pop()  # cut in the middle of a frame
    end = block.find("\n", matches[-1].end())
    rest = block[end + 1 :] if end >= 0 else ""
    error_type, message = _raised(rest)
    return Part(error_type, message, [_frame(match) for match in matches]), rest


def _frame(match: re.Match[str]) -> Raw:
    return ((match["function"] or "<module>").strip(), match["file"], int(match["line"]), None, False)


def _raised(rest: str) -> tuple[str | None, str | None]:
    """Below the last frame: its source line (indented), marks, then type and message at the margin."""
    lines = rest.split("\n", 40)[:40]
    for number, line in enumerate(lines):
        if not line.strip() or line[0] in " \t" or line.startswith(("[Previous line", *_CHAINED)):
            continue
        raised = _MARK.sub("", line)
        if match := _RAISED.match(raised[:4000]):
            if not match["message"] and not head_in(raised) and "." not in match["type"] and not match["type"][0].isupper():
                continue
            return match["type"], joined([match["message"] or "", *_continued(lines[number + 1 :])])
    return None, None


def _continued(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if not line.strip() or line.startswith((*_CHAINED, "Traceback", "{", "\tat ")) or _STAMPED.match(line):
            break
        kept.append(line)
    return kept


_STAMPED = re.compile(r"\W{0,2}\d{4}-\d\d-\d\d[T ]|\[\w{3,8}\] |(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL)\b")
