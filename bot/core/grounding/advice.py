"""When a sentence tells what to do, and when a clause within it tells what was seen."""

import re

from bot.regex import regex

_IMPERATIVES = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "add adjust alert allow apply ask avoid back bump cache call cap change check clear compare configure confirm contact consider create "
        "decrease delete deploy disable drain drop emit enable enforce ensure extend fail find fix follow give guard handle have hold increase "
        "inspect introduce keep let limit lock log look lower make measure merge migrate mock monitor move notify open page pass pause ping pin "
        "prefer prevent put query raise reach read rebuild record reduce reject release remove rename repeat replace replay reproduce require rerun "
        "reset resize restart restore retry return reuse revert review roll rotate run scale schedule search see send serialise serialize set shorten "
        "show skip split start stop store switch tell test throttle treat try tune turn update upgrade use validate verify wait warn watch widen wrap "
        "write"
    ).split()
)
_PARTS = regex(r"[,;:()–—]|\b(?:because|since|which|that|so|but|and|while|then|as|before)\b", re.IGNORECASE)
_CONDITION = regex(
    r"\b(?:if|when|whenever|once|until|unless|after|should|must|would|could|can|may|might|let|whether|never|than|least|most|within|every|"
    r"per|under|over|up to|by default|"
    r"expect(?:ed|s)?)\b",
    re.IGNORECASE,
)
_SEEN = regex(
    r"\b(?:was|were|had|has been|have been|happened|occurred|failed|took|reached|exceeded|dropped|logged|affected|lost|crashed|returned|saw|hit|rose|"
    r"fell|began|started|ran|broke|came|went|grew|refused|removed|changed|introduced|deployed|merged|caused|is affecting|are affecting|are failing|"
    r"is failing|fails|"
    r"(?:logs?|evidence|trace|graph|dashboard|entry|metrics?|E\d{1,6}) shows?|showed|did)\b",
    re.IGNORECASE,
)
_GENERAL = regex(r"\b(?:by default|the default (?:is|of)|defaults to|in general|generally|usually|typically)\b", re.IGNORECASE)
_WISH = regex(r"\b(?:should|would be|ought to)\b", re.IGNORECASE)
_FIRST = regex(r"[\s\"'“(*_-]{0,20}(?:(?:then|first|next|now|also|please|finally|otherwise|if needed),? )?([A-Za-z]{2,20})\b", re.IGNORECASE)


def is_imperative(sentence: str) -> bool:
    """Whether it begins with a verb that tells somebody to do something."""
    first = _FIRST.match(sentence)
    return first is not None and first[1].casefold() in _IMPERATIVES


def is_general(sentence: str) -> bool:
    """Whether it says how a product works by itself, whatever happened here."""
    return _GENERAL.search(sentence) is not None and _SEEN.search(sentence) is None


def tells(sentence: str, start: int, end: int) -> bool:
    """Whether the clause around these characters tells what was seen, and sets no condition."""
    clause = _clause(sentence, start, end)
    return _SEEN.search(clause) is not None and _CONDITION.search(clause) is None


def is_wished(sentence: str, start: int, end: int) -> bool:
    """Whether the clause says what should be: `409 would be the right answer`."""
    return _WISH.search(_clause(sentence, start, end)) is not None


def _clause(sentence: str, start: int, end: int) -> str:
    before = [match.end() for match in _PARTS.finditer(sentence, max(0, start - 300), start)]
    after = _PARTS.search(sentence, end, end + 300)
    return sentence[before[-1] if before else max(0, start - 300) : after.start() if after else end + 300]
