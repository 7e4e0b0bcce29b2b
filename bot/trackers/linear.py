"""Tracking issues in Linear: found by a mark in their description, opened with priority, labels, project and assignee, linked both ways."""

import re
from collections.abc import Iterable, Mapping

from bot.config import Secret
from bot.config.tracking import Linear
from bot.errors import TrackerError
from bot.model import Checkup, IssueDraft, Severity, TrackingIssue
from bot.regex import regex
from bot.trackers import linear_queries
from bot.trackers.asking import Unclear
from bot.trackers.linear_api import LinearApi

PRIORITIES: dict[Severity, int] = {"critical": 1, "high": 2, "medium": 3, "low": 4}
_MAIL = regex(r"[^@\s]{1,100}@[^@\s]{1,200}")


class LinearTracker:
    """A Tracker on one team's issues. `people` are owners → e-mail addresses in Linear."""

    def __init__(self, key: Secret, settings: Linear, people: Mapping[str, str] | None = None, seconds: float = 30.0) -> None:
        self._api = LinearApi(key, settings, seconds)
        self._settings = settings
        self._people = people or {}

    def find(self, *markers: str) -> TrackingIssue | None:
        """See `Tracker.find`. Archived issues count; one in the bin does not. An issue that moved to another team is found."""
        return next((_noun(found) for marker in markers if (found := self._found(marker)) is not None), None)

    def _found(self, marker: str) -> linear_queries.Issue | None:
        doing = "looking for the tracking issue"
        found = self._api.ask(linear_queries.FIND, {"mark": _mark(marker)}, linear_queries.Found, doing).issues.nodes
        ours = [issue for issue in found if _mark(marker) in (issue.description or "") and not issue.trashed]
        return max(ours, key=lambda issue: issue.created, default=None)

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`. When the answer is lost it looks before it tries once more."""
        wanted = self._input(draft)
        try:
            issue = self._created(wanted)
        except Unclear:
            issue = self._found(draft.marker) or self._created(wanted)
        for title, url in draft.links:
            self._attach(issue, title, url)
        return _noun(issue)

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.reopen`. It goes to the first state of its team that waits to be started."""
        doing = f"opening {issue.reference} again"
        known = self._api.ask(linear_queries.STATES, {"id": issue.reference}, linear_queries.Known, doing).issue
        if not any(_mark(draft.marker) in comment.body for comment in known.comments.nodes):
            self._done(linear_queries.COMMENT, {"input": {"issueId": known.id, "body": _body(draft)}}, "commentCreate", doing)
        order = {"unstarted": 0, "backlog": 1, "triage": 2}
        waiting = sorted((state for state in known.team.states.nodes if state.type in order), key=lambda state: (order[state.type], state.position))
        if not waiting:
            raise TrackerError(f"{doing} (Linear)", "its team has no state in which work waits", "open it by hand")
        self._done(linear_queries.UPDATE, {"id": known.id, "input": {"stateId": waiting[0].id}}, "issueUpdate", doing)
        return TrackingIssue(issue.reference, issue.url, open=True)

    def keeps(self, url: str) -> bool:
        """See `Tracker.keeps`: issues of Linear."""
        return re.fullmatch(r"https://linear\.app/[^/\s]{1,100}/issue/[A-Z][A-Z0-9]{0,9}-\d{1,9}(?:/[^\s]{0,300})?", url) is not None

    def examine(self) -> Iterable[Checkup]:
        """The key, the team, and what is missing of labels and project; one call."""
        doing = "asking for the team"
        try:
            place = self._place((), doing)
        except TrackerError as error:
            yield Checkup("Linear", False, error.cause, error.remedy)
            return
        yield Checkup("Linear", True, f"the team {self._settings.team} is there")
        missing = sorted(set(self._settings.labels) - {label.name for label in place.labels.nodes})
        yield Checkup("Linear labels", not missing, f"missing: {', '.join(missing)}" if missing else "all are there", "add them in Linear" if missing else "")
        if self._settings.project:
            there = bool(place.projects.nodes)
            yield Checkup("Linear project", there, self._settings.project, "" if there else "name a project of that team in `linear: project:`")

    def _place(self, people: tuple[str, ...], doing: str) -> linear_queries.Place:
        names = {"team": self._settings.team, "labels": list(self._settings.labels), "project": self._settings.project, "people": list(people)}
        place = self._api.ask(linear_queries.PLACE, names, linear_queries.Place, doing)
        if not place.teams.nodes:
            raise TrackerError(f"{doing} (Linear)", f"there is no team with the key {self._settings.team!r}", "set `linear: team:`, and let the key see it")
        return place

    def _input(self, draft: IssueDraft) -> dict[str, object]:
        people = tuple(mail for owner in draft.owners[:5] if (mail := self._people.get(owner.removeprefix("@"))) and _MAIL.fullmatch(mail))
        place = self._place(people, "preparing the tracking issue")
        team = place.teams.nodes[0].id
        labels = [label.id for label in place.labels.nodes if label.team is None or label.team.id == team]
        by_mail = {user.email.lower(): user.id for user in place.users.nodes if user.active}
        assignee = next((by_mail[mail.lower()] for mail in people if mail.lower() in by_mail), None)
        project = place.projects.nodes[0].id if self._settings.project and place.projects.nodes else None
        wanted: dict[str, object] = {"teamId": team, "title": draft.title, "description": _body(draft), "priority": PRIORITIES[draft.severity]}
        chosen = {"labelIds": labels, "projectId": project, "assigneeId": assignee}
        return {**wanted, **{key: value for key, value in chosen.items() if value}}

    def _created(self, wanted: dict[str, object]) -> linear_queries.Issue:
        doing = "opening the tracking issue"
        made = self._api.ask(linear_queries.CREATE, {"input": wanted}, linear_queries.Created, doing).created
        if not made.success or made.issue is None:
            raise TrackerError(f"{doing} (Linear)", "Linear did not open it and did not say why", "open it by hand")
        return made.issue

    def _attach(self, issue: linear_queries.Issue, title: str, url: str) -> None:
        try:
            self._done(linear_queries.ATTACH, {"input": {"issueId": issue.id, "title": title, "url": url}}, "attachmentCreate", "linking the issue")
        except TrackerError:
            return  # the same links stand in the description

    def _done(self, query: str, variables: Mapping[str, object], field: str, doing: str) -> None:
        outcome = self._api.ask(query, variables, dict[str, linear_queries.Outcome], doing).get(field)
        if outcome is None or not outcome.success:
            raise TrackerError(f"{doing} (Linear)", "Linear did not do it and did not say why", "do it by hand")


def _body(draft: IssueDraft) -> str:
    """Linear's editor does not keep HTML comments: the mark is shown, in code, where nothing is read as format."""
    return f"{draft.body.replace('errata:issue=', 'errata issue ').rstrip()}\n\n`{_mark(draft.marker)}`\n"


def _mark(marker: str) -> str:
    return f"errata:issue={re.sub('[^A-Za-z0-9._/#-]', '-', marker)}."


def _noun(issue: linear_queries.Issue) -> TrackingIssue:
    ended = issue.state.type in ("completed", "canceled", "duplicate")
    completed = linear_queries.moment(issue.completed) if issue.state.type == "completed" else None
    return TrackingIssue(issue.identifier, issue.url, not ended, issue.state.type in ("canceled", "duplicate"), completed)
