"""The door for secrets: every text that leaves for a model, a file, a pull request or Slack goes through a Redactor.

It fails closed: a rule that breaks, and a text that takes too long, withhold the whole text.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import TypeVar

import msgspec

from bot.core.plain_text.plain_text import visible
from bot.core.redaction.rules import RULES, Rule
from bot.core.redaction.span import Span
from bot.model import Gap, Record
from bot.regex import regex

__all__ = ["PLACEHOLDER", "WITHHELD", "Redactor", "Span"]

WITHHELD = "[withheld: redaction failed]"
PLACEHOLDER = regex(r"\[secret:[a-z0-9-]{1,40}:\d{1,6}\\?\]")

R = TypeVar("R", bound=Record)
Clock = Callable[[], float]

PERSONAL = frozenset({"email", "card", "iban", "national-number", "phone", "code", "ip"})
SECONDS = 5.0
SHORTEST_OWN = 6  # a password like `admin` would blank the word everywhere
_LOOKS = 10  # at one text: each takes something out, so that only a text made for it needs more
_LEAST_BESIDE = 3  # letters and digits: as many as the shortest password has
_MEMORY = 200  # every remembered secret is looked for in every text
_HIDDEN = regex("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
# What a broken rule can raise; anything else (KeyboardInterrupt, MemoryError) ends the program, which also lets nothing out.
_BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, re.error)
_RULE_BROKE = "a rule of redaction failed on it"
_TOOK_TOO_LONG = "looking through it for secrets took too long"
_NEVER_DONE = "each look through it uncovered one more secret"
_REMEDIES = {
    _NEVER_DONE: "read it at its source; it looks as if it was made to be withheld",
    _RULE_BROKE: "read it at its source; tell the bot's maintainers what kind of text it is, not the text itself",
    _TOOK_TOO_LONG: "read it at its source, or raise `redaction.seconds_per_text`",
}


class _TooSlow(Exception):
    """A text took longer than it may."""


class Redactor:
    """One for each case: the same secret has the same placeholder (`[secret:github-token:1]`) wherever it stands in the case.

    A secret that was once seen under a telling key is recognised afterwards without it. `own` are secrets that are known beforehand, whatever
    their form: the bot's own, which a server may echo. With a `clock` (seconds, as `time.monotonic`), a text that takes longer than `seconds`
    is withheld; every rule costs time in proportion to a text's length, so that this is a matter of size. What was withheld stands in `gaps`.
    """

    def __init__(self, rules: Sequence[Rule] = RULES, own: Iterable[str] = (), *, clock: Clock | None = None, seconds: float = SECONDS) -> None:
        self._rules, self._clock, self._seconds = rules, clock, seconds
        self._numbers: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._withheld: dict[int, str] = {}
        self._remembered: dict[str, str] = dict.fromkeys((value for value in own if len(value) >= SHORTEST_OWN), "own")

    def text(self, text: str) -> str:
        """The text with placeholders for what must not leave. Nothing is left that a second time would take."""
        return self._settled((text,))[text]

    def record(self, record: R) -> R:
        """The record with every text in it redacted; secrets learned in one field are known in all others."""
        plain = msgspec.to_builtins(record, builtin_types=(datetime,))
        return msgspec.convert(_exchanged(plain, self._settled(_leaves(plain))), type(record))

    def spans(self, text: str) -> list[Span]:
        """Where secrets stand, in order, not overlapping. For the linter. Where a rule breaks, the whole text counts as one (`withheld`)."""
        try:
            return _merged([*self._found(text), *self._known_in(_covered(text))])
        except (*_BROKEN, _TooSlow):
            return [Span(0, len(text), "withheld")]

    def gaps(self) -> tuple[Gap, ...]:
        """What was withheld so far: one gap for each cause."""
        causes = Counter(self._withheld.values())
        return tuple(
            Gap("bot", f"{count} {'text' if count == 1 else 'texts'} of the evidence", f"withheld: {cause}", _REMEDIES[cause])
            for cause, count in causes.items()
        )

    def _settled(self, texts: Iterable[str]) -> dict[str, str]:
        """Each text as it leaves.

        What is taken out was the neighbour of what stands beside it, and may have hidden that from its rule (`ada@example.co` with a token glued
        behind); so whatever changed is looked through again.
        """
        settled = {text: _visible(text) for text in texts}
        changed = list(dict.fromkeys(settled.values()))
        for _ in range(_LOOKS):
            found = {text: self._looked_through(text) for text in changed}
            written = {text: self._written(text, found.get(text, [])) for text in dict.fromkeys(settled.values())}
            settled = {text: written[now] for text, now in settled.items()}
            changed = list(dict.fromkeys(made for now, made in written.items() if made not in (now, WITHHELD)))
            if not changed:
                return settled
        self._withheld |= dict.fromkeys(map(hash, changed), _NEVER_DONE)
        return {text: WITHHELD if now in changed else now for text, now in settled.items()}

    def _looked_through(self, text: str) -> list[Span] | None:
        """What the rules find in the text; None when it is withheld."""
        try:
            return self._found(text)
        except _BROKEN:
            self._withheld[hash(text)] = _RULE_BROKE
        except _TooSlow:
            self._withheld[hash(text)] = _TOOK_TOO_LONG
        return None

    def _written(self, text: str, found: list[Span] | None) -> str:
        if found is None:
            return WITHHELD
        found = [*found, *self._known_in(_covered(text))]
        if not found:
            return text
        parts, at = list[str](), 0
        for span in _merged(found):
            parts += [text[at : span.start], self._placeholder(text[span.start : span.end], span.kind)]
            at = span.end
        return "".join([*parts, text[at:]])

    def _found(self, text: str) -> list[Span]:
        """What the rules find; it is remembered. A placeholder they see as a mask: nothing begins or ends in it."""
        covered = _covered(text)
        lowered = covered.lower()
        if len(lowered) != len(covered):
            # `İ` becomes two signs; every place must stay where it is.
            lowered = "".join(low if len(low := sign.lower()) == 1 else sign for sign in covered)
        ours = [match.span() for match in PLACEHOLDER.finditer(text)] if covered is not text else []
        until = self._clock() + self._seconds if self._clock else 0
        found = list[Span]()
        for rule in self._rules:
            for span in rule(covered, lowered):
                found += _beside(span, ours, text)
                if self._clock and self._clock() > until:
                    raise _TooSlow
            if self._clock and self._clock() > until:
                raise _TooSlow
        for span in found:
            self._remember(text[span.start : span.end], span.kind)
        return found

    def _known_in(self, text: str) -> list[Span]:
        """Where remembered secrets stand."""
        spans = list[Span]()
        for value, kind in self._remembered.items():
            at = text.find(value)
            while at >= 0:
                spans.append(Span(at, at + len(value), kind))
                at = text.find(value, at + len(value))
        return spans

    def _placeholder(self, secret: str, kind: str) -> str:
        if secret not in self._numbers:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._numbers[secret] = f"[secret:{kind}:{self._counts[kind]}]"
        return self._numbers[secret]

    def _remember(self, secret: str, kind: str) -> None:
        """Long values with letters and digits only: a password like `production` must not blank the word everywhere."""
        if (
            kind not in PERSONAL
            and len(self._remembered) < _MEMORY
            and 12 <= len(secret) <= 4000
            and "\n" not in secret
            and any(c.isdigit() for c in secret)
            and any(c.isalpha() for c in secret)
        ):
            self._remembered.setdefault(secret, kind)


def _visible(text: str) -> str:
    return visible(text) if not text.isascii() and _HIDDEN.search(text) else text


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)


def _exchanged(value: object, texts: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return texts[value]
    if isinstance(value, dict):
        return {key: _exchanged(inner, texts) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exchanged(inner, texts) for inner in value]
    return value


def _covered(text: str) -> str:
    """The text with a mask of the same length for each placeholder: its own words (`secret:`) give nothing away."""
    return PLACEHOLDER.sub(lambda match: "*" * len(match.group()), text) if "[secret:" in text else text


def _beside(span: Span, ours: Sequence[tuple[int, int]], text: str) -> Iterator[Span]:
    """What a span holds beside placeholders, whose places are in order. Where one stands in it, a sign or two more are a border and no secret."""
    at = span.start
    first = bisect_right(ours, span.start, key=itemgetter(1))
    inside = ours[first : bisect_left(ours, span.end, lo=first, key=itemgetter(0))]
    for start, end in (*inside, (span.end, span.end)):
        if at < start and (not inside or sum(map(str.isalnum, text[at:start])) >= _LEAST_BESIDE):
            yield Span(at, start, span.kind)
        at = end


def _merged(spans: list[Span]) -> list[Span]:
    """Overlapping spans become one; the kind is that of the rule that came first in the list of rules."""
    order = sorted(range(len(spans)), key=lambda n: (spans[n].start, n))
    out = list[tuple[int, Span]]()
    for rank in order:
        span = spans[rank]
        if out and span.start < out[-1][1].end:
            first, last = out[-1]
            kind = last.kind if first <= rank else span.kind
            out[-1] = (min(first, rank), Span(last.start, max(last.end, span.end), kind))
        else:
            out.append((rank, span))
    return [span for _, span in out]
