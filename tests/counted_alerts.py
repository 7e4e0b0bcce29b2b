"""Alerts that a reviewed entry answers, claimed and proposed on a GitHub."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bot.config import Configuration, Secret
from bot.core.entry.entry import Entry, parse, path_of, render
from bot.core.entry.library import Library
from bot.forges.github import GitHubForge
from bot.forges.github_merge import GitHubMerging
from bot.jobs.merge_counts import CountMerge, merge_counts
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import Outcome, Run, propose_all
from bot.jobs.recall import Recollection
from bot.model import Diagnosis, PullRequest, Recalled
from tests.fakes.github import FakeGitHub
from tests.occurrences import occurrence
from tests.recalls import CAUSE, NOW, alert, case, entry, link

NAME = entry().meta.signature
PATH, BRANCH = path_of(NAME), f"kb/{NAME}"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with the reviewed entry."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({PATH: render(entry())})
        yield server


def claim(number: int) -> Proposed:
    """An alert that the directory says was answered at once."""
    posted = alert(link(number).ts)
    diagnosis = occurrence().diagnosis
    return Proposed(case(of=posted), _with(diagnosis, Recalled(NAME, True)))


def diagnosed(number: int, cause: str = CAUSE) -> Proposed:
    """An alert that was diagnosed in full."""
    return Proposed(case(of=alert(link(number).ts)), occurrence(cause=cause).diagnosis)


def propose(github: FakeGitHub, *proposed: Proposed, main: Entry | None = None) -> Outcome:
    """The job, from a checkout of the default branch."""
    library = Library([main or parse(github.text(PATH) or "", PATH)])
    configuration = Configuration()
    recollection = Recollection(library, configuration, None, lambda: NOW)
    return propose_all(proposed, Run(forge_of(github), library, configuration, lambda _: None, recollection, wait=lambda _: None))


def forge_of(github: FakeGitHub) -> GitHubForge:
    """Without pauses between writes."""
    return GitHubForge(Secret(github.token), github.repository, github.url, pace=None)


def on_branch(github: FakeGitHub) -> Entry:
    """The entry in the open request."""
    return parse(github.text(PATH, BRANCH) or "", PATH)


def merged_by_policy(github: FakeGitHub, requests: tuple[PullRequest, ...]) -> list[str]:
    """The step; what it said."""
    said: list[str] = []
    place = Secret(github.token), github.repository, github.url
    library = Library([parse(github.text(PATH) or "", PATH)])
    merge_counts(requests, CountMerge(forge_of(github), GitHubMerging(*place, None), library, said.append))
    return said


def _with(diagnosis: Diagnosis, recalled: Recalled) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, recalled=recalled)
