"""What a comment on one of the bot's pull requests asks for: one command at the start of a line, outside code, quotations and HTML comments."""

import difflib
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from bot.core.entry.outline import Line, outline
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.model import Record
from bot.regex import regex

Kind = Literal["rediagnose", "approve-query", "withdraw", "merge-into", "help"]
KINDS: tuple[Kind, ...] = ("rediagnose", "approve-query", "withdraw", "merge-into", "help")

LONGEST_COMMENT = 70_000
"""GitHub takes 65,536 characters; what lies behind that is not read."""
LONGEST_HINT = 1_000
_COMMAND = regex(r"/([A-Za-z][A-Za-z-]{0,30})(?:[ \t]+(\S.*?))?[ \t]*\Z")
_DIGEST = regex(r"[0-9a-f]{32}")
_SIGNATURE = regex(r"(?!\.)[A-Za-z0-9._-]{1,120}")
_RUN = regex(r"`+")
_PARAGRAPHS = regex(r"(\n[ \t]{0,200}\n)")
_NEAR = {"diagnose": "rediagnose", "approve": "approve-query", "query": "approve-query", "close": "withdraw", "merge": "merge-into", "errata": "help"}
"""What people type instead, beyond misspellings."""


class Command(Record, frozen=True):
    """One command. `argument` is the hint, digest or signature, checked; `problem` says why it can only be answered with help.

    `more` is True when further commands stood in the same comment: only the first is carried out.
    """

    kind: Kind
    argument: str = ""
    problem: str = ""
    more: bool = False

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"/{self.kind} {self.argument}".rstrip()


def read(comment: str) -> Command | None:
    """The first command of a comment; None when there is none. A misspelled one, or one with a wrong argument, is `help` with its problem."""
    found = _commands(visible(comment[:LONGEST_COMMENT]))
    first = next(found, None)
    if first is None or next(found, None) is None:
        return first
    return Command(first.kind, first.argument, first.problem, more=True)


def _commands(text: str) -> Iterator[Command]:
    if "/" not in text:
        return
    hidden = _Hidden(text)
    quoted = False
    for line in outline(text).lines:
        quoted = not line.hidden and bool(line.text.strip()) and (quoted or line.text.lstrip(" ").startswith(">"))
        match = None if quoted or line.hidden or hidden.at(line) else _COMMAND.match(line.text)
        command = _command(match[1].lower(), match[2] or "") if match else None
        if command is not None:
            yield command


class _Hidden:
    """Code spans and HTML comments that go over line ends: what stands in them is not said."""

    def __init__(self, text: str) -> None:
        self._spans = sorted((*_comments(text), *_code_spans(text)))
        self._starts = [start for start, _ in self._spans]

    def at(self, line: Line) -> bool:
        """Whether the beginning of the line stands in one."""
        here = bisect_right(self._starts, line.start)
        return any(end > line.start for _, end in self._spans[max(here - 2, 0) : here])


def _comments(text: str) -> Iterator[tuple[int, int]]:
    at = text.find("<!--")
    while at >= 0:
        end = text.find("-->", at + 4)
        yield at, end + 3 if end >= 0 else len(text)
        at = text.find("<!--", end) if end >= 0 else -1


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of backticks within a paragraph: a run, and the next run of the same length."""
    at = 0
    for paragraph in _PARAGRAPHS.split(text):
        runs = [(run.start(), run.end()) for run in _RUN.finditer(paragraph)]
        alike: dict[int, list[tuple[int, int]]] = {}
        for start, end in runs:
            alike.setdefault(end - start, []).append((start, end))
        after = 0
        for start, end in runs:
            others = alike[end - start]
            following = bisect_right(others, (start, end))
            if start >= after and following < len(others):
                after = others[following][1]
                yield at + start, at + after
        at += len(paragraph)


def _command(name: str, rest: str) -> Command | None:
    """None for a command that is somebody else's."""
    if name not in KINDS:
        near = _NEAR.get(name) or next(iter(difflib.get_close_matches(name, KINDS, n=1, cutoff=0.72)), None)
        return Command("help", problem=f"`/{name}` is no command here; did you mean `/{near}`?") if near else None
    kind = name
    if kind == "rediagnose":
        return Command(kind, cut(one_line(rest), LONGEST_HINT))
    if kind in ("withdraw", "help"):
        return Command(kind)
    argument = one_line(rest).strip("`<>").removesuffix(".md")
    if kind == "approve-query" and not _DIGEST.fullmatch(argument.lower()):
        return Command("help", problem="`/approve-query` needs the digest of one query: 32 digits and letters, as it stands above the query's SQL")
    if kind == "merge-into" and not _SIGNATURE.fullmatch(argument):
        return Command("help", problem="`/merge-into` needs the signature of another entry: its file name in knowledge/errors without `.md`")
    return Command(kind, argument.lower() if kind == "approve-query" else argument)
