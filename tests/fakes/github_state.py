"""What the fake GitHub holds: a real repository, issues and pull requests; what people do to them; how they look as JSON."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.fakes.bare_repository import BareRepository
from tests.fakes.loopback import Answer, Loopback

NOW = "2026-11-21T12:00:00Z"
TOKEN = "ghs_loopback"
NODE = "R_kgDOloopback"
Json = dict[str, Any]


def refuse(status: int, message: str, *errors: str) -> Answer:
    """An error as GitHub words it."""
    details = {"errors": [{"resource": "PullRequest", "code": "custom", "message": error} for error in errors]} if errors else {}
    return Answer(status, {"message": message, **details, "documentation_url": "https://docs.github.com/rest", "status": str(status)})


NOT_FOUND = refuse(404, "Not Found")


_CONFLICT = re.compile(rb"^<{7} .*\n((?:.*\n)*?)\|{7} .*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} .*\n", re.MULTILINE)


def _resolved(found: re.Match[bytes]) -> bytes:
    ours, base, theirs = (side.splitlines(keepends=True) for side in found.groups())
    return b"".join([*(line for line in theirs if line not in base), *ours])


class Conflict(Exception):
    """Both sides changed the same lines: GitHub merges nothing, and shows a person which files."""


def too_long(wanted: Json) -> Answer | None:
    """The refusal of a title or body beyond GitHub's limits."""
    if len(wanted.get("title") or "") > 256:
        return refuse(422, "Validation Failed", "title is too long (maximum is 256 characters)")
    if len(wanted.get("body") or "") > 65_536:
        return refuse(422, "Validation Failed", "body is too long (maximum is 65536 characters)")
    return None


