"""What the model may decide, and how it becomes a Diagnosis. Names, paths, links, people and history are put in by code."""

import re
from typing import Annotated

import msgspec
from msgspec.structs import replace

from bot.config import Severities
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.model import (
    AffectedCode,
    Assessment,
    BugClass,
    Case,
    Category,
    Citation,
    CodePlace,
    Commit,
    Diagnosis,
    FixCheck,
    HistoricalContext,
    Prevention,
    Record,
    RivalCause,
    RootCause,
    Severity,
    Verdict,
)

LONGEST_ANSWER = 200_000
"""Characters; beyond them an answer is not even parsed."""
_PROSE, _SENTENCE, _QUOTE = 4_000, 600, 600
_MOST = 12
_SMALL_WORDS = frozenset(("the", "of", "is", "are", "were", "and", "to", "it", "that", "with", "by", "because", "which", "from"))
"""Of English: a fifth of any text or more."""
_ENOUGH_WORDS = 20
_ORDER: tuple[Severity, ...] = ("low", "medium", "high", "critical")


def told(text: str) -> msgspec.Meta:
    """What the model reads of a field."""
    return msgspec.Meta(description=text)


class Quote(Record, frozen=True):
    """Words of the evidence."""

    evidence: Annotated[str, told("Id of the evidence: E1")]
    quote: Annotated[str, told("Words that stand there exactly so, as few as carry the claim")]


class Rival(Record, frozen=True):
    """Another cause that the evidence does not rule out."""

    statement: str
    decided_by: Annotated[str, told("What to look at, and which outcome speaks for which cause")]
    citations: tuple[Quote, ...]


class Place(Record, frozen=True):
    """Code that takes part in the failure."""

    evidence: Annotated[str, told("Id of evidence of the kind code, never a path of your own")]
    issue: Annotated[str, told("What is wrong there")]


class Answer(Record, frozen=True):
    """The diagnosis as the model gives it."""

    verdict: Verdict
    summary: Annotated[str, told("One sentence: what fails, where, for whom")]
    category: Category
    bug_class: BugClass
    severity: Severity
    severity_reason: Annotated[str, told("One sentence on impact, from the evidence")]
    cause_known: Annotated[bool, told("true only when quotations below carry the cause")]
    root_cause: Annotated[str, told("The mechanism in two to five sentences; when it is not known, what is known of it")]
    five_whys: Annotated[tuple[str, ...], told("From the failure down, one sentence each; stop where the evidence stops")]
    citations: Annotated[tuple[Quote, ...], told("What the cause rests on")]
    unsettled: Annotated[tuple[str, ...], told("What is not known, and what would settle it")]
    rivals: Annotated[tuple[Rival, ...], told("Competing causes; empty when the evidence rules the others out")]
    past_applies: Annotated[str, told("Whether what is known of earlier occurrences holds today, and by which evidence; empty without history")]
    blast_radius: Annotated[str, told("Who and what is affected, how many, since when; say it when it is not known")]
    affected_code: tuple[Place, ...]
    immediate_fix: Annotated[str, told("What stops the harm now; a rollback counts")]
    long_term_fix: str
    verification: Annotated[str, told("How to see that the fix holds")]
    prevention_test: str
    prevention_check: Annotated[str, told("A check before merging or deploying")]
    prevention_alert: str
    next_steps: Annotated[tuple[str, ...], told("Ordered, each one action")]
    resolution_tips: Annotated[tuple[str, ...], told("For whoever meets this error next")]


def read(text: str) -> Answer:
    """The answer, strictly. Raises ValueError with what does not fit, in words that a model can act on."""
    if not text.strip():
        raise ValueError("the answer was empty")
    if len(text) > LONGEST_ANSWER:
        raise ValueError(f"the answer had {len(text):,} characters, at most {LONGEST_ANSWER:,} are read")
    try:
        answer = msgspec.json.decode(_object(text), type=Answer)
    except msgspec.ValidationError as error:
        raise ValueError(f"the JSON does not fit the schema: {one_line(str(error))[:300]}") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"the answer is not one JSON object: {one_line(str(error))[:300]}") from error
    empty = [name for name, words in (("summary", answer.summary), ("root_cause", answer.root_cause)) if not visible(words).strip()]
    if empty:
        raise ValueError(f"it says nothing in {' and '.join(empty)}")
    return answer


def _object(text: str) -> str:
    """Without a greeting before the object and the fence around it: not every provider holds the model to the schema."""
    first, last = text.find("{"), text.rfind("}")
    return text[first : last + 1] if 0 <= first < last else text.strip()


