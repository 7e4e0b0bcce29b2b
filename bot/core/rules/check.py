"""Each rule held against its own examples, and against what the other rules say of them."""

from collections.abc import Iterable, Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.matching import hits
from bot.core.rules.ranking import ranked
from bot.core.rules.rule import Rule, Sample
from bot.core.rules.sight import Reading, sight_of
from bot.model import Record


class Verdict(Record, frozen=True):
    """What became of one example. `taken_by` is the rule that comes before its own; `failed` says what is wrong, empty when nothing is."""

    rule: str
    example: str
    failed: str = ""
    taken_by: str = ""


def verdicts(rules: Sequence[Rule], among: Sequence[Rule] | None = None) -> tuple[Verdict, ...]:
    """Every example of `rules`; the order of precedence is that of all rules `among` them (default: the same)."""
    everyone = tuple(among if among is not None else rules)
    return tuple(verdict for rule in rules for verdict in _of(rule, everyone))


def _of(rule: Rule, everyone: Iterable[Rule]) -> Iterable[Verdict]:
    for example in rule.examples.match:
        sight = sight_of(example)
        if hits(rule, Reading(sight)) is None:
            yield Verdict(rule.id, _shown(example), "must match and does not")
            continue
        first = next(iter(ranked(everyone, sight)), None)
        yield Verdict(rule.id, _shown(example), taken_by=first.rule.id if first and first.rule.id != rule.id else "")
    for example in rule.examples.no_match:
        wrong = hits(rule, Reading(sight_of(example))) is not None
        yield Verdict(rule.id, _shown(example), "must not match and does" if wrong else "")


def _shown(example: str | Sample) -> str:
    return cut(one_line(example if isinstance(example, str) else example.says), 100)
