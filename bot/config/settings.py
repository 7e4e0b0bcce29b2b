"""The configuration and the environment become Settings; nothing else in the house reads `os.environ`."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from bot import CONFIGURATION
from bot.config.code import Codebase
from bot.config.configuration import Configuration
from bot.config.reading import parse
from bot.errors import BadConfiguration
from bot.regex import regex

_SECRET_NAME = regex(r"(?:TOKEN|PASSWORD|SECRET|SECRET_ACCESS_KEY|PRIVATE_KEY|API_KEY|DATABASE_URL|REDIS_URL|DSN)$")
_WITH_CREDENTIALS = regex(r"[a-z][a-z0-9+.-]{1,20}://[^/@\s]{0,300}:[^/@\s]{1,300}@", re.IGNORECASE)


class Secret:
    """A value that no repr, log or error shows; `reveal` is called where a client is built and nowhere else."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class Settings:
    """Configuration plus environment. `root` is the folder that relative paths start from."""

    def __init__(self, root: Path, configuration: Configuration, environ: Mapping[str, str]) -> None:
        self.root = root
        self.configuration = configuration
        self._environ = environ
        self.slack_api_url = environ.get("SLACK_API_URL") or "https://slack.com/api/"
        self.github_api_url = environ.get("GITHUB_API_URL") or "https://api.github.com"
        self.github_server_url = environ.get("GITHUB_SERVER_URL") or "https://github.com"
        self.anthropic_base_url = environ.get("ANTHROPIC_BASE_URL") or "https://api.anthropic.com"
        self.github_repository = environ.get("GITHUB_REPOSITORY", "")
        self.in_actions = in_actions(environ)
        run = environ.get("GITHUB_RUN_ID", "")
        self.run_url = f"{self.github_server_url}/{self.github_repository}/actions/runs/{run}" if run.isdecimal() else ""

    def secret(self, *names: str) -> Secret | None:
        """The first of these environment variables that is set and not empty."""
        return next((Secret(value) for name in names if (value := self._environ.get(name, "").strip())), None)

    def code_token(self, codebase: Codebase, origin: str) -> Secret | None:
        """What may read a codebase at a scheme and host: its own token, the one for code, or for GitHub itself the workflow's."""
        own = self.secret(f"CODE_{re.sub('[^A-Z0-9]', '_', codebase.name.upper())}_TOKEN", "CODE_TOKEN")
        return own or (self.secret("GITHUB_TOKEN") if origin == self.github_server_url.rstrip("/").lower() else None)

    def own_secrets(self) -> tuple[str, ...]:
        """See `own_secrets`; the configuration may name variables of its own for addresses and tokens."""
        databases = self.configuration.databases.values()
        servers = (server for servers in self.configuration.redis.values() for server in servers)
        names = (*(name for one in databases for name in (one.address_in, one.token_in)), *(server.address_in for server in servers))
        return own_secrets(self._environ, names)

    def output_file(self, name: Literal["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]) -> Path | None:
        """Where a workflow step leaves its outputs or its summary; None outside Actions."""
        value = self._environ.get(name)
        return Path(value) if value else None


def in_actions(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a GitHub workflow runs us."""
    return (os.environ if environ is None else environ).get("GITHUB_ACTIONS") == "true"


def own_secrets(environ: Mapping[str, str] | None = None, named: Sequence[str] = ()) -> tuple[str, ...]:
    """The values of environment variables whose names say that they are secret, of those that are `named`, and of addresses with a password,
    the longest first: for the redactor, which takes them out of every text."""
    surroundings = os.environ if environ is None else environ
    secret = (value.strip() for name, value in surroundings.items() if name in named or _SECRET_NAME.search(name.upper()) or _WITH_CREDENTIALS.match(value))
    values = {value for value in secret if value}
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def load(root: Path, file: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from a configuration file (default: `.github/knowledge-bot.yml` below root; absent: all defaults).

    Raises BadConfiguration with the line and the nearest known key.
    """
    path = file or root / CONFIGURATION
    surroundings = os.environ if environ is None else environ
    if file is None and not path.exists():
        return Settings(root, Configuration(), surroundings)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadConfiguration(f"reading {path}", cause, "check that the file exists and is UTF-8 text") from error
    return Settings(root, parse(text, str(path)), surroundings)
