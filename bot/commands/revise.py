"""`bot revise`: what a comment asks for, the whole way; with `--out` only the half that reads."""

import argparse

from bot import wiring
from bot.commands.revising import asked_database, asked_of, diagnosed, response, rows_in
from bot.commands.telling import say, settings_of
from bot.config import Settings
from bot.core.request.comment_marks import unmarked
from bot.errors import BadCommand, BotError
from bot.forges.local_conversation import LocalConversation
from bot.jobs import failure_note
from bot.jobs.hear import hear
from bot.jobs.proposal_directory import refuse_foreign, write
from bot.jobs.respond import Found
from bot.jobs.revise import Asked
from bot.texts import report


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    return _read_only(arguments, settings) if arguments.out is not None else carry_out(_heard(arguments, settings), settings)


def carry_out(asked: Asked | None, settings: Settings) -> int:
    """Read, write and answer in one process: for the local forge, and for a person with a token of their own."""
    if asked is None:
        return 0
    found = Found()
    try:
        run = asked_database(asked, settings) if asked.command.kind == "approve-query" else None
        found = Found(run=run)
        found = diagnosed(asked, settings, run)
    except BotError as error:
        found = found._replace(failure=failure_note.note_of(error, settings.own_secrets()))
    failure = response(settings).respond(asked, found)
    show(asked, settings)
    return 1 if failure is not None else 0


def show(asked: Asked, settings: Settings) -> None:
    """The bot's answers to a comment, as they stand on the request."""
    conversation = wiring.conversation(settings)
    markers = (f"query/{asked.command.argument}",) if asked.command.kind == "approve-query" else ()
    told = [unmarked(one.text).strip() for marker in (*markers, f"answer/{asked.remark}") for one in conversation.said(asked.request, marker)]
    for number, text in enumerate(told):
        # An answer that repeats an earlier one holds it whole.
        if not any(text in later for later in told[number + 1 :]):
            say(f"\n{text}")


def _read_only(arguments: argparse.Namespace, settings: Settings) -> int:
    """The job without the right to write: what it found, or why it found nothing, is left for the one that answers."""
    refuse_foreign(arguments.out)
    try:
        asked = asked_of(arguments)
        found = diagnosed(asked, settings, rows_in(arguments.result, settings))
        write(arguments.out, found.proposed, tuple(report.preview(one.case, one.diagnosis) for one in found.proposed))
    except BotError as error:
        failure_note.leave(arguments.out, failure_note.note_of(error, settings.own_secrets()))
        raise
    say(report.written(str(arguments.out), len(found.proposed)))
    return 0


def _heard(arguments: argparse.Namespace, settings: Settings) -> Asked | None:
    """On the local forge what is typed becomes a comment first, and is heard like one."""
    conversation = wiring.conversation(settings)
    if not isinstance(conversation, LocalConversation):
        return asked_of(arguments)
    conversation.request(arguments.request)
    remark = conversation.remark(arguments.request, arguments.by or "a reviewer", arguments.comment)
    asked = hear(remark, conversation, say)
    if asked is None:
        answers = [one for marker in (f"answer/{remark.id}", "no-right") for one in conversation.said(arguments.request, marker)]
        if not answers:
            raise BadCommand("reading the comment", "it holds no command", 'say `--comment "/help"` to see them')
        say(f"\n{unmarked(answers[0].text)}")
    return asked
