"""The half of a revision that reads: the alert of a pull request is diagnosed again, with a person's hint and with what a database answered."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from bot.core.alert import permalink as permalinks
from bot.core.alert.place import vendor_of
from bot.core.entry.entry import Entry, parse, path_of
from bot.core.entry.library import named_as_its_file
from bot.core.redaction.redaction import Redactor
from bot.core.request.hints import evidence_of, words_of
from bot.core.request.slash_commands import Command
from bot.errors import BadCommand, ChatError, ForgeError
from bot.jobs.closed_case import Closed
from bot.jobs.diagnose import diagnose_closed
from bot.jobs.investigate import Desk, investigate, read
from bot.jobs.lookups import Lookups
from bot.jobs.probing import CaseProbe
from bot.jobs.proposal_directory import Proposed
from bot.jobs.unapproved_queries import without_answered
from bot.model import Case, Evidence, Hint, Permalink, Record, Standing
from bot.model.questions import SearchLogs
from bot.model.review import ReviewRequest
from bot.ports import Chat, Diagnoser, Forge, Say

BRANCH = "kb/"


class Asked(Record, frozen=True):
    """A command on a request, and who gave it in which comment."""

    request: int
    command: Command
    author: str = ""
    remark: int = 0

    @property
    def hint(self) -> Hint | None:
        """The person's words, if the command has any."""
        return Hint(self.author, self.command.argument) if self.command.kind == "rediagnose" and self.command.argument else None


def name_of(request: ReviewRequest) -> str:
    """The entry that a request is about. Raises BadCommand for one that brings something else."""
    name = request.branch.removeprefix(BRANCH)
    if not request.branch.startswith(BRANCH):
        raise BadCommand(f"looking for the diagnosis of request {request.number}", "it brings no diagnosis of an alert", "edit its pages on the branch instead")
    return name


def entry_on_branch(request: ReviewRequest, forge: Forge) -> tuple[Entry, Standing]:
    """The entry as people left it on the branch. Raises ForgeError when it is not there under its name, BadEntry when it cannot be read."""
    path = path_of(name_of(request))
    standing = forge.standing(request.branch, path)
    if standing.text is None:
        remedy = f"put it back under that name (a renamed error: `bot rename`, after the merge), or comment `/withdraw` on #{request.number}"
        raise ForgeError(f"reading {path} on {request.branch}", "the entry was deleted or renamed there", remedy)
    return named_as_its_file(parse(standing.text, path), path), standing


def alert_place(entry: Entry, published: Entry | None, slack_hosts: tuple[str, ...]) -> Permalink:
    """Where the alert stands that a request is about: the newest of those that it brings, else the newest of all. Raises BadLink for what is no Slack link."""
    links = [permalinks.parse(url, slack_hosts) for url in entry.meta.threads]
    known = {link.identity for link in (permalinks.parse(url, slack_hosts) for url in (published.meta.threads if published else ()))}
    brought = [link for link in links if link.identity not in known]
    return max(brought or links, key=lambda link: link.ts)


class Study(NamedTuple):
    """What a revision reads with; `addresses` are those that links may lead below."""

    forge: Forge
    chat: Chat
    desk: Desk
    diagnoser: Diagnoser
    say: Say
    addresses: tuple[str, ...] = ()


def rediagnosed(asked: Asked, request: ReviewRequest, rows: Sequence[Evidence], study: Study) -> Proposed:
    """The request's alert, gathered anew and diagnosed with what people have added. Raises ForgeError, BadEntry, BadLink, ChatError, BadCommand."""
    name, desk = name_of(request), study.desk
    entry, _ = entry_on_branch(request, study.forge)
    link = alert_place(entry, desk.library.entries.get(name), desk.configuration.slack_hosts)
    if vendor := vendor_of(link):
        raise ChatError("reading the alert again", f"{vendor} sent it, and its message is kept nowhere", "have it sent again, or edit the entry by hand")
    closed = _of_this_error(list(investigate(read(link, study.chat, study.say), desk, study.say)), name, desk, link)
    hint = asked.hint
    told = replace(hint, text=closed.redactor.text(hint.text)) if hint else None
    case = _looked_up(without_answered(_with(closed.case, told, rows), desk.configuration), told, desk, closed.redactor)
    (made,) = diagnose_closed((Closed(case, closed.redactor),), desk, study.diagnoser, study.say, study.addresses)
    return replace(made, diagnosis=replace(made.diagnosis, hints=(told,) if told else ()))


def _of_this_error(closed: list[Closed], name: str, desk: Desk, link: Permalink) -> Closed:
    """Of several errors in one message the one that the request is about."""
    found = next((one for one in closed if desk.library.named(one.case.signature).name == name), closed[0] if len(closed) == 1 else None)
    if found is None:
        raise ChatError(f"reading {link.url} again", f"it does not speak of {name} any longer", "comment `/withdraw`, or edit the entry by hand")
    return found


def with_rows(case: Case, rows: Sequence[Evidence]) -> Case:
    """The case with what a database answered as further evidence; the same rows are there once."""
    added = list(case.evidence)
    for row in rows:
        if (row.kind, row.text) not in {(one.kind, one.text) for one in added}:
            added.append(replace(row, id=_next(added)))
    return replace(case, evidence=tuple(added))


def _with(case: Case, hint: Hint | None, rows: Sequence[Evidence]) -> Case:
    """The case with the hint and the rows."""
    told = with_rows(case, rows)
    return replace(told, evidence=(*told.evidence, evidence_of(hint, _next(told.evidence)))) if hint is not None else told


def _next(evidence: Sequence[Evidence]) -> str:
    return f"E{max((int(one.id[1:]) for one in evidence if one.id[1:].isdecimal()), default=0) + 1}"


def _looked_up(case: Case, hint: Hint | None, desk: Lookups, redactor: Redactor) -> Case:
    """What the logs say of the hint's words, for whoever diagnoses; a model may look further by itself."""
    if hint is None:
        return case
    probe = CaseProbe(case, desk, redactor)
    for words in words_of(hint.text):
        probe.ask(SearchLogs(words=words))
    return probe.case
