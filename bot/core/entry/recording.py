"""An occurrence goes into an entry: only the bot's own lines change, and only while nobody else has changed them."""

from bot.core.entry.entry import Entry, amended, made
from bot.core.entry.front_patch import Setting
from bot.core.entry.history_folding import folded
from bot.core.entry.identity import holds, identity_of, stamp_of
from bot.core.entry.meta import SEVERITIES, EntryMeta, higher
from bot.core.entry.occurrence_block import TITLE, Block, Note, block_text, in_short, in_short_span, occurrence_blocks
from bot.core.entry.sections import CAUSES, HISTORY, IN_SHORT, PLACEHOLDER, RESOLUTIONS, blocks, ensured, filled_end, find, insert, with_bullets
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.signature.heading import called
from bot.core.signature.signature import fingerprint
from bot.model import Severity, Signature, Status

__all__ = ["begin", "in_order", "record", "severity_after", "status_after", "title_of", "with_block"]

MAX_TITLE = 140
MAX_NAMED = 50
MAX_BULLETS = 20


def begin(signature: Signature, note: Note, title: str, heading: str) -> Entry:
    """The entry of an error that is new. `heading` is the title as Markdown."""
    meta = EntryMeta(
        signature=signature.name,
        title=title,
        status="diagnosed",
        severity=note.severity,
        category=note.category,
        error_type=cut(one_line(signature.error_type), MAX_TITLE) or "unknown",
        culprit=cut(one_line(signature.culprit), MAX_TITLE) or "unknown",
        services=_named(note.service),
        environments=_named(note.environment),
        first_seen=note.time,
        last_seen=note.time,
        occurrences=1,
        threads=(note.url,),
        owners=note.owners,
        fingerprint=fingerprint(signature),
        schema=1,
    )
    return made(meta, _written(f"\n# {heading}", note, 1, "\n", newest=True))


def title_of(signature: Signature, said: str = "") -> str:
    """One line for indexes and front matter, in the letters in which the error was `said`."""
    return cut(called(signature, said), MAX_TITLE)


def record(entry: Entry, note: Note) -> Entry:
    """The entry with this occurrence. An alert that is there already changes nothing, unless its diagnosis differs and nobody edited it.

    Raises BadEntry when the front matter is written in a way that cannot be changed value by value.
    """
    block = next((one for one in occurrence_blocks(entry.body) if one.identity == note.identity), None)
    if block is not None or holds(entry, note.identity):
        return _revised(entry, note, block)
    meta, newest = entry.meta, note.time >= entry.meta.last_seen
    changes: dict[str, Setting] = {
        **_judged(meta, note),
        "status": status_after(meta, note.time),
        "severity": higher(severity_after(meta, note.time), note.severity),
        "replaced_by": "",
        "first_seen": min(meta.first_seen, note.time),
        "last_seen": max(meta.last_seen, note.time),
        "occurrences": meta.occurrences + 1,
        "threads": in_order(meta.threads, note.url),
        "fingerprint": note.fingerprints[0] if meta.fingerprint in note.fingerprints else meta.fingerprint,
    }
    body = _written(entry.body, note, meta.occurrences + 1, entry.newline, newest)
    return folded(amended(Entry(meta, entry.front, body), changes))


def _revised(entry: Entry, note: Note, block: Block | None) -> Entry:
    if block is None or not block.intact:
        return entry
    words, end = block_text(note, block.number, block.time).replace("\n", entry.newline), filled_end(entry.body, block.span)
    if entry.body[block.span.start : end].replace("\r\n", "\n") == words.replace("\r\n", "\n"):
        return entry
    body = entry.body[: block.span.start] + words + entry.body[end:]
    body = _with_lists(body, note, entry.newline)
    if note.time >= entry.meta.last_seen:
        body = _with_in_short(body, note, entry.newline)
    return amended(Entry(entry.meta, entry.front, body), _judged(entry.meta, note))


def _judged(meta: EntryMeta, note: Note) -> dict[str, Setting]:
    """What a diagnosis may change: severity upward only, a category that was unknown, places it was seen in, owners where nobody named any."""
    return {
        "severity": higher(meta.severity, note.severity),
        "category": note.category if meta.category == "unknown" else meta.category,
        "services": _with(meta.services, note.service),
        "environments": _with(meta.environments, note.environment),
        "owners": meta.owners or note.owners,
    }


def _named(place: str | None) -> tuple[str, ...]:
    words = cut(one_line(place or ""), MAX_TITLE)
    return (words,) if words else ()


def _with(places: tuple[str, ...], place: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*places, *_named(place)))) if len(places) < MAX_NAMED else places


def status_after(meta: EntryMeta, time: str) -> Status:
    """The status with an occurrence of that time: an error that was resolved has come back, unless the alert is older than the resolution."""
    if meta.status == "resolved":
        return "regressed" if time > meta.resolved_at else "resolved"
    return "regressed" if meta.status == "regressed" else "diagnosed"


def severity_after(meta: EntryMeta, time: str) -> Severity:
    """One step graver when the error comes back, once: the next occurrence finds the entry regressed already."""
    if meta.status == "regressed" or status_after(meta, time) != "regressed":
        return meta.severity
    return SEVERITIES[max(SEVERITIES.index(meta.severity) - 1, 0)]


def in_order(threads: tuple[str, ...], url: str) -> tuple[str, ...]:
    """The threads with one more, oldest first."""
    stamp = stamp_of(identity_of(url))
    at = next((n for n, thread in enumerate(threads) if stamp_of(identity_of(thread)) > stamp), len(threads))
    return (*threads[:at], url, *threads[at:])


def _written(body: str, note: Note, number: int, newline: str, newest: bool) -> str:
    body = ensured(body, {**dict(note.sections), IN_SHORT: in_short(note)}, newline)
    body = with_block(body, block_text(note, number, note.time), note.time, newline)
    body = _with_lists(body, note, newline)
    return _with_in_short(body, note, newline) if newest else body


def with_block(body: str, words: str, time: str, newline: str) -> str:
    """The body with an occurrence's block, among the others by its time, newest first."""
    section = find(body, HISTORY)
    if section is None:
        return insert(body, len(body), words, newline)
    if body[section.content : section.end].strip() == PLACEHOLDER:
        start = body.index(PLACEHOLDER, section.content)
        return body[:start] + words.replace("\n", newline) + body[start + len(PLACEHOLDER) :]
    others = blocks(body, section)
    dated = [(span, title.group(2)) for span in others if (title := TITLE.match(span.title))]
    older = [span.start for span, one in dated if one <= time]
    after = [dated[-1][0].end] if dated else [others[0].start] if others else [section.end]
    return insert(body, (older or after)[0], words, newline)


def _with_lists(body: str, note: Note, newline: str) -> str:
    for title, bullets in ((CAUSES, note.causes), (RESOLUTIONS, note.resolutions)):
        section = find(body, title)
        room = MAX_BULLETS - sum(line.startswith("- ") for line in body[section.content : section.end].splitlines()) if section else MAX_BULLETS
        # A long list helps nobody; what is left out stands in the history.
        body = with_bullets(body, title, bullets if room > 0 else (), newline)
    return body


def _with_in_short(body: str, note: Note, newline: str) -> str:
    """A new summary, as long as the old one is still the bot's own."""
    span = in_short_span(body)
    return body if span is None else body[: span[0]] + in_short(note).replace("\n", newline) + body[span[1] :]
