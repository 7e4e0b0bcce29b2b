"""From a proposal directory to pull requests: one open request for each signature, on top of what people committed there."""

from collections.abc import Callable

from bot.config import Configuration
from bot.core import codeowners, spend_marks, tracking
from bot.core.entry import Entry, parse, path_of, render
from bot.core.failing_owners import owners_of
from bot.core.library import Library, is_other, prints_of
from bot.core.proposal_digest import case_digest, content_digest
from bot.core.recording import identity_of
from bot.core.told_commits import commits_of
from bot.errors import BotError, StaleBranch
from bot.jobs.proposal_directory import Proposed
from bot.model import File, Occurrence, Proposal, PullRequest, Record, Signature, Standing
from bot.ports import Forge
from bot.texts import entry_page, progress, pull_request

Say = Callable[[str], None]
TRIES = 5


class Outcome(Record, frozen=True):
    """The pull requests that stand now, and what could not be done."""

    requests: tuple[PullRequest, ...] = ()
    failures: tuple[BotError, ...] = ()


def propose(proposed: tuple[Proposed, ...], forge: Forge, library: Library, configuration: Configuration, say: Say) -> Outcome:
    """Open or update a pull request for each case; what a person declined before is told and left.

    One case that fails does not keep the others from theirs. Raises nothing of BotError: it is in the outcome.
    """
    requests, failures = list[PullRequest](), list[BotError]()
    for one in proposed:
        try:
            request = _propose(one, forge, library, configuration, say)
        except BotError as error:
            failures.append(error)
        else:
            requests += [request] if request is not None else []
    return Outcome(tuple(requests), tuple(failures))


def _propose(one: Proposed, forge: Forge, library: Library, configuration: Configuration, say: Say) -> PullRequest | None:
    """Raises ForgeError, and BadEntry for a file that cannot be read; StaleBranch only when the branch moved under five tries in a row."""
    for left in reversed(range(TRIES)):
        signature, standing = _placed(one.case.signature, forge, library)
        content = content_digest(signature, one.diagnosis)
        if standing.open is None and content in standing.declined:
            say(progress.declined(signature.name))
            return None
        unfinished = _is_unfinished(standing, one, content)
        entry = _recorded(standing, signature, one)
        if not unfinished and (render(entry) == standing.text or _is_merged(standing, one)):
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


def _placed(signature: Signature, forge: Forge, library: Library) -> tuple[Signature, Standing]:
    """The name of the error, and what stands under it; a name that another error claims in an open request is not its own."""
    for _ in range(TRIES):
        named = library.named(signature)
        standing = forge.standing(f"kb/{named.name}", path_of(named.name))
        entry = parse(standing.text, path_of(named.name)) if standing.text is not None else None
        if entry is None or not is_other(entry, named.name, prints_of(signature)):
            break
        library = library.knowing(entry)
    return named, standing


def _is_unfinished(standing: Standing, one: Proposed, content: str) -> bool:
    """What a crash left: the occurrence stands on the branch, but no request shows it, or the request does not tell of it yet."""
    if standing.open is not None:
        return case_digest(one.case.alert.permalink, content) not in standing.described
    return standing.branch_exists and standing.left_behind is None


def _is_merged(standing: Standing, one: Proposed) -> bool:
    """Whether a person has merged this very alert: what was reviewed and answered is not proposed again in other words."""
    if standing.open is not None or standing.text is None:
        return False
    link = one.case.alert.permalink
    return f"{link.channel}/{link.ts}" in map(identity_of, parse(standing.text, standing.branch).meta.threads)


def _recorded(standing: Standing, signature: Signature, one: Proposed) -> Entry:
    alert = one.case.alert
    told = (alert.permalink, alert.time, alert.environment, alert.service, alert.release, alert.trace_ids, one.diagnosis)
    occurrence = Occurrence(*told, owners_of(one.case), commits_of(one.case))
    if standing.text is None:
        return entry_page.new_entry(signature, occurrence)
    return entry_page.record_occurrence(parse(standing.text, path_of(signature.name)), occurrence, signature)


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
        # Those who own the entry first: where GitHub refuses the whole list, the first of it are asked one by one.
        reviewers=tuple(dict.fromkeys((*codeowners.owners(standing.codeowners, path), *owners_of(one.case)))),
        case=case_digest(one.case.alert.permalink, content),
        spend=_paid(one, content),
    )


def _paid(one: Proposed, content: str) -> str:
    spend = one.diagnosis.spend
    if spend is None or spend.day is None:
        return ""
    return spend_marks.mark(spend, spend.day, case_digest(one.case.alert.permalink, content))
