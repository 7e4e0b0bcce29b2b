"""A rule of diagnosis as data: when it holds, what it then says, and examples that prove both."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from bot.model import BugClass, Category, Prevention, Record, Severity
from bot.regex import regex

FactName = Literal[
    "first_error_in_another_service",
    "lock_wait",
    "one_tenant",
    "one_user",
    "one_release",
    "container_killed_for_memory",
    "container_restarts",
    "cpu_throttled",
    "same_hour_each_day",
    "suspect_commit",
    "suspect_removed_lock",
    "suspect_removed_guard",
    "suspect_changed_limit",
    "suspect_changed_dependency",
    "clock_skew",
    "earlier_fix_stands",
]
"""What the evidence of a case can show beyond its words; knowledge/rules/README.md says what each rests on."""

Words = str | tuple[str, ...]
_DURATION = regex(r"([1-9]\d{0,3})(m|h|d)")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}


class Condition(Record, frozen=True):
    """What must hold. Several keys of one condition must all hold; several values of one key are alternatives."""

    says: Words = ()
    """Phrases of the message: words, `{slot}` for a value, `...` for up to 80 characters of the line."""
    error: Words = ()
    """Types of errors by their last name; `*` ends an open name."""
    code: Words = ()
    """Codes that stand in the text exactly so."""
    sqlstate: Words = ()
    """Five characters, or the two of a class."""
    http: Words = ()
    """`503`, or `5xx`."""
    grpc: Words = ()
    """A status by its name: `UNAVAILABLE`."""
    language: Words = ()
    fact: FactName | tuple[FactName, ...] = ()
    deploy_within: str = ""
    """First seen at most this long after a deploy (`30m`, `1h`, `1d`), and not known from before."""
    any: tuple["Condition", ...] = ()
    all: tuple["Condition", ...] = ()
    none: tuple["Condition", ...] = ()

    def of(self, key: str) -> tuple[str, ...]:
        """The alternatives of a key; a single one may be written without a list."""
        value: Words = getattr(self, key)
        return (value,) if isinstance(value, str) else value

    def parts(self) -> Iterator["Condition"]:
        """The condition itself and all that stand in it."""
        yield self
        for inner in (*self.any, *self.all, *self.none):
            yield from inner.parts()


class Change(Record, frozen=True):
    """What a rule does to the severity in production: a floor, a ceiling, or so many steps up."""

    at_least: Severity | None = None
    at_most: Severity | None = None
    raise_by: int = 0


class Fix(Record, frozen=True):
    """What stops it now, and what keeps it from returning."""

    immediate: str = ""
    long_term: str = ""


class Sample(Record, frozen=True):
    """Small evidence: the alert's words, a line before them in the same trace, and facts."""

    says: str
    before: str = ""
    language: str = ""
    fact: FactName | tuple[FactName, ...] = ()
    deploy_minutes: int | None = None


class Examples(Record, frozen=True):
    """What the rule must hold for, and what it must not."""

    match: tuple[str | Sample, ...]
    no_match: tuple[str | Sample, ...] = ()


class Rule(Record, frozen=True):
    """One known failure. In its sentences `{slot}` is what was matched, and `[…{slot}…]` falls away where it was not.

    `explains`: what it matches names the cause itself, and not only what happened. `general`: it fits many failures and counts only
    where no other rule does. `over`: rules that it takes the place of where both hold.
    """

    id: str
    name: str
    when: Condition
    category: Category
    bug_class: BugClass
    cause: str
    explains: bool
    settle: str
    examples: Examples
    severity: Change = Change()
    fix: Fix = Fix()
    verification: str = ""
    prevention: Prevention = Prevention()
    next_steps: tuple[str, ...] = ()
    runbook: str = ""
    general: bool = False
    over: tuple[str, ...] = ()


class Broken(Record, frozen=True):
    """A rule file, or a rule of it, that cannot be used: where, why, and what to do."""

    path: str
    line: int
    cause: str
    remedy: str


def minutes(duration: str) -> int | None:
    """`90m`, `1h`, `2d` in minutes; None for anything else."""
    match = _DURATION.fullmatch(duration)
    return int(match[1]) * _MINUTES[match[2]] if match else None


def facts_of(condition: Condition | Sample) -> tuple[FactName, ...]:
    """The facts of a condition or a sample; a single one may be written without a list."""
    value = condition.fact
    return value if isinstance(value, tuple) else (value,)


def sentences(rule: Rule) -> Iterator[tuple[str, str]]:
    """Every text of a rule that a person reads, with its key."""
    yield from (("cause", rule.cause), ("settle", rule.settle), ("verification", rule.verification))
    yield from (("fix.immediate", rule.fix.immediate), ("fix.long_term", rule.fix.long_term))
    yield from ((f"prevention.{key}", value) for key, value in msgspec.structs.asdict(rule.prevention).items())
    yield from ((f"next_steps[{number}]", step) for number, step in enumerate(rule.next_steps))
