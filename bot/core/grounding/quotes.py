"""Citations against the evidence: a quotation must stand in the piece it names, white space and markup apart."""

from bot.core.grounding.case import PAST, Known, words
from bot.core.grounding.index import folded
from bot.core.grounding.markup import unmarked, unmarked_quote
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Citation, FixCheck

SHORTEST = 4
"""Letters and digits; fewer are found in any text."""
_GROUPS = {
    "code": "the code",
    "commit": "a change",
    "deploy": "a change",
    "fix": "a change",
    "metric": "a measurement",
    "query result": "a measurement",
}


def complaint(citation: Citation, known: Known) -> str:
    """Why it does not stand, as a line for people; empty when it stands."""
    evidence = known.evidence.get(citation.evidence)
    shown = f"“{cut(one_line(citation.quote), 160)}”"
    where = cut(one_line(citation.evidence), 20)
    if evidence is None:
        return f"a quotation from {where}, which is no evidence of this case: {shown}"
    if sum(character.isalnum() for character in unmarked(citation.quote)) < SHORTEST:
        return f"a quotation from {where} that is too short to say anything: {shown}"
    if not any(_stands(citation.quote, text) for text in words(evidence)):
        return f"a quotation that does not stand in {where}: {shown}"
    return ""


def _stands(quote: str, text: str) -> bool:
    """As it is, or as both are read: a model leaves the stars out, or quotes the label of a link."""
    read = _spaced(unmarked_quote(quote, text))
    return _spaced(quote) in _spaced(text) or bool(read and read in _spaced(unmarked(text)))


def is_of_today(citation: Citation, known: Known) -> bool:
    """Whether it quotes what was seen, not what somebody wrote earlier."""
    return known.evidence[citation.evidence].kind not in PAST


def kinds(citations: tuple[Citation, ...], known: Known) -> tuple[str, ...]:
    """The independent kinds of evidence that are quoted: two log lines are one kind, a log line and the code are two."""
    return tuple(dict.fromkeys(_GROUPS.get(known.evidence[one.evidence].kind, "a log") for one in citations if is_of_today(one, known)))


def beyond_the_error(citations: tuple[Citation, ...], known: Known) -> bool:
    """Whether one of them says more than the error says of itself."""
    return any(is_of_today(one, known) and not any(folded(unmarked(one.quote)) in text for text in known.error) for one in citations)


def proves(citation: Citation, known: Known) -> bool:
    """Whether it quotes the proof that an earlier fix was undone."""
    detail = known.evidence[citation.evidence].detail
    return isinstance(detail, FixCheck) and not detail.stands and detail.removed_by is not None


def _spaced(text: str) -> str:
    return " ".join(text.split())
