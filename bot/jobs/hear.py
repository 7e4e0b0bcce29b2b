"""Whether a comment on a pull request is heard: a command, on a request of the bot that is open, by a person who may write here."""

from datetime import datetime
from pathlib import Path

import msgspec

from bot.core.redaction.redaction import Redactor
from bot.core.request import slash_commands
from bot.errors import BadCommand, ForeignRequest
from bot.jobs.revise import Asked
from bot.model.review import Remark
from bot.ports import Conversation, Say
from bot.texts import conversation as texts

MAX_BYTES = 5_000_000


class _User(msgspec.Struct, frozen=True):
    login: str
    type: str = "User"


class _Comment(msgspec.Struct, frozen=True):
    id: int
    user: _User | None
    body: str | None
    created_at: str


class _Issue(msgspec.Struct, frozen=True):
    number: int
    pull_request: dict[str, object] | None = None


class _Event(msgspec.Struct, frozen=True):
    """What GitHub tells of `issue_comment` (docs.github.com, webhook events and payloads); only what is used."""

    action: str
    issue: _Issue
    comment: _Comment


def remark_in(event: Path) -> Remark | None:
    """The comment that an event file tells of; None when it is none that was just made on a pull request. Raises BadCommand."""
    doing = f"reading the event {event}"
    try:
        if event.stat().st_size > MAX_BYTES:
            raise BadCommand(doing, "it is larger than an event can be", "give it the file that GITHUB_EVENT_PATH names")
        told = msgspec.json.decode(event.read_bytes(), type=_Event)
        time = msgspec.convert(told.comment.created_at, type=datetime)
    except OSError as error:
        raise BadCommand(doing, error.strerror or "the disk refused", "give it the file that GITHUB_EVENT_PATH names") from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadCommand(doing, f"it tells of no comment: {error}", "run it in a workflow `on: issue_comment`") from error
    user = told.comment.user
    if told.action != "created" or told.issue.pull_request is None or user is None:
        return None
    by_bot = user.type != "User" or user.login.endswith("[bot]")
    return Remark(told.comment.id, told.issue.number, user.login, told.comment.body or "", time, by_bot)


def hear(remark: Remark, conversation: Conversation, say: Say) -> Asked | None:
    """The command to carry out; None when there is nothing to do, or everything is answered already. Raises ForgeError: an unknown right is no right.

    Who is no writer gets a reaction, and one comment for each request. What is not for the bot is passed over in silence.
    """
    command = None if remark.by_bot else slash_commands.read(remark.text)
    if command is None:
        say("no command for the bot")
        return None
    try:
        request = conversation.request(remark.request)
    except ForeignRequest:
        say(f"request {remark.request} is not the bot's")
        return None
    if not conversation.may_write(remark.author):
        conversation.react(remark.id, "confused")
        conversation.say(request.number, texts.without_right(), "no-right")
        say(f"{remark.author} may not write here")
        return None
    if request.state != "open" and command.kind != "help":
        conversation.react(remark.id, "confused")
        conversation.say(request.number, texts.closed(request.state), f"answer/{remark.id}")
        say(f"request {request.number} is {request.state}")
        return None
    conversation.react(remark.id, "eyes")
    if command.kind == "help":
        conversation.say(request.number, Redactor().text(texts.helped(command)), f"answer/{remark.id}")
        say(f"told {remark.author} what can be said")
        return None
    say(f"{remark.author}: {command.text}")
    # A hint goes from job to job as an output, which the logs of those jobs show.
    told = command if command.kind != "rediagnose" else msgspec.structs.replace(command, argument=Redactor().text(command.argument))
    return Asked(request.number, told, remark.author, remark.id)
