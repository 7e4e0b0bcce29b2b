"""What a case says, in two parts that are never mixed up: what was seen today, and what is known of the past."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from bot.core.entry.times import seen_before
from bot.core.grounding.index import Index, folded
from bot.core.grounding.markup import unmarked
from bot.model import Case, CodePlace, Commit, Deploy, Evidence, FixCheck, LogEvent, PastEntry, Trend
from bot.regex import regex

PAST = frozenset({"history", "knowledge"})
"""Kinds of evidence that tell what people wrote earlier; everything else was seen today."""
GUIDANCE = ("knowledge/runbooks/", "knowledge/codes.yml ")
"""Where evidence is from that tells what to do about a kind of failure."""

_CLOCK = r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)"
_BETWEEN = regex(rf"from {_CLOCK} to {_CLOCK}")
_SUSPECTED = "the first suspect, the likeliest of the suspects"
"""What a case with commits calls the first of them: an entry that was written in the same words does not make that an old story."""
_GUTTER = regex(r"^>?[ ]{1,8}\d{1,6}(?= |$)", re.MULTILINE)
"""The number before a line of code is no number that the code says."""
_MOST_DEPLOYS = 5
"""Of which the time to each commit is known, and commits of one piece of evidence."""
_MOST_OF_A_TRACE, _SHORT = 60, timedelta(seconds=2)
"""Steps of a trace of which the times between are known; longer ones lie as far apart as anybody could claim."""


class Known:
    """The indexes of a case, and its records by what they are asked for."""

    def __init__(self, case: Case, configured: Sequence[str] = (), addresses: Sequence[str] = ()) -> None:
        self.case, self.configured, self.addresses = case, tuple(configured), tuple(addresses)
        self.evidence = {evidence.id: evidence for evidence in case.evidence}
        self.own = tuple(past for past in case.history if past.relation != "similar")
        self.fixes = tuple(evidence.detail for evidence in case.evidence if isinstance(evidence.detail, FixCheck))

    @cached_property
    def today(self) -> Index:
        """Alert, evidence of today, and what was searched; with what a reader could count or subtract there."""
        case = self.case
        seen = [evidence for evidence in case.evidence if evidence.kind not in PAST]
        moments = [case.alert.time, case.start, case.end, *(moment for evidence in seen for moment in _moments(evidence))]
        said = [
            *_of_alert(case),
            *(_GUTTER.sub("", " \n".join(words(evidence))) if evidence.kind == "code" else " \n".join(words(evidence)) for evidence in seen),
            *_days_ago(case.alert.time, moments),
            *((_SUSPECTED,) if any(isinstance(evidence.detail, Commit) for evidence in seen) else ()),
        ]
        return Index(said, moments, _counts(seen), self._spans(seen))

    @cached_property
    def past(self) -> Index:
        """Entries, runbooks and earlier messages: knowledge, not evidence."""
        return self._told([evidence for evidence in self.case.evidence if evidence.kind in PAST])

    @cached_property
    def occurred(self) -> Index:
        """As `past`, without runbooks and codes: those tell how such failures are met in general, and not what the cause was some other time."""
        return self._told([evidence for evidence in self.case.evidence if evidence.kind in PAST and not evidence.place.startswith(GUIDANCE)])

    def _told(self, told: Sequence[Evidence]) -> Index:
        entries = self.case.history
        moments = [moment for past in entries for moment in (past.last_seen, past.resolved_at, *past.seen) if moment]
        moments += [moment for evidence in told for moment in _moments(evidence)]
        often = [(past.occurrences, past.occurrences + 1, len(past.seen), seen_before(past, self.case.alert.time)[0]) for past in entries]
        counts = [(float(count), "time") for told in often for count in told if count]
        return Index([*("\n".join(_of_entry(past)) for past in entries), *("\n".join(words(evidence)) for evidence in told)], moments, counts)

    @cached_property
    def recurs(self) -> bool:
        """Whether an entry, the proof of a fix or an earlier message says that it happened before."""
        return bool(self.own or self.fixes) or any(evidence.kind in PAST and isinstance(evidence.detail, Trend) for evidence in self.case.evidence)

    @cached_property
    def error(self) -> frozenset[str]:
        """What the error says of itself, folded and without markup."""
        alert = self.case.alert
        return frozenset(folded(unmarked(text)) for text in (alert.text, f"{alert.error_type}: {alert.message}", alert.message) if text)

    @cached_property
    def links(self) -> frozenset[str]:
        """Every address of the case, without its scheme."""
        return frozenset(bare(link) for link in links_of(self.case))

    @cached_property
    def lines(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Path → first and last of the lines that were read of it, or that a frame or a place names."""
        found: dict[str, list[tuple[int, int]]] = {}
        for frame in self.case.alert.frames:
            if frame.file and frame.line:
                found.setdefault(frame.file, []).append((frame.line, frame.line))
        for place in self.places:
            found.setdefault(place.path, []).extend(((place.line, place.line), (place.first_line, place.first_line + len(place.snippet.splitlines()) - 1)))
        return {path: tuple(spans) for path, spans in found.items()}

    @cached_property
    def commits(self) -> tuple[Commit, ...]:
        """Every commit that a piece of evidence speaks of."""
        return tuple(commit for evidence in self.case.evidence for commit in commits_of(evidence))

    @cached_property
    def places(self) -> tuple[CodePlace, ...]:
        """The code that was read."""
        return tuple(evidence.detail for evidence in self.case.evidence if isinstance(evidence.detail, CodePlace))

    def _spans(self, seen: Sequence[Evidence]) -> list[timedelta]:
        """Between what a report puts side by side: the alert, the first and last event, each change, and when it was seen before; a commit and its deploy."""
        case = self.case
        events = [evidence.time for evidence in seen if evidence.time and isinstance(evidence.detail, LogEvent)]
        often = [ends for evidence in seen for ends in _first_and_last(evidence)]
        events += [moment for ends in often for moment in ends]
        anchors = list(dict.fromkeys((case.alert.time, case.start, case.end, *((min(events), max(events)) if events else ()))))
        changes = [moment for evidence in seen if not isinstance(evidence.detail, LogEvent) for moment in _moments(evidence)][:200]
        changes += [moment for past in self.own for moment in (past.last_seen, past.resolved_at, *past.seen[-20:]) if moment]
        deploys = [evidence.detail.time for evidence in seen if isinstance(evidence.detail, Deploy)][:_MOST_DEPLOYS]
        commits = [commit for evidence in seen for commit in commits_of(evidence)[:_MOST_DEPLOYS]]
        waited = [abs(deploy - commit.time) for deploy in deploys for commit in commits]
        apart = [abs(one - other) for one in anchors for other in (*anchors, *changes) if one != other]
        return [*apart, *waited, *(last - first for first, last in often), *self._of_the_trace()]

    def _of_the_trace(self) -> Iterator[timedelta]:
        """From the first, the last and each failing step of the alert's trace to every other one."""
        events = [evidence.detail for evidence in self.case.evidence if isinstance(evidence.detail, LogEvent)]
        steps = sorted((event for event in events if event.trace_id in self.case.alert.trace_ids), key=lambda event: event.time)[:_MOST_OF_A_TRACE]
        ends = [event.time for n, event in enumerate(steps) if n in (0, len(steps) - 1) or event.level in ("ERROR", "FATAL")][:8]
        yield from (span for one in ends for event in steps if timedelta() < (span := abs(one - event.time)) < _SHORT)


