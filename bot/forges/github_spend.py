"""What the model cost on a day, added up from the marks in the bot's own pull requests on GitHub."""

from datetime import UTC, date, datetime, time

from bot.config import Secret
from bot.core.request.pull_request_marks import spends_of
from bot.errors import ForgeError
from bot.forges.github_requests import is_ours, time_of
from bot.github_client import connect, refused

PAGES = 2
"""Of 100 requests: one call for each."""


class GitHubLedger:
    """A Ledger on GitHub: open, closed and merged requests, in at most two calls. Needs `pull-requests: read`."""

    def __init__(self, token: Secret, repository: str, api_url: str) -> None:
        self._repo = connect(token, repository, api_url, pace=None, patience=10)
        self._name = repository.lower()

    def spent(self, day: date) -> float:
        """See `Ledger.spent`. A request of a fork says nothing, whatever its branch is called. Raises ForgeError also when there are too many to read."""
        doing = f"adding up what was spent on {day}"
        begins, dollars = datetime.combine(day, time(), UTC), 0.0
        with refused(doing):
            # A request that tells of a diagnosis of that day was touched on that day or later.
            listed = self._repo.get_pulls(state="all", sort="updated", direction="desc")
            for number in range(PAGES):
                page = listed.get_page(number)
                dollars += sum(spend.dollars for request in page if is_ours(request, self._name) for spend in spends_of(request.body) if spend.day == day)
                if len(page) < 100 or time_of(page[-1].updated_at) < begins:
                    return dollars
        raise ForgeError(
            doing,
            f"more than {PAGES * 100} pull requests were touched since",
            "wait for tomorrow, or set `claude: unknown_day: continue` to do without the day's ceiling",
        )
