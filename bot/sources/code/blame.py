"""Who last changed each line of a function: git blame, with moves, white space and known re-formattings seen through, bounded in time."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.regex import regex
from bot.sources.code.reading import Reading

IGNORE_FILE = ".git-blame-ignore-revs"
_HEADER = regex(r"([0-9a-f]{40,64}) \d{1,9} (\d{1,9})(?: \d{1,9})?")
_SHA = regex(r"\s{0,20}([0-9a-f]{40,64})\b")
_MOST_IGNORED = 200
LONGEST_SPAN = 400
"""Lines of one function that are looked at."""


def blamed(reading: Reading, path: str, span: tuple[int, int], since: datetime, ignored: Iterable[str] = ()) -> dict[int, str]:
    """Line number → the commit that last changed it; lines that are older than `since` are left out. Raises SourceError."""
    first, last = span[0], min(span[1], span[0] + LONGEST_SPAN)
    text = reading.checkout.output(
        "blame",
        "--porcelain",
        "--root",
        *("-w", "-M", "-C"),
        f"--since={since.astimezone(UTC).isoformat(timespec='seconds')}",
        "--ignore-revs-file=",  # whatever the configuration names does not count
        *(f"--ignore-rev={sha}" for sha in ignored),
        f"-L{first},{last}",
        reading.commit,
        "--",
        reading.stored(path),
    )
    return _parsed(text)


def ignored_revisions(reading: Reading) -> frozenset[str]:
    """The commits that the repository itself says to look through, read as data at the commit."""
    if not reading.has(IGNORE_FILE):
        return frozenset()
    content = (reading.checkout.blob(reading.commit, IGNORE_FILE) or b"").decode("utf-8", "replace")
    matches = (_SHA.match(line) for line in content.splitlines()[: 10 * _MOST_IGNORED])
    return frozenset([match[1] for match in matches if match][:_MOST_IGNORED])


def _parsed(porcelain: str) -> dict[int, str]:
    found: dict[int, str] = {}
    boundary: set[str] = set()
    sha = ""
    for line in porcelain.split("\n"):
        if line.startswith("\t"):
            continue
        if match := _HEADER.fullmatch(line):
            sha = match[1]
            found[int(match[2])] = sha
        elif line == "boundary":
            boundary.add(sha)
    return {number: name for number, name in found.items() if name not in boundary}
