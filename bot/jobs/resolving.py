"""What was finished elsewhere resolves the entries it names: a closed tracking issue, a merged change that says `Fixes-error:`."""

import re
from collections.abc import Iterable
from typing import Protocol

from bot.core.entry.entry import Entry
from bot.core.entry.life import Ending
from bot.core.entry.times import iso
from bot.core.plain_text.plain_text import one_line
from bot.errors import BotError
from bot.jobs.entry_life import EntryLife
from bot.model import PullRequest, Record
from bot.model.finished import Landed, TrackedIssue
from bot.model.review import ReviewRequest
from bot.ports import Say, TrackedWork, WorkLog
from bot.regex import regex
from bot.texts.entry_life import declined_elsewhere, left_alone, more_to_ask, not_all_seen

MOST_ASKED = 50
"""Issues of a run that are looked at one by one: each takes calls of the tracker and of the forge."""
_LINEAR = regex(r"https://linear\.app/[^/\s]{1,100}/issue/[A-Z][A-Z0-9]{0,9}-\d{1,9}")
_ACTION_ITEM = regex(r"postmortem-[0-9a-f]{24}\Z")
_NUMBER = regex(r" ?\([#!]\d{1,9}\)\Z")


class Resolved(Record, frozen=True):
    """The requests that stand now, and what could not be done."""

    requests: tuple[PullRequest, ...] = ()
    failures: tuple[BotError, ...] = ()


class Issues(Protocol):
    """Where one tracking issue is read."""

    def issue(self, reference: str) -> TrackedIssue: ...  # noqa: D102 - see `WorkLog.issue`


def by_issue(reference: str, log: Issues, life: EntryLife, say: Say) -> PullRequest | None:
    """Resolve the entry of a tracking issue that was closed as completed; take that back when it is open again. Raises BotError."""
    issue = log.issue(reference)
    told = _says_nothing(issue, life)
    if told is not None:
        say(told)
        return None
    if issue.outcome == "open":
        return life.reopen(issue.signature, issue.url)
    return life.resolve(issue.signature, _ending(issue), issue.url, by_hand=False)


def _says_nothing(issue: TrackedIssue, life: EntryLife) -> str | None:
    """Why nothing follows from an issue, as a line for the log; None where something does."""
    if issue.outcome == "moved":
        return left_alone(issue.reference, f"it moved to {issue.url}; what happens there is not seen from here")
    if not issue.signature:
        return left_alone(issue.reference, "no tracking issue of the bot: its label or its mark is missing")
    if _ACTION_ITEM.match(issue.signature):
        return left_alone(issue.reference, "an action item of a post-mortem; no entry is resolved by it")
    entry = life.called(issue.signature)
    if entry is not None and not _is_its(issue, entry):
        why = f"it is {entry.meta.signature} now, which is tracked in {entry.meta.tracking_issue}; {issue.url} says nothing of it"
        return left_alone(issue.signature, why)
    if issue.outcome == "not planned":
        return left_alone(issue.signature, f"{issue.url} was closed as not planned; the entry stays as it is")
    return None


def by_tracker(log: TrackedWork, life: EntryLife, requests: Iterable[ReviewRequest], say: Say) -> Resolved:
    """What a tracker that sends no events knows by now: as `by_issue` for every issue whose entry says otherwise, the one that changed last first.

    `requests` are the bot's own that wait. Raises TrackerError where the tracker cannot be asked at all.
    """
    states = log.states()
    waiting = {request.branch: request for request in requests if request.state == "open"}
    wanted, declined = list[TrackedIssue](), list[str]()
    for issue in states.issues:
        entry = life.called(issue.signature)
        if entry is None or not _is_its(issue, entry):
            continue
        if issue.outcome == "not planned" and entry.meta.status != "resolved":
            declined.append(entry.meta.signature)
        elif _says_otherwise(issue, entry, waiting.get(f"errata/resolve/{entry.meta.signature}")):
            wanted.append(issue)
    found, failures = list[PullRequest](), list[BotError]()
    for issue in wanted[:MOST_ASKED]:
        try:
            request = by_issue(issue.reference, log, life, say)
            found += [request] if request else []
        except BotError as error:
            failures.append(error)
    for line in (declined_elsewhere(declined), more_to_ask(len(wanted) - MOST_ASKED), not_all_seen() if states.unseen else ""):
        if line:
            say(line)
    return Resolved(tuple(found), tuple(failures))


def _says_otherwise(issue: TrackedIssue, entry: Entry, waiting: ReviewRequest | None) -> bool:
    """Whether something follows from the issue; what a person resolved in other words is theirs, however the issue stands."""
    meta = entry.meta
    if issue.outcome == "completed":
        again = meta.status == "regressed" and issue.closed is not None and iso(issue.closed) <= meta.last_seen
        return meta.status != "resolved" and waiting is None and not again
    return issue.outcome == "open" and (_names(meta.resolution, issue) if meta.status == "resolved" else waiting is not None and _names(waiting.body, issue))


def _is_its(issue: TrackedIssue, entry: Entry) -> bool:
    """An issue of an earlier name, or of an entry that was merged into this one, counts only where this one has none of its own."""
    own = entry.meta.tracking_issue
    return issue.signature == entry.meta.signature or not own or _names(own, issue)


def _names(text: str, issue: TrackedIssue) -> bool:
    """Whether a text holds the address; in Linear without its last part, which follows the title."""
    found = _LINEAR.match(issue.url)
    return re.search(re.escape(found[0] if found else issue.url) + r"(?![\w-])", text) is not None


def by_push(before: str, after: str, log: WorkLog, life: EntryLife) -> Resolved:
    """Resolve every entry that a change between two commits says it fixes; a name that no entry has keeps no other from it. Raises ForgeError."""
    requests, failures = list[PullRequest](), list[BotError]()
    for change in log.landed(before, after):
        for name in change.signatures:
            try:
                request = life.resolve(name, _of_change(change), change.pull_request or change.commit, by_hand=False)
                requests += [request] if request else []
            except BotError as error:
                failures.append(error)
    return Resolved(tuple(requests), tuple(failures))


def _ending(issue: TrackedIssue) -> Ending:
    # With the address, not the number: "#41" would be read as a pull request.
    said = issue.words.rstrip(" .;,:")
    words = f"{said} (closed with its tracking issue {issue.url})" if said else f"Closed with its tracking issue {issue.url}"
    return Ending(words, iso(issue.closed) if issue.closed else "", issue.commit, issue.pull_request)


def _of_change(change: Landed) -> Ending:
    # The number stands behind the words anyway, with its repository.
    return Ending(_NUMBER.sub("", one_line(change.title)), iso(change.time), change.commit, change.pull_request)
