"""`bot intake`: the alerts of what an alerting system sent, as a diagnosis reads them."""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import wiring
from bot.commands.telling import aside, settings_of
from bot.config import Settings
from bot.core.alert import alert_marks
from bot.core.intake.reading import MAX_BYTES
from bot.core.redaction.redaction import Redactor
from bot.core.request.pull_request_marks import part_of
from bot.errors import BadCommand, BotError
from bot.jobs.intake import Accepted, accept
from bot.model import Message
from bot.texts import failure, intaking, workflow

REMEMBERED = timedelta(days=30)
"""How long ago a request may have been touched last, to be looked through for an alert that is sent again."""


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    found = accepted(arguments.file, settings)
    aside(told(found))
    redactor = Redactor(own=settings.own_secrets())
    for message in found.messages:
        print(workflow.inert_log(intaking.message(redactor.record(message))))  # noqa: T201 - the command's answer
    return 0


def accepted(file: str | Path, settings: Settings) -> Accepted:
    """The alerts of a file, or of standard input for `-`. Raises BadCommand."""
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadCommand(f"reading the payload in {file}", error.strerror or "the disk refused", "name a file that can be read, or `-`") from error
    return accept(content, settings.configuration, datetime.now(UTC))


def new(found: Accepted, settings: Settings) -> tuple[Message, ...]:
    """The alerts that no entry and no request tells of: systems repeat their alerts for as long as they last. Where requests cannot be
    listed, it is said, and an alert may be diagnosed again; it is not recorded twice."""
    places = tuple(message.permalink for message in found.messages)
    entries = wiring.knowledge(settings).entries().values()
    known = {place for place in places if any(place.url in text for text in entries)}
    try:
        requests = wiring.requests(settings).requests(datetime.now(UTC) - REMEMBERED) if len(known) < len(places) else ()
    except BotError as error:
        aside(failure.sentence(error, annotate=False, own=settings.own_secrets()))
        requests = ()
    known |= {told.place for request in requests for told in alert_marks.read(part_of(request.body))}
    for place in (place for place in places if place in known):
        aside(intaking.known(place))
    return tuple(message for message in found.messages if message.permalink not in known)


def told(found: Accepted) -> str:
    """The counts, in a line."""
    return intaking.accepted(len(found.messages), found.repeats, found.ended, found.left_out, found.unreadable)
