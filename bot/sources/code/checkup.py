"""What doctor finds of a codebase: readable, whole, at which branch and commit, with which credentials, and with tags to deploy by."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Codebase
from bot.core.links.repository_address import address
from bot.core.plain_text.plain_text import one_line
from bot.errors import SourceError
from bot.model import Checkup
from bot.sources.code.clone import Clones
from bot.sources.code.git_command import GitCommand, RefusedError
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import deepening, opened
from bot.sources.code.remote import CodeRemote, RemoteError
from bot.sources.code.running_commit import own_names

PATIENCE = 600
"""Seconds that doctor gives to cloning or fetching a large repository; a diagnosis has as many for a first clone, less for fetching."""
FIRST_ANSWER = 20
"""Seconds that a git server is given to say anything at all: one that is silent would use up the patience for the clone."""


def examined(root: Path, codebase: Codebase, seconds: float, clones: Clones | None, first_answer: float = FIRST_ANSWER) -> Iterator[Checkup]:
    """One line for the repository, one more for what is configured and not there."""
    name = f"code {codebase.name}"
    where = one_line(codebase.path or codebase.repository or "")
    try:
        if clones is not None:
            _answered(codebase, first_answer)
        checkout, gaps = opened(root, codebase, seconds, clones, PATIENCE)
        state = _state(checkout, codebase, where)
    except SourceError as error:
        yield Checkup(name, False, error.cause, error.remedy)
        return
    if checkout.shallow:
        yield Checkup(name, False, f"{state}, a shallow clone", deepening(codebase))
        return
    yield from (Checkup(name, False, f"{state}; {gap.cause}", gap.remedy) for gap in gaps)
    if not gaps:
        yield Checkup(name, True, state)
    yield from _missing(checkout, codebase, name)


def _answered(codebase: Codebase, seconds: float) -> None:
    """Raises SourceError when its server says nothing. Asked without credentials: a refusal is an answer too, and the clone tells what it means."""
    where = address(codebase.repository or "")
    if where is None:
        return
    with tempfile.TemporaryDirectory() as nowhere, suppress(RefusedError, RemoteError):
        try:
            GitCommand(Path(nowhere), codebase.name, seconds)(("ls-remote", where.url, "HEAD"), remote=CodeRemote(where))
        except (RefusedError, RemoteError):
            raise
        except SourceError as error:
            cause = f"{where.host or where.path}: {error.cause}"
            raise SourceError(error.doing, cause, f"check `repository`, the network and VPN: `git ls-remote {where.url}`") from error


def _state(checkout: Checkout, codebase: Codebase, where: str) -> str:
    branch = checkout.tip_branch().removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
    cloned = ", cloned" if codebase.repository else ""
    return f"{where} at {checkout.head[:7]} ({branch}){cloned}"


def _missing(checkout: Checkout, codebase: Codebase, name: str) -> Iterator[Checkup]:
    if codebase.branch and checkout.branch(codebase.branch) is None:
        yield Checkup(name, False, f"there is no branch {codebase.branch!r}", "correct `branch` of this codebase; left out: the repository's default")
    if codebase.deploys == "tags" and not checkout.deploys_by_tag(datetime.max.replace(tzinfo=UTC), 1, own_names(codebase)):
        yield Checkup(name, False, "`deploys: tags`, and no tag holds a version", "fetch the tags (`git fetch --tags`), or leave `deploys` out")
