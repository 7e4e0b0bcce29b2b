"""What is said on the bot's pull requests on GitHub: comments, reactions, and who may say what."""

from datetime import UTC, datetime

from github import GithubException, UnknownObjectException
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest as GitHubRequest

from bot.config import Secret
from bot.core.request.comment_marks import marked, marker_of, unmarked
from bot.errors import ForeignRequest, ForgeError
from bot.forges.github_requests import is_ours, may_write, noun
from bot.github_client import connect, refused
from bot.model.review import Reaction, Remark, ReviewRequest

LONGEST_COMMENT = 65_536
ACTIONS = "github-actions[bot]"


class GitHubConversation:
    """A Conversation and a Transcript on GitHub. Needs `pull-requests: write`; to look only, `pull-requests: read`."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._name = repository.lower()
        self._own: str | None = None

    def request(self, number: int) -> ReviewRequest:
        """See `Conversation.request`."""
        with refused(f"reading pull request #{number}"):
            return noun(self._ours(number))

    def may_write(self, login: str) -> bool:
        """See `Conversation.may_write`. Asks for the person's permission; what a comment says of its author's association is not looked at."""
        with refused(f"asking whether {login[:100]!r} may write here"):
            return may_write(self._repo, login)

    def react(self, remark: int, reaction: Reaction) -> None:
        """See `Conversation.react`. A comment that its author has deleted meanwhile is let go."""
        with refused(f"reacting to comment {remark}"):
            try:
                self._comment(remark).create_reaction(reaction)
            except UnknownObjectException:
                return

    def say(self, number: int, text: str, marker: str) -> None:
        """See `Conversation.say`. Two calls and one for each hundred comments."""
        words = marked(text, marker)
        if len(words) > LONGEST_COMMENT:
            raise ForgeError(f"commenting on #{number}", f"the comment has {len(words)} characters, GitHub takes {LONGEST_COMMENT}", "shorten it")
        with refused(f"commenting on #{number}"):
            request = self._ours(number)
            mine = next((comment for comment in self._comments(request) if marker_of(comment.body) == marker), None)
            if mine is None:
                request.create_issue_comment(words)
            elif _lines(mine.body) != _lines(words):
                mine.edit(words)

    def said(self, number: int, marker: str) -> tuple[Remark, ...]:
        """See `Transcript.said`."""
        with refused(f"reading the comments on #{number}"):
            found = [comment for comment in self._comments(self._ours(number)) if marker_of(comment.body).startswith(marker)]
            return tuple(_remark(comment, number) for comment in found)

    def latest(self, number: int) -> datetime | None:
        """See `Transcript.latest`."""
        with refused(f"reading the comments on #{number}"):
            return max(map(_time, self._ours(number).get_issue_comments()), default=None)

    def close(self, number: int) -> None:
        """See `Conversation.close`."""
        with refused(f"closing #{number}"):
            request = self._ours(number)
            if request.state == "open":
                request.edit(state="closed")

    def _ours(self, number: int) -> GitHubRequest:
        doing = f"reading pull request #{number}"
        try:
            request = self._repo.get_pull(number)
        except UnknownObjectException:
            raise ForeignRequest(doing, "there is no pull request of that number", "give the number of one of the bot's pull requests") from None
        if not is_ours(request, self._name):
            raise ForeignRequest(
                doing,
                "it is no request of the bot",
                "choose one of this repository whose branch begins with kb/ or errata/ and whose description still holds the bot's part",
            )
        return request

    def _comment(self, remark: int) -> IssueComment:
        return IssueComment(self._repo.requester, {}, {"id": remark, "url": f"{self._repo.url}/issues/comments/{remark}"})

    def _comments(self, request: GitHubRequest) -> list[IssueComment]:
        """The bot's own: of the App or the workflow that opened the request, or of the very person whose token this is.

        A mark that another person typed is only text, and so is one in the comment of another bot: some repeat what people say.
        """
        bots = {ACTIONS, request.user.login if request.user is not None and request.user.type == "Bot" else ""}
        own = self._login()
        listed = [comment for comment in request.get_issue_comments() if marker_of(comment.body) and comment.user is not None]
        return [comment for comment in listed if comment.user and (comment.user.login == own or (comment.user.type == "Bot" and comment.user.login in bots))]

    def _login(self) -> str:
        """The login of a person's token; an installation's token is told none (403), and comments as a bot."""
        if self._own is None:
            try:
                _, data = self._repo.requester.requestJsonAndCheck("GET", "/user")
                self._own = str(data.get("login") or "")
            except GithubException as error:
                if error.status not in (401, 403, 404):
                    raise
                self._own = ""
        return self._own


def _remark(comment: IssueComment, number: int) -> Remark:
    return Remark(comment.id, number, comment.user.login, unmarked(comment.body), _time(comment), by_bot=True)


def _time(comment: IssueComment) -> datetime:
    return comment.created_at if comment.created_at.tzinfo else comment.created_at.replace(tzinfo=UTC)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
