"""From alerts, or from closed cases, to diagnoses: each case goes to the diagnoser, and what no evidence carries is taken out of its answer."""

from collections.abc import Iterable
from itertools import islice

from msgspec.structs import replace

from bot.core.grounding.grounding import grounded
from bot.jobs.closed_case import MAX_CASES, Closed
from bot.jobs.investigate import Desk, investigate
from bot.jobs.lookups import Lookups
from bot.jobs.probing import CaseProbe
from bot.jobs.proposal_directory import Proposed
from bot.jobs.recall import Recollection
from bot.jobs.unapproved_queries import with_unapproved
from bot.model import Message, Verified
from bot.ports import Diagnoser, Say
from bot.texts import progress, recall


def diagnose(
    messages: Iterable[Message], desk: Desk, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...] = (), recollection: Recollection | None = None
) -> tuple[Proposed, ...]:
    """One case and its diagnosis for each error the messages speak of, up to as many as one proposal holds. `addresses` are those that links may lead below.

    With a `recollection`, an entry that fits answers, and the diagnoser is not asked.
    """
    closed = (one for message in messages for one in investigate(message, desk, say))
    return tuple(_answered(one, desk, diagnoser, say, addresses, recollection) for one in islice(closed, MAX_CASES))


def diagnose_closed(cases: Iterable[Closed], lookups: Lookups, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...] = ()) -> tuple[Proposed, ...]:
    """The diagnosis of each case that was closed elsewhere."""
    return tuple(_diagnosed(closed, lookups, diagnoser, say, addresses) for closed in cases)


def _answered(closed: Closed, lookups: Lookups, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...], recollection: Recollection | None) -> Proposed:
    recalled = recollection.weigh(closed.case) if recollection else None
    if recalled is not None:
        say(recall.decision(recalled))
    if recollection is None or recalled is None or not recalled.fits:
        made = _diagnosed(closed, lookups, diagnoser, say, addresses)
        return Proposed(made.case, replace(made.diagnosis, recalled=recalled))
    # Words of people, not claims about today's evidence: they are told as theirs, and nothing is verified in them.
    diagnosis = closed.redactor.record(recollection.answer(recalled))
    say(progress.diagnosis(diagnosis))
    return Proposed(closed.case, diagnosis)


def _diagnosed(closed: Closed, lookups: Lookups, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...]) -> Proposed:
    probe = CaseProbe(closed.case, lookups, closed.redactor)
    answer = diagnoser.diagnose(closed.case, probe)
    case = probe.case
    # Nobody verifies himself: what the diagnoser says of it is left out.
    said = replace(closed.redactor.record(answer), verified=Verified())
    diagnosis, _ = grounded(said, case, lookups.configuration.severities.texts(), addresses)
    say(progress.diagnosis(diagnosis))
    return Proposed(case, with_unapproved(diagnosis, case, lookups.configuration))