class GitHubState(Loopback):
    """One repository. What people do there is done by the methods below; what the bot does comes over HTTP."""

    def __init__(self, folder: Path, repository: str = "acme/knowledge", token: str = TOKEN) -> None:
        super().__init__()
        self.git = BareRepository(folder / "github.git")
        self.repository = repository
        self.token = token
        self.login = "errata[bot]"
        self.collaborators = {"alice", "bob"}
        self.teams = {"payments"}
        self.protected: set[str] = set()
        self.items: dict[int, Json] = {}
        self.may_push = True
        self.tells_permissions = True
        self.has_issues = True
        self.actions_may_open_pull_requests = True
        self.shows_settings = True
        self.deletes_merged_branches = False
        self.forbids_merging = ""
        self.most_listed = 100_000
        self.merge_methods = {"merge", "squash", "rebase"}
        self.now = NOW
        self.dispatched: list[Json] = []

    # What people do, and what tests look at.

    def seed(self, files: Mapping[str, str], message: str = "start") -> str:
        """Commit to main."""
        return self.person_commits("main", files, message)

    def person_commits(self, branch: str, files: Mapping[str, str | None], message: str = "by hand") -> str:
        """A commit by a person; None removes a file. A new branch starts from main."""
        parent = self.git.head(branch) or self.git.head("main")
        tree = self.git.files(parent)
        for path, text in files.items():
            if text is None:
                del tree[path]
            else:
                tree[path] = ("100644", self.git.blob(text.encode()))
        commit = self.git.commit(self.git.tree(tree), [parent] if parent else [], message, "alice")
        self.git.point(branch, commit)
        return commit

    def merge(self, number: int) -> str:
        """Merge with a merge commit; returns it."""
        return self._merged(number, squash=False)

    def squash(self, number: int) -> str:
        """Squash and merge; returns the commit."""
        return self._merged(number, squash=True)

    def bring_up_to_date(self, number: int) -> None:
        """A person merges main into the branch; where they conflict, what the branch adds stays before the lines as main has them."""
        branch, main = self.items[number]["head"], self.git.head("main")
        head = self.git.head(branch)
        assert main
        assert head
        tree = self._tree_of_both(main, head, by_hand=True)
        self.git.point(branch, self.git.commit(self.git.tree(tree), [head, main], "Merge branch 'main'", "alice"))

    def close(self, number: int) -> None:
        """Close unmerged."""
        item = self.items[number]
        item |= {"head_sha": self.git.head(item["head"]), "state": "closed", "closed_at": self.now}

    def delete_branch(self, branch: str) -> None:
        """Remove a branch; an open request of it is closed with it, as GitHub does."""
        for number in [number for number, item in self.items.items() if item["state"] == "open" and item.get("head") == branch]:
            self.close(number)
        self.git.point(branch, None)

    def review(self, number: int, login: str, state: str = "APPROVED") -> None:
        """A review."""
        self.items[number]["reviews"].append({"user": self._user(login), "state": state, "body": ""})

    def text(self, path: str, ref: str = "main") -> str | None:
        """A file as it stands on a branch or at a commit."""
        found = self.git.files(self.git.resolve(ref)).get(path)
        return self.git.content(found[1]).decode() if found else None

    def commits(self, ref: str = "main") -> list[str]:
        """The messages, newest first."""
        commit = self.git.resolve(ref)
        return [self.git.read(sha).message for sha in self.git.ancestors(commit)] if commit else []

    def pulls(self, state: str = "open") -> list[int]:
        """Numbers of the requests: open, or closed (merged ones too)."""
        return [number for number, item in self.items.items() if "head" in item and item["state"] == state]

    def _merged(self, number: int, *, squash: bool) -> str:
        item, main = self.items[number], self.git.head("main")
        head = self.git.head(item["head"])
        assert main
        assert head
        tree = self._tree_of_both(main, head)
        known = set(self.git.ancestors(main))
        item["commits"] = [sha for sha in self.git.ancestors(head) if sha not in known]
        commit = self.git.commit(self.git.tree(tree), [main] if squash else [main, head], f"{item['title']} (#{number})", "alice")
        item |= {"state": "closed", "merged_at": NOW, "merge_commit_sha": commit, "head_sha": head}
        self.git.point("main", commit)
        if self.deletes_merged_branches:
            self.git.point(item["head"], None)
        return commit

    def _tree_of_both(self, main: str, head: str, *, by_hand: bool = False) -> dict[str, tuple[str, str]]:
        before, tree, theirs = self.git.files(self.git.merge_base(main, head)), self.git.files(main), self.git.files(head)
        tree = {path: value for path, value in tree.items() if path in theirs or path not in before}
        changed = {path: value for path, value in theirs.items() if before.get(path) != value}
        return tree | {path: (value[0], self._joined(path, (tree.get(path), before.get(path), value), by_hand)) for path, value in changed.items()}

    def _joined(self, path: str, sides: tuple[tuple[str, str] | None, ...], by_hand: bool) -> str:
        """The blob of a file that both sides may have changed, joined line by line as git does it. Raises Conflict."""
        ours, base, theirs = sides
        assert theirs
        if base is None or ours is None or ours in (base, theirs):
            return theirs[1]
        with TemporaryDirectory() as folder:
            names = [str(Path(folder) / name) for name in ("ours", "base", "theirs")]
            for name, side in zip(names, (ours, base, theirs), strict=True):
                Path(name).write_bytes(self.git.content(side[1]))
            done = subprocess.run(["git", "merge-file", "--stdout", "--diff3", *names], capture_output=True, check=False)
        if done.returncode and not by_hand:
            raise Conflict(path)
        return self.git.blob(_CONFLICT.sub(_resolved, done.stdout))

    # What answers are made of.

    def _pull(self, number: int) -> Json:
        item = self.items[number]
        head = item.get("head_sha") if item["state"] == "closed" else self.git.head(item["head"])
        url = f"{self._api}/pulls/{number}"
        return {
            **self._common(number, "pull"),
            "url": url,
            "issue_url": f"{self._api}/issues/{number}",
            "merged_at": item.get("merged_at"),
            "merge_commit_sha": item.get("merge_commit_sha"),
            "head": {"ref": item["head"], "sha": head, "label": f"{self._owner}:{item['head']}", "repo": self._repo()},
            "base": {"ref": item["base"], "sha": self.git.head(item["base"]), "repo": self._repo()},
            "requested_reviewers": [self._user(login) for login in item["requested_reviewers"]],
            "requested_teams": [{"slug": slug, "name": slug} for slug in item["requested_teams"]],
        }

    def _issue(self, number: int) -> Json:
        pull = "head" in self.items[number]
        extra = {"pull_request": {"url": f"{self._api}/pulls/{number}"}} if pull else {"state_reason": self.items[number].get("state_reason")}
        return {**self._common(number, "pull" if pull else "issues"), "url": f"{self._api}/issues/{number}", **extra}

    def _common(self, number: int, kind: str) -> Json:
        item = self.items[number]
        page = f"{self.url}/{self.repository}/{kind}/{number}"
        facts = {"number": number, "id": number, "state": item["state"], "title": item["title"], "body": item["body"], "html_url": page}
        times = {"created_at": item.get("created_at", NOW), "updated_at": item.get("updated_at", NOW)}
        closed = item.get("closed_at", NOW) if item["state"] == "closed" else None
        who = {"user": self._user(item.get("author", self.login)), "author_association": item.get("association", "NONE")}
        return {**facts, "labels": [{"name": label} for label in item["labels"]], **who, **times, "closed_at": closed}

    def _commit(self, sha: str) -> Json:
        commit = self.git.read(sha)
        who = {"name": commit.author, "email": f"{commit.author}@users.noreply.example", "date": NOW}
        inner = {
            "message": commit.message,
            "author": who,
            "committer": who,
            "tree": {"sha": commit.tree, "url": f"{self._api}/git/trees/{commit.tree}"},
        }
        parents = [{"sha": parent, "url": f"{self._api}/commits/{parent}"} for parent in commit.parents]
        names = {name: name for name in self.collaborators} | {"errata": self.login}
        author = self._user(names[commit.author]) if commit.author in names else None  # nobody's account has that address
        return {"sha": sha, "url": f"{self._api}/commits/{sha}", "commit": inner, "author": author, "parents": parents}

    def _ref(self, branch: str) -> Json:
        return {"ref": f"refs/heads/{branch}", "url": f"{self._api}/git/refs/heads/{branch}", "object": {"type": "commit", "sha": self.git.head(branch)}}

    def _repo(self) -> Json:
        name = self.repository.partition("/")[2]
        names = {"node_id": NODE, "full_name": self.repository, "name": name, "owner": self._user(self._owner)}
        return {**names, "url": self._api, "html_url": f"{self.url}/{self.repository}"}

    def _user(self, login: str) -> Json:
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {"login": login, "type": kind, "url": f"{self.url}/users/{login}", "html_url": f"{self.url}/{login}"}

    @property
    def _api(self) -> str:
        return f"{self.url}/repos/{self.repository}"

    @property
    def _owner(self) -> str:
        return self.repository.partition("/")[0]
