"""The bot's own pull requests on GitHub and what became of them: two lists, and the commits of a few merged ones where those are asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from github import UnknownObjectException
from github.PullRequest import PullRequest as GitHubRequest
from github.Repository import Repository

from bot.config import Secret
from bot.core.request.pull_request_marks import part_of
from bot.errors import ForgeError
from bot.github_client import connect, refused
from bot.model.review import UNKNOWN, ReviewRequest
from bot.regex import regex

BRANCHES = ("kb/", "errata/")
PAGES = 50
"""Of 100 requests, for each list: a call each."""
LOOKED_AT = 100
"""Commits of a request that are looked at."""
_LOGIN = regex(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,99})(?:\[bot\])?")
_WRITERS = frozenset({"admin", "maintain", "write"})
"""What `permission` says: `maintain` is told as `write`, and `triage` as `read`, since the field knows no more (docs.github.com, repository permissions)."""


class GitHubRequests:
    """A RequestHistory on GitHub; needs `pull-requests: read`. Of `editors` merged requests, the latest first, the commits are read: a call each."""

    def __init__(self, token: Secret, repository: str, api_url: str, *, editors: int = 0) -> None:
        self._repo = connect(token, repository, api_url, pace=None)
        self._name = repository.lower()
        self._editors = editors

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """See `RequestHistory.requests`; `merged_by` is left out, since lists do not tell it."""
        with refused("listing the bot's pull requests on GitHub"):
            found = {request.number: request for state in ("open", "closed") for request in self._listed(state, since)}
            merged = sorted((request for request in found.values() if request.merged_at), key=lambda one: time_of(one.closed_at), reverse=True)
            edited = {request.number: editors_of(request) for request in merged[: self._editors]}
            nouns = [noun(request, edited.get(request.number, ())) for request in found.values()]
        return tuple(sorted(nouns, key=lambda one: (one.updated, one.number), reverse=True))

    def _listed(self, state: str, since: datetime) -> Iterator[GitHubRequest]:
        listed = self._repo.get_pulls(state=state, sort="updated", direction="desc")
        for number in range(PAGES):
            page = listed.get_page(number)
            for request in page:
                if state == "closed" and request.updated_at is not None and time_of(request.updated_at) < since:
                    return
                if is_ours(request, self._name):
                    yield request
            if len(page) < 100:
                return
        what = "are open" if state == "open" else f"were touched since {since:%Y-%m-%d}"
        raise ForgeError(
            "listing the bot's pull requests on GitHub",
            f"more than {PAGES * 100} pull requests {what}",
            "close those that nobody will merge, then run this again",
        )


def is_ours(request: GitHubRequest, repository: str) -> bool:
    """Whether the bot opened it: a branch of its own, in this very repository (`owner/name` in lower case), and its part in the description.

    People may name their branches as the bot does.
    """
    home = request.head.repo
    return request.head.ref.startswith(BRANCHES) and home is not None and home.full_name.lower() == repository and bool(part_of(request.body))


def may_write(repository: Repository, login: str) -> bool:
    """Whether GitHub says so at this moment. Raises GithubException where it says nothing."""
    if not _LOGIN.fullmatch(login):
        return False
    try:
        return repository.get_collaborator_permission(login) in _WRITERS
    except UnknownObjectException:  # no such person, or nobody of this repository
        return False


def noun(request: GitHubRequest, edited_by: tuple[str, ...] = (), merged_by: str = "") -> ReviewRequest:
    """The request in our words."""
    unmerged: Literal["open", "closed"] = "open" if request.state == "open" else "closed"
    return ReviewRequest(
        number=request.number,
        url=request.html_url,
        title=request.title or "",
        branch=request.head.ref,
        state="merged" if request.merged_at else unmerged,
        opened=time_of(request.created_at),
        updated=time_of(request.updated_at),
        ended=time_of(request.closed_at) if request.state != "open" else None,
        body=request.body or "",
        labels=tuple(label.name for label in request.labels),
        merged_by=merged_by,
        edited_by=edited_by,
        head=request.head.sha or "",
    )


def editors_of(request: GitHubRequest) -> tuple[str, ...]:
    """Who committed besides the bot: not who opened the request, no App, and no merge of the default branch into it."""
    own = request.user.login if request.user else ""
    found = dict[str, None]()
    for number, commit in enumerate(request.get_commits()):
        if number >= LOOKED_AT:
            break
        if len(commit.parents) > 1:
            continue
        author = commit.author
        login = author.login if author is not None else commit.commit.author.name
        if login and login != own and not login.endswith("[bot]"):
            found[login] = None
    return tuple(found)


def time_of(time: datetime | None) -> datetime:
    """GitHub's times are in UTC, whether the client says so or not."""
    return UNKNOWN if time is None else aware(time) or UNKNOWN


def aware(time: datetime | None) -> datetime | None:
    """The same, None where there is none."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
