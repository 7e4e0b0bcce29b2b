"""What the fake GitHub answers about git: branches, refs, commits, trees, blobs, files, and how two commits compare."""

import base64
import re

from tests.fakes.github_routes import GitHubAnswers, route
from tests.fakes.github_state import NODE, NOT_FOUND, refuse
from tests.fakes.loopback import Answer, Request


class GitHubGit(GitHubAnswers):
    """Git data and history, read from the real bare repository."""

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

    def _update_refs(self, request: Request) -> Answer:
        """GraphQL's mutation of that name for branches that are to go: all of them or none, and no word about which had moved."""
        wanted = request.json["variables"]
        if not self.may_push:
            return Answer(body={"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]})
        if wanted["repository"] != NODE:
            return Answer(body={"errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]})
        updates = [(one["name"].removeprefix("refs/heads/"), one["beforeOid"]) for one in wanted["updates"] if not one["afterOid"].strip("0")]
        assert len(updates) == len(wanted["updates"]), "this server only deletes"
        if any(self.git.head(branch) != before or branch in self.protected for branch, before in updates):
            return Answer(body={"data": {"updateRefs": None}, "errors": [{"message": "Something went wrong while executing your query."}]})
        for branch, _ in updates:
            self.delete_branch(branch)
        return Answer(body={"data": {"updateRefs": {"clientMutationId": None}}})

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
        if request.query.get("recursive"):
            whole = [{"path": path, "mode": mode, "type": "blob", "sha": one} for path, (mode, one) in self.git.files(sha).items()]
            return Answer(body={"sha": sha, "url": self._here(request), "tree": whole[: self.most_listed], "truncated": len(whole) > self.most_listed})
        elements = [{"path": name, "mode": mode, "type": "tree" if mode == "040000" else "blob", "sha": one} for mode, name, one in self.git.entries(sha)]
        return Answer(body={"sha": sha, "url": self._here(request), "tree": elements[: self.most_listed], "truncated": len(elements) > self.most_listed})

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
