"""What became of the bot's issues in Linear: all of them in a few calls, and what closed one. Reads only."""

from datetime import datetime, timedelta
from typing import Literal

from bot.config import Secret
from bot.config.tracking import Linear
from bot.core.entry.outline import outline
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import TrackerError
from bot.model.finished import TrackedIssue, TrackedStates
from bot.regex import regex
from bot.trackers import linear_queries
from bot.trackers.linear_api import LinearApi

PAGES = 10
"""Of 100 issues: a call each."""
_MARK = regex(r"errata:issue=([A-Za-z0-9._-]{1,128})\.`")
_PULL_REQUEST = regex(r"https://[A-Za-z0-9.-]{1,200}/([A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100})/pull/([1-9]\d{0,8})\Z")
_OUTCOMES: dict[str, Literal["completed", "not planned"]] = {"completed": "completed", "canceled": "not planned", "duplicate": "not planned"}


class LinearWork:
    """A TrackedWork on the issues that carry our mark, in whatever team they are by now."""

    def __init__(self, key: Secret, settings: Linear, seconds: float = 30.0) -> None:
        self._api = LinearApi(key, settings, seconds)

    def states(self) -> TrackedStates:
        """See `TrackedWork.states`. Archived issues count; those in the bin do not."""
        found, after = list[linear_queries.Issue](), None
        for _ in range(PAGES):
            asked = {"mark": "errata:issue=", "after": after}
            page = self._api.ask(linear_queries.TRACKED, asked, linear_queries.Found, "asking what became of tracking issues").issues
            found += [issue for issue in page.nodes if not issue.trashed and _named(issue)]
            after = page.turn.after if page.turn.more else None
            if not after:
                break
        newest = {_named(issue): issue for issue in sorted(found, key=lambda issue: issue.created)}
        return TrackedStates(tuple(_noun(issue) for issue in found if newest[_named(issue)] is issue), unseen=bool(after))

    def issue(self, reference: str) -> TrackedIssue:
        """See `TrackedWork.issue`. What closed it is a merged pull request that Linear linked to it, and the words of somebody of the workspace."""
        doing = f"reading {one_line(reference)[:60]}"
        found = self._api.ask(linear_queries.ENDED, {"id": reference}, linear_queries.Ended, doing).issue
        if found.trashed:
            raise TrackerError(f"{doing} (Linear)", "it is in the bin", "resolve the entry by hand where it is over: bot resolve <signature> --because …")
        bare = _noun(found)
        if bare.outcome != "completed" or bare.closed is None:
            return bare
        merged = [one.url for one in found.attachments.nodes if one.source == "github" and (one.metadata or {}).get("status") == "merged"]
        requests = [match for url in merged if (match := _PULL_REQUEST.match(url))]
        request = f"{requests[-1][1]}#{requests[-1][2]}" if requests else ""
        return TrackedIssue(bare.reference, bare.url, bare.signature, bare.outcome, bare.closed, "", request, _last_words(found.comments.nodes, bare.closed))


def _named(issue: linear_queries.Issue) -> str:
    """The mark is the last that the bot wrote; what people quoted above is not it."""
    found = _MARK.findall(issue.description or "")
    return found[-1] if found else ""


def _noun(issue: linear_queries.Issue) -> TrackedIssue:
    return TrackedIssue(issue.identifier, issue.url, _named(issue), _OUTCOMES.get(issue.state.type, "open"), linear_queries.moment(issue.completed))


def _last_words(comments: list[linear_queries.Comment], closed: datetime) -> str:
    """The first paragraph of the last comment of a person around the closing."""
    near = timedelta(days=1)
    timed = [(time, one) for one in comments if one.user is not None and "errata:issue=" not in one.body and (time := linear_queries.moment(one.created))]
    said = [one.body for time, one in sorted(timed, key=lambda pair: pair[0]) if closed - near <= time <= closed + timedelta(hours=1)]
    prose = [line.text for line in outline(said[-1].replace("\r\n", "\n")[:10_000]).lines if not line.hidden] if said else []
    return cut(one_line("\n".join(prose).strip().partition("\n\n")[0]), 300)
