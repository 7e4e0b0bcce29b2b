"""What the configuration says of the code that services run from."""

from typing import Annotated, Literal

from bot.config.keys import described
from bot.model import Record


class Codebase(Record, frozen=True):
    """The code that services run from: a checkout at `path`, or a repository that is cloned and kept in the cache."""

    name: str
    path: Annotated[str | None, described("Folder of a checkout, relative to the repository's root; leave it out where `repository` is set.")] = None
    repository: Annotated[
        str | None, described("Address to clone from, without history of files until it is needed: https://github.com/acme/transfers.git")
    ] = None
    branch: Annotated[str | None, described("The branch that production is deployed from; left out: the repository's default.")] = None
    folder: Annotated[str | None, described("The part of a repository that these services live in; files elsewhere still count when nothing there fits.")] = (
        None
    )
    owners: Annotated[tuple[str, ...], described("GitHub users or teams to ask, as CODEOWNERS writes them; left out: its CODEOWNERS decides.")] = ()
    deploys: Annotated[
        Literal["github", "tags"] | None,
        described(
            "Where deploys are found: github (deployments of the repository at `url` or `repository`), or tags (a version is deployed when it is tagged)."
        ),
    ] = None
    deploy_environments: Annotated[dict[str, str], described("Environment of the alert → what GitHub's deployments call it, where the names differ.")] = {}
    services: Annotated[tuple[str, ...], described("Services that run this code; empty: any.")] = ()
    url: Annotated[str | None, described("Where people browse it, for permalinks: https://github.com/acme/transfers")] = None
    source_roots: Annotated[tuple[str, ...], described("Folders that stack traces leave out of their paths.")] = ()
    in_app: Annotated[tuple[str, ...], described("Module or path prefixes that are yours; empty: whatever is found in the checkout.")] = ()
