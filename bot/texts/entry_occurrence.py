"""The words of one occurrence in an entry: what was seen, what it means, what to do."""

from collections.abc import Iterable
from datetime import UTC

from bot.core.alert.place import vendor_of
from bot.core.entry.times import iso
from bot.core.grounding.leads import is_lead
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.model import AffectedCode, Diagnosis, Hint, HistoricalContext, Occurrence, Prevention
from bot.regex import regex
from bot.texts import verified
from bot.texts.commit_links import linked
from bot.texts.guidance import with_links
from bot.texts.markdown import code, inline, link, prose, sentence

MAX_LINE = 600
MAX_PROSE = 4000
MAX_LINK = 2000
MAX_ITEMS = 20
_UNSEEN = "No earlier occurrence is known."
"""What the rules say of an error that is new: the row above it has said so."""
_ADDRESS = regex(r"https://[^\s()<>]{1,2000}")


def occurrence_block(occurrence: Occurrence) -> str:
    """One occurrence, without its heading. The first line can stand alone; parts without content are left out."""
    diagnosis = occurrence.diagnosis
    parts = (
        _headline(diagnosis),
        _facts(occurrence),
        _part("Root cause", _root_cause(diagnosis)),
        _part("Blast radius", _prose(diagnosis.blast_radius)),
        _part("Affected code", _list(map(_place, diagnosis.affected_code))),
        _part("Immediate fix", _prose(diagnosis.immediate_fix)),
        _part("Long-term fix", _prose(diagnosis.long_term_fix)),
        _part("Verification", _prose(diagnosis.verification) if _has_fix(diagnosis) else ""),
        _part("Prevention", _prevention(diagnosis.prevention)),
        _part("Historical context", _history(diagnosis.history)),
        _part("Severity", _severity(diagnosis)),
        _part("Next steps", "\n".join(f"{n}. {_line(step)}" for n, step in enumerate(diagnosis.next_steps[:MAX_ITEMS], start=1))),
        _part("Resolution tips", _list(map(_line, diagnosis.resolution_tips))),
    )
    return with_links(linked("\n\n".join(part for part in parts if part), occurrence.commits), occurrence.runbooks)


def _headline(diagnosis: Diagnosis) -> str:
    summary = cut(one_line(diagnosis.summary), 300)
    words = (
        f"**{diagnosis.verdict.capitalize()}** · severity **{diagnosis.assessment.severity}** · {diagnosis.history.recurrence} · {verified.sureness(diagnosis)}"
    )
    return f"{words}: {sentence(summary)}" if summary else words


def _facts(occurrence: Occurrence) -> str:
    diagnosis = occurrence.diagnosis
    rows = (
        ("Time", iso(occurrence.time)),
        ("Environment", _line(occurrence.environment)),
        ("Service", _line(occurrence.service or "")),
        ("Release", _code(occurrence.release or "")),
        ("Traces", ", ".join(_code(trace) for trace in occurrence.trace_ids[:MAX_ITEMS])),
        ("Alert", link(f"from {vendor}" if (vendor := vendor_of(occurrence.permalink)) else "in Slack", occurrence.permalink.url)),
        ("Category", f"{diagnosis.category}, {diagnosis.bug_class}"),
        ("Diagnosed by", verified.diagnosed_by(diagnosis)),
        ("Verified", verified.verified(diagnosis.verified)),
        *(("After a hint", hint_line(hint)) for hint in diagnosis.hints[:MAX_ITEMS]),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in rows if words)


def hint_line(hint: Hint, *, in_table: bool = False) -> str:
    """What a person said, and who; nobody is called by it."""
    return f"{sentence(cut(one_line(hint.text), 300), in_table=in_table)} (said by {code(cut(one_line(hint.by), 80), in_table=in_table) or 'a reviewer'})"


def _root_cause(diagnosis: Diagnosis) -> str:
    cause = diagnosis.root_cause
    statement = _prose(cause.statement) or ("" if cause.known else "What was seen does not settle the cause.")
    title = verified.confidence(diagnosis) if cause.known else ""
    statement = statement if cause.known else f"**{'Not proven:' if is_lead(cause) else 'Not known.'}** {statement}"
    rivals = verified.rivals(cause.rivals, 3)
    whys = "\n".join(f"{n}. {_line(why)}" for n, why in enumerate(cause.five_whys[:MAX_ITEMS], start=1))
    parts = (
        statement,
        title,
        f"Why, step by step:\n\n{whys}" if whys else "",
        _titled("Seen in the evidence (numbered as in the pull request):", (f"{inline(name)}: {words}" for name, words in verified.quotes(cause.citations))),
        f"Also possible:\n\n{rivals}" if rivals else "",
        _titled("What would settle it:", map(_line, cause.unsettled)),
    )
    return "\n\n".join(part for part in parts if part)


def _place(place: AffectedCode) -> str:
    where = f"{cut(one_line(place.path), MAX_LINE)}:{place.line}"
    shown = link(where, cut(place.permalink, MAX_LINK)) if place.permalink else code(where)
    return f"{shown} in {_code(place.function) or 'the module'}: {_line(place.issue)}".rstrip(": ")


def _prevention(prevention: Prevention) -> str:
    rows = (("Test", prevention.test), ("Check in CI", prevention.check), ("Alert", prevention.alert))
    return "\n".join(f"- **{name}:** {_line(words)}" for name, words in rows if words.strip())


def _history(history: HistoricalContext) -> str:
    rows = (
        ("Recurrence", history.recurrence),
        ("Last seen", f"{history.last_seen.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if history.last_seen else ""),
        ("Previous resolution", _line(history.previous_resolution)),
        ("Does it apply" if history.previous_resolution else "Until now", _line(history.applies) if history.applies != _UNSEEN else ""),
        ("Reference", link(reference, reference) if (reference := _elsewhere(history)) else ""),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in rows if words)


def _has_fix(diagnosis: Diagnosis) -> bool:
    """How to verify a fix that nobody knows helps nobody."""
    return bool(diagnosis.immediate_fix.strip() or diagnosis.long_term_fix.strip())


def _elsewhere(history: HistoricalContext) -> str:
    """Its reference; empty where this very page, or the resolution above it, says the same."""
    reference = cut(history.reference or "", MAX_LINK)
    return "" if reference.startswith("knowledge/errors/") or reference in _ADDRESS.findall(history.previous_resolution) else reference


def _severity(diagnosis: Diagnosis) -> str:
    assessment = diagnosis.assessment
    rows = (
        ("Severity", assessment.severity),
        ("Reason", assessment.reason),
        ("Response time", assessment.response_time),
        ("Escalation", assessment.escalation),
    )
    return "\n".join(f"- **{name}:** {_line(words)}" for name, words in rows if words.strip())


def _part(title: str, words: str) -> str:
    return f"#### {title}\n\n{words}" if words else ""


def _titled(title: str, items: Iterable[str]) -> str:
    words = _list(items)
    return f"{title}\n\n{words}" if words else ""


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in list(items)[:MAX_ITEMS] if item)


def _line(text: str) -> str:
    return sentence(cut(one_line(text), MAX_LINE))


def _code(text: str) -> str:
    return code(cut(one_line(text), MAX_LINE))


def _prose(text: str) -> str:
    return prose(cut(visible(text).strip(), MAX_PROSE))
