"""What the fake GitHub answers about issues, comments, labels and who may do what."""

from tests.fakes import github_comments
from tests.fakes.github_routes import GitHubAnswers, route
from tests.fakes.github_state import NOT_FOUND, refuse, too_long
from tests.fakes.loopback import Answer, Request


class GitHubIssues(GitHubAnswers):
    """Issues, which pull requests are too."""

    @route("GET", "/issues")
    def _list_issues(self, request: Request) -> Answer:
        if not self.has_issues:
            return refuse(410, "Issues has been disabled in this repository.")
        state, labels = request.query.get("state", "open"), {label for label in request.query.get("labels", "").split(",") if label}
        rows = [number for number, item in self.items.items() if state in {"all", item["state"]} and labels <= set(item["labels"])]
        return self._page(request, self._sorted(request, [self._issue(number) for number in reversed(rows)]))

    @route("POST", "/issues")
    def _create_issue(self, request: Request) -> Answer:
        return self._add(request.json, {}, self._issue) if self.has_issues else refuse(410, "Issues has been disabled in this repository.")

    @route("GET", r"/issues/(\d+)")
    def _get_issue(self, _: Request, number: str) -> Answer:
        return Answer(body=self._issue(int(number))) if int(number) in self.items else NOT_FOUND

    @route("PATCH", r"/issues/(\d+)")
    def _edit_issue(self, request: Request, number: str) -> Answer:
        return self._edit(int(number), request.json) or Answer(body=self._issue(int(number)))

    @route("GET", r"/issues/(\d+)/comments")
    def _comments(self, request: Request, number: str) -> Answer:
        return self._page(request, self.items[int(number)].get("comments", [])) if int(number) in self.items else NOT_FOUND

    @route("POST", r"/issues/(\d+)/comments")
    def _comment(self, request: Request, number: str) -> Answer:
        if int(number) not in self.items:
            return NOT_FOUND
        wrong = too_long(request.json)
        if wrong is None:
            github_comments.comment(self, int(number), self.login, request.json["body"])
        return wrong or Answer(201, self.items[int(number)]["comments"][-1])

    @route("PATCH", r"/issues/comments/(\d+)")
    def _edit_comment(self, request: Request, identifier: str) -> Answer:
        return github_comments.edit(self, request, int(identifier))

    @route("POST", r"/issues/comments/(\d+)/reactions")
    def _react(self, request: Request, identifier: str) -> Answer:
        return github_comments.react(self, request, int(identifier))

    @route("GET", r"/collaborators/([^/]+)/permission")
    def _permission(self, _: Request, login: str) -> Answer:
        return github_comments.permission(self, login)

    @route("GET", "/assignees/([A-Za-z0-9-]+)")
    def _assignee(self, _: Request, login: str) -> Answer:
        return Answer(204) if login in self.collaborators else NOT_FOUND

    @route("POST", r"/issues/(\d+)/labels")
    def _add_labels(self, request: Request, number: str) -> Answer:
        item = self.items[int(number)]
        item["labels"] = list(dict.fromkeys([*item["labels"], *_labels(request)]))
        return Answer(body=[{"name": label} for label in item["labels"]])

    @route("PUT", r"/issues/(\d+)/labels")
    def _set_labels(self, request: Request, number: str) -> Answer:
        self.items[int(number)]["labels"] = _labels(request)
        return Answer(body=[{"name": label} for label in _labels(request)])


def _labels(request: Request) -> list[str]:
    wanted = request.json
    return list(wanted["labels"] if isinstance(wanted, dict) else wanted)
