"""Which step of an escalation a waiting review has reached."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.core.entry.meta import SEVERITIES
from bot.model import Severity
from bot.model.review import ReviewRequest


class Timed(Protocol):
    """A step of an escalation, due so many minutes after the request was opened."""

    @property
    def minutes(self) -> int: ...  # noqa: D102 - the class says it


S = TypeVar("S", bound=Timed)


def severity_of(request: ReviewRequest) -> Severity | None:
    """The graver of the severities that its labels name; a person may have changed them, and decides."""
    named = {label.casefold().removeprefix("severity:").strip() for label in request.labels if label.casefold().startswith("severity:")}
    return next((severity for severity in SEVERITIES if severity in named), None)


def reached(request: ReviewRequest, steps: Sequence[S], now: datetime) -> S | None:
    """The last step that is due, None while none is. Earlier steps that nobody took are not made up for: one message is enough.

    A clock that is behind the forge's makes nothing due.
    """
    waited = now - request.opened
    due = [step for step in steps if waited >= timedelta(minutes=step.minutes) and waited >= timedelta()]
    return max(due, key=lambda step: step.minutes, default=None)
