"""Which alert an occurrence is: `channel/ts` of its permalink, and the short form in which an entry keeps hundreds of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from bot.core.entry.entry import Entry
from bot.core.entry.outline import outline
from bot.core.entry.sections import HISTORY, find
from bot.regex import regex

_THREAD = regex(r"(?:/archives|\Aalert:[a-z]{1,20})/([A-Z0-9]+)/p(\d{10})(\d{6})")
_IDENTITY = regex(r"[A-Z0-9]{1,30}/\d{10}\.\d{6}\Z")
_OPENS = regex(r"<!-- errata:folded ([A-Z0-9]{1,30}) (\d{4})-(\d\d)\Z")
_WORDS = regex(r"[0-9a-z]{8}(?: [0-9a-z]{8}){0,999}\Z")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH = 8  # 36⁸ microseconds are 32 days: more than a month has
_A_LINE = 16


def identity_of(url: str) -> str:
    """`channel/ts` of a permalink, the link itself when it is none."""
    match = _THREAD.search(url)
    return f"{match.group(1)}/{match.group(2)}.{match.group(3)}" if match else url


def time_of(identity: str) -> datetime | None:
    """When the alert was posted, as its ts says; None where it has none."""
    if not _IDENTITY.match(identity):
        return None
    return datetime.fromtimestamp(int(identity.partition("/")[2][:10]), UTC)


def stamp_of(identity: str) -> str:
    """By which identities stand in order of time."""
    return identity.partition("/")[2]


def in_time_order(identities: Iterable[str]) -> tuple[str, ...]:
    """The same, oldest first, each once."""
    return tuple(sorted(set(identities), key=lambda one: (stamp_of(one), one)))


def identities(entry: Entry) -> tuple[str, ...]:
    """Every alert that the entry holds, oldest first: those of `threads`, and those that stand in the short form."""
    return in_time_order((*map(identity_of, entry.meta.threads), *folded_in(entry.body)))


def holds(entry: Entry, identity: str) -> bool:
    """Whether this alert is recorded there already."""
    return identity in map(identity_of, entry.meta.threads) or identity in folded_in(entry.body)


def can_fold(identity: str) -> bool:
    """Whether the short form gives it back."""
    return _IDENTITY.match(identity) is not None


def folded(identities: Iterable[str]) -> str:
    """Hidden comments, one for each channel and month; each alert is the microseconds since the month began, as 8 digits to the base 36."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in in_time_order(identities):
        channel, _, ts = one.partition("/")
        moment = datetime.fromtimestamp(int(ts[:10]), UTC)
        since = (int(ts[:10]) - _month_start(moment.year, moment.month)) * 1_000_000 + int(ts[11:])
        groups.setdefault((channel, f"{moment:%Y-%m}"), []).append(_base36(since))
    return "\n\n".join(f"<!-- errata:folded {channel} {month}\n{_lines(words)}\n-->" for (channel, month), words in groups.items())


@lru_cache(maxsize=64)
def folded_in(body: str) -> frozenset[str]:
    """The alerts that hidden comments of the diagnosis history hold; what stands in code is text."""
    if "<!-- errata:folded " not in body:
        return frozenset()
    section = find(body, HISTORY)
    found = set[str]()
    group: tuple[str, int] | None = None
    for line in outline(body).lines:
        if section is None or line.start < section.content or line.start >= section.end or line.kind != "comment":
            group = None
            continue
        opens = _OPENS.match(line.text.strip())
        if opens:
            group = _group(opens[1], opens[2], opens[3])
        elif group and _WORDS.match(line.text.strip()):
            found.update(_unfolded(*group, word) for word in line.text.split())
    return frozenset(found)


def _group(channel: str, year: str, month: str) -> tuple[str, int] | None:
    """Channel, and the second in which the month began."""
    possible = "2000" <= year <= "2285" and 1 <= int(month) <= 12
    return (channel, _month_start(int(year), int(month))) if possible else None


def _unfolded(channel: str, start: int, word: str) -> str:
    seconds, micro = divmod(int(word, 36), 1_000_000)
    return f"{channel}/{start + seconds:010}.{micro:06}"


def _month_start(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp())


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits.rjust(_WIDTH, "0")


def _lines(words: Sequence[str]) -> str:
    return "\n".join(" ".join(words[at : at + _A_LINE]) for at in range(0, len(words), _A_LINE))
