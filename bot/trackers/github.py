"""Tracking issues on GitHub: found again by a label and a hidden mark, never opened twice."""

from collections.abc import Iterable

from github import GithubException
from github.Issue import Issue

from bot.config import Secret
from bot.core.github_refusals import refusal
from bot.core.issue_marks import carries, marked
from bot.errors import TrackerError
from bot.github_client import connect, refused
from bot.model import Checkup, IssueDraft, TrackingIssue

LABEL = "errata"


class GitHubTracker:
    """A Tracker on GitHub's issues. `pace` is the number of seconds between writes, None for none."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._name = repository

    def find(self, marker: str) -> TrackingIssue | None:
        """See `Tracker.find`. Lists by label, since GitHub's search lags minutes behind; the newest issue wins."""
        with refused("looking for the tracking issue on GitHub", TrackerError):
            for issue in self._repo.get_issues(state="all", labels=[LABEL]):
                # The list holds pull requests too. Asking `issue.pull_request` would cost a call for each plain issue.
                if carries(issue.body, marker) and "/pull/" not in issue.html_url:
                    return self._noun(issue)
        return None

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`. When no answer comes it looks whether the issue was opened before it tries once more."""
        doing = "opening the tracking issue on GitHub"
        try:
            with refused(doing, TrackerError):
                return self._created(draft, doing)
        except TrackerError as error:
            if _was_refused(error):
                raise
        found = self.find(draft.marker)
        if found is not None:
            return found
        with refused(doing, TrackerError):
            return self._created(draft, doing)

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

    def _created(self, draft: IssueDraft, doing: str) -> TrackingIssue:
        labels = list(dict.fromkeys((LABEL, *draft.labels)))
        issue = self._repo.create_issue(draft.title, body=marked(draft.body, draft.marker), labels=labels)
        if LABEL not in {label.name for label in issue.labels}:
            # GitHub drops labels in silence when the token may not set them; without it the issue would be opened again.
            remedy = f"add the label `{LABEL}` to it by hand, and give the token `issues: write`"
            raise TrackerError(doing, f"{issue.html_url} was opened, but without the label by which it is found again", remedy)
        return self._noun(issue)

    def _noun(self, issue: Issue) -> TrackingIssue:
        return TrackingIssue(f"{self._name}#{issue.number}", issue.html_url, issue.state == "open")


def _was_refused(error: TrackerError) -> bool:
    """Whether GitHub certainly did nothing: it answered, and with less than 500."""
    cause = error.__cause__
    return cause is None or (isinstance(cause, GithubException) and cause.status < 500)
