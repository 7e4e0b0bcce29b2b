"""The file of a post-mortem: its name, the bot's own parts in it, which carry a seal, and its action items."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from bot.core.entry.entry import path_of as entry_path
from bot.core.entry.identity import identity_of
from bot.core.entry.outline import outline
from bot.core.entry.sections import Span, digest, sections
from bot.core.plain_text.plain_text import cut, one_line
from bot.regex import regex

FOLDER = "knowledge/postmortems"
SUMMARY, ACTIONS = "Summary", "Action items"
MOST_ACTIONS = 20
_MARK = regex(r"[ \t\r\n]*<!-- errata:part (?P<seal>[0-9a-f]{16}) -->[ \t]*(?:\r\n|\n|\Z)")
_ITEM = regex(r"[ \t]{0,3}[-*+] \[(?P<done>[ xX])\] (?P<words>[^\n]{1,2000})\Z")
_ROW = regex(r"^\| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \|", re.MULTILINE)
_LINK = regex(r"\]\((?:https?|file)://")
_ALERT = regex(r"^- \*\*Alert:\*\* (?P<words>[^\r\n]{1,2000})", re.MULTILINE)
_NAME = regex(r"(?P<day>\d{4}-\d\d-\d\d)(?:T\d{6})?-(?P<signature>[A-Za-z0-9._-]{1,120})\.md")
_BARE = regex(r"<!--.{0,200}?-->|\(\[[^\]]{1,80}\]\([^)\s]{1,500}\)\)")


class Part(NamedTuple):
    """A section of the bot: its title, and ready Markdown."""

    title: str
    words: str


class Action(NamedTuple):
    """An action item that no issue stands for yet: the number of its line in the text, and its words."""

    line: int
    words: str
    marker: str


def path_of(time: datetime, signature: str, *, exact: bool = False) -> str:
    """Where a post-mortem is kept: by the day of its alert, `exact` by the second. Raises BadEntry for a name that could leave the folder."""
    return f"{FOLDER}/{time:{'%Y-%m-%dT%H%M%S' if exact else '%Y-%m-%d'}}-{entry_path(signature).rpartition('/')[2]}"


def named(path: str) -> tuple[date, str] | None:
    """Day and signature of a post-mortem, by its file name."""
    match = _NAME.fullmatch(path.rpartition("/")[2])
    try:
        return (date.fromisoformat(match["day"]), match["signature"]) if match else None
    except ValueError:
        return None


def is_of_another(text: str, parts: Sequence[Part]) -> bool:
    """Whether the summary of a post-mortem names another alert than these parts do; one whose line people took out names none."""
    span = next((one for one in sections(outline(text), len(text)) if one.title.casefold() == SUMMARY.casefold()), None)
    found = _ALERT.search(text, span.content, span.end) if span else None
    ours = next((match for part in parts if part.title == SUMMARY and (match := _ALERT.search(part.words))), None)
    return found is not None and ours is not None and identity_of(found["words"].strip()) != identity_of(ours["words"].strip())


def rendered(title: str, introduction: str, parts: Sequence[Part], own: Sequence[Part]) -> str:
    """A new post-mortem: the bot's parts with their seals, then those that are people's."""
    told = [f"## {part.title}\n{_sealed(part.words)}" for part in parts]
    theirs = [f"## {part.title}\n\n{part.words.strip()}" for part in own]
    return "\n\n".join((f"# {title}", introduction, *told, *theirs)) + "\n"


def updated(text: str, parts: Sequence[Part]) -> str:
    """The text with each part of the bot that nobody changed as it is known now; every other character stays, a part that was taken out stays out."""
    fresh = {part.title.casefold(): part.words for part in parts}
    newline = "\r\n" if "\r\n" in text else "\n"
    for span in reversed(sections(outline(text), len(text))):
        words = fresh.get(span.title.casefold())
        if words is not None and _is_intact(text, span):
            rest = newline if span.end < len(text) else ""
            text = f"{text[: span.content]}{_sealed(words).replace(chr(10), newline)}{newline}{rest}{text[span.end :]}"
    return text


def no_poorer(text: str, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts without a timeline that has lost rows: what was read once, and cannot be read now, is still true."""
    rows = {span.title.casefold(): len(_ROW.findall(text, span.content, span.end)) for span in sections(outline(text), len(text))}
    return tuple(part for part in parts if len(_ROW.findall(part.words)) >= rows.get(part.title.casefold(), 0))


def actions(text: str, name: str) -> Iterator[Action]:
    """The items that are neither done nor linked, wherever people put them in their section. `name` tells this file from all others."""
    span = next((one for one in sections(outline(text), len(text)) if one.title.casefold() == ACTIONS.casefold()), None)
    if span is None:
        return
    first = text.count("\n", 0, span.content)
    for number, line in enumerate(text[span.content : span.end].split("\n")):
        match = _ITEM.match(line.rstrip())
        if match and match["done"] == " " and not _LINK.search(line):
            words = cut(one_line(_BARE.sub("", match["words"])), 300)
            yield Action(first + number, words, marker(name, words))


def marker(name: str, words: str) -> str:
    """By which the issue of an action item is found again."""
    told = f"{name}\n{' '.join(words.casefold().split())}"
    return f"postmortem-{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def linked(text: str, links: Mapping[int, str]) -> str:
    """The text with Markdown links behind the items of these lines."""
    lines = text.split("\n")
    for number, link in links.items():
        bare = lines[number].removesuffix("\r")
        lines[number] = f"{bare.rstrip()} ({link}){lines[number][len(bare) :]}"
    return "\n".join(lines)


def _sealed(words: str) -> str:
    return f"<!-- errata:part {digest(words)} -->\n\n{words.strip()}"


def _is_intact(text: str, span: Span) -> bool:
    mark = _MARK.match(text, span.content, span.end)
    return mark is not None and mark["seal"] == digest(text[mark.end() : span.end])
