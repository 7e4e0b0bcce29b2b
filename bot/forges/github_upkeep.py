"""What the bot does to its own pull requests on GitHub that wait, or have ended."""

from collections.abc import Callable
from datetime import datetime

from github import GithubException
from github.PullRequest import PullRequest as GitHubRequest

from bot.clock import utc_now
from bot.config import Secret
from bot.core.request import review_marks
from bot.core.request.pull_request_marks import declining, is_lapsed, noted
from bot.errors import ForgeError
from bot.forges.github_requests import aware, is_ours
from bot.github_client import connect, refused

LONGEST_BODY = 65_536


class GitHubUpkeep:
    """An Upkeep on GitHub. Needs `pull-requests: write`; `contents: write` to have an alert diagnosed again."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0, now: Callable[[], datetime] = utc_now) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._name = repository.lower()
        self._now = now

    def note(self, number: int, mark: str) -> None:
        """See `Upkeep.note`. A description that is full is left as it is."""
        doing = f"noting on #{number} what was done"
        with refused(doing):
            request = self._own(number, doing)
            body = noted(request.body, mark)
            if body != request.body and len(body) <= LONGEST_BODY:
                request.edit(body=body)

    def lapse(self, number: int) -> None:
        """See `Upkeep.lapse`. Mark and closing are one call, so that no crash leaves a "no"."""
        doing = f"closing #{number}, which nobody answered"
        with refused(doing):
            request = self._own(number, doing)
            if request.state == "open":
                body = noted(declining(request.body), review_marks.lapse(self._now()))
                if len(body) > LONGEST_BODY:
                    raise ForgeError(doing, "its description has no room for a mark", "shorten what people wrote into it, or close it by hand")
                request.edit(body=body, state="closed")

    def decline(self, number: int) -> None:
        """See `Upkeep.decline`."""
        doing = f"closing #{number} as a no"
        with refused(doing):
            request = self._own(number, doing)
            if request.merged_at:
                raise ForgeError(doing, "it was merged", "revert it, or withdraw its entry")
            if request.state == "open" or is_lapsed(request.body, aware(request.closed_at)):
                request.edit(body=declining(request.body), state="closed")

    def reopen(self, number: int) -> None:
        """See `Upkeep.reopen`. GitHub opens nothing whose branch is gone, or that another request has taken."""
        doing = f"opening #{number} again"
        with refused(doing):
            request = self._own(number, doing)
            if request.state == "open":
                return
            if request.merged_at:
                raise ForgeError(doing, "it was merged", "its entry is published: nothing is left to open")
            try:
                request.edit(state="open")
            except GithubException as error:
                if error.status != 422:
                    raise
                cause = "GitHub does not open it: its branch is gone or was written anew, or another request of it is open"
                raise ForgeError(doing, cause, "restore the branch on the request's page, or have its alert diagnosed again") from error

    def rediagnose(self, link: str) -> str:
        """See `Upkeep.rediagnose`. A `repository_dispatch`, which a workflow's own token may send; diagnose.yml listens."""
        with refused("starting diagnose.yml again"):
            self._repo.create_repository_dispatch("diagnose", {"slack_url": link})
        return "diagnose.yml was started"

    def _own(self, number: int, doing: str) -> GitHubRequest:
        request = self._repo.get_pull(number)
        if not is_ours(request, self._name):
            raise ForgeError(
                doing, "it is no request of the bot", "choose one whose branch begins with kb/ or errata/ and whose description still holds the bot's part"
            )
        return request
