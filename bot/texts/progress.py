"""What a job says while it works: short lines for a terminal or a workflow log."""

from bot.core.grounding.leads import is_lead
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import BadEntry
from bot.model import Case, Diagnosis, Findings, Permalink, PullRequest, TrackingIssue
from bot.texts.numbers import times

MOST_LINES = 20


def reading(permalink: Permalink) -> str:
    """First line of a diagnosis."""
    return f"reading {permalink.url}"


def findings(source: str, found: Findings) -> str | None:
    """What one source answered in one round; None when it was not asked for anything it knows."""
    parts = [_count(len(found.events), "log event", "log events"), _count(len(found.evidence), "piece of evidence", "pieces of evidence")]
    told = ", ".join(part for part in parts if part)
    if not told and not found.gaps and not found.queries:
        return None
    gaps = "".join(f"\n    could not see: {_line(gap.wanted)}: {_line(gap.cause)}" for gap in found.gaps)
    return f"  {source}: {told or 'nothing'}{gaps}"


def case(closed: Case, number: int, count: int, unreadable: BadEntry | None = None) -> str:
    """The case, before it is diagnosed; `unreadable` is what keeps its entry from being read."""
    which = f" ({number} of {count})" if count > 1 else ""
    known = next((past for past in closed.history if past.relation != "similar"), None)
    past = f"known: {times(known.occurrences)}, last {known.last_seen:%Y-%m-%d %H:%M} UTC, {known.status}" if known else "not seen before"
    if unreadable is not None:
        past = f"its entry cannot be read, so no request can be made of this before it is mended ({_line(str(unreadable))}); {_line(unreadable.remedy)}"
    return f"signature {closed.signature.name}{which}: {past}"


def diagnosis(made: Diagnosis) -> str:
    """The answer in two lines; why the rules stood in, and what was taken out or marked because no evidence carries it."""
    cause, checked = made.root_cause, made.verified
    lines = [f"{made.verdict}: {_line(made.summary)}"]
    sure = f"cause ({cause.confidence} confidence)" if cause.known else "cause not proven" if is_lead(cause) else "cause unknown"
    lines.append(f"  {sure}: {_line(cause.statement)}")
    lines += [f"  diagnosed by {_line(made.diagnoser)}: {_line(made.fallback)}"] if made.fallback else []
    lines += [f"  not in the evidence: {_line(claim)}" for claim in checked.unfounded[:MOST_LINES]]
    lines += [f"  and {len(checked.unfounded) - MOST_LINES} claims more"] if len(checked.unfounded) > MOST_LINES else []
    return "\n".join(lines)


def declined(signature: str) -> str:
    """A person closed the same proposal before."""
    return f"{signature}: a person closed this proposal without merging; it is not opened again unless the diagnosis changes"


def nothing_new(signature: str, request: PullRequest | None) -> str:
    """The occurrence stands there already."""
    return f"{signature}: this alert is recorded already{f' in {request.url}' if request else ''}"


def proposed(request: PullRequest, occurrences: int) -> str:
    """A pull request waits for review."""
    times = f"{occurrences} {'occurrence' if occurrences == 1 else 'occurrences'}"
    return f"pull request {request.url} ({times}); merging it publishes the entry and answers the thread"


def merged(count: int) -> str:
    """How many entries a push changed."""
    return f"{count} {'entry' if count == 1 else 'entries'} changed" if count else "no entry changed"


def answered(thread: Permalink) -> str:
    """A thread got its answer."""
    return f"answered {thread.url}"


def answered_before(thread: Permalink) -> str:
    """A thread has its answer from an earlier run."""
    return f"already answered {thread.url}"


def corrected(thread: Permalink) -> str:
    """An answer was given other words."""
    return f"corrected the answer in {thread.url}"


def nothing_to_correct(thread: Permalink) -> str:
    """Nobody was answered there, or somebody deleted the answer."""
    return f"no answer of ours stands in {thread.url}: nothing is corrected there"


def left_as_they_are(count: int) -> str:
    """Too many threads to correct."""
    return f"{_count(count, 'older answer is', 'older answers are')} left as they are; they link to the entry, which says how it stands"


def reopened(issue: TrackingIssue, reason: str) -> str:
    """A closed tracking issue is open again, and why."""
    return f"opened {issue.url} again, because {reason}"


def not_reopened(issue: TrackingIssue) -> str:
    """A person decided against the work."""
    return f"{issue.url} was closed as not planned, and stays closed"


def completed_since(issue: TrackingIssue) -> str:
    """The work was done after the alert."""
    return f"{issue.url} was completed after the newest of these alerts, and stays closed"


def issue_gone(url: str) -> str:
    """The issue that the entry names does not carry its mark any more."""
    return f"{_line(url)} is not found in the tracker any more (moved or deleted): another one is opened"


def no_issues(what: str, count: int) -> str:
    """Work that stays where it stands, since the tracker keeps no issues."""
    stays = _count(count, f"open {what} stays a check box of its page", f"open {what}s stay check boxes of their pages")
    return f"{stays}: the configured tracker takes no issues"


def tracked(opened: TrackingIssue, reason: str) -> str:
    """A tracking issue was opened, and why."""
    return f"opened {opened.url}, because {reason}"


def indexed(count: int, sha: str | None) -> str:
    """The index was committed."""
    return f"index of {count} {'entry' if count == 1 else 'entries'} {f'committed as {sha[:12]}' if sha else 'is current'}"


def index_current() -> str:
    """Nothing to commit."""
    return "index is current"


def links_overtaken() -> str:
    """Somebody changed a page meanwhile."""
    return "a page changed meanwhile; the links of its action items follow with the next run"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _line(text: str) -> str:
    return cut(one_line(text), 300)
