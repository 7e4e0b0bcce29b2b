"""A message and the text in the source that it was made from: what to search for, and how well a piece of source fits.

The values in a message are not marked (`insufficient leaf balance for mira`), so short runs of neighbouring words are searched for, and what is
found is compared word by word: of the right text every fixed word stands in the message, in its order.
"""

import re
from collections.abc import Iterable

from bot.model import Record
from bot.regex import regex

MAX_MESSAGE = 600
"""Characters of a message that are compared: formats are short, values can be long."""
MAX_WINDOWS = 12
_MIN_LETTERS = 5
_MIN_WINDOW = 8

_WORD = regex(r"\w[\w'’]{0,60}")
_CONSTANT = regex(r"[A-Z][A-Z0-9]{0,40}(?:[_-][A-Z0-9]{1,40}){1,8}")
_TOKEN = regex(r"\S{1,200}")
_VARIES = regex(
    r"[\w-]{0,80}\d[\w.:,-]{0,120}|[0-9a-f]{8,64}|\S{0,100}[/\\@=<>{}\[\]|]\S{0,100}|\S{0,100}[\"“”`]\S{0,100}|\S{0,30}['’](?:\w{2,100}\S{0,10})?|\S{61,200}",
    re.IGNORECASE,
)
_SOFT = regex(r"[\s,.;:!?()\"'`]{1,20}\Z|\A[\s,.;:!?()\"'`]{1,20}")
_SMALL = frozenset("a an the of for to in on at by is was are be been not no and or with from has have had it its this that as if but".split())  # noqa: SIM905
# What formats put in place of a value: Python, printf, C#, Rust, Go, JavaScript, Ruby, Kotlin, PHP, Swift, Dart.
_PLACEHOLDER = regex(
    r"%\(\w{1,60}\)[-#0 +]{0,5}[\d.]{0,8}[a-zA-Z]|%[-#0 +]{0,5}[\d.*]{0,8}[hlLqjzt]{0,2}[diouxXeEfFgGcrsapvTtUq@wn]|%[{<]\w{1,60}[}>]"
    r"|[$#]\{[^{}]{0,200}\}|\\\([^()]{0,200}\)|\{[^{}]{0,200}\}|\$[A-Za-z_]\w{0,60}(?:(?:->|\.|\[)\w{1,60}\]?)?"
)
_MARK = "\x00"
_STRING = regex(
    r"(?P<triple>\"\"\"|''')(?P<long>(?:[^\\]|\\.){0,600}?)(?P=triple)|\"(?P<double>(?:[^\"\\\n]|\\.){0,400})\"|'(?P<single>(?:[^'\\\n]|\\.){0,400})'|`(?P<tick>(?:[^`\\]|\\.){0,400})`",
    re.DOTALL,
)


class Fit(Record, frozen=True):
    """How a text of the source fits a message: `words` of it stand in the message in order, `letters` in all, of `fixed` words that it has.

    `share` is the part of the message's own words that it explains.
    """

    words: int = 0
    letters: int = 0
    fixed: int = 0
    share: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing of the text is missing in the message, and enough of the message is explained to believe that."""
        part = self.letters >= 10 and (self.words >= 3 or (self.words == 2 and self.share >= 0.4))
        return self.words == self.fixed and (part or (self.letters >= _MIN_LETTERS and self.share >= 0.8))


def windows(message: str, words: int = 3) -> tuple[str, ...]:
    """Runs of so many neighbouring words that look fixed, the most telling first: strings that stand in the source if the format does.

    Whole runs that are shorter come too. None is longer than a few words, holds a line end, or is so common that it tells nothing.
    """
    found = dict.fromkeys(" ".join(run[at : at + words]) for run in _runs(message) for at in range(max(1, len(run) - words + 1)))
    cut = {window: _SOFT.sub("", _SOFT.sub("", window)) for window in found}
    telling = {window for window in cut.values() if _letters(_words(window)) >= _MIN_LETTERS and len(window) >= _MIN_WINDOW}
    ordered = sorted(telling, key=lambda window: (-_letters(_words(window)), window))
    return tuple(ordered[:MAX_WINDOWS])


def fit(message: str, literal: str) -> Fit:
    """How the content of a string literal fits a message. Time is the product of both lengths, and both are bounded."""
    said = _words(message[:MAX_MESSAGE])
    fixed = _words(_PLACEHOLDER.sub(" ", _unescaped(literal[:MAX_MESSAGE])))
    if not said or not fixed:
        return Fit()
    kept = _common(said, fixed)
    stable = [word for run in _runs(message) for word in _words(" ".join(run))] or said
    return Fit(len(kept), _letters(kept), len(fixed), min(1.0, len(kept) / len(stable)))


def literals(source: str) -> tuple[tuple[int, int, str], ...]:
    """The string literals of a piece of source as (start, end, content), neighbours that are joined (`"a" "b"`, `"a" + b + "c"`) as one."""
    joined: list[tuple[int, int, str]] = []
    for match in _STRING.finditer(source):
        content = next((part for part in match.group("long", "double", "single", "tick") if part is not None), "")
        if joined and _glue(source[joined[-1][1] : match.start()]):
            start, _, before = joined[-1]
            joined[-1] = (start, match.end(), f"{before}{_MARK if source[joined[-1][1] : match.start()].strip(_SPACE) else ''}{content}")
        else:
            joined.append((match.start(), match.end(), content))
    return tuple((start, end, content.replace(_MARK, " {} ")) for start, end, content in joined)


_SPACE = " \t\r\n\\"
_GLUE = regex(r"[\s\\]{0,200}(?:[fFrRuUbB$@]{0,2})|[\s\\]{0,100}(?:\+|\.\.?|<>|\+\+|~|&|<<)[\w\s.+<&~\[\]()$>*?:-]{0,120}(?:[fFrR$@]{0,2})")


def _glue(between: str) -> bool:
    return len(between) <= 300 and _GLUE.fullmatch(between) is not None and between.count("(") == between.count(")")


def _runs(message: str) -> list[list[str]]:
    """The message's tokens in runs between those that look like values."""
    runs: list[list[str]] = [[]]
    for token in _TOKEN.findall(message.replace(_MARK, " ")[:MAX_MESSAGE]):
        bare = token.strip(".,;:!?()")
        if not bare or not token.isprintable() or (_VARIES.fullmatch(bare) and not _CONSTANT.fullmatch(bare)):
            runs.append([])
        else:
            runs[-1].append(token)
    return [run for run in runs if run]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _letters(words: Iterable[str]) -> int:
    return sum(len(word) for word in words if word.lower() not in _SMALL)


def _unescaped(literal: str) -> str:
    return re.sub(r"\\(?:n|t|r)", " ", literal).replace("\\'", "'").replace('\\"', '"')


def _common(said: list[str], fixed: list[str]) -> list[str]:
    """The longest run of the fixed words, in order, that stands in what was said (gaps allowed)."""
    rows: list[list[int]] = [[0] * (len(said) + 1)]
    for word in fixed:
        above = rows[-1]
        row = [0]
        for at, other in enumerate(said, start=1):
            row.append(above[at - 1] + 1 if word == other else max(above[at], row[-1]))
        rows.append(row)
    kept: list[str] = []
    at = len(said)
    for number in range(len(fixed), 0, -1):
        while at and rows[number][at] == rows[number][at - 1]:
            at -= 1
        if at and rows[number][at] != rows[number - 1][at]:
            kept.append(fixed[number - 1])
            at -= 1
    return kept[::-1]
