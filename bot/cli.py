"""The command line: one function for each command, which wires the adapters and runs the job."""

import argparse
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import msgspec

from bot import __version__, config, wiring
from bot.config import Settings
from bot.core import permalink
from bot.errors import BadCommand, BadConfiguration, BotError

if TYPE_CHECKING:
    from bot.jobs.closed_case import Closed
    from bot.jobs.investigate import Desk

PROPOSAL = Path("proposal")
EPILOG = """\
$ bot diagnose https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579
$ bot propose proposal
…review and merge the pull request, then, on the default branch:
$ bot publish --before HEAD~1 --after HEAD

docs/setup.md takes a fork to its first diagnosis; `bot doctor` says what is missing."""


def run(argv: Sequence[str]) -> int:
    """Parse and run one command. Raises BotError."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.run
    return command(arguments)


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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """A wrong command line is the caller's to mend, like everything else that is: exit code 1, not argparse's 2."""
        raise BadCommand("reading the command line", message, f"see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="bot",
        description="An alert in Slack becomes a diagnosis with evidence, a pull request, and, once merged, an answer in the alert's thread.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"bot {__version__}")
    parser.add_argument("--root", type=Path, help="folder that holds knowledge/ and .github/ (default: this one)")
    parser.add_argument("--config", type=Path, help=f"configuration file (default: {config.CONFIGURATION} below the root)")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    diagnose = commands.add_parser("diagnose", help="read an alert, gather evidence, and write a proposal directory")
    diagnose.add_argument("link", nargs="?", help="Slack permalink of the alert")
    diagnose.add_argument("--case", type=Path, help="a closed case instead: what `bot evidence --json` printed, or a proposal directory; no source is asked")
    diagnose.add_argument("--show-prompt", action="store_true", help="print what a model would be sent, redacted, and send nothing")
    diagnose.add_argument("--out", type=Path, default=PROPOSAL, help="the proposal directory (default: %(default)s)")
    diagnose.set_defaults(run=_diagnose)

    evidence = commands.add_parser("evidence", help="read an alert and show what would be gathered for a diagnosis")
    evidence.add_argument("link", help="Slack permalink of the alert")
    evidence.add_argument("--json", action="store_true", help="the closed cases as JSON")
    evidence.set_defaults(run=_evidence)

    propose = commands.add_parser("propose", help="open or update the pull request of a proposal directory")
    propose.add_argument("directory", type=Path, nargs="?", default=PROPOSAL, help="what diagnose wrote (default: %(default)s)")
    propose.set_defaults(run=_propose)

    publish = commands.add_parser("publish", help="answer the threads of what was merged between two commits, and rebuild the index")
    publish.add_argument("--before", required=True, help="commit before the push (40 zeros: there was none)")
    publish.add_argument("--after", required=True, help="commit after the push")
    publish.set_defaults(run=_publish)

    check = commands.add_parser("check", help="lint the knowledge folder")
    check.add_argument("folder", nargs="?", default="knowledge", help="(default: %(default)s)")
    check.add_argument("--json", action="store_true", help="findings as JSON")
    check.add_argument("--fix", action="store_true", help="first write the generated page (SCHEMA.md) anew")
    check.add_argument("--base", metavar="COMMIT", help="also look for secrets in what was added since this commit, for pull requests")
    check.set_defaults(run=_check)

    doctor = commands.add_parser("doctor", help="look at every prerequisite and say what is missing")
    doctor.add_argument("--json", action="store_true", help="checkups as JSON")
    doctor.set_defaults(run=_doctor)

    signature = commands.add_parser("signature", help="print the name of the errors in a trace or an alert's text, and why they have it")
    signature.add_argument("file", help="a file with the text, or `-` for standard input")
    signature.add_argument("--json", action="store_true", help="the accounts as JSON")
    signature.set_defaults(run=_signature)

    evaluate = commands.add_parser("evaluate", help="replay the cases of evaluation/ and hold each diagnosis against what is expected")
    evaluate.add_argument("--diagnoser", choices=["rules", "claude", "all"], default="rules", help="who diagnoses (default: %(default)s)")
    evaluate.add_argument("--case", help="one case, by the name of its folder")
    evaluate.add_argument("--dollars", type=float, default=20, help="what a model may cost in all; the cases after that are not asked (default: %(default)s)")
    evaluate.add_argument("--json", action="store_true", help="the outcomes as JSON")
    evaluate.add_argument("--write", action="store_true", help="keep the scores in evaluation/scores and make docs/evaluation.md anew")
    evaluate.set_defaults(run=_evaluate)

    _add_rules(commands)

    schema = commands.add_parser("schema", help="print the schema of the configuration (JSON Schema) or of an entry (Markdown)")
    schema.add_argument("of", choices=["configuration", "entry"])
    schema.set_defaults(run=_schema)
    return parser


def _add_rules(commands: "argparse._SubParsersAction[_Parser]") -> None:
    rules = commands.add_parser("rules", help="the rules of diagnosis: list them, or hold each against its own examples")
    of_rules = rules.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="rules")
    of_rules.add_parser("list", help="id, when and cause of each rule, the team's own among them")
    test = of_rules.add_parser("test", help="check each rule against its examples, and say which ones another rule takes")
    test.add_argument("folder", type=Path, nargs="?", help="rule files to test (default: all that the bot comes with, and knowledge/rules)")
    of_rules.add_parser("compile", help="for a checkout of the bot: pack the rules it comes with, and write docs/rules.md anew")
    rules.set_defaults(run=_rules)
