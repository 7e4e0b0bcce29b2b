"""What a push to the default branch merged: entries before and after, the pull request of each, and who approved it."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from github import UnknownObjectException
from github.Comparison import Comparison
from github.File import File as ChangedFile
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.core.entry.entry import FOLDER, is_entry_path
from bot.errors import ForgeError
from bot.forges.github_requests import aware
from bot.model import MergedEntry

LISTED = 300
"""GitHub's compare lists at most this many files and says nothing of the rest."""
SEARCHED = 100
"""A merge of more commits is not looked through for its first parent (each further hundred is a call)."""


@dataclass(frozen=True)
class Change:
    """An entry that differs: where it was before (None: nowhere), and the id of its blob now."""

    path: str
    earlier: str | None
    blob: str


def merged(repo: Repository, before: str, after: str, default: str) -> tuple[MergedEntry, ...]:
    """The entries that differ between two commits, by path. `before` of zeros: the first parent of `after`, or nothing.

    A push of one pull request and one entry takes six calls.
    """
    base = _base(repo, before, after, default)
    comparison = _comparison(repo, base, after) if base else None
    changes = _changes(repo, comparison, base, after)
    if not changes:
        return ()
    requests = _Requests(repo, default)
    owner = _owner(comparison, after, requests) or (lambda path: next(filter(None, map(requests.of, _last_commits(repo, path, after))), None))
    entries = []
    for change in changes:
        request = owner(change.path)
        old = _text(repo, change.earlier, base) if base and change.earlier else None
        new = _blob(repo, change.blob)
        entries.append(
            MergedEntry(change.path, old, new, request.html_url, requests.approvers(request), aware(request.merged_at))
            if request
            else MergedEntry(change.path, old, new)
        )
    return tuple(entries)


def _base(repo: Repository, before: str, after: str, default: str) -> str | None:
    for name in (before,) if after == default else (before, after):
        if not re.fullmatch(r"[0-9a-fA-F]{7,64}", name):
            raise ForgeError("reading what was merged", f"{name[:80]!r} is no commit id", "give the ids of two commits, as `git log` prints them")
    if before.strip("0"):
        return before
    parents = repo.get_git_commit(after).parents
    return parents[0].sha if parents else None


def _comparison(repo: Repository, base: str, after: str) -> Comparison:
    try:
        return repo.compare(base, after).complete()
    except UnknownObjectException as error:
        cause = f"GitHub does not know one of the commits {base[:12]} and {after[:12]}"
        raise ForgeError("reading what was merged", cause, "give two commits that the default branch holds; after a force-push name an older one") from error


def _changes(repo: Repository, comparison: Comparison | None, base: str | None, after: str) -> list[Change]:
    # Compare starts from the merge base: after a force-push (diverged, behind) it would hide what was taken back.
    if base is None or comparison is None or comparison.status not in {"ahead", "identical"} or len(comparison.files) >= LISTED:
        old, new = _listing(repo, base) if base else {}, _listing(repo, after)
        gone = {sha: path for path, sha in old.items() if path not in new}
        return [Change(path, path if path in old else gone.get(sha), sha) for path, sha in sorted(new.items()) if old.get(path) != sha]
    listed = [file for file in comparison.files if is_entry_path(file.filename) and file.status not in {"removed", "unchanged"}]
    return sorted((Change(file.filename, _earlier(file), file.sha) for file in listed), key=lambda change: change.path)


def _earlier(file: ChangedFile) -> str | None:
    if file.status == "renamed":
        return file.previous_filename
    return file.filename if file.status in {"modified", "changed"} else None


def _listing(repo: Repository, commit: str) -> dict[str, str]:
    """Path → blob id of the entries at a commit. Goes down folder by folder: the recursive tree of a large repository is cut."""
    tree = repo.get_git_tree(commit)
    for name in FOLDER.split("/"):
        below = next((element for element in tree.tree if element.path == name and element.type == "tree"), None)
        if below is None:
            return {}
        tree = repo.get_git_tree(below.sha)
    found = {f"{FOLDER}/{element.path}": element.sha for element in tree.tree if element.type == "blob"}
    return {path: sha for path, sha in found.items() if is_entry_path(path)}


def _text(repo: Repository, path: str, commit: str) -> str | None:
    found = repo.get_contents(path, ref=commit)
    if isinstance(found, list):
        return None
    return _decoded(found.content) if found.encoding == "base64" else _blob(repo, found.sha)  # above 1 MB there is no content


def _blob(repo: Repository, sha: str) -> str:
    return _decoded(repo.get_git_blob(sha).content)


def _decoded(content: str) -> str:
    # Read only, never written back: one byte that is no UTF-8 must not keep the other entries from being published.
    return base64.b64decode(content).decode("utf-8", errors="replace")


def _owner(comparison: Comparison | None, after: str, requests: "_Requests") -> Callable[[str], PullRequest | None] | None:
    """For a push that is one merge or one squash: its request, for every path. None when the push holds several."""
    if comparison is None or comparison.total_commits > SEARCHED:
        return None
    commits = list(comparison.commits)
    last = next((commit for commit in commits if commit.sha == after), None)
    if last is None or not last.parents or last.parents[0].sha != comparison.base_commit.sha:
        return None
    return lambda _: requests.of(after)


def _last_commits(repo: Repository, path: str, after: str) -> Iterator[str]:
    """The commits that may have brought the file's words, newest first: the last one, and what stands below commits that a bot made on top."""
    for commit in repo.get_commits(sha=after, path=path).get_page(0):
        yield commit.sha
        if commit.author is None or commit.author.type != "Bot":
            return


def _merger(request: PullRequest) -> tuple[str, ...]:
    """A list of requests does not say who merged: this is a call of its own. What a bot merged by a rule was reviewed by nobody."""
    merger = request.merged_by
    return (merger.login,) if merger is not None and merger.type != "Bot" else ()


class _Requests:
    """Looks up each commit's pull request, and each request's approvals, once."""

    def __init__(self, repo: Repository, default: str) -> None:
        self._repo = repo
        self._default = default
        self._of: dict[str, PullRequest | None] = {}
        self._approvers: dict[int, tuple[str, ...]] = {}

    def of(self, commit: str) -> PullRequest | None:
        """The merged request that brought a commit to the default branch; None for a direct push."""
        if commit not in self._of:
            try:
                found = [request for request in self._repo.get_commit(commit).get_pulls() if request.merged_at and request.base.ref == self._default]
            except UnknownObjectException:
                found = []
            self._of[commit] = next((request for request in found if request.merge_commit_sha == commit), found[0] if found else None)
        return self._of[commit]

    def approvers(self, request: PullRequest) -> tuple[str, ...]:
        """Which people approved and did not take it back, by the last review of each that is more than a comment; else the person who merged it."""
        if request.number not in self._approvers:
            reviews = [review for review in request.get_reviews() if review.user and review.user.type != "Bot" and review.state != "COMMENTED"]
            last = {review.user.login: review.state for review in reviews}
            approved = tuple(login for login, state in last.items() if state == "APPROVED")
            self._approvers[request.number] = approved or _merger(request)
        return self._approvers[request.number]
