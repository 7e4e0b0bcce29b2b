"""What the history of the code tells on real git repositories: suspects, and whether an earlier fix stands."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Codebase
from bot.model import Frame, PastFix
from bot.sources.code.clone import Clones
from bot.sources.code.code import CodeSource
from tests.code_story import FRAME, HANDLER, LOCKED, PLAIN, Repository, ask, codebase, commits, fix_checks, inquiry, places

pytest_plugins = ("tests.code_story",)
pytestmark = pytest.mark.slow


def test_the_suspects_come_with_their_lines_and_reasons(story: Path) -> None:
    """Each commit names what it changed there, why it is suspected, and the pull request of its subject."""
    found = {commit.subject: commit for commit in commits(ask(story.parent, inquiry(FRAME)))}
    perf, lock, first = found["perf: drop the lock (#1251)"], found["Lock the leaves (#1234)"], found["first (#1)"]
    assert all(commit.reasons for commit in found.values())
    assert (perf.subject, perf.relation, perf.removed, perf.added) == (
        "perf: drop the lock (#1251)",
        "changed the failing function",
        ("        .with_for_update(skip_locked=True)",),
        (),
    )
    assert perf.pull_request == "https://github.com/acme/transfers/pull/1251"
    assert lock.added == ("        .with_for_update(skip_locked=True)",)
    assert first.relation == "brought the failing code"
    assert first.reasons[0].startswith("brought `")


def test_a_fix_that_was_removed_is_told_with_the_commit_that_removed_it(transfers: Repository, tmp_path: Path) -> None:
    """The regression's proof: the missing line and its remover."""
    fix = transfers.git("rev-parse", "HEAD~2")
    (check,) = fix_checks(ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "row lock", fix[:12])])))
    assert not check.stands
    assert check.missing == ("        .with_for_update(skip_locked=True)",)
    assert check.removed_by is not None
    assert check.removed_by.sha == transfers.git("rev-parse", "HEAD~1")
    assert check.removed_by.relation == "changed the failing function"
    assert check.fix.pull_request == "https://github.com/acme/transfers/pull/1234"


@pytest.mark.parametrize(
    "later",
    [
        LOCKED,
        LOCKED.replace("        .with_for_update(skip_locked=True)\n", "        .with_for_update(\n            skip_locked=True\n        )\n"),
        LOCKED.replace("skip_locked=True", "skip_locked=True, of=Leaf"),
        "def other():\n    return 1\n\n\n" + LOCKED,
    ],
    ids=["untouched", "reformatted", "reworded", "moved within the file"],
)
def test_a_fix_stands_although_its_lines_look_different(transfers: Repository, tmp_path: Path, later: str) -> None:
    """White space, a place further down and a changed argument do not make a lost fix."""
    fix = transfers.git("rev-parse", "HEAD~2")
    transfers.commit("restored", {HANDLER: later})
    (check,) = fix_checks(ask(tmp_path, inquiry(fixes=[PastFix("sig", "row lock", fix)])))
    assert check.stands
    assert check.removed_by is None


def test_a_fix_moved_into_another_file_stands(transfers: Repository, tmp_path: Path) -> None:
    """A file that was renamed, or a function that moved out, keeps its fix."""
    fix = transfers.git("rev-parse", "HEAD~2")
    transfers.commit("restored", {HANDLER: LOCKED})
    transfers.commit("renamed", {HANDLER: None, "transfers/selection.py": LOCKED + "\n\ndef third():\n    return 3\n"})
    transfers.commit(
        "moved out",
        {
            "transfers/selection.py": PLAIN,
            "transfers/query.py": "def locked(query):\n    return (\n        query\n        .with_for_update(skip_locked=True)\n    )\n",
        },
    )
    (check,) = fix_checks(ask(tmp_path, inquiry(fixes=[PastFix("sig", "row lock", fix)])))
    assert check.stands


