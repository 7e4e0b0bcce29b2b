"""Who owns the failing code: the configuration says, else the codebase's CODEOWNERS, else those who wrote most of the function lately."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import msgspec

from bot.core.codeowners import PLACES, owners
from bot.core.handles import handles, login_of
from bot.core.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import CodePlace
from bot.sources.code_places import Place, Places
from bot.sources.code_reading import Reading

_LATELY = timedelta(days=365)
_LINES = 400
_SHARE = 0.3
_MOST = 2
_HEADER = re.compile(r"([0-9a-f]{40,64}) \d{1,9} \d{1,9}(?: \d{1,9})?")
Writer = tuple[str, str | None]
"""Name and GitHub login; the login is None where the commit does not show it."""


def owned(places: Places) -> Places:
    """The same places, with owners. Only the failing place is asked about with blame, since that costs a walk through its file's history."""
    found = []
    for number, place in enumerate(places.found):
        named = _named(place)
        writers = [] if named or number or place.reading.shallow else _writers(place)
        logins = handles(tuple(login for _, login in writers if login))
        names = () if logins else tuple(name for name, _ in writers)
        found.append(_with(place, msgspec.structs.replace(place.detail, owners=named or logins, authors=names)))
    return replace(places, found=found)


def _named(place: Place) -> tuple[str, ...]:
    reading = place.reading
    return handles(reading.codebase.owners) or owners(_codeowners(reading), place.detail.path)


def _codeowners(reading: Reading) -> str:
    """The text of the first CODEOWNERS there is at the commit; read once for each codebase, since contents are kept."""
    there = [path for path in PLACES if reading.has(path)]
    blob = reading.checkout.blob(reading.commit, there[0]) if there else None
    return (blob or b"").decode("utf-8", "replace")


def _writers(place: Place) -> list[Writer]:
    """Who wrote at least three of ten lines of the function that were written within the last year, the most first; machines left out.

    Blame goes no further back: in a history of 200,000 commits that would take longer than the rest of a diagnosis.
    """
    around, reading = place.enclosure, place.reading
    span = f"-L{around.first},{min(around.last, around.first + _LINES)}"
    try:
        since = f"--since={(reading.time - _LATELY).isoformat(timespec='seconds')}"
        options = ("--porcelain", "-w", "-M", "--root", "--ignore-revs-file=", since, span)
        text = reading.checkout.output("blame", *options, reading.commit, "--", place.detail.path)
    except SourceError:
        return []
    counted = Counter(writer for writer, time in _blamed(text) if time >= (reading.time - _LATELY).timestamp())
    least = _SHARE * sum(counted.values())
    return [writer for writer, count in counted.most_common(_MOST) if count >= least]


def _blamed(porcelain: str) -> list[tuple[Writer, float]]:
    """One (writer, time in seconds) for each line that a person wrote."""
    known: dict[str, dict[str, str]] = {}
    order: list[str] = []
    sha = ""
    for line in porcelain.split("\n"):
        if match := _HEADER.fullmatch(line):
            sha = match[1]
            order.append(sha)
            known.setdefault(sha, {})
        elif sha and not line.startswith("\t"):
            key, _, value = line.partition(" ")
            known[sha].setdefault(key, value)
    found = [(_writer(known[sha]), known[sha].get("author-time", "0")) for sha in order]
    return [(writer, float(time) if time.isdigit() else 0.0) for writer, time in found if writer]


def _writer(commit: dict[str, str]) -> Writer | None:
    name, address = cut(one_line(commit.get("author", "")), 80), commit.get("author-mail", "").strip("<>")
    if "[bot]" in name or "[bot]" in address:
        return None
    login = login_of(address)
    return (name if name and "@" not in name else "", login) if login or (name and "@" not in name) else None


def _with(place: Place, detail: CodePlace) -> Place:
    return replace(place, detail=detail, evidence=msgspec.structs.replace(place.evidence, detail=detail))
