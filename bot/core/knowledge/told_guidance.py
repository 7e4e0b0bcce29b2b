"""What a closed case was told of runbooks and codes: read back from its evidence, which may have come from outside."""

from collections.abc import Iterator

from bot.core.knowledge import code_sightings
from bot.core.knowledge.shelf import CHOSEN, SOURCE
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Case, Evidence, Record
from bot.regex import regex

RUNBOOK = regex(r"knowledge/runbooks/[A-Za-z0-9][\w.-]{0,119}\.md")
_CODE = regex(r"knowledge/codes\.yml ([^`|<>\n]{1,80})")


class ToldRunbook(Record, frozen=True):
    """A runbook that was chosen for the case: its path, title, why, and the id of the evidence that quotes it."""

    path: str
    title: str
    reason: str
    evidence: str


class ToldCode(Record, frozen=True):
    """A code that the catalogue knows, with what it says."""

    code: str
    words: str
    evidence: str


def runbooks_of(case: Case) -> tuple[ToldRunbook, ...]:
    """At most three, the most particular first."""
    found = []
    for evidence in _knowledge(case):
        if evidence.query.startswith(CHOSEN) and RUNBOOK.fullmatch(evidence.place):
            title, _, reason = one_line(evidence.query.removeprefix(CHOSEN)).rpartition("; ")
            found.append(ToldRunbook(evidence.place, cut(title, 120), cut(reason, 300), evidence.id))
    return tuple(found[:3])


def codes_of(case: Case) -> tuple[ToldCode, ...]:
    """The codes of the alert that the team's catalogue tells of."""
    told = ((evidence, _CODE.fullmatch(evidence.place)) for evidence in _knowledge(case))
    return tuple(ToldCode(match[1], cut(one_line(evidence.text).partition(": ")[2], 400), evidence.id) for evidence, match in told if match)[:5]


def new_codes_of(case: Case) -> tuple[str, ...]:
    """The codes of the alert that no catalogue knows."""
    return tuple(dict.fromkeys(code for gap in case.gaps if (code := code_sightings.new_code(gap))))[:5]


def _knowledge(case: Case) -> Iterator[Evidence]:
    return (evidence for evidence in case.evidence if evidence.kind == "knowledge" and evidence.source == SOURCE)
