"""What the model cost on a day, added up from the marks in the texts beside a local repository."""

from datetime import date
from pathlib import Path

from bot.core.request.pull_request_marks import spends_of
from bot.forges.local_git import LocalGit
from bot.forges.local_pulls import Pulls


class LocalLedger:
    """A Ledger on the requests of the local forge."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository

    def spent(self, day: date) -> float:
        """See `Ledger.spent`."""
        pulls = Pulls(LocalGit(self._repository).folder / "errata" / "pulls")
        return sum(spend.dollars for pull in pulls.all() for spend in spends_of(pulls.body(pull.number)) if spend.day == day)
