"""The library of a large folder: it answers from the search's cache where an entry is, and reads only the entries that a diagnosis looks at."""

from collections.abc import Iterable, Iterator, Mapping

from bot.core.entry.claims import claims
from bot.core.entry.entry import Entry, name_in, path_of
from bot.core.entry.library import Library, entry_in
from bot.errors import BadEntry
from bot.model import Alert, Signature
from bot.sources.knowledge.entry_search import EntrySearch, Mark

_CANDIDATES = 200
_MOST_BROKEN = 1_000


class FolderLibrary(Library):
    """Answers as `Library` does, but that entries like an error are sought among the two hundred that share most of its words, or its culprit."""

    def __init__(self, search: EntrySearch, elsewhere: Entry | None = None) -> None:
        unread = [(path, search.text(path)) for path in search.broken()[:_MOST_BROKEN]]
        broken = tuple(_why(path, text) for path, text in unread)
        super().__init__((), broken, {name: error for (path, text), (_, error) in zip(unread, broken, strict=True) for name in claims(text or "", path)})
        self._search, self._elsewhere = search, elsewhere
        self.entries = _Entries(search, elsewhere)
        if elsewhere is not None:
            self._fingerprints = {elsewhere.meta.fingerprint: elsewhere.meta.signature}
            self._aliases = dict.fromkeys(elsewhere.meta.aliases, elsewhere.meta.signature)

    def knowing(self, entry: Entry) -> Library:
        """The same with one entry as it stands elsewhere, on the branch of an open request."""
        return FolderLibrary(self._search, entry)

    def known_as(self, alias: str) -> tuple[str, ...]:
        """As the cache has it: the first hundred, and the entry that stands elsewhere."""
        return tuple(dict.fromkeys((*filter(None, (self._aliases.get(alias),)), *self._search.marked("alias", alias))))

    def candidates(self, words: Iterable[str]) -> Iterable[Entry]:
        """The two hundred entries that hold most of these words."""
        return self._those(self._search.nearest(tuple(words), _CANDIDATES))

    def _by_fingerprint(self, print_: str) -> str:
        return self._fingerprints.get(print_) or self._last_marked("fingerprint", print_)

    def _by_alias(self, alias: str) -> str:
        return self._aliases.get(alias) or self._last_marked("alias", alias)

    def _last_marked(self, mark: Mark, value: str) -> str:
        """Of several that bear it, the last by name, as a library that read them all would say."""
        return next(reversed(self._search.marked(mark, value)), "")

    def _likely(self, signature: Signature, alert: Alert) -> Iterable[Entry]:
        words = (signature.error_type, signature.culprit, signature.message, *alert.key_terms)
        near = self._search.nearest(words, _CANDIDATES)
        return self._those(dict.fromkeys((*near, *self._search.marked("culprit", signature.culprit.casefold(), _CANDIDATES))))

    def _those(self, names: Iterable[str]) -> Iterator[Entry]:
        return (entry for name in names if (entry := self.entries.get(name)) is not None)


class EntryTexts(Mapping[str, str]):
    """Path → text of the entries of a large folder, each read when it is asked for."""

    def __init__(self, search: EntrySearch) -> None:
        self._search = search

    def __getitem__(self, path: str) -> str:
        text = self._search.text(path)
        if text is None:
            raise KeyError(path)
        return text

    def __iter__(self) -> Iterator[str]:
        return map(path_of, self._search.names())

    def __len__(self) -> int:
        return len(self._search.names())


class _Entries(Mapping[str, Entry]):
    """Name → entry, each read when it is asked for; all of them only where somebody walks through."""

    def __init__(self, search: EntrySearch, elsewhere: Entry | None) -> None:
        self._search = search
        self._read: dict[str, Entry | None] = {elsewhere.meta.signature: elsewhere} if elsewhere is not None else {}
        self._names: tuple[str, ...] | None = None

    def __getitem__(self, name: str) -> Entry:
        if name not in self._read:
            self._read[name] = _parsed(name, self._search)
        entry = self._read[name]
        if entry is None:
            raise KeyError(name)
        return entry

    def __iter__(self) -> Iterator[str]:
        if self._names is None:
            broken = {name_in(path) for path in self._search.broken()}
            self._names = tuple(dict.fromkeys((*(name for name in self._search.names() if name not in broken), *(n for n, e in self._read.items() if e))))
        return iter(self._names)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _parsed(name: str, search: EntrySearch) -> Entry | None:
    try:
        path = path_of(name)
        text = search.text(path)
        return entry_in(text, path) if text is not None else None
    except BadEntry:
        return None


def _why(path: str, text: str | None) -> tuple[str, BadEntry]:
    """A file that is no entry, with what is wrong with it."""
    try:
        entry_in(text if text is not None else "", path)
    except BadEntry as error:
        return path, error
    return path, BadEntry(f"reading {path}", "it is not UTF-8, or was mended just now", "save it as UTF-8")
