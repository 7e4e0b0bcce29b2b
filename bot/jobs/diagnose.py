"""From a Slack link to diagnoses: each closed case goes to the diagnoser, and what no evidence carries is taken out of its answer."""

from bot.core.grounding import grounded
from bot.jobs.investigate import Desk, Say, investigate
from bot.jobs.proposal_directory import Proposed
from bot.model import Permalink
from bot.ports import Diagnoser
from bot.texts import progress


def diagnose(permalink: Permalink, desk: Desk, diagnoser: Diagnoser, say: Say) -> tuple[Proposed, ...]:
    """One case and its diagnosis for each error the message speaks of. Raises ChatError."""
    proposed = []
    for case in investigate(permalink, desk, say):
        diagnosis, removed = grounded(diagnoser.diagnose(case), case)
        say(progress.diagnosis(diagnosis, removed))
        proposed.append(Proposed(case, diagnosis))
    return tuple(proposed)
