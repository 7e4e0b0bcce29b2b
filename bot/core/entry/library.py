"""The knowledge folder as a whole: which entry is this error, and which ones are like it."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from bot.core.entry.claims import claims
from bot.core.entry.entry import Entry, amended, is_name, name_in, parse, path_of
from bot.core.entry.identity import identities, time_of
from bot.core.entry.likeness import Likeness, Traits, likeness, traits, wanted
from bot.core.entry.meta import EntryMeta
from bot.core.entry.sections import IN_SHORT, find
from bot.core.links.resolution_reference import commits, pull_requests
from bot.core.signature.signature import MAX_NAME, SHORTEST_HEX, fingerprint, name_of
from bot.errors import BadEntry
from bot.model import Alert, Gap, PastEntry, PastFix, Signature
from bot.regex import regex

Relation = Literal["same", "alias", "similar"]
MAX_SIMILAR = 3
MAX_TOLD = 3
_HEX_DIGITS = (8, 10, 12, 16, 20, 32)
_WHY = regex(r"^- \*\*Why it happens:\*\* (.*)$", re.MULTILINE)
_ESCAPED = regex(r"\\([!-/:-@\[-`{-~])|(?<!`)(`{1,40})(?!`) ?(.+?) ?(?<!`)\2(?!`)")
_LINK = regex(r"\[`?([0-9a-f]{7,64}|(?:pull|merge) request \d{1,9})`?\]\(<?https://[^\s()<>]{1,2000}>?\)")
_CONFIDENCE = regex(r" \((?:high|medium|low|none) confidence\)\Z")


class Neighbour(NamedTuple):
    """An entry beside an error, and what makes the two alike; nothing where it is this very error."""

    past: PastEntry
    likeness: Likeness | None


class Library:
    """Entries by name. `broken` holds the path and the error of each file that could not be read, `claimed` that error by what the file says of whose it is."""

    def __init__(self, entries: Iterable[Entry], broken: tuple[tuple[str, BadEntry], ...] = (), claimed: Mapping[str, BadEntry] | None = None) -> None:
        self.entries: Mapping[str, Entry] = {entry.meta.signature: entry for entry in entries}
        self.broken, self._claimed = broken, claimed or {}
        self._fingerprints = {entry.meta.fingerprint: name for name, entry in self.entries.items() if entry.meta.fingerprint}
        self._aliases = {alias: name for name, entry in self.entries.items() for alias in entry.meta.aliases}
        self._unread = {name_in(path) for path, _ in broken}
        self._traits: dict[str, Traits] = {}

    @classmethod
    def read(cls, files: Mapping[str, str], unread: Iterable[tuple[str, BadEntry]] = ()) -> "Library":
        """From path → text; a file that is no entry is skipped and kept in `broken`, as are `unread` ones, which have no text.

        A file that was renamed by hand goes by its own name.
        """
        entries, broken, claimed = list[Entry](), [*unread], dict[str, BadEntry]()
        for path, text in sorted(files.items()):
            try:
                entries.append(entry_in(text, path))
            except BadEntry as error:
                broken.append((path, error))
                claimed |= dict.fromkeys(claims(text, path), error)
        return cls(entries, tuple(sorted(broken, key=lambda one: one[0])), claimed)

    def gaps(self) -> tuple[Gap, ...]:
        """What diagnoses must do without: the past that broken files tell of, in one gap."""
        if not self.broken:
            return ()
        more = f"; and {len(self.broken) - MAX_TOLD} more" if len(self.broken) > MAX_TOLD else ""
        causes = "; ".join(f"{path}: {error.cause}" for path, error in self.broken[:MAX_TOLD])
        return (Gap("knowledge", "what these entries know of the past", causes + more, "`bot check knowledge` says how to mend each"),)

    def knowing(self, entry: Entry) -> "Library":
        """The same with one entry as it stands elsewhere, on the branch of an open request."""
        return Library([*(one for name, one in self.entries.items() if name != entry.meta.signature), entry], self.broken, self._claimed)

    def called(self, name: str) -> Entry | None:
        """The entry of that name, of that earlier name, or to which the entry of that name was renamed or merged; None where nothing leads to one.

        What leads in a circle or nowhere is a withdrawn entry, and that is given itself.
        """
        first = found = self.entries.get(name) or self.entries.get(self._by_alias(name))
        seen = set[str]()
        while found is not None and is_stub(found.meta) and found.meta.signature not in seen:
            seen.add(found.meta.signature)
            target = found.meta.replaced_by
            found = self.entries.get(target) or self.entries.get(self._by_alias(target))
        return first if found is None or is_stub(found.meta) else found

    def known_as(self, alias: str) -> tuple[str, ...]:
        """The names of all entries that had this one earlier."""
        return tuple(name for name, entry in self.entries.items() if alias in entry.meta.aliases)

    def find(self, signature: Signature) -> Entry | None:
        """The entry of this error: by fingerprint, by name, or by an alias it was merged under; by those of earlier algorithms last."""
        return self.entries.get(self.name_for(signature))

    def name_for(self, signature: Signature) -> str:
        """The name this error has here. Where another error holds the short name, the hex grows; nothing is ever overwritten."""
        prints = prints_of(signature)
        own = self.entries.get(signature.name)
        if own is not None and own.meta.fingerprint == prints[0] and not is_stub(own.meta):
            return signature.name  # whoever copied it for another error may have left the fingerprint in the copy
        known = next((name for one in prints if (name := self._by_fingerprint(one))), None)
        if known is not None:
            return self._live(known)
        free = None
        for name in (signature.name, *_grown(signature)):
            owner = self._owner(name)
            if owner is None:
                free = name
                break
            if not is_other(owner, name, prints):
                return self._live(name)
        return self._earlier(signature, prints) or free or name_of(signature.culprit, signature.error_type, signature.fingerprint, _HEX_DIGITS[-1])

    def unreadable(self, signature: Signature) -> BadEntry | None:
        """Why the entry of this error cannot be used: a file that cannot be read says that it is it, and no entry in use does."""
        own = self.find(signature)
        if own is not None and not is_stub(own.meta):
            return None
        names = (*prints_of(signature), signature.name, *signature.earlier[1::2], *((own.meta.replaced_by,) if own is not None else ()))
        return next((self._claimed[name] for name in names if name in self._claimed), None)

    def named(self, signature: Signature) -> Signature:
        """The signature under the name it has here."""
        return msgspec.structs.replace(signature, name=self.name_for(signature))

    def past(self, signature: Signature, alert: Alert) -> tuple[PastEntry, ...]:
        """The entry of this very error, then up to three like it, the likest first."""
        return tuple(one.past for one in self.neighbours(signature, alert))

    def neighbours(self, signature: Signature, alert: Alert) -> tuple[Neighbour, ...]:
        """The same, each with what it shares with the error."""
        own = self.find(signature)
        error = wanted(signature, alert)
        others = (entry for entry in self._likely(signature, alert) if entry is not own and entry.meta.status != "withdrawn")
        scored = [(found, entry) for entry in others if (found := likeness(self._traits_of(entry), error)).score]
        like = sorted(scored, key=lambda pair: (-pair[0].score, pair[1].meta.signature))[:MAX_SIMILAR]
        same = [Neighbour(_past(own, self._relation(own, signature)), None)] if own else []
        return (*same, *(Neighbour(_past(entry, "similar"), found) for found, entry in like))

    def candidates(self, words: Iterable[str]) -> Iterable[Entry]:  # noqa: ARG002 - a library of a large folder looks at them
        """The entries among which those nearest to some words are sought: here all."""
        return self.entries.values()

    def _by_fingerprint(self, print_: str) -> str:
        return self._fingerprints.get(print_, "")

    def _by_alias(self, alias: str) -> str:
        return self._aliases.get(alias, "")

    def _likely(self, signature: Signature, alert: Alert) -> Iterable[Entry]:  # noqa: ARG002 - as above
        """The entries among which those like an error are sought: here all."""
        return self.entries.values()

    def _owner(self, name: str) -> Entry | None:
        return self.entries.get(name) or self.entries.get(self._by_alias(name))

    def _live(self, name: str) -> str:
        found = self.called(name)
        return found.meta.signature if found else name

    def _earlier(self, signature: Signature, prints: tuple[str, ...]) -> str | None:
        """The entry that bears a name of an earlier algorithm; a file of that name that cannot be read keeps it too."""
        for print_, short in zip(signature.earlier[::2], signature.earlier[1::2], strict=True):
            for name in (short, *_grown_from(short, print_)):
                owner = self._owner(name)
                if owner is not None and not is_other(owner, name, prints):
                    return self._live(name)
            if short in self._unread:
                return short
        return None

    def _relation(self, own: Entry, signature: Signature) -> Relation:
        itself = own.meta.signature in (signature.name, *signature.earlier) or own.meta.fingerprint in prints_of(signature)
        return "same" if itself else "alias"

    def _traits_of(self, entry: Entry) -> Traits:
        name = entry.meta.signature
        if name not in self._traits:
            self._traits[name] = traits(entry)
        return self._traits[name]


def entry_in(text: str, path: str) -> Entry:
    """The entry in a file, under the name of the file.

    Raises BadEntry, also for a file whose name can be no entry's: under the name inside, the next alert would begin a second entry of the same error.
    """
    entry, stem = parse(text, path), name_in(path)
    if not is_name(stem):
        raise BadEntry(f"reading {path}", f"{stem[:60]!r} is no name for an entry", "name the file in 1 to 120 letters, digits, `.`, `_` or `-`, no dot first")
    return named_as_its_file(entry, path)


def is_stub(meta: EntryMeta) -> bool:
    """Whether the entry only leads to another one."""
    return meta.status == "withdrawn" and bool(meta.replaced_by)


def named_as_its_file(entry: Entry, path: str) -> Entry:
    """The entry under the name of its file; where a person renamed the file alone, the name inside becomes an alias."""
    stem, meta = name_in(path), entry.meta
    if stem == meta.signature or stem.startswith("."):
        return entry
    aliases = tuple(dict.fromkeys((*(name for name in meta.aliases if name != stem), meta.signature)))
    try:
        return amended(entry, {"signature": stem, "aliases": aliases})
    except BadEntry:
        return entry


def prints_of(signature: Signature) -> tuple[str, ...]:
    """The fingerprints of an error, today's first, each with its version."""
    return (fingerprint(signature), *signature.earlier[::2])