def is_foreign(answer: Answer) -> bool:
    """Whether the prose is written in another script than the one the readers share, or without the small words of its language."""
    prose = f"{answer.summary} {answer.root_cause}"
    letters = [character for character in prose if character.isalpha()]
    words = prose.casefold().split()
    small = sum(word in _SMALL_WORDS for word in words)
    return sum(character > "\u024f" for character in letters) * 2 > len(letters) or (len(words) >= _ENOUGH_WORDS and small * 20 < len(words))


def diagnosis(answer: Answer, case: Case, rules: Diagnosis, severities: Severities) -> Diagnosis:
    """The Diagnosis: the model's words, bounded; the past, the places and what a severity obliges to from code.

    The severity is at most one step below what the rules read from the evidence: words in a log must not talk an incident down.
    """
    severity, reason = _severity(answer, rules.assessment.severity)
    response = severities.of(severity)
    return Diagnosis(
        diagnoser="",
        verdict=_verdict(answer.verdict, severity),
        summary=_line(answer.summary),
        category=answer.category,
        bug_class=answer.bug_class,
        assessment=Assessment(severity, reason, response.response_time, response.escalation),
        root_cause=_cause(answer, case),
        history=_history(answer, case, rules.history),
        blast_radius=_prose(answer.blast_radius),
        affected_code=_places(answer, case),
        immediate_fix=_prose(answer.immediate_fix),
        long_term_fix=_prose(answer.long_term_fix),
        verification=_prose(answer.verification),
        prevention=Prevention(_prose(answer.prevention_test), _prose(answer.prevention_check), _prose(answer.prevention_alert)),
        next_steps=_lines(answer.next_steps),
        resolution_tips=_lines(answer.resolution_tips),
    )


def _severity(answer: Answer, evident: Severity) -> tuple[Severity, str]:
    lowest = max(_ORDER.index(evident) - 1, 0)
    if _ORDER.index(answer.severity) >= lowest:
        return answer.severity, _line(answer.severity_reason)
    kept = _ORDER[lowest]
    return kept, f"the rules read {evident} from the evidence, the model said {answer.severity}: {_line(answer.severity_reason)}"


def _verdict(verdict: Verdict, severity: Severity) -> Verdict:
    return "watch" if verdict == "no action" and severity in ("critical", "high") else verdict


def _cause(answer: Answer, case: Case) -> RootCause:
    return RootCause(
        known=answer.cause_known,
        statement=_prose(answer.root_cause),
        confidence="medium" if answer.cause_known else "none",
        five_whys=_lines(answer.five_whys)[:7],
        citations=_quotes(answer.citations, case),
        unsettled=_lines(answer.unsettled),
        rivals=tuple(RivalCause(_prose(rival.statement), _line(rival.decided_by), _quotes(rival.citations, case)) for rival in answer.rivals[:4]),
    )


def _history(answer: Answer, case: Case, history: HistoricalContext) -> HistoricalContext:
    applies = _line(answer.past_applies)
    return replace(history, applies=applies) if case.history and applies else history


def _places(answer: Answer, case: Case) -> tuple[AffectedCode, ...]:
    """Evidence that is no code names no place; two remarks on one place are one."""
    read = {evidence.id: evidence.detail for evidence in case.evidence if isinstance(evidence.detail, CodePlace)}
    found: dict[str, AffectedCode] = {}
    for place in answer.affected_code[:_MOST]:
        code = read.get(_id(place.evidence))
        if code is not None:
            found.setdefault(_id(place.evidence), AffectedCode(code.path, code.line, code.function, _line(place.issue), code.permalink))
    return tuple(found.values())


def _quotes(quotes: tuple[Quote, ...], case: Case) -> tuple[Citation, ...]:
    """Without the sign that a diff puts before a line. No ellipsis: what is left of a long quotation must still stand in the evidence."""
    changes = {evidence.id for evidence in case.evidence if isinstance(evidence.detail, Commit | FixCheck)}
    found = ((_id(one.evidence), visible(one.quote).strip()[:_QUOTE]) for one in quotes[:_MOST])
    return tuple(dict.fromkeys(Citation(id_, re.sub(r"^[+-] +", "", quote) if id_ in changes else quote) for id_, quote in found))


def _id(written: str) -> str:
    return one_line(written).strip("[]").upper()[:20]


def _line(text: str) -> str:
    return cut(one_line(text), _SENTENCE)


def _lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in map(_line, texts[:_MOST]) if line)


def _prose(text: str) -> str:
    return cut(visible(text).strip(), _PROSE)
