"""Two entries become one: history by time, counts added, and every line that a person wrote in either of them kept as it is."""

from bot.core.entry import over_time
from bot.core.entry.earlier import row_text, rows, with_rows
from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import Setting
from bot.core.entry.history_folding import folded
from bot.core.entry.identity import folded_in, identities, identity_of, in_time_order, stamp_of
from bot.core.entry.instant_answers import renumbered_answers, with_answers_of
from bot.core.entry.meta import EntryMeta, higher
from bot.core.entry.occurrence_block import numbered, occurrence_blocks
from bot.core.entry.recording import with_block
from bot.core.entry.remains import Part, closed, remains, shown
from bot.core.entry.sections import CAUSES, IN_SHORT, RELATED, RESOLUTIONS, SECTIONS, ensured, find, insert, with_line, without_lines
from bot.model import Status

_LISTS = (CAUSES, RESOLUTIONS, RELATED)


def joined(gone: Entry, kept: Entry, own_lines: tuple[str, ...] = ()) -> Entry:
    """`kept` with everything that `gone` holds. `own_lines` are those that the bot wrote without a seal: the title of `gone`, and how each leads to the other.

    Raises BadEntry where the front matter's style defeats a change.
    """
    newline = kept.newline
    body = without_lines(ensured(kept.body, {}, newline), RELATED, frozenset(own_lines))
    body = _with_history(body, gone, kept)
    for part in remains(gone.body):
        body = _with_part(body, part, gone.meta.signature, frozenset(own_lines), newline)
    meta = _meta(gone, kept)
    entry = amended(Entry(kept.meta, kept.front, body), {key: value for key, value in meta.items() if value != getattr(kept.meta, key)})
    held = folded_in(kept.body) | folded_in(gone.body)
    entry = Entry(entry.meta, entry.front, over_time.told(entry.body, _held(entry.body, held), _every(gone, kept), newline))
    return folded(renumbered(entry))


def renumbered(entry: Entry) -> Entry:
    """The entry whose occurrences, whole or as rows, are numbered by their time."""
    known = identities(entry)
    first = max(entry.meta.occurrences - len(known), 0) + 1
    numbers = {identity: number for number, identity in enumerate(known, start=first)}
    body = entry.body
    for block in sorted(occurrence_blocks(body), key=lambda one: one.span.start, reverse=True):
        body = body[: block.span.start] + numbered(body, block, numbers.get(block.identity, block.number)) + body[block.span.end :]
    for row in reversed(rows(body)):
        line = body[row.start : row.end]
        body = body[: row.start] + row_text(numbers.get(row.identity, row.number), row.rest) + line[len(line.rstrip("\r\n")) :] + body[row.end :]
    return Entry(entry.meta, entry.front, renumbered_answers(body, numbers))


def _every(gone: Entry, kept: Entry) -> tuple[str, ...]:
    return in_time_order((*identities(gone), *identities(kept)))


def _held(body: str, older: frozenset[str]) -> frozenset[str]:
    """What the bot's own block is to hold: not what a person's copy of it on the page holds already."""
    own = over_time.own_block(body)
    return older - (folded_in(body) - (own.folded if own else frozenset()))


def _with_history(body: str, gone: Entry, kept: Entry) -> str:
    there, newline = set(identities(kept)), kept.newline
    theirs = gone.body.replace("\r\n", "\n")
    for block in occurrence_blocks(theirs):
        if block.identity not in there or not block.intact:
            body = with_block(body, closed(theirs[block.span.start : block.span.end].rstrip("\n")), block.time, newline)
    new = [(row.identity, theirs[row.start : row.end].rstrip("\n")) for row in rows(theirs) if row.identity not in there]
    return with_answers_of(with_rows(body, new, newline), gone, newline)


def _with_part(body: str, part: Part, name: str, own: frozenset[str], newline: str) -> str:
    lines = [line for line in shown(part) if line not in own]
    title = next((one for one in SECTIONS if one.casefold() == part.title.casefold()), None)
    if not lines and (title or not part.heading):
        return body
    section = find(body, title) if title else None
    if section is None or title == IN_SHORT:
        return _at_the_end(body, part, name, newline)
    there = body[section.content : section.end].replace("\r\n", "\n").split("\n")
    missing = [line for line in lines if line not in there]
    if all(line.startswith("- ") for line in lines) and title in _LISTS:
        for line in missing:
            section = find(body, title or "")
            body = with_line(body, section, line, newline) if section else body
        return body
    if not missing:
        return body
    return insert(body, section.end, f"### From {name}\n\n{closed(part.text.strip(chr(10)))}", newline)


def _at_the_end(body: str, part: Part, name: str, newline: str) -> str:
    """A section that only the other entry has, or what stood outside of its sections."""
    text = closed(part.text.strip("\n"))
    heading = f"## In short, of {name}" if part.title.casefold() == IN_SHORT.casefold() else part.heading
    if not heading and not text.startswith("# "):
        heading = f"## From {name}"
    return insert(body, len(body), f"{heading}\n\n{text}" if heading else text, newline)


def _meta(gone: Entry, kept: Entry) -> dict[str, Setting]:
    one, other = kept.meta, gone.meta
    shared = set(identities(kept)) & set(identities(gone))
    threads = {identity_of(thread): thread for thread in (*other.threads, *one.threads)}
    older = folded_in(kept.body) | folded_in(gone.body)
    names = (one.signature, other.signature)
    status, resolution, resolved_at = _ended(one, other)
    return {
        "status": status,
        "resolution": resolution,
        "resolved_at": resolved_at,
        "severity": higher(one.severity, other.severity),
        "category": other.category if one.category == "unknown" else one.category,
        "services": _both(one.services, other.services),
        "environments": _both(one.environments, other.environments),
        "first_seen": min(one.first_seen, other.first_seen),
        "last_seen": max(one.last_seen, other.last_seen),
        "occurrences": max(one.occurrences + other.occurrences - len(shared), len(_every(gone, kept))),
        "threads": tuple(thread for identity, thread in sorted(threads.items(), key=lambda pair: (stamp_of(pair[0]), pair[0])) if identity not in older),
        "tracking_issue": one.tracking_issue or other.tracking_issue,
        "owners": _both(one.owners, other.owners),
        "aliases": tuple(name for name in _both(one.aliases, (other.signature, *other.aliases)) if name != one.signature),
        "related": tuple(name for name in _both(one.related, other.related) if name not in (*names, *other.aliases)),
        "held": one.held + other.held,
        "failed": one.failed + other.failed,
    }


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _ended(one: EntryMeta, other: EntryMeta) -> tuple[Status, str, str]:
    """Status, resolution and its time of both together: the later resolution counts, and what happened after it is a regression."""
    later = max((one, other), key=lambda meta: (meta.resolved_at, bool(meta.resolution), meta is one))
    if "regressed" in (one.status, other.status):
        return "regressed", later.resolution, later.resolved_at
    if "resolved" not in (one.status, other.status):
        return one.status, later.resolution, later.resolved_at
    came_back = any(meta.status != "resolved" and meta.last_seen > later.resolved_at for meta in (one, other))
    return ("regressed" if came_back else "resolved"), later.resolution, later.resolved_at
