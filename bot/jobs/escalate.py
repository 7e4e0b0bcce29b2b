"""Reviews that wait longer than their severity allows: the people who are configured for it are told, once for each step."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from bot.config import Configuration
from bot.config.delivery import Step
from bot.core.alert import alert_marks
from bot.core.redaction.redaction import Redactor
from bot.core.request.pull_request_marks import part_of
from bot.core.upkeep.overdue import reached, severity_of
from bot.errors import BotError
from bot.model import Permalink
from bot.model.review import ReviewRequest
from bot.ports import Channels, Chat, RequestHistory, Say
from bot.texts import escalation

BRANCH = "kb/"
MOST = 30
"""Requests that one run speaks of; the next goes on."""


class Escalating(NamedTuple):
    """The adapters, and what is configured."""

    history: RequestHistory
    chat: Chat
    channels: Channels
    configuration: Configuration


def escalate(desk: Escalating, now: datetime, say: Say) -> tuple[BotError, ...]:
    """Tell what is due of every request that is open, the oldest first. Returns what could not be done. Raises ForgeError."""
    waiting = [one for one in desk.history.requests(now) if one.state == "open" and one.branch.startswith(BRANCH)]
    due = [(one, step) for one in sorted(waiting, key=lambda one: (one.opened, one.number)) if (step := _step(one, desk.configuration, now))]
    failures: list[BotError] = []
    spoken = 0
    for request, step in due:
        if spoken >= MOST:
            say(escalation.more())
            break
        try:
            spoken += _told(request, step, desk, now, say)
        except BotError as error:
            failures.append(error)
    if not due:
        say(escalation.nothing(len(waiting)))
    return tuple(failures)


def _step(request: ReviewRequest, configuration: Configuration, now: datetime) -> Step | None:
    severity = severity_of(request)
    return reached(request, [step for step in configuration.escalation if step.severity == severity], now)


def _told(request: ReviewRequest, step: Step, desk: Escalating, now: datetime, say: Say) -> bool:
    """Whether something was said; what was said before is left."""
    marker = f"escalation/{request.branch}/{request.number}/{step.minutes}"
    made = escalation.reply(request, now - request.opened, step.words, step.mention, marker)
    reply = msgspec.structs.replace(Redactor().record(made), marker=marker)
    place = None if step.channel else _thread(request, desk.configuration)
    if place is not None:
        if desk.chat.find_replies(place, (marker,)):
            return False
        desk.chat.reply(place, reply)
        say(escalation.told(request, place.url))
        return True
    channel = step.channel or desk.configuration.intake.channel or next(iter(desk.configuration.channels), "")
    if not channel:
        say(escalation.nowhere(request))
        return False
    if desk.channels.find_post(channel, reply.marker, request.opened + timedelta(minutes=step.minutes)) is not None:
        return False
    desk.channels.post(channel, reply)
    say(escalation.told(request, channel))
    return True


def _thread(request: ReviewRequest, configuration: Configuration) -> Permalink | None:
    """Of the newest alert that the request tells of, in a channel that is configured: a description may have been edited by hand."""
    told = [one.place for one in alert_marks.read(part_of(request.body)) if one.place.in_chat]
    return next((place for place in told if place.channel in configuration.channels), None)
