"""The runs of changed lines of a patch, each with the names of the functions, classes and keys that it stands in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.regex import regex

_HUNK = regex(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@ ?(.{0,300})")
_LONGEST_LINE = 400
_KEPT = 600
"""Lines of context and change kept of one hunk."""
_CONTROL = frozenset({"if", "for", "while", "switch", "catch", "else", "try", "with", "elif", "except", "return", "match", "do", "when", "unless", "foreach"})
_DEFINED = (
    regex(r"\b(?:def|func|fn|fun|function|sub|class|interface|struct|enum|trait|type|module|object)\s{1,4}(?:\([^)]{0,80}\)\s{0,4})?(?:self\.)?([\w$]{1,80})"),
    regex(
        r"^\s{0,200}(?:(?:export|public|private|protected|static|final|readonly|const|let|var|val|pub|local|my)\s{1,4}){0,5}(?:self\.|this\.|@)?"
        r"([A-Za-z_$][\w$]{0,80})(?:\s{0,8}:[^=]{0,80})?\s{0,8}:?=(?![=>])"
    ),
    regex(r"^\s{0,200}(?:- )?[\"']?([A-Za-z_$][\w.$-]{0,80})[\"']?\s{0,8}:(?![:=])"),
    regex(r"^\s{0,200}(?:[\w<>\[\].?,]{1,80}\s{1,4}){1,6}([\w$]{1,80})\s{0,4}(?:=(?![=>])|\([^;{}]{0,200}\)[^;{}]{0,80}\{\s{0,4}$|\(\s{0,4}$)"),
    regex(r"^\s{0,200}(?:async\s{1,4}|static\s{1,4}){0,2}([\w$]{1,80})\s{0,4}\([^;{}]{0,200}\)\s{0,4}\{\s{0,4}$"),
)
_LOCAL = regex(
    r"\s{1,200}(?:(?:final|const|let|var|val|my|local|auto)\s{1,4}|[\w<>\[\].?]{1,80}\s{1,4})?[A-Za-z_$][\w$]{0,80}(?:\s{0,8}:[^=]{0,80})?\s{0,8}:?=(?![=>])"
)


@dataclass(frozen=True)
class Hunk:
    """One run of changed lines of a file. `within` are the names around it, the innermost first; `old_path` differs after a rename."""

    path: str
    old_path: str
    within: tuple[str, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    around: tuple[str, str] = ("", "")
    """The lines just before and after, where the patch shows them."""


@dataclass
class _File:
    old: str = ""
    new: str = ""
    hunks: list[Hunk] = field(default_factory=list)


def hunks(patch: str) -> tuple[Hunk, ...]:
    """The runs of changed lines of a unified diff made with some lines of context; the counts of a hunk decide what is a line of it."""
    file = _File()
    found: list[Hunk] = []
    lines = iter(patch.split("\n"))
    for line in lines:
        if line.startswith("diff --git "):
            file = _File()
        elif line.startswith("--- a/") or line == "--- /dev/null":
            file.old = line[6:].split("\t")[0] if line.startswith("--- a/") else ""
        elif line.startswith("+++ b/") or line == "+++ /dev/null":
            file.new = line[6:].split("\t")[0] if line.startswith("+++ b/") else ""
        elif match := _HUNK.match(line):
            body = _body(lines, int(match[1] or 1), int(match[2] or 1))
            found += _runs(body, match[3], file.new or file.old, file.old or file.new)
    return tuple(found)


def defined_names(line: str) -> tuple[str, ...]:
    """What a line of code or configuration defines: a function, a class, a variable, a key."""
    names = (match[1] for pattern in _DEFINED if (match := pattern.search(line[:_LONGEST_LINE])))
    return tuple(dict.fromkeys(name for name in names if name not in _CONTROL))


def assigns_local(line: str) -> bool:
    """Whether a line only gives a value to a variable of the function it stands in."""
    return indent(line) > 0 and _LOCAL.match(line[:_LONGEST_LINE]) is not None


def indent(line: str) -> int:
    """How far a line is indented, in columns."""
    text = line.expandtabs(4)
    return len(text) - len(text.lstrip())


def _body(lines: Iterator[str], old: int, new: int) -> list[tuple[str, str]]:
    body: list[tuple[str, str]] = []
    while old > 0 or new > 0:
        line = next(lines, None)
        if line is None:
            break
        sign = line[:1] or " "
        if sign == "\\":
            continue
        old -= sign in {"-", " "}
        new -= sign in {"+", " "}
        if len(body) < _KEPT:
            body.append((sign, line[1:].rstrip("\r")[:_LONGEST_LINE]))
    return body


def _runs(body: Sequence[tuple[str, str]], heading: str, path: str, old_path: str) -> Iterator[Hunk]:
    start = 0
    while start < len(body):
        if body[start][0] == " ":
            start += 1
            continue
        end = start
        while end < len(body) and body[end][0] != " ":
            end += 1
        changed = body[start:end]
        removed = tuple(text for sign, text in changed if sign == "-")
        added = tuple(text for sign, text in changed if sign == "+")
        around = (body[start - 1][1].strip() if start else "", body[end][1].strip() if end < len(body) else "")
        yield Hunk(path, old_path, _within(body, start, end, heading), removed, added, around)
        start = end


def _depth(body: Sequence[tuple[str, str]], start: int, end: int) -> int:
    """How far in the run stands in the new version; what was only removed may have been indented in another way, so the line before it tells."""
    added = [indent(text) for sign, text in body[start:end] if sign == "+" and text.strip()]
    before = next((text for sign, text in reversed(body[:start]) if sign != "-" and text.strip()), None)
    if added or before is None:
        return min(added or [indent(text) for _, text in body[start:end] if text.strip()], default=0)
    own = min((indent(text) for _, text in body[start:end] if text.strip()), default=0)
    return max(own, indent(before) + before.rstrip().endswith((":", "{", "(", " do", "then"))) if own else 0


def _within(body: Sequence[tuple[str, str]], start: int, end: int, heading: str) -> tuple[str, ...]:
    depth = _depth(body, start, end)
    names: list[str] = []
    for sign, text in reversed(body[:start]):
        if depth == 0:
            break
        if sign != "-" and text.strip() and indent(text) < depth:
            closes = text.lstrip()[0] in ")]}"  # the head of what it closes stands above, as far in as this
            depth = indent(text) + closes
            names += () if closes else defined_names(text)
    if depth > 0 and heading:
        names += defined_names(heading)
    return tuple(dict.fromkeys(names))
