"""What Sentry answered becomes evidence: the issue, the request with its breadcrumbs, counts, other issues, the release with its commits."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from urllib.parse import quote

from bot.core.links import sentry_link
from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.systems import sentry_counts, sentry_event
from bot.core.systems.sentry_shape import Json, inner, number, objects, text
from bot.model import Deploy, Evidence, Inquiry, Record, Trend
from bot.sources.sentry.client import Page

_MOST_OTHERS, _MOST_COMMITS, _MOST_NOTES = 10, 15, 5
_TOLD = {
    "set_resolved": "resolved",
    "set_resolved_by_age": "resolved for its age",
    "set_resolved_in_release": "resolved in release",
    "set_resolved_in_commit": "resolved by commit",
    "set_resolved_in_pull_request": "resolved by a pull request",
    "set_regression": "came back",
    "set_escalating": "escalating",
    "set_ignored": "archived",
    "note": "note",
}


class Place(Record, frozen=True):
    """The organization that is asked, for names and links."""

    source: str
    home: str
    organization: str

    def issue(self, issue: str, event: str | None = None) -> str:
        """The page of an issue or of its event."""
        return sentry_link.issue_place(self.home, self.organization, issue, event)

    def release(self, version: str) -> str:
        """The page of a release."""
        return f"{sentry_link.origin(self.home, self.organization)}/releases/{quote(version, safe='')}/"


def issue(found: Json, event: Json, place: Place) -> Evidence:
    """What Sentry knows of the issue: state, first and last seen, counts of all time, releases, what ended it and was noted; the event's tags.

    The evidence's time is that of the first occurrence.
    """
    seen = " to ".join(f"{at:%Y-%m-%d %H:%M} UTC" for name in ("firstSeen", "lastSeen") if (at := moment(found.get(name))))
    releases = [text(inner(found, name), "version") for name in ("firstRelease", "lastRelease")]
    counts = f"{number(found, 'count') or 0:,} events of {number(found, 'userCount') or 0:,} users in all"
    versions = [f"{when} in {version}" for when, version in zip(("first", "last"), releases, strict=True) if version]
    facts = (f"{_short(found)} {_state(found)}", f"seen {seen}" if seen else "", counts, *versions)
    tags = sentry_event.told_tags(event)
    lines = [_title(found), "; ".join(fact for fact in facts if fact), f"this event: {tags}" if tags else "", *islice(_activity(found), _MOST_NOTES)]
    return Evidence("issue", place.source, place.issue(_id(found)), "\n".join(line for line in lines if line), time=moment(found.get("firstSeen")))


def before(event: Json, link: str, place: Place) -> Evidence | None:
    """The request and the breadcrumbs that led to the failure."""
    request, crumbs = sentry_event.request(event), sentry_event.breadcrumbs(event)
    if not request and not crumbs:
        return None
    left = sentry_event.breadcrumb_count(event) - len(crumbs)
    lines = [f"Request: {request} (values, cookies, headers and body left out)" if request else ""]
    lines += [f"Before it failed{f', the last {len(crumbs)} steps; {left:,} left out' if left > 0 else ''}:" if crumbs else "", *crumbs]
    return Evidence("trace", place.source, link, "\n".join(line for line in lines if line), time=moment(event.get("dateCreated")))


def counts(found: Json, page: Page, inquiry: Inquiry, place: Place) -> Evidence | None:
    """Events and users around the alert against before, and what the events share."""
    trend = sentry_counts.trend(page.items, inquiry.start, inquiry.end, cut=page.more or page.gap is not None)
    by_hour = sentry_counts.hourly(found, inquiry.alert.time)
    if trend is None:
        if not by_hour:
            return None
        trend = Trend("No event of it was listed around the alert.")
    shares = sentry_counts.common(page.items, inquiry.start, inquiry.end)
    lines = [trend.statement, f"by the hour: {by_hour}" if by_hour else "", shares]
    wording = "\n".join(line for line in lines if line)
    return Evidence("metric", place.source, place.issue(_id(found)), wording, time=inquiry.alert.time, query=page.asked, detail=trend)


def others(page: Page, what: str, known: AbstractSet[str], place: Place, query: Sequence[tuple[str, str]]) -> Evidence | None:
    """Other issues of a release, a transaction or a trace, resolved ones too, without those that are `known` (ids); None when there is none."""
    found = [one for one in page.items if str(one.get("id")) not in known]
    if not found:
        return None
    listed = [f"{_short(one)}: {_title(one)} ({_state(one)}, {number(one, 'count') or 0:,} events in all)" for one in found[:_MOST_OTHERS]]
    rest = len(found) - len(listed)
    more = f", {rest:,} not shown" if rest else ""
    head = f"{len(found):,}{' or more' if page.more else ''} other issue{'' if len(found) == 1 else 's'} {what} (resolved ones too{more}):"
    return Evidence("issue", place.source, sentry_link.search_place(place.home, place.organization, tuple(query)), "\n".join([head, *listed]), query=page.asked)


def deploy(release: Json, project: str, names: tuple[str, str], before_: datetime, place: Place) -> Evidence | None:
    """The release's last deploy to the environment (as the alert calls it, as Sentry does), where Sentry was told of one before the alert."""
    last, version = inner(release, "lastDeploy"), text(release, "version")
    time = moment(last.get("dateFinished"))
    if not version or time is None or time > before_ or text(last, "environment").lower() not in {name.lower() for name in names}:
        return None
    commit = text(inner(release, "lastCommit"), "id", limit=64)
    sha = commit if len(commit) >= 40 and all(sign in "0123456789abcdef" for sign in commit) else None
    found = Deploy(project, names[0], version, time, sha, place.release(version))
    words = f"{project} {version} was deployed to {names[0]} on {time:%Y-%m-%d %H:%M:%S} UTC"
    return Evidence("deploy", place.source, place.release(version), words, time=time, detail=found)


