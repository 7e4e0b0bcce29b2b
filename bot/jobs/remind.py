"""Requests that nobody answers are reminded of once, and closed after long: politely, so that the closing is no "no"."""

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
from bot.ports import Conversation, RequestHistory, Say, Transcript, Upkeep
from bot.texts import reminder

MOST = 50
"""Requests that one run speaks on: each takes up to a dozen calls, and an hour has a thousand."""
MOST_PEOPLE = 5
REMINDER, FAREWELL = "reminder", "farewell/"
STEPS: dict[review_marks.Step, str] = {"closing": FAREWELL, "reminder": REMINDER}
"""How the marker of each step's comment begins."""
MARKED, COMMENTED = timedelta(minutes=1), timedelta(seconds=10)
"""How long after the time of a mark, which is its run's, and after our comment, which is the forge's own, what touched a request was that."""


class Reminding(NamedTuple):
    """The adapters, and who is asked: `codeowners` is the text of that file."""

    history: RequestHistory
    upkeep: Upkeep
    conversation: Conversation
    transcript: Transcript
    policy: Requests
    codeowners: str = ""


def remind(desk: Reminding, now: datetime, say: Say) -> tuple[BotError, ...]:
    """Remind of what waits, and close what waited too long, the oldest first. Returns what could not be done. Raises ForgeError."""
    waiting = [one for one in desk.history.requests(now) if one.state == "open"]
    due = sorted((one for one in waiting if _is_due(one, desk.policy, now)), key=lambda one: (one.updated, one.number))
    failures = []
    for one in due[:MOST]:
        try:
            # As it is by now: people speak while others are reminded of.
            request = desk.conversation.request(one.number)
            if request.state == "open" and _is_due(request, desk.policy, now):
                _speak(request, desk, now, say)
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
    if request.updated == UNKNOWN:
        return False
    begun = any(_may_go_on(request, what, policy) and begun_of(request.body, what, request.updated) for what in STEPS)
    return begun or _is_over(request, policy, now) or _is_silent(request, policy, now)


def _may_go_on(request: ReviewRequest, what: review_marks.Step, policy: Requests) -> bool:
    """Whether a step that was begun is still to be finished."""
    return policy.close_after_days > 0 if what == "closing" else policy.remind_after_days > 0 and not reminders_of(request.body)


def _is_silent(request: ReviewRequest, policy: Requests, now: datetime) -> bool:
    """Whether it was never reminded of, though nothing happened for days."""
    return _may_go_on(request, "reminder", policy) and now - request.updated >= timedelta(days=policy.remind_after_days)


def _is_over(request: ReviewRequest, policy: Requests, now: datetime) -> bool:
    """Whether nothing happened for long: only after a reminder, where there are reminders."""
    asked = not policy.remind_after_days or bool(reminders_of(request.body))
    return _may_go_on(request, "closing", policy) and asked and now - request.updated >= timedelta(days=policy.close_after_days)


def _speak(request: ReviewRequest, desk: Reminding, now: datetime, say: Say) -> None:
    """Close it, remind of it, or leave it where somebody spoke after a step that was cut off."""
    closing = _cut_off(request, "closing", desk)
    if closing or _is_over(request, desk.policy, now):
        begun = closing or _begin(request, "closing", desk, now)
        # The same words from every run, so that nothing is edited: how long it was silent before the mark is not known any more.
        words = reminder.farewell(timedelta(days=desk.policy.close_after_days), request)
        desk.conversation.say(request.number, words, f"{FAREWELL}{begun.astimezone(UTC):%Y-%m-%d}")
        desk.upkeep.lapse(request.number)
        say(reminder.lapsed(request))
        return
    if not _cut_off(request, "reminder", desk):
        if not _is_silent(request, desk.policy, now):
            return
        _begin(request, "reminder", desk, now)
    remind_once(request, desk, now, REMINDER)
    say(reminder.reminded(request))


def _begin(request: ReviewRequest, what: review_marks.Step, desk: Reminding, now: datetime) -> datetime:
    """Now, by a mark that is put first: the comment that follows counts as something that happened."""
    desk.upkeep.note(request.number, review_marks.begun(what, now))
    return now


def _cut_off(request: ReviewRequest, what: review_marks.Step, desk: Reminding) -> datetime | None:
    """When a step was begun that is still to be finished, where nothing touched the request since but our mark and comment."""
    begun = begun_of(request.body, what, request.updated) if _may_go_on(request, what, desk.policy) else None
    if begun is None:
        return None
    since = begun - review_marks.EARLY
    if ours := [one.time for one in desk.transcript.said(request.number, STEPS[what]) if one.time >= since]:
        return begun if request.updated <= max(ours) + COMMENTED else None
    # It had been silent for days: what was said since is a person's, however soon after the mark.
    spoke = desk.transcript.latest(request.number)
    return begun if request.updated <= begun + MARKED and (spoke is None or spoke < since) else None


def _page(request: ReviewRequest) -> str:
    """The path whose owners are asked; a branch name may be anybody's, and a path is only compared here."""
    room, _, name = request.branch.partition("/")
    return f"knowledge/errors/{name}.md" if room == "kb" else f"knowledge/{name.partition('/')[0]}s/{name.rpartition('/')[2]}.md"
