"""What a sentence says of earlier times: that it happened before, that it is new, that it is the third time."""

import re
from collections.abc import Iterator

from bot.core.grounding.case import Known
from bot.regex import regex

_ORDINAL = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}
_NTH = regex(rf"\b(?:(?P<word>{'|'.join(_ORDINAL)})|(?P<digits>\d{{1,5}})(?:st|nd|rd|th)) (?:time|occurrence|incident|outage|recurrence)\b", re.IGNORECASE)
_SEEN = r"(?:happened|occurred|been seen|been reported|seen|failed|broken|come up|appeared)"
_EARLIER = r"(?:before|previously|earlier|in the past|again|already|last (?:week|month|year))"
_AGAIN = regex(
    r"\b(?:regress(?:ions?|ed)|recurr(?:ing|ences?|ed|s)|recurs?|reoccur(?:red|s|rences?)|reappear(?:ed|s)|resurfaced|known (?:issue|problem|bug)s?|"
    rf"(?:has |have |had )?{_SEEN}(?: \w{{1,12}}){{0,2}} {_EARLIER}|"
    r"(?:previous|earlier|past|prior) (?:occurrences?|incidents?|outages?|alerts?)|"
    r"(?:fails?|failing|happens|happening|broke|back|down|occurs|occurring|returned|came) (?:once )?again|once more|is back|"
    r"keeps (?:failing|happening|coming back)|same (?:error|problem|bug|failure|incident) as (?:last|before|in)|"
    r"used to (?:happen|fail|occur)|(?:previously|earlier) (?:fixed|resolved|seen|reported|solved))\b",
    re.IGNORECASE,
)
_NEW = regex(
    r"\b(?:(?:for the |the )?(?:very )?first (?:time|occurrence)|never (?:been )?(?:seen|happened|occurred|reported)(?: \w{1,12})? before|"
    r"not (?:been )?(?:seen|known|reported) (?:before|earlier)|no (?:earlier|previous|prior|past) (?:occurrences?|incidents?|alerts?)|"
    r"(?:a|brand) new (?:error|problem|bug|failure|incident)|not a regression)\b",
    re.IGNORECASE,
)
_DENIED = regex(
    r"\b(?:not|no|never|whether|if|isn't|wasn't|without|nor|neither|unknown|first|until|would|could|cannot|may|might|in case|should)\b", re.IGNORECASE
)
_PAST = regex(
    r"\b(?:earlier|previous(?:ly)?|before|last (?:seen|week|month|year)|past|then|ended|entry|entries|runbook|history|historical|"
    r"occurrences?|resolved|resolution|"
    r"fix(?:ed)?|regress\w{0,6}|recurr\w{0,6}|known|again|knowledge|once more|thread|similar|like it|time)\b",
    re.IGNORECASE,
)


def speaks_of_the_past(sentence: str) -> bool:
    """Whether a reader would take it as told of an earlier time, so that knowledge may carry it."""
    return _PAST.search(sentence) is not None


def recurrences(sentence: str, known: Known) -> Iterator[tuple[str, bool]]:
    """What is said of earlier times, and whether an entry, a fix or an earlier message says so."""
    for match in _NTH.finditer(sentence):
        count = _ORDINAL[match["word"].lower()] if match["word"] else int(match["digits"])
        yield match.group(), count < 2 or known.past.has_number(count, "events", 0)
    new = list(_NEW.finditer(sentence))
    for match in new:
        yield match.group(), not known.own or match.group().lower() == "not a regression"
    fresh = _NEW.sub(" ", sentence) if new else sentence
    for match in _AGAIN.finditer(fresh):
        if not _DENIED.search(fresh, max(0, match.start() - 40), match.start()):
            yield match.group(), known.recurs
