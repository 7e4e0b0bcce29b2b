"""`python -m bench.knowledge_folder --entries 100000 [--keep DIR]`: the index, the search and a diagnosis in a folder of that many entries, ten of them broken.

Times are seconds of the processor that this process took, so that what else runs on the machine does not count; `--wall` takes the clock instead.
The index is timed from texts in memory to the text of every page: all front matters read, all pages made. Reading the files is a figure of its own.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bench.figures import Figure, say, show
from bench.knowledge_entries import entry, write
from bot.core.entry.entry import parse
from bot.core.knowledge import shelf
from bot.core.signature import signature as signatures
from bot.jobs.indexing import revisions
from bot.model import Alert, Permalink
from bot.sources.knowledge.entry_cache import CACHE
from bot.sources.knowledge.entry_library import FolderLibrary
from bot.sources.knowledge.entry_search import EntrySearch
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts.index import FRONT

T = TypeVar("T")
QUERIES = 200
_BROKEN = 10


def main() -> int:
    """Print the table; exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=100_000, help="how many (default: %(default)s)")
    options.add_argument("--keep", type=Path, metavar="DIR", help="make the folder here, or take the one that is here")
    options.add_argument("--wall", action="store_true", help="time by the wall clock")
    chosen = options.parse_args()
    if chosen.wall:
        Clock.read = time.perf_counter
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.keep or Path(made)
        if not (folder / "knowledge").is_dir():
            seconds, _ = _timed(lambda: write(folder, chosen.entries, _BROKEN))
            say(f"{chosen.entries} entries written in {seconds:.0f} s")
        return 0 if show(f"A knowledge folder of {chosen.entries} entries", figures(folder, chosen.entries)) else 1


def figures(folder: Path, count: int, queries: int = QUERIES) -> Iterator[Figure]:
    """Everything that is promised of a large folder."""
    yield from _index(folder)
    yield from _search(folder, count, queries)
    yield from _diagnosis(folder, count)


def _index(folder: Path) -> Iterator[Figure]:
    seconds, texts = _timed(KnowledgeFolder(folder).entries)
    yield Figure("entries read from disk", round(seconds, 2), None, "s")
    seconds, made = _timed(lambda: revisions(texts, {}))
    yield Figure("index built: every front matter read, every page made", round(seconds, 2), 10, "s")
    pages = {revision.path: revision.after for revision in made}
    yield Figure("pages of the index", len(pages), None)
    yield Figure("largest page", max(len(page.encode()) for page in pages.values()) // 1_000, 500, "kB")
    yield Figure("front page", len(pages[FRONT].encode()) // 1_000, 60, "kB")
    fullest = max(sum(path.startswith(f"knowledge/index/{kind}/") for path in pages) for kind in ("service", "category", "severity", "month"))
    yield Figure("files in the fullest folder of pages", fullest, 1_000)
    seconds, again = _timed(lambda: revisions(texts, pages))
    yield Figure("index built again, nothing to change", round(seconds, 2), 10, "s")
    yield Figure("pages that change then", len(again), 0)


def _search(folder: Path, count: int, queries: int) -> Iterator[Figure]:
    (folder / CACHE).unlink(missing_ok=True)
    search = EntrySearch(folder)
    seconds, _ = _timed(lambda: search.search("nothing"))
    yield Figure("first build of the search cache", round(seconds, 1), None, "s")
    yield Figure("size of the cache", (folder / CACHE).stat().st_size // 1_000_000, None, "MB")
    seconds, _ = _timed(lambda: EntrySearch(folder).search("nothing"))
    yield Figure("first search of a new process", round(seconds * 1_000), None, "ms")
    wanted = [entry(number * 37 % count) for number in range(queries)]
    times = [_timed(lambda name=name: bool(search.named(name))) for name, _ in wanted]  # type: ignore[misc]
    yield from _spread("look-up of a signature", [took for took, _ in times], 50)
    yield Figure("signatures found", sum(found for _, found in times), queries, least=True)
    typed = [(name, " ".join((meta.culprit, *meta.title.split()[-4:]))) for name, meta in ((name, parse(text).meta) for name, text in wanted)]
    times = [_timed(lambda name=name, words=words: _found(search, words, name)) for name, words in typed]  # type: ignore[misc]
    yield from _spread("search by words", [took for took, _ in times], 200)
    yield Figure("words that find their entry among the first twenty", sum(found for _, found in times), queries, least=True)
    common = [_timed(lambda words=words: search.search(words))[0] for words in ("error", "timeout error", "lock the", "insufficient", "billing api") * 8]  # type: ignore[misc]
    yield from _spread("search by words that stand on most pages", common, 200)


def _diagnosis(folder: Path, count: int) -> Iterator[Figure]:
    meta = parse(entry(count // 2)[1]).meta
    time_ = datetime(2026, 11, 1, tzinfo=UTC)
    message = meta.title.partition(": ")[2]
    alert = Alert(Permalink("", "", "0000000000.000000"), time_, "prod", message, error_type=meta.error_type, culprit=meta.culprit, message=message)
    words = tuple(message.split()[:6])

    def asked() -> int:
        library = FolderLibrary(EntrySearch(folder))
        named = library.named(signatures.of(alert))
        library.gaps()
        found, _ = shelf.nearest(words, shelf.pages(library.candidates(words), {}))
        return len(library.past(named, alert)) * len(found)

    times = [_timed(asked) for _ in range(5)]
    yield Figure("what a diagnosis asks of the past, in a new process", round(max(took for took, _ in times) * 1_000), 1_000, "ms")
    yield Figure("entries that it is given", min(found for _, found in times), 1, least=True)


def _found(search: EntrySearch, typed: str, name: str) -> bool:
    return name in {hit.name for hit in search.search(typed)}


def _spread(name: str, times: list[float], bar: float) -> Iterator[Figure]:
    ordered = sorted(times)
    yield Figure(f"{name}, p50", round(statistics.median(ordered) * 1_000, 1), bar, "ms")
    yield Figure(f"{name}, p95", round(ordered[int(len(ordered) * 0.95)] * 1_000, 1), bar, "ms")


class Clock:
    """What times are read from."""

    read: Callable[[], float] = time.process_time


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = Clock.read()
    made = work()
    return Clock.read() - start, made


if __name__ == "__main__":
    sys.exit(main())
