"""A policy may merge a request that only counts, and nothing else, while nobody had a hand in it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Configuration, Secret
from bot.core.entry.entry import render
from bot.core.entry.library import Library
from bot.errors import ForgeError, StaleBranch
from bot.forges.github_merge import GitHubMerging
from bot.forges.local import LocalForge
from bot.forges.local_merge import LocalMerging
from bot.jobs.merge_counts import CountMerge, merge_counts
from bot.jobs.propose import Run, propose_all
from bot.jobs.recall import Recollection
from tests.counted_alerts import BRANCH, PATH, claim, diagnosed, github, merged_by_policy, on_branch, propose
from tests.fakes.github import FakeGitHub
from tests.fakes.loopback import Answer
from tests.recalls import CAUSE, NOW, entry, with_body
from tests.work_tree import WorkTree

__all__ = ["github"]
pytestmark = pytest.mark.slow


def test_a_request_that_only_counts_is_merged_by_policy(github: FakeGitHub) -> None:
    """And the alert is recorded for good."""
    requests = propose(github, claim(1)).requests

    (said,) = merged_by_policy(github, requests)

    assert "nothing but counts, merged as" in said
    assert github.pulls() == []
    assert "occurrences: 2" in (github.text(PATH) or "")
    assert merged_by_policy(github, requests) == []


def test_a_request_with_a_diagnosis_waits_for_a_person(github: FakeGitHub) -> None:
    """A count beside it does not carry it in."""
    propose(github, diagnosed(1))
    requests = propose(github, claim(2)).requests

    assert merged_by_policy(github, requests) == []
    assert len(github.pulls()) == 1


def test_a_request_with_a_persons_hand_in_it_waits(github: FakeGitHub) -> None:
    """Another file, or a commit of theirs that changed nothing in the end."""
    requests = propose(github, claim(1)).requests
    github.person_commits(BRANCH, {"knowledge/runbooks/x.md": "# X\n"}, "And a runbook")

    (said,) = merged_by_policy(github, requests)
    assert "it also changes knowledge/runbooks/x.md" in said

    github.person_commits(BRANCH, {"knowledge/runbooks/x.md": None}, "Or not")
    (said,) = merged_by_policy(github, requests)
    assert "alice committed to its branch" in said
    assert len(github.pulls()) == 1


def test_words_that_were_changed_wait_for_a_person(github: FakeGitHub) -> None:
    """Also when the bot itself might have written them."""
    requests = propose(github, claim(1)).requests
    changed = with_body(on_branch(github), CAUSE, "Nothing is wrong.")
    github.person_commits(BRANCH, {PATH: render(changed)}, "Edit")

    assert merged_by_policy(github, requests) == []


@pytest.mark.parametrize("rule", ["Repository rule violations found\n\nAt least 1 approving review is required.", "Pull Request is not mergeable"])
def test_a_ruleset_that_refuses_is_told(github: FakeGitHub, rule: str) -> None:
    """It is no failure: a person merges."""
    requests = propose(github, claim(1)).requests
    github.forbids_merging = rule

    (said,) = merged_by_policy(github, requests)

    assert "the count is not merged by itself: GitHub does not merge it:" in said
    assert len(github.pulls()) == 1


def test_a_branch_that_moves_at_the_last_moment_is_not_merged(github: FakeGitHub) -> None:
    """GitHub is told at which commit it was looked at."""
    propose(github, claim(1))
    merging = GitHubMerging(Secret(github.token), github.repository, github.url, None)
    head = github.git.head(BRANCH) or ""
    github.fail(lambda request: request.path.endswith("/merge"), Answer(409, {"message": "Head branch was modified. Review and try the merge again."}))

    with pytest.raises(StaleBranch):
        merging.merge(1, head, PATH)
    with pytest.raises(StaleBranch):
        merging.merge(1, "0" * 40, PATH)


def test_the_local_forge_merges_counts_too(tmp_path: Path) -> None:
    """Without an account: the file goes onto the default branch, and the request reads as merged."""
    tree = WorkTree.begun(tmp_path)
    tree.commits({PATH: render(entry())}, "start")
    moment = datetime(2025, 12, 17, 10, tzinfo=UTC)
    forge, library = LocalForge(tmp_path, now=lambda: moment), Library([entry()])
    run = Run(forge, library, Configuration(), lambda _: None, Recollection(library, Configuration(), None, lambda: NOW))
    said: list[str] = []

    (request,) = propose_all((claim(1),), run).requests
    merge_counts((request,), CountMerge(forge, LocalMerging(tmp_path, now=lambda: moment), library, said.append))

    assert "merged as" in said[0]
    assert "occurrences: 2" in (tmp_path / PATH).read_text(encoding="utf-8")
    with pytest.raises(ForgeError):
        LocalMerging(tmp_path).merge(request.number, "0" * 40, PATH)
