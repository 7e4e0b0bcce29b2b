"""What people wrote into an entry: its text without the occurrences, rows and pages that the bot knows as its own."""

from typing import NamedTuple

from bot.core.entry import over_time
from bot.core.entry.earlier import rows, without, without_empty_table
from bot.core.entry.instant_answers import without_answers
from bot.core.entry.occurrence_block import in_short_span, occurrence_blocks
from bot.core.entry.outline import outline
from bot.core.entry.sections import PLACEHOLDER, sections


class Part(NamedTuple):
    """A stretch of an entry: `heading` is its line as it stands, empty for what comes before the first section."""

    title: str
    heading: str
    text: str


def remains(body: str) -> list[Part]:
    """The parts of a body that hold more than the bot's own text, in their order; line ends are newlines."""
    body = body.replace("\r\n", "\n")
    body = without(body, rows(body))
    own = over_time.own_block(body)
    gone = [(block.span.start, block.span.end) for block in occurrence_blocks(body)] + ([(own.span.start, own.span.end)] if own else [])
    summary = in_short_span(body)
    for start, end in sorted([*gone, *([summary] if summary else [])], reverse=True):
        body = body[:start] + body[end:]
    body = without_answers(without_empty_table(body))
    spans = sections(outline(body), len(body))
    first = spans[0].start if spans else len(body)
    parts = [Part("", "", body[:first]), *(Part(span.title, body[span.start : span.content].rstrip("\n"), body[span.content : span.end]) for span in spans)]
    return _with_what_is_between(body, parts, [(span.start, span.end) for span in spans])


def shown(part: Part) -> list[str]:
    """The lines of a part that say something."""
    return [line for line in part.text.split("\n") if line.strip() and line != PLACEHOLDER]


def closed(text: str) -> str:
    """The text with whatever it leaves open closed, so that what follows is read as what it is."""
    for tail in ("", outline(text).open_end):
        ended = f"{text}\n{tail}" if tail else text
        if any(heading.start >= len(ended) for heading in outline(f"{ended}\n\n## closed\n").headings):
            return ended
    return text


def _with_what_is_between(body: str, parts: list[Part], spans: list[tuple[int, int]]) -> list[Part]:
    """A `#` heading ends a section too: what follows it belongs to no section, and is kept as a part of its own."""
    found, at = [parts[0]], spans[0][0] if spans else len(body)
    for part, (start, end) in zip(parts[1:], spans, strict=True):
        if start > at:
            found.append(Part("", "", body[at:start]))
        found.append(part)
        at = end
    return [*found, Part("", "", body[at:])]