def links_of(case: Case) -> frozenset[str]:
    """Where the case leads: the alert and its logs, the places of evidence, commits and their pull requests."""
    found = {case.alert.permalink.url, *case.alert.log_links}
    for evidence in case.evidence:
        found.add(evidence.place)
        if isinstance(evidence.detail, LogEvent):
            continue  # most of a case, and its place is its only link
        found.update(link for commit in commits_of(evidence) for link in (commit.permalink, commit.pull_request) if link)
        if isinstance(evidence.detail, CodePlace | Deploy) and evidence.detail.permalink:
            found.add(evidence.detail.permalink)
    return frozenset(found)


def words(evidence: Evidence) -> Iterator[str]:
    """Everything of a piece of evidence that may be quoted: its text, where it is, and what its detail was read from."""
    text = evidence.text
    yield text
    yield f"{evidence.place} {evidence.source}\n{evidence.query}"
    detail = evidence.detail
    if isinstance(detail, LogEvent):
        yield from (part for part in (detail.message, detail.stack) if part not in text)
        yield " ".join(
            filter(None, (detail.level, detail.service, detail.error_type, detail.trace_id, detail.span_id, detail.release, detail.user, detail.tenant))
        )
        return  # most of a case, and no commit
    if isinstance(detail, CodePlace):
        yield from (part for part in (detail.snippet,) if part not in text)
        yield f"{detail.repository} {detail.commit} {detail.path} {detail.path}:{detail.line} {detail.function}\n{' '.join((*detail.owners, *detail.authors))}"
    elif isinstance(detail, Deploy):
        yield " ".join(filter(None, (detail.service, detail.environment, detail.release, detail.commit, detail.permalink)))
    elif isinstance(detail, Trend):
        yield "\n".join((detail.statement, *(f"{count} {name}" for name, count in detail.counts)))
    elif isinstance(detail, FixCheck):
        yield "\n".join((*detail.missing, detail.signature, detail.moved_to or ""))
    for commit in commits_of(evidence):
        yield from _of_commit(commit)


def commits_of(evidence: Evidence) -> tuple[Commit, ...]:
    """The commits that a piece of evidence speaks of."""
    detail = evidence.detail
    if isinstance(detail, FixCheck):
        return tuple(commit for commit in (detail.fix, detail.removed_by, detail.carried_by) if commit is not None)
    return (detail,) if isinstance(detail, Commit) else ()


