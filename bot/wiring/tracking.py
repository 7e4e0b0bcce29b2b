"""Where follow-up work is tracked, and where its end is read."""

from typing import TYPE_CHECKING

from bot.config import Secret, Settings
from bot.config.tracking import ISSUE_TRACKERS
from bot.ports import Procedure, TrackedWork, Tracker, WorkLog
from bot.wiring.access import github, required

if TYPE_CHECKING:
    from bot.trackers.odoo import OdooTracker


def tracker(settings: Settings) -> Tracker | None:
    """Where follow-up work is tracked; None where it is not."""
    if settings.configuration.tracker == "none":
        return None
    if settings.configuration.tracker == "local":
        from bot.trackers.local import LocalTracker

        return LocalTracker(settings.root / settings.configuration.embedded.issues)
    people = settings.configuration.tracking.people
    if settings.configuration.tracker == "linear":
        from bot.trackers.linear import LinearTracker

        return LinearTracker(required(settings, "LINEAR_API_KEY", "see docs/delivery.md, Linear"), settings.configuration.linear, people)
    if settings.configuration.tracker == "odoo":
        return _odoo(settings)
    from bot.trackers.github import GitHubTracker

    return GitHubTracker(*github(settings), settings.configuration.limits.seconds_between_writes, people)


def issue_tracker(settings: Settings) -> Tracker | None:
    """Where action items and patterns become issues; None where the tracker keeps none."""
    return tracker(settings) if settings.configuration.tracker in ISSUE_TRACKERS else None


def procedure(settings: Settings) -> Procedure | None:
    """The quality system that keeps a run for each alert; None where there is none. Raises BadConfiguration without its address or key."""
    return _odoo(settings) if settings.configuration.tracker == "odoo" else None


def _odoo(settings: Settings) -> "OdooTracker":
    from bot.trackers.odoo import OdooTracker

    return OdooTracker(*_odoo_access(settings), settings.configuration.odoo)


def _odoo_access(settings: Settings) -> tuple[str, str, Secret]:
    """Address, login and key. Raises BadConfiguration."""
    url = settings.configuration.odoo.url or required(settings, "ODOO_URL", "see docs/delivery.md, Odoo").reveal()
    login = required(settings, "ODOO_LOGIN", "see docs/delivery.md, Odoo").reveal()
    return url, login, required(settings, "ODOO_API_KEY", "see docs/delivery.md, Odoo")


def work(settings: Settings) -> WorkLog:
    """What was finished that may have ended an error."""
    if settings.configuration.forge == "local":
        from bot.forges.local_work import LocalWork

        return LocalWork(settings.root, settings.root / settings.configuration.embedded.issues)
    from bot.forges.github_work import GitHubWork

    return GitHubWork(*github(settings), settings.configuration.default_branch)


def tracked_work(settings: Settings) -> TrackedWork | None:
    """What became of the tracking issues; None where nothing is tracked."""
    configuration = settings.configuration
    if configuration.tracker == "none":
        return None
    if configuration.tracker == "local":
        from bot.forges.local_work import LocalWork

        return LocalWork(settings.root, settings.root / configuration.embedded.issues)
    if configuration.tracker == "linear":
        from bot.trackers.linear_work import LinearWork

        return LinearWork(required(settings, "LINEAR_API_KEY", "see docs/delivery.md, Linear"), configuration.linear)
    if configuration.tracker == "odoo":
        from bot.trackers.odoo_work import OdooWork

        return OdooWork(*_odoo_access(settings), configuration.odoo)
    from bot.forges.github_work import GitHubWork

    return GitHubWork(*github(settings), configuration.default_branch)
