"""What the bot writes into an entry carries a seal, by which it knows later whether anybody changed it."""

from typing import NamedTuple

from bot.core.entry.sections import HISTORY, IN_SHORT, Span, blocks, digest, filled_end, find
from bot.model import Category, Record, Severity
from bot.regex import regex

MARK = regex(r"[ \t\r\n]*<!-- errata:(?P<kind>occurrence|in-short)(?: (?P<identity>\S+))? (?P<seal>[0-9a-f]{16}) -->[ \t]*(?:\r\n|\n|\Z)")
TITLE = regex(r"Occurrence (\d{1,9}) - (\S+)\Z")


class Note(Record, frozen=True):
    """One occurrence in ready Markdown. `identity` is `channel/ts`, `url` the alert's permalink, `time` an ISO string in UTC.

    `text` begins with one line that can stand for the whole in a table; `sections` are title and words of sections that are written when they are missing.
    `fingerprints` are those of the error, today's first: an entry that bears one of an earlier algorithm is given today's.
    """

    identity: str
    url: str
    time: str
    environment: str
    service: str | None
    severity: Severity
    category: Category
    text: str
    in_short: str
    causes: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    fingerprints: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    """People and teams as the front matter writes them (`@acme/transfers`); for an entry that names none yet."""


class Block(NamedTuple):
    """An occurrence block of the bot: `intact` while it reads as the bot wrote it."""

    span: Span
    number: int
    time: str
    identity: str
    intact: bool


def occurrence_blocks(body: str) -> list[Block]:
    """The blocks that carry the bot's marker, wherever in the diagnosis history they stand."""
    section = find(body, HISTORY)
    found = []
    for span in blocks(body, section) if section else []:
        mark, title = MARK.match(body, span.content, span.end), TITLE.match(span.title)
        if mark and title and mark["identity"]:
            intact = mark["seal"] == _seal(body[span.start : span.content], body[mark.end() : span.end])
            found.append(Block(span, int(title.group(1)), title.group(2), mark["identity"], intact))
    return found


def in_short_span(body: str) -> tuple[int, int] | None:
    """Offsets of the bot's summary with its marker, None once a person edited it."""
    section = find(body, IN_SHORT)
    mark = MARK.match(body, section.content, section.end) if section else None
    if section is None or mark is None or mark["kind"] != "in-short" or mark["seal"] != digest(body[mark.end() : section.end]):
        return None
    return section.content + len(mark.group()) - len(mark.group().lstrip()), filled_end(body, section)


def in_short(note: Note) -> str:
    """The summary with its seal."""
    return sealed_in_short(note.in_short)


def sealed_in_short(words: str) -> str:
    """A summary's words with their seal."""
    return f"<!-- errata:in-short {digest(words)} -->\n\n{words.strip()}"


def in_short_words(body: str) -> str | None:
    """What the bot's summary says, without its marker; None once a person edited it."""
    span = in_short_span(body)
    return None if span is None else MARK.sub("", body[span[0] : span[1]], count=1).strip().replace("\r\n", "\n")


def numbered(body: str, block: Block, number: int) -> str:
    """The block's text under another number; its seal follows while nobody edited it."""
    words = body[block.span.start : block.span.end]
    heading = body[block.span.start : block.span.content]
    renamed = heading.replace(f"Occurrence {block.number} ", f"Occurrence {number} ", 1)
    if not block.intact:
        return renamed + words[len(heading) :]
    mark = MARK.match(body, block.span.content, block.span.end)
    if mark is None:
        return words
    rest = body[mark.end() : block.span.end]
    return renamed + mark.group().replace(mark["seal"], _seal(renamed, rest)) + rest


def block_text(note: Note, number: int, time: str) -> str:
    """The whole block, heading and seal included."""
    heading = f"### Occurrence {number} - {time}"
    return f"{heading}\n<!-- errata:occurrence {note.identity} {_seal(heading, note.text)} -->\n\n{note.text.strip()}"


def _seal(heading: str, words: str) -> str:
    return digest(f"{heading.strip()}\n\n{words.strip()}")
