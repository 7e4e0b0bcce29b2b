"""The deployments of the fake GitHub: a view that lists them, one for their statuses, and what a workflow does to them."""

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.fakes.github import FakeGitHub
from tests.fakes.github_routes import route
from tests.fakes.loopback import Answer, Request

Json = dict[str, Any]


class GitHubWithDeployments(FakeGitHub):
    """Holds deployments, the newest first as GitHub lists them; each has its statuses, the newest first."""

    def __init__(self, folder: Path, repository: str = "acme/transfers") -> None:
        super().__init__(folder, repository)
        self.deployed: list[Json] = []

    def deploy(self, sha: str, environment: str, time: datetime, *states: tuple[str, datetime], ref: str = "main") -> None:
        """A deployment that a workflow made, with what became of it in the order of time."""
        number = len(self.deployed) + 1
        url = f"{self._api}/deployments/{number}"
        statuses = [{"id": n, "state": state, "created_at": _iso(at), "url": f"{url}/statuses/{n}"} for n, (state, at) in enumerate(states)]
        facts = {"id": number, "url": url, "statuses_url": f"{url}/statuses", "sha": sha, "ref": ref, "environment": environment, "created_at": _iso(time)}
        self.deployed.insert(0, {**facts, "statuses": statuses[::-1]})


@route("GET", "/deployments")
def _deployments(server: FakeGitHub, request: Request) -> Answer:
    wanted = request.query.get("environment")
    rows = server.deployed if isinstance(server, GitHubWithDeployments) else []
    return server._page(request, [{key: value for key, value in one.items() if key != "statuses"} for one in rows if wanted in (None, one["environment"])])


@route("GET", r"/deployments/(\d+)/statuses")
def _statuses(server: FakeGitHub, request: Request, number: str) -> Answer:
    rows = server.deployed if isinstance(server, GitHubWithDeployments) else []
    return server._page(request, next((one["statuses"] for one in rows if one["id"] == int(number)), []))


def _iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
