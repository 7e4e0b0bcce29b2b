"""The fields of a diagnosis that are no prose: places in the code, what the past says, what was promised. What no case carries is taken out."""

from collections.abc import Callable

from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.links import is_known
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import AffectedCode, Assessment, HistoricalContext

Tell = Callable[[str, str], None]
"""Field and claim that was taken out."""


def place(claimed: AffectedCode, known: Known, tell: Tell) -> AffectedCode | None:
    """The place as the evidence has it, link and function included; a file that only a commit speaks of carries no line to check."""
    read = [found for found in known.places if found.path == claimed.path]
    exact = next((found for found in read if found.line == claimed.line), None) or next(
        (found for found in read if found.line == 0 or found.first_line <= claimed.line < found.first_line + len(found.snippet.splitlines())), None
    )
    if exact is not None:
        if claimed.function and not known.today.says(claimed.function):
            tell("Affected code", f"a function that is not in the code that was read: {cut(one_line(claimed.function), 120)}")
            claimed = replace(claimed, function=exact.function)
        return replace(claimed, permalink=exact.permalink if exact.line in (claimed.line, 0) else None)
    named = any(commit.path == claimed.path for commit in known.commits)
    named = named or (claimed.line, claimed.line) in known.lines.get(claimed.path, ())
    if not read and named and (not claimed.function or known.today.says(claimed.function)):
        return replace(claimed, permalink=None)
    tell("Affected code", f"a place that was not read: {cut(one_line(claimed.path), 200)}:{claimed.line}")
    return None


def history(claimed: HistoricalContext, known: Known, tell: Tell) -> HistoricalContext:
    """Recurrence, times and reference, each from an entry or a proof of the case."""
    if claimed.reference is not None and not _refers(claimed.reference, known):
        tell("Historical context", f"a reference that the case does not hold: {cut(one_line(claimed.reference), 200)}")
        claimed = replace(claimed, reference=None)
    if claimed.last_seen is not None and claimed.last_seen not in {moment for past in known.case.history for moment in (past.last_seen, *past.seen)}:
        tell("Historical context", f"last seen {claimed.last_seen:%Y-%m-%d %H:%M} UTC, which no entry says")
        claimed = replace(claimed, last_seen=None)
    if claimed.previous_resolution and not known.case.history and not known.recurs:
        tell("Historical context", f"an earlier resolution, though nothing of the past is known: {cut(one_line(claimed.previous_resolution), 160)}")
        claimed = replace(claimed, previous_resolution="")
    return _recurrence(claimed, known, tell)


def _recurrence(claimed: HistoricalContext, known: Known, tell: Tell) -> HistoricalContext:
    if claimed.recurrence != "new" and not (known.own or known.fixes):
        tell("Historical context", f"“{claimed.recurrence}”, though no entry of this error is known")
        return replace(claimed, recurrence="new")
    resolved = any(past.resolution or past.resolved_at or past.status in ("resolved", "regressed") for past in known.own)
    if claimed.recurrence == "regression" and not resolved and not known.fixes:
        tell("Historical context", "“regression”, though no entry says that it was ever resolved")
        return replace(claimed, recurrence="recurring")
    if claimed.recurrence == "new" and known.own:
        tell("Historical context", f"“new”, though it is known as {known.own[0].signature}")
        return replace(claimed, recurrence="recurring")
    return claimed


def assessment(claimed: Assessment, known: Known, tell: Tell) -> Assessment:
    """What a severity obliges to is configured; nobody else promises a time or calls people out of bed. Without the configuration it is left alone."""
    if not known.configured:
        return claimed
    for name, words in (("response_time", claimed.response_time), ("escalation", claimed.escalation)):
        if words and words not in known.configured:
            tell("Severity", f"{name.replace('_', ' ')} that the configuration does not have: {cut(one_line(words), 160)}")
            claimed = replace(claimed, **{name: ""})
    return claimed


def _refers(reference: str, known: Known) -> bool:
    past = {word for entry in known.case.history for word in (entry.signature, entry.path)}
    fixes = {named for entry in known.case.history if entry.fix for named in (entry.fix.commit, entry.fix.pull_request) if named}
    commits = {commit.sha for commit in known.commits}
    requests = {commit.pull_request for commit in known.commits if commit.pull_request}
    return reference in past | fixes | commits | requests or is_known(reference, known)
