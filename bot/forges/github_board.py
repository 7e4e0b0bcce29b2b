"""The dashboard issue on GitHub: one, found by its label and a hidden mark, whatever people did to its title or text."""

from collections.abc import Iterator

from github import GithubException
from github.Issue import Issue

from bot.config import Secret
from bot.core.request.issue_marks import carries, marked
from bot.errors import ForgeError, StaleBranch
from bot.forges.github_requests import may_write
from bot.github_client import connect, refused
from bot.model.review import BoardPage

LABEL = "errata-dashboard"
MARKER = "errata-dashboard"
TITLE = "Errata: what waits, what came back, what it costs"
LATEST = 100
TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")
"""Of whom GitHub is asked whether they may write here. A member or a collaborator may be one who only reads."""


class GitHubBoard:
    """A Board on GitHub. `pace` is the number of seconds between writes, None for none. Needs `issues: write`."""

    def __init__(self, token: Secret, repository: str, api_url: str, pace: float | None = 1.0) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._writers: dict[str, bool] = {}

    def read(self) -> BoardPage | None:
        """See `Board.read`. One call; where no labelled issue is there, a second one, for a board whose label was taken away."""
        doing = "reading the dashboard issue on GitHub"
        try:
            with refused(doing):
                issue = self._find()
                return _page(issue) if issue is not None else None
        except ForgeError as error:
            if isinstance(error.__cause__, GithubException) and error.__cause__.status == 410:
                remedy = "turn on Settings → General → Features → Issues, or set `dashboard: enabled: false`"
                raise ForgeError(doing, error.cause, remedy) from error
            raise

    def write(self, text: str, before: BoardPage | None) -> BoardPage:
        """See `Board.write`. A ticked box that came in meanwhile is never written over, but in the second between the last look and the writing."""
        with refused("writing the dashboard issue on GitHub"):
            if before is None:
                return self._opened(text)
            issue = self._repo.get_issue(int(before.reference))
            if (issue.body or "") != before.text or issue.state != "open":
                raise StaleBranch("writing the dashboard issue on GitHub", "somebody changed it meanwhile", "run this again")
            if text != before.text:
                issue.edit(body=text if carries(text, MARKER) else marked_last(text))
            if LABEL not in {label.name for label in issue.labels}:
                issue.add_to_labels(LABEL)
            return _page(issue)

    def _find(self) -> Issue | None:
        labelled = self._repo.get_issues(state="all", labels=[LABEL], sort="created", direction="asc")
        ours = [issue for issue in labelled if self._is_ours(issue, labelled=True)] or [
            issue for issue in self._latest() if self._is_ours(issue, labelled=False)
        ]
        # An open one first: the board of somebody who closed it and let a new one be opened.
        return min(ours, key=lambda issue: (issue.state != "open", issue.number), default=None)

    def _latest(self) -> Iterator[Issue]:
        yield from self._repo.get_issues(state="open", sort="updated", direction="desc").get_page(0)[:LATEST]

    def _is_ours(self, issue: Issue, *, labelled: bool) -> bool:
        """A bot's, or that of a person who may write here: a bot that runs with a person's token has that person's name.

        Anybody may open an issue that carries the mark, and edit it later: were it the board, boxes ticked there would pass for those of
        whoever edits next. A board whose text was deleted has lost its mark; its label and its author stay.
        """
        author = issue.user
        if "/pull/" in issue.html_url or author is None:
            return False
        marked_ours = carries(issue.body, MARKER)
        if author.login.endswith("[bot]") or author.type == "Bot":
            return labelled or marked_ours
        named_ours = marked_ours or (labelled and issue.title == TITLE)
        return named_ours and issue.author_association in TRUSTED and self._may_write(author.login)

    def _may_write(self, login: str) -> bool:
        if login not in self._writers:
            self._writers[login] = may_write(self._repo, login)
        return self._writers[login]

    def _opened(self, text: str) -> BoardPage:
        issue = self._repo.create_issue(TITLE, body=marked_last(text), labels=[LABEL])
        first = self._find()
        if first is not None and first.number < issue.number and first.state == "open":
            # Two runs at once opened one each: the earlier stays.
            issue.edit(body="Opened twice at once; the other one is the board.", state="closed", labels=[])
            return _page(first)
        return _page(issue)


def marked_last(text: str) -> str:
    """The text with the mark by which the board is found, at its end. Marks of its own kind (boxes) stay."""
    return f"{text.rstrip()}\n\n{marked('', MARKER).strip()}\n"


def _page(issue: Issue) -> BoardPage:
    return BoardPage(str(issue.number), issue.html_url, issue.body or "", issue.state == "open")
