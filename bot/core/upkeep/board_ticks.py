"""The boxes of the dashboard: what each would do, hidden beside it, and which ones people ticked.

Only the bot's own part is read, and only whole lines as the bot writes them: not a quotation, not a fence, not a title that looks like one.
What a tick asks for is done only if the bot would offer it now.
"""

import re
from typing import Literal, cast

from bot.core.request.pull_request_marks import inert
from bot.model import Record
from bot.regex import regex

Verb = Literal["remind", "decline", "reopen", "diagnose", "resolve"]
BEGIN, END = "<!-- errata:board:begin -->", "<!-- errata:board:end -->"
DONE = "## Done lately"
MOST_DONE = 10
_PART = regex(re.escape(BEGIN) + r".*?(?:" + re.escape(END) + r"|\Z)", re.DOTALL)
_BOX = regex(r"\s{0,8}- \[([ xX])\] [^\n<>]{1,300} <!-- errata:tick=(remind|decline|reopen|diagnose|resolve)/([A-Za-z0-9._-]{1,120}) -->\s{0,8}")
_FOREIGN = regex(
    r"<!--(?=\s{0,200}errata:)(?! errata:tick=(?:remind|decline|reopen|diagnose|resolve)/[A-Za-z0-9._-]{1,120} -->$)", re.IGNORECASE | re.MULTILINE
)
_DONE_LINE = regex(r"- \d{4}-\d\d-\d\d \d\d:\d\d UTC: [^\n]{1,600}")


class Tick(Record, frozen=True):
    """What a box does, and to what: the number of a request or the name of an entry."""

    verb: Verb
    target: str


def box(tick: Tick, words: str, *, ticked: bool = False) -> str:
    """A line with a box; `words` are the bot's own."""
    return f"- [{'x' if ticked else ' '}] {words} <!-- errata:tick={tick.verb}/{tick.target} -->"


def ticked(text: str) -> tuple[Tick, ...]:
    """The boxes that are ticked in the bot's part, each once, in order."""
    found = (_BOX.fullmatch(line) for line in _lines(text))
    return tuple(dict.fromkeys(Tick(cast("Verb", box[2]), box[3]) for box in found if box and box[1] != " "))


def done(text: str) -> tuple[str, ...]:
    """What the bot's part says was done lately, the newest first."""
    lines = _lines(text)
    after = lines[lines.index(DONE) + 1 :] if DONE in lines else []
    return tuple(inert(line) for line in after if _DONE_LINE.fullmatch(line))[:MOST_DONE]


def outside(text: str) -> int:
    """How many characters people wrote around the bot's part."""
    return len(_PART.sub("", text))


def merged(text: str, part: str) -> str:
    """The text with the bot's part replaced; what people wrote around it stays. A second copy of the part goes; one without an end ends with the text."""
    # A mark that a title or an error message of a source holds would end the part, and what follows would pile up behind it.
    whole = f"{BEGIN}\n{_FOREIGN.sub('<! --', part.strip())}\n{END}"
    if _PART.search(text) is None:
        return f"{text.rstrip()}\n\n{whole}\n".lstrip("\n")
    first = _PART.sub(lambda _: "\0", text.replace("\0", ""), count=1)
    return _PART.sub("", first).replace("\0", whole)


def _lines(text: str) -> list[str]:
    lines, fenced = list[str](), False
    for part in _PART.findall(text.replace("\r\n", "\n")):
        for line in part.split("\n"):
            if re.match(r"\s{0,8}(?:`{3}|~{3})", line):
                fenced = not fenced
            elif not fenced:
                lines.append(line.rstrip())
    return lines
