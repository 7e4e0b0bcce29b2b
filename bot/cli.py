"""One function for each command, which wires the adapters and runs the job."""

import argparse
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from bot import config, wiring
from bot.command_line import parser
from bot.config import Settings
from bot.core import permalink
from bot.errors import BadCommand, BadConfiguration, BotError

if TYPE_CHECKING:
    from bot.jobs.closed_case import Closed
    from bot.jobs.investigate import Desk


def run(argv: Sequence[str]) -> int:
    """Parse and run one command. Raises BotError."""
    arguments = parser().parse_args(argv)
    return _COMMANDS[arguments.command](arguments)


def in_actions() -> bool:
    """Whether a GitHub workflow runs us."""
    return config.in_actions()


def own_secrets() -> tuple[str, ...]:
    """The secrets of the environment, which no text may hold."""
    return config.own_secrets()


def _say(line: str) -> None:
    say_to(sys.stdout, line)


def _aside(line: str) -> None:
    """Beside the command's answer."""
    say_to(sys.stderr, line)


def say_to(out: TextIO, line: str) -> None:
    """A line of a job's log: without secrets, and no command to the workflow."""
    from bot.core.redaction import Redactor
    from bot.texts import workflow

    print(workflow.inert_log(Redactor(own=own_secrets()).text(line)), file=out, flush=True)


def _settings(arguments: argparse.Namespace) -> Settings:
    return config.load(wiring.root_of(arguments.root), arguments.config)


def _desk(settings: Settings, out: TextIO) -> "Desk":
    from bot.jobs.investigate import Desk

    chat = wiring.chat(settings, out)
    wiring.fetch_code(settings)
    known, rules = wiring.knowledge(settings), wiring.rules(settings)
    return Desk(chat, wiring.sources(settings), wiring.library(settings), settings.configuration, settings.own_secrets(), known, rules=rules)


def _closed_cases(arguments: argparse.Namespace, settings: Settings) -> "tuple[Closed, ...]":
    from bot.jobs.closed_case import Bounds, read_cases

    return read_cases(arguments.case, Bounds(settings.configuration.slack_hosts, wiring.addresses(settings)), settings.own_secrets())


def _diagnose(arguments: argparse.Namespace) -> int:
    from bot.jobs.diagnose import diagnose, diagnose_closed
    from bot.jobs.lookups import Lookups
    from bot.jobs.proposal_directory import refuse_foreign, write
    from bot.texts import report

    if (arguments.link is None) == (arguments.case is None):
        raise BadCommand("reading the command line", "a diagnosis needs either a Slack link or --case", "see `bot diagnose --help`")
    settings = _settings(arguments)
    if arguments.show_prompt:
        return _show_prompt(arguments, settings)
    refuse_foreign(arguments.out)
    if arguments.case is not None:
        lookups = Lookups((), wiring.library(settings), settings.configuration, wiring.knowledge(settings), replayed=True)
        proposed = diagnose_closed(_closed_cases(arguments, settings), lookups, wiring.diagnoser(settings), _say, wiring.addresses(settings))
    else:
        link = permalink.parse(arguments.link, settings.configuration.slack_hosts)
        proposed = diagnose(link, _desk(settings, sys.stdout), wiring.diagnoser(settings), _say, wiring.addresses(settings))
    previews = tuple(report.preview(one.case, one.diagnosis) for one in proposed)
    write(arguments.out, proposed, previews)
    lost = _leave(settings.output_file("GITHUB_STEP_SUMMARY"), report.step_summary(previews))
    _say(report.written(str(arguments.out), len(proposed)))
    return _told(settings, lost)


def _show_prompt(arguments: argparse.Namespace, settings: Settings) -> int:
    """What a model would be sent for each case, and nothing is sent."""
    from bot.diagnosers.claude_prompt import show_prompt
    from bot.jobs.investigate import investigated
    from bot.texts import workflow

    if arguments.case is not None:
        closed = iter(_closed_cases(arguments, settings))
    else:
        closed = investigated(permalink.parse(arguments.link, settings.configuration.slack_hosts), _desk(settings, sys.stderr), _aside)
    for one in closed:
        shown = show_prompt(one.case, settings.configuration.claude, settings.own_secrets())
        # As it is, unless a runner would obey it.
        print(workflow.inert_log(shown) if settings.in_actions else shown)  # noqa: T201 - the command's answer
    return 0


def _evidence(arguments: argparse.Namespace) -> int:
    from bot.jobs.investigate import investigate
    from bot.texts import evidence

    settings = _settings(arguments)
    link = permalink.parse(arguments.link, settings.configuration.slack_hosts)
    # What is said on the way goes to the error output, so that the answer can be piped.
    cases = tuple(investigate(link, _desk(settings, sys.stderr), _aside))
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(cases)).decode())  # noqa: T201 - the command's answer
    else:
        print(evidence.listing(cases))  # noqa: T201 - as above
    return 0


def _propose(arguments: argparse.Namespace) -> int:
    from bot.jobs.proposal_directory import read
    from bot.jobs.propose import propose
    from bot.texts import workflow

    settings = _settings(arguments)
    bounds = settings.configuration.slack_hosts, wiring.addresses(settings)
    proposed = read(arguments.directory, *bounds, settings.own_secrets(), settings.configuration.severities.texts())
    outcome = propose(proposed, wiring.forge(settings), wiring.library(settings), settings.configuration, _say)
    urls = "\n".join(request.url for request in outcome.requests)
    lost = _leave(settings.output_file("GITHUB_OUTPUT"), workflow.output("pull_requests", urls, f"end_{secrets.token_hex(16)}"))
    return _told(settings, (*outcome.failures, *lost))


