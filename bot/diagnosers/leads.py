"""What the rules tell beside the one that explains: other causes, what went before, and leads where none explains."""

from collections.abc import Iterable

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.ranking import Match
from bot.diagnosers.clues import Clues
from bot.model import RivalCause

_SAID_ELSEWHERE = frozenset({"pattern-origin", "pattern-suspect"})


def telling(clues: Clues, match: Match) -> str:
    """The line that a rule's words stand in."""
    seen = [one.detail for one in (clues.origin, clues.failing, *clues.trace, *clues.others) if one]
    lines = (one_line(line) for event in seen for line in (*event.message.splitlines(), *event.stack.splitlines()))
    return next((line for line in lines if match.words in line), match.words)


def rivals(clues: Clues, match: Match) -> tuple[RivalCause, ...]:
    """Other rules that name a cause, by the words of another event."""
    others = [one for one in clues.matches if one.explains and one.citations and one.text != match.text]
    return tuple(RivalCause(f"{one.meaning}.", f"{one.settle[:1].upper()}{one.settle[1:]}.", one.citations) for one in others[:2])


def led_to(clues: Clues, match: Match) -> Match | None:
    """The leak that the service itself warned of, before what was leaked is exhausted. It is no rival, for both can be true."""
    if match.bug_class != "resource exhaustion" or not clues.service:
        return None
    own = {seen.evidence.id for seen in clues.others if seen.detail.service == clues.service}
    leaks = (one for one in clues.matches if one.bug_class == "resource leak" and one.category == match.category and one.where == "error beside it")
    return next((one for one in leaks if any(citation.evidence in own for citation in one.citations)), None)


def unproven(clues: Clues) -> Iterable[str]:
    """What the rules that hold have to say where none of them carries: the first, the first by words, facts, and what stood beside it."""
    said = [match for match in clues.matches if match.where != "error beside it"]
    by_words = next((match for match in said if match.words), None)
    told = [match for match in (*said[:1], *((by_words,) if by_words else ()), *(one for one in said[1:] if one.facts)) if match.rule.id not in _SAID_ELSEWHERE]
    yield from list(dict.fromkeys(f"{match.meaning}." for match in told))[:3]
    beside = next((match for match in clues.matches if match.where == "error beside it" and not match.rule.general), None)
    if beside and (by_words is None or by_words.rule.general):
        yield f"At that time, not shown to be connected: “{cut(telling(clues, beside), 160)}”."
