"""`bot query`: the queries that wait for approval, shown and asked about one by one; a request's answer goes to the request."""

import argparse
import secrets
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bot import wiring
from bot.commands.desk import closed_cases
from bot.commands.revise import carry_out
from bot.commands.revising import asked_database
from bot.commands.telling import leave, say, settings_of, told
from bot.config import Settings
from bot.core.entry.entry import path_of
from bot.core.request.slash_commands import Command
from bot.core.sql.approvable_query import ApprovableQuery, queries_in
from bot.errors import BadCommand
from bot.forges.local_conversation import LocalConversation
from bot.jobs.diagnose import diagnose_closed
from bot.jobs.lookups import Lookups
from bot.jobs.proposal_directory import MARKER, read, write
from bot.jobs.query import QueryRun, run_query, write_run
from bot.jobs.redacting import redactor_of
from bot.jobs.revise import Asked, with_rows
from bot.jobs.unapproved_queries import without_answered
from bot.texts import report, workflow
from bot.texts.conversation import did_not_run
from bot.texts.pull_request_queries import approvable, prompt


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code: 0 also where every answer was no. Raises BotError."""
    settings = settings_of(arguments)
    folder = Path(arguments.target)
    if (folder / MARKER).is_file():
        return _of_directory(folder, arguments, settings)
    number = _number(arguments.target, settings)
    if arguments.out is not None:
        return _only_run(number, arguments, settings)
    queries = queries_in(wiring.conversation(settings).request(number).body)
    chosen = _approved(queries, arguments.approve, _asks(arguments.target))
    codes = [carry_out(_asked(number, query, arguments, settings), settings) for query in chosen]
    return max(codes, default=0)


def _asked(number: int, query: ApprovableQuery, arguments: argparse.Namespace, settings: Settings) -> Asked:
    """The approval as a comment of the local forge; elsewhere without one."""
    command, conversation = Command("approve-query", query.digest), wiring.conversation(settings)
    by = arguments.by or "a reviewer"
    remark = conversation.remark(number, by, command.text).id if isinstance(conversation, LocalConversation) else 0
    return Asked(number, command, by, remark)


def _only_run(number: int, arguments: argparse.Namespace, settings: Settings) -> int:
    """The job that holds the database's address: it runs what was approved, and hands the rows on."""
    asked = Asked(number, Command("approve-query", arguments.approve), arguments.by)
    found = asked_database(asked, settings) if arguments.approve else None
    if found is not None:
        write_run(arguments.out, found)
    ran = "true" if found is not None and found.evidence is not None else "false"
    return told(settings, leave(settings.output_file("GITHUB_OUTPUT"), workflow.output("ran", ran, f"end_{secrets.token_hex(16)}")))


def _of_directory(folder: Path, arguments: argparse.Namespace, settings: Settings) -> int:
    """The queries of a diagnosis that is not proposed yet: with the rows it is diagnosed again, in the same directory."""
    bounds = settings.configuration.slack_hosts, wiring.addresses(settings)
    proposed = read(folder, *bounds, settings.own_secrets(), settings.configuration.severities.texts())
    shown = {query.digest: query for one in proposed for query in approvable(one.diagnosis.wanted_queries, one.case.alert.environment)}
    redactor = redactor_of(settings.configuration, settings.own_secrets())
    chosen = _approved(tuple(shown.values()), arguments.approve, _asks(arguments.target))
    runs = [run_query(query, lambda name: wiring.database(settings, name), redactor, arguments.by) for query in chosen]
    for failed in (one for one in runs if one.evidence is None):
        say(did_not_run(failed.digest, failed.cause, failed.remedy))
    if any(one.evidence is not None for one in runs):
        _diagnosed_again(folder, runs, arguments, settings)
    return 1 if any(one.evidence is None for one in runs) else 0


def _diagnosed_again(folder: Path, runs: Iterable[QueryRun], arguments: argparse.Namespace, settings: Settings) -> None:
    rows = {one.database: [each.evidence for each in runs if each.database == one.database and each.evidence] for one in runs}
    arguments.case = folder
    lookups = Lookups((), wiring.library(settings), settings.configuration, wiring.knowledge(settings), replayed=True)
    told = settings.configuration
    added = ((one, with_rows(one.case, rows.get(one.case.alert.environment, ()))) for one in closed_cases(arguments, settings))
    cases = [one._replace(case=without_answered(case, told)) for one, case in added]
    made = diagnose_closed(cases, lookups, wiring.diagnoser(settings), say, wiring.addresses(settings))
    write(folder, made, tuple(report.preview(one.case, one.diagnosis) for one in made))
    say(report.written(str(folder), len(made)))


def _approved(queries: tuple[ApprovableQuery, ...], digest: str, asks: Callable[[ApprovableQuery], bool]) -> list[ApprovableQuery]:
    """Those that may run: the one of the digest, or those that are answered with yes. Raises BadCommand for a digest that is none of theirs."""
    if digest:
        found = [query for query in queries if query.digest == digest.lower()]
        if not found:
            there = ", ".join(query.digest for query in queries) or "none"
            raise BadCommand("approving a query", f"none has the digest {digest[:64]!r}; there is {there}", "show them: `bot query` without --approve")
        return found
    if not queries:
        say("no query waits for approval")
    chosen = []
    for query in queries:
        say(prompt(query))
        chosen += [query] if asks(query) else []
    return chosen


def _asks(target: str) -> Callable[[ApprovableQuery], bool]:
    """Asks on a terminal; without one the answer is no."""

    def ask(query: ApprovableQuery) -> bool:
        if not sys.stdin.isatty():
            say(f"\nRun it? There is no terminal to ask on, so the answer is no. To approve it: bot query {shlex.quote(target)} --approve {query.digest}")
            return False
        print("\nRun it, read-only? [y/N] ", end="", flush=True)  # noqa: T201 - a question
        return sys.stdin.readline(20).strip().lower() in ("y", "yes")

    return ask


def _number(target: str, settings: Settings) -> int:
    """The open request of a signature, or the number itself. Raises BadCommand."""
    if target.isdecimal() and len(target) < 10:
        return int(target)
    remedy = "name a directory that `bot diagnose` wrote, or the number or signature of an open pull request"
    doing = f"looking for the queries of {target[:120]}"
    if "/" in target or "\\" in target:
        raise BadCommand(doing, "no proposal directory is there", remedy)
    request = wiring.forge(settings).standing(f"kb/{target}", path_of(target)).open
    if request is None:
        raise BadCommand(doing, "there is no such proposal directory and no open request of that error", remedy)
    return request.number
