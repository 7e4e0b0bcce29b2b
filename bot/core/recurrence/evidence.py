"""What in a case speaks against what a reviewed entry says: another place, another service, another error class, a fix that was lost."""

from collections.abc import Iterator

from bot.core.entry.entry import Entry
from bot.core.logs.document import is_error
from bot.core.logs.matching import failing_event
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.recurrence.reviewed_text import ReviewedText
from bot.core.signature.signature import last_name
from bot.model import Case, CodePlace, FixCheck, FixState, LogEvent

_NOT_YET: tuple[FixState, ...] = ("never there", "not deployed")
_SHORTEST = 3


def contradictions(case: Case, entry: Entry, says: ReviewedText) -> Iterator[str]:
    """A sentence for each."""
    logs = [evidence.detail for evidence in case.evidence if isinstance(evidence.detail, LogEvent)]
    failing = failing_event(case.alert, logs)
    ids = {failing.trace_id} if failing and failing.trace_id else set(case.alert.trace_ids)
    trace = sorted((event for event in logs if event.trace_id and event.trace_id in ids and is_error(event)), key=lambda event: event.time)
    yield from _elsewhere(failing, trace, entry, says)
    yield from _other_classes(case, trace, entry)
    yield from _fixes(case, entry)
    yield from _place(case, says)


def named(words: str) -> str:
    """A name from outside, within a sentence."""
    return cut(one_line(words), 80)


def _elsewhere(failing: LogEvent | None, trace: list[LogEvent], entry: Entry, says: ReviewedText) -> Iterator[str]:
    """Where it failed, and where the trace failed first; an entry that names that service has seen it."""
    known = (*says.services, *entry.meta.services)
    if failing and failing.service and known and failing.service not in known and not _names(entry, failing.service):
        yield f"the event of this error is of the service {named(failing.service)}, in which it was never seen"
    first = trace[0] if trace else None
    if first is None or first is failing or not first.service or (failing and first.service == failing.service):
        return
    if first.service not in known and not _names(entry, first.service):
        yield f"the trace failed first in {named(first.service)}, of which the entry says nothing"


def _other_classes(case: Case, trace: list[LogEvent], entry: Entry) -> Iterator[str]:
    for error_type in dict.fromkeys(last_name(event.error_type) for event in trace if event.error_type):
        if error_type not in (last_name(entry.meta.error_type), case.signature.error_type) and not _names(entry, error_type):
            yield f"the trace holds a {named(error_type)}, of which the entry says nothing"


def _fixes(case: Case, entry: Entry) -> Iterator[str]:
    ours = (entry.meta.signature, *entry.meta.aliases)
    for check in (evidence.detail for evidence in case.evidence if isinstance(evidence.detail, FixCheck)):
        if check.signature not in ours or check.state in _NOT_YET:
            continue
        if check.stands:
            yield f"the earlier fix {check.fix.sha[:7]} stands in what ran, so this has another cause"
        else:
            yield f"the earlier fix {check.fix.sha[:7]} is {check.state}"


def _place(case: Case, says: ReviewedText) -> Iterator[str]:
    """The failing place of the code, where the entry names places too."""
    place = next((evidence.detail for evidence in case.evidence if isinstance(evidence.detail, CodePlace)), None)
    if place is None or not says.places:
        return
    if not any(place.path == one.path and (not one.function or not place.function or place.function == one.function) for one in says.places):
        where = f"{place.path} in {place.function}" if place.function else place.path
        yield f"it fails in {cut(one_line(where), 200)}, a place that the entry does not name"


def _names(entry: Entry, word: str) -> bool:
    """Whether a person's or the bot's words in the entry speak of it."""
    return len(word) >= _SHORTEST and word.casefold() in entry.body.casefold()
