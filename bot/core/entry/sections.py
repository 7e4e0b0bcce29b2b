"""The sections of an entry's body: found, added and filled by inserting lines, so that nobody's words move."""

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

from bot.core.entry.outline import Heading, Outline, outline
from bot.regex import regex

IN_SHORT, SIGNATURE, HISTORY, CAUSES, RESOLUTIONS, RELATED = SECTIONS = (
    "In short",
    "Error Signature",
    "Diagnosis History",
    "Common Causes",
    "Resolution Patterns",
    "Related Errors",
)
PLACEHOLDER = "_None recorded yet._"
_BLANK_LINE_LAST = regex(r"(?:\r(?!\n)|\n)[ \t]*(?:\r\n|\r|\n)\Z")
_BULLET = regex(r"[-*+] +")


class Span(NamedTuple):
    """A stretch of the body: its heading line starts at `start`, its content at `content`, both end at `end`."""

    title: str
    start: int
    content: int
    end: int


def sections(page: Outline, length: int) -> list[Span]:
    """The `##` sections in the order of the page; a `#` heading ends one too."""
    return _spans([heading for heading in page.headings if heading.level <= 2], 2, length)


def find(body: str, title: str) -> Span | None:
    """The first section of that name, whatever its case."""
    return next((span for span in sections(outline(body), len(body)) if span.title.casefold() == title.casefold()), None)


def blocks(body: str, section: Span) -> list[Span]:
    """The `###` blocks of a section."""
    inside = [heading for heading in outline(body).headings if section.content <= heading.start < section.end and heading.level <= 3]
    return _spans(inside, 3, section.end)


def history_block(body: str, title: str) -> Span | None:
    """The block of that name in the diagnosis history."""
    section = find(body, HISTORY)
    return next((span for span in blocks(body, section) if span.title == title), None) if section else None


def insert(body: str, at: int, words: str, newline: str) -> str:
    """Put whole lines at the start of a line, or at the end, with a blank line on either side."""
    before, after = body[:at], body[at:]
    tail = ""
    if not after:
        tail = outline(before).open_end
    lead = "" if not before or before.endswith(("\n", "\r")) else newline
    if tail:
        lead += tail + newline
    if before and not (lead == "" and _BLANK_LINE_LAST.search(before)):
        lead += newline
    trail = newline if not after or after[0] in "\r\n" else newline * 2
    return before + lead + words.strip("\n").replace("\n", newline) + trail + after


def ensured(body: str, texts: Mapping[str, str], newline: str) -> str:
    """The body with every section that was missing, each before the next one in order that is there, else at the end."""
    for number, title in reversed(list(enumerate(SECTIONS))):
        if find(body, title) is not None:
            continue
        later = [span.start for name in SECTIONS[number + 1 :] if (span := find(body, name))]
        body = insert(body, min(later, default=len(body)), f"## {title}\n\n{texts.get(title) or PLACEHOLDER}", newline)
    return body


def with_bullets(body: str, title: str, bullets: tuple[str, ...], newline: str) -> str:
    """The body with those one-line bullets that the section does not hold yet, at its end; the placeholder gives way."""
    for bullet in bullets:
        section = find(body, title)
        if section is None or _plain(bullet) in {_plain(line) for line in body[section.content : section.end].splitlines()}:
            continue
        body = with_line(body, section, f"- {bullet}", newline)
    return body


def with_line(body: str, section: Span, line: str, newline: str) -> str:
    """The body with one more line at the end of a section's list; the placeholder gives way."""
    shown = [one for one in outline(body).lines if section.content <= one.start < section.end]
    for one, following in zip(shown, [*shown[1:], None], strict=False):
        if one.text == PLACEHOLDER and not one.hidden and (following is None or not following.text.strip()):
            return body[: one.start] + line + body[one.start + len(PLACEHOLDER) :]
    last = next((one for one in reversed(shown) if one.text.strip()), None)
    if last is None or last.hidden or not _BULLET.match(last.text):
        return insert(body, section.end, line, newline)
    lead = "" if body[: last.end].endswith(("\n", "\r")) else newline
    return body[: last.end] + lead + line + newline + body[last.end :]


def without_lines(body: str, title: str, lines: frozenset[str]) -> str:
    """The body without these lines of a section; where they were all of it, the placeholder stands there again."""
    section = find(body, title)
    gone = [one for one in outline(body).lines if section and section.content <= one.start < section.end and not one.hidden and one.text in lines]
    for one in reversed(gone):
        body = body[: one.start] + body[one.end :]
    left = find(body, title)
    if gone and left is not None and not body[left.content : left.end].strip():
        newline = "\r\n" if "\r\n" in body else "\n"
        return body[: left.content] + f"{newline}{PLACEHOLDER}{newline}" + (newline if left.end < len(body) else "") + body[left.end :]
    return body


def digest(words: str) -> str:
    """By which the bot knows its own text again; line ends and outer blank lines do not count."""
    return hashlib.sha256("\n".join(re.split(r"\r\n|\r|\n", words)).strip("\n \t").encode("utf-8", "replace")).hexdigest()[:16]


def filled_end(body: str, span: Span) -> int:
    """Where the last line of the span that is not blank ends."""
    stretch = body[span.content : span.end]
    return span.content + len(stretch.rstrip(" \t\r\n")) if stretch.strip(" \t\r\n") else span.content


def titled(words: str, level: int) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first heading of a level, which people may have taken out, and each title with the words below it."""
    headings = [heading for heading in outline(words).headings if heading.level == level]
    ends = [*(heading.start for heading in headings), len(words)]
    return words[: ends[0]], [(heading.title, words[heading.end : end]) for heading, end in zip(headings, ends[1:], strict=True)]


def _spans(headings: list[Heading], level: int, length: int) -> list[Span]:
    ends = [heading.start for heading in headings[1:]] + [length]
    return [Span(heading.title, heading.start, heading.end, end) for heading, end in zip(headings, ends, strict=False) if heading.level == level]


def _plain(line: str) -> str:
    return " ".join(re.sub(r"\A\s*[-*+] +", "", line).casefold().split())
