"""`bot postmortem`: the post-mortem of one occurrence as a pull request; after merges, those of the policy, and issues for action items."""

import argparse
from pathlib import Path

import msgspec

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.config import Settings
from bot.core.alert.permalink import parse
from bot.core.alert.thread_words import ThreadWords, decoded
from bot.core.redaction.redaction import Redactor
from bot.errors import BadCommand, BotError
from bot.jobs import postmortem
from bot.jobs.closed_case import Bounds, read_cases
from bot.model import Case, Permalink

MAX_BYTES = 2_000_000


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    if arguments.merged:
        return _after_merge(arguments, settings)
    if not arguments.signature:
        raise BadCommand("reading the command line", "a post-mortem needs the name of an entry, or --merged", "see `bot postmortem --help`")
    occurrence = parse(arguments.occurrence, settings.configuration.slack_hosts).url if arguments.occurrence else ""
    entry = postmortem.entry_of(arguments.signature, wiring.library(settings))
    bare = postmortem.told_of(entry, occurrence, (), None)
    if arguments.read_thread is not None:
        return _leave(arguments.read_thread, _thread(bare.alert, settings))
    words = _carried(arguments.thread) if arguments.thread is not None else _thread(bare.alert, settings)
    postmortem.propose(postmortem.told_of(entry, occurrence, _cases(arguments, settings), words, settings.configuration.code), wiring.forge(settings), say)
    return 0


def _after_merge(arguments: argparse.Namespace, settings: Settings) -> int:
    if not (arguments.before and arguments.after):
        raise BadCommand("reading the command line", "--merged needs --before and --after", "name the commits before and after the push")
    forge, folder, failures = wiring.forge(settings), wiring.knowledge(settings), list[BotError]()
    kept = folder.postmortems()
    postmortem.open_actions(kept, forge, wiring.issue_tracker(settings), wiring.entry_url(settings), failures, say)
    merged = forge.merged(arguments.before, arguments.after)
    for entry in postmortem.due(merged, kept, settings.configuration.postmortems, failures):
        try:
            postmortem.propose(postmortem.told_of(entry, "", (), None, settings.configuration.code), forge, say)
        except BotError as error:
            failures.append(error)
    return told(settings, failures)


def _thread(alert: Permalink | None, settings: Settings) -> ThreadWords:
    """What was said, redacted; what keeps it from being read is told in it, for a post-mortem can be written without."""
    if alert is None or not alert.url.startswith("https://"):
        return ThreadWords("", (), "this occurrence has no thread")
    try:
        return Redactor(own=settings.own_secrets()).record(wiring.threads(settings).said(alert))
    except BotError as error:
        say(f"thread: {error.cause}")
        return ThreadWords(alert.url, (), f"The thread could not be read ({error.cause})", f"To have it: {error.remedy}")


def _leave(path: Path, words: ThreadWords) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(words))
    except OSError as error:
        raise BadCommand(f"writing {path}", error.strerror or "the disk refused", "name another file with --read-thread") from error
    say(f"wrote {path}: {len(words.spoken)} messages")
    return 0


def _carried(path: Path) -> ThreadWords:
    """What another job left: hostile data, read strictly and redacted once more."""
    doing, remedy = f"reading the thread in {path}", "write it anew: `bot postmortem <signature> --read-thread <file>`"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadCommand(doing, "larger than 2 MB", remedy)
        return Redactor().record(decoded(path.read_bytes()))
    except OSError as error:
        raise BadCommand(doing, error.strerror or "it cannot be read", remedy) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadCommand(doing, "it is no thread that this command wrote", remedy) from error


def _cases(arguments: argparse.Namespace, settings: Settings) -> tuple[Case, ...]:
    if arguments.case is None:
        return ()
    bounds = Bounds(settings.configuration.slack_hosts, wiring.addresses(settings))
    return tuple(closed.case for closed in read_cases(arguments.case, bounds, settings.own_secrets()))