def test_a_fix_in_a_file_that_was_deleted_is_lost(transfers: Repository, tmp_path: Path) -> None:
    """The deletion is the commit that removed it."""
    fix = transfers.git("rev-parse", "HEAD~2")
    transfers.commit("restored", {HANDLER: LOCKED})
    transfers.commit("gone", {HANDLER: None})
    (check,) = fix_checks(ask(tmp_path, inquiry(fixes=[PastFix("sig", "row lock", fix)])))
    assert check.removed_by is not None
    assert check.removed_by.subject == "gone"


def test_a_fix_that_is_on_no_branch_read_is_lost_without_a_remover(transfers: Repository, tmp_path: Path) -> None:
    """A release from before the fix never had it: nobody is blamed."""
    fix = transfers.git("rev-parse", "HEAD~2")
    transfers.git("tag", "v1.0", "HEAD~3")
    (check,) = fix_checks(ask(tmp_path, inquiry(FRAME, release="v1.0", fixes=[PastFix("sig", "row lock", fix)])))
    assert (check.stands, check.removed_by) == (False, None)


def test_an_unknown_fix_commit_is_a_gap(story: Path) -> None:
    """Only a SHA of this repository is looked at; a name or an option is none."""
    fixes = [PastFix("sig", "words", commit) for commit in ("deadbeef", "--output=/tmp/x", "HEAD", "main", "a" * 40)]
    findings = ask(story.parent, inquiry(fixes=fixes))
    assert not findings.evidence
    assert ["no checkout has this commit" in gap.cause for gap in findings.gaps] == [False, *[True] * 5]


def test_all_commits_later_than_the_alert(story: Path) -> None:
    """A replayed old alert is read at the head, and that is said."""
    findings = ask(story.parent, inquiry(FRAME, time=datetime(2024, 1, 1, tzinfo=UTC)))
    assert places(findings)
    assert any("later than the alert" in gap.cause for gap in findings.gaps)


def test_a_shallow_clone_makes_no_claims_about_history(transfers: Repository, tmp_path: Path) -> None:
    """Blame of a shallow clone names the wrong commit: only the code is shown, with the command that mends it."""
    fix = transfers.git("rev-parse", "HEAD~2")
    transfers.git("clone", "--quiet", "--depth=1", f"file://{transfers.folder}", str(tmp_path / "shallow"))
    findings = ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "lock", fix)]), codebase("shallow"))
    assert places(findings)
    assert not commits(findings)
    assert not fix_checks(findings)
    assert any("fetch --unshallow" in gap.remedy for gap in findings.gaps)


def test_commit_messages_with_control_characters_are_harmless(tmp_path: Path) -> None:
    """No escape sequence, no bidirectional mark, no second line reaches the evidence."""
    transfers = Repository(tmp_path / "transfers")
    transfers.commit("first", {HANDLER: PLAIN})
    transfers.commit("evil \x1b[31mred\x07 \u202egnp\x1e\x1f" + "0" * 40, {HANDLER: PLAIN.replace("insufficient", "too little")})
    newest = next(commit for commit in commits(ask(tmp_path, inquiry(FRAME))) if commit.subject != "first")
    assert newest.subject.startswith("evil red gnp")
    assert newest.subject.isprintable()
    assert newest.relation == "changed the failing lines"


def test_lines_that_look_like_diff_headers_are_lines(tmp_path: Path) -> None:
    """A removed SQL comment prints as `--- a/x` in the diff."""
    transfers = Repository(tmp_path / "transfers")
    transfers.commit("first", {"q.py": 'def f():\n    return """\n-- a/other.py\nselect 1\n"""\n'})
    transfers.commit("second", {"q.py": 'def f():\n    return """\n++ b/other.py\nselect 1\n"""\n'})
    newest = next(commit for commit in commits(ask(tmp_path, inquiry(Frame("f", "/app/q.py", 2)))) if commit.subject == "second")
    assert (newest.path, newest.removed, newest.added) == ("q.py", ("-- a/other.py",), ("++ b/other.py",))


