"""The regression proof on real git histories: what became of an earlier fix, and by which commit."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.regression_history import Tale, written
from bench.regression_kinds import KINDS
from bench.regression_languages import LANGUAGES
from bench.regressions import judged
from bot.config import Codebase
from bot.core.code.frame_path import by_name
from bot.model import Evidence, FixCheck, Gap, PastFix
from bot.sources.code.fix_check import check
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import Reading
from tests.code_story import HANDLER, LOCKED, PLAIN, Repository

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINE = "        .with_for_update(skip_locked=True)"


def proved(repository: Repository, fix: PastFix, at: str = "HEAD", url: str = "https://github.com/acme/transfers") -> Evidence | Gap | None:
    """The answer for one fix, at a revision."""
    checkout = Checkout(repository.folder, "transfers")
    sha = repository.git("rev-parse", at)
    return check(fix, [Reading(Codebase("transfers", path="transfers", url=url), checkout, sha, NOW, by_name(checkout.files(sha)))], [], {})


def told(found: Evidence | Gap | None) -> FixCheck:
    """The check of an answer that is a fact."""
    assert isinstance(found, Evidence)
    assert isinstance(found.detail, FixCheck)
    return found.detail


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A handler and the fix that locks."""
    made = Repository(tmp_path / "transfers")
    made.commit("first (#1)", {HANDLER: PLAIN})
    made.commit("Lock the leaves (#1234)", {HANDLER: LOCKED})
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        *("formatted", "folder renamed twice", "copied then dropped", "reverted three times", "variable renamed", "squashed then lost", "rebased"),
        *("picked and lost in the release", "merge named by number and lost", "lost by a merge", "octopus merge drops it", "commented out", "partly lost"),
        *("function deleted", "removal undone", "merged later", "only on another branch", "common lines only", "strange names and bytes"),
        *("moved renamed formatted and lost", "taken out while copied elsewhere"),
    ],
)
def test_the_proof_is_right(kind: str, tmp_path: Path) -> None:
    """One made-up history of a kind; `python -m bench.regressions` plays many of each."""
    drawn = random.Random(kind)  # noqa: S311 - no secret
    tale = Tale(drawn, drawn.choice(LANGUAGES))
    KINDS[kind](tale)
    answer = judged(kind, tale, tmp_path / "shop")
    assert answer.right, answer.said
    assert answer.worded, answer.said


@pytest.mark.slow
def test_the_evidence_says_who_when_and_by_which_pull_request(repository: Repository) -> None:
    """A fact with links: the lines, their remover, and the merge that brought it in."""
    fix = repository.git("rev-parse", "HEAD")
    repository.git("branch", "side")
    removal = repository.commit("perf: drop the lock", {HANDLER: PLAIN})
    merge = repository.git("commit-tree", "HEAD^{tree}", "-p", fix, "-p", removal, "-m", "Merge pull request #1251 from acme/perf")
    repository.git("update-ref", "refs/heads/main", merge)
    found = proved(repository, PastFix("sig", "row lock", fix[:12]))
    assert isinstance(found, Evidence)
    check_ = told(found)
    assert (check_.state, check_.missing, check_.followed) == ("lost", (LINE,), 1)
    assert check_.removed_by is not None
    assert (check_.removed_by.sha, check_.removed_by.author, check_.removed_by.removed) == (removal, "Mira", (LINE,))
    assert check_.removed_by.pull_request == "https://github.com/acme/transfers/pull/1251"
    assert check_.fix.pull_request == "https://github.com/acme/transfers/pull/1234"
    assert found.place == f"https://github.com/acme/transfers/commit/{removal}"
    assert f"removed by commit {removal[:7]} of 2025-12-10 by Mira: perf: drop the lock" in found.text


