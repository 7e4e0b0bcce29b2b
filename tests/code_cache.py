"""A cache of clones, with a clock that a test can move, and the repository that is cloned."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Codebase, Secret
from bot.core.links.repository_address import Address, address
from bot.model import Findings
from bot.sources.code.clone import Clones
from bot.sources.code.code import CodeSource
from bot.sources.code.git_history import Checkout
from tests.code_story import FRAME, HANDLER, LOCKED, PLAIN, Repository, inquiry
from tests.fakes.git_http import TOKEN, GitHost

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


class Cache:
    """A cache folder, and a clock that a test can move."""

    def __init__(self, folder: Path, token: str | None = TOKEN) -> None:
        self.folder, self.now = folder, NOW
        self.clones = Clones(folder, lambda _address, _codebase: Secret(token) if token else None, clock=lambda: self.now)

    def checkout(self, repository: str, **more: object) -> Checkout:
        """The clone, without a gap."""
        checkout, gap = self.clones.checkout(codebase(repository, **more), 10)
        assert gap is None
        return checkout

    def later(self, **time: float) -> None:
        """Time goes by."""
        self.now += timedelta(**time)

    @property
    def clone(self) -> Path:
        """The only clone there is."""
        (found,) = [one for one in self.folder.iterdir() if one.is_dir() and one.name[0] != "."]
        return found


def codebase(repository: str, **more: object) -> Codebase:
    """A codebase that is cloned."""
    return Codebase(**{"name": "transfers", "repository": repository, **more})  # type: ignore[arg-type]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """An empty cache."""
    return Cache(tmp_path / "cache" / "code")


@pytest.fixture
def upstream(tmp_path: Path) -> Repository:
    """A repository with three commits on its handler and a tag."""
    repository = Repository(tmp_path / "hosted" / "transfers")
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    repository.commit("first (#1)", {HANDLER: PLAIN, "README.md": "transfers\n", "logo.png": b"\x89PNG"})
    repository.commit("Lock the leaves (#2)", {HANDLER: LOCKED})
    repository.commit("drop the lock (#3)", {HANDLER: PLAIN + "\n\nlast = 1\n"})
    repository.git("tag", "v1.0.0", "HEAD~1")
    return repository


@pytest.fixture
def host(upstream: Repository) -> Iterator[GitHost]:
    """The same repository behind http and a token."""
    with GitHost(upstream.folder.parent) as server:
        yield server


def url(upstream: Repository) -> str:
    """Its address on this disk."""
    return f"file://{upstream.folder}"


def ask(cache: Cache, one: Codebase, **more: object) -> Findings:
    """What the code source answers for the failing handler."""
    return CodeSource(cache.folder, (one,), clones=cache.clones).gather(inquiry(FRAME, **more))  # type: ignore[arg-type]


def _address(text: str) -> Address:
    found = address(text)
    assert found is not None
    return found
