"""A case as rules see it: its texts in the order of their weight, and the facts that its evidence shows today."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.core.code.languages import language_of
from bot.core.logs.document import is_error
from bot.core.logs.matching import trace_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.rule import FactName
from bot.core.rules.sight import Deployed, Fact, Said, Sight, quoted
from bot.core.rules.triage import bug_class_of_fix
from bot.diagnosers.causes import carries, suspect
from bot.diagnosers.clues import Clues, Seen, last_seen
from bot.diagnosers.past import first_known, standing_fix
from bot.model import Citation, Commit, Evidence, LogEvent, Trend
from bot.regex import regex

_MOST_EARLIER, _MOST_BESIDE = 40, 10
_STATE, _MOST_CHAINED = 6_000, 20
_NEAR = timedelta(seconds=60)
_MANIFESTS = regex(
    r"(?:^|/)(?:pom\.xml|build\.gradle(?:\.kts)?|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|requirements[\w.-]{0,40}\.(?:txt|in)|pyproject\.toml|poetry\.lock|uv\.lock"
    r"|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|mix\.(?:exs|lock)|Package\.swift|[\w.-]{1,80}\.[cfv][sb]proj|Directory\.Packages\.props|packages\.config|libs\.versions\.toml)$"
)
_WARNINGS = frozenset({"WARN", "WARNING"})
_KILLED = regex(r"OOM ?Killed|[Mm]emory cgroup out of memory|exit code 137\b|Runtime\.OutOfMemory")
_RESTARTED = regex(r"CrashLoopBackOff|Back-off restarting|last ended: [^\n]{1,80}|\b[1-9]\d{0,3} restarts\b")
_WAITS = regex(r"(?i)still waiting for \w{1,30}Lock|waits for a lock[^\n]{0,80}\n(?:\|[^\n]{0,600}\n){2}\| ?\d|wait_event_type[^\n]{0,10}\bLock\b|\| *Lock *\|")
_CONTAINER = regex(r"\s{0,4}([\w.-]{1,80}) \(")
_THROTTLED = regex(r"(?i)throttl[^\n]{0,120}(?:\n[^\n]{0,120}){0,20}?\b(?:[3-9]\d|100)(?:\.\d{1,3})? ?%")
_LIMIT = regex(r"(?i)time_?out|deadline|_ms\b|max_?(?:retries|wait|time|attempts)|pool_?size|max_?conn\w{0,20}")
_COUNTED: tuple[tuple[str, FactName], ...] = (
    ("events of that user", "one_user"),
    ("events of that tenant", "one_tenant"),
    ("events of that release", "one_release"),
    ("days at that time", "same_hour_each_day"),
)


def sight(clues: Clues) -> Sight:
    """What rules look at."""
    files = [place.detail.path for place in clues.places[:1]] or [frame.file or "" for frame in clues.case.alert.frames[-1:]]
    languages = tuple(dict.fromkeys(name for file in files if (name := language_of(file))))
    return Sight(tuple(_said(clues)), tuple(_facts(clues)), languages, _deployed(clues), _slots(clues))


def evidence_of(clues: Clues) -> dict[str, Evidence]:
    """The evidence by its ids."""
    return {evidence.id: evidence for evidence in clues.case.evidence}


def _said(clues: Clues) -> Iterator[Said]:
    """Where it failed first, what the alert says, the failing event, then what led there, the latest first; what came after is a consequence."""
    alert = clues.case.alert
    if clues.origin:
        yield Said(_words(clues.origin.detail), "first error of the trace", clues.origin.evidence.id)
    yield Said(": ".join(part for part in (alert.error_type, alert.message) if part) or alert.text, "alert", clues.failing.evidence.id if clues.failing else "")
    if clues.failing:
        yield Said(_words(clues.failing.detail), "failing event", clues.failing.evidence.id)
    until = clues.first_seen
    before = [seen for seen in clues.trace if seen.detail.time <= until and seen is not clues.failing and seen is not clues.origin]
    for seen in before[: -_MOST_EARLIER - 1 : -1]:
        told = is_error(seen.detail) or seen.detail.level in _WARNINGS
        yield Said(_words(seen.detail), "earlier error" if told else "earlier line", seen.evidence.id)
    yield from _beside(clues)


def _beside(clues: Clues) -> Iterator[Said]:
    """Where the alert names no error of the code and has no event: the rest of its text, and what its service and its systems say.

    Other errors of that time are hints.
    """
    alert = clues.case.alert
    of_code = alert.error_type is not None and (alert.message is not None or bool(alert.frames))
    if clues.failing is None and not of_code:
        # The message of such an alert is its headline, which often is only the name that somebody gave the alert.
        yield Said(alert.text, "alert")
        own = [seen for seen in clues.others if clues.service and seen.detail.service == clues.service and seen.detail.time <= clues.first_seen]
        yield from (Said(_words(seen.detail), "earlier error", seen.evidence.id) for seen in own[-_MOST_EARLIER:])
        yield from (Said(evidence.text[:_STATE], "state of its systems", evidence.id) for evidence in _told_by_systems(clues))
    until = [seen for seen in clues.others if seen.detail.time <= clues.first_seen]
    near = [seen for seen in until if clues.first_seen - last_seen(seen) <= _NEAR]
    # What the service itself said earlier is as near: a leak is warned of minutes before the pool is empty.
    led = [seen for seen in until if seen not in near and clues.service and seen.detail.service == clues.service]
    yield from (Said(_words(seen.detail), "error beside it", seen.evidence.id) for seen in (*near[-_MOST_BESIDE:], *led[-_MOST_BESIDE:]))


def _told_by_systems(clues: Clues) -> list[Evidence]:
    """What Kubernetes, functions and databases say of themselves stands in evidence that is no log event."""
    return [evidence for evidence in clues.case.evidence if evidence.detail is None and evidence.kind in ("query result", "metric", "log", "deploy")]


def _words(event: LogEvent) -> str:
    """What it says, and every error of its stack trace, the one that explains it first; the last line too, for stacks of an unknown form."""
    trace = trace_of(event)
    chained = dict.fromkeys(((trace.error_type, trace.message), *((link.error_type, link.message) for link in trace.chain[-_MOST_CHAINED:])))
    heads = [": ".join(part for part in head if part) for head in chained]
    said = f"{event.error_type or ''}: {event.message}".removeprefix(": ")
    return "\n".join((*filter(None, heads), said, event.stack.strip().rpartition("\n")[2]))


def _facts(clues: Clues) -> Iterator[Fact]:
    if clues.origin:
        name = one_line(clues.origin.detail.service)
        cited = quoted(cut(one_line(clues.origin.detail.message), 200).rstrip("…"), clues.origin.evidence)
        yield Fact("first_error_in_another_service", f"the trace failed first in {name}", cited)
    if standing := standing_fix(clues):
        yield Fact("earlier_fix_stands", f"the earlier fix {standing.detail.fix.sha[:7]} still stands")
    yield from _counted(clues)
    yield from _of_systems(clues)
    suspected = suspect(clues)
    if suspected is not None:
        yield from _of_suspect(suspected)


def _counted(clues: Clues) -> Iterator[Fact]:
    """What counts over time tell."""
    for evidence in clues.case.evidence:
        if not isinstance(evidence.detail, Trend):
            continue
        names = {name for name, _ in evidence.detail.counts}
        cited = _line(evidence, evidence.detail.statement)
        yield from (Fact(fact, one_line(evidence.detail.statement).rstrip("."), cited) for count, fact in _COUNTED if count in names)
        if evidence.detail.statement.startswith("the clock of "):
            yield Fact("clock_skew", one_line(evidence.detail.statement), cited)


def _of_systems(clues: Clues) -> Iterator[Fact]:
    told = _told_by_systems(clues)
    searched: tuple[tuple[FactName, re.Pattern[str], str], ...] = (
        ("container_killed_for_memory", _KILLED, "a container was killed for memory"),
        ("container_restarts", _RESTARTED, "containers were started again"),
        ("cpu_throttled", _THROTTLED, "containers got less CPU than they asked for"),
        ("lock_wait", _WAITS, "a session waits for a lock"),
    )
    for name, pattern, reason in searched:
        found = next(((evidence, match) for evidence in told if (match := pattern.search(evidence.text[:20_000]))), None)
        if found:
            evidence, match = found
            line = evidence.text[evidence.text.rfind("\n", 0, match.start()) + 1 : match.end()]
            container = _CONTAINER.match(line)
            slots = (("container", container[1]),) if container else ()
            yield Fact(name, f"{reason} ({evidence.id})", _line(evidence, match.group()), slots)


def _of_suspect(seen: Seen[Commit]) -> Iterator[Fact]:
    """What the first suspect did to the failing code, by its own lines."""
    commit = seen.detail
    named = (("commit", f'{commit.sha[:7]} "{cut(one_line(commit.subject), 100)}"'),)
    quote = seen.quote(*commit.removed, *commit.added, commit.subject)
    cited = (quote,) if quote else ()
    removed, added = bug_class_of_fix(commit.removed), bug_class_of_fix(commit.added)
    said = f"the first suspect, {commit.sha[:7]},"
    if carries(commit):
        yield Fact("suspect_commit", f"{said} {commit.relation}", cited, named)
    if removed == "race condition" != added:
        yield Fact("suspect_removed_lock", f"{said} took a lock away", cited, named)
    if any(reason.startswith("removed a guard") for reason in commit.reasons) or (removed == "missing value" != added):
        yield Fact("suspect_removed_guard", f"{said} took a check away", cited, named)
    if any(_LIMIT.search(line[:400]) for line in commit.removed) and any(_LIMIT.search(line[:400]) for line in commit.added):
        yield Fact("suspect_changed_limit", f"{said} changed a limit", cited, named)
    named_by_message = _MANIFESTS.search(commit.path) is not None and any(reason.endswith("which the message names") for reason in commit.reasons)
    if named_by_message or any(reason.startswith("changed the dependency ") for reason in commit.reasons):
        yield Fact("suspect_changed_dependency", f"{said} changed a dependency that the failing code uses", cited, named)


def _deployed(clues: Clues) -> Deployed | None:
    """The deploy that it came with, as the counts over time tell it: none where it may have been there before."""
    for evidence in clues.case.evidence:
        if isinstance(evidence.detail, Trend):
            counts = dict(evidence.detail.counts)
            if "minutes after the deploy" in counts and (clues.past is None or first_known(clues)):
                return Deployed(counts["minutes after the deploy"], "", _line(evidence, evidence.detail.statement))
    return None


def _slots(clues: Clues) -> tuple[tuple[str, str], ...]:
    """Values that every rule's sentences may use."""
    place = clues.place
    values: Iterable[tuple[str, str | None]] = (
        ("service", clues.service),
        ("function", place.function if place else None),
        ("place", f"{place.path}:{place.line}" if place else None),
        ("environment", clues.case.alert.environment),
        ("release", clues.case.alert.release),
        ("origin", clues.origin.detail.service if clues.origin else None),
    )
    return tuple((name, cut(one_line(value), 100)) for name, value in values if value)


def _line(evidence: Evidence, words: str) -> tuple[Citation, ...]:
    return quoted(" ".join(words.split()), evidence)
