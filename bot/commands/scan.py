"""`bot scan`: new alerts of the configured channels, taken to be diagnosed."""

import argparse
import json
import secrets
import sys
from datetime import UTC, datetime

from bot import wiring
from bot.commands.telling import leave, say, settings_of, told
from bot.errors import BadCommand
from bot.jobs.scan import scan
from bot.regex import regex
from bot.texts import scanning, workflow

_ALERT = regex(r"/archives/([A-Z0-9]{1,30})/p(\d{16})")


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    if not settings.configuration.channels:
        raise BadCommand("scanning for alerts", "no channel is configured", "name the ids of your alert channels as `channels:` in .github/knowledge-bot.yml")
    recorded = {found for text in wiring.knowledge(settings).entries().values() for found in _ALERT.findall(text)}
    found = scan(
        wiring.channels(settings, sys.stdout),
        settings.configuration,
        lambda place: (place.channel, place.ts.replace(".", "")) in recorded,
        datetime.now(UTC),
        say,
    )
    alerts = json.dumps([{"slack_url": one.place.url, "also": [place.url for place in one.also]} for one in found.taken])
    shown = scanning.told(
        [(one.place, one.name, one.repeats) for one in found.taken],
        found.incidents,
        (found.read, found.alerts, found.repeats, found.waiting, found.left),
        found.given_up,
        found.unmarked,
    )
    lost = (
        *leave(settings.output_file("GITHUB_OUTPUT"), workflow.output("alerts", alerts, f"end_{secrets.token_hex(16)}")),
        *leave(settings.output_file("GITHUB_STEP_SUMMARY"), shown),
    )
    say(shown)
    return told(settings, (*found.failures, *lost))