def is_other(entry: Entry, name: str, prints: tuple[str, ...]) -> bool:
    """Whether the entry that holds this name is a different error.

    An alias, an entry without digest, or one of an algorithm that this version does not know is trusted.
    """
    meta = entry.meta
    versions = {one.partition(":")[0] for one in prints}
    return meta.signature == name and meta.fingerprint.partition(":")[0] in versions and meta.fingerprint not in prints


def fix_of(entry: Entry) -> PastFix | None:
    """What the entry's `resolution` says ended the error, with the commit and the pull request when it names one."""
    words = entry.meta.resolution.strip()
    if not words:
        return None
    return PastFix(entry.meta.signature, words, next(iter(commits(words)), None), next(iter(pull_requests(words)), None))


def root_cause_of(entry: Entry) -> str:
    """Why it happens, as the entry's summary says in plain words; empty while nobody knows."""
    section = find(entry.body, IN_SHORT)
    match = _WHY.search(entry.body, section.content, section.end) if section else None
    words = _CONFIDENCE.sub("", unescaped(match.group(1).strip())) if match else ""
    return "" if words.startswith(("Not known yet.", "Not proven:")) else words


def _past(entry: Entry, relation: Relation) -> PastEntry:
    meta = entry.meta
    return PastEntry(
        signature=meta.signature,
        path=path_of(meta.signature),
        title=meta.title,
        status=meta.status,
        severity=meta.severity,
        last_seen=datetime.fromisoformat(meta.last_seen),
        occurrences=meta.occurrences,
        relation=relation,
        resolution=meta.resolution,
        resolved_at=datetime.fromisoformat(meta.resolved_at) if meta.resolved_at else None,
        root_cause=root_cause_of(entry),
        fix=fix_of(entry),
        seen=tuple(time for one in identities(entry) if (time := time_of(one))),
    )


def _grown(signature: Signature) -> list[str]:
    return [name_of(signature.culprit, signature.error_type, signature.fingerprint, digits) for digits in _HEX_DIGITS]


def _grown_from(short: str, print_: str) -> list[str]:
    stem, digest = short[: -SHORTEST_HEX - 1], print_.partition(":")[2]
    return [f"{stem[: MAX_NAME - digits - 1]}_{digest[:digits]}" for digits in _HEX_DIGITS]


def unescaped(markdown: str) -> str:
    """The words of a line of Markdown that the bot wrote, as they were before they were escaped."""
    # Code spans stay as they are: what is quoted in them is never escaped. A link that we made is its label, as a code span like other ids.
    markdown = _LINK.sub(r"`\1`", markdown)
    return html.unescape(_ESCAPED.sub(lambda match: match.group(1) or match.group(0), markdown))
