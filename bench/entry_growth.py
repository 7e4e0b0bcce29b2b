"""How large an entry grows, and how long one more occurrence takes: `python -m bench.entry_growth`."""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from random import Random

import msgspec

from bench.figures import Figure, show
from bot.core.entry.entry import Entry, parse, render
from bot.core.entry.history_folding import MAX_BYTES
from bot.core.entry.identity import identities
from bot.model import AffectedCode, Citation, HistoricalContext, Occurrence, Permalink, Prevention
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import occurrence, signature

START = 1_735_689_600
WORDS = tuple(re.findall(r"\w+", "the lock of the row was gone before the second transfer of the account had read the balance and written its reservation"))


def full(ts: str, drawn: Random) -> Occurrence:
    """An occurrence whose diagnosis fills every part, with words of its own, about 5 kB."""
    usual = occurrence(ts)
    link = Permalink("acme.slack.com", "C0ALERTS1", ts)

    def said(length: int) -> str:
        return " ".join(drawn.choice(WORDS) for _ in range(length)).capitalize() + "."

    diagnosis = usual.diagnosis
    cause = msgspec.structs.replace(
        diagnosis.root_cause,
        statement=said(40),
        five_whys=tuple(said(20) for _ in range(5)),
        citations=tuple(Citation(f"E{n}", said(20)) for n in range(1, 6)),
    )
    made = msgspec.structs.replace(
        diagnosis,
        summary=said(20),
        root_cause=cause,
        blast_radius=said(30),
        affected_code=tuple(
            AffectedCode("transfers/handler.py", n, "reserve_leaves", said(12), f"https://github.com/acme/t/blob/{'a' * 40}/h.py#L{n}") for n in (1, 2)
        ),
        immediate_fix=said(60),
        long_term_fix=said(60),
        verification=said(40),
        prevention=Prevention(said(15), said(15), said(15)),
        history=HistoricalContext("recurring", previous_resolution=said(15), applies=said(15)),
        next_steps=tuple(said(15) for _ in range(4)),
        resolution_tips=tuple(said(15) for _ in range(3)),
    )
    return msgspec.structs.replace(usual, permalink=link, time=link.time, diagnosis=made)


def grown(count: int, seed: int = 1, every: int = 9 * 3600) -> tuple[Entry, float]:
    """An entry with so many occurrences, and the seconds that the last one took."""
    drawn = Random(seed)  # noqa: S311 - no secret
    entry, seconds = new_entry(signature(), full(f"{START}.000000", drawn)), 0.0
    for number in range(1, count):
        one = full(f"{START + number * every + drawn.randrange(every // 2)}.{drawn.randrange(10**6):06}", drawn)
        began = time.perf_counter()
        entry = record_occurrence(entry, one)
        seconds = time.perf_counter() - began
    return entry, seconds


def main() -> int:
    """Exit code 1 when the entry is larger than it may be, or what was written is not what is read."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--occurrences", type=int, default=1_000)
    return 0 if show("How an entry grows", figures(options.parse_args().occurrences)) else 1


def figures(count: int) -> Iterator[Figure]:
    """Size, memory of alerts, and time, of an entry with so many occurrences."""
    entry, seconds = grown(count)
    text = render(entry)
    yield Figure("size of an entry with many occurrences", len(text.encode()), MAX_BYTES, "bytes", beside=f"{count:,} occurrences, each diagnosed")
    yield Figure("alerts that the entry no longer knows", count - len(identities(entry)), 0)
    yield Figure("what was written is not what is read", float(parse(text) != entry), 0)
    yield Figure("the last occurrence, recorded in", round(seconds * 1000), None, "ms")


if __name__ == "__main__":
    sys.exit(main())
