"""From a Slack link, or from closed cases, to diagnoses: each case goes to the diagnoser, and what no evidence carries is taken out of its answer."""

from collections.abc import Iterable

from msgspec.structs import replace

from bot.core.grounding import grounded
from bot.jobs.closed_case import Closed
from bot.jobs.investigate import Desk, Say, investigated
from bot.jobs.lookups import Lookups
from bot.jobs.probing import CaseProbe
from bot.jobs.proposal_directory import Proposed
from bot.model import Permalink, Verified
from bot.ports import Diagnoser
from bot.texts import progress


def diagnose(permalink: Permalink, desk: Desk, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...] = ()) -> tuple[Proposed, ...]:
    """One case and its diagnosis for each error the message speaks of. `addresses` are those that links may lead below. Raises ChatError."""
    return tuple(_diagnosed(closed, desk, diagnoser, say, addresses) for closed in investigated(permalink, desk, say))


def diagnose_closed(cases: Iterable[Closed], lookups: Lookups, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...] = ()) -> tuple[Proposed, ...]:
    """The diagnosis of each case that was closed elsewhere."""
    return tuple(_diagnosed(closed, lookups, diagnoser, say, addresses) for closed in cases)


def _diagnosed(closed: Closed, lookups: Lookups, diagnoser: Diagnoser, say: Say, addresses: tuple[str, ...]) -> Proposed:
    probe = CaseProbe(closed.case, lookups, closed.redactor)
    answer = diagnoser.diagnose(closed.case, probe)
    case = probe.case
    # Nobody verifies himself: what the diagnoser says of it is left out.
    said = replace(closed.redactor.record(answer), verified=Verified())
    diagnosis, _ = grounded(said, case, lookups.configuration.severities.texts(), addresses)
    say(progress.diagnosis(diagnosis))
    return Proposed(case, diagnosis)
