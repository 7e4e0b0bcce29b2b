"""From a proposal directory to pull requests: one open request for each signature, on top of what people committed there."""

import time
import zlib
from collections.abc import Callable
from datetime import UTC
from typing import NamedTuple

import msgspec

from bot.config import Configuration
from bot.core.alert import alert_marks
from bot.core.code import codeowners
from bot.core.code.handles import handles
from bot.core.entry.entry import Entry, parse, path_of, render
from bot.core.entry.identity import holds
from bot.core.entry.instant_answers import instant_answers, uncounted
from bot.core.entry.library import Library, is_other, is_stub, named_as_its_file, prints_of
from bot.core.entry.meta import EntryMeta
from bot.core.entry.repeats import missing, repeat, unrepeated
from bot.core.fix.regression import as_grave, as_regression, graver
from bot.core.knowledge.told_guidance import runbooks_of
from bot.core.request import gap_marks, spend_marks, tracking
from bot.core.request.proposal_digest import case_digest, content_digest
from bot.core.suspects.failing_owners import MOST, owners_of
from bot.core.suspects.told_commits import commits_of
from bot.errors import BotError, StaleBranch
from bot.jobs import counting
from bot.jobs.caught_up import caught_up
from bot.jobs.counting import can_count, content_of, recalled_of
from bot.jobs.followers import taken_along, with_followers
from bot.jobs.incident import Incidents, with_section
from bot.jobs.proposal_directory import Proposed
from bot.jobs.recall import Recollection, settled
from bot.model import Case, File, Occurrence, Proposal, PullRequest, Record, Signature, Standing
from bot.ports import Forge, Say
from bot.texts import entry_page, progress, pull_request, recall, repeats
from bot.texts.entry_life import came_back, withdrawn_meanwhile

TRIES = 12
"""In a storm of one error each round lets one run through; those that lost wait a moment, each another one."""


class Outcome(Record, frozen=True):
    """The pull requests that stand now, and what could not be done."""

    requests: tuple[PullRequest, ...] = ()
    failures: tuple[BotError, ...] = ()


class Run(NamedTuple):
    """What proposing needs. Without a `recollection` no claim of an answer at once is taken; `wait` is asked to wait between tries, in seconds."""

    forge: Forge
    library: Library
    configuration: Configuration
    say: Say
    recollection: Recollection | None = None
    incidents: Incidents | None = None
    wait: Callable[[float], None] = time.sleep


def propose_all(proposed: tuple[Proposed, ...], run: Run) -> Outcome:
    """Open or update a pull request for each case; what a person declined before is told and left.

    What the directory claims to be answered from an entry is weighed anew by the run's `recollection`. One case that fails does not keep the
    others from theirs. Raises nothing of BotError: it is in the outcome.
    """
    requests, failures = list[PullRequest](), list[BotError]()
    for one in proposed:
        try:
            request = _propose(taken_along(settled(one, run.recollection), run.configuration.channels, run.say), run)
        except BotError as error:
            failures.append(error)
        else:
            requests += [request] if request is not None else []
    return Outcome(tuple(requests), tuple(failures))


def _propose(one: Proposed, run: Run) -> PullRequest | None:
    """Raises ForgeError, and BadEntry for a file that cannot be read; StaleBranch only when the branch moved under every try."""
    for tries in range(1, TRIES):
        try:
            return _tried(one, run)
        except StaleBranch:
            run.wait(_moment(one, tries))
    return _tried(one, run)


def _tried(one: Proposed, run: Run) -> PullRequest | None:
    """From what stands now to the request that brings the case, where something is missing there. Raises as `_propose`."""
    signature, standing, known = _placed(one.case.signature, run.forge, run.library)
    if run.recollection is not None and recalled_of(one) is not None and not can_count(known):
        one = Proposed(one.case, run.recollection.instead(one.case, None, signature.name), one.also)
    one = weighed(one, known, run.configuration)
    content = content_of(signature, one)
    if standing.open is None and content in standing.declined:
        run.say(progress.declined(signature.name))
        return None
    finished = not _is_unfinished(standing, one, content)
    merged = finished and standing.open is None and known is not None and _is_diagnosed(known, one) and not missing(known, one.also)
    entry = _recorded(known, signature, one, is_open=standing.open is not None)
    if merged or (finished and render(entry) == standing.text):
        run.say(progress.nothing_new(signature.name, standing.open))
        return standing.open
    beside = run.incidents.of(one.case, signature.name) if run.incidents is not None and recalled_of(one) is None else ()
    proposal = proposal_of(one, signature, standing, entry, run.configuration, run.library.entries.get(signature.name))
    request = run.forge.propose(with_section(proposal, beside), standing)
    run.say(recall.counted(request, entry.meta.occurrences) if recalled_of(one) else progress.proposed(request, entry.meta.occurrences))
    return request


def _moment(one: Proposed, tries: int) -> float:
    """Seconds, at most one for each try so far: runs of different alerts wait for different times."""
    return zlib.crc32(f"{one.case.alert.permalink.url} {tries}".encode()) % 1000 / 1000 * tries


