"""Reading and writing a repository's commits through the Git Data API: signed by GitHub, fast-forward only, no checkout."""

import hashlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from github import GithubException, InputGitTreeElement, UnknownObjectException
from github.GitCommit import GitCommit
from github.GitRef import GitRef
from github.GitTree import GitTree
from github.Repository import Repository

from bot.core.systems.github_refusals import is_protected
from bot.errors import ForgeError, StaleBranch
from bot.model import File

_FEW = 3
_NOTHING = "0" * 40
_UPDATE_REFS = """mutation UpdateRefs($repository: ID!, $updates: [RefUpdate!]!) {
  updateRefs(input: {repositoryId: $repository, refUpdates: $updates}) { clientMutationId }
}"""
READ_AGAIN = "run this again: it starts from how the branch stands now"


class GitHubTree:
    """The branches and files of one repository. Costs one call for each method, and one more where it says so."""

    def __init__(self, repository: Repository) -> None:
        self._repo = repository
        self._trees: dict[str, str] = {}

    def head(self, branch: str) -> str | None:
        """The commit that a branch points at; None when there is no such branch."""
        try:
            found = self._repo.get_branch(branch)
        except UnknownObjectException:
            return None
        if found.name != branch:  # GitHub redirects a renamed branch to its new name
            return None
        self._trees[found.commit.sha] = found.commit.commit.tree.sha
        return found.commit.sha

    def text(self, path: str, commit: str) -> str | None:
        """The file's text at a commit, None when there is none there. Raises ForgeError for what is no text file below 1 MB."""
        try:
            found = self._repo.get_contents(path, ref=commit)
        except UnknownObjectException:
            return None
        if isinstance(found, list) or found.type != "file" or found.encoding != "base64":
            raise ForgeError(f"reading {path} on GitHub", "it is no file, or larger than 1 MB", "make it a text file below 1 MB, or move it away")
        return _decoded(found.decoded_content, path)

    def known_text(self, path: str, commit: str) -> str | None:
        """As `text`, but None only where the commit's tree does not list the file either: whoever takes a file for a new one writes over the old.

        Two calls more for a file that is not there. Raises ForgeError where the two answers differ.
        """
        text = self.text(path, commit)
        if text is None and path in self._blobs(commit, (path,)):
            raise ForgeError(f"reading {path} on GitHub", "GitHub lists the file and says that there is no such file", READ_AGAIN)
        return text

    def stands(self, texts: Mapping[str, tuple[str | None, ...]], commit: str) -> bool:
        """Whether each file is one of the texts given for it (None: it is not there). A call for each file, or two where there are many.

        Where GitHub does not list the whole folder, a call for each folder that holds such files.
        """
        if len(texts) <= _FEW:
            return all(self.text(path, commit) in known for path, known in texts.items())
        blobs = self._blobs(commit, texts)
        return all(blobs.get(path) in {None if text is None else _blob_id(text) for text in known} for path, known in texts.items())

    def _blobs(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """Path → blob of these files, and of others."""
        wanted, found = tuple(paths), dict[str, str]()
        for element in self._repo.get_git_tree(self._trees.get(commit) or commit).tree:
            if element.type == "blob":
                found[element.path] = element.sha
            elif element.type == "tree" and any(path.startswith(f"{element.path}/") for path in wanted):
                inside = self._repo.get_git_tree(element.sha, recursive=True)
                whole = not inside.raw_data.get("truncated")
                listed = {f"{element.path}/{one.path}": one.sha for one in inside.tree if one.type == "blob"}
                found |= listed if whole else self._walked(commit, element.sha, element.path, wanted)
        return found

    def _walked(self, commit: str, tree: str, folder: str, wanted: tuple[str, ...]) -> dict[str, str]:
        """The same folder by folder, for one of more than 100,000 files; the files of a single folder that large are read one by one."""
        below = tuple(path for path in wanted if path.startswith(f"{folder}/"))
        listed = self._repo.get_git_tree(tree)
        if listed.raw_data.get("truncated"):
            texts = {path: self.text(path, commit) for path in below}
            return {path: _blob_id(text) for path, text in texts.items() if text is not None}
        found = {f"{folder}/{one.path}": one.sha for one in listed.tree if one.type == "blob"}
        for one in listed.tree:
            inside = f"{folder}/{one.path}"
            if one.type == "tree" and any(path.startswith(f"{inside}/") for path in below):
                found |= self._walked(commit, one.sha, inside, below)
        return found

    def commit(self, head: str, files: tuple[File, ...], message: str) -> str | None:
        """A commit on top of `head`, not yet on any branch; None when the files stand there already.

        Two calls, three for a head that was not read here. Without an author GitHub signs it in the token's name.
        """
        if not files:  # GitHub refuses a tree of nothing
            return None
        base = self._trees.get(head) or self._repo.get_git_commit(head).tree.sha
        elements = [InputGitTreeElement(file.path, "100644", "blob", content=file.text) for file in files]
        tree = self._repo.create_git_tree(elements, GitTree(self._repo.requester, {}, {"sha": base}))
        if tree.sha == base:
            return None
        return self._repo.create_git_commit(message, tree, [GitCommit(self._repo.requester, {}, {"sha": head})]).sha

    def create(self, branch: str, commit: str) -> None:
        """A new branch. Raises StaleBranch when somebody made it meanwhile."""
        try:
            self._repo.create_git_ref(f"refs/heads/{branch}", commit)
        except GithubException as error:
            _raise_if_stale(error, branch)
            raise

    def advance(self, branch: str, commit: str) -> None:
        """Move a branch forward, never back or aside. Raises StaleBranch when it moved meanwhile or is gone."""
        try:
            self._ref(branch).edit(commit, force=False)
        except GithubException as error:
            _raise_if_stale(error, branch)
            raise

    def delete(self, branch: str, expected: str) -> None:
        """Remove a branch while it points at `expected`; two calls, one more where GitHub refuses. Raises StaleBranch when it points elsewhere.

        REST deletes a branch wherever it points by then, another run's commit with it. GraphQL compares and deletes at once:
        docs.github.com/en/graphql/reference/git#updaterefs.
        """
        update = {"name": f"refs/heads/{branch}", "beforeOid": expected, "afterOid": _NOTHING}
        try:
            self._repo.requester.graphql_query(_UPDATE_REFS, {"repository": self._repo.node_id, "updates": [update]})
        except GithubException as error:
            # A branch that moved is refused in words that name no reason, so the branch itself is asked.
            if self.head(branch) != expected:
                raise stale(branch) from error
            raise

    def _ref(self, branch: str) -> GitRef:
        url = f"{self._repo.url}/git/refs/heads/{quote(branch)}"
        return GitRef(self._repo.requester, {}, {"ref": f"refs/heads/{branch}", "url": url})


def stale(branch: str) -> StaleBranch:
    """The error for a branch that somebody moved."""
    return StaleBranch(f"writing to {branch}", "somebody changed the branch meanwhile", READ_AGAIN)


def _raise_if_stale(error: GithubException, branch: str) -> None:
    # 422: "Update is not a fast forward", "Reference already exists", "Reference does not exist"; 409: a write at the same moment.
    said = str(error.data.get("message", "") if isinstance(error.data, dict) else "").lower()
    words = ("fast forward", "already exists", "does not exist")
    if error.status == 409 or (error.status == 422 and not is_protected(error.data) and any(part in said for part in words)):
        raise stale(branch) from error


def _blob_id(text: str) -> str:
    """Git's name for the file that holds this text."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _decoded(raw: bytes, path: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ForgeError(f"reading {path} on GitHub", "it is not UTF-8 text", "save the file as UTF-8") from error