def release(found: Json, commits: Page | None, place: Place) -> Evidence | None:
    """When a release was made and what is in it; authors are not named."""
    version = text(found, "version")
    listed = list(map(_commit, commits.items[:_MOST_COMMITS])) if commits else []
    made = moment(found.get("dateReleased")) or moment(found.get("dateCreated"))
    if not version or (not listed and made is None):
        return None
    new = number(found, "newGroups")
    facts = [f"Release {version}", f"made on {made:%Y-%m-%d %H:%M} UTC" if made else "", f"{new:,} issues first seen in it" if new is not None else ""]
    many = commits.count if commits else "0"
    lines = [", ".join(fact for fact in facts if fact), f"its commits ({many}):" if listed else "no commit is linked to it", *listed]
    asked = commits.asked if commits else ""
    return Evidence("commit", place.source, place.release(version), "\n".join(lines), time=made, query=asked)


def suspects(commits: Iterable[Json], link: str, place: Place) -> Evidence | None:
    """The commits that Sentry itself suspects."""
    listed = [f"{_commit(one)}{_by(one)}" for one in commits][:_MOST_NOTES]
    return Evidence("commit", place.source, link, "\n".join(["Sentry suspects:", *dict.fromkeys(listed)])) if listed else None


def _title(found: Json) -> str:
    metadata = inner(found, "metadata")
    named = ": ".join(part for part in (text(metadata, "type"), text(metadata, "value", limit=400)) if part)
    culprit = text(found, "culprit")
    return f"{named or text(found, 'title', limit=400) or 'untitled'}{f' in {culprit}' if culprit else ''}"


def _state(found: Json) -> str:
    status, substatus = text(found, "status", limit=40) or "unknown state", text(found, "substatus", limit=40)
    fixed_in = text(inner(found, "statusDetails"), "inRelease")
    more = substatus or (f"in release {fixed_in}" if fixed_in else "")
    return f"{status}, {more}" if more else status


def _short(found: Json) -> str:
    return text(found, "shortId", limit=100) or text(found, "id", limit=20)


def _id(found: Json) -> str:
    identifier = text(found, "id", limit=20)
    return identifier if identifier.isdigit() else "0"


def _activity(found: Json) -> Iterator[str]:
    """What ended it before, and what people noted; nobody is named."""
    for one in objects(found.get("activity"), 200):
        kind, at = _TOLD.get(text(one, "type", limit=60), ""), moment(one.get("dateCreated"))
        if kind and at:
            data = inner(one, "data")
            said = cut(text(data, "text", "version", limit=300) or text(inner(data, "commit"), "id", limit=40), 300)
            yield f"{at:%Y-%m-%d %H:%M} UTC {kind}{f': {said}' if said else ''}"


def _commit(commit: Json) -> str:
    at = moment(commit.get("dateCreated"))
    subject = cut(one_line(str(commit.get("message") or "").partition("\n")[0][:500]), 160)
    where = text(inner(commit, "repository"), "name")
    return " ".join(part for part in (text(commit, "id", limit=64)[:12], f"{at:%Y-%m-%d %H:%M}" if at else "", f"{where}:" if where else "", subject) if part)


def _by(commit: Json) -> str:
    kind = text(commit, "suspectCommitType", limit=60)
    return f" ({kind})" if kind else ""