def test_a_revert_came_by_its_own_pull_request(transfers: Repository, tmp_path: Path) -> None:
    """Not by the one that it quotes; where a subject only quotes one, by none."""
    own = transfers.commit('Revert "perf: drop the lock (#1251)" (#1260)', {HANDLER: LOCKED})
    quoting = transfers.commit('Revert "Lock the leaves (#1234)"', {HANDLER: PLAIN})
    found = {commit.sha: commit.pull_request for commit in commits(ask(tmp_path, inquiry(FRAME)))}
    assert found[own] == "https://github.com/acme/transfers/pull/1260"
    assert found[quoting] is None


def test_a_merge_request_is_linked_as_its_host_does(tmp_path: Path) -> None:
    """GitLab names it in the body of the merge; Bitbucket has pull requests of another form."""
    transfers = Repository(tmp_path / "transfers")
    transfers.commit("first", {HANDLER: PLAIN})
    transfers.commit("Lock the leaves\n\nSee merge request acme/transfers!12", {HANDLER: LOCKED})
    gitlab = commits(ask(tmp_path, inquiry(FRAME), codebase(url="https://gitlab.example/acme/transfers")))
    assert "https://gitlab.example/acme/transfers/-/merge_requests/12" in {commit.pull_request for commit in gitlab}
    transfers.commit("Merged in perf (pull request #13)", {HANDLER: PLAIN})
    bitbucket = commits(ask(tmp_path, inquiry(FRAME), codebase(url="https://bitbucket.org/acme/transfers")))
    assert "https://bitbucket.org/acme/transfers/pull-requests/13" in {commit.pull_request for commit in bitbucket}
    bare = commits(ask(tmp_path, inquiry(FRAME), codebase(url=None)))
    assert {"!12", "#13"} <= {commit.pull_request for commit in bare}


def test_a_fix_known_by_its_pull_request_alone_needs_no_other_codebase(story: Path, tmp_path: Path) -> None:
    """Its branch's commit is gone since the squash; its pull request says where it is, so that no other repository is cloned."""
    elsewhere = Codebase("ledger", repository=f"file://{story}", services=("ledger",))
    squashed = PastFix("sig", "row lock", "ab12" * 10, "acme/transfers#1234")
    source = CodeSource(story.parent, (codebase(services=("transfers",)), elsewhere), clones=Clones(tmp_path / "cache"))
    assert [check.state for check in fix_checks(source.gather(inquiry(FRAME, fixes=[squashed])))] == ["lost"]
    assert not (tmp_path / "cache").exists()
    source.gather(inquiry(FRAME, fixes=[PastFix("sig", "row lock", "ab12" * 10)]))
    assert (tmp_path / "cache").exists()


def test_a_fix_of_another_repository_is_looked_for_there(story: Path, tmp_path: Path) -> None:
    """Though the failing service's own has a pull request of that number."""
    shutil.copytree(story, tmp_path / "transfers")
    ledger = Repository(tmp_path / "ledger")
    ledger.commit("first", {"ledger/post.py": PLAIN})
    ledger.commit("Guard the posting (#1234)", {"ledger/post.py": LOCKED})
    own, other = codebase(services=("transfers",)), codebase("ledger", services=("ledger",))
    (check,) = fix_checks(ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "guard", None, "acme/ledger#1234")]), own, other))
    assert (check.state, check.fix.repository) == ("stands", "ledger")


def test_of_a_line_that_moved_away_only_the_function_is_suspected(story: Path) -> None:
    """Line 100 is not in `select`: nobody is said to have changed "the failing line"."""
    findings = ask(story.parent, inquiry(Frame("select", f"/app/{HANDLER}", 100)))
    reasons = [reason for commit in commits(findings) for reason in commit.reasons]
    assert "changed `select`, the failing function" in reasons
    assert not [reason for reason in reasons if "changed the failing line" in reason]
    assert "changed the failing lines" not in [commit.relation for commit in commits(findings)]
    assert [gap.wanted for gap in findings.gaps if "as it ran" in gap.wanted] == [f"{HANDLER}:100 as it ran"]
