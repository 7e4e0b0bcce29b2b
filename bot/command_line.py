"""What can be typed: commands, their arguments, and the words of `--help`."""

import argparse
from pathlib import Path
from typing import NoReturn

from bot import __version__
from bot.config import CONFIGURATION
from bot.errors import BadCommand

PROPOSAL = Path("proposal")
EPILOG = """\
$ bot diagnose https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579
$ bot propose proposal
…review and merge the pull request, then, on the default branch:
$ bot publish --before HEAD~1 --after HEAD

docs/setup.md takes a fork to its first diagnosis; `bot doctor` says what is missing."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """A wrong command line is the caller's to mend, like everything else that is: exit code 1, not argparse's 2."""
        raise BadCommand("reading the command line", message, f"see `{self.prog} --help`")


def parser() -> argparse.ArgumentParser:
    """Parses into a namespace whose `command` is the name of the command. A wrong command line raises BadCommand."""
    whole = _Parser(
        prog="bot",
        description="An alert in Slack becomes a diagnosis with evidence, a pull request, and, once merged, an answer in the alert's thread.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"bot {__version__}")
    whole.add_argument("--root", type=Path, help="folder that holds knowledge/ and .github/ (default: this one)")
    whole.add_argument("--config", type=Path, help=f"configuration file (default: {CONFIGURATION} below the root)")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")

    diagnose = commands.add_parser("diagnose", help="read an alert, gather evidence, and write a proposal directory")
    diagnose.add_argument("link", nargs="?", help="Slack permalink of the alert")
    diagnose.add_argument("--case", type=Path, help="a closed case instead: what `bot evidence --json` printed, or a proposal directory; no source is asked")
    diagnose.add_argument("--show-prompt", action="store_true", help="print what a model would be sent, redacted, and send nothing")
    diagnose.add_argument("--out", type=Path, default=PROPOSAL, help="the proposal directory (default: %(default)s)")

    evidence = commands.add_parser("evidence", help="read an alert and show what would be gathered for a diagnosis")
    evidence.add_argument("link", help="Slack permalink of the alert")
    evidence.add_argument("--json", action="store_true", help="the closed cases as JSON")

    propose = commands.add_parser("propose", help="open or update the pull request of a proposal directory")
    propose.add_argument("directory", type=Path, nargs="?", default=PROPOSAL, help="what diagnose wrote (default: %(default)s)")

    publish = commands.add_parser("publish", help="answer the threads of what was merged between two commits, and rebuild the index")
    publish.add_argument("--before", required=True, help="commit before the push (40 zeros: there was none)")
    publish.add_argument("--after", required=True, help="commit after the push")

    check = commands.add_parser("check", help="lint the knowledge folder")
    check.add_argument("folder", nargs="?", default="knowledge", help="(default: %(default)s)")
    check.add_argument("--json", action="store_true", help="findings as JSON")
    check.add_argument("--fix", action="store_true", help="first write the generated page (SCHEMA.md) anew")
    check.add_argument("--base", metavar="COMMIT", help="also look for secrets in what was added since this commit, for pull requests")

    doctor = commands.add_parser("doctor", help="look at every prerequisite and say what is missing")
    doctor.add_argument("--json", action="store_true", help="checkups as JSON")

    signature = commands.add_parser("signature", help="print the name of the errors in a trace or an alert's text, and why they have it")
    signature.add_argument("file", help="a file with the text, or `-` for standard input")
    signature.add_argument("--json", action="store_true", help="the accounts as JSON")

    evaluate = commands.add_parser("evaluate", help="replay the cases of evaluation/ and hold each diagnosis against what is expected")
    evaluate.add_argument("--diagnoser", choices=["rules", "claude", "all"], default="rules", help="who diagnoses (default: %(default)s)")
    evaluate.add_argument("--case", help="one case, by the name of its folder")
    evaluate.add_argument("--dollars", type=float, default=20, help="what a model may cost in all; the cases after that are not asked (default: %(default)s)")
    evaluate.add_argument("--json", action="store_true", help="the outcomes as JSON")
    evaluate.add_argument("--write", action="store_true", help="keep the scores in evaluation/scores and make docs/evaluation.md anew")

    _add_rules(commands)

    schema = commands.add_parser("schema", help="print the schema of the configuration (JSON Schema) or of an entry (Markdown)")
    schema.add_argument("of", choices=["configuration", "entry"])
    return whole


def _add_rules(commands: "argparse._SubParsersAction[_Parser]") -> None:
    rules = commands.add_parser("rules", help="the rules of diagnosis: list them, or hold each against its own examples")
    of_rules = rules.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="rules")
    of_rules.add_parser("list", help="id, when and cause of each rule, the team's own among them")
    test = of_rules.add_parser("test", help="check each rule against its examples, and say which ones another rule takes")
    test.add_argument("folder", type=Path, nargs="?", help="rule files to test (default: all that the bot comes with, and knowledge/rules)")
    of_rules.add_parser("compile", help="for a checkout of the bot: pack the rules it comes with, and write docs/rules.md anew")
