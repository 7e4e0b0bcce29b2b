"""What the fake GitHub answers about pull requests."""

from tests.fakes import github_merge
from tests.fakes.github_routes import GitHubAnswers, route
from tests.fakes.github_state import NOT_FOUND, refuse
from tests.fakes.loopback import Answer, Request


class GitHubPulls(GitHubAnswers):
    """Opened, edited, listed, reviewed, merged."""

    @route("GET", "/pulls")
    def _list_pulls(self, request: Request) -> Answer:
        state, head = request.query.get("state", "open"), request.query.get("head", "")
        numbers = [number for number, item in self.items.items() if "head" in item and state in {"all", item["state"]}]
        if ":" in head:  # anything else is ignored
            numbers = [number for number in numbers if f"{self._owner}:{self.items[number]['head']}" == head]
        return self._page(request, self._sorted(request, [self._pull(number) for number in reversed(numbers)]))

    @route("POST", "/pulls")
    def _create_pull(self, request: Request) -> Answer:
        wanted = request.json
        head, base = self.git.head(wanted["head"]), self.git.head(wanted["base"])
        if not self.actions_may_open_pull_requests:
            return refuse(403, "GitHub Actions is not permitted to create or approve pull requests.")
        if head is None or base is None:
            return refuse(422, "Validation Failed", f"{'head' if head is None else 'base'} is invalid")
        if any(self.items[number]["head"] == wanted["head"] for number in self.pulls()):
            return refuse(422, "Validation Failed", f"A pull request already exists for {self._owner}:{wanted['head']}.")
        if head in self.git.ancestors(base):
            return refuse(422, "Validation Failed", f"No commits between {wanted['base']} and {wanted['head']}")
        fields = {"head": wanted["head"], "base": wanted["base"], "reviews": [], "requested_reviewers": [], "requested_teams": []}
        return self._add(wanted, fields, self._pull)

    @route("GET", r"/pulls/(\d+)")
    def _get_pull(self, _: Request, number: str) -> Answer:
        if "head" not in self.items.get(int(number), {}):
            return NOT_FOUND
        # Lists of requests do not say who merged.
        merged = {"merged_by": self._user("alice")} if self.items[int(number)].get("merged_at") else {}
        return Answer(body=self._pull(int(number)) | merged)

    @route("PATCH", r"/pulls/(\d+)")
    def _edit_pull(self, request: Request, number: str) -> Answer:
        return self._edit(int(number), request.json) or Answer(body=self._pull(int(number)))

    @route("GET", r"/pulls/(\d+)/reviews")
    def _reviews(self, request: Request, number: str) -> Answer:
        return self._page(request, self.items[int(number)]["reviews"])

    @route("GET", r"/pulls/(\d+)/commits")
    def _commits_of_pull(self, request: Request, number: str) -> Answer:
        item = self.items[int(number)]
        head = item.get("head_sha") or self.git.head(item["head"])
        known = set(self.git.ancestors(self.git.head(item["base"]) or "")) - set(item.get("commits", ()))
        return self._page(request, [self._commit(sha) for sha in reversed(self.git.ancestors(head or "")) if sha not in known])

    @route("GET", r"/pulls/(\d+)/files")
    def _files_of_pull(self, request: Request, number: str) -> Answer:
        return self._page(request, github_merge.files(self, int(number)))

    @route("PUT", r"/pulls/(\d+)/merge")
    def _merge_pull(self, request: Request, number: str) -> Answer:
        return github_merge.merge(self, request, int(number))

    @route("POST", "/dispatches")
    def _dispatch(self, request: Request) -> Answer:
        self.dispatched.append(request.json)
        return Answer(204, b"")

    @route("POST", r"/pulls/(\d+)/requested_reviewers")
    def _request_review(self, request: Request, number: str) -> Answer:
        people, teams = request.json.get("reviewers", []), request.json.get("team_reviewers", [])
        if set(people) - self.collaborators or set(teams) - self.teams:
            words = "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository."
            return refuse(422, words)
        for kind, wanted in (("requested_reviewers", people), ("requested_teams", teams)):
            self.items[int(number)][kind] = list(dict.fromkeys([*self.items[int(number)][kind], *wanted]))
        return Answer(201, self._pull(int(number)))
