"""What a reviewed entry says, read from its text as people left it: cause, action, the code it names, where it was seen."""

import hashlib
import re
from typing import NamedTuple

from bot.core.entry.entry import Entry
from bot.core.entry.library import root_cause_of, unescaped
from bot.core.entry.occurrence_block import MARK, Block, in_short_span, occurrence_blocks
from bot.core.entry.sections import HISTORY, IN_SHORT, SIGNATURE, find, titled
from bot.model import BugClass, Confidence, Verdict
from bot.regex import regex

VERDICTS: tuple[Verdict, ...] = ("act now", "fix soon", "watch", "no action", "unclear")
BUG_CLASSES: tuple[BugClass, ...] = BugClass.__args__  # type: ignore[attr-defined]
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
_MOST = 200_000
_COMMENT = regex(r"<!--.*?-->", re.DOTALL)
_DO = regex(r"^- \*\*What to do:\*\* (.*)$", re.MULTILINE)
_SURE = regex(r" \((high|medium|low) confidence\)\s*$")
_WHY = regex(r"^- \*\*Why it happens:\*\* (.*)$", re.MULTILINE)
_FRAMES = regex(r"^- \*\*Frames, innermost last:\*\* (.*)$", re.MULTILINE)
_SPAN = regex(r"(`{1,9})(?!`) ?(.+?) ?(?<!`)\1(?!`)")
_HEADLINE = regex(r"\*\*([A-Za-z ]{4,12})\*\* · severity ")
_FACT = r"^- \*\*{}:\*\* (.*)$"
_RELEASE, _CATEGORY, _SERVICE = (regex(_FACT.format(name), re.MULTILINE) for name in ("Release", "Category", "Service"))
_PLACE = regex(r"^- (?:\[(?P<label>[^\]\n]{1,400})\]\([^)\n]{1,2000}\)|(?P<ticks>`{1,9}) ?(?P<code>[^\n]{1,400}?) ?(?P=ticks))(?P<rest>[^\n]*)$", re.MULTILINE)
_FUNCTION = regex(r" in (`{1,9})(?!`) ?([^\n]{1,600}?) ?(?<!`)\1(?!`)")


class Place(NamedTuple):
    """A place of the code that the entry names; `function` is empty for a module."""

    path: str
    function: str


class ReviewedText(NamedTuple):
    """Plain words. `digest` is over everything that a review decides on, and not over counts."""

    cause: str
    confidence: Confidence
    action: str
    verdict: Verdict | None
    bug_class: BugClass
    frames: tuple[str, ...]
    places: tuple[Place, ...]
    releases: tuple[str, ...]
    services: tuple[str, ...]
    edited: str
    """Identity (`channel/ts`) of the newest diagnosis where a person changed it and left the summary: its words count. Else empty."""
    digest: str


def read(entry: Entry) -> ReviewedText:
    """From an entry's text. Where a person changed the newest diagnosis and left the summary, the diagnosis is what counts."""
    whole = occurrence_blocks(entry.body)
    newest = max(whole, key=lambda block: block.time, default=None)
    parts = _parts(entry.body, newest) if newest else {}
    changed = newest is not None and not newest.intact and in_short_span(entry.body) is not None
    summary = _section(entry.body, IN_SHORT)
    cause = (_first(parts.get("Root cause", "")) if changed else "") or root_cause_of(entry)
    action = (_first(parts.get("Immediate fix", "")) if changed else "") or _plain(_DO.search(summary))
    told = "".join(entry.body[block.span.start : block.span.end] for block in whole)[:_MOST]
    return ReviewedText(
        cause=cause,
        confidence=_confidence(summary),
        action=action,
        verdict=_verdict(parts.get("", ""), known=bool(cause)),
        bug_class=_bug_class(parts.get("", "")),
        frames=tuple(match[2] for match in _SPAN.finditer(_line(_FRAMES.search(_section(entry.body, SIGNATURE))))),
        places=tuple(_places(parts.get("Affected code", ""))),
        releases=tuple(dict.fromkeys(_bare(match[1]) for match in _RELEASE.finditer(told))),
        services=tuple(dict.fromkeys((*entry.meta.services, *(_bare(match[1]) for match in _SERVICE.finditer(told))))),
        edited=newest.identity if newest and changed else "",
        digest=_digest(entry, newest),
    )


def _digest(entry: Entry, newest: Block | None) -> str:
    """Of the words and of what the front matter decides. Of the history only the newest diagnosis: counts, charts and old rows are no words of a review."""
    meta, body = entry.meta, entry.body
    section = find(body, HISTORY)
    words = body[: section.start] + body[section.end :] if section else body
    words += body[newest.span.start : newest.span.end] if newest else ""
    decided = (meta.status, meta.severity, meta.category, meta.title, meta.resolution, " ".join(_COMMENT.sub(" ", words).split()))
    return hashlib.sha256("\n".join(decided).encode("utf-8", "replace")).hexdigest()[:16]


def _parts(body: str, block: Block) -> dict[str, str]:
    """The `####` parts of a diagnosis by their titles, what stands before the first under the empty one."""
    written = _COMMENT.sub("", MARK.sub("\n", body[block.span.content : block.span.end][:_MOST]))
    before, parts = titled(written, 4)
    return {**dict(parts), "": before}


def _section(body: str, title: str) -> str:
    section = find(body, title)
    return body[section.content : section.end][:_MOST] if section else ""


def _first(markdown: str) -> str:
    """The first paragraph, as plain words."""
    paragraph = re.split(r"\n[ \t]*\n", markdown.replace("\r\n", "\n").strip(), maxsplit=1)[0]
    return unescaped(" ".join(paragraph.split()))


def _line(match: re.Match[str] | None) -> str:
    return match.group(1).strip() if match else ""


def _plain(match: re.Match[str] | None) -> str:
    return unescaped(_line(match))


def _bare(words: str) -> str:
    """A value as it was before it became a code span or escaped text."""
    span = _SPAN.fullmatch(words.strip())
    return span[2] if span else unescaped(words.strip())


def _confidence(summary: str) -> Confidence:
    sure = _SURE.search(_line(_WHY.search(summary)))
    return next((one for one in CONFIDENCES if sure and one == sure[1]), "medium")


def _verdict(intro: str, *, known: bool) -> Verdict | None:
    """Of the newest diagnosis; "unclear" is none where a person has said since what is behind it."""
    match = _HEADLINE.search(intro)
    found = next((one for one in VERDICTS if match and one == match[1].lower()), None)
    return None if known and found == "unclear" else found


def _bug_class(intro: str) -> BugClass:
    words = _line(_CATEGORY.search(intro)).partition(", ")[2]
    return next((one for one in BUG_CLASSES if one == words), "unknown")


def _places(markdown: str) -> list[Place]:
    found = []
    for match in _PLACE.finditer(markdown):
        where = unescaped(match["label"]) if match["label"] else match["code"]
        function = _FUNCTION.match(match["rest"])
        found.append(Place(where.rpartition(":")[0] or where, function[2] if function else ""))
    return found