def bare(link: str) -> str:
    """An address without its scheme and what a sentence puts behind it."""
    return folded(link).partition("://")[2].rstrip("/.,;:!?") or folded(link).rstrip("/.,;:!?")


def _of_commit(commit: Commit) -> Iterator[str]:
    yield f"{commit.repository} {commit.sha} {commit.author} {commit.login or ''} {commit.path} {commit.permalink or ''} {commit.pull_request or ''}"
    yield from (commit.subject, "\n".join(commit.removed), "\n".join(commit.added), "; ".join(commit.reasons))


def _of_alert(case: Case) -> Iterator[str]:
    alert = case.alert
    yield from (
        alert.text,
        f"{alert.error_type or ''}: {alert.message or ''}",
        alert.permalink.url,
        " ".join((*alert.log_links, *alert.trace_ids, *alert.key_terms)),
    )
    yield " ".join(
        filter(None, (alert.error_type, alert.culprit, alert.service, alert.release, alert.environment, alert.permalink.channel, alert.permalink.ts))
    )
    yield "\n".join(f"{frame.function} {frame.module or ''} {frame.file or ''} {frame.file or ''}:{frame.line or ''}" for frame in alert.frames)
    yield f"{case.signature.name} {case.signature.message} {' '.join(case.signature.frames)}"
    yield "\n".join(f"{search.source} {search.query}" for search in case.searches)
    yield "\n".join(f"{gap.source} {gap.wanted} {gap.cause} {gap.remedy}" for gap in case.gaps)


def _of_entry(past: PastEntry) -> Iterator[str]:
    yield from (past.signature, past.path, past.title, past.status, past.severity, past.resolution, past.root_cause)
    if past.fix:
        yield " ".join(filter(None, (past.fix.words, past.fix.commit, past.fix.pull_request)))


def _days_ago(alert: datetime, moments: Sequence[datetime]) -> Iterator[str]:
    """How people call these days when they speak of them on the day of the alert."""
    days = {(alert.date() - moment.date()).days for moment in moments}
    yield from ("this morning",) if 0 in days else ()
    yield from ("yesterday", "last night") if 1 in days else ()
    yield from (
        words for words, least, most in (("last week", 1, 13), ("last month", 15, 62), ("last year", 180, 730)) if any(least <= day <= most for day in days)
    )


def _first_and_last(evidence: Evidence) -> Iterator[tuple[datetime, datetime]]:
    """When a line that came again and again came first and last, on the day of its event or over a midnight beside it; nothing of any other."""
    if not isinstance(evidence.detail, LogEvent):
        return
    seen = evidence.detail.time
    for match in _BETWEEN.finditer(evidence.text[:400]):
        first, last = (seen.replace(hour=int(h), minute=int(m), second=int(s)) for h, m, s in (match.groups()[:3], match.groups()[3:]))
        if first > last:
            first, last = (first, last + timedelta(days=1)) if seen >= first else (first - timedelta(days=1), last)
        yield first, last


def _moments(evidence: Evidence) -> Iterator[datetime]:
    detail = evidence.detail
    if isinstance(detail, LogEvent):
        yield detail.time
        return  # most of a case, and no commit
    moment = detail.time if isinstance(detail, Deploy) else evidence.time
    if moment:
        yield moment
    yield from (commit.time for commit in commits_of(evidence))


def _alike(events: Sequence[LogEvent]) -> Counter[str]:
    """How many lines say the same, apart from their values."""
    return Counter(" ".join([word for word in event.message[:200].split() if word.isalpha()]) for event in events)


def _counts(seen: Sequence[Evidence]) -> list[tuple[float, str]]:
    """What a reader could count himself."""
    events = [evidence.detail for evidence in seen if isinstance(evidence.detail, LogEvent)]
    checks = [evidence.detail for evidence in seen if isinstance(evidence.detail, FixCheck)]
    told: list[tuple[int, str]] = [
        (len(events), "event"),
        *((count, "event") for count in _alike(events).values()),
        (len({event.service for event in events if event.service}), "service"),
        (len({event.trace_id for event in events if event.trace_id}), "request"),
        (len({event.user for event in events if event.user}), "user"),
        (len({event.tenant for event in events if event.tenant}), "tenant"),
        (sum(isinstance(evidence.detail, Commit) for evidence in seen), "commit"),
        (sum(isinstance(evidence.detail, Deploy) for evidence in seen), "deploy"),
        *((number, "") for check in checks for number in (len(check.missing), check.followed, len(check.missing) - 2, len(check.missing) - 1)),
        *((count, name.rpartition(" ")[2]) for evidence in seen if isinstance(evidence.detail, Trend) for name, count in evidence.detail.counts),
    ]
    return [(float(count), noun) for count, noun in told if count > 0]
