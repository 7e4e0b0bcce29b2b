"""Merging a pull request on GitHub without a person: only at the commit that was looked at, and only what the bot alone wrote."""

from github import GithubException
from github.PullRequest import PullRequest as GitHubRequest

from bot.config import Secret
from bot.errors import ForgeError, StaleBranch
from bot.forges.github_requests import editors_of, is_ours
from bot.forges.github_tree import stale
from bot.github_client import connect, refused

BY_HAND = "merge it by hand, or turn `recurrence: merge_counts:` off"


class GitHubMerging:
    """A Merging on GitHub. Needs `contents: write` and `pull-requests: read`; a merge with GITHUB_TOKEN starts no other workflow."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._name = repository.lower()

    def merge(self, number: int, head: str, path: str) -> str:
        """See `Merging.merge`. Four calls."""
        doing = f"merging #{number}"
        with refused(doing):
            request = self._repo.get_pull(number)
            self._check(request, head, path, doing)
            try:
                merged = request.merge(commit_title=f"{request.title} (#{number})"[:250], merge_method="squash", sha=head)
            except GithubException as error:
                if error.status == 409:  # "Head branch was modified"
                    raise stale(request.head.ref) from error
                if error.status == 405:  # not mergeable: a rule of the repository, a conflict, or squashing is turned off
                    said = error.data.get("message", "") if isinstance(error.data, dict) else ""
                    raise ForgeError(doing, f"GitHub does not merge it: {str(said)[:200]}", BY_HAND) from error
                raise
            if not merged.merged:
                raise ForgeError(doing, "GitHub did not merge it", BY_HAND)
            return merged.sha

    def _check(self, request: GitHubRequest, head: str, path: str, doing: str) -> None:
        if request.state != "open" or not is_ours(request, self._name):
            raise ForgeError(doing, "it is no open request of the bot", BY_HAND)
        if request.head.sha != head:
            raise StaleBranch(doing, "somebody changed the branch meanwhile", "run this again: it starts from how the branch stands now")
        others = [file.filename for file in request.get_files() if file.filename != path]
        if others:
            raise ForgeError(doing, f"it also changes {others[0]}", BY_HAND)
        people = editors_of(request)
        if people:
            raise ForgeError(doing, f"{people[0]} committed to its branch", BY_HAND)
