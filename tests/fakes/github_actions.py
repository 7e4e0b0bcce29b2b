"""Workflow runs, jobs, logs, releases and merged pull requests of the fake GitHub, and the storage that its logs lie in."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import NOT_FOUND, refuse
from tests.fakes.loopback import Answer, Loopback, Request

Json = dict[str, Any]


class LogStorage(Loopback):
    """Another host, which gives a log to whoever has its signed address, and refuses a request that brings a token along, as Azure's does."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[str, bytes] = {}

    def keep(self, name: str, log: bytes) -> str:
        """The address of the log, with characters that a careless client would change."""
        self.logs[name] = log
        return f"{self.url}/results/{name}?se=2025-12-17T09%3A13%3A44Z&sp=r&sig=a%2Bb%2Fc%3D"

    def answer(self, request: Request) -> Answer:
        """The log as plain text."""
        if "authorization" in request.headers:
            return Answer(400, b"InvalidAuthenticationInfo", {"Content-Type": "application/xml"})
        if request.query.get("sig") != "a+b/c=":
            return Answer(403, b"AuthenticationFailed", {"Content-Type": "application/xml"})
        log = self.logs.get(request.path.rpartition("/")[2])
        return Answer(404, b"") if log is None else Answer(body=log, headers={"Content-Type": "text/plain"})


