"""Where the headings of a Markdown page are, as GitHub sees them: not inside code, comments, raw HTML or list items.

Every line is kept with its offsets, so that text can be put between lines without touching any of them.
"""

import re
from typing import NamedTuple

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*\Z")
_FENCE = re.compile(r"(`{3,})[^`]*\Z|(~{3,})")
_ITEM = re.compile(r"([-+*]|\d{1,9}[.)])(?=[ \t]|\Z)")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_BLANK = re.compile(r"[ \t]*\Z")
# CommonMark's HTML blocks: how each begins, and what its last line holds. The last kind ends before a blank line.
_HTML = (
    (re.compile(r"<!--"), re.compile(r"-->"), "-->"),
    (re.compile(r"<(?:script|pre|style|textarea)(?:[ \t>]|\Z)", re.IGNORECASE), re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE), "</pre>"),
    (re.compile(r"<\?"), re.compile(r"\?>"), "?>"),
    (
        re.compile(
            r"</?(?:address|article|aside|blockquote|body|center|dd|details|dialog|dir|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|html"
            r"|iframe|legend|li|link|main|menu|nav|ol|option|p|param|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)(?:[ \t>]|/>|\Z)",
            re.IGNORECASE,
        ),
        _BLANK,
        "",
    ),
)


class Line(NamedTuple):
    """One line: `text` without its line end, `hidden` when it stands in code, a comment or raw HTML."""

    start: int
    end: int
    text: str
    hidden: bool


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


def outline(text: str) -> Outline:
    """Read a page. Setext headings (underlined text) are not counted."""
    lines: list[Line] = []
    headings: list[Heading] = []
    items: list[int] = []
    block: _Open | None = None
    after_blank = True
    for start, end, words in _split(text):
        indent = _indent(words)
        blank = not words.strip(" \t")
        if block is not None and block.indent and not blank and indent < block.indent:
            block = None
        if block is not None:
            lines.append(Line(start, end, words, not (blank and not block.end)))
            if _closes(block, words, indent):
                block = None
            after_blank = blank
            continue
        content = indent
        if not blank:
            items, content, rest = _containers(words, indent, items, after_blank)
            block = _opened(rest, content, items)
        lines.append(Line(start, end, words, block is not None))
        heading = None if items or block or blank else _HEADING.match(words)
        if heading:
            headings.append(Heading(len(heading.group(1)), (heading.group(2) or "").strip(), start, end))
        if block is not None and block.end and block.end[0] not in "`~" and _closes(block, words, 0):
            block = None
        after_blank = blank
    return Outline(tuple(lines), tuple(headings), block.end if block else "")


def _split(text: str) -> list[tuple[int, int, str]]:
    return [(match.start(), match.end(), match.group().rstrip("\r\n")) for match in _LINE.finditer(text) if match.group()]


def _indent(words: str) -> int:
    expanded = words.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def _containers(words: str, indent: int, items: list[int], after_blank: bool) -> tuple[list[int], int, str]:
    """The list items this line stands in, the column its own content begins at, and that content."""
    rest = words.lstrip(" \t")
    starts_block = _HEADING.match(rest) or _FENCE.match(rest) or _ITEM.match(rest) or rest.startswith((">", "<")) or _RULE.match(rest)
    kept = [column for column in items if indent >= column] if after_blank or starts_block else list(items)
    column = indent
    while (marker := _ITEM.match(rest)) and not _RULE.match(rest) and column - (kept[-1] if kept else 0) < 4:
        after = rest[marker.end() :]
        gap = _indent(after)
        width = len(marker.group()) + (gap if 1 <= gap <= 4 and after.strip() else 1)
        column += width
        kept.append(column)
        rest = after.lstrip(" \t")
        if not rest or gap > 4:
            break
    return kept, column, rest


def _opened(rest: str, column: int, items: list[int]) -> _Open | None:
    inside = items[-1] if items else 0
    if column - inside >= 4:
        return None  # indented code, or a lazy line: neither opens anything
    fence = _FENCE.match(rest)
    if fence:
        mark = fence.group(1) or fence.group(2)
        return _Open(re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\Z"), inside, mark)
    for begins, closing, end in _HTML:
        if begins.match(rest):
            return _Open(closing, inside, end)
    return None


def _closes(block: _Open, words: str, indent: int) -> bool:
    if block.end[:1] in ("`", "~"):
        return indent - block.indent < 4 and block.closing.match(words) is not None
    return block.closing.search(words) is not None if block.end else block.closing.match(words) is not None
