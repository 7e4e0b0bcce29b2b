"""GitHub's REST API on loopback: keeps state in a real bare repository and refuses what the real one refuses."""

import base64
import re
from collections.abc import Callable
from typing import Any, TypeVar

from tests.fakes.github_state import NOT_FOUND, GitHubState, Json, refuse, too_long
from tests.fakes.loopback import Answer, Request

View = Callable[..., Answer]
V = TypeVar("V", bound=View)
ROUTES: list[tuple[str, re.Pattern[str], View]] = []


def route(method: str, pattern: str) -> Callable[[V], V]:
    """Registers a view for a path below `/repos/owner/name`."""

    def register(view: V) -> V:
        ROUTES.append((method, re.compile(pattern), view))
        return view

    return register


class FakeGitHub(GitHubState):
    """The server. Every view answers as the real one does, refusals included."""

    # The server.

    def answer(self, request: Request) -> Answer:
        """GitHub's behaviour: 401 first, 404 for what is not there, 403 for writing with a token that may only read."""
        if request.headers.get("authorization", "").partition(" ")[2] != self.token:
            return refuse(401, "Bad credentials")
        root = f"/repos/{self.repository}"
        if request.path == "/user":
            return Answer(body=self._user(self.login))
        if request.path != root and not request.path.startswith(f"{root}/"):
            return NOT_FOUND
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

    # Git data.

    @route("GET", "/branches/(.+)")
    def _branch(self, _: Request, name: str) -> Answer:
        sha = self.git.head(name)
        return Answer(body={"name": name, "commit": self._commit(sha), "protected": name in self.protected}) if sha else refuse(404, "Branch not found")

    @route("POST", "/git/refs")
    def _create_ref(self, request: Request) -> Answer:
        ref, sha = request.json["ref"], request.json["sha"]
        if not re.fullmatch(r"refs/heads/[\w./-]+", ref):
            return refuse(422, "Reference name must start with 'refs/'.")
        if not self.git.has(sha, "commit"):
            return refuse(422, "Object does not exist")
        branch = ref.removeprefix("refs/heads/")
        if self.git.head(branch):
            return refuse(422, "Reference already exists")
        self.git.point(branch, sha)
        return Answer(201, self._ref(branch))

    @route("PATCH", "/git/refs/heads/(.+)")
    def _update_ref(self, request: Request, branch: str) -> Answer:
        sha, old = request.json["sha"], self.git.head(branch)
        if old is None:
            return refuse(422, "Reference does not exist")
        if branch in self.protected:
            return refuse(422, "Repository rule violations found\n\nChanges must be made through a pull request.")
        if not self.git.has(sha, "commit"):
            return refuse(422, "Object does not exist")
        if not request.json.get("force") and old not in self.git.ancestors(sha):
            return refuse(422, "Update is not a fast forward")
        self.git.point(branch, sha)
        return Answer(body=self._ref(branch))

    @route("DELETE", "/git/refs/heads/(.+)")
    def _delete_ref(self, _: Request, branch: str) -> Answer:
        if not self.git.head(branch):
            return refuse(422, "Reference does not exist")
        self.delete_branch(branch)
        return Answer(204, b"")

    @route("GET", "/git/commits/([0-9a-f]+)")
    def _git_commit(self, _: Request, sha: str) -> Answer:
        if not self.git.has(sha, "commit"):
            return NOT_FOUND
        whole = self._commit(sha)
        return Answer(body={**whole["commit"], "sha": sha, "url": f"{self._api}/git/commits/{sha}", "parents": whole["parents"]})

    @route("POST", "/git/commits")
    def _create_commit(self, request: Request) -> Answer:
        wanted = request.json
        if not self.git.has(wanted["tree"], "tree") or not all(self.git.has(parent, "commit") for parent in wanted["parents"]):
            return refuse(422, "Object does not exist")
        sha = self.git.commit(wanted["tree"], wanted["parents"], wanted["message"])
        return Answer(201, {"sha": sha, "url": f"{self._api}/git/commits/{sha}", "message": wanted["message"]})

    @route("GET", "/git/trees/([0-9a-f]+)")
    def _tree(self, request: Request, sha: str) -> Answer:
        if not self.git.has(sha, "tree") and not self.git.has(sha, "commit"):
            return NOT_FOUND
        elements = [{"path": name, "mode": mode, "type": "tree" if mode == "040000" else "blob", "sha": one} for mode, name, one in self.git.entries(sha)]
        return Answer(body={"sha": sha, "url": self._here(request), "tree": elements, "truncated": False})

    @route("POST", "/git/trees")
    def _create_tree(self, request: Request) -> Answer:
        base = request.json.get("base_tree")
        if base and not self.git.has(base, "tree"):
            return refuse(404, "Not Found")
        files = self.git.files(base)
        for element in request.json["tree"]:
            if not re.fullmatch(r"(?!/)(?!.*(?:^|/)(?:\.\.?|\.git)(?:/|$))[^\0]+", element["path"]):
                return refuse(422, "tree.path contains a malformed path component")
            blob = self.git.blob(element["content"].encode()) if "content" in element else element["sha"]
            files[element["path"]] = (element["mode"], blob)
        sha = self.git.tree(files)
        return Answer(201, {"sha": sha, "url": f"{self._api}/git/trees/{sha}", "tree": [], "truncated": False})

    @route("GET", "/git/blobs/([0-9a-f]+)")
    def _blob(self, request: Request, sha: str) -> Answer:
        if not self.git.has(sha, "blob"):
            return NOT_FOUND
        raw = self.git.content(sha)
        return Answer(body={"sha": sha, "url": self._here(request), "size": len(raw), "encoding": "base64", "content": base64.encodebytes(raw).decode()})

    @route("GET", "/contents/(.*)")
    def _contents(self, request: Request, path: str) -> Answer:
        commit = self.git.resolve(request.query.get("ref", "main"))
        if commit is None:
            return refuse(404, f"No commit found for the ref {request.query.get('ref')}")
        files = self.git.files(commit)
        if path not in files:
            below = [{"type": "file", "path": name, "url": f"{self._api}/contents/{name}"} for name in files if name.startswith(f"{path}/")]
            return Answer(body=below[:1000]) if below else NOT_FOUND
        sha = files[path][1]
        raw = self.git.content(sha)
        large = len(raw) > 1_000_000
        content = "" if large else base64.encodebytes(raw).decode()
        fields = {"size": len(raw), "encoding": "none" if large else "base64", "content": content}
        return Answer(body={"type": "file", "path": path, "name": path.rpartition("/")[2], "sha": sha, "url": self._here(request), **fields})

    # History.

    @route("GET", r"/compare/(.+?)\.\.\.(.+)")
    def _compare(self, request: Request, base: str, head: str) -> Answer:
        one, other = self.git.resolve(base), self.git.resolve(head)
        if one is None or other is None:
            return NOT_FOUND
        before, after = self.git.ancestors(one), self.git.ancestors(other)
        ahead = [sha for sha in reversed(after) if sha not in before]
        behind = [sha for sha in before if sha not in after]
        status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
        files = self.git.changes(self.git.merge_base(one, other), other)[:300]
        page = self._page(request, [self._commit(sha) for sha in ahead])
        facts = {"status": status, "ahead_by": len(ahead), "behind_by": len(behind), "total_commits": len(ahead), "base_commit": self._commit(one)}
        return Answer(body={"url": self._here(request), **facts, "commits": page.body, "files": files}, headers=page.headers)

    @route("GET", "/commits")
    def _commits(self, request: Request) -> Answer:
        path, start = request.query.get("path", ""), self.git.resolve(request.query.get("sha", "main"))
        return self._page(request, [self._commit(sha) for sha in self.git.ancestors(start) if self._touches(sha, path)]) if start else NOT_FOUND

    @route("GET", "/commits/([0-9a-f]+)/pulls")
    def _pulls_of_commit(self, request: Request, sha: str) -> Answer:
        if not self.git.has(sha, "commit"):
            return refuse(422, f"No commit found for SHA: {sha}")
        numbers = [number for number, item in self.items.items() if sha == item.get("merge_commit_sha") or sha in item.get("commits", [])]
        return self._page(request, [self._pull(number) for number in numbers])

    def _touches(self, sha: str, path: str) -> bool:
        here = self.git.files(sha).get(path)
        before = [self.git.files(parent).get(path) for parent in self.git.read(sha).parents]
        return all(here != there for there in before) if before else here is not None

    # Pull requests.

    @route("GET", "/pulls")
    def _list_pulls(self, request: Request) -> Answer:
        state, head = request.query.get("state", "open"), request.query.get("head", "")
        numbers = [number for number, item in self.items.items() if "head" in item and state in {"all", item["state"]}]
        if ":" in head:  # anything else is ignored
            numbers = [number for number in numbers if f"{self._owner}:{self.items[number]['head']}" == head]
        return self._page(request, [self._pull(number) for number in reversed(numbers)])

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
        return Answer(body=self._pull(int(number))) if "head" in self.items.get(int(number), {}) else NOT_FOUND

    @route("PATCH", r"/pulls/(\d+)")
    def _edit_pull(self, request: Request, number: str) -> Answer:
        return self._edit(int(number), request.json) or Answer(body=self._pull(int(number)))

    @route("GET", r"/pulls/(\d+)/reviews")
    def _reviews(self, request: Request, number: str) -> Answer:
        return self._page(request, self.items[int(number)]["reviews"])

    @route("POST", r"/pulls/(\d+)/requested_reviewers")
    def _request_review(self, request: Request, number: str) -> Answer:
        people, teams = request.json.get("reviewers", []), request.json.get("team_reviewers", [])
        if set(people) - self.collaborators or set(teams) - self.teams:
            words = "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository."
            return refuse(422, words)
        for kind, wanted in (("requested_reviewers", people), ("requested_teams", teams)):
            self.items[int(number)][kind] = list(dict.fromkeys([*self.items[int(number)][kind], *wanted]))
        return Answer(201, self._pull(int(number)))

    # Issues and labels.

    @route("GET", "/issues")
    def _list_issues(self, request: Request) -> Answer:
        if not self.has_issues:
            return refuse(410, "Issues has been disabled in this repository.")
        state, labels = request.query.get("state", "open"), {label for label in request.query.get("labels", "").split(",") if label}
        rows = [number for number, item in self.items.items() if state in {"all", item["state"]} and labels <= set(item["labels"])]
        return self._page(request, [self._issue(number) for number in reversed(rows)])

    @route("POST", "/issues")
    def _create_issue(self, request: Request) -> Answer:
        return self._add(request.json, {}, self._issue) if self.has_issues else refuse(410, "Issues has been disabled in this repository.")

    @route("PATCH", r"/issues/(\d+)")
    def _edit_issue(self, request: Request, number: str) -> Answer:
        return self._edit(int(number), request.json) or Answer(body=self._issue(int(number)))

    @route("POST", r"/issues/(\d+)/labels")
    def _add_labels(self, request: Request, number: str) -> Answer:
        item = self.items[int(number)]
        item["labels"] = list(dict.fromkeys([*item["labels"], *_labels(request)]))
        return Answer(body=[{"name": label} for label in item["labels"]])

    @route("PUT", r"/issues/(\d+)/labels")
    def _set_labels(self, request: Request, number: str) -> Answer:
        self.items[int(number)]["labels"] = _labels(request)
        return Answer(body=[{"name": label} for label in _labels(request)])

    # What answers are made of.

    def _add(self, wanted: Json, fields: Json, shown: Callable[[int], Json]) -> Answer:
        number = len(self.items) + 1
        wrong = too_long(wanted)
        if wrong:
            return wrong
        common = {"title": wanted["title"], "body": wanted.get("body"), "labels": wanted.get("labels", []), "state": "open"}
        self.items[number] = {**common, **fields}
        return Answer(201, shown(number))

    def _edit(self, number: int, wanted: Json) -> Answer | None:
        if number not in self.items:
            return NOT_FOUND
        wrong = too_long(wanted)
        if wrong is None:
            self.items[number] |= {key: wanted[key] for key in ("title", "body", "state") if key in wanted}
        return wrong

    def _page(self, request: Request, rows: list[Any]) -> Answer:
        size, page = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
        more = len(rows) > page * size
        kept = "&".join(f"{key}={value}" for key, value in request.query.items() if key != "page")
        link = {"Link": f'<{self._here(request)}?{kept}&page={page + 1}>; rel="next"'} if more else {}
        return Answer(body=rows[(page - 1) * size : page * size], headers=link)

    def _here(self, request: Request) -> str:
        return f"{self.url}{request.path}"


def _labels(request: Request) -> list[str]:
    wanted = request.json
    return list(wanted["labels"] if isinstance(wanted, dict) else wanted)
