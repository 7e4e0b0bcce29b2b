"""What adapters are reached with: tokens, addresses, the folder that paths start from."""

import os
from collections.abc import Callable
from pathlib import Path

from bot.config import Secret, Settings
from bot.core.links import cloudwatch_link, sentry_link
from bot.errors import BadCommand, BadConfiguration


def github(settings: Settings, *names: str) -> tuple[Secret, str, str]:
    """Token, owner/name and API address of the repository; `names` are the variables that may hold the token. Raises BadConfiguration."""
    token = settings.secret(*names) or required(settings, "GITHUB_TOKEN", "in Actions pass `GITHUB_TOKEN: ${{ github.token }}`; elsewhere run `gh auth token`")
    if settings.github_repository.count("/") != 1:
        raise BadConfiguration("finding the repository", "GITHUB_REPOSITORY is not set to owner/name", "export GITHUB_REPOSITORY=owner/name")
    return token, settings.github_repository, settings.github_api_url


def required(settings: Settings, name: str, remedy: str) -> Secret:
    """A secret that nothing works without. Raises BadConfiguration with the remedy."""
    secret = settings.secret(name)
    if secret is None:
        raise BadConfiguration("looking for credentials", f"{name} is not set", f"set {name}: {remedy}")
    return secret


def root_of(folder: Path | None) -> Path:
    """The folder that relative paths start from. Raises BadCommand when there is none."""
    root = Path(os.path.realpath(folder or Path.cwd()))  # which, unlike resolve(), has an answer for links in a circle
    if not root.is_dir():
        raise BadCommand(f"going to {root}", "there is no such folder", "name with --root the folder that holds knowledge/ and .github/")
    return root


def entry_url(settings: Settings) -> Callable[[str], str]:
    """Where people read an entry once it is merged."""
    configuration = settings.configuration
    if configuration.forge == "local":
        return lambda path: (settings.root / path).as_uri()
    return lambda path: f"{settings.github_server_url}/{settings.github_repository}/blob/{configuration.default_branch}/{path}"


def addresses(settings: Settings) -> tuple[str, ...]:
    """What evidence may link to: below the code, the clusters and the consoles that the configuration names."""
    configuration = settings.configuration
    named = (
        *(codebase.url or codebase.repository or "" for codebase in configuration.code),
        *(url for cluster in configuration.opensearch.values() for url in (cluster.url, cluster.dashboards_url or "")),
        *(sentry_link.origin(one.url, one.organization) for one in configuration.sentry),
        *(cloudwatch_link.console(logs.region) for logs in configuration.cloudwatch.values()),
        *(f"{settings.github_server_url.rstrip('/')}/{one.repository}" for one in configuration.github_activity),
    )
    return tuple(f"{url.rstrip('/').removesuffix('.git')}/" for url in named if url.startswith(("https://", "http://")))
