"""What can be typed: commands, their arguments, and the words of `--help`."""

import argparse
import os
from pathlib import Path
from typing import Any, NoReturn

from bot import CONFIGURATION, __version__
from bot.errors import BadCommand

PROPOSAL = Path("proposal")
EPILOG = """\
$ bot diagnose https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579
$ bot propose proposal
…review and merge the pull request, then, on the default branch:
$ bot publish --before HEAD~1 --after HEAD

docs/setup.md goes from nothing to the first diagnosis; `bot doctor` says what is missing."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """A wrong command line is the caller's to mend, like everything else that is: exit code 1, not argparse's 2."""
        raise BadCommand("reading the command line", message, f"see `{self.prog} --help`")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The parser drops the value of `--because=--`, and would hand on a list where one word was asked for."""
        value = super()._get_values(action, arg_strings)
        if value == [] and action.nargs is None:
            self.error(f"argument {'/'.join(action.option_strings)}: expected one argument")
        return value


def _positive(typed: str) -> int:
    """A whole number from 1 on. Raises ArgumentTypeError."""
    if not typed.isdecimal() or len(typed) > 6 or int(typed) < 1:
        raise argparse.ArgumentTypeError(f"{typed[:40]!r} is no whole number from 1 on")
    return int(typed)


def _path(typed: str) -> Path:
    """A name that a file system can hold: 255 bytes between two slashes, 4,095 in all. Raises ArgumentTypeError."""
    if len(os.fsencode(typed)) > 4095 or any(len(os.fsencode(part)) > 255 for part in typed.split("/")):
        raise argparse.ArgumentTypeError(f"{typed[:40]!r}… is too long for the name of a file")
    return Path(typed)


def _file_name(typed: str) -> str:
    """The name as it was typed: `-` is standard input, `./-` a file. Raises ArgumentTypeError."""
    _path(typed)
    return typed


