"""Who owns a path, by a CODEOWNERS file: the last pattern that matches wins, as GitHub documents it.

docs.github.com, "About code owners": patterns are those of gitignore, without `!`, `[…]` and an escaped `#`; a line that is not valid
is passed over; a file of 3 MB or more is not read at all. GitLab's sections (`[Database]`) are such lines.
"""

import re

from bot.core.code.handles import handles
from bot.regex import regex

LARGEST = 3_000_000
"""Bytes from which on a file is not read."""
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file is looked for; the first that is there counts."""
_WORD = regex(r"(?:\\.|[^\s\\])+")
_OWNER = regex(r"@\S{1,200}|\S{1,200}@\S{1,200}")
_LONGEST_PATTERN = 400
_MOST_WORDS = 60


def owners(codeowners: str, path: str) -> tuple[str, ...]:
    """The owners of a path, without their `@`: users and `org/team`; e-mail owners are left out, GitHub takes none as reviewer."""
    if len(codeowners) >= LARGEST or len(codeowners.encode("utf-8", "replace")) >= LARGEST:
        return ()
    parts = tuple(path.split("/"))
    for line in reversed(codeowners.splitlines()):
        pattern, names = _read(line)
        if pattern and _matches(pattern, parts):
            return handles(tuple(name for name in names if name.startswith("@")))
    return ()


def _read(line: str) -> tuple[str, list[str]]:
    """Pattern and owners of a line; an empty pattern for one that says nothing, or is not valid."""
    words: list[str] = []
    for match in _WORD.finditer(line[:20_000]):
        if match.group().startswith("#") or len(words) > _MOST_WORDS:
            break
        words.append(match.group())
    if not words or words[0][0] in "!^" or "[" in words[0]:
        return "", []
    names = [word for word in words[1:] if _OWNER.fullmatch(word)]
    if len(words) > 1 and not names:
        return "", []
    return re.sub(r"\\(.)", r"\1", words[0])[:_LONGEST_PATTERN], names


def _matches(pattern: str, path: tuple[str, ...]) -> bool:
    segments = pattern.removeprefix("/").split("/")
    folder = len(segments) > 1 and segments[-1] == ""
    if folder:
        segments[-1] = "**"
    if not pattern.startswith("/") and len(segments) - folder == 1:
        segments = ["**", *segments]
    return segments != [""] and _from(tuple(segments), path)


def _from(segments: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether the segments match the path: states are how far the pattern has come, walked once over the path."""
    states = _opened({0}, segments)
    last = len(segments)
    for number, part in enumerate(path):
        at_end = number == len(path) - 1
        following: set[int] = set()
        for state in states:
            if state == last:
                following.add(last)  # below a folder that matched
            elif _wild(segments[state]):
                following |= {state, last} if state == last - 1 else {state}
            elif _glob(segments[state], part) and (segments[state] != "*" or state < last - 1 or at_end):
                following.add(state + 1)
        states = _opened(following, segments)
        if not states:
            return False
    return last in states


def _opened(states: set[int], segments: tuple[str, ...]) -> set[int]:
    """With what may be skipped: `**` stands for no folder too, except at the end."""
    found, waiting = set(states), list(states)
    while waiting:
        state = waiting.pop()
        if state < len(segments) - 1 and _wild(segments[state]) and state + 1 not in found:
            found.add(state + 1)
            waiting.append(state + 1)
    return found


def _wild(segment: str) -> bool:
    return len(segment) > 1 and not segment.strip("*")


def _glob(pattern: str, text: str) -> bool:
    """`*` and `?` within one segment, in time linear in practice: only the last star is ever tried again."""
    at = here = 0
    star, mark = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] != "*" and pattern[at] in ("?", text[here]):
            at, here = at + 1, here + 1
        elif at < len(pattern) and pattern[at] == "*":
            star, mark, at = at, here, at + 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("*")
