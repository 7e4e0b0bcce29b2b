"""What one pass through log files looks for: the errors of a window or what holds some words in it, and the events of traces; told of lines, bytes, events."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from bot.core.logs.carrier import begins_event, carries_stack, is_carrier
from bot.core.logs.document import is_error
from bot.core.logs.form import Needle
from bot.core.logs.words import LogWords
from bot.model import LogEvent
from bot.sources.logs.blocks import Block

WINDOW, TRACE = 1, 2
_HELD = 4
"""Of a line that holds all words itself, whatever an event makes of it."""
# A JSON line without any of these (the last: numbers of pino, Python and OpenTelemetry, letters of MongoDB, GELF, which has no words, events of
# Kubernetes, a request's status) tells of no error: it need not be parsed.
SIGNS = (
    *("err", "eror", "fatal", "crit", "alert", "emerg", "panic", "severe", "excep", "exc_", "traceback", "stack"),
    *(
        "timeout",
        "timed out",
        "failure",
        "fault",
        "violation",
        "exit",
        "interrupt",
        '":50',
        '": 50',
        '":60',
        '": 60',
        '"50"',
        '"60"',
        '"short_message"',
        '"gl2_',
    ),
    *(f'number":{space}{number}' for number in range(17, 25) for space in ("", " ", '"', ' "')),
    *('levelno":40', 'levelno": 40', '"s":"e"', '"s":"f"', '"type":"warning"', '"type": "warning"'),
    *(f'status{name}":{space}5' for name in ("", "code", "_code") for space in ("", " ", '"', ' "')),
)
_PLAIN_SIGNS = ("\tat ", "    at ", '  file "', "ftl ", "ftl]", "pnc ", *(f" {status} " for status in range(500, 600)))
"""The last: what access logs and proxies tell their errors by."""
_REGION_LINES = 400
_BETWEEN = 2
"""Lines of a carried stack that tell nothing by their bytes (Python's error, Go's functions), or are of another stream, before its next one."""


class Stretch(NamedTuple):
    """From when to when, both included."""

    start: datetime
    end: datetime

    def holds(self, time: datetime) -> bool:
        """Whether a time lies in it."""
        return self.start <= time <= self.end


class Sought:
    """Errors of a window (None: not asked for), or with `words` whatever holds them there, and events of traces (no ids: not asked for)."""

    def __init__(self, window: Stretch | None, ids: Sequence[str], trace: Stretch, words: LogWords | None = None) -> None:
        self.window, self.ids, self.trace, self.words = window, tuple(ids), trace, words
        self._words = tuple(one.encode() for one in self.ids)
        self._whole = re.compile("|".join(rf"(?<![0-9A-Za-z]){re.escape(one)}(?![0-9A-Za-z])" for one in self.ids)) if ids else None
        signs = (*SIGNS, *_PLAIN_SIGNS) if words is None else words.signs[:1]
        self._signs = BytesAhoCorasick([sign.encode() for sign in signs])

    @property
    def span(self) -> Stretch:
        """The times that an event may have to be sought at all."""
        if self.window is None or not self.ids:
            return self.window or self.trace
        return Stretch(min(self.window.start, self.trace.start), max(self.window.end, self.trace.end))

    def flag(self, line: str) -> int:
        """Which of the two the event that begins with this line may be; 0 for neither. A plain or carried line may always be an error: its stack may follow."""
        flag = 0
        if self.words is not None:
            flag |= self._worded(line, self.words)
        elif self.window is not None and (line.lstrip(" \t[,")[:1] != "{" or is_carrier(line) or self._has_sign(line)):
            flag |= WINDOW
        # `in` is far faster than a regular expression, and nearly every line is of another trace.
        if self._whole is not None and any(one in line for one in self.ids) and self._whole.search(line):
            flag |= TRACE
        return flag

    def of(self, event: LogEvent, flag: int) -> int:
        """Which of the two an event is, out of what `flag` said of its line."""
        found = flag & WINDOW if self.window is not None and self.window.holds(event.time) and self._is_sought(event, flag) else 0
        return found | (flag & TRACE if self.trace.holds(event.time) else 0)

    def regions(self, block: Block, needles: Sequence[Needle] | None, *, near: bool, wordless: bool) -> list[tuple[int, int]]:
        """The parts of a block, in order and apart, that hold every line that is sought together with what belongs to it.

        `needles` find the times of the window; None: they cannot be foretold, and what tells of an error is looked at whatever its time.
        `near`: most of the block is of the window, and words tell more than times. `wordless`: the lines tell their level without a word.
        """
        found: list[tuple[int, int]] = []
        if self.words is not None:
            wordless = not self.words.signs
        if self.window is not None:
            if needles is None and wordless:
                return [(0, block.end)]
            if needles is None:
                found += self._telling(block)
            elif near and not wordless:
                found += (part for part in self._telling(block) if any(True for needle in needles for _ in needle.places(block.data, part[1], part[0])))
            else:
                found += (part for part in _around(block, _merged(needles, block)) if wordless or self._tells(block.data, part))
        return _joined(found + self.traced(block))

    def traced(self, block: Block) -> list[tuple[int, int]]:
        """As `regions`, for a block that holds nothing of the window."""
        return _joined([part for word in self._words for part in _around(block, _places(block, word))])

    def _worded(self, line: str, words: LogWords) -> int:
        """A plain line may be followed by what holds the words; a document holds them itself or not at all."""
        lowered = line.lower()
        if words.in_text(lowered):
            return WINDOW | _HELD
        return WINDOW if line.lstrip(" \t[,")[:1] != "{" or words.may_be_in(lowered) else 0

    def _is_sought(self, event: LogEvent, flag: int) -> bool:
        return is_error(event) if self.words is None else self.words.in_event(event, held=bool(flag & _HELD))

    def _telling(self, block: Block) -> Iterator[tuple[int, int]]:
        signs = self._signs.find_matches_as_indexes(block.data.lower())
        return _around(block, (start for _, start, _ in signs if start < block.end))

    def _has_sign(self, line: str) -> bool:
        return bool(self._signs.find_matches_as_indexes(line.lower().encode("utf-8", "replace")))

    def _tells(self, data: bytearray, part: tuple[int, int]) -> bool:
        return bool(self._signs.find_matches_as_indexes(data[part[0] : part[1]].lower()))


def _merged(needles: Sequence[Needle], block: Block) -> Iterator[int]:
    if len(needles) == 1:
        return needles[0].places(block.data, block.end)
    return iter(sorted(at for needle in needles for at in needle.places(block.data, block.end)))


def _places(block: Block, word: bytes) -> Iterator[int]:
    at = block.data.find(word, 0, block.end)
    while at >= 0:
        yield at
        at = block.data.find(word, at + len(word), block.end)


def _around(block: Block, places: Iterator[int]) -> Iterator[tuple[int, int]]:
    """For each place the event that it stands in: from its beginning to that of the next."""
    done = 0
    for place in places:
        if place < done:
            continue
        begin = block.data.rfind(b"\n", 0, place) + 1
        for _ in range(_REGION_LINES):
            if begin <= done or begins_event(block.data, begin):
                break
            begin = block.data.rfind(b"\n", 0, begin - 1) + 1
        done = _end_of_event(block, place)
        yield begin, done


def _end_of_event(block: Block, place: int) -> int:
    """Where the next event begins. Behind a line of a carried stack some more are taken along, since not each of its lines shows what it is."""
    data, limit = block.data, block.end
    end = data.find(b"\n", place, limit) + 1 or limit
    between = _BETWEEN if carries_stack(data, data.rfind(b"\n", 0, place) + 1) else 0
    for _ in range(_REGION_LINES):
        if end >= limit:
            break
        if carries_stack(data, end):
            between = _BETWEEN
        elif begins_event(data, end):
            if not between:
                break
            between -= 1
        end = data.find(b"\n", end, limit) + 1 or limit
    return end


def _joined(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(parts):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
