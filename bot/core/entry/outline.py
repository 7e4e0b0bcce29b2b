"""Where the headings of a Markdown page are, as GitHub sees them: not inside code, comments, raw HTML or list items.

Every line is kept with its offsets, so that text can be put between lines without touching any of them.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.regex import regex

_LINE = regex(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_HEADING = regex(r" {0,3}(#{1,6})(?:[ \t](.*?))??(?:[ \t]#+)?[ \t]*\Z")
_FENCE = regex(r"(`{3,})[^`]*\Z|(~{3,})")
_ITEM = regex(r"([-+*]|\d{1,9}[.)])(?=[ \t]|\Z)")
_RULE = regex(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_UNDERLINE = regex(r"(?:=+|-+)[ \t]*\Z")
_MOST_ITEMS = 50  # one inside the other; each looks at the whole rest of its line
_BLANK = regex(r"[ \t]*\Z")
# CommonMark's HTML blocks: how each begins, and what its last line holds. The last kind ends before a blank line.
_HTML = (
    (regex(r"<!--"), regex(r"-->"), "-->"),
    (regex(r"<(?:script|pre|style|textarea)(?:[ \t>]|\Z)", re.IGNORECASE), regex(r"</(?:script|pre|style|textarea)>", re.IGNORECASE), "</pre>"),
    (regex(r"<\?"), regex(r"\?>"), "?>"),
    (
        regex(
            r"</?(?:address|article|aside|blockquote|body|center|dd|details|dialog|dir|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|html"
            r"|iframe|legend|li|link|main|menu|nav|ol|option|p|param|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)(?:[ \t>]|/>|\Z)",
            re.IGNORECASE,
        ),
        _BLANK,
        "",
    ),
)


Kind = Literal["prose", "code", "comment", "html"]


# A complete tag alone on its line opens such a block too, but not in the middle of a paragraph.
_TAG = regex(r"(?:<[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?)*\s*/?>|</[A-Za-z][A-Za-z0-9-]*\s*>)[ \t]*\Z")


class Line(NamedTuple):
    """One line: `text` without its line end, and what it stands in."""

    start: int
    end: int
    text: str
    kind: Kind

    @property
    def hidden(self) -> bool:
        """Whether Markdown in it means nothing."""
        return self.kind != "prose"


class Heading(NamedTuple):
    """A heading at the top level of the page; `end` is the offset after its line."""

    level: int
    title: str
    start: int
    end: int


class Outline(NamedTuple):
    """Lines and headings of a page; `open_end` is the line that would close what the page leaves open, or empty."""

    lines: tuple[Line, ...]
    headings: tuple[Heading, ...]
    open_end: str


class _Open(NamedTuple):
    """Something that hides lines until `closing` is found, or until its list item ends."""

    closing: re.Pattern[str]
    indent: int
    end: str

    @property
    def kind(self) -> Kind:
        return "code" if self.end[:1] in ("`", "~") else "comment" if self.end == "-->" else "html"


@lru_cache(maxsize=16)
def outline(text: str) -> Outline:
    """Read a page. Setext headings (underlined text) are not counted."""
    reader = _Reader()
    for start, end, words in _split(text):
        reader.read(start, end, words)
    return Outline(tuple(reader.lines), tuple(reader.headings), reader.block.end if reader.block else "")


class _Reader:
    """Goes through a page line by line; `items` holds the content columns of the list items that are open."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.headings: list[Heading] = []
        self.block: _Open | None = None
        self._items: list[int] = []
        self._paragraph = False
        self._bare_item = False

    def read(self, start: int, end: int, words: str) -> None:
        """Take the next line."""
        indent, blank = _indent(words), not words.strip(" \t")
        if self.block is not None and not blank and indent < self.block.indent:
            self.block = None
        if self.block is not None:
            self._go_on(start, end, words, blank)
        elif blank:
            self.lines.append(Line(start, end, words, "prose"))
            self._paragraph = False
            if self._bare_item:
                self._items, self._bare_item = self._items[:-1], False  # an item may begin with one blank line at most: its own
        else:
            self._begin(start, end, words, indent)

    def _go_on(self, start: int, end: int, words: str, blank: bool) -> None:
        block = self.block
        if block is None:
            return
        self.lines.append(Line(start, end, words, "prose" if blank and not block.end else block.kind))
        if _closes(block, words):
            self.block = None

    def _begin(self, start: int, end: int, words: str, indent: int) -> None:
        column, rest = self._enter_items(words, indent)
        self._bare_item = not rest
        deep = column - (self._items[-1] if self._items else 0) >= 4
        if not deep:
            self.block = self._opened(rest)
        indented = deep and not self._paragraph
        self.lines.append(Line(start, end, words, self.block.kind if self.block else "code" if indented else "prose"))
        heading = None if deep else _HEADING.match(rest)
        if heading and not self._items:
            self.headings.append(Heading(len(heading.group(1)), (heading.group(2) or "").strip(), start, end))
        if not deep:
            underlines = self._paragraph and _UNDERLINE.match(rest)
            inner = rest.lstrip("> \t") if rest.startswith(">") else "" if underlines else rest
            self._paragraph = bool(inner) and not (self.block or _HEADING.match(inner) or _FENCE.match(inner) or _RULE.match(inner))
        if self.block is not None and self.block.kind != "code" and _closes(self.block, words):
            self.block = None

    def _enter_items(self, words: str, indent: int) -> tuple[int, str]:
        """The column at which the line's own content begins, and that content; list items are left and entered on the way."""
        rest = words.lstrip(" \t")
        kept = [column for column in self._items if indent >= column]
        if indent - (kept[-1] if kept else 0) >= 4 or (self._paragraph and len(kept) < len(self._items) and not _interrupts(rest)):
            if self._paragraph:
                return indent, rest  # goes on with the paragraph, wherever that stands
            self._items = kept
            return indent, rest
        column = indent
        self._items, before = kept, self._items
        while len(self._items) < _MOST_ITEMS and (marker := _ITEM.match(rest)) and not _RULE.match(rest):
            after = rest[marker.end() :]
            if self._paragraph and kept == before and not (after.strip() and marker.group()[:-1] in ("", "1")):
                break  # only a list that begins with 1 and with words interrupts a paragraph
            column, self._paragraph = column + len(marker.group()), False
            gap = _indent(" " * column + after) - column
            column += gap if gap <= 4 and after.strip() else 1
            self._items.append(column)
            rest = after.lstrip(" \t")
            if gap > 4:
                column += gap - 1
                break
        return column, rest

    def _opened(self, rest: str) -> _Open | None:
        inside = self._items[-1] if self._items else 0
        fence = _FENCE.match(rest)
        if fence:
            mark = fence.group(1) or fence.group(2)
            return _Open(re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\Z"), inside, mark)
        for begins, closing, end in _HTML:
            if begins.match(rest):
                return _Open(closing, inside, end)
        return None if self._paragraph or not _TAG.match(rest) else _Open(_BLANK, inside, "")


def _split(text: str) -> list[tuple[int, int, str]]:
    return [(match.start(), match.end(), match.group().rstrip("\r\n")) for match in _LINE.finditer(text) if match.group()]


def _indent(words: str) -> int:
    expanded = words.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def _interrupts(rest: str) -> bool:
    """Whether a line begins something of its own even right after a paragraph."""
    html = any(begins.match(rest) for begins, _, _ in _HTML)
    return bool(html or _HEADING.match(rest) or _FENCE.match(rest) or _ITEM.match(rest) or rest.startswith(">") or _RULE.match(rest))


def _closes(block: _Open, words: str) -> bool:
    if block.kind == "code":
        return _indent(words) - block.indent < 4 and block.closing.match(words) is not None
    return block.closing.search(words) is not None if block.end else block.closing.match(words) is not None
