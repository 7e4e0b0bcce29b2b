"""Whether the code that failed was changed or deployed anew since its entry was reviewed."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from bot.core.entry.entry import Entry
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.recurrence.evidence import named
from bot.core.recurrence.reviewed_text import ReviewedText
from bot.core.suspects.suspicion import Relation
from bot.model import Case, CodePlace, Commit, Deploy

_TOUCHING = get_args(Relation)


def changes(case: Case, entry: Entry, says: ReviewedText) -> Iterator[str]:
    """A sentence for a commit that touched the failing code since the review, and for a deploy that carried one or that nobody could look into."""
    reviewed = datetime.fromisoformat(entry.meta.reviewed_at)
    commits = [evidence.detail for evidence in case.evidence if isinstance(evidence.detail, Commit) and evidence.detail.relation in _TOUCHING]
    newer = [commit for commit in commits if commit.time > reviewed]
    for commit in newer[:3]:
        yield f'{commit.sha[:7]} "{cut(one_line(commit.subject), 100)}" {commit.relation} after the review'
    deploys = _deploys(case)
    deployed = [deploy for deploy in deploys if deploy.time > reviewed]
    if deployed and not newer:
        yield from _carried(commits, deploys, deployed, entry, reviewed)
    release = case.alert.release
    unread = not any(isinstance(evidence.detail, CodePlace) for evidence in case.evidence)
    if unread and (deployed or (release and says.releases and release not in says.releases)):
        what = f"the release {named(release)}" if release else f"{named(deployed[0].release)}, deployed on {deployed[0].time:%Y-%m-%d}"
        yield f"{what} is newer than the review, and whether it touches the failing code could not be seen"


def _deploys(case: Case) -> list[Deploy]:
    alert = case.alert
    return [
        deploy
        for deploy in (evidence.detail for evidence in case.evidence if isinstance(evidence.detail, Deploy))
        if deploy.time <= alert.time and deploy.environment in ("", alert.environment) and (not alert.service or deploy.service in ("", alert.service))
    ]


def _carried(commits: list[Commit], deploys: list[Deploy], deployed: list[Deploy], entry: Entry, reviewed: datetime) -> Iterator[str]:
    """A commit may be older than the review and have gone live after it: that is one made since the deploy before, or since the error was last seen."""
    before = max((deploy.time for deploy in deploys if deploy.time <= reviewed), default=datetime.fromisoformat(entry.meta.last_seen))
    carried = next((commit for commit in commits if commit.time > before), None)
    if carried is not None:
        first = min(deployed, key=lambda deploy: deploy.time)
        yield f"{named(first.release)}, deployed on {first.time:%Y-%m-%d} after the review, carries {carried.sha[:7]}, which {carried.relation}"
