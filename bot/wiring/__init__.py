"""Settings become adapters. Each is imported when it is built, so that a command loads only the clients it uses."""

from bot.source_registry import REGISTRY, fetch_code, sources
from bot.wiring.access import addresses, entry_url, root_of
from bot.wiring.chats import channels, chat, threads
from bot.wiring.diagnosing import database, diagnoser, replay, rules
from bot.wiring.examining import examinations
from bot.wiring.forges import board, conversation, forge, merging, requests, upkeep
from bot.wiring.knowing import entry_life, knowledge, library, shelf
from bot.wiring.tracking import issue_tracker, procedure, tracked_work, tracker, work

__all__ = [
    "REGISTRY",
    "addresses",
    "board",
    "channels",
    "chat",
    "conversation",
    "database",
    "diagnoser",
    "entry_life",
    "entry_url",
    "examinations",
    "fetch_code",
    "forge",
    "issue_tracker",
    "knowledge",
    "library",
    "merging",
    "procedure",
    "replay",
    "requests",
    "root_of",
    "rules",
    "shelf",
    "sources",
    "threads",
    "tracked_work",
    "tracker",
    "upkeep",
    "work",
]
