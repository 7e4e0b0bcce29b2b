"""Where requests are opened, talked about, counted and merged."""

from datetime import date
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.ports import Board, Forge, Ledger, Merging, RequestHistory, Upkeep
from bot.wiring.access import github

if TYPE_CHECKING:
    from bot.forges.github_conversation import GitHubConversation
    from bot.forges.local_conversation import LocalConversation


def forge(settings: Settings) -> Forge:
    """Where pull requests are opened. Raises BadConfiguration without its token or repository."""
    if settings.configuration.forge == "local":
        from bot.forges.local import LocalForge

        return LocalForge(settings.root, settings.configuration.default_branch)
    from bot.forges.github import GitHubForge

    return GitHubForge(*github(settings), settings.configuration.default_branch, settings.configuration.limits.seconds_between_writes)


def requests(settings: Settings, editors: int = 0) -> RequestHistory:
    """The bot's own pull requests; of so many merged ones it is told who edited them."""
    if settings.configuration.forge == "local":
        from bot.forges.local_requests import LocalRequests

        return LocalRequests(settings.root, settings.configuration.default_branch)
    from bot.forges.github_requests import GitHubRequests

    return GitHubRequests(*github(settings, "GITHUB_TOKEN", "LEDGER_TOKEN"), editors=editors)


def upkeep(settings: Settings) -> Upkeep:
    """What is done to requests that wait, or have ended."""
    if settings.configuration.forge == "local":
        from bot.forges.local_requests import LocalRequests

        return LocalRequests(settings.root, settings.configuration.default_branch)
    from bot.forges.github_upkeep import GitHubUpkeep

    return GitHubUpkeep(*github(settings), settings.configuration.limits.seconds_between_writes)


def board(settings: Settings) -> Board:
    """Where the dashboard is kept."""
    if settings.configuration.forge == "local":
        from bot.forges.local_board import LocalBoard

        return LocalBoard(settings.root)
    from bot.forges.github_board import GitHubBoard

    return GitHubBoard(*github(settings), settings.configuration.limits.seconds_between_writes)


def conversation(settings: Settings) -> "GitHubConversation | LocalConversation":
    """What is said on the bot's pull requests: a Conversation, and the Transcript of it."""
    if settings.configuration.forge == "local":
        from bot.forges.local_conversation import LocalConversation

        return LocalConversation(settings.root, settings.configuration.default_branch)
    from bot.forges.github_conversation import GitHubConversation

    return GitHubConversation(*github(settings), settings.configuration.limits.seconds_between_writes)


def merging(settings: Settings) -> Merging:
    """What merges a request that only counts, where the policy allows it."""
    if settings.configuration.forge == "local":
        from bot.forges.local_merge import LocalMerging

        return LocalMerging(settings.root, settings.configuration.default_branch)
    from bot.forges.github_merge import GitHubMerging

    return GitHubMerging(*github(settings), settings.configuration.limits.seconds_between_writes)


def ledger(settings: Settings) -> Ledger:
    """What the model cost so far. Raises BadConfiguration without a token or repository."""
    if settings.configuration.forge == "local":
        from bot.forges.local_spend import LocalLedger

        return LocalLedger(settings.root)
    from bot.forges.github_spend import GitHubLedger

    token, repository, api_url = github(settings, "LEDGER_TOKEN", "GITHUB_TOKEN")
    return GitHubLedger(token, repository, api_url)


class LazyLedger:
    """A Ledger that is made when it is read: without its token, the day is not known, and the diagnosis goes on by the configuration."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def spent(self, day: date) -> float:
        """See `Ledger.spent`. Raises BadConfiguration as well."""
        return ledger(self._settings).spent(day)
