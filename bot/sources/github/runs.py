"""What GitHub's API says of a repository's activity: runs, jobs, releases, pull requests; each list one page, every call counted."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TypeVar

import msgspec

from bot.config import Secret
from bot.errors import SourceError
from bot.github_client import connect, refused
from bot.regex import regex

MOST_CALLS = 8
PAGE = 100
FAILED = frozenset({"failure", "timed_out", "startup_failure"})
_REFUSED = regex(r"GitHub answered (401|403|404)\b(?!.*rate limit)", re.IGNORECASE)
_HOPELESS = regex(r"answered (?:401|429|5\d\d)|rate limit|gave no answer", re.IGNORECASE)
_DEPLOYING = regex(r"deploy|release|publish|rollout|roll-out|promote|ship\b", re.IGNORECASE)
_TIMEOUT = 7

T = TypeVar("T", bound=msgspec.Struct)


class Access(NamedTuple):
    """Where GitHub is, and the token for this repository."""

    server_url: str
    api_url: str
    token: Secret | None


class _Dated(msgspec.Struct, frozen=True):
    """A row whose times are in UTC: one without a zone is; one that no calendar holds there makes the row unreadable."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            time = getattr(self, name)
            if isinstance(time, datetime):
                msgspec.structs.force_setattr(self, name, _in_utc(time))


class WorkflowRun(_Dated, frozen=True):
    """A run, as far as it is used. `path` is that of the workflow's file."""

    id: int
    created_at: datetime
    updated_at: datetime
    head_sha: str
    name: str | None = None
    display_title: str | None = None
    path: str | None = None
    event: str | None = None
    head_branch: str | None = None
    status: str | None = None
    conclusion: str | None = None
    run_attempt: int | None = 1

    @property
    def file(self) -> str:
        """The name of the workflow's file: `deploy.yml`."""
        return PurePosixPath((self.path or "").partition("@")[0]).name

    @property
    def has_failed(self) -> bool:
        """Ended, and not well."""
        return self.conclusion in FAILED

    def deploys(self, workflows: tuple[str, ...]) -> bool:
        """Whether its workflow is one that is configured as deploying, or is called so where none is configured."""
        return self.file in workflows if workflows else bool(_DEPLOYING.search(f"{self.name or ''} {self.file}"))


class Step(_Dated, frozen=True):
    """A step of a job."""

    name: str
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


class Job(_Dated, frozen=True):
    """A job of a run."""

    id: int
    name: str
    conclusion: str | None = None
    completed_at: datetime | None = None
    steps: list[Step] = []

    @property
    def failing_step(self) -> Step | None:
        """The first step that failed."""
        return next((step for step in self.steps if step.conclusion in FAILED), None)


class Release(_Dated, frozen=True):
    """A release; a draft has no time."""

    tag_name: str
    name: str | None = None
    published_at: datetime | None = None
    prerelease: bool = False
    draft: bool = False


class Branch(msgspec.Struct, frozen=True):
    """The branch that a pull request was merged into."""

    ref: str


class MergedPull(_Dated, frozen=True):
    """A pull request that was closed; merged when it has a time."""

    number: int
    title: str
    base: Branch
    updated_at: datetime
    merged_at: datetime | None = None


class ChangedFile(msgspec.Struct, frozen=True):
    """A file of a pull request."""

    filename: str
    additions: int = 0
    deletions: int = 0


class Listed(NamedTuple):
    """The runs of one page, and how many there are in all."""

    runs: list[WorkflowRun]
    total: int


