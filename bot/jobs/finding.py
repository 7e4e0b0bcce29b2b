"""What people wrote down, found by words: entries, runbooks, post-mortems, reviews and error codes. Read-only, and everything that is answered has a bound."""

from types import TracebackType
from typing import Self

from bot.core.entry.entry import name_in
from bot.core.knowledge import error_codes, search_words
from bot.core.knowledge.code_catalogue import Catalogue
from bot.core.knowledge.error_codes import CodeMeaning
from bot.core.knowledge.search_hit import Hit
from bot.core.plain_text.plain_text import cut
from bot.errors import BadCommand, BadEntry
from bot.model import Record
from bot.sources.knowledge.entry_search import MOST_HITS, EntrySearch
from bot.sources.knowledge.knowledge import KnowledgeFolder

MOST_CODES = 10
PART = 16_000
"""Characters of a page that are given at once."""


class Found(Record, frozen=True):
    """Pages, the best first, and codes; `unread` says what could not be looked through."""

    pages: tuple[Hit, ...] = ()
    codes: tuple[CodeMeaning, ...] = ()
    unread: str = ""


class Part(Record, frozen=True):
    """A stretch of a page: part `number` of `of`."""

    path: str
    text: str
    number: int
    of: int


class Shelf:
    """The knowledge folder for somebody who looks something up."""

    def __init__(self, search: EntrySearch, folder: KnowledgeFolder) -> None:
        self._search, self._folder = search, folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._search.close()

    def find(self, typed: str, limit: int) -> Found:
        """Raises BadCommand where there is nothing to look for."""
        words = search_words.words_of(typed)
        if not words:
            raise BadCommand("searching the knowledge folder", "there is no word to look for", "name a few words of the error, or its signature")
        codes, unread = self._codes()
        broken = len(self._search.broken())
        notes = [unread, f"{broken} {'file is' if broken == 1 else 'files are'} no readable entry: `bot check` names them" if broken else ""]
        return Found(self._search.search(typed, max(1, min(limit, MOST_HITS))), _coded(typed, words, codes), "; ".join(note for note in notes if note))

    def entry(self, name: str, part: int = 1) -> Part:
        """An entry by its signature, or one of its earlier names. Raises BadCommand."""
        return self._part(self._found(name, "errors", "entry"), part)

    def runbook(self, name: str, part: int = 1) -> Part:
        """A runbook by the name of its file. Raises BadCommand."""
        return self._part(self._found(name, "runbooks", "runbook"), part)

    def runbooks(self) -> tuple[str, ...]:
        """The names of all runbooks."""
        return tuple(name_in(path) for path in self._folder.runbooks())

    def code(self, written: str) -> tuple[CodeMeaning, ...]:
        """What the catalogues say of a code; nothing where none knows it. Raises BadCommand for a catalogue that cannot be read."""
        codes, unread = self._codes()
        if unread:
            raise BadCommand("reading the error codes", unread, "mend knowledge/codes.yml")
        return error_codes.meanings(written, codes)

    def _found(self, name: str, kind: str, what: str) -> str:
        """The path of a page that is there: the name is compared with names, never opened."""
        plain = name.strip().removesuffix(".md").rpartition("/")[2]
        hits = self._search.named(plain) if plain else ()
        path = next((path for path in hits if f"/{kind}/" in path), None)
        if path is None:
            near = [hit.name for hit in self._search.search(plain, 20) if f"/{kind}/" in hit.path][:3]
            remedy = f"did you mean {' or '.join(near)}?" if near else "search for words of it first"
            raise BadCommand(f"reading the {what} {cut(plain, 120)!r}", f"there is no {what} of this name", remedy)
        return path

    def _part(self, path: str, number: int) -> Part:
        text = self._search.text(path)
        if text is None:
            raise BadCommand(f"reading {path}", "it cannot be read, or is gone", "`bot check` says what is wrong with it")
        of = max(1, -(-len(text) // PART))
        if not 1 <= number <= of:
            raise BadCommand(f"reading {path}", f"it has {of} {'part' if of == 1 else 'parts'}", f"ask for a part from 1 to {of}")
        return Part(path, text[(number - 1) * PART : number * PART], number, of)

    def _codes(self) -> tuple[Catalogue, str]:
        try:
            return self._folder.codes(), ""
        except BadEntry as error:
            return {}, f"knowledge/codes.yml: {error.cause}"


def _coded(typed: str, words: tuple[str, ...], codes: Catalogue) -> tuple[CodeMeaning, ...]:
    """The code itself, of every catalogue; else the team's codes that say all of the words."""
    exact = error_codes.meanings(typed.strip(), codes)
    told = ((code, known.told) for code, known in codes.items())
    near = (CodeMeaning("knowledge/codes.yml", code, cut(words_, 400)) for code, words_ in told if all(word in f"{code} {words_}".casefold() for word in words))
    return tuple(dict.fromkeys((*exact, *near)))[:MOST_CODES] if not exact else exact[:MOST_CODES]
