"""Which runbooks concern a failure: by their scope, the most particular first, at most three, each with the reason."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from bot.core.knowledge.runbook import Runbook
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.codes import codes
from bot.core.rules.phrase import Text, find, text
from bot.model import Category, Record

MOST = 3
Kind = Literal["rule", "code", "error type", "words", "service", "fact", "category", "environment"]
_WEIGHTS: dict[Kind, int] = {"rule": 64, "code": 32, "error type": 16, "words": 16, "service": 8, "fact": 4, "category": 2, "environment": 1}


class Sighted(Record, frozen=True):
    """What is known of a failure when runbooks are chosen. `named` are the paths of runbooks that a rule of diagnosis names."""

    words: str = ""
    service: str = ""
    environment: str = ""
    category: Category = "unknown"
    error_types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Chosen(NamedTuple):
    """A runbook with the reason, a clause such as "the error type DeadlockDetected"."""

    runbook: Runbook
    reason: str
    weight: int


def chosen(runbooks: Iterable[Runbook], seen: Sighted) -> tuple[tuple[Chosen, ...], int]:
    """The runbooks whose scope holds, and how many more there are beyond three.

    What a scope says of service, environment and category must all hold. Where it names something of the error itself (codes, types, words,
    facts), one such thing must be seen; a runbook that a rule of diagnosis names needs nothing more.
    """
    words = text(seen.words)
    found = [one for runbook in runbooks if (one := _held(runbook, seen, words)) is not None]
    ordered = sorted(found, key=lambda one: (-one.weight, one.runbook.path))
    return tuple(ordered[:MOST]), max(0, len(ordered) - MOST)


def _held(runbook: Runbook, seen: Sighted, words: Text) -> Chosen | None:
    marks = tuple(_marks(runbook, seen, words))
    named = any(kind == "rule" for kind, _ in marks)
    bounds = _bounds(runbook, seen, sure=any(kind in ("rule", "code") for kind, _ in marks))
    if bounds is None or not runbook.scoped or (runbook.marks and not marks) or (not runbook.marks and not named and not bounds):
        return None
    held = (*marks, *bounds)
    reason = ", ".join(f"{'the ' if kind not in ('rule', 'fact') else ''}{told}" for kind, told in held[:4])
    return Chosen(runbook, reason, sum(_WEIGHTS[kind] for kind in dict(held)))


def _marks(runbook: Runbook, seen: Sighted, words: Text) -> Iterator[tuple[Kind, str]]:
    front = runbook.front
    if runbook.path in seen.named:
        yield "rule", "a rule of diagnosis"
    folded = {code.casefold(): code for code in (*seen.codes, *codes(words.plain).sqlstates)}
    for code in front.codes:
        hit = next((one for name, one in folded.items() if _fits(name, code)), None)
        if hit:
            yield "code", f"code {hit}"
            break
    kinds = [kind.rpartition(".")[2] for kind in seen.error_types]
    for wanted in front.error_types:
        hit = next((kind for kind in kinds if _fits(kind, wanted)), None)
        if hit:
            yield "error type", f"error type {cut(one_line(hit), 80)}"
            break
    for phrase in front.says:
        if find(phrase, words):
            yield "words", f'words "{cut(phrase, 80)}"'
            break
    for fact in front.facts:
        if fact in seen.facts:
            yield "fact", fact.replace("_", " ")
            break


def _bounds(runbook: Runbook, seen: Sighted, *, sure: bool) -> tuple[tuple[Kind, str], ...] | None:
    """What of the failure's place holds; None where the scope leaves it out. `sure`: a code or a rule says more than a category that was guessed."""
    front = runbook.front
    found = list[tuple[Kind, str]]()
    for kind, wanted, value in (("service", front.services, seen.service), ("environment", front.environments, seen.environment)):
        if wanted and not any(_fits(value, one) for one in wanted):
            return None
        if wanted:
            found.append(("service" if kind == "service" else "environment", f"{kind} {cut(one_line(value), 80)}"))
    if front.categories and seen.category in front.categories:
        found.append(("category", f"category {seen.category}"))
    elif front.categories and not sure and (seen.category != "unknown" or not runbook.marks):
        return None
    return tuple(found)


def _fits(value: str, wanted: str) -> bool:
    """Whatever the case; `checkout-*` stands for every name that begins so."""
    plain, pattern = value.casefold(), wanted.casefold()
    return bool(plain) and (plain.startswith(pattern[:-1]) if pattern.endswith("*") else plain == pattern)


def guided(picked: Sequence[Chosen]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Systems that help, and systems to skip with the reason; what one runbook wants asked is never skipped for another."""
    helps = tuple(dict.fromkeys(system for one in picked for system in one.runbook.front.helps))
    skip = {system: f"the runbook {one.runbook.path} says to skip it" for one in reversed(picked) for system in one.runbook.front.skip if system not in helps}
    return helps, tuple(sorted(skip.items()))
