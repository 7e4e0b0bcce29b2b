"""Which commits are suspected, on real repositories: merges, reverts, renames, formatting, deploys, and what git cannot tell."""

import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bench.histories import KINDS, asked, planted, rank
from bot.config import Codebase
from bot.core.code.frame_path import by_name
from bot.model import Alert, Commit, Frame, Gap, Inquiry, Permalink
from bot.sources.code.git_history import Checkout
from bot.sources.code.places import locate
from bot.sources.code.reading import Reading
from bot.sources.code.suspects import suspects

pytestmark = pytest.mark.slow

ALERT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
HANDLER, STORE, TEST = "transfers/handler.py", "transfers/store.py", "tests/test_handler.py"
PLAIN = """from transfers.store import leaves_of


def select(session, wanted):
    leaves = leaves_of(session)
    total = sum(leaf.value for leaf in leaves)
    if total < wanted:
        raise ValueError("insufficient balance")
    return leaves


def report(session):
    return len(leaves_of(session))
"""
LOCKED = PLAIN.replace("leaves_of(session)\n    total", "leaves_of(session.with_for_update())\n    total")
FORMATTED = PLAIN.replace('"', "'").replace("    ", "  ")
STORED = """def leaves_of(session):
    rows = session.query("leaves")
    return rows.all()
"""
FRAMES = (Frame("main", "/usr/lib/python3.11/runpy.py", 9, in_app=False), Frame("select", f"/app/{HANDLER}", 8))