@pytest.mark.slow
def test_a_merge_that_lost_the_fix_is_told_as_one(repository: Repository) -> None:
    """Both sides have the lines, the merge itself dropped them; an ordinary commit is no merge."""
    fix = repository.git("rev-parse", "HEAD")
    side = repository.git("commit-tree", "HEAD^{tree}", "-p", fix, "-m", "side")
    tree = repository.git("rev-parse", "HEAD~1^{tree}")
    merge = repository.git("commit-tree", tree, "-p", fix, "-p", side, "-m", "Merge branch 'side'")
    repository.git("update-ref", "refs/heads/main", merge)
    removed_by = told(proved(repository, PastFix("sig", "row lock", fix))).removed_by
    assert removed_by is not None
    assert (removed_by.sha, removed_by.merge) == (merge, True)
    repository.git("update-ref", "refs/heads/main", fix)
    removal = repository.commit("drop the lock", {HANDLER: PLAIN})
    removed_by = told(proved(repository, PastFix("sig", "row lock", fix))).removed_by
    assert removed_by is not None
    assert (removed_by.sha, removed_by.merge) == (removal, False)


@pytest.mark.slow
def test_a_pull_request_is_enough(repository: Repository) -> None:
    """By its number or address; one of another repository, or one that nothing came by, is a gap."""
    for reference in ("#1234", "acme/transfers#1234"):
        assert told(proved(repository, PastFix("sig", "see there", pull_request=reference))).state == "stands"
    for reference in ("acme/ledger#1234", "#99", "!1234"):
        assert isinstance(proved(repository, PastFix("sig", "see there", pull_request=reference)), Gap)
    assert proved(repository, PastFix("sig", "restarted it")) is None


@pytest.mark.slow
def test_a_commit_that_is_not_here_is_found_by_those_who_name_it(repository: Repository) -> None:
    """A cherry-pick from a branch that nobody kept."""
    lost = "ab12" * 10
    repository.commit("drop it", {HANDLER: PLAIN})
    copy = repository.commit(f"Lock the leaves\n\n(cherry picked from commit {lost})", {HANDLER: LOCKED})
    assert told(proved(repository, PastFix("sig", "lock", lost[:12]))).fix.sha == copy
    assert isinstance(proved(repository, PastFix("sig", "lock", "cd34" * 10)), Gap)


@pytest.mark.slow
def test_a_fix_newer_than_what_ran_is_said_to_be_so(repository: Repository) -> None:
    """Neither lost nor standing."""
    found = proved(repository, PastFix("sig", "lock", repository.git("rev-parse", "HEAD")), "HEAD~1")
    assert (told(found).state, told(found).stands, told(found).removed_by) == ("not deployed", False, None)
    assert isinstance(found, Evidence)
    assert "is not yet in the code that was read" in found.text


@pytest.mark.slow
def test_what_git_cannot_show_is_a_gap_and_no_accusation(repository: Repository) -> None:
    """A version too large to be read is not a version without the fix."""
    fix = repository.git("rev-parse", "HEAD")
    repository.commit("vendor everything", {HANDLER: LOCKED + "x = 1\n" * 200_000})
    found = proved(repository, PastFix("sig", "lock", fix))
    assert isinstance(found, Gap)
    assert "cannot be read" in found.cause


@pytest.mark.slow
def test_a_remover_older_than_what_was_read_is_not_guessed(tmp_path: Path) -> None:
    """Beyond two hundred versions nobody is named."""
    tale = Tale(random.Random(5), LANGUAGES[0])  # noqa: S311 - no secret
    tale.apply()
    tale.fix = tale.commit("Guard")
    tale.undo()
    tale.commit("Take it out")
    for _ in range(210):
        tale.change(tale.path, tale.code(tale.path).with_function("audit_case", tale.author.function("audit_case")))
        tale.commit("more")
    shas = written(tale, tmp_path / "transfers")
    checked = told(proved(Repository(tmp_path / "transfers"), PastFix("sig", "guard", shas[tale.fix])))
    assert (checked.stands, checked.removed_by) == (False, None)
