"""How good a diagnosis is, held against what a case expects: four grades, whether it knew what it does not know, and whether it was sure and wrong."""

import re
from typing import Annotated, Literal

import msgspec

from bot.model import BugClass, Category, Confidence, Diagnosis, Record

Grade = Literal["right", "one step short", "right area", "wrong area"]
Kind = Literal["red herring", "poisoned", "regression", "elsewhere", "trend", "known", "gap", "held out"]
GRADES: tuple[Grade, ...] = ("right", "one step short", "right area", "wrong area")
_OR = " | "
_LONGEST = 600
_SURE: tuple[Confidence, ...] = ("high", "medium")

Words = Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=400)], ...], msgspec.Meta(max_length=30)]
"""Each must be named; ` | ` stands between words of which one is enough."""


class Places(Record, frozen=True):
    """What a right answer names beside the cause: `code` as `path:function`, `commit` as it is called in the case's history."""

    service: str = ""
    code: str = ""
    commit: str = ""


class Expected(Record, frozen=True):
    """What a case expects, written from its scenario: see evaluation/README.md."""

    story: Annotated[str, msgspec.Meta(min_length=20)]
    language: str = ""
    kinds: tuple[Kind, ...] = ()
    category: tuple[Category, ...] = ()
    bug_class: tuple[BugClass, ...] = ()
    no_cause: bool = False
    cause: Words = ()
    step_short: Words = ()
    places: Places = Places()
    not_as_cause: Words = ()
    never: Words = ()


class Outcome(Record, frozen=True):
    """What became of a case. `missing` was expected and not named; `forbidden` was said and must not be; `failure` is a run that broke off."""

    case: str
    grade: Grade
    known: bool = False
    confidence: Confidence = "none"
    expects_cause: bool = True
    surely_wrong: bool = False
    category: Category = "unknown"
    category_right: bool = False
    missing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    said: str = ""
    claims: int = 0
    unfounded: int = 0
    requests: int = 0
    tokens: int = 0
    dollars: float = 0
    seconds: float = 0
    fallback: str = ""
    failure: str = ""

    @property
    def unknown_though_seen(self) -> bool:
        """Whether it did not know what the evidence had."""
        return self.expects_cause and not self.known and not self.failure


def graded(case: str, expected: Expected, diagnosis: Diagnosis) -> Outcome:
    """The outcome of a case. Where no cause is in the evidence, only "unknown" is right."""
    cause = diagnosis.root_cause
    forbidden = _forbidden(expected, diagnosis)
    missing = _missing(expected.cause, _claim(diagnosis)) + _unplaced(expected.places, diagnosis)
    grade = _grade(expected, diagnosis, missing, forbidden)
    spend = diagnosis.spend
    return Outcome(
        case=case,
        grade=grade,
        known=cause.known,
        confidence=cause.confidence,
        expects_cause=not expected.no_cause,
        surely_wrong=cause.known and cause.confidence in _SURE and grade in ("right area", "wrong area"),
        category=diagnosis.category,
        category_right=not expected.category or diagnosis.category in expected.category,
        missing=() if grade == "right" else missing,
        forbidden=forbidden,
        said=_cut(cause.statement),
        claims=diagnosis.verified.claims,
        unfounded=len(diagnosis.verified.unfounded),
        requests=spend.requests if spend else 0,
        tokens=spend.input_tokens + spend.output_tokens + spend.cache_read_tokens + spend.cache_write_tokens if spend else 0,
        dollars=spend.dollars if spend else 0,
        seconds=spend.seconds if spend else 0,
        fallback=_cut(diagnosis.fallback),
    )


def _grade(expected: Expected, diagnosis: Diagnosis, missing: tuple[str, ...], forbidden: tuple[str, ...]) -> Grade:
    known = diagnosis.root_cause.known
    if forbidden or (expected.no_cause and known):
        return "wrong area"
    if expected.no_cause:
        return "right"
    if not missing:
        # Leads that name the cause beside "unknown" are no answer yet.
        return "right" if known else "one step short"
    claim = _claim(diagnosis)
    named = not _missing(expected.cause, claim) or bool(expected.places.commit and _named(expected.places.commit[:7], claim))
    step = bool(expected.step_short) and not _missing(expected.step_short, claim)
    if named or step:
        return "one step short"
    return "right area" if _area(expected, diagnosis) else "wrong area"


def _area(expected: Expected, diagnosis: Diagnosis) -> bool:
    service = expected.places.service
    return diagnosis.category in expected.category or bool(service and _named(service, _claim(diagnosis)))


def _missing(words: Words, claim: str) -> tuple[str, ...]:
    return tuple(word for word in words if not _named(word, claim))


def _unplaced(places: Places, diagnosis: Diagnosis) -> tuple[str, ...]:
    """The places that the answer does not name: services and commits in its words, code also among the places that it lists."""
    words = _folded(" ".join((diagnosis.summary, diagnosis.root_cause.statement, *diagnosis.root_cause.five_whys)))
    found = []
    if places.service and not _named(places.service, words):
        found.append(f"service {places.service}")
    path, _, function = places.code.partition(":")
    listed = any(place.path == path and (not function or place.function.rpartition(".")[2] == function) for place in diagnosis.affected_code)
    if places.code and not listed and not (_named(path, words) and (not function or _named(function, words))):
        found.append(f"code {places.code}")
    if places.commit and not _named(places.commit[:7], words):
        found.append(f"commit {places.commit[:7]}")
    return tuple(found)


def _forbidden(expected: Expected, diagnosis: Diagnosis) -> tuple[str, ...]:
    cause = diagnosis.root_cause
    blamed = _folded(" ".join((cause.statement, *cause.five_whys, diagnosis.immediate_fix))) if cause.known else ""
    said = _folded(
        " ".join(
            (
                diagnosis.summary,
                cause.statement,
                *cause.five_whys,
                diagnosis.blast_radius,
                diagnosis.immediate_fix,
                diagnosis.long_term_fix,
                diagnosis.verification,
                *diagnosis.next_steps,
                *diagnosis.resolution_tips,
                *(query.sql for query in diagnosis.wanted_queries),
            )
        )
    )
    return (*(word for word in expected.not_as_cause if _named(word, blamed)), *(word for word in expected.never if _named(word, said)))


def _claim(diagnosis: Diagnosis) -> str:
    """Where a cause is looked for: in its statement only, for the summary repeats the alert's own words."""
    return _folded(diagnosis.root_cause.statement)


def _named(word: str, text: str) -> bool:
    """Whether one of the alternatives stands in the text, beginning where a word begins."""
    options = [option for one in word.split(_OR) if (option := _folded(one))]
    return any(re.search(rf"(?<!\w){re.escape(option)}", text) for option in options)


def _folded(text: str) -> str:
    return " ".join(text.replace("`", "").casefold().split())


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
