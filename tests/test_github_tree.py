"""How many calls a commit of many pages takes, also where GitHub does not list a folder whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Secret
from bot.errors import StaleBranch
from bot.forges.github import GitHubForge
from bot.model import Revision
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN

pytestmark = pytest.mark.slow

ENTRIES = {f"knowledge/errors/error_{number:03}.md": "entry\n" for number in range(60)}
PAGES = {f"knowledge/index/{kind}/{number:02}.md": "page\n" for kind in ("service", "month") for number in range(25)}


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with entries and pages."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({**ENTRIES, **PAGES, "README.md": "read\n"})
        yield server


def revisions(text: str = "page\n") -> tuple[Revision, ...]:
    """All pages change, one is new, and so do two entries."""
    pages = [Revision(path, text, "page, renewed\n") for path in PAGES]
    entries = [Revision(path, "entry\n", "entry, reviewed\n") for path in list(ENTRIES)[:2]]
    return (*pages, Revision("knowledge/index/severity/high.md", None, "new\n"), *entries)


@pytest.mark.parametrize(("listed", "calls"), [(100_000, 6), (100, 11), (59, 13)])
def test_fifty_pages_are_one_commit_in_a_few_calls(github: FakeGitHub, listed: int, calls: int) -> None:
    """Whole folder listed: six. Else a call for each folder, and for each file of one that is too large itself."""
    github.most_listed = listed
    forge = GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, pace=None)

    assert forge.commit(revisions(), "Rebuild the index") is not None

    assert len(github.requests) == calls
    assert github.text("knowledge/index/month/24.md") == "page, renewed\n"
    assert github.text("knowledge/index/severity/high.md") == "new\n"
    assert github.text("knowledge/errors/error_001.md") == "entry, reviewed\n"


@pytest.mark.parametrize("listed", [100_000, 100, 59])
@pytest.mark.parametrize("path", ["knowledge/errors/error_001.md", "knowledge/index/month/03.md", "knowledge/index/severity/high.md"])
def test_what_somebody_changed_meanwhile_is_seen_in_every_listing(github: FakeGitHub, listed: int, path: str) -> None:
    """Nothing is written then."""
    github.most_listed = listed
    github.seed({path: "by a person\n"})
    forge = GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, pace=None)

    with pytest.raises(StaleBranch):
        forge.commit(revisions(), "Rebuild the index")
    assert all(request.method == "GET" for request in github.requests)
