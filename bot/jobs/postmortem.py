"""Post-mortems: proposed as pull requests for one occurrence, and by policy after a merge; their action items become issues once they are merged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from bot.config import Codebase
from bot.config.knowledge import Postmortems
from bot.core.alert.thread_words import ThreadWords
from bot.core.entry.entry import Entry, name_in, parse
from bot.core.entry.identity import identity_of
from bot.core.entry.library import Library
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.knowledge import postmortem
from bot.core.knowledge.postmortem_facts import Incident, incident
from bot.core.links.code_link import resolution_links, web_address
from bot.core.redaction.redaction import Redactor
from bot.errors import BadCommand, BadEntry, BotError, StaleBranch
from bot.jobs.page_request import PageRequest, propose_pages
from bot.model import Case, File, MergedEntry, PullRequest, Revision, Standing
from bot.ports import Forge, Say, Tracker
from bot.texts import postmortem_issue, postmortem_page, progress

TRIES = 3


def entry_of(signature: str, library: Library) -> Entry:
    """The entry that a post-mortem is of, by today's name or an earlier one. Raises BadCommand for none, and for one out of use."""
    doing = f"writing a post-mortem of {signature[:120]}"
    entry = library.called(signature)
    if entry is None:
        raise BadCommand(doing, "there is no entry of that name on the default branch", "see knowledge/README.md for the names, and merge the entry first")
    if entry.meta.status == "withdrawn":
        raise BadCommand(doing, "the entry was withdrawn", "name another entry, or set its `status` again first")
    return entry


def propose(told: Incident, forge: Forge, say: Say) -> PullRequest | None:
    """Open or update the request of this occurrence's post-mortem, by the day and, where the day has that of another alert, by the second.

    What people changed stays. Raises ForgeError, and BadCommand where even the second has that of another alert.
    """
    for exact in (False, True):
        try:
            return _proposed(told, forge, say, exact=exact)
        except _Another:
            continue
    path = postmortem.path_of(told.time, told.entry.meta.signature, exact=True)
    raise BadCommand(f"writing {path}", "it is the post-mortem of another alert of that second", "rename that page, or write into it by hand")


class _Another(Exception):
    """The page of that name is of another alert."""


def _proposed(told: Incident, forge: Forge, say: Say, *, exact: bool) -> PullRequest | None:
    path = postmortem.path_of(told.time, told.entry.meta.signature, exact=exact)
    name = name_in(path)
    # Before it is written as Markdown: a backslash within a secret hides it from most rules.
    told = Redactor().record(told)
    parts = postmortem_page.parts(told)

    def files(standing: Standing) -> tuple[File, ...]:
        if standing.text is not None and postmortem.is_of_another(standing.text, parts):
            raise _Another
        if standing.text is None:
            made = postmortem.rendered(postmortem_page.title(told), postmortem_page.introduction(), parts, postmortem_page.theirs())
            return (File(path, made),)
        made = postmortem.updated(standing.text, postmortem.no_poorer(standing.text, parts))
        unfinished = standing.branch_exists and standing.left_behind is None
        return (File(path, made),) if made != standing.text or unfinished else ()

    request = PageRequest(
        branch=f"errata/postmortem/{name}",
        path=path,
        title=postmortem_page.request_title(told, exact=exact),
        body=postmortem_page.request_body(told, path),
        commit_message=f"Write the post-mortem of {told.time:%Y-%m-%d} for {told.entry.meta.signature}",
        labels=("post-mortem",),
    )
    standing = propose_pages(request, forge, files, say)
    if standing is not None:
        say(f"post-mortem: {standing.url}")
    return standing


def due(merged: Iterable[MergedEntry], kept: Iterable[str], policy: Postmortems, failures: list[BotError]) -> list[Entry]:
    """The merged entries that the policy wants a post-mortem of: a new diagnosis, a severity that it names, and none of late."""
    days: dict[str, list[date]] = {}
    for day, signature in filter(None, map(postmortem.named, kept)):
        days.setdefault(signature, []).append(day)
    found = []
    for one in merged:
        try:
            entry = parse(one.after, one.path)
            told = incident(entry) if _is_new(entry, one) and entry.meta.status != "withdrawn" and entry.meta.severity in policy.severities else None
        except BadEntry as error:
            failures.append(error)
            continue
        known = days.get(entry.meta.signature, [])
        if told and not any(abs(told.time.date() - day) < timedelta(days=policy.again_after_days) for day in known):
            found.append(entry)
    return found


def open_actions(pages: Mapping[str, str], forge: Forge, tracker: Tracker | None, url_of: Callable[[str], str], failures: list[BotError], say: Say) -> None:
    """An issue for each open action item that none stands for, linked both ways; what an earlier run opened is found again."""
    revisions = []
    if tracker is None:
        left = sum(1 for path, text in pages.items() if postmortem.named(path) for _ in postmortem.actions(text, path))
        if left:
            say(progress.no_issues("action item", left))
        return
    for path, text in pages.items():
        name = postmortem.named(path)
        links = dict[int, str]()
        for action in list(postmortem.actions(text, path))[: postmortem.MOST_ACTIONS] if name else ():
            try:
                links[action.line] = _issue(action, name[1] if name else "", url_of(path), tracker, say)
            except BotError as error:
                failures.append(error)
        if links:
            revisions.append(Revision(path, text, postmortem.linked(text, links)))
    if revisions:
        _commit(tuple(revisions), forge, failures, say)


def _issue(action: postmortem.Action, signature: str, url: str, tracker: Tracker, say: Say) -> str:
    found = tracker.find(action.marker)
    if found is None:
        found = tracker.open(Redactor().record(postmortem_issue.draft(action, signature, url)))
        say(f"action item: {found.url}")
    return f"[{found.reference}]({found.url})"


def _commit(revisions: tuple[Revision, ...], forge: Forge, failures: list[BotError], say: Say) -> None:
    for left in reversed(range(TRIES)):
        try:
            forge.commit(revisions, "Link the action items of post-mortems to their issues")
        except StaleBranch:
            if not left:
                # The issues are found again by their marks: the next run writes the links.
                say(progress.links_overtaken())
        except BotError as error:
            failures.append(error)
            return
        else:
            return


def _is_new(entry: Entry, merged: MergedEntry) -> bool:
    """Whether this push brought a diagnosis that the entry did not hold before."""
    before: set[str] = set()
    if merged.before is not None:
        try:
            before = {block.identity for block in occurrence_blocks(parse(merged.before, merged.path).body)}
        except BadEntry:
            return False  # which of them is new cannot be told
    return any(block.identity not in before for block in occurrence_blocks(entry.body))


def told_of(entry: Entry, occurrence: str, cases: Iterable[Case], thread: ThreadWords | None, codebases: Sequence[Codebase] = ()) -> Incident:
    """The incident, with the evidence of the case that is of the same alert; what ended it is looked for in `codebases`. Raises BadCommand."""
    bare = incident(entry, occurrence)
    wanted = identity_of(bare.alert.url) if bare.alert else ""
    case = next((one for one in cases if one.alert.permalink.identity == wanted), None)
    links = resolution_links(entry.meta.resolution, _bases(codebases, entry.meta.services), _bases(codebases))
    return msgspec.structs.replace(incident(entry, occurrence, case, thread), links=links)


def _bases(codebases: Iterable[Codebase], services: Sequence[str] = ()) -> tuple[str, ...]:
    """Where people browse the code of these services; of any where none is named."""
    serving = (one for one in codebases if not services or not one.services or set(one.services) & set(services))
    return tuple(filter(None, (web_address(one.url or one.repository or "") for one in serving)))