class ActivityClient:
    """One conversation about one repository: at most `calls` calls within `seconds`. Every method raises SourceError."""

    def __init__(self, access: Access, repository: str, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        if access.token is None:
            cause = "there is no token to ask GitHub with"
            raise SourceError("reading workflow runs", cause, f"set GITHUB_ACTIVITY_TOKEN to a token with {needed(repository)}")
        self._repository, self._clock, self._until = repository, clock, clock() + seconds
        self._requester = connect(
            access.token, repository, access.api_url, None, patience=int(seconds / 2), timeout=max(1, min(_TIMEOUT, int(seconds / 4)))
        ).requester
        self.calls = MOST_CALLS
        self.is_over = False
        """Whether the next call would fare no better: the token is refused, the limit reached, no answer came."""

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._until - self._clock()

    def runs(self, query: Mapping[str, str], workflow: str | None = None) -> Listed:
        """Runs of the repository, or of one workflow by the name of its file; the newest first."""
        path, doing = f"actions/workflows/{workflow}/runs" if workflow else "actions/runs", "reading workflow runs"
        try:
            data = self._object(path, {"per_page": str(PAGE), "exclude_pull_requests": "true", **query}, doing)
        except SourceError as error:
            if workflow is None or "answered 404" not in error.cause:
                raise
            remedy = f"check `github_activity: workflows:` and `repository:`; the token needs {needed(self._repository)}"
            raise SourceError(doing, f"{error.cause} ({workflow})", remedy) from error
        runs = _items(data.get("workflow_runs"), WorkflowRun, doing)
        total = data.get("total_count")
        return Listed(runs, total if isinstance(total, int) else len(runs))

    def run(self, number: int) -> WorkflowRun:
        """One run by its id."""
        doing = "reading the linked workflow run"
        (run,) = _items([self._object(f"actions/runs/{number}", {"exclude_pull_requests": "true"}, doing)], WorkflowRun, doing)
        return run

    def jobs(self, run: WorkflowRun) -> list[Job]:
        """The jobs of a run's last attempt."""
        doing = "reading the jobs of a run"
        return _items(self._object(f"actions/runs/{run.id}/jobs", {"filter": "latest", "per_page": str(PAGE)}, doing).get("jobs"), Job, doing)

    def log_address(self, job: Job) -> str:
        """Where the log of a job may be fetched for a minute, without a token (docs.github.com, "Download job logs for a workflow run")."""
        doing = f"asking for the log of job {job.id}"
        with self._asked(doing):
            headers, _ = self._requester.requestBlobAndCheck("GET", f"/repos/{self._repository}/actions/jobs/{job.id}/logs")
        address = headers.get("location")
        if not isinstance(address, str) or not address:
            raise SourceError(doing, "the answer does not say where the log is", "open the run on GitHub")
        return address

    def releases(self) -> list[Release]:
        """The newest releases."""
        return _items(self._list("releases", {"per_page": "20"}, "reading releases"), Release, "reading releases")

    def pulls(self, base: str | None) -> list[MergedPull]:
        """The pull requests that were closed last, into one branch where it is known."""
        query = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": str(PAGE), **({"base": base} if base else {})}
        return _items(self._list("pulls", query, "reading pull requests"), MergedPull, "reading pull requests")

    def files(self, number: int) -> list[ChangedFile]:
        """The first hundred files of a pull request."""
        doing = f"reading the files of pull request {number}"
        return _items(self._list(f"pulls/{number}/files", {"per_page": str(PAGE)}, doing), ChangedFile, doing)

    def _object(self, path: str, query: Mapping[str, str], doing: str) -> Mapping[str, Any]:
        data = self._get(path, query, doing)
        if not isinstance(data, dict):
            raise _another_shape(doing)
        return data

    def _list(self, path: str, query: Mapping[str, str], doing: str) -> Any:
        return self._get(path, query, doing)

    def _get(self, path: str, query: Mapping[str, str], doing: str) -> Any:
        with self._asked(doing):
            return self._requester.requestJsonAndCheck("GET", f"/repos/{self._repository}/{path}", parameters=dict(query))[1]

    @contextmanager
    def _asked(self, doing: str) -> Iterator[None]:
        """One call: counted, begun only while there is time, a refusal told with what a reader can do about it."""
        if self.calls <= 0:
            raise SourceError(doing, f"{MOST_CALLS} calls were made already", "open the repository's Actions and pull requests on GitHub")
        if self.left <= 0:
            self.is_over = True
            raise SourceError(doing, "the time for GitHub was used up", "raise `limits.source_seconds`")
        self.calls -= 1
        try:
            with refused(doing, SourceError):
                yield
        except SourceError as error:
            # What no call would mend; an answer of another shape is that of another server only when it is the first.
            self.is_over = _HOPELESS.search(error.cause) is not None or (self.calls == MOST_CALLS - 1 and "not GitHub's" in error.cause)
            remedy = f"give GITHUB_ACTIVITY_TOKEN {needed(self._repository)}" if _REFUSED.search(error.cause) else error.remedy
            raise SourceError(error.doing, error.cause, remedy) from error
        except (TypeError, AttributeError, LookupError) as error:  # what the client raises for JSON of another shape
            raise _another_shape(doing) from error


def needed(repository: str) -> str:
    """The permissions of the token, in words."""
    return f"`actions: read`, `contents: read` and `pull-requests: read` on {repository}"


def _items(found: object, kind: type[T], doing: str) -> list[T]:
    """Those that have the shape; one odd row does not cost the others. Raises SourceError when there is no list, or nothing in it fits."""
    if not isinstance(found, list):
        raise _another_shape(doing)
    items: list[T] = []
    for one in found[:PAGE]:
        try:
            items.append(msgspec.convert(one, kind))
        except (msgspec.ValidationError, UnicodeEncodeError):  # the second for half a surrogate pair in a time
            continue
    if found and not items:
        raise _another_shape(doing)
    return items


def _in_utc(time: datetime) -> datetime:
    """Raises ValueError for a moment that lies before the first day or after the last."""
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time that no calendar holds") from error


def _another_shape(doing: str) -> SourceError:
    return SourceError(
        doing, "the answer was not GitHub's", "check GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server"
    )