def _placed(signature: Signature, forge: Forge, library: Library) -> tuple[Signature, Standing, Entry | None]:
    """The name of the error, what stands under it, and the entry there, with what the default branch says by now of its end.

    A name that another error claims in an open request is not its own. Raises BadEntry where its entry cannot be read, whatever that is called by now.
    """
    published = library
    for _ in range(TRIES):
        named = library.named(signature)
        standing = forge.standing(f"kb/{named.name}", path_of(named.name))
        entry = parse(standing.text, path_of(named.name)) if standing.text is not None else None
        # The checkout may be older than the forge: an entry that stands there was mended since.
        in_use = entry is not None and not is_stub(entry.meta)
        if standing.open is None and not in_use and (unreadable := published.unreadable(signature)) is not None:
            raise unreadable
        if entry is None or not is_other(entry, named.name, prints_of(signature)):
            break
        library = library.knowing(entry)
        if library.name_for(signature) == named.name:
            break  # the other error was merged into this entry, or renamed to it
    on_its_branch = standing.branch_exists and standing.left_behind is None
    return named, standing, caught_up(entry, published.entries.get(named.name)) if entry and on_its_branch else entry


def weighed(one: Proposed, known: Entry | None, configuration: Configuration) -> Proposed:
    """With the severity that the error has for having come back; `known` is the entry as it stands."""
    if known is None or recalled_of(one) is not None:
        return one
    return msgspec.structs.replace(one, diagnosis=graver(one.diagnosis, known, one.case.alert.time, configuration.severities))


def _is_unfinished(standing: Standing, one: Proposed, content: str) -> bool:
    """What a crash left: the occurrence stands on the branch, but no request shows it, or the request does not tell of it yet."""
    if standing.open is not None:
        return case_digest(one.case.alert.permalink, content) not in standing.described
    return standing.branch_exists and standing.left_behind is None


def _is_diagnosed(entry: Entry, one: Proposed) -> bool:
    """Whether the entry holds the alert, and not only as a row where there is a diagnosis of it now."""
    identity = one.case.alert.permalink.identity
    if recalled_of(one) is not None:
        return holds(entry, identity)
    return holds(entry, identity) and repeat(entry, identity) is None and all(row.identity != identity for row in instant_answers(entry))


def _recorded(known: Entry | None, signature: Signature, one: Proposed, *, is_open: bool) -> Entry:
    occurrence = occurrence_of(one)
    if known is None:
        return with_followers(entry_page.new_entry(signature, occurrence, one.case.alert.message or ""), one)
    entry = named_as_its_file(known, path_of(signature.name))
    if recalled_of(one) is not None:
        return counting.recorded(entry, one)
    if not is_open and _is_diagnosed(entry, one):
        # What was reviewed and answered is not proposed again in other words.
        return with_followers(entry, one)
    # An alert that was only counted is diagnosed after all.
    identity = occurrence.permalink.identity
    return with_followers(entry_page.record_occurrence(unrepeated(uncounted(entry, identity), identity), occurrence, signature), one)


def occurrence_of(one: Proposed) -> Occurrence:
    """What an entry records of a case and its diagnosis."""
    alert = one.case.alert
    told = (alert.permalink, alert.time, alert.environment, alert.service, alert.release, alert.trace_ids, one.diagnosis)
    return Occurrence(*told, owners_of(one.case), commits_of(one.case), tuple(told.path for told in runbooks_of(one.case)))


def proposal_of(one: Proposed, signature: Signature, standing: Standing, entry: Entry, configuration: Configuration, known: Entry | None = None) -> Proposal:
    """The request that brings this entry; `signature` bears the name of its branch, `known` is the entry as it is on the default branch."""
    local = configuration.forge == "local"
    if (recalled := recalled_of(one)) is not None:
        return counting.proposal(one, recalled, signature, standing, entry, known, local=local)
    path = path_of(signature.name)
    meta = entry.meta
    diagnosis = as_grave(as_regression(one.diagnosis, meta.status), meta, configuration.severities)
    reason = tracking.reason(meta, configuration.tracking)
    content = content_digest(signature, one.diagnosis)
    case = case_digest(one.case.alert.permalink, content)
    body = pull_request.body(
        one.case, diagnosis, entry_path=path, owners=_owners(meta), tracking_reason=reason, tracking_issue=meta.tracking_issue, local=local
    )
    counted = recall.counted_section(entry, counting.waiting(entry, known)) if known else ""
    told = withdrawn_meanwhile(known, entry) if standing.open is not None else ""
    told = told or ("" if _tells_of_the_end(one.case) else came_back(known, entry))
    return Proposal(
        branch=f"kb/{signature.name}",
        files=(File(path, render(entry)),),
        commit_message=pull_request.commit_message(one.case, diagnosis, meta.occurrences),
        title=pull_request.title(one.case, diagnosis),
        body="\n\n".join(part for part in (body, told, repeats.section(one.also), counted) if part),
        content=content,
        labels=pull_request.labels(one.case, diagnosis),
        reviewers=_reviewers(codeowners.owners(standing.codeowners, path) or _owners(meta), owners_of(one.case)),
        case=case,
        spend=_paid(one, case) + gap_marks.mark(one.case.gaps, one.case.alert.time.astimezone(UTC).date()) + alert_marks.mark(one.case.alert),
    )


def _owners(meta: EntryMeta) -> tuple[str, ...]:
    """Those of the entry's owners that can be asked: people wrote them, as handles or as anything else."""
    return handles(meta.owners)[:MOST]


def _reviewers(of_the_entry: tuple[str, ...], of_the_code: tuple[str, ...]) -> tuple[str, ...]:
    """Those who own the entry first: where GitHub refuses the whole list, the first of it are asked one by one."""
    found = dict[str, str]()
    for name in (*of_the_entry, *of_the_code):
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _tells_of_the_end(case: Case) -> bool:
    """Whether the case knew by what the error had ended: then its diagnosis says it already."""
    return any(past.resolution and past.relation != "similar" for past in case.history)


def _paid(one: Proposed, case: str) -> str:
    spend = one.diagnosis.spend
    if spend is None or spend.day is None:
        return ""
    return spend_marks.mark(spend, spend.day, case)