def parser() -> argparse.ArgumentParser:
    """Parses into a namespace whose `command` is the name of the command. A wrong command line raises BadCommand."""
    whole = _Parser(
        prog="bot",
        description="An alert in Slack becomes a diagnosis with evidence, a pull request, and, once merged, an answer in the alert's thread.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"bot {__version__}")
    whole.add_argument("--root", type=_path, help="folder that holds knowledge/ and .github/ (default: this one)")
    whole.add_argument("--config", type=_path, help=f"configuration file (default: {CONFIGURATION} below the root)")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")
    for add in (
        *(_add_diagnosis, _add_looks, _add_rules, _add_life, _add_browsing, _add_postmortem, _add_conversation),
        *(_add_intakes, _add_upkeep, _add_schema, _add_recall, _add_steps, _add_procedure),
    ):
        add(commands)
    return whole


def _add_diagnosis(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """From an alert to its answer."""
    diagnose = commands.add_parser("diagnose", help="read an alert, gather evidence, and write a proposal directory")
    diagnose.add_argument("link", nargs="?", help="Slack permalink of the alert")
    diagnose.add_argument("--also", action="append", default=[], metavar="LINK", help="an alert that says the same, to be recorded and answered with it")
    diagnose.add_argument("--case", type=_path, help="a closed case instead: what `bot evidence --json` printed, or a proposal directory; no source is asked")
    diagnose.add_argument("--payload", type=_path, help="where no link is given: what an alerting system sent, alone or in a GitHub event (docs/intake.md)")
    diagnose.add_argument("--again", action="store_true", help="diagnose in full, also where a reviewed entry would answer at once")
    diagnose.add_argument("--show-prompt", action="store_true", help="print what a model would be sent, redacted, and send nothing")
    diagnose.add_argument("--out", type=_path, default=PROPOSAL, help="the proposal directory (default: %(default)s)")

    evidence = commands.add_parser("evidence", help="read an alert and show what would be gathered for a diagnosis")
    evidence.add_argument("link", help="Slack permalink of the alert")
    evidence.add_argument("--json", action="store_true", help="the closed cases as JSON")

    propose = commands.add_parser("propose", help="open or update the pull request of a proposal directory")
    propose.add_argument("directory", type=_path, nargs="?", default=PROPOSAL, help="what diagnose wrote (default: %(default)s)")

    publish = commands.add_parser("publish", help="answer the threads of what was merged between two commits, and rebuild the index")
    publish.add_argument("--before", required=True, help="commit before the push (40 zeros: there was none)")
    publish.add_argument("--after", required=True, help="commit after the push")


def _add_looks(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What looks at something and changes nothing outside this folder."""
    check = commands.add_parser("check", help="lint the knowledge folder")
    check.add_argument("folder", type=_file_name, nargs="?", default="knowledge", help="(default: %(default)s)")
    check.add_argument("--json", action="store_true", help="findings as JSON")
    check.add_argument("--fix", action="store_true", help="first write the generated pages anew (SCHEMA.md, codes.md, runbooks/README.md)")
    check.add_argument("--base", metavar="COMMIT", help="also look for secrets in what was added since this commit, for pull requests")

    doctor = commands.add_parser("doctor", help="look at every prerequisite and say what is missing")
    doctor.add_argument("--json", action="store_true", help="checkups as JSON")

    signature = commands.add_parser("signature", help="print the name of the errors in a trace or an alert's text, and why they have it")
    signature.add_argument("file", type=_file_name, help="a file with the text, or a Slack message as JSON; `-`: standard input")
    signature.add_argument("--json", action="store_true", help="the accounts as JSON")

    evaluate = commands.add_parser("evaluate", help="replay the cases of evaluation/ and hold each diagnosis against what is expected")
    evaluate.add_argument("--diagnoser", choices=["rules", "claude", "all"], default="rules", help="who diagnoses (default: %(default)s)")
    evaluate.add_argument("--case", help="one case, by the name of its folder")
    evaluate.add_argument("--dollars", type=float, default=20, help="what a model may cost in all; the cases after that are not asked (default: %(default)s)")
    evaluate.add_argument("--json", action="store_true", help="the outcomes as JSON")
    evaluate.add_argument("--write", action="store_true", help="keep the scores in evaluation/scores and make docs/evaluation.md anew")


def _add_schema(commands: "argparse._SubParsersAction[_Parser]") -> None:
    schema = commands.add_parser("schema", help="print the schema of the configuration (JSON Schema) or of an entry (Markdown)")
    schema.add_argument("of", choices=["configuration", "entry"])


def _add_rules(commands: "argparse._SubParsersAction[_Parser]") -> None:
    rules = commands.add_parser("rules", help="the rules of diagnosis: list them, or hold each against its own examples")
    of_rules = rules.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="rules")
    of_rules.add_parser("list", help="id, when and cause of each rule, the team's own among them")
    test = of_rules.add_parser("test", help="check each rule against its examples, and say which ones another rule takes")
    test.add_argument("folder", type=_path, nargs="?", help="rule files to test (default: all that the bot comes with, and knowledge/rules)")
    of_rules.add_parser("compile", help="for a checkout of the bot: pack the rules it comes with, and write docs/rules.md anew")


def _add_browsing(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What is written down, to be found and to be brought in; docs/browsing.md tells of each."""
    search = commands.add_parser("search", help="find entries, runbooks, post-mortems, reviews and error codes by words")
    search.add_argument("words", nargs="+", help="words of the error, or its signature")
    search.add_argument("--limit", type=_positive, default=20, metavar="NUMBER", help="how many at most (default: %(default)s)")
    search.add_argument("--json", action="store_true", help="what was found as JSON")
    commands.add_parser("mcp", help="serve the knowledge folder to an editor or agent (Model Context Protocol, read-only)")
    bring = commands.add_parser("import", help="take over older pages: debug/errors/*.md, or loose Markdown runbooks")
    bring.add_argument("folder", type=_path, help="where they lie; nothing in it is changed")
    bring.add_argument("--propose", action="store_true", help="open a pull request instead of writing into this folder")


def _add_procedure(commands: "argparse._SubParsersAction[_Parser]") -> None:
    procedure = commands.add_parser("procedure", help="keep the run of an alert in the team's quality system (docs/delivery.md)")
    procedure.add_argument("what", choices=["begin", "diagnosed", "fail"], help="open the run, write what the diagnosis came to, or close it as failed")
    procedure.add_argument("target", nargs="?", default="", help="Slack permalink of the alert; for `diagnosed` the proposal directory")
    procedure.add_argument("--reason", default="the diagnosis did not come to its end", help="why it failed (default: %(default)s)")


def _add_conversation(commands: "argparse._SubParsersAction[_Parser]") -> None:
    query = commands.add_parser("query", help="show the database queries that wait for approval, and run those that you approve")
    query.add_argument("target", type=_file_name, help="a proposal directory, the signature of an error, or the number of a pull request")
    query.add_argument("--approve", metavar="DIGEST", default="", help="approve this one; without it you are asked, and without a terminal the answer is no")
    query.add_argument("--by", default="", metavar="LOGIN", help="who approves it")
    query.add_argument("--out", type=_path, help="only run it, and leave the rows in this folder for another job")
    revise = commands.add_parser("revise", help="carry out what a comment on a pull request asks for")
    _add_comment(revise)
    revise.add_argument("--result", type=_path, help="the folder in which `bot query --out` left rows")
    revise.add_argument("--out", type=_path, help="only diagnose, and leave the proposal in this folder for another job")


def _add_steps(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What only the workflow of comments needs: its jobs hold one right each."""
    hear = commands.add_parser("hear", help="for revise.yml: read a comment on a pull request: is it a command, and may its author give it?")
    hear.add_argument("--event", type=_path, required=True, help="the event of the workflow, as GITHUB_EVENT_PATH names it")
    respond = commands.add_parser("respond", help="for revise.yml: write what a comment asked for, and answer it")
    _add_comment(respond)
    respond.add_argument("--proposal", type=_path, help="the folder in which `bot revise --out` left the diagnosis")
    respond.add_argument("--result", type=_path, help="the folder in which `bot query --out` left rows")


def _add_comment(command: _Parser) -> None:
    command.add_argument("--request", type=int, required=True, metavar="NUMBER", help="the pull request")
    command.add_argument(
        "--comment", required=True, help='what is said: "/rediagnose <hint>", "/approve-query <digest>", "/withdraw", "/merge-into <signature>", "/help"'
    )
    command.add_argument("--by", default="", metavar="LOGIN", help="who says it")
    command.add_argument("--remark", type=int, default=0, metavar="ID", help="the comment, when it stands on the pull request already")


def _add_recall(commands: "argparse._SubParsersAction[_Parser]") -> None:
    answer = commands.add_parser("answer", help="answer the alert of a proposal directory at once, where a reviewed entry fits (docs/recurrence.md)")
    answer.add_argument("directory", type=_path, nargs="?", default=PROPOSAL, help="what diagnose wrote (default: %(default)s)")
    answer.add_argument("--thread", required=True, metavar="LINK", help="the Slack link that was diagnosed: only its thread is answered, and those of --also")
    answer.add_argument("--also", action="append", default=[], metavar="LINK", help="the thread of an alert that was diagnosed with it: answered too")
    commands.add_parser("trust", help="read the reactions on answers given at once, and write into each entry how many held and how many failed")


def _add_upkeep(commands: "argparse._SubParsersAction[_Parser]") -> None:
    board = commands.add_parser("board", help="write the dashboard issue, and do what people ticked on it")
    board.add_argument("--by", default="", metavar="LOGIN", help="who ticked; in a workflow, ticks without a name wait")
    board.add_argument("--issue", default="", metavar="NUMBER", help="the issue that was changed: nothing is done when it is another one")
    commands.add_parser("remind", help="remind of pull requests that wait, and close those that nobody answers")
    review = commands.add_parser("review", help="propose the review of a week, or of a month")
    review.add_argument("--week", default="", metavar="2026-W47", help="an ISO week (default: the last whole one)")
    review.add_argument("--month", nargs="?", const="last", default="", metavar="2026-11", help="a month instead, without a value the last whole one")
    publish = commands.add_parser("publish-review", help="post merged reviews to the configured channel, and open their tracking issues")
    publish.add_argument("name", nargs="?", default="", help="one review, 2026-W47 or 2026-11 (default: those of the last weeks that were not posted)")


def _add_intakes(commands: "argparse._SubParsersAction[_Parser]") -> None:
    commands.add_parser("scan", help="take new alerts of the configured channels, to be diagnosed one by one")
    intake = commands.add_parser("intake", help="show the alerts in what an alerting system sent, as a diagnosis would read them")
    intake.add_argument("file", type=_file_name, help="a file with the payload, or `-` for standard input")
    commands.add_parser("escalate", help="tell those who are named for it of reviews that wait longer than their severity allows")


def _add_postmortem(commands: "argparse._SubParsersAction[_Parser]") -> None:
    postmortem = commands.add_parser("postmortem", help="propose the post-mortem of an error, from its entry and its thread: opens a pull request")
    postmortem.add_argument("signature", nargs="?", default="", help="name of the entry, today's or an earlier one")
    postmortem.add_argument("--occurrence", default="", metavar="LINK", help="the alert it is about (default: the latest)")
    postmortem.add_argument("--case", type=_path, help="the proposal directory of its diagnosis: adds events, deploys and commits to the timeline")
    postmortem.add_argument("--thread", type=_path, metavar="FILE", help="what --read-thread left, instead of reading the thread")
    postmortem.add_argument("--read-thread", type=_path, metavar="FILE", help="only read the thread, and leave it in this file for another job")
    postmortem.add_argument(
        "--merged", action="store_true", help="instead: propose what the policy asks for, and open issues for the action items of merged post-mortems"
    )
    postmortem.add_argument("--before", default="", help="with --merged: commit before the push")
    postmortem.add_argument("--after", default="", help="with --merged: commit after the push")


def _add_life(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What moves an entry from one state to the next; docs/entries.md tells of each."""
    resolve = commands.add_parser("resolve", help="mark an entry as resolved, with what ended it: opens a pull request")
    resolve.add_argument("signature", nargs="?", help="name of the entry, today's or an earlier one")
    resolve.add_argument("--because", default="", help="what ended it, in a sentence")
    resolve.add_argument("--commit", default="", help="the commit that ended it: the next diagnosis looks whether it still stands")
    resolve.add_argument("--pull-request", default="", help="the pull request that ended it: its address, `#12` or `owner/name#12`")
    resolve.add_argument("--issue", default="", help="instead: the number of a tracking issue that was closed, or opened again")
    resolve.add_argument("--tracked", action="store_true", help="instead: ask the tracker what became of all tracking issues, also where it sends no events")
    resolve.add_argument("--before", default="", help="instead, with --after: look in these commits and their pull requests for `Fixes-error: <signature>`")
    resolve.add_argument("--after", default="", help="see --before")

    rename = commands.add_parser("rename", help="give an entry another name; the old one keeps working: opens a pull request")
    rename.add_argument("signature", help="name of the entry")
    rename.add_argument("name", help="the new name: letters, digits, `.`, `_`, `-`")

    merge = commands.add_parser("merge", help="put one entry into another, history and all: opens a pull request")
    merge.add_argument("signature", help="the entry that goes")
    merge.add_argument("into", help="the entry that stays")

    split = commands.add_parser("split", help="make some alerts of an entry an entry of their own: opens a pull request")
    split.add_argument("signature", help="name of the entry")
    split.add_argument("--threads", nargs="+", required=True, help="links of the alerts that go")
    split.add_argument("--into", default="", help="name of the new entry, or of one that was merged before (default: computed)")

    withdraw = commands.add_parser("withdraw", help="take an entry out of use: opens a pull request")
    withdraw.add_argument("signature", help="name of the entry")
    withdraw.add_argument("--because", required=True, help="why, in a sentence")
