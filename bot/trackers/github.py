"""Tracking issues on GitHub: found again by a label and a hidden mark, never opened twice, opened again when the error comes back."""

import re
from collections.abc import Iterable, Mapping, Sequence

from github import GithubException
from github.GithubObject import NotSet
from github.Issue import Issue

from bot.config import Secret
from bot.core.request.issue_marks import carries, marked
from bot.core.systems.github_refusals import refusal
from bot.errors import TrackerError
from bot.github_client import connect, refused
from bot.model import Checkup, IssueDraft, TrackingIssue
from bot.regex import regex

LABEL = "errata"
MOST_ASSIGNED = 3
_DECLINED = {"not_planned", "duplicate"}
_LOGIN = regex(r"@?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")


class GitHubTracker:
    """A Tracker on GitHub's issues. `pace` is the number of seconds between writes, None for none; `people` are owners → logins."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0, people: Mapping[str, str] | None = None) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._name = repository
        self._people = people or {}

    def find(self, *markers: str) -> TrackingIssue | None:
        """See `Tracker.find`. Lists by label, once, since GitHub's search lags minutes behind; the newest issue wins."""
        issue = self._found(markers)
        return self._noun(issue) if issue is not None else None

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`. When no answer comes it looks whether the issue was opened before it tries once more."""
        doing = "opening the tracking issue on GitHub"
        assignees = self._assignees(draft.owners)
        try:
            with refused(doing, TrackerError):
                return self._created(draft, assignees, doing)
        except TrackerError as error:
            if _was_refused(error):
                raise
        found = self.find(draft.marker)
        if found is not None:
            return found
        with refused(doing, TrackerError):
            return self._created(draft, assignees, doing)

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.reopen`. The comment comes first: an issue that is open again is not commented anew."""
        with refused(f"opening {issue.reference} on GitHub again", TrackerError):
            known = self._repo.get_issue(int(issue.reference.rpartition("#")[2]))
            if not any(carries(comment.body, draft.marker) for comment in known.get_comments()):
                known.create_comment(marked(draft.body, draft.marker))
            known.edit(state="open", state_reason="reopened")
        return TrackingIssue(issue.reference, issue.url, open=True)

    def keeps(self, url: str) -> bool:
        """See `Tracker.keeps`: issues of this repository, whatever the host calls itself."""
        return re.search(rf"/{re.escape(self._name)}/issues/\d{{1,12}}/?\Z", url, re.IGNORECASE) is not None

    def examine(self) -> Iterable[Checkup]:
        """Whether the repository takes issues; one call."""
        try:
            with refused("asking GitHub for the repository", TrackerError):
                has_issues = self._repo.complete().has_issues
        except TrackerError as error:
            return (Checkup("GitHub issues", False, error.cause, error.remedy),)
        if has_issues:
            return (Checkup("GitHub issues", True, f"{self._name} takes issues"),)
        return (Checkup("GitHub issues", False, f"{self._name} takes no issues", refusal(410, None).remedy),)

    def _found(self, markers: Sequence[str]) -> Issue | None:
        found = dict[str, Issue]()
        with refused("looking for the tracking issue on GitHub", TrackerError):
            for issue in self._repo.get_issues(state="all", labels=[LABEL]):
                # The list holds pull requests too. Asking `issue.pull_request` would cost a call for each plain issue.
                marker = next((one for one in markers if carries(issue.body, one)), None) if "/pull/" not in issue.html_url else None
                if marker is not None:
                    found.setdefault(marker, issue)
                if marker == markers[0]:
                    break
        return next((found[one] for one in markers if one in found), None)

    def _assignees(self, owners: Iterable[str]) -> list[str]:
        """Those whom GitHub lets be assigned; a team cannot be, and one wrong name would refuse the whole issue. A call for each."""
        named = (_LOGIN.fullmatch(self._people.get(owner.removeprefix("@"), owner)) for owner in owners)
        logins = list(dict.fromkeys(match[1] for match in named if match))[:MOST_ASSIGNED]
        try:
            with refused("asking GitHub who may be assigned", TrackerError):
                return [login for login in logins if self._repo.has_in_assignees(login)]
        except TrackerError:
            return []  # an issue of nobody is better than none

    def _created(self, draft: IssueDraft, assignees: list[str], doing: str) -> TrackingIssue:
        labels = list(dict.fromkeys((LABEL, *draft.labels)))
        issue = self._repo.create_issue(draft.title, body=marked(draft.body, draft.marker), labels=labels, assignees=assignees or NotSet)
        if LABEL not in {label.name for label in issue.labels}:
            # GitHub drops labels in silence when the token may not set them; without it the issue would be opened again.
            remedy = f"add the label `{LABEL}` to it by hand, and give the token `issues: write`"
            raise TrackerError(doing, f"{issue.html_url} was opened, but without the label by which it is found again", remedy)
        return self._noun(issue)

    def _noun(self, issue: Issue) -> TrackingIssue:
        declined = issue.state_reason in _DECLINED
        completed = issue.closed_at if issue.state != "open" and not declined else None
        return TrackingIssue(f"{self._name}#{issue.number}", issue.html_url, issue.state == "open", declined, completed)


def _was_refused(error: TrackerError) -> bool:
    """Whether GitHub certainly did nothing: it answered, and with less than 500."""
    cause = error.__cause__
    return cause is None or (isinstance(cause, GithubException) and cause.status < 500)
