"""What the model cost today, added up from the bot's own pull requests: open, closed and merged."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.config import Secret
from bot.core.request import spend_marks
from bot.errors import ForgeError
from bot.forges.github import GitHubForge
from bot.forges.github_spend import GitHubLedger
from bot.forges.local import LocalForge
from bot.forges.local_spend import LocalLedger
from bot.model import Spend
from tests.bare_forges import github
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import NOW, TOKEN, refuse
from tests.proposals import BRANCH, a_proposal, propose
from tests.work_tree import WorkTree

__all__ = ["github"]
pytestmark = pytest.mark.slow

DAY = datetime.fromisoformat(NOW).date()
YESTERDAY = date.fromordinal(DAY.toordinal() - 1)


def mark(dollars: float, day: date = DAY) -> str:
    """What one diagnosis cost on a day."""
    return spend_marks.mark(Spend("claude-sonnet-5-5", 1, 1, 1, dollars=dollars), day, f"{int(dollars * 1e6):x}")


def test_a_day_on_github_is_the_sum_of_its_marks(github: FakeGitHub) -> None:
    """Merged, closed and updated ones count; yesterday's do not; it takes one call and a token that only reads."""
    forge = GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, pace=None)
    propose(forge, a_proposal(spend=mark(0.5)))
    propose(forge, a_proposal("more\n", "c2", spend=mark(0.25)))
    propose(forge, replace(a_proposal(spend=mark(0.125)), branch=f"{BRANCH}x"))
    propose(forge, replace(a_proposal(spend=mark(4, YESTERDAY)), branch=f"{BRANCH}y"))
    github.merge(1)
    github.may_push = False
    calls = len(github.requests)

    assert GitHubLedger(Secret(TOKEN), "acme/knowledge", github.url).spent(DAY) == 0.875
    assert len(github.requests) - calls == 1


def test_others_requests_say_nothing(github: FakeGitHub) -> None:
    """A branch that is not the bot's, and a mark outside the bot's part."""
    forge = GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, pace=None)
    propose(forge, replace(a_proposal(spend=mark(3)), branch="feature"))
    propose(forge, a_proposal(spend=mark(0.5)))
    github.items[2]["body"] += f"\n{mark(9)}"

    assert GitHubLedger(Secret(TOKEN), "acme/knowledge", github.url).spent(DAY) == 0.5


def test_what_cannot_be_added_up_is_an_error(github: FakeGitHub) -> None:
    """A refusal is told; so is a day with more requests than are read."""
    ledger = GitHubLedger(Secret(TOKEN), "acme/knowledge", github.url)
    github.fail(lambda request: request.path.endswith("/pulls"), refuse(403, "Resource not accessible by integration"))
    with pytest.raises(ForgeError, match="adding up what was spent"):
        ledger.spent(DAY)

    forge = GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, pace=None)
    propose(forge, a_proposal(spend=mark(0.5)))
    github.items |= {number: dict(github.items[1]) for number in range(2, 203)}
    with pytest.raises(ForgeError, match="more than 200 pull requests"):
        ledger.spent(DAY)


def test_a_day_of_the_local_forge(tmp_path: Path) -> None:
    """From the texts beside the repository."""
    tree = WorkTree.begun(tmp_path)
    tree.commits({"README.md": "hello\n"}, "start")
    forge = LocalForge(tmp_path, now=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    propose(forge, a_proposal(spend=mark(0.5)))
    propose(forge, a_proposal("more\n", "c2", spend=mark(0.25)))

    assert LocalLedger(tmp_path).spent(DAY) == 0.75
    assert LocalLedger(tmp_path).spent(YESTERDAY) == 0
    shutil.rmtree(tmp_path / ".git")
    with pytest.raises(ForgeError):
        LocalLedger(tmp_path).spent(DAY)
