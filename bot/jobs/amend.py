"""The half of a revision that writes: a new diagnosis joins the request it was asked for, on top of what people committed there."""

from typing import Literal

from msgspec.structs import replace

from bot.core.entry.entry import Entry, render
from bot.core.entry.identity import holds
from bot.core.entry.instant_answers import uncounted
from bot.core.entry.repeats import unrepeated
from bot.core.request.addition import is_untouched, with_addition
from bot.core.signature.heading import what_and_where
from bot.errors import BadProposal, ForgeError, StaleBranch
from bot.jobs.caught_up import caught_up
from bot.jobs.counting import recalled_of
from bot.jobs.incident import with_section
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import Run, occurrence_of, proposal_of, weighed
from bot.jobs.revise import Asked, entry_on_branch, name_of
from bot.model import Occurrence, Signature, Standing
from bot.model.review import ReviewRequest
from bot.ports import Conversation
from bot.texts import entry_page
from bot.texts.conversation import addition, again_commit

TRIES = 5
Amendment = Literal["revised", "added", "unchanged"]


def own_proposal(asked: Asked, request: ReviewRequest, proposed: tuple[Proposed, ...], entry: Entry) -> Proposed:
    """The one case that the request is about. Raises BadProposal for a directory that tells of another alert.

    Who gave which hint is known here, and not taken from what the reading half left.
    """
    # An answer from reviewed text is no diagnosis, whoever says that this is one.
    here = [one for one in proposed if holds(entry, one.case.alert.permalink.identity) and recalled_of(one) is None]
    if len(proposed) != 1 or not here:
        raise BadProposal(f"amending request {request.number}", "the diagnosis is of another alert", "comment `/rediagnose` again")
    named = replace(here[0].case, signature=replace(here[0].case.signature, name=name_of(request)))
    hint = asked.hint
    # Its words as the reading half redacted them, its author as the forge told us.
    said = tuple(replace(one, by=asked.author) for one in here[0].diagnosis.hints[:1]) if hint is not None else ()
    return Proposed(named, replace(here[0].diagnosis, hints=said, recalled=None))


def amend(asked: Asked, proposed: tuple[Proposed, ...], conversation: Conversation, run: Run) -> Amendment:
    """Commit to the request's branch and tell the diagnosis in its description. Raises ForgeError, BadEntry, BadProposal."""
    for left in reversed(range(TRIES)):
        request = conversation.request(asked.request)
        entry, standing = entry_on_branch(request, run.forge)
        if request.state != "open" or standing.open is None or standing.open.number != request.number:
            raise ForgeError(f"amending request {request.number}", f"it is {request.state}", "open it again on its page, or wait for the next alert")
        entry = caught_up(entry, run.library.entries.get(name_of(request)))
        one = weighed(own_proposal(asked, request, proposed, entry), entry, run.configuration)
        signature = one.case.signature
        beside = run.incidents.of(one.case, signature.name) if run.incidents is not None else ()
        amended, how = _amended(entry, occurrence_of(one), signature, asked, standing)
        proposal = proposal_of(one, signature, standing, amended, run.configuration, run.library.entries.get(signature.name))
        try:
            run.forge.propose(with_section(replace(proposal, commit_message=_message(asked, one)), beside), standing)
        except StaleBranch:
            if not left:
                raise
            continue
        return how
    return "unchanged"


def _amended(entry: Entry, occurrence: Occurrence, signature: Signature, asked: Asked, standing: Standing) -> tuple[Entry, Amendment]:
    """The bot's own words give way to the new ones; where a person has changed them, the new ones come after."""
    identity = occurrence.permalink.identity
    # An alert that was answered from reviewed text, and only counted, is diagnosed after all.
    bare = unrepeated(uncounted(entry, identity), identity)
    if is_untouched(entry, identity) or bare != entry:
        revised = entry_page.record_occurrence(bare, occurrence, signature)
        # A hint that stands there already is this comment's own, put in by a run that ended before it could say so.
        return revised, "unchanged" if render(revised) == standing.text and asked.hint is None else "revised"
    added = with_addition(entry, identity, str(asked.remark), addition(occurrence, asked.author))
    return added.entry, "added" if added.changed else "unchanged"


def _message(asked: Asked, one: Proposed) -> str:
    return again_commit(what_and_where(one.case.signature), one.diagnosis.summary, asked.author)
