"""From a proposal directory to pull requests: one open request for each signature, on top of what people committed there."""

from collections.abc import Callable

from bot.config import Configuration
from bot.core import codeowners, tracking
from bot.core.entry import Entry, parse, path_of, render
from bot.core.library import Library
from bot.core.proposal_digest import content_digest
from bot.errors import StaleBranch
from bot.jobs.proposal_directory import Proposed
from bot.model import File, Occurrence, Proposal, PullRequest, Signature, Standing
from bot.ports import Forge
from bot.texts import entry_page, progress, pull_request

Say = Callable[[str], None]
TRIES = 5


def propose(proposed: tuple[Proposed, ...], forge: Forge, library: Library, configuration: Configuration, say: Say) -> tuple[PullRequest, ...]:
    """Open or update a pull request for each case; what a person declined before is told and left.

    Raises ForgeError; StaleBranch only when the branch moved under five tries in a row.
    """
    requests = (_propose(one, forge, library, configuration, say) for one in proposed)
    return tuple(request for request in requests if request is not None)


def _propose(one: Proposed, forge: Forge, library: Library, configuration: Configuration, say: Say) -> PullRequest | None:
    signature = library.named(one.case.signature)
    branch, path = f"kb/{signature.name}", path_of(signature.name)
    for left in reversed(range(TRIES)):
        standing = forge.standing(branch, path)
        if standing.open is None and content_digest(signature, one.diagnosis) in standing.declined:
            say(progress.declined(signature.name))
            return None
        entry = _recorded(standing, signature, one)
        # A branch of ours without a request is what a crash left: its occurrence stands there, but nobody can review it yet.
        unfinished = standing.open is None and standing.branch_exists and standing.left_behind is None
        if render(entry) == standing.text and not unfinished:
            say(progress.nothing_new(signature.name, standing.open))
            return standing.open
        try:
            request = forge.propose(_proposal(one, signature, standing, entry, configuration), standing)
        except StaleBranch:
            if not left:
                raise
            continue
        say(progress.proposed(request, entry.meta.occurrences))
        return request
    return None


def _recorded(standing: Standing, signature: Signature, one: Proposed) -> Entry:
    alert = one.case.alert
    occurrence = Occurrence(alert.permalink, alert.time, alert.environment, alert.service, alert.release, alert.trace_ids, one.diagnosis)
    if standing.text is None:
        return entry_page.new_entry(signature, occurrence)
    return entry_page.record_occurrence(parse(standing.text, path_of(signature.name)), occurrence)


def _proposal(one: Proposed, signature: Signature, standing: Standing, entry: Entry, configuration: Configuration) -> Proposal:
    path = path_of(signature.name)
    meta = entry.meta
    reason = tracking.reason(meta, configuration.tracking)
    content = content_digest(signature, one.diagnosis)
    return Proposal(
        branch=f"kb/{signature.name}",
        files=(File(path, render(entry)),),
        commit_message=pull_request.commit_message(one.case, one.diagnosis, meta.occurrences),
        title=pull_request.title(one.case, one.diagnosis),
        body=pull_request.body(one.case, one.diagnosis, entry_path=path, content=content, tracking_reason=reason, tracking_issue=meta.tracking_issue),
        content=content,
        labels=pull_request.labels(one.case, one.diagnosis),
        reviewers=codeowners.owners(standing.codeowners, path),
    )
