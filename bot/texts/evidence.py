"""What an investigation gathered, for a terminal: the alert, what was asked of whom, what was found, what could not be seen."""

from collections.abc import Iterator, Sequence

from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.model import Case, Evidence, Gap, PastEntry
from bot.texts.workflow import inert_log

MAX_PIECE = 1_200
"""Characters of one piece of evidence; all of it stands in `--json`."""


def listing(cases: Sequence[Case]) -> str:
    """Every case, one after the other. Nothing in it is a command to GitHub Actions or to a terminal."""
    return inert_log("\n\n".join("\n".join(_case(case, number, len(cases))) for number, case in enumerate(cases, start=1)))


def _case(case: Case, number: int, count: int) -> Iterator[str]:
    alert = case.alert
    yield f"{case.signature.name}{f' ({number} of {count})' if count > 1 else ''}"
    said = ": ".join(filter(None, (alert.error_type, alert.message))) or alert.text
    known = (("alert", alert.permalink.url), ("error", said), ("environment", alert.environment), ("service", alert.service), ("release", alert.release))
    yield from (f"  {name:<12}{_line(value)}" for name, value in known if value)
    yield f"  {'window':<12}{case.start:%Y-%m-%d %H:%M:%S} to {case.end:%H:%M:%S} UTC"
    unasked = "nothing: no source answered" if case.gaps else "nothing: no source is configured for it"
    yield from _block("Asked", [f"{_line(search.source)}: {_line(search.query)}" for search in case.searches], unasked)
    yield from _block("Known", [_past(past) for past in case.history], "no entry of this error, and none like it")
    yield from _block("Found", [_piece(evidence) for evidence in case.evidence], "nothing")
    yield from _block("Could not be seen", [_gap(gap) for gap in case.gaps], "no gap")


def _block(title: str, lines: Sequence[str], empty: str) -> Iterator[str]:
    yield f"\n{title}{f' ({len(lines)})' if lines else ''}"
    yield from (f"  {line}" for line in lines or [empty])


def _piece(evidence: Evidence) -> str:
    when = f"{evidence.time:%Y-%m-%d %H:%M:%S} UTC" if evidence.time else ""
    place = "" if evidence.place == evidence.source else _line(evidence.place)
    head = " · ".join(filter(None, (evidence.id, evidence.kind, _line(evidence.source), when, place)))
    by = f"\n      by {_line(evidence.query)}" if evidence.query else ""
    body = "".join(f"\n      {line}" for line in cut(visible(evidence.text), MAX_PIECE).splitlines())
    return f"{head}{by}{body}"


def _past(past: PastEntry) -> str:
    ended = f", ended by: {_line(past.resolution)}" if past.resolution else ""
    return f"{past.signature} ({past.relation}, {past.status}, {past.occurrences} times, last {past.last_seen:%Y-%m-%d}){ended}"


def _gap(gap: Gap) -> str:
    return f"{_line(gap.source)}: {_line(gap.wanted)}: {_line(gap.cause)}\n      to do: {_line(gap.remedy)}"


def _line(text: str) -> str:
    return cut(one_line(text), 300)