class GitHubWithActions(FakeGitHub):
    """Holds runs with their jobs, the newest first as GitHub lists them; filters by creation time and status as GitHub does."""

    def __init__(self, folder: Path, storage: LogStorage, repository: str = "acme/transfers") -> None:
        super().__init__(folder, repository)
        self.storage = storage
        self.runs: list[Json] = []
        self.jobs: dict[int, list[Json]] = {}
        self.logs: dict[int, str] = {}
        self.releases: list[Json] = []
        self.merged: list[Json] = []
        self.files: dict[int, list[Json]] = {}

    def ran(self, time: datetime, conclusion: str | None = "success", *, file: str = "deploy.yml", **more: Any) -> int:
        """A run of a workflow, which took ten minutes; without a conclusion it still runs."""
        number = 7_000_000_000 + len(self.runs)
        took = timedelta(minutes=10)
        name = file.removesuffix(".yml").capitalize()
        facts = {"id": number, "name": name, "path": f".github/workflows/{file}", "display_title": f"{name} it", "event": "push", "head_branch": "main"}
        state: Json = {"status": "completed" if conclusion else "in_progress", "conclusion": conclusion, "run_attempt": 1, "pull_requests": []}
        times = {"created_at": _iso(time), "updated_at": _iso(time + took), "run_started_at": _iso(time)}
        self.runs.append({**facts, **state, **times, "head_sha": f"{number:x}".rjust(40, "a"), **more})
        self.runs.sort(key=lambda run: str(run["created_at"]), reverse=True)
        return number

    def job(self, run: int, name: str, log: str, started: datetime, *, step: str = "Run migrations", conclusion: str = "failure") -> int:
        """A job of a run whose second step ended so, one minute after it began."""
        number = 9_000_000_000 + sum(len(jobs) for jobs in self.jobs.values())
        steps = [_step("Set up job", "success", started - timedelta(minutes=1)), _step(step, conclusion, started)]
        steps.append(_step("Post job", "success", started + timedelta(minutes=2)))
        facts = {"id": number, "run_id": run, "name": name, "status": "completed", "conclusion": conclusion, "steps": steps}
        self.jobs.setdefault(run, []).append({**facts, "completed_at": _iso(started + timedelta(minutes=3))})
        self.logs[number] = self.storage.keep(f"{number}.txt", log.encode())
        return number

    def release(self, tag: str, time: datetime | None, **more: Any) -> None:
        """A release; a draft has no time."""
        facts = {"id": len(self.releases), "tag_name": tag, "name": tag, "draft": time is None, "prerelease": False}
        self.releases.insert(0, {**facts, "published_at": _iso(time) if time else None, **more})

    def merge_pull(self, number: int, title: str, time: datetime | None, *files: str, base: str = "main") -> None:
        """A pull request that was merged, or closed without."""
        at = _iso(time) if time else "2025-12-17T09:00:00Z"
        self.merged.insert(0, {"number": number, "title": title, "base": {"ref": base}, "updated_at": at, "merged_at": at if time else None, "state": "closed"})
        self.files[number] = [{"filename": name, "additions": 3, "deletions": 1} for name in files]

    def answer(self, request: Request) -> Answer:
        """The views of this module, else those of the repository."""
        below = request.path.removeprefix(f"/repos/{self.repository}")
        if request.headers.get("authorization", "").partition(" ")[2] != self.token or below == request.path:
            return super().answer(request)
        for pattern, view in _VIEWS:
            if match := re.fullmatch(pattern, below):
                return getattr(self, view)(request, *match.groups())  # type: ignore[no-any-return]
        return super().answer(request)

    def _view_runs(self, request: Request, file: str | None = None) -> Answer:
        if file and not any(run["path"].endswith(f"/{file}") for run in self.runs):
            return NOT_FOUND
        rows = [run for run in self.runs if (not file or run["path"].endswith(f"/{file}")) and _is_created(run, request.query.get("created", ""))]
        if status := request.query.get("status"):
            rows = [run for run in rows if status in (run["status"], run["conclusion"])]
        page = self._page(request, rows)
        return Answer(body={"total_count": len(rows), "workflow_runs": page.body}, headers=page.headers)

    def _view_run(self, _: Request, number: str) -> Answer:
        return next((Answer(body=run) for run in self.runs if run["id"] == int(number)), NOT_FOUND)

    def _view_jobs(self, request: Request, number: str) -> Answer:
        jobs = self.jobs.get(int(number), [])
        return Answer(body={"total_count": len(jobs), "jobs": self._page(request, jobs).body})

    def _view_log(self, _: Request, number: str) -> Answer:
        if int(number) not in self.logs:
            return refuse(410, "Server Error. Logs have expired.")
        return Answer(302, b"", {"Location": self.logs[int(number)]})

    def _view_releases(self, request: Request) -> Answer:
        return self._page(request, self.releases)

    def _view_pulls(self, request: Request) -> Answer:
        base = request.query.get("base")
        rows = sorted(self.merged, key=lambda pull: str(pull["updated_at"]), reverse=True)
        return self._page(request, [pull for pull in rows if base in (None, pull["base"]["ref"])])

    def _view_files(self, request: Request, number: str) -> Answer:
        return self._page(request, self.files[int(number)]) if int(number) in self.files else NOT_FOUND


_VIEWS = (
    (r"/actions/runs", "_view_runs"),
    (r"/actions/workflows/([\w.-]+)/runs", "_view_runs"),
    (r"/actions/runs/(\d+)", "_view_run"),
    (r"/actions/runs/(\d+)/jobs", "_view_jobs"),
    (r"/actions/jobs/(\d+)/logs", "_view_log"),
    (r"/releases", "_view_releases"),
    (r"/pulls", "_view_pulls"),
    (r"/pulls/(\d+)/files", "_view_files"),
)


def _is_created(run: Json, created: str) -> bool:
    """GitHub's syntax for dates: `<=T`, `<T`, `A..B`."""
    at = str(run["created_at"])
    first, dots, last = created.partition("..")
    if dots:
        return first <= at <= last
    if created.startswith("<="):
        return at <= created[2:]
    return at < created[1:] if created.startswith("<") else True


def _step(name: str, conclusion: str, started: datetime) -> Json:
    return {"name": name, "status": "completed", "conclusion": conclusion, "started_at": _iso(started), "completed_at": _iso(started + timedelta(minutes=1))}


def _iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
