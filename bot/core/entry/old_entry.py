"""The older format of a known error (`debug/errors/<name>.md`), taken apart so that every line of it has a place."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bot.core.entry.meta import SEVERITIES
from bot.core.entry.outline import Heading, outline
from bot.core.entry.sections import CAUSES, HISTORY, RELATED, RESOLUTIONS, SIGNATURE
from bot.core.entry.times import iso
from bot.core.plain_text.plain_text import one_line
from bot.model import Severity
from bot.regex import regex

KEPT = (SIGNATURE, HISTORY, CAUSES, RESOLUTIONS, RELATED)
_TITLE = regex(r"Error: (.{1,300}?) in (.{1,300})\Z")
_OCCURRENCE = regex(r"Occurrence (\d{1,9})\b(.{0,200})")
_FACT = regex(r"^[ \t]{0,3}(?:[-*+][ \t]{1,4})?(?:\*\*)?([A-Za-z][A-Za-z ]{1,30}?):(?:\*\*)?[ \t]*(.{0,2000}?)[ \t]*\r?$", re.MULTILINE)
_TIME = regex(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?")
_SEVERITY = regex(r"\b(critical|high|medium|low)\b", re.IGNORECASE)
_LINK = regex(r"https://[A-Za-z0-9.-]{1,200}/archives/[A-Z0-9]{1,30}/p\d{16}")
_UNFILLED = regex(r"\[(?:To be|Links? to)[^\]\n]{0,200}\]")


class Old(NamedTuple):
    """What a file says. Times are ISO in UTC.

    `heading` is the line of the title, `title` what it says; `sections` are the lines below each heading that entries still have, `history`
    those of the occurrences as they stood; `notes` is everything else, with headings that no longer open a section.
    """

    heading: str
    title: str
    facts: dict[str, str]
    sections: dict[str, str]
    history: str
    notes: str
    occurrences: int
    times: tuple[str, ...]
    severity: Severity | None
    threads: tuple[str, ...]


def is_old(text: str) -> bool:
    """Whether a page has this format: its title, or the section that names the error."""
    return any((one.level == 1 and _TITLE.match(one.title)) or (one.level == 2 and one.title == SIGNATURE) for one in outline(text).headings[:40])


def read(text: str) -> Old:
    """Every page can be read so; one that has nothing of the format is all notes."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    top, sections, history, notes = ("", ""), dict[str, str](), list[str](), list[str]()
    occurrences = list[str]()
    for heading, words in _pieces(text):
        first, _, below = words.partition("\n")
        if heading is None:
            notes.append(words)
        elif heading.level == 1 and not top[0]:
            top = (first, one_line(heading.title))
            notes.append(below)
        elif _OCCURRENCE.match(heading.title):
            occurrences.append(heading.title)
            history.append(f"{first}\n{_deeper(below, 4)}" if heading.level == 3 else _deeper(words, 3))
        elif heading.title in KEPT and heading.level == 2:
            odd = "" if first.strip() == f"## {heading.title}" else f"#{first.lstrip()}"
            sections[heading.title] = "\n\n".join(part for part in (sections.get(heading.title, ""), odd, below.strip("\n")) if part.strip())
        else:
            notes.append(_deeper(words, 3))
    return Old(
        heading=top[0],
        title=top[1],
        facts=_facts("\n".join((*notes[:2], sections.get(SIGNATURE, "")))),
        sections=sections,
        history="\n\n".join(part.strip("\n") for part in history),
        notes="\n\n".join(part.strip("\n") for part in notes if part.strip()),
        occurrences=len(occurrences),
        times=tuple(filter(None, (time_of(one) for one in occurrences))),
        severity=_severity(text),
        threads=tuple(dict.fromkeys(_LINK.findall(text))),
    )


def named(old: Old, stem: str) -> tuple[str, str, str]:
    """Culprit, type and message, as the old file tells them; what it does not tell is `unknown`, and the message empty."""
    title = _TITLE.match(old.title)
    culprit = old.facts.get("handler") or (title.group(2) if title else "") or stem
    return (
        one_line(culprit),
        one_line(old.facts.get("error type") or (title.group(1) if title else "")) or "unknown",
        one_line(old.facts.get("key message", "")),
    )


def time_of(words: str) -> str:
    """The first time in a text as ISO in UTC; empty where there is none. A time without a zone was in UTC."""
    match = _TIME.search(words)
    if match is None:
        return ""
    try:
        found = datetime.fromisoformat(f"{match.group(1)}T{match.group(2) or '00:00'}+00:00")
    except ValueError:
        return ""
    return iso(found)


def _pieces(text: str) -> Iterator[tuple[Heading | None, str]]:
    """The stretches of a page: what stands before the first heading, then each heading that opens one, with its lines.

    Inside an occurrence, the report's own headings are part of it, until a heading of the file itself comes.
    """
    opening = [one for one in outline(text).headings if one.level <= 3]
    starts, inside = list[tuple[int, Heading | None]](), False
    for one in opening:
        occurrence = one.level >= 2 and bool(_OCCURRENCE.match(one.title))
        own = one.level == 1 or (one.level == 2 and one.title in KEPT)
        if occurrence or own or (not inside and one.level <= 2):
            starts.append((one.start, one))
            inside = occurrence or (inside and not own)
    ends = [*(start for start, _ in starts), len(text)]
    yield None, text[: ends[0]]
    for (start, heading), end in zip(starts, ends[1:], strict=True):
        yield heading, text[start:end]


def _deeper(words: str, level: int) -> str:
    """The same lines with their headings pushed down, so that the highest is of this level: a longer row of `#` before the same words."""
    page = outline(words)
    highest = min((one.level for one in page.headings), default=level)
    push = max(0, level - highest)
    for one in reversed(page.headings):
        more = min(push, 6 - one.level)
        words = words[: one.start] + "#" * more + words[one.start :].lstrip(" ")
    return words


def _facts(words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _FACT.findall(words):
        plain = value.strip("`* ")
        if plain and not _UNFILLED.search(plain):
            found.setdefault(name.casefold(), plain)
    return found


def _severity(text: str) -> Severity | None:
    """The gravest that a section `Severity` names."""
    page = outline(text)
    found: set[str] = set()
    for one in page.headings:
        if one.title.casefold().startswith("severity"):
            found |= {word.lower() for word in _SEVERITY.findall(text[one.end : one.end + 300].strip().partition("\n")[0])}
    return next((severity for severity in SEVERITIES if severity in found), None)
