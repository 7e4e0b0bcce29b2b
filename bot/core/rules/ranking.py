"""Of the rules that hold, which comes first and why: particular before general, facts of today before words, cause before symptom."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.matching import Hit, hits
from bot.core.rules.rule import Rule
from bot.core.rules.sight import Reading, Sight, quoted
from bot.model import BugClass, Category, Citation, Evidence, Record
from bot.regex import regex

_SLOT = regex(r"\{(\w{1,30})\}")
_OPTIONAL = regex(r"\[([^\[\]]{0,200}\{\w{1,30}\}[^\[\]]{0,200})\]")
_QUOTABLE = ("log", "trace", "query result", "metric", "deploy")
MOST = 8
"""Rules that are told; the first makes the diagnosis."""


class Match(Record, frozen=True):
    """A rule that holds. `words` are those of the text it rests on, empty when facts alone carry it; `text` is that text's number."""

    rule: Rule
    words: str
    reason: str
    text: int
    where: str
    """Whose words those are; empty when facts alone carry it."""
    facts: int
    weight: float
    explains: bool
    """Whether the rule names the cause, and rests on words that may carry one."""
    slots: tuple[tuple[str, str], ...] = ()
    citations: tuple[Citation, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.rule.name

    @property
    def category(self) -> Category:
        """Of the rule."""
        return self.rule.category

    @property
    def bug_class(self) -> BugClass:
        """Of the rule."""
        return self.rule.bug_class

    @property
    def meaning(self) -> str:
        """The cause in a sentence, without its full stop."""
        return self.sentence(self.rule.cause).rstrip(".")

    @property
    def settle(self) -> str:
        """What would settle the cause further."""
        return self.sentence(self.rule.settle).rstrip(".")

    def sentence(self, template: str) -> str:
        """One of the rule's sentences with what was matched."""
        return filled(template, dict(self.slots))


def filled(template: str, slots: Mapping[str, str]) -> str:
    """A sentence with its slots. `[…{slot}…]` falls away where the slot is empty; a bare slot that is empty becomes "it"."""
    kept = _OPTIONAL.sub(lambda part: part[1] if all(slots.get(name) for name in _SLOT.findall(part[1])) else "", template)
    return " ".join(_SLOT.sub(lambda slot: slots.get(slot[1]) or "it", kept).split())


def ranked(rules: Iterable[Rule], sight: Sight, evidence: Mapping[str, Evidence] | None = None) -> tuple[Match, ...]:
    """The rules that hold, the strongest first, at most eight.

    In this order: a particular rule before one that fits many failures; one that names the cause before one that names a symptom;
    more facts of today before fewer; the first error of the trace before the alert's words, these before what was said earlier;
    a code before a phrase, a longer phrase before a shorter one.
    """
    reading = Reading(sight)
    found = [_match(rule, held, reading, evidence or {}) for rule in rules if (held := hits(rule, reading)) is not None and held]
    replaced = {name for match in found for name in match.rule.over}
    kept = [match for match in found if match.rule.id not in replaced]
    return tuple(sorted(kept, key=_order)[:MOST])


def _order(match: Match) -> tuple[bool, bool, bool, int, int, float, str]:
    return match.where == "error beside it", match.rule.general, not match.explains, -match.facts, match.text, -match.weight, match.rule.id


def _match(rule: Rule, held: Sequence[Hit], reading: Reading, evidence: Mapping[str, Evidence]) -> Match:
    said = [hit for hit in held if hit.text >= 0]
    leading = min(said, key=lambda hit: (hit.text, -hit.weight), default=None)
    carried = all(reading.sight.said[hit.text].carries for hit in said)
    slots = dict(reading.sight.slots) | {name: _value(value) for hit in held for name, value in hit.slots}
    return Match(
        rule=rule,
        words=leading.words if leading else "",
        reason="; ".join(dict.fromkeys(_reason(hit, reading) for hit in held)),
        text=leading.text if leading else len(reading.texts),
        where=reading.sight.said[leading.text].where if leading else "",
        facts=sum(hit.kind in ("fact", "deploy") for hit in held),
        weight=sum(hit.weight for hit in said),
        explains=rule.explains and carried,
        slots=tuple(slots.items()),
        citations=tuple(dict.fromkeys(one for hit in held for one in _citations(hit, reading, evidence))),
    )


def _citations(hit: Hit, reading: Reading, evidence: Mapping[str, Evidence]) -> tuple[Citation, ...]:
    """The alert itself is no evidence: its words are quoted from what also holds them."""
    if hit.text < 0:
        return hit.citations
    said = reading.sight.said[hit.text]
    own = quoted(hit.words, evidence.get(said.evidence))
    others = (quoted(hit.words, one) for one in evidence.values() if one.kind in _QUOTABLE) if said.where == "alert" and not own else ()
    return own or next((found for found in others if found), ())


def _reason(hit: Hit, reading: Reading) -> str:
    if hit.text < 0:
        return hit.reason
    return f"the {reading.sight.said[hit.text].where} says “{cut(one_line(hit.words), 120)}”"


def _value(value: str) -> str:
    return cut(one_line(value), 100)
