"""After the merge, entries that belong together lead to each other; what people wrote stays, and what they named is theirs."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from bot.core.entry.entry import Entry, amended, name_in, parse, path_of, render
from bot.core.entry.sections import RELATED, with_bullets
from bot.core.knowledge import related
from bot.core.knowledge.related import Relative
from bot.errors import BadEntry
from bot.model import MergedEntry, Revision
from bot.regex import regex
from bot.sources.knowledge.message_index import MessageIndex
from bot.texts.related import bullet

_MOST_MERGED, _CANDIDATES = 100, 40
_TITLE = regex(r'^title: "(.{1,300})"\s*$', re.MULTILINE)
_FRONT = 3_000


def related_links(merged: Sequence[MergedEntry], entries: Mapping[str, str], revisions: Iterable[Revision] = ()) -> tuple[Revision, ...]:
    """The revisions, with those that link each merged entry and its relatives both ways.

    `entries` is path → text of the default branch, without the revisions. An entry has at most five relatives; a name that a person took out of
    `related` in this merge is not put back, and one that stands under Related Errors already, in whatever words, is left to who wrote it.
    """
    made = {revision.path: revision for revision in revisions}
    now = {**entries, **{path: revision.after for path, revision in made.items()}}
    changed = [one for one in merged if one.path in now][:_MOST_MERGED]
    subjects = [(one, entry) for one in changed if (entry := _parsed(now[one.path], one.path)) is not None and entry.meta.status != "withdrawn"]
    if subjects:
        with MessageIndex(_messages(now)) as messages:
            for one, entry in subjects:
                removed = _removed(one)
                others = [found for name in _candidates(entry, now, messages) if name not in removed and (found := _named(name, now)) is not None]
                _link(one.path, related.relatives(entry, others), now)
    for path, text in now.items():
        if text != entries.get(path) and path in entries:
            made[path] = Revision(path, entries[path], text)
    return tuple(made.values())


def _link(path: str, relatives: Sequence[Relative], now: dict[str, str]) -> None:
    """Each pair that neither side knows of yet, while both have room."""
    for one in relatives:
        entry, other = _parsed(now[path], path), _named(one.entry.meta.signature, now)
        if entry is None or other is None or len(entry.meta.related) >= related.MOST:
            return
        if len(other.meta.related) >= related.MOST or related.is_named(entry, other.meta.signature) or related.is_named(other, entry.meta.signature):
            continue
        try:
            changes = {path: render(_with(entry, other, one)), path_of(other.meta.signature): render(_with(other, entry, one))}
        except BadEntry:  # a front matter that cannot be changed value by value stays as its author wrote it, and so does the other
            continue
        now.update(changes)


def _with(entry: Entry, other: Entry, why: Relative) -> Entry:
    body = with_bullets(entry.body, RELATED, (bullet(other.meta, why.reasons),), entry.newline)
    return amended(replace(entry, body=body), {"related": (*entry.meta.related, other.meta.signature)})


def _candidates(entry: Entry, now: Mapping[str, str], messages: MessageIndex) -> list[str]:
    """Names of entries that could be relatives: those that hold one of its marks, and those whose messages are most like its own."""
    wanted = related.needles(entry)
    holding = [name_in(path) for path, text in now.items() if any(needle in text for needle in wanted)]
    return [name for name in dict.fromkeys((*holding[: _CANDIDATES * 5], *messages.nearest(entry.meta.title, _CANDIDATES))) if name != entry.meta.signature]


def _messages(now: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return ((name_in(path), title.group(1)) for path, text in now.items() if (title := _TITLE.search(text, 0, _FRONT)) is not None)


def _removed(merged: MergedEntry) -> frozenset[str]:
    """Names that a person took out."""
    before = _parsed(merged.before, merged.path) if merged.before is not None else None
    after = _parsed(merged.after, merged.path)
    return frozenset(before.meta.related) - frozenset(after.meta.related) if before is not None and after is not None else frozenset()


def _named(name: str, now: Mapping[str, str]) -> Entry | None:
    try:
        path = path_of(name)
    except BadEntry:
        return None
    entry = _parsed(now[path], path) if path in now else None
    return entry if entry is not None and entry.meta.signature == name else None


def _parsed(text: str, path: str) -> Entry | None:
    try:
        return parse(text, path)
    except BadEntry:
        return None
