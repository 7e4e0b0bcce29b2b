"""Where alerts are read and answered."""

from typing import TextIO

from bot.chat.console import ConsoleChat
from bot.chat.console_channels import ConsoleChannels
from bot.chat.console_thread import ConsoleThreads
from bot.config import Settings
from bot.ports import Channels, Chat, ThreadReader
from bot.wiring.access import required


def chat(settings: Settings, out: TextIO) -> Chat:
    """Where alerts are read and answered. Raises BadConfiguration without its token."""
    if settings.configuration.chat == "console":
        embedded = settings.configuration.embedded
        return _placed(settings, ConsoleChat(settings.root / embedded.messages, settings.root / embedded.replies, out), out)
    from bot.chat.slack import SlackChat

    slack = SlackChat(required(settings, "SLACK_BOT_TOKEN", "see docs/setup.md, step 1"), settings.slack_api_url, channels=settings.configuration.channels)
    return _placed(settings, slack, out)


def _placed(settings: Settings, threads: Chat, out: TextIO) -> Chat:
    """The chat, with a channel for the answers to alerts that came without a message."""
    from bot.chat.placed import PlacedChat

    configuration = settings.configuration
    return PlacedChat(threads, channels(settings, out), configuration.intake.channel or next(iter(configuration.channels), ""))


def channels(settings: Settings, out: TextIO) -> Channels:
    """Channels as a whole: what was posted there, reactions, posts of our own. Raises BadConfiguration without its token."""
    if settings.configuration.chat == "console":
        embedded = settings.configuration.embedded
        return ConsoleChannels(settings.root / embedded.messages, settings.root / embedded.replies, out)
    from bot.chat.slack_channels import SlackChannels

    return SlackChannels(required(settings, "SLACK_BOT_TOKEN", "see docs/setup.md, step 1"), settings.slack_api_url)


def threads(settings: Settings) -> ThreadReader:
    """Reads whole threads. Raises BadConfiguration without its token."""
    if settings.configuration.chat == "console":
        embedded = settings.configuration.embedded
        return ConsoleThreads(settings.root / embedded.messages)
    from bot.chat.slack_thread import SlackThreads

    return SlackThreads(required(settings, "SLACK_BOT_TOKEN", "see docs/setup.md, step 1"), settings.slack_api_url)
