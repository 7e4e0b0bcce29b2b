"""Whether a rule holds for what is seen: the hits that carry it, each with the words or the fact it rests on."""

from collections.abc import Iterator
from typing import Literal

from bot.core.rules.codes import stands
from bot.core.rules.phrase import find, parsed
from bot.core.rules.rule import Condition, FactName, Rule, facts_of, minutes
from bot.core.rules.sight import Reading
from bot.model import Citation, Record

HitKind = Literal["says", "error", "code", "sqlstate", "http", "grpc", "language", "fact", "deploy"]
Coded = Literal["error", "code", "sqlstate", "http", "grpc"]
_ALL_CODED: tuple[Coded, ...] = ("error", "code", "sqlstate", "http", "grpc")
_CODED = {"sqlstate": "sqlstates", "http": "http", "grpc": "grpc"}
_WEIGHT: dict[HitKind, int] = {"sqlstate": 5, "code": 5, "says": 4, "grpc": 3, "http": 2, "error": 3, "fact": 0, "deploy": 0, "language": 0}


class Hit(Record, frozen=True):
    """One thing that a condition found. `text` is the number of the text, -1 for a fact."""

    kind: HitKind
    words: str
    text: int = -1
    slots: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    citations: tuple[Citation, ...] = ()

    @property
    def weight(self) -> float:
        """How particular it is; of two phrases the longer."""
        return _WEIGHT[self.kind] + min(len(self.words), 99) / 100 if self.text >= 0 else 0


def hits(rule: Rule, reading: Reading) -> tuple[Hit, ...] | None:
    """What the rule rests on, None when it does not hold."""
    return _held(rule.when, reading)


def _held(condition: Condition, reading: Reading) -> tuple[Hit, ...] | None:
    found: list[Hit] = []
    for own in _own_keys(condition, reading):
        if own is None:
            return None
        found.append(own)
    for inner in condition.all:
        held = _held(inner, reading)
        if held is None:
            return None
        found += held
    if condition.any:
        best = _best([held for inner in condition.any if (held := _held(inner, reading)) is not None])
        if best is None:
            return None
        found += best
    if any(_held(inner, reading) is not None for inner in condition.none):
        return None
    return tuple(found)


def _best(found: list[tuple[Hit, ...]]) -> tuple[Hit, ...] | None:
    """The alternative that rests on the earliest text, of equals the most particular."""
    return min(found, key=lambda held: (min((hit.text for hit in held), default=-1), -sum(hit.weight for hit in held)), default=None)


def _own_keys(condition: Condition, reading: Reading) -> Iterator[Hit | None]:
    """A hit for each key of the condition, None for one that does not hold; whoever stops there looks for no other."""
    if condition.says:
        yield _says(condition, reading)
    for kind in _ALL_CODED:
        if getattr(condition, kind):
            yield _coded(kind, condition, reading)
    if condition.language:
        yield _language(condition, reading)
    if condition.fact:
        yield _fact(facts_of(condition), reading)
    if condition.deploy_within:
        yield _deploy(condition.deploy_within, reading)


def _says(condition: Condition, reading: Reading) -> Hit | None:
    phrases = [phrase for phrase in condition.of("says") if parsed(phrase).lead in reading.everything]
    for number, text in enumerate(reading.texts if phrases else ()):
        here = [Hit("says", found.words, number, found.slots) for phrase in phrases if (found := find(phrase, text))]
        if here:
            return max(here, key=lambda hit: (bool(hit.slots), len(hit.words)))
    return None


def _coded(kind: Coded, condition: Condition, reading: Reading) -> Hit | None:
    wanted = [one for one in condition.of(kind) if _may_stand(kind, one, reading)]
    for number in range(len(reading.texts) if wanted else 0):
        words = next((found for one in wanted if (found := _code_in(kind, one, number, reading))), None)
        if words:
            return Hit(kind, words, number)
    return None


def _may_stand(kind: Coded, wanted: str, reading: Reading) -> bool:
    """Whether any text can hold it; looked at before each text is."""
    if kind == "error":
        return wanted.lower() in reading.types or wanted.endswith("*")
    return wanted.lower() in reading.everything if kind == "code" else any(getattr(one, _CODED[kind]) for one in reading.codes)


def _code_in(kind: Coded, wanted: str, number: int, reading: Reading) -> str | None:
    codes, plain = reading.codes[number], reading.texts[number].plain
    if kind == "code":
        return wanted if stands(wanted, plain) else None
    if kind == "error":
        name = wanted.lower()
        if not name.endswith("*"):
            return wanted if name in codes.types else None
        return next((_as_written(one, reading.texts[number].lower, plain) for one in sorted(codes.types) if one.startswith(name[:-1])), None)
    if kind == "sqlstate":
        return next((words for state, words in codes.sqlstates.items() if state.startswith(wanted.upper())), None)
    if kind == "http":
        return next((words for status, words in codes.http.items() if status == wanted or (wanted.lower().endswith("xx") and status[0] == wanted[0])), None)
    return codes.grpc.get(wanted.upper())


def _as_written(name: str, lower: str, plain: str) -> str:
    at = lower.find(name)
    return plain[at : at + len(name)]


def _language(condition: Condition, reading: Reading) -> Hit | None:
    return next((Hit("language", one, reason=f"the code is {one}") for one in condition.of("language") if one in reading.sight.languages), None)


def _fact(names: tuple[FactName, ...], reading: Reading) -> Hit | None:
    fact = next((reading.facts[name] for name in names if name in reading.facts), None)
    return Hit("fact", fact.name, slots=fact.slots, reason=fact.reason, citations=fact.citations) if fact else None


def _deploy(within: str, reading: Reading) -> Hit | None:
    deployed, most = reading.sight.deployed, minutes(within)
    if deployed is None or most is None or deployed.minutes > most:
        return None
    release = f" of {deployed.release}" if deployed.release else ""
    span = f"{deployed.minutes} minute{'s' * (deployed.minutes != 1)}"
    reason = f"first seen {span} after the deploy{release}"
    return Hit("deploy", "deploy", slots=(("deploy_minutes", span),), reason=reason, citations=deployed.citations)
