"""`.github/knowledge-bot.yml` and the environment become Settings. The keys of each section stand in a module of its own."""

from bot import CONFIGURATION
from bot.config.code import Codebase
from bot.config.configuration import DEFAULT_ENVIRONMENTS, Configuration, Environment, Limits, Response, Severities
from bot.config.logs import Fields, LogFiles, OpenSearchCluster
from bot.config.reading import parse, schema
from bot.config.settings import Secret, Settings, in_actions, load, own_secrets

__all__ = [
    "CONFIGURATION",
    "DEFAULT_ENVIRONMENTS",
    "Codebase",
    "Configuration",
    "Environment",
    "Fields",
    "Limits",
    "LogFiles",
    "OpenSearchCluster",
    "Response",
    "Secret",
    "Settings",
    "Severities",
    "in_actions",
    "load",
    "own_secrets",
    "parse",
    "schema",
]
