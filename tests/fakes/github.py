"""GitHub's REST API on loopback: keeps state in a real bare repository and refuses what the real one refuses."""

from tests.fakes.github_git import GitHubGit
from tests.fakes.github_issues import GitHubIssues
from tests.fakes.github_pulls import GitHubPulls
from tests.fakes.github_routes import ROUTES, route
from tests.fakes.github_state import NOT_FOUND, refuse
from tests.fakes.loopback import Answer, Request


class FakeGitHub(GitHubGit, GitHubPulls, GitHubIssues):
    """The server. Every view answers as the real one does, refusals included."""

    def answer(self, request: Request) -> Answer:
        """GitHub's behaviour: 401 first, 404 for what is not there, 403 for writing with a token that may only read."""
        if request.headers.get("authorization", "").partition(" ")[2] != self.token:
            return refuse(401, "Bad credentials")
        root = f"/repos/{self.repository}"
        if request.path == "/user":
            return Answer(body=self._user(self.login))
        if request.path != root and not request.path.startswith(f"{root}/"):
            return self._update_refs(request) if request.path == "/graphql" else NOT_FOUND
        if request.method != "GET" and not self.may_push:
            return refuse(403, "Resource not accessible by integration")
        below = request.path.removeprefix(root).replace("%2F", "/")
        for method, pattern, view in ROUTES:
            match = pattern.fullmatch(below)
            if match and method == request.method:
                return view(self, request, *match.groups())
        return NOT_FOUND

    @route("GET", "")
    def _repository(self, _: Request) -> Answer:
        return Answer(body={**self._repo(), "default_branch": "main", "has_issues": self.has_issues, "permissions": {"pull": True, "push": self.may_push}})

    @route("GET", "/actions/permissions/workflow")
    def _settings(self, _: Request) -> Answer:
        if not self.shows_settings:
            return refuse(403, "Resource not accessible by integration")
        return Answer(body={"default_workflow_permissions": "read", "can_approve_pull_request_reviews": self.actions_may_open_pull_requests})
