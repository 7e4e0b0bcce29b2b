"""`bot diagnose`: from an alert, or a closed case, to a proposal directory."""

import argparse
import sys
from collections.abc import Sequence

from msgspec.structs import replace

from bot import wiring
from bot.commands import intake
from bot.commands.desk import closed_cases, desk_of
from bot.commands.show_prompt import show
from bot.commands.telling import leave, say, settings_of, told
from bot.config import Settings
from bot.core.alert import permalink
from bot.core.alert.messages import DONE
from bot.errors import BadCommand, BotError
from bot.jobs.counting import recalled_of
from bot.jobs.diagnose import diagnose, diagnose_closed
from bot.jobs.followers import followers, links_in
from bot.jobs.investigate import read
from bot.jobs.lookups import Lookups
from bot.jobs.proposal_directory import Proposed, refuse_foreign, write
from bot.jobs.recall import Recollection
from bot.model import Message, Permalink
from bot.texts import failure, report


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    link = (arguments.link or "").strip()
    if sum((bool(link), arguments.payload is not None, arguments.case is not None)) != 1:
        raise BadCommand("reading the command line", "a diagnosis needs either a Slack link, --payload or --case", "see `bot diagnose --help`")
    settings = settings_of(arguments)
    if arguments.show_prompt:
        return show(arguments, settings)
    refuse_foreign(arguments.out)
    proposed = _of_case(arguments, settings) if arguments.case is not None else _of_alerts(link, arguments, settings)
    previews = tuple(report.preview(one.case, one.diagnosis) for one in proposed)
    write(arguments.out, proposed, previews)
    recalled = [one for one in proposed if recalled_of(one)]
    # By which a workflow starts the job that answers, and no other.
    answerable = any(one.case.alert.permalink.in_chat for one in recalled)
    lost = (
        *leave(settings.output_file("GITHUB_STEP_SUMMARY"), report.step_summary(previews)),
        *leave(settings.output_file("GITHUB_OUTPUT"), f"recalled={'true' if answerable else 'false'}\n"),
    )
    say(report.written(str(arguments.out), len(proposed), link if recalled else ""))
    if link:
        _finish(proposed, settings)
    return told(settings, lost)


def _of_case(arguments: argparse.Namespace, settings: Settings) -> tuple[Proposed, ...]:
    lookups = Lookups((), wiring.library(settings), settings.configuration, wiring.knowledge(settings), replayed=True)
    return diagnose_closed(closed_cases(arguments, settings), lookups, wiring.diagnoser(settings), say, wiring.addresses(settings))


def _of_alerts(link: str, arguments: argparse.Namespace, settings: Settings) -> tuple[Proposed, ...]:
    messages, also = _messages(link, arguments, settings)
    desk = desk_of(settings)
    recollection = None if arguments.again else Recollection(desk.library, settings.configuration, desk.rules)
    proposed = diagnose(messages, desk, wiring.diagnoser(settings), say, wiring.addresses(settings), recollection)
    return tuple(replace(one, also=also) for one in proposed)


def _messages(link: str, arguments: argparse.Namespace, settings: Settings) -> tuple[tuple[Message, ...], tuple[Permalink, ...]]:
    """What to diagnose, and the alerts that go along with it. Raises BotError."""
    if link:
        place, chat = permalink.parse(link, settings.configuration.slack_hosts), wiring.chat(settings, sys.stdout)
        message = read(place, chat, say)
        return (message,), followers(message, links_in(arguments.also), chat, settings.configuration, say)
    found = intake.accepted(arguments.payload, settings)
    say(intake.told(found))
    return intake.new(found, settings), ()


def _finish(proposed: Sequence[Proposed], settings: Settings) -> None:
    """A mark on alerts of the scanned channels, by which a scan knows that they need no further diagnosis. Without it one is diagnosed again."""
    places = dict.fromkeys(place for one in proposed for place in (one.case.alert.permalink, *one.also))
    channels, refused = wiring.channels(settings, sys.stdout), set[str]()
    for place in places:
        if place.channel in refused or place.channel not in settings.configuration.channels:
            continue
        try:
            channels.mark(place, DONE)
        except BotError as error:
            refused.add(place.channel)
            say(failure.sentence(error, annotate=False, own=settings.own_secrets()))