def _publish(arguments: argparse.Namespace) -> int:
    from bot.jobs.publish import INDEX, Publication

    settings = _settings(arguments)
    forge, chat, tracker = wiring.forge(settings), wiring.chat(settings, sys.stdout), wiring.tracker(settings)
    publication = Publication(forge, chat, tracker, settings.configuration, wiring.entry_url(settings), _say)
    folder = wiring.knowledge(settings)
    failures = publication.publish(arguments.before, arguments.after, folder.entries(), folder.pages().get(INDEX))
    return _told(settings, failures)


def _leave(file: Path | None, text: str) -> tuple[BotError, ...]:
    """Append what a workflow step leaves for the runner; outside Actions there is no such file."""
    try:
        if file is not None:
            with file.open("a", encoding="utf-8") as page:
                page.write(text)
    except OSError as error:
        return (BadCommand(f"writing to {file}", error.strerror or "the disk refused", "unset the variable that names it, or make it writable"),)
    return ()


def _told(settings: Settings, failures: Sequence[BotError]) -> int:
    """What was not done, one sentence each; the exit code."""
    from bot.texts import failure

    for error in failures:
        print(failure.sentence(error, annotate=settings.in_actions, own=settings.own_secrets()), file=sys.stderr)  # noqa: T201 - as the door does
    return 1 if failures else 0


def _check(arguments: argparse.Namespace) -> int:
    from bot.jobs.check import check, fix

    root = wiring.root_of(arguments.root)
    if not (root / arguments.folder).is_dir():
        raise BadCommand(f"checking {root / arguments.folder}", "there is no such folder", "name the knowledge folder, relative to --root")
    if arguments.fix:
        _say(f"wrote {fix(root, arguments.folder)}")
    return check(root, arguments.folder, sys.stdout, as_json=arguments.json, annotations=in_actions(), patches=_patches(arguments, root))


def _patches(arguments: argparse.Namespace, root: Path) -> tuple[str, str]:
    if not arguments.base:
        return "", ""
    from bot.sources.branch_patches import patches_since

    return patches_since(root, arguments.base, (arguments.folder, ".github"))


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.core.redaction import Redactor
    from bot.jobs.doctor import doctor
    from bot.texts import checkups

    redactor = Redactor(own=_known_secrets(arguments))
    found = tuple(redactor.record(one) for one in doctor(wiring.examinations(wiring.root_of(arguments.root), arguments.config)))
    if arguments.json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())  # noqa: T201 - the command's output
    else:
        _say(checkups.page(found))
    return 0 if all(one.ok for one in found) else 1


def _known_secrets(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Also those that the configuration names, where it can be read: that it cannot is what doctor tells."""
    try:
        return _settings(arguments).own_secrets()
    except BadConfiguration:
        return own_secrets()


def _signature(arguments: argparse.Namespace) -> int:
    from bot.jobs.explain import explain, read_text
    from bot.texts import signature

    settings = _settings(arguments)
    accounts = explain(read_text(arguments.file, sys.stdin.buffer), wiring.library(settings), settings.configuration, settings.own_secrets())
    # Escaped to ASCII: what stands in a trace may be written to a terminal.
    print(json.dumps(msgspec.to_builtins(accounts), indent=2) if arguments.json else signature.page(accounts))  # noqa: T201 - the command's answer
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    if arguments.of == "configuration":
        print(json.dumps(config.schema(), indent=2, ensure_ascii=False))  # noqa: T201 - the command's output
    else:
        from bot.texts.index import schema_page

        print(schema_page(), end="")  # noqa: T201 - the command's output
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from bot.jobs import evaluate
    from bot.jobs.replay_case import read_cases
    from bot.texts import evaluation

    root = wiring.root_of(arguments.root)
    folder = root / evaluate.CASES
    expected = {case.name: case.expected for case in read_cases(folder, arguments.case)}
    asked = ("rules", "claude") if arguments.diagnoser == "all" else (arguments.diagnoser,)
    runs = {"rules": evaluate.Run(), "claude": evaluate.Run(dollars=arguments.dollars, note=evaluation.note(config.load(root).anthropic_base_url))}
    scores = tuple(evaluate.evaluate(folder, one, wiring.replay, arguments.case, runs[one]) for one in asked)
    if arguments.write and arguments.case is None:
        _aside(f"wrote {evaluate.write(root, scores)}")
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(scores)).decode())  # noqa: T201 - the command's answer
    else:
        _say(evaluation.listing(expected, scores))
    return 1 if any(outcome.surely_wrong or outcome.failure for one in scores for outcome in one.outcomes) else 0


def _rules(arguments: argparse.Namespace) -> int:
    from bot.diagnosers import rule_book
    from bot.jobs import rules as job
    from bot.texts import rules

    root = wiring.root_of(arguments.root)
    if arguments.rules == "compile":
        _say("\n".join(f"wrote {path}" for path in job.pack(root)))
        return 0
    if arguments.rules == "test":
        tested = job.test(root, root / arguments.folder if arguments.folder else None, rule_book.of(root))
        _say(rules.outcome(tested.verdicts, tested.broken, tested.rules))
        return 1 if tested.failed else 0
    book = rule_book.of(root)
    _say(rules.listing(book.rules))
    for one in book.broken:
        _aside(f"left out: {one.path}:{one.line}: {one.cause}; {one.remedy}")
    return 1 if book.broken else 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "diagnose": _diagnose,
    "evidence": _evidence,
    "propose": _propose,
    "publish": _publish,
    "check": _check,
    "doctor": _doctor,
    "signature": _signature,
    "evaluate": _evaluate,
    "rules": _rules,
    "schema": _schema,
}
