"""How far a diagnosis can be trusted, in words: what was found in the evidence, how sure the cause is, who said it, what it cost."""

from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Citation, Confidence, Diagnosis, RivalCause, RuleMatch, Spend, Verified
from bot.texts.markdown import code, inline, sentence

MAX_LINE = 600
MAX_LISTED = 40
_SURE: dict[Confidence, str] = {"high": "high", "medium": "medium: likely, not proven", "low": "low: a lead to check first", "none": "none"}


def verified(checked: Verified) -> str:
    """`9 claims; 2 not found in the evidence`; empty when nothing was checked."""
    if not checked.claims and not checked.unfounded:
        return ""
    found = f"{checked.claims:,} {'claim' if checked.claims == 1 else 'claims'}"
    return f"{found}; **{len(checked.unfounded):,} not found in the evidence**" if checked.unfounded else f"{found}, all found in the evidence"


def unfounded(checked: Verified) -> str:
    """The claims that were not found, folded away; empty when there are none."""
    if not checked.unfounded:
        return ""
    count = len(checked.unfounded)
    lines = "\n".join(f"- {_line(line)}" for line in checked.unfounded[:MAX_LISTED])
    more = f"\n- and {count - MAX_LISTED} more" if count > MAX_LISTED else ""
    head = f"{count} {'claim' if count == 1 else 'claims'} of the diagnosis {'was' if count == 1 else 'were'} not found in the evidence"
    return f"<details>\n<summary>{head}</summary>\n\nTaken out, or marked *(unverified)* where it stands in a sentence:\n\n{lines}{more}\n\n</details>"


def confidence(diagnosis: Diagnosis) -> str:
    """In words, and from what it was computed."""
    level = f"Confidence: **{_SURE[diagnosis.root_cause.confidence].partition(':')[0]}**"
    meaning = _SURE[diagnosis.root_cause.confidence].partition(": ")[2]
    why = _line(diagnosis.verified.confidence)
    return f"{level}{f' ({meaning})' if meaning else ''}{f'. {why}' if why else '.'}"


def sureness(diagnosis: Diagnosis) -> str:
    """How sure the cause is, in two or three words for a first line."""
    return {"high": "cause well supported", "medium": "cause likely", "low": "cause a lead only", "none": "cause unknown"}[diagnosis.root_cause.confidence]


def quotes(citations: tuple[Citation, ...]) -> list[tuple[str, str]]:
    """Each piece of evidence that is quoted, with its quotations in code."""
    found: dict[str, list[str]] = {}
    for citation in citations[:20]:
        found.setdefault(cut(one_line(citation.evidence), 20), []).append(code(cut(one_line(citation.quote), MAX_LINE)))
    return [(name, " · ".join(dict.fromkeys(words))) for name, words in found.items()]


def rivals(causes: tuple[RivalCause, ...], most: int = 10) -> str:
    """Other causes that are not ruled out, each with what would decide."""
    return "\n".join(f"- {_stopped(_line(one.statement))}{_decided(one)}{_seen(one)}" for one in causes[:most] if one.statement.strip())


def rules(matches: tuple[RuleMatch, ...]) -> str:
    """Which rules hold and why, the one that decided first; folded away."""
    if not matches:
        return ""
    first, *others = matches[:MAX_LISTED]
    lines = [f"- **{inline(cut(one_line(first.rule), 120))}**, the strongest: {_line(first.reason)}"]
    lines += [f"- {inline(cut(one_line(one.rule), 120))}: {_line(one.reason)}" for one in others]
    count = "1 rule matches" if len(matches) == 1 else f"{len(matches)} rules match"
    return f"<details>\n<summary>{count}</summary>\n\n{chr(10).join(lines)}\n\n</details>"


def diagnosed_by(diagnosis: Diagnosis) -> str:
    """The model or the rules; and why the rules, where a model was meant to."""
    spent = diagnosis.spend
    who = _line(diagnosis.diagnoser)
    model = spent is not None and spent.model == diagnosis.diagnoser and not diagnosis.fallback
    kind = " (a model; its claims were checked against the evidence)" if model else ""
    return f"{who}{kind}{f'. {_line(diagnosis.fallback)}' if diagnosis.fallback else ''}"


def cost(spent: Spend | None, diagnoser: str = "") -> str:
    """`4 requests · 21,400 tokens in (17,000 cached), 1,900 out · $0.07 (saved $0.03) · 38 s`; empty where no model was asked.

    The model is named where it is not the diagnoser, who is told beside it.
    """
    if spent is None:
        return ""
    read = spent.input_tokens + spent.cache_read_tokens + spent.cache_write_tokens
    cached = f" ({spent.cache_read_tokens:,} cached)" if spent.cache_read_tokens else ""
    saved = f" (saved {_dollars(spent.saved)})" if spent.saved >= 0.005 else ""
    parts = (
        "" if spent.model == diagnoser else inline(cut(one_line(spent.model), 80)),
        f"{spent.requests} {'request' if spent.requests == 1 else 'requests'}",
        f"{read:,} tokens in{cached}, {spent.output_tokens:,} out",
        f"{_dollars(spent.dollars)}{saved}",
        f"{spent.seconds:.0f} s",
    )
    return " · ".join(part for part in parts if part) + (f". {_line(spent.note)}" if spent.note else "")


def _dollars(amount: float) -> str:
    return "less than $0.01" if 0 < amount < 0.005 else f"${amount:,.2f}"


def _decided(rival: RivalCause) -> str:
    return f" What would decide: {_stopped(_line(rival.decided_by))}" if rival.decided_by.strip() else ""


def _seen(rival: RivalCause) -> str:
    quotes = ", ".join(f"{inline(cut(one.evidence, 20))} {code(cut(one_line(one.quote), 200))}" for one in rival.citations[:3])
    return f" Seen: {quotes}." if quotes else ""


def _stopped(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _line(text: str) -> str:
    return sentence(cut(one_line(text), MAX_LINE), in_table=True)
