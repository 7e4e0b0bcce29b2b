"""Category, bug class and severity of a failure by rules; every decision says on which words it rests."""

import re
from collections.abc import Iterable, Sequence

from bot.core.rules.ranking import Match
from bot.model import BugClass, Category, Record, Severity
from bot.regex import regex

_LOW = regex(r"(?i)\b(?:dev|develop(?:ment)?|load-?test|local|sandbox|qa|ci|tests?|testing)\b")
_MIDDLE = regex(r"(?i)\b(?:stag(?:e|ing)|pre-?prod(?:uction)?|uat|demo)\b")
_CRITICAL: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a security breach",
        regex(r"(?i)security breach|unauthori[sz]ed (?:access|login)|privilege escalation|sql injection|credentials? (?:leak(?:ed)?|stuffing|exposed)"),
    ),
    (
        "data loss",
        regex(r"(?i)data (?:loss|corrupt(?:ion|ed))|lost writes?|checksum mismatch|invalid page in block|corrupt(?:ed)? (?:index|page|data|block|database)"),
    ),
    (
        "production down",
        regex(
            r"(?i)production (?:is )?down|(?:service|site|api|database) (?:is )?(?:completely )?down\b|\ball (?:requests|pods|replicas|instances|nodes)"
            r"(?: are)? (?:fail(?:ed|ing)|down|unavailable)|no healthy upstream|\b0/[1-9]\d{0,3} (?:nodes|replicas|pods)|\boutage\b"
        ),
    ),
)
_FAILED_REQUEST = regex(
    r"\b(?:GET|POST|PUT|PATCH|DELETE) /\S{0,200}[^\n]{0,80}?\b5\d\d\b|\b(?:status|code)[=: ]{1,3}5\d\d\b"
    r"|\bHTTP/\d(?:\.\d)?\"? 5\d\d\b|\b500 Internal Server Error\b"
)

_MANY = 5
_ORDER: tuple[Severity, ...] = ("low", "medium", "high", "critical")
# What a fix is written in tells what it is against only where such a line has no other use: a retry, a `finally`, the word "permission" have many.
_FIXES: tuple[tuple[BugClass, re.Pattern[str]], ...] = (
    (
        "race condition",
        regex(
            r"(?i)for_?update\b|\bfor\s{1,4}update\b|skip_?\s?locked|\block\s{0,2}\(|\b\w{0,40}lock\.(?:acquire|lock|writeLock|readLock)\("
            r"|\bwith\s{1,4}(?:[\w.]{0,60}[._])?lock\b|\block_guard\b"
            r"|\bmu(?:tex)?\.R?Lock\(|\bmutex\b|\bsynchronized\b|advisory_(?:xact_)?lock|\.atomic\(|\bAtomic(?:Integer|Long|Reference|Boolean)\b|isolation_?level"
        ),
    ),
    (
        "timeout",
        regex(r"(?i)\b\w{0,40}time_?out(?:_?(?:ms|s|sec|secs|seconds|millis))?\s{0,2}[=:(]|\bWithTimeout\(|\bWithDeadline\(|\bset\w{0,30}Timeout\("),
    ),
    ("external service", regex(r"(?i)circuit_?breaker")),
    (
        "resource leak",
        regex(
            r"(?i)\b(?:conn(?:ection)?|session|cursor|client|socket|file|handle|stream|response|resp|body|rows|pool|fd)s?\.close\("
            r"|\bwith closing\(|\bdefer \w"
        ),
    ),
    ("missing value", regex(r"(?i)\bis (?:not )?None\b|[!=]==? ?(?:null|nil|undefined)\b|\bgetOrDefault\(|\.orElse(?:Throw|Get)?\(|\w\?\.\w")),
    (
        "permission",
        regex(r"(?i)\b(?:has|check|require|assert|ensure)_?permissions?\w{0,20}\(|\bgrant\s{1,4}(?:select|insert|update|delete|all|usage|execute)\b"),
    ),
)
_SQL_LOCK = regex(
    r"(?i)\bfor\s{1,4}(?:no\s{1,4}key\s{1,4})?update\b(?:[^\n]{0,40}\b(?:nowait|skip\s{1,4}locked)\b|[;)\"'`\s]{0,4}$)|pg_(?:try_)?advisory_(?:xact_)?lock",
    re.MULTILINE,
)
_QUOTED = regex(r"\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|(?:^|\s)(?:#|//|--\s)[^\n]{0,400}", re.MULTILINE)


