"""A version of a file as the lines that run, each by its tokens: layout, comments and line ends make no difference."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.core.code.active_code import active_lines
from bot.core.code.alignment import aligned
from bot.core.code.tokens import Tokens, tells, tokens
from bot.regex import regex

_SEPARATOR, _STATEMENT = "\x1f", "\x1e"
_OPEN_END = regex(r"(?:[(\[{,=+\-*/%&|<>?:.!~^\\]|\b(?:and|or|not|in|is|return|await|new))\Z")
_OPEN_START = regex(r"[.)\]}?:&|+*/%=<>^]|-(?![\w(])|(?:and|or|in|is|if|else)\b(?!.*[:{]\Z)")
_KEYWORD = regex(
    r"(?:\b(?:def|func|fn|fun|function|sub|method|proc)\s+(?:\([^)]{0,120}\)\s*)?"
    r"|\A\s*+(?:\w{1,40}\s+){0,4}(?:class|struct|interface|module|trait|impl|object|enum)\s+)(?P<name>[\w$.:]{1,80})"
)
_ARROW = regex(r"(?P<name>[\w$]{1,80})\s*[=:]\s*(?:async\s*)?(?:function\b|\([^;=]{0,200}=>)")
_CALLED = regex(r"\s*+(?P<before>[^=;(]{0,200}?)(?P<name>[\w$~]{1,80})\s*(?:<[^>]{0,80}>)?\((?P<rest>[^;]{0,300})\Z")
_CONTROL = (
    "if for foreach while switch catch else try with elif elsif except return match do synchronized using when unless until case await "
    "throw raise new yield go defer assert print"
)
_NO_HEADER = frozenset(_CONTROL.split())
_LOOKED_UP = 600
_TINY = 4


class Line(NamedTuple):
    """A line that runs: `text` without its comments, `number` counted from 1 in the file; `goes_on` with the statement of the line before."""

    tokens: Tokens
    text: str
    number: int
    goes_on: bool = False

    @property
    def indent(self) -> int:
        """Width of the white space in front."""
        plain = self.text.expandtabs(4)
        return len(plain) - len(plain.lstrip())


@dataclass(frozen=True, eq=False)
class CodeText:
    """The lines of one file at one commit that hold tokens; positions are indices into `lines`, not line numbers."""

    raw: str
    path: str
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, raw: str, path: str) -> "CodeText":
        """From the content of a file."""
        lines: list[Line] = []
        before = ""
        for number, text in enumerate(active_lines(raw, path), start=1):
            plain = text.strip()
            words = tokens(plain)
            if words:
                lines.append(Line(words, text, number, _goes_on(before, plain)))
            before = plain or before
        return cls(raw, path, tuple(lines))

    @cached_property
    def keys(self) -> tuple[Tokens, ...]:
        """What lines are compared by."""
        return tuple(line.tokens for line in self.lines)

    @cached_property
    def vocabulary(self) -> Counter[str]:
        """How often each token stands there."""
        return Counter(token for line in self.lines for token in line.tokens)

    @cached_property
    def whole(self) -> "Stretch":
        """All of it."""
        return Stretch(self, 0, len(self.lines))

    @cached_property
    def remarks(self) -> str:
        """What stands in comments, without white space."""
        active = active_lines(self.raw, self.path)
        lines = zip(self.raw.replace("\r\n", "\n").split("\n"), active, strict=True)
        return squeezed("\n".join(raw for raw, kept in lines if raw.strip() != kept.strip()))

    def scope(self, at: int) -> tuple[str, int]:
        """Name and position of the header of the function (or class) around a line; `("", -1)` outside of any."""
        if not 0 <= at < len(self.lines):
            return "", -1
        indent = self.lines[at].indent
        for number in range(at - 1, max(-1, at - _LOOKED_UP), -1):
            line = self.lines[number]
            if line.indent >= indent or line.text.lstrip()[:1] in ")}]":
                continue
            name = header_of(line.text)
            if name:
                return name, number
            indent = line.indent
        return "", -1

    def around(self, at: int) -> Counter[str]:
        """How often each token stands in the function around a line; in the whole text outside of any."""
        header = self.scope(at)[1]
        if header < 0:
            return self.vocabulary
        if header not in self._functions:
            indent = self.lines[header].indent
            inside = Counter(self.lines[header].tokens)
            for line in self.lines[header + 1 :]:
                if line.indent <= indent and line.text.lstrip()[:1] not in ")}]":
                    break
                inside.update(line.tokens)
            self._functions[header] = inside
        return self._functions[header]

    @cached_property
    def _functions(self) -> dict[int, Counter[str]]:
        return {}

    def beside(self, first: int, last: int, without: Collection[Tokens]) -> tuple[Tokens, ...]:
        """The telling lines nearest to a stretch, above and below, those of `without` passed over."""
        found = []
        for numbers in (range(first - 1, -1, -1), range(last + 1, len(self.lines))):
            line = next((self.lines[at] for at in numbers if self.lines[at].tokens not in without), None)
            if line and tells(line.text):
                found.append(line.tokens)
        return tuple(found)

    @cached_property
    def headers(self) -> Counter[str]:
        """The names of its functions and classes."""
        return Counter(name for line in self.lines if (name := header_of(line.text)))


class Stretch:
    """Some lines of a text as one run of tokens, in which other runs can be counted and found: within a statement, not from one into the next."""

    def __init__(self, text: CodeText, first: int, last: int) -> None:
        """Lines `first` up to, not including, `last`."""
        self.first = first
        self._ends: list[int] = []
        parts: list[str] = []
        length = 0
        for line in text.lines[first:last]:
            if not line.goes_on:
                parts.append(_STATEMENT)
                length += len(_STATEMENT) + 1
            parts += line.tokens
            length += sum(len(token) + 1 for token in line.tokens)
            self._ends.append(length)
        self._words = _run(parts)

    def count(self, wanted: Tokens) -> int:
        """How often the tokens stand there in a row."""
        return len(self.find(wanted))

    def find(self, wanted: Tokens) -> list[tuple[int, int]]:
        """First and last line of each place where the tokens stand in a row."""
        pattern, found, at = _run(wanted), list[tuple[int, int]](), 0
        while wanted and (at := self._words.find(pattern, at)) >= 0:
            found.append((self._line(at), self._line(at + len(pattern) - 2)))
            at += len(pattern) - 1
        return found

    def _line(self, offset: int) -> int:
        return self.first + bisect_right(self._ends, offset)


@dataclass(frozen=True, eq=False)
class Passage:
    """From one version of a file to the next: what stayed, and where."""

    old: CodeText
    new: CodeText

    @cached_property
    def places(self) -> list[int]:
        """Where each old line is now; -1 for a line that went."""
        found = [-1] * len(self.old.lines)
        for block in aligned(self.old.keys, self.new.keys):
            found[block.old : block.old + block.size] = range(block.new, block.new + block.size)
        return found

    @cached_property
    def inserted(self) -> frozenset[int]:
        """The new lines that the old version did not have."""
        return frozenset(range(len(self.new.lines))) - frozenset(self.places)

    def kept(self, first: int, last: int) -> int | None:
        """Where the old lines `first` to `last` (both included) begin now, when all of them stayed together."""
        start = self.places[first]
        return start if start >= 0 and self.places[first : last + 1] == list(range(start, start + last + 1 - first)) else None

    def around(self, first: int, last: int, margin: int) -> tuple[Stretch, Stretch, list[int]]:
        """The changed region of the old lines `first` up to `last` with `margin` kept lines on either side, as it was and as it is;
        and the new lines of it that are inserted."""
        places, a, b = self.places, first, last
        kept = 0
        while a > 0 and (kept < margin or places[a - 1] < 0):
            a -= 1
            kept += places[a] >= 0
        kept = 0
        while b < len(places) and (kept < margin or places[b] < 0):
            kept += places[b] >= 0
            b += 1
        c = places[a - 1] + 1 if a else 0
        d = places[b] if b < len(places) else len(self.new.lines)
        return Stretch(self.old, a, b), Stretch(self.new, c, d), [at for at in range(c, d) if at in self.inserted]

    def kept_around(self, at: int) -> float:
        """The part of the function around an old line that is still there, that line left out; 1 outside of functions and in tiny ones."""
        header = self.old.scope(at)[1]
        if header < 0:
            return 1
        last = next((n for n in range(at + 1, len(self.old.lines)) if self.old.lines[n].indent <= self.old.lines[header].indent), len(self.old.lines))
        others = [place >= 0 for number, place in enumerate(self.places[header + 1 : last], start=header + 1) if number != at]
        return sum(others) / len(others) if len(others) >= _TINY else 1

    def shifted(self, at: int) -> int:
        """Where the gap in front of an old line is now."""
        before = next((self.places[n] for n in range(min(at, len(self.places)) - 1, -1, -1) if self.places[n] >= 0), -1)
        return before + 1


def header_of(text: str) -> str:
    """The name that a line begins the definition of; empty for any other line."""
    plain = text[:600].rstrip()
    match = _KEYWORD.search(plain) or _ARROW.search(plain)
    if match is None:
        match = _CALLED.match(plain)
        if match is None or not (plain.endswith("{") or (match["before"].strip() and plain.endswith((")", "(", ",")) and "." not in match["before"])):
            return ""
        if _NO_HEADER.intersection(match["before"].split()):
            return ""
    return "" if match["name"] in _NO_HEADER else str(match["name"]).rpartition(".")[2]


def _goes_on(before: str, line: str) -> bool:
    """Whether a line goes on with the statement of the one before: where a formatter may have broken it."""
    return bool(_OPEN_END.search(before[-20:]) or _OPEN_START.match(line[:400]))


def squeezed(text: str) -> str:
    """Text without white space."""
    return re.sub(r"\s+", "", text)


def _run(parts: Tokens | list[str]) -> str:
    return _SEPARATOR + "".join(part + _SEPARATOR for part in parts)
