"""Entries and requests for tests of the dashboard, the reminders and the reviews: a small shop in November 2026."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace

from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import Setting
from bot.core.request import gap_marks, spend_marks
from bot.core.request.pull_request_marks import framed
from bot.model import Gap, Spend
from bot.model.review import ReviewRequest
from bot.texts.entry_page import new_entry
from tests.occurrences import occurrence, signature

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
"""Week 47 begins."""
CULPRITS = "reserve_leaves", "charge_card", "render_page"


def link(time: datetime) -> str:
    """The permalink of an alert that was posted then."""
    return f"https://acme.slack.com/archives/C0ALERTS1/p{int(time.timestamp() * 1_000_000):016}"


def an_entry(
    message: str, times: Iterable[datetime] = (), *, cause: str = "The row lock is gone.", culprit: str = "transfer_handler", **meta: Setting
) -> Entry:
    """An entry of an error with this message, that happened at these times."""
    seen = sorted(times) or [MONDAY]
    named = signature(message=message, culprit=culprit)
    facts: dict[str, Setting] = {
        "threads": tuple(map(link, seen)),
        "occurrences": len(seen),
        "first_seen": f"{seen[0]:%Y-%m-%dT%H:%M:%SZ}",
        "last_seen": f"{seen[-1]:%Y-%m-%dT%H:%M:%SZ}",
    }
    return amended(new_entry(named, occurrence(f"{int(seen[0].timestamp())}.000000", cause=cause)), {**facts, **meta})


def a_request(number: int, *, opened: datetime = NOW - timedelta(days=1), body: str = "", spend: str = "", **changes: Any) -> ReviewRequest:
    """A request that waits since yesterday, as the forge would tell of it."""
    usual = ReviewRequest(
        number=number,
        url=f"https://github.com/acme/knowledge/pull/{number}",
        title=f"New: ValidationError in transfer_handler ({number})",
        branch=f"kb/transfer_handler_ValidationError_{number:06x}",
        state="open",
        opened=opened,
        updated=opened,
        body=framed(body or f"Alert: {link(opened - timedelta(minutes=4))}", f"c{number}", case=f"{number:x}", spend=spend),
        labels=("severity:high", "category:application"),
    )
    return replace(usual, **changes)


def cost(dollars: float, day: datetime, model: str = "claude-sonnet-5-5", case: str = "ab12") -> str:
    """The mark of a diagnosis."""
    return spend_marks.mark(Spend(model, 1, 1, 1, dollars=dollars), day.date(), case)


def blind(source: str, day: datetime, cause: str = "session expired") -> str:
    """The mark of a diagnosis that could not ask a source."""
    return gap_marks.mark([Gap(source, "errors around the alert", cause, "sign in again")], day.date())


def at(day: int, hour: int = 12) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def a_week() -> tuple[list[Entry], list[ReviewRequest]]:
    """What happened in week 47 of 2026, and in the week before; lists of one's own."""
    entries, requests = _a_week()
    return list(entries), list(requests)


@cache
def _a_week() -> tuple[list[Entry], list[ReviewRequest]]:
    lock = "Two requests update the same row without a lock."
    entries = [
        an_entry("insufficient leaf balance", [at(10), at(16), at(17), at(17, 15), at(19)], cause=lock, services=("transfers",), severity="critical"),
        an_entry("balance is negative", [at(18), at(18, 13)], cause=lock, services=("transfers",), status="diagnosed"),
        an_entry(
            "tree is stale", [at(9), at(11), at(20)], cause=lock, services=("transfers", "accounts"), status="regressed", resolution="Lock, commit 4be91d07"
        ),
        an_entry("card was declined", [at(12), at(13)], culprit="charge_card", services=("payments",), category="infrastructure"),
        an_entry(
            "template not found",
            [at(9), at(16)],
            culprit="render_page",
            services=("web",),
            category="deployment",
            status="resolved",
            resolution="Template put back, commit 9c0ffee0",
            resolved_at="2026-11-18T12:00:00Z",
        ),
        an_entry("a relic of spring", [datetime(2026, 3, 2, tzinfo=UTC)], culprit="old_job", services=("batch",)),
    ]
    merged = {"state": "merged"}
    requests = [
        a_request(41, opened=at(16, 13), ended=at(16, 15), updated=at(16, 15), spend=cost(0.41, at(16), case="a1"), edited_by=("mira",), **merged),
        a_request(42, opened=at(18), ended=at(19), updated=at(19), spend=cost(0.29, at(18), "claude-opus-5-5", "a2"), **merged),
        a_request(43, opened=at(19), ended=at(20), updated=at(20), state="closed"),
        a_request(44, opened=at(20), spend=blind("opensearch prod", at(20)), labels=("severity:critical",)),
        a_request(40, opened=at(11), spend=cost(0.5, at(11), case="a3") + blind("opensearch prod", at(19))),
    ]
    return entries, requests
