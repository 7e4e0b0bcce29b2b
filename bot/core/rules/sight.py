"""What rules look at: the texts of a case in the order of their weight, and the facts that its evidence shows."""

from typing import Literal

from bot.core.rules.codes import Codes, codes
from bot.core.rules.phrase import Text, text
from bot.core.rules.rule import FactName, Sample, facts_of
from bot.model import Citation, Evidence, LogEvent, Record
from bot.regex import regex

Where = Literal["first error of the trace", "alert", "failing event", "earlier error", "state of its systems", "error beside it", "earlier line"]
HINTS = ("earlier line", "error beside it")
_READ = 20_000
# What a caller sent of his own: the browser he names, the page he came from, what he searched for. It tells nothing of what failed.
_SENT = regex(
    r"(?i:\b(?:ua|user[_ -]?agent|referr?er|q|search(?:[_ -]?term)?|user[_ -]?(?:text|note|comment|input))\\?[\"']?[ \t]{0,2}[=:][ \t]{0,2})"
    r"(?P<value>\\?\"[^\"\n]{0,2000}\"|'[^'\n]{0,2000}')"
    r"|(?<=[0-9-] )(?P<logged>\"[^\"\n]{0,2000}\" \"[^\"\n]{0,2000}\")"
)


class Said(Record, frozen=True):
    """A text and whose it is; `evidence` is the id of the piece that it can be quoted from, empty for the alert's own words."""

    words: str
    where: Where
    evidence: str = ""

    @property
    def carries(self) -> bool:
        """Whether a cause may rest on it: what was said on the way without being an error, or elsewhere at that time, is a hint."""
        return self.where not in HINTS


class Fact(Record, frozen=True):
    """Something that the evidence shows beyond its words; `reason` is a clause that says how."""

    name: FactName
    reason: str
    citations: tuple[Citation, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()


class Deployed(Record, frozen=True):
    """The deploy that the error came with: how many minutes before it was first seen."""

    minutes: int
    release: str
    citations: tuple[Citation, ...] = ()


class Sight(Record, frozen=True):
    """A case as rules see it. `slots` are values that every sentence may use: `service`, `function`, `place`, `environment`, `release`."""

    said: tuple[Said, ...]
    facts: tuple[Fact, ...] = ()
    languages: tuple[str, ...] = ()
    deployed: Deployed | None = None
    slots: tuple[tuple[str, str], ...] = ()


class Reading:
    """A sight made ready: each text folded once, its codes read once."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.texts: tuple[Text, ...] = tuple(text(_unsent(said.words)) for said in sight.said)
        self.codes: tuple[Codes, ...] = tuple(codes(one.plain) for one in self.texts)
        self.everything = "\n".join(one.lower for one in self.texts)
        """All texts in lower case: what does not stand here need not be looked for in each."""
        self.types = frozenset(name for one in self.codes for name in one.types)
        self.facts = {fact.name: fact for fact in sight.facts}


def _unsent(words: str) -> str:
    """A text without what its caller sent of his own."""
    return _SENT.sub(lambda sent: sent[0][: -len(sent["value"] or sent["logged"])] + " ... ", words[:_READ])


def sight_of(sample: str | Sample) -> Sight:
    """The small evidence of an example."""
    if isinstance(sample, str):
        return Sight((Said(sample, "alert"),))
    before = (Said(sample.before, "earlier error"),) if sample.before else ()
    facts = tuple(Fact(name, f"the example says {name}") for name in facts_of(sample))
    deployed = Deployed(sample.deploy_minutes, "") if sample.deploy_minutes is not None else None
    return Sight((Said(sample.says, "alert"), *before), facts, (sample.language,) if sample.language else (), deployed)


def quoted(words: str, evidence: Evidence | None) -> tuple[Citation, ...]:
    """A citation of the words, where they stand in that piece of evidence; blanks apart."""
    if evidence is None or not any(one.isalnum() for one in words):
        return ()
    detail = evidence.detail
    texts = (evidence.text, *((detail.message, detail.stack) if isinstance(detail, LogEvent) else ()))
    return (Citation(evidence.id, words[:300]),) if any(words[:300] in " ".join(one.split()) for one in texts) else ()
