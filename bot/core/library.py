"""The knowledge folder as a whole: which entry is this error, and which ones are like it."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from bot.core.entry import Entry, parse, path_of
from bot.core.sections import IN_SHORT, SIGNATURE, find
from bot.core.signature import last_name, name_of
from bot.errors import BadEntry
from bot.model import Alert, Gap, PastEntry, PastFix, Signature

Relation = Literal["same", "alias", "similar"]
MAX_SIMILAR = 3
MAX_TOLD = 3
ENOUGH = 5.0  # the error type alone, or the culprit alone, does not make two errors alike
_HEX_DIGITS = (6, 8, 10, 12, 16, 20, 32)
_SHA = re.compile(r"(?<![#/\w-])[0-9a-f]{7,40}\b(?!-)|(?<=/commit/)[0-9a-f]{7,40}\b")
_WHY = re.compile(r"^- \*\*Why it happens:\*\* (.*)$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|(?<!`)(`{1,40})(?!`) ?(.+?) ?(?<!`)\2(?!`)")
_CONFIDENCE = re.compile(r" \((?:high|medium|low|none) confidence\)\Z")
_WORD = re.compile(r"[a-z]{3,}")
_COMMON = frozenset(
    [
        "and",
        "are",
        "can",
        "could",
        "does",
        "for",
        "from",
        "has",
        "not",
        "the",
        "this",
        "that",
        "was",
        "were",
        "with",
        "while",
        "when",
        "error",
        "exception",
        "failed",
    ]
)


class Library:
    """Entries by name. `broken` holds the path and the error of each file that could not be read; those are known by name only."""

    def __init__(self, entries: Iterable[Entry], broken: tuple[tuple[str, BadEntry], ...] = ()) -> None:
        self.entries = {entry.meta.signature: entry for entry in entries}
        self.broken = broken
        self._fingerprints = {entry.meta.fingerprint: name for name, entry in self.entries.items() if entry.meta.fingerprint}
        self._aliases = {alias: name for name, entry in self.entries.items() for alias in entry.meta.aliases}

    @classmethod
    def read(cls, files: Mapping[str, str]) -> "Library":
        """From path → text; a file that is no entry is skipped and kept in `broken`."""
        entries, broken = [], []
        for path, text in sorted(files.items()):
            try:
                entries.append(parse(text, path))
            except BadEntry as error:
                broken.append((path, error))
        return cls(entries, tuple(broken))

    def gaps(self) -> tuple[Gap, ...]:
        """What diagnoses must do without: the past that broken files tell of, in one gap."""
        if not self.broken:
            return ()
        more = f"; and {len(self.broken) - MAX_TOLD} more" if len(self.broken) > MAX_TOLD else ""
        causes = "; ".join(f"{path}: {error.cause}" for path, error in self.broken[:MAX_TOLD])
        return (Gap("knowledge", "what these entries know of the past", causes + more, "`bot check knowledge` says how to mend each"),)

    def find(self, signature: Signature) -> Entry | None:
        """The entry of this error: by fingerprint, by name, or by an alias it was merged under."""
        return self.entries.get(self.name_for(signature))

    def name_for(self, signature: Signature) -> str:
        """The name this error has here. Where another error holds the short name, the hex grows; nothing is ever overwritten."""
        known = self._fingerprints.get(_fingerprint(signature))
        if known is not None:
            return known
        name = signature.name
        for digits in _HEX_DIGITS:
            owner = self.entries.get(name) or self.entries.get(self._aliases.get(name, ""))
            if owner is None or not _other(owner, name, signature):
                return owner.meta.signature if owner else name
            name = name_of(signature.culprit, signature.error_type, signature.fingerprint, digits)
        return name

    def named(self, signature: Signature) -> Signature:
        """The signature under the name it has here."""
        return msgspec.structs.replace(signature, name=self.name_for(signature))

    def past(self, signature: Signature, alert: Alert) -> tuple[PastEntry, ...]:
        """The entry of this very error, then up to three like it, the likest first."""
        own = self.find(signature)
        words = _words(f"{signature.message} {' '.join(alert.key_terms)}")
        scored = [(_likeness(entry, signature, words), entry) for entry in self.entries.values() if entry is not own and entry.meta.status != "withdrawn"]
        like = sorted((pair for pair in scored if pair[0] >= ENOUGH), key=lambda pair: (-pair[0], pair[1].meta.signature))[:MAX_SIMILAR]
        itself = own is not None and (own.meta.signature == signature.name or own.meta.fingerprint == _fingerprint(signature))
        same = [_past(own, "same" if itself else "alias")] if own else []
        return (*same, *(_past(entry, "similar") for _, entry in like))


def fix_of(entry: Entry) -> PastFix | None:
    """What the entry's `resolution` says ended the error, with the commit when it names one."""
    words = entry.meta.resolution.strip()
    if not words:
        return None
    shas = [sha for sha in _SHA.findall(words) if any(mark.isdigit() for mark in sha)]
    lettered = [sha for sha in shas if not sha.isdigit()]
    return PastFix(entry.meta.signature, words, next(iter(lettered or shas), None))


def root_cause_of(entry: Entry) -> str:
    """Why it happens, as the entry's summary says in plain words; empty while nobody knows."""
    section = find(entry.body, IN_SHORT)
    match = _WHY.search(entry.body, section.content, section.end) if section else None
    words = _CONFIDENCE.sub("", _unescaped(match.group(1).strip())) if match else ""
    return "" if words.startswith("Not known yet.") else words


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
    )


def _fingerprint(signature: Signature) -> str:
    return f"v{signature.version}:{signature.fingerprint}"


def _other(entry: Entry, name: str, signature: Signature) -> bool:
    """Whether the entry that holds this name is a different error. An alias, an entry without digest, or one of another algorithm is trusted."""
    version, _, digest = entry.meta.fingerprint.partition(":")
    return entry.meta.signature == name and bool(digest) and version == f"v{signature.version}" and digest != signature.fingerprint


def _likeness(entry: Entry, signature: Signature, words: set[str]) -> float:
    meta = entry.meta
    same_type = last_name(meta.error_type).casefold() == signature.error_type.casefold() != "unknown"
    same_culprit = meta.culprit.casefold() == signature.culprit.casefold() != "unknown"
    section = find(entry.body, SIGNATURE)
    theirs = _words(meta.title + (entry.body[section.content : section.end] if section else "")) - _words(f"{meta.error_type} {meta.culprit}")
    shared = len(words & theirs) / len(words) if words else 0.0
    return 3 * same_type + 3 * same_culprit + 5 * shared


def _words(text: str) -> set[str]:
    return set(_WORD.findall(re.sub(r"\*\*[^*]*\*\*|<[a-z]+>", " ", text).casefold())) - _COMMON


def _unescaped(markdown: str) -> str:
    # Code spans stay as they are: what is quoted in them is never escaped.
    return html.unescape(_ESCAPED.sub(lambda match: match.group(1) or match.group(0), markdown))
