"""What doctor asks GitHub: can this token see the repository, write to it, and open pull requests from Actions."""

from collections.abc import Iterator

from github import GithubException
from github.Repository import Repository

from bot.core.systems.github_refusals import ALLOW_PULL_REQUESTS
from bot.errors import ForgeError
from bot.github_client import refused
from bot.model import Checkup

WRITE = "give the token write access to contents and pull requests; in a workflow: `permissions: {contents: write, pull-requests: write}`"


def examine(repo: Repository, name: str, default: str) -> Iterator[Checkup]:
    """Two calls; the second only when the first one succeeds."""
    try:
        with refused("asking GitHub for the repository"):
            repo.complete()
    except ForgeError as error:
        yield Checkup("GitHub repository", False, error.cause, error.remedy)
        return
    yield Checkup("GitHub repository", True, f"{name} is there and the token may read it")
    same = repo.default_branch == default
    yield Checkup("default branch", same, f"GitHub says {repo.default_branch}", "" if same else f"set `default_branch: {repo.default_branch}`")
    yield _write_access(repo)
    yield _actions_setting(repo)


def _write_access(repo: Repository) -> Checkup:
    rights = repo.permissions
    if rights is None or rights.push is None:
        return Checkup("GitHub write access", True, "not told to this kind of token; the first pull request will show", WRITE)
    return Checkup("GitHub write access", rights.push, "the token may write" if rights.push else "the token may only read", "" if rights.push else WRITE)


def _actions_setting(repo: Repository) -> Checkup:
    name = "Actions may open pull requests"
    try:
        with refused("asking GitHub for the workflow permissions"):
            _, data = repo.requester.requestJsonAndCheck("GET", f"{repo.url}/actions/permissions/workflow")
    except ForgeError as error:
        if isinstance(error.__cause__, GithubException) and error.__cause__.status in {403, 404}:
            saw = "not visible to this token (only an administrator's may look); it matters for GITHUB_TOKEN only"
            return Checkup(name, True, saw, f"check {ALLOW_PULL_REQUESTS}")
        return Checkup(name, False, error.cause, error.remedy)
    allowed = bool(data.get("can_approve_pull_request_reviews"))
    return Checkup(name, allowed, "the setting is on" if allowed else "the setting is off", "" if allowed else f"turn on {ALLOW_PULL_REQUESTS}")
