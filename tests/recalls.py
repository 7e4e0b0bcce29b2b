"""A reviewed entry and an alert that it fits, for tests of answers given at once; each test changes what it is about."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from bot.config import Configuration
from bot.config.knowledge import RecurrencePolicy
from bot.core.entry.entry import Entry, amended
from bot.core.entry.instant_answers import counted
from bot.core.entry.library import Library
from bot.core.recurrence import recurrence, trust
from bot.core.signature import signature as signatures
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import (
    AffectedCode,
    Alert,
    Case,
    CodePlace,
    Commit,
    Deploy,
    Detail,
    Diagnosis,
    Evidence,
    FixCheck,
    Frame,
    LogEvent,
    Permalink,
    Recalled,
    Signature,
)
from bot.texts import entry_page
from tests.occurrences import occurrence

CHANNEL, FIRST, AGAIN = "C0ALERTS1", "1765526465.120900", "1765962764.000100"
REVIEWED = datetime(2025, 12, 13, 9, 0, tzinfo=UTC)
AT = "2025-12-13T09:00:00Z"
NOW = datetime(2025, 12, 17, 9, 20, tzinfo=UTC)
CAUSE = "The row lock is gone, so two transfers reserve the same leaf."
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FRAMES = (Frame("submit", "/srv/app/transfers/api.py", 10), Frame("reserve_leaves", "/srv/app/transfers/leaves.py", 42))
PLACE = CodePlace("transfers", "9c0ffee0", "transfers/leaves.py", 42, "reserve_leaves", 41, "    raise ValidationError()\n")


def alert(ts: str = AGAIN, **changes: Any) -> Alert:
    """The insufficient balance in transfer_handler, again."""
    link = Permalink("acme.slack.com", CHANNEL, ts)
    usual = Alert(
        *(link, link.time, "prod", "ValidationError: insufficient leaf balance"),
        error_type="ValidationError",
        culprit="transfer_handler",
        message="insufficient leaf balance",
        frames=FRAMES,
        service="transfers",
        release="2.3.1",
        trace_ids=(TRACE,),
    )
    return msgspec.structs.replace(usual, **changes)


def case(*details: Detail, of: Alert | None = None) -> Case:
    """The case of that alert, with what was seen."""
    posted = of or alert()
    kinds = {CodePlace: "code", Commit: "commit", FixCheck: "fix", Deploy: "deploy", LogEvent: "log"}
    evidence = tuple(
        Evidence(kinds[type(detail)], "test", "https://logs.example/1", getattr(detail, "message", "seen"), f"E{number}", None, "", detail)  # type: ignore[arg-type]
        for number, detail in enumerate(details, start=1)
    )
    return Case(posted, signatures.of(posted), posted.time, posted.time, evidence)


def signature() -> Signature:
    """Of that alert."""
    return signatures.of(alert())


def entry(**meta: Any) -> Entry:
    """The entry of that error as it was reviewed; `meta` changes values of its front matter."""
    seen = occurrence(FIRST, cause=CAUSE, fix="Take the row lock again.")
    named = msgspec.structs.replace(seen.diagnosis, affected_code=(AffectedCode("transfers/leaves.py", 40, "reserve_leaves", "no lock"),))
    made = entry_page.new_entry(signature(), msgspec.structs.replace(seen, diagnosis=named))
    reviewed = trust.reviewed(made, ("mira",), REVIEWED)
    return amended(reviewed, meta) if meta else reviewed


def with_body(of: Entry, old: str, new: str) -> Entry:
    """What a person changed in an entry's words."""
    assert old in of.body
    return Entry(of.meta, of.front, of.body.replace(old, new))


def link(number: int) -> Permalink:
    """An alert of that error, each a second after the one before."""
    return Permalink("acme.slack.com", CHANNEL, f"{1765962764 + number}.000100")


@cache
def with_rows(count: int) -> Entry:
    """The reviewed entry with so many alerts counted."""
    return counted(with_rows(count - 1), link(count - 1), AT) if count else entry()


def event(message: str = "ValidationError: insufficient leaf balance", **changes: Any) -> LogEvent:
    """A line of the alert's trace."""
    usual = LogEvent(alert().time, message, "https://logs.example/1", "ERROR", "transfers", "ValidationError", "", TRACE)
    return msgspec.structs.replace(usual, **changes)


def commit(time: datetime, **changes: Any) -> Commit:
    """A change to the failing line."""
    usual = Commit("transfers", "9c0ffee012ab" + "0" * 28, "Priya", time, "perf: faster", "transfers/leaves.py", "changed the failing lines")
    return msgspec.structs.replace(usual, **changes)


def weigh(
    of: Case | None = None, *others: Entry, own: Entry | None = None, now: datetime = NOW, second: Diagnosis | None = None, **policy: Any
) -> Recalled | None:
    """The decision; the second opinion is that of the rules."""
    library = Library([own or entry(), *others])
    configuration = Configuration(recurrence=RecurrencePolicy(**policy))
    asked = of or case()
    other = second or RulesDiagnoser(configuration.severities).diagnose(asked)
    return recurrence.weigh(asked, library, other, configuration.recurrence, now)


def against(*args: Any, **changes: Any) -> str:
    """The reasons why it does not fit; fails when it does."""
    found = weigh(*args, **changes)
    assert found is not None
    assert not found.fits, found.reasons
    return " | ".join(found.reasons)
