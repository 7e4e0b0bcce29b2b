"""A failing function, and commits that may have brought the failure."""

from datetime import UTC, datetime, timedelta

from bot.core.code.hunks import Hunk
from bot.core.code.words import basis
from bot.core.suspects.failure_scene import Candidate, Scene, Site

NOW = datetime(2025, 12, 17, 9, 0, tzinfo=UTC)
PAY, LEDGER = "pay/charge.py", "pay/ledger.py"
CHARGE = [
    "def charge(order, session, limit):",
    "    owner = find_owner(session, order)",
    "    if owner is None:",
    "        return None",
    "    rows = load_rows(session, owner)",
    "    for row in rows:",
    '        ref = row["ledger_id"]',
    "        post(ref)",
    "    return rows",
]
FAILING = 16
"""The line of `ref = row["ledger_id"]`, in a function that begins at line 10."""


def scene(message: str = "'ledger_id'", error: str = "KeyError", **more: object) -> Scene:
    """The function above fails at that line."""
    site = Site(PAY, "charge", basis(CHARGE, 10, (FAILING, FAILING)), dict(enumerate(CHARGE, start=10)))
    return Scene(NOW, f"{error}: {message}", message, (site,), **more)  # type: ignore[arg-type]


def hunk(path: str, removed: str, added: str, *within: str) -> Hunk:
    """One run of changed lines."""
    return Hunk(path, path, within, tuple(removed.split("\n")) if removed else (), tuple(added.split("\n")) if added else ())


def candidate(sha: str, *changed: Hunk, days: float = 3, **more: object) -> Candidate:
    """A commit so many days before the failure."""
    return Candidate(sha, NOW - timedelta(days=days), f"change {sha}", changed, paths=tuple(one.path for one in changed), **more)  # type: ignore[arg-type]


LOG = candidate("log", hunk(PAY, "", '    logger.info("owner %s", owner)', "charge"), days=0.1)
"""The rival in most tests: newer, in the failing function, harmless."""
