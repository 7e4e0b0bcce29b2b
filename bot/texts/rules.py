"""How the rules of diagnosis read: the list, the outcome of their examples, the page docs/rules.md."""

from collections.abc import Iterable, Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.check import Verdict
from bot.core.rules.rule import Broken, Condition, Rule, facts_of
from bot.texts.markdown import code, sentence, table

_KEYS = (("says", "says"), ("error", "error type"), ("code", "code"), ("sqlstate", "SQLSTATE"), ("http", "HTTP"), ("grpc", "gRPC"), ("language", "language"))
_SHOWN = 3
_HEAD = """# Rules

Generated from [bot/diagnosers/rules](../bot/diagnosers/rules) by `bot rules compile`; do not edit.

Rules diagnose without a model. What they look at, how they are ranked, and how a team changes them or adds its own:
[knowledge/rules/README.md](../knowledge/rules/README.md).
*Cause* says what the matched words themselves name; *lead* what they only point to. A general rule counts only where no other does.
"""


def listing(rules: Sequence[Rule]) -> str:
    """One line for each rule: id, when, cause."""
    width = max((len(rule.id) for rule in rules), default=0)
    lines = [f"{rule.id:<{width}}  {cut(when(rule.when), 70):<70}  {cut(one_line(rule.cause), 90)}" for rule in rules]
    return "\n".join((f"{'id':<{width}}  {'when':<70}  cause", *lines, "", f"{len(rules)} rules"))


def when(condition: Condition) -> str:
    """A condition in words."""
    keyed = [f"{word} {_some(condition.of(key))}" for key, word in _KEYS if condition.of(key)]
    keyed += [f"fact {_some(facts_of(condition))}"] if condition.fact else []
    keyed += [f"a deploy within {condition.deploy_within}"] if condition.deploy_within else []
    keyed += [" and ".join(_grouped(inner) for inner in condition.all)] if condition.all else []
    keyed += [" or ".join(when(inner) for inner in condition.any)] if condition.any else []
    keyed += [f"not {' or '.join(when(inner) for inner in condition.none)}"] if condition.none else []
    return ", and ".join(keyed)


def outcome(verdicts: Sequence[Verdict], broken: Sequence[Broken], rules: int) -> str:
    """What failed, what another rule takes, the sum."""
    lines = [f"{one_line(one.path)}:{one.line}: {cut(one_line(one.cause), 300)}\n    {one_line(one.remedy)}" for one in broken]
    lines += [f"failed  {one.rule}: {one.failed}: {one.example}" for one in verdicts if one.failed]
    lines += [f"taken   {one.rule}: {one.taken_by} comes before it: {one.example}" for one in verdicts if one.taken_by]
    failed, taken = sum(bool(one.failed) for one in verdicts), sum(bool(one.taken_by) for one in verdicts)
    counts = [f"{rules} rule{'s' * (rules != 1)}", f"{len(verdicts)} examples", f"{failed} failed", f"{taken} taken by another rule"]
    return "\n".join((*lines, ", ".join((*counts, f"{len(broken)} broken"))))


def page(rules: Sequence[Rule]) -> str:
    """docs/rules.md."""
    parts = [_HEAD]
    for category in ("deployment", "database", "infrastructure", "application", "unknown"):
        of = [rule for rule in rules if rule.category == category]
        title = "Any category" if category == "unknown" else category.capitalize()
        rows = tuple((code(rule.id, in_table=True), sentence(when(rule.when), in_table=True), _kind(rule), sentence(rule.cause, in_table=True)) for rule in of)
        parts.append(f"## {title}\n\n{table(('Rule', 'When', 'Kind', 'What it says'), rows)}\n")
    return "\n".join(parts)


def _kind(rule: Rule) -> str:
    return f"{'cause' if rule.explains else 'lead'}{', general' if rule.general else ''}"


def _grouped(condition: Condition) -> str:
    return f"({when(condition)})" if len(condition.any) > 1 else when(condition)


def _some(values: Iterable[str]) -> str:
    kept = list(values)
    more = f" and {len(kept) - _SHOWN} more" if len(kept) > _SHOWN else ""
    return f"{', '.join(f'“{one_line(value)}”' for value in kept[:_SHOWN])}{more}"
