"""Who owns the failing code: the configuration says, else the codebase's CODEOWNERS, else those who wrote most of the function lately."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import msgspec

from bot.core.code.codeowners import LARGEST, PLACES, owners
from bot.core.code.handles import handles, login_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import CodePlace, Gap
from bot.regex import regex
from bot.sources.code.places import Place, Places
from bot.sources.code.reading import Reading, unread

_LATELY = timedelta(days=365)
_LINES = 400
_SHARE = 0.3
_MOST = 2
_OLD_SECONDS = 1.5
"""What the whole history of a line may cost: in a long one blame would take more than the rest of a diagnosis."""
_OLD_LINES = 5
_LAST_COMMITS = 8
_HEADER = regex(r"([0-9a-f]{40,64}) \d{1,9} \d{1,9}(?: \d{1,9})?")
Writer = tuple[str, str | None]
"""Name and GitHub login; the login is None where the commit does not show it."""


def owned(places: Places) -> Places:
    """The same places, with owners; a CODEOWNERS file that cannot be read is a gap more. Raises SourceError.

    Only the failing place is asked about with blame, since that costs a walk through its file's history.
    """
    found, gaps = [], list(places.gaps)
    for number, place in enumerate(places.found):
        text = "" if place.reading.codebase.owners else _codeowners(place.reading)
        gaps += [text] if isinstance(text, Gap) and text not in gaps else []
        named = handles(place.reading.codebase.owners) or owners("" if isinstance(text, Gap) else text, place.detail.path)
        writers = [] if named or number or place.reading.shallow else _writers(place)
        logins = handles(tuple(login for _, login in writers if login))
        names = () if logins else tuple(name for name, _ in writers)
        found.append(_with(place, msgspec.structs.replace(place.detail, owners=named or logins, authors=names)))
    return replace(places, found=found, gaps=gaps)


def _codeowners(reading: Reading) -> str | Gap:
    """The text of the first CODEOWNERS there is at the commit; read once for each codebase, since contents are kept."""
    there = [path for path in PLACES if reading.has(path)]
    if not there:
        return ""
    blob = reading.checkout.blob(reading.commit, there[0], LARGEST - 1)
    if blob is not None:
        return blob.decode("utf-8", "replace")
    gap = unread(reading, there[0], LARGEST)
    large = "larger than" in gap.cause
    return msgspec.structs.replace(
        gap, wanted=f"the owners by {gap.wanted}", **({"remedy": "make it smaller: GitHub does not read it either"} if large else {})
    )


def _writers(place: Place) -> list[Writer]:
    """Who wrote at least three of ten lines of the function that were written within the last year, the most first; machines left out.

    Of code that nobody changed for a year: who wrote the failing line, else who changed the file last.
    """
    around, reading = place.enclosure, place.reading
    begin = reading.time - _LATELY
    lately = [
        writer
        for writer, time in _blame(place, (around.first, min(around.last, around.first + _LINES)), f"--since={begin.isoformat(timespec='seconds')}")
        if time >= begin.timestamp()
    ]
    counted = Counter(lately or _of_failing_lines(place) or _of_file(place))
    least = _SHARE * sum(counted.values())
    return [writer for writer, count in counted.most_common(_MOST) if count >= least]


def _of_failing_lines(place: Place) -> list[Writer]:
    """Who wrote the few lines that fail, however long ago. Not in a partial clone, which would fetch every version of the file for it."""
    around, line = place.enclosure, place.detail.line
    if place.reading.checkout.partial:
        return []
    first, last = around.statement if around.statement[0] <= line <= around.statement[1] else (line, line)
    return [writer for writer, _ in _blame(place, (first, min(last, first + _OLD_LINES)), seconds=_OLD_SECONDS)]


def _of_file(place: Place) -> list[Writer]:
    """The last person who changed the file."""
    reading = place.reading
    options = ("-n", str(_LAST_COMMITS), "--no-merges", "--no-patch", "--format=%x00%aN%x00%aE")
    try:
        text = reading.checkout.output("log", *options, reading.commit, "--", reading.stored(place.detail.path), seconds=_OLD_SECONDS)
    except SourceError:
        return []
    _, *words = text.replace("\n", "").split("\0")
    people = (_writer({"author": name, "author-mail": address}) for name, address in zip(words[::2], words[1::2], strict=False))
    return [person for person in people if person][:1]


def _blame(place: Place, span: tuple[int, int], *options: str, seconds: float | None = None) -> list[tuple[Writer, float]]:
    """One (writer, time in seconds) for each line of the span that a person wrote; nothing where git does not say in time."""
    reading = place.reading
    told = ("--porcelain", "-w", "-M", "--root", "--ignore-revs-file=", *options, f"-L{span[0]},{span[1]}")
    try:
        return _blamed(reading.checkout.output("blame", *told, reading.commit, "--", reading.stored(place.detail.path), seconds=seconds))
    except SourceError:
        return []


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
