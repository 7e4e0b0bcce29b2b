"""Tracking issues on GitHub: found again by a label and a hidden mark, never opened twice."""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from github import Auth, BadAttributeException, Github, GithubException, GithubRetry
from github.Issue import Issue

from bot.config import Secret
from bot.core.github_refusals import refusal
from bot.core.issue_marks import carries, marked
from bot.errors import BadConfiguration, TrackerError
from bot.model import Checkup, IssueDraft, TrackingIssue

LABEL = "errata"
LONGEST_WAIT = 60


class GitHubTracker:
    """A Tracker on GitHub's issues. `pace` is the number of seconds between writes, None for none."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", repository):
            raise BadConfiguration("connecting to GitHub", f"{repository!r} names no repository", "set GITHUB_REPOSITORY=owner/name")
        # PyGithub prints each refusal to stderr by itself; ours is the one sentence.
        logging.getLogger("github").setLevel(logging.CRITICAL)
        hub = Github(
            auth=Auth.Token(token.reveal()),
            base_url=api_url.rstrip("/"),
            # Only GET: a repeated POST opens a second issue.
            retry=GithubRetry(
                total=2,
                backoff_factor=pace or 0,
                status_forcelist=[500, 502, 503, 504],
                allowed_methods={"GET"},
                secondary_rate_wait=0 if pace is None else LONGEST_WAIT,
                max_rate_limit_wait=LONGEST_WAIT,
                retry_after_max=LONGEST_WAIT,
            ),
            per_page=100,
            seconds_between_requests=pace and min(pace, 0.25),
            seconds_between_writes=pace,
            lazy=True,
        )
        self._repo = hub.get_repo(repository)
        self._name = repository

    def find(self, marker: str) -> TrackingIssue | None:
        """See `Tracker.find`. Lists by label, since GitHub's search lags minutes behind; the newest issue wins."""
        with _refused("looking for the tracking issue on GitHub"):
            for issue in self._repo.get_issues(state="all", labels=[LABEL]):
                # The list holds pull requests too. Asking `issue.pull_request` would cost a call for each plain issue.
                if carries(issue.body, marker) and "/pull/" not in issue.html_url:
                    return self._noun(issue)
        return None

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`. When no answer comes it looks whether the issue was opened before it tries once more."""
        doing = "opening the tracking issue on GitHub"
        try:
            with _refused(doing):
                return self._created(draft, doing)
        except TrackerError as error:
            if _was_refused(error):
                raise
        found = self.find(draft.marker)
        if found is not None:
            return found
        with _refused(doing):
            return self._created(draft, doing)

    def examine(self) -> Iterable[Checkup]:
        """Whether the repository takes issues; one call."""
        try:
            with _refused("asking GitHub for the repository"):
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


@contextmanager
def _refused(doing: str) -> Iterator[None]:
    # Only status and message are told: PyGithub's `str()` holds the whole answer.
    try:
        yield
    except GithubException as error:
        raise TrackerError(doing, *refusal(error.status, error.data, error.headers)) from error
    except OSError as error:  # what requests raises when no answer came
        raise TrackerError(doing, f"GitHub gave no answer ({type(error).__name__})", refusal(0, None).remedy) from error
    except (BadAttributeException, AssertionError, RuntimeError, ValueError) as error:
        cause = f"the answer was not GitHub's ({type(error).__name__})"
        raise TrackerError(doing, cause, "check GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server") from error
