"""What the commands of a review share: a command that was typed, and the half of it that reads."""

import argparse
import sys
from pathlib import Path

from bot import wiring
from bot.commands.desk import desk_of
from bot.commands.telling import say
from bot.config import Settings
from bot.core.redaction.redaction import Redactor
from bot.core.request import slash_commands
from bot.core.sql.approvable_query import query_of
from bot.core.sql.query_answers import results_of
from bot.errors import BadCommand
from bot.jobs.incident import Incidents
from bot.jobs.propose import Run
from bot.jobs.query import QueryRun, read_run, run_query
from bot.jobs.redacting import redactor_of
from bot.jobs.respond import Found, Response
from bot.jobs.revise import Asked, Study, rediagnosed


def asked_of(arguments: argparse.Namespace) -> Asked:
    """The command of `--comment`. Raises BadCommand for what is none."""
    command = slash_commands.read(arguments.comment)
    if command is None or command.problem:
        cause = command.problem if command else "it holds no command"
        raise BadCommand("reading the comment", cause, "say one of /rediagnose <hint>, /approve-query <digest>, /withdraw, /merge-into <signature>, /help")
    return Asked(arguments.request, command, arguments.by, arguments.remark)


def asked_database(asked: Asked, settings: Settings) -> QueryRun | None:
    """The approved query is run; None when it ran before, or when the request shows no such query: nothing is asked then."""
    conversation, digest = wiring.conversation(settings), asked.command.argument
    query = query_of(conversation.request(asked.request).body, digest)
    before = conversation.said(asked.request, f"query/{digest}")
    if query is None or before:
        say(f"{digest}: it ran before" if before else f"{digest}: the request shows no such query")
        return None
    redactor = redactor_of(settings.configuration, settings.own_secrets())
    run = run_query(query, lambda name: wiring.database(settings, name), redactor, asked.author)
    say(f"{digest}: {'the query ran' if run.evidence else f'the query did not run: {run.cause}'}")
    return run


def diagnosed(asked: Asked, settings: Settings, run: QueryRun | None) -> Found:
    """The request's alert diagnosed again, with these rows and those of earlier approvals. Raises BotError."""
    if asked.command.kind not in ("rediagnose", "approve-query") or (asked.command.kind == "approve-query" and (run is None or run.evidence is None)):
        return Found(run=run)
    conversation = wiring.conversation(settings)
    redactor = Redactor(own=settings.own_secrets())
    earlier = [redactor.record(one) for one in results_of(conversation.said(asked.request, "query/"))]
    rows = [*earlier, *([run.evidence] if run is not None and run.evidence is not None else [])]
    study = Study(wiring.forge(settings), wiring.chat(settings, sys.stdout), desk_of(settings), wiring.diagnoser(settings), say, wiring.addresses(settings))
    proposed = rediagnosed(asked, conversation.request(asked.request), rows, study)
    return Found((proposed,), run)


def rows_in(folder: Path | None, settings: Settings) -> QueryRun | None:
    """What the job before left, if it left anything. Raises BadProposal."""
    return read_run(folder, settings.own_secrets()) if folder is not None else None


def response(settings: Settings) -> Response:
    """What answers."""
    incidents = Incidents(wiring.requests(settings), say)
    run = Run(wiring.forge(settings), wiring.library(settings), settings.configuration, say, incidents=incidents)
    return Response(wiring.conversation(settings), wiring.upkeep(settings), run, settings.run_url)