class Repository:
    """A bare repository that grows commit by commit, each so many days before the alert."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tip = folder, ""
        folder.mkdir()
        self.git("init", "--quiet", "--bare", "--initial-branch=main", "--template=", ".")
        self.commit("First version", 100, {HANDLER: PLAIN, STORE: STORED, "README.md": "transfers\n"})

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """What a git command prints."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, input=stdin, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(
        self, subject: str, days: float, files: dict[str, str | None], parents: tuple[str, ...] | None = None, address: str = "mira@acme.example"
    ) -> str:
        """The SHA of a new commit, which is the tip of main when it has no parents of its own."""
        message, seconds = subject.encode(), int((ALERT - timedelta(days=days)).timestamp())
        stream = [b"commit refs/heads/work\nmark :1\ncommitter Mira <%s> %d +0000\ndata %d\n%s\n" % (address.encode(), seconds, len(message), message)]
        above = (self.tip,) if parents is None and self.tip else parents or ()
        stream += [b"%s %s\n" % (b"merge" if number else b"from", parent.encode()) for number, parent in enumerate(above)]
        for name, content in files.items():
            data = (content or "").encode()
            stream.append(b"D %s\n" % name.encode() if content is None else b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
        sha = self.git("fast-import", "--quiet", "--force", "--cat-blob-fd=1", stdin=b"".join([*stream, b"get-mark :1\n"]))
        if parents is None or len(parents) > 1:
            self.tip = sha
            self.git("update-ref", "refs/heads/main", sha)
        return sha

    def ask(
        self, previous: str | None = None, frames: tuple[Frame, ...] = FRAMES, message: str = "insufficient balance", began: datetime | None = None
    ) -> tuple[tuple[Commit, ...], list[Gap]]:
        """The suspects at the tip, and the gaps."""
        checkout = Checkout(self.folder, "transfers")
        codebase = Codebase(name="transfers", path="transfers", url="https://github.com/acme/transfers")
        reading = Reading(codebase, checkout, self.tip, ALERT, by_name(checkout.files(self.tip)), "a test", previous)
        alert = Alert(Permalink("acme.slack.com", "C1", "1765962764.835579"), ALERT, "prod", message, error_type="ValueError", message=message)
        inquiry = Inquiry(alert, ALERT - timedelta(minutes=5), ALERT, search=False, frames=frames, began=began)
        return suspects(locate(frames, [reading]), inquiry)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One commit, a hundred days old."""
    return Repository(tmp_path / "transfers")


def shas(found: tuple[Commit, ...]) -> list[str]:
    """The commits in the order of suspicion."""
    return [commit.sha for commit in found]


def words(found: tuple[Commit, ...], sha: str) -> str:
    """The reasons of one of them."""
    return "; ".join(next(commit.reasons for commit in found if commit.sha == sha))


def test_the_change_that_the_failing_line_rests_on_comes_before_newer_ones(repository: Repository) -> None:
    """Newer commits to the same function, its file and its tests are not more suspect for being newer."""
    lock = repository.commit("Lock (#7)", 20, {HANDLER: LOCKED})
    unlock = repository.commit("perf: fewer locks (#9)", 3, {HANDLER: PLAIN})
    log = repository.commit("Log more", 1, {HANDLER: PLAIN.replace("    return leaves\n", '    logger.info("selected")\n    return leaves\n')})
    tests = repository.commit("Tests of select", 0.5, {TEST: "select()\n"})
    found, gaps = repository.ask()
    assert not gaps
    assert shas(found)[0] == unlock
    assert tests not in shas(found)[:2]
    assert shas(found).index(unlock) < shas(found).index(log)
    assert "changed line 5, which the failing line rests on" in words(found, unlock)
    assert "was made 3 days before the failure" in words(found, unlock)
    first = found[0]
    assert (first.relation, first.path) == ("changed the failing function", HANDLER)
    assert first.removed == ("    leaves = leaves_of(session.with_for_update())",)
    assert first.pull_request == "https://github.com/acme/transfers/pull/9"
    assert lock in shas(found)


@pytest.mark.parametrize("released", [False, True], ids=["no deploy is known", "a release of since then"])
def test_an_error_of_weeks_has_the_suspects_of_its_first_day(repository: Repository, *, released: bool) -> None:
    """What was changed after it came did not begin it, and that another release runs now says nothing for what was changed before."""
    guilty = repository.commit("Only fresh leaves", 26, {STORE: STORED.replace("rows.all()", 'rows.filter("fresh").all()')})
    previous = repository.commit("Docs", 20, {"README.md": "more\n"})
    repository.commit("Try to mend it", 2, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")})
    found, gaps = repository.ask(previous if released else None, began=ALERT - timedelta(days=25))
    assert not gaps
    assert shas(found)[0] == guilty
    assert guilty not in shas(repository.ask(began=ALERT)[0])[:1]


def test_a_right_that_was_taken_away_is_named_by_the_refusal(repository: Repository) -> None:
    """A policy is written as the cloud names its rights, `dynamodb:Query`."""
    policy = 'resource "aws_iam_role_policy" "leaves" {\n  actions = ["dynamodb:GetItem", "dynamodb:Query"]\n}\n'
    repository.commit("Policy of the leaves", 40, {"infra/iam.tf": policy})
    repository.commit("Tags", 2, {"infra/tags.tf": 'tags = { table = "dynamodb" }\n'})
    taken = repository.commit("Least privilege", 1, {"infra/iam.tf": policy.replace(', "dynamodb:Query"', "")})
    found, _ = repository.ask(message="role/leaves is not authorized to perform: dynamodb:Query on resource: table/leaves")
    assert shas(found)[0] == taken
    assert found[0].reasons[0] == "took out `Query`, which the message names"


def test_a_change_in_what_is_called_is_suspected_with_the_release_that_brought_it(repository: Repository) -> None:
    """The definition of a name in the failing code, first deployed now; what ran before is no rival."""
    harmless = repository.commit("Rework the selection", 6, {HANDLER: PLAIN.replace("total < wanted", "wanted > total")})
    previous = repository.commit("Docs", 4, {"README.md": "more\n"})
    cause = repository.commit("Only fresh leaves", 2, {STORE: STORED.replace("rows.all()", 'rows.filter("fresh").all()')})
    found, _ = repository.ask(previous)
    assert shas(found)[0] == cause
    assert found[0].relation == "changed what the failing code uses"
    assert "changed `leaves_of`, which the failing code uses" in words(found, cause)
    assert f"was first deployed with this release (after {previous[:7]})" in words(found, cause)
    assert "first deployed" not in words(found, harmless)


def test_a_release_longer_than_the_window_brings_its_old_commits(repository: Repository) -> None:
    """A commit of forty days ago that was deployed only now."""
    cause = repository.commit("Only fresh leaves", 40, {STORE: STORED.replace("rows.all()", 'rows.filter("fresh").all()')})
    repository.commit("Docs", 1, {"README.md": "more\n"})
    found, _ = repository.ask(previous=repository.git("rev-parse", f"{cause}~1"))
    assert shas(found)[0] == cause
    assert "first deployed" in words(found, cause)


def test_the_pull_request_of_a_side_branch_is_that_of_its_merge(repository: Repository) -> None:
    """And the author's login is known from a noreply address; no address ever leaves."""
    base = repository.tip
    side = repository.commit("Fewer leaves", 3, {STORE: STORED.replace("all()", "few()")}, (base,), "1234+mira-o@users.noreply.github.com")
    repository.commit("Docs", 2.5, {"README.md": "more\n"})
    repository.commit("Merge pull request #12 from acme/few", 2, {STORE: STORED.replace("all()", "few()")}, (repository.tip, side))
    found, _ = repository.ask()
    assert shas(found)[0] == side
    assert found[0].pull_request == "https://github.com/acme/transfers/pull/12"
    assert found[0].login == "mira-o"
    assert b"@" not in msgspec.json.encode(found)


def test_a_merge_that_changes_the_line_itself_is_a_suspect(repository: Repository) -> None:
    """What was changed in resolving a conflict is in no other commit."""
    base = repository.tip
    side = repository.commit("Docs", 3, {"README.md": "side\n"}, (base,))
    repository.commit("Docs again", 2.5, {"README.md": "main\n"})
    merge = repository.commit("Merge branch 'docs'", 2, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")}, (repository.tip, side))
    found, _ = repository.ask()
    assert shas(found)[0] == merge


def test_a_revert_that_brings_old_lines_back_is_a_suspect(repository: Repository) -> None:
    """It names what it reverts."""
    lock = repository.commit("Lock", 20, {HANDLER: LOCKED})
    revert = repository.commit(f'Revert "Lock"\n\nThis reverts commit {lock}.', 2, {HANDLER: PLAIN})
    found, _ = repository.ask()
    assert shas(found)[0] == revert
    assert f"reverts {lock[:7]}" in words(found, revert)


def test_formatting_is_seen_through(repository: Repository) -> None:
    """A re-formatting of every line does not stand before the change that it covers, nor when git is told to ignore it."""
    cause = repository.commit("Other bounds", 5, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")})
    after: dict[str, str | None] = {HANDLER: FORMATTED.replace("total < wanted", "total <= wanted")}
    style = repository.commit("Run the formatter", 1, after)
    found, _ = repository.ask()
    assert shas(found)[0] == cause
    assert words(found, style).endswith("changed only formatting or comments")
    large = repository.commit("Wrap", 0.9, {HANDLER: FORMATTED.replace("total < wanted", "total <= wanted + 0")})
    repository.commit("Ignore it", 0.8, {".git-blame-ignore-revs": f"# formatting\n{large}\n{'f' * 40}\nnot a revision\n--output=x\n"})
    found, gaps = repository.ask()
    assert not gaps
    assert shas(found)[0] == cause
    assert "is listed in .git-blame-ignore-revs" in words(found, large)


def test_a_renamed_file_keeps_its_history(repository: Repository) -> None:
    """Commits under the old path count for the file of today, and the renaming itself is nothing."""
    cause = repository.commit("Other bounds", 5, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")})
    moved = repository.commit("Move", 1, {HANDLER: None, "transfers/core/selection.py": PLAIN.replace("total < wanted", "total <= wanted")})
    found, _ = repository.ask(frames=(Frame("select", "transfers/core/selection.py", 8),))
    assert shas(found)[0] == cause
    assert found[0].path == "transfers/core/selection.py"
    assert moved not in shas(found)[:1]


def test_what_is_later_than_the_alert_is_never_suspected(repository: Repository) -> None:
    """Nor anything when all is later, nor a commit that touches nothing of the trace."""
    repository.commit("Other bounds", -1, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")})
    repository.commit("Elsewhere", 1, {"other/thing.py": "x = 1\n"})
    found, _ = repository.ask()
    assert [commit.subject for commit in found] == ["First version"]
    assert repository.ask(frames=(Frame("nowhere", "no/such.py", 1),)) == ((), [])


def test_control_characters_and_long_subjects_are_tamed(repository: Repository) -> None:
    """A commit message is text from outside."""
    repository.commit("Bounds \x1b[2J\u202e`x` " + "a" * 5000, 1, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")})
    found, _ = repository.ask()
    assert "\x1b" not in found[0].subject
    assert "\u202e" not in found[0].subject
    assert len(found[0].subject) <= 200


def test_a_broken_object_is_a_gap_and_the_rest_still_counts(repository: Repository) -> None:
    """Where git cannot read an old version, who changed it is not guessed."""
    repository.commit("Other bounds", 5, {HANDLER: PLAIN.replace("total < wanted", "total <= wanted")})
    blob = repository.git("rev-parse", f"main~1:{HANDLER}")
    (repository.folder / "objects" / blob[:2] / blob[2:]).unlink()
    _, gaps = repository.ask()
    assert gaps
    assert all(gap.remedy for gap in gaps)


def test_few_git_processes_are_enough(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three functions of a trace, many commits: at most twelve for the suspects, besides the few that read the code."""
    for number in range(12):
        repository.commit(f"Change {number}", 10 - number / 2, {STORE: STORED.replace("leaves", f"leaves{number}"), f"f{number}.py": "x = 1\n"})
    frames = (Frame("report", HANDLER, 13), Frame("leaves_of", STORE, 2), Frame("select", HANDLER, 8))
    (tmp_path / "trace").mkdir()
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(tmp_path / "trace"))
    found, _ = repository.ask(frames=frames)
    assert found
    reading = 5  # the state of the repository, its files, the contents of two
    assert len(list((tmp_path / "trace").iterdir())) <= 12 + reading


def test_planted_causes_are_found(tmp_path: Path) -> None:
    """Some of the histories that `python -m bench.histories` measures by the hundred."""
    kinds = ("guard_removed", "renamed_key", "deleted_import")
    found = {kind: rank(one := planted(kind, random.Random(number), tmp_path / kind), asked(one)) for number, kind in enumerate(kinds)}  # noqa: S311 - repeatable
    assert set(kinds) <= set(KINDS)
    assert all(1 <= place <= 3 for place in found.values())
    assert sum(place == 1 for place in found.values()) >= 2