class Severe(Record, frozen=True):
    """A severity, why, and the words of the evidence that it rests on (empty when it rests on the environment alone)."""

    severity: Severity
    reason: str
    words: str = ""


class Sighting(Record, frozen=True):
    """What severity is weighed from: the words of alert and failing trace, how often it was seen, and what is known of it."""

    environment: str
    texts: tuple[str, ...]
    events: int
    raised: bool
    """Whether a stack trace was seen: the code itself failed."""
    regression: bool
    symptom: Match | None = None


def category(found: Match | None, frames: Sequence[object]) -> tuple[Category, str]:
    """The category and its reason: the recognised failure decides, else frames of code make it the application's."""
    if found is not None and (found.category != "unknown" or not frames):
        return found.category, f"{found.name}: {found.words!r}" if found.words else f"{found.name}: {found.reason}"
    if frames:
        return "application", "a stack trace and no word of database, deployment or infrastructure"
    return "unknown", "neither a stack trace nor words that tell"


def bug_class_of_fix(lines: Iterable[str]) -> BugClass | None:
    """What kind of bug a fix is against, by its own lines; None where they do not say, or say several things.

    Comments and texts within quotation marks are what somebody said, not what the line does, but for SQL, whose lock is one.
    """
    text = "\n".join(lines)[:5000]
    if _SQL_LOCK.search(text):
        return "race condition"
    bare = _QUOTED.sub(" ", text)
    found = [name for name, pattern in _FIXES if pattern.search(bare)]
    return found[0] if found[:1] == ["race condition"] or len(found) == 1 else None


def severity(sighting: Sighting) -> Severe:
    """Critical, high, medium or low, by the first rule that holds.

    Development and load test are low. In production: words of an outage, data loss or a breach are critical; a regression or a broken
    feature is high; input that was refused and what failed without a trace is medium. Staging is never more than medium.
    """
    where = sighting.environment or "an unnamed environment"
    if _LOW.search(where):
        return Severe("low", f"seen in {where}, where nobody depends on it")
    if _MIDDLE.search(where):
        return Severe("medium", f"seen in {where}, not in production")
    return _changed(_in_production(sighting, where), sighting, where)


def _changed(found: Severe, sighting: Sighting, where: str) -> Severe:
    """What the rule says of its own severity: a floor, steps up, or a ceiling, which words of an outage and a regression break through."""
    match = sighting.symptom
    if match is None or found.severity == "critical":
        return found
    change, at = match.rule.severity, _ORDER.index(found.severity)
    wanted = min(at + change.raise_by, len(_ORDER) - 1)
    wanted = max(wanted, _ORDER.index(change.at_least)) if change.at_least and match.explains else wanted
    if change.at_most and not sighting.regression:
        wanted = min(wanted, _ORDER.index(change.at_most))
    return found if wanted == at else Severe(_ORDER[wanted], f"{match.name} in {where}: so the rule {match.rule.id} has it", match.words)


def _in_production(sighting: Sighting, where: str) -> Severe:
    for name, pattern in _CRITICAL:
        if words := _first(pattern, sighting.texts):
            return Severe("critical", f"the evidence speaks of {name} in {where}", words)
    return _high(sighting, where) or _medium(sighting, where)


def _high(sighting: Sighting, where: str) -> Severe | None:
    found = sighting.symptom
    if sighting.regression:
        return Severe("high", f"a regression: it had been resolved and is back in {where}")
    if words := _first(_FAILED_REQUEST, sighting.texts):
        return Severe("high", f"requests fail in {where}", words)
    if sighting.events >= _MANY:
        return Severe("high", f"seen {sighting.events} times in the window in {where}")
    return Severe("high", f"{found.name} in {where}", found.words) if found and found.explains else None


def _medium(sighting: Sighting, where: str) -> Severe:
    found = sighting.symptom
    if found and found.bug_class == "invalid input":
        return Severe("medium", f"input was refused in {where}; no request was seen to fail", found.words)
    if sighting.raised:
        return Severe("high", f"code fails with a stack trace in {where}")
    return Severe("medium", f"seen in {where}; what was seen does not show a broken feature")


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    match = next((match for text in texts if (match := pattern.search(text[:20_000]))), None)
    return " ".join(match.group().split()) if match else ""
