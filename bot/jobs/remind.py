"""Requests that nobody answers are reminded of once, and closed after long: politely, so that the closing is no "no"."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.config.knowledge import Requests
from bot.core.code.codeowners import owners
from bot.core.code.handles import handles
from bot.core.redaction.redaction import Redactor
from bot.core.request import review_marks
from bot.core.request.pull_request_marks import begun_of, reminders_of
from bot.errors import BotError
from bot.model.review import UNKNOWN, ReviewRequest
from bot.ports import Conversation, RequestHistory, Upkeep
from bot.texts import reminder

Say = Callable[[str], None]
MOST = 50
"""Requests that one run speaks on: each takes up to eight calls, and an hour has a thousand."""
MOST_PEOPLE = 5


class Reminding(NamedTuple):
    """The adapters, and who is asked: `codeowners` is the text of that file."""

    history: RequestHistory
    upkeep: Upkeep
    conversation: Conversation
    policy: Requests
    codeowners: str = ""


def remind(desk: Reminding, now: datetime, say: Say) -> tuple[BotError, ...]:
    """Remind of what waits, and close what waited too long, the oldest first. Returns what could not be done. Raises ForgeError."""
    waiting = [one for one in desk.history.requests(now) if one.state == "open"]
    due = sorted((one for one in waiting if _is_due(one, desk.policy, now)), key=lambda one: (one.updated, one.number))
    failures = []
    for one in due[:MOST]:
        try:
            _speak(one, desk, now, say)
        except BotError as error:
            failures.append(error)
    if len(due) > MOST:
        say(reminder.more(len(due) - MOST))
    if not due:
        say(reminder.nobody())
    return tuple(failures)


def remind_once(request: ReviewRequest, desk: Reminding, now: datetime, marker: str) -> None:
    """Say on a request that it waits, once for each marker, and remember it, once a day."""
    people = handles((*desk.policy.mention, *owners(desk.codeowners, _page(request))))[:MOST_PEOPLE]
    words = reminder.reminder(max(now - request.opened, timedelta(0)), people, desk.policy.close_after_days)
    desk.conversation.say(request.number, Redactor().text(words), marker)
    if now.date() not in {known.astimezone(now.tzinfo).date() for known in reminders_of(request.body)}:
        desk.upkeep.note(request.number, review_marks.reminded(now))


def _is_due(request: ReviewRequest, policy: Requests, now: datetime) -> bool:
    return request.updated != UNKNOWN and (_is_over(request, policy, now) or _is_silent(request, policy, now))


def _is_silent(request: ReviewRequest, policy: Requests, now: datetime) -> bool:
    """Whether it was never reminded of, though nothing happened for days but a reminder that was cut off."""
    cut_off = begun_of(request.body, "reminder", request.updated) is not None
    idle = now - request.updated
    return policy.remind_after_days > 0 and (cut_off or idle >= timedelta(days=policy.remind_after_days)) and not reminders_of(request.body)


def _is_over(request: ReviewRequest, policy: Requests, now: datetime) -> bool:
    """Whether nothing happened for long: only after a reminder, where there are reminders. A closing that was cut off is finished."""
    if policy.close_after_days > 0 and begun_of(request.body, "closing", request.updated):
        return True
    asked = not policy.remind_after_days or bool(reminders_of(request.body))
    return policy.close_after_days > 0 and asked and now - request.updated >= timedelta(days=policy.close_after_days)


def _speak(request: ReviewRequest, desk: Reminding, now: datetime, say: Say) -> None:
    if _is_over(request, desk.policy, now):
        begun = _begun(request, "closing", desk, now)
        # The same words from every run, so that nothing is edited: how long it was silent before the mark is not known any more.
        words = reminder.farewell(timedelta(days=desk.policy.close_after_days), request)
        desk.conversation.say(request.number, words, f"farewell/{begun.astimezone(UTC):%Y-%m-%d}")
        desk.upkeep.lapse(request.number)
        say(reminder.lapsed(request))
        return
    _begun(request, "reminder", desk, now)
    remind_once(request, desk, now, "reminder")
    say(reminder.reminded(request))


def _begun(request: ReviewRequest, what: review_marks.Step, desk: Reminding, now: datetime) -> datetime:
    """When it was begun, by a mark that is put first: the comment that follows counts as something that happened."""
    begun = begun_of(request.body, what, request.updated)
    if begun is None:
        desk.upkeep.note(request.number, review_marks.begun(what, now))
    return begun or now


def _page(request: ReviewRequest) -> str:
    """The path whose owners are asked; a branch name may be anybody's, and a path is only compared here."""
    room, _, name = request.branch.partition("/")
    return f"knowledge/errors/{name}.md" if room == "kb" else f"knowledge/{name.partition('/')[0]}s/{name.rpartition('/')[2]}.md"
