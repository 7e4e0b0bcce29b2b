"""The code source on real git repositories: places, history, fixes, and what it says when something is missing."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.config import Codebase
from bot.core.code.frame_path import by_name, candidates
from bot.model import Alert, CodePlace, Commit, Findings, FixCheck, Frame, Inquiry, PastFix, Permalink
from bot.sources.code.clone import Clones
from bot.sources.code.code import CodeSource

pytestmark = pytest.mark.slow

ALERT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
HANDLER = "transfers/handler.py"
PLAIN = """import logging


def select(session, wanted):
    leaves = (
        session.query()
        .all()
    )
    if not leaves:
        raise ValueError("insufficient")
    return leaves


def other():
    return 1
"""
LOCKED = PLAIN.replace("        .all()\n", "        .with_for_update(skip_locked=True)\n        .all()\n")
FRAME = Frame("select", f"/app/{HANDLER}", 10)


class Repository:
    """A real repository without a working tree; every commit is an hour after the one before."""

    def __init__(self, folder: Path, hour: int = 0) -> None:
        self.folder, self._hour = folder, hour
        if not folder.exists():
            folder.mkdir(parents=True)
            self.git("init", "--quiet", "--initial-branch=main", "--template=", ".")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """What a git command prints."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, input=stdin, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, subject: str, files: dict[str, str | bytes | None]) -> str:
        """The SHA of a new commit on main that writes, or removes, these files."""
        seconds = int(datetime(2025, 12, 10, 8 + self._hour, tzinfo=UTC).timestamp())
        message = subject.encode()
        stream = [b"commit refs/heads/main\nmark :1\ncommitter Mira <mira@example.com> %d +0000\ndata %d\n%s\n" % (seconds, len(message), message)]
        stream += [b"from refs/heads/main^0\n"] if self._hour else []
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content or b""
            stored = name.encode("utf-8", "surrogateescape")
            stream.append(b"D %s\n" % stored if content is None else b"M 100644 inline %s\ndata %d\n%s\n" % (stored, len(data), data))
        self._hour += 1
        return self.git("fast-import", "--quiet", "--cat-blob-fd=1", stdin=b"".join([*stream, b"get-mark :1\n"]))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handler, the fix that locks, the commit that takes the lock out again, and one that does not matter."""
    repository = Repository(tmp_path_factory.mktemp("story") / "transfers")
    repository.commit("first (#1)", {HANDLER: PLAIN, "README.md": "transfers\n"})
    repository.commit("Lock the leaves (#1234)", {HANDLER: LOCKED})
    repository.commit("perf: drop the lock (#1251)", {HANDLER: PLAIN})
    repository.commit("docs", {"README.md": "more\n"})
    return repository.folder


@pytest.fixture
def repository(story: Path, tmp_path: Path) -> Repository:
    """The story's repository, for one test to change."""
    return Repository(shutil.copytree(story, tmp_path / "transfers"), hour=4)


def codebase(name: str = "transfers", **more: object) -> Codebase:
    """A codebase whose checkout is the folder of its name."""
    return Codebase(**{"name": name, "path": name, "url": f"https://github.com/acme/{name}", **more})  # type: ignore[arg-type]


def inquiry(*frames: Frame, service: str | None = "transfers", release: str | None = None, fixes: Sequence[PastFix] = (), time: datetime = ALERT) -> Inquiry:
    """What is asked after the failing event was found."""
    alert = Alert(Permalink("acme.slack.com", "C1", "1765962764.835579"), time, "prod", "ValueError: insufficient")
    return Inquiry(alert, time - timedelta(minutes=5), time, search=False, frames=frames, service=service, release=release, past_fixes=tuple(fixes))


def ask(root: Path, asked: Inquiry, *codebases: Codebase) -> Findings:
    """The source's answer."""
    return CodeSource(root, codebases or (codebase(),)).gather(asked)


def places(findings: Findings) -> list[CodePlace]:
    """The places in the order of the answer."""
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, CodePlace)]


def commits(findings: Findings) -> list[Commit]:
    """The commits in the order of the answer."""
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, Commit)]


def fix_checks(findings: Findings) -> list[FixCheck]:
    """What was found of earlier fixes."""
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, FixCheck)]


def test_a_frame_leads_to_its_function_at_the_commit(repository: Repository, tmp_path: Path) -> None:
    """The failing line is shown within its whole function, with a permalink at the commit that was read."""
    head = repository.git("rev-parse", "HEAD")
    (place,) = places(ask(tmp_path, inquiry(Frame("run", "/usr/lib/python3.11/threading.py", 975), FRAME)))
    assert (place.path, place.line, place.function, place.first_line) == (HANDLER, 10, "select", 4)
    assert place.snippet.splitlines()[0] == "def select(session, wanted):"
    assert place.snippet.splitlines()[-1] == "    return leaves"
    assert place.permalink == f"https://github.com/acme/transfers/blob/{head}/{HANDLER}#L10"


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


def test_a_fix_that_was_removed_is_told_with_the_commit_that_removed_it(repository: Repository, tmp_path: Path) -> None:
    """The regression's proof: the missing line and its remover."""
    fix = repository.git("rev-parse", "HEAD~2")
    (check,) = fix_checks(ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "row lock", fix[:12])])))
    assert not check.stands
    assert check.missing == ("        .with_for_update(skip_locked=True)",)
    assert check.removed_by is not None
    assert check.removed_by.sha == repository.git("rev-parse", "HEAD~1")
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
def test_a_fix_stands_although_its_lines_look_different(repository: Repository, tmp_path: Path, later: str) -> None:
    """White space, a place further down and a changed argument do not make a lost fix."""
    fix = repository.git("rev-parse", "HEAD~2")
    repository.commit("restored", {HANDLER: later})
    (check,) = fix_checks(ask(tmp_path, inquiry(fixes=[PastFix("sig", "row lock", fix)])))
    assert check.stands
    assert check.removed_by is None


def test_a_fix_moved_into_another_file_stands(repository: Repository, tmp_path: Path) -> None:
    """A file that was renamed, or a function that moved out, keeps its fix."""
    fix = repository.git("rev-parse", "HEAD~2")
    repository.commit("restored", {HANDLER: LOCKED})
    repository.commit("renamed", {HANDLER: None, "transfers/selection.py": LOCKED + "\n\ndef third():\n    return 3\n"})
    repository.commit(
        "moved out",
        {
            "transfers/selection.py": PLAIN,
            "transfers/query.py": "def locked(query):\n    return (\n        query\n        .with_for_update(skip_locked=True)\n    )\n",
        },
    )
    (check,) = fix_checks(ask(tmp_path, inquiry(fixes=[PastFix("sig", "row lock", fix)])))
    assert check.stands


def test_a_fix_in_a_file_that_was_deleted_is_lost(repository: Repository, tmp_path: Path) -> None:
    """The deletion is the commit that removed it."""
    fix = repository.git("rev-parse", "HEAD~2")
    repository.commit("restored", {HANDLER: LOCKED})
    repository.commit("gone", {HANDLER: None})
    (check,) = fix_checks(ask(tmp_path, inquiry(fixes=[PastFix("sig", "row lock", fix)])))
    assert check.removed_by is not None
    assert check.removed_by.subject == "gone"


def test_a_fix_that_is_on_no_branch_read_is_lost_without_a_remover(repository: Repository, tmp_path: Path) -> None:
    """A release from before the fix never had it: nobody is blamed."""
    fix = repository.git("rev-parse", "HEAD~2")
    repository.git("tag", "v1.0", "HEAD~3")
    (check,) = fix_checks(ask(tmp_path, inquiry(FRAME, release="v1.0", fixes=[PastFix("sig", "row lock", fix)])))
    assert (check.stands, check.removed_by) == (False, None)


def test_an_unknown_fix_commit_is_a_gap(story: Path) -> None:
    """Only a SHA of this repository is looked at; a name or an option is none."""
    fixes = [PastFix("sig", "words", commit) for commit in ("deadbeef", "--output=/tmp/x", "HEAD", "main", "a" * 40)]
    findings = ask(story.parent, inquiry(fixes=fixes))
    assert not findings.evidence
    assert ["no checkout has this commit" in gap.cause for gap in findings.gaps] == [False, *[True] * 5]


@pytest.mark.parametrize("release", ["v1.4.0", "1.4.0", "transfers@1.4.0", "{sha}", "{short}", "build-{short}"])
def test_the_code_is_read_at_the_release(repository: Repository, tmp_path: Path, release: str) -> None:
    """Tags and SHAs in the usual spellings; then nothing is uncertain."""
    sha = repository.git("rev-parse", "HEAD~2")
    repository.git("tag", "v1.4.0", sha)
    findings = ask(tmp_path, inquiry(Frame("select", HANDLER, 11), release=release.format(sha=sha, short=sha[:9])))
    assert places(findings)[0].commit == sha
    assert ".with_for_update" in places(findings)[0].snippet
    assert not findings.gaps


def test_without_a_release_the_branch_is_read_as_of_the_alert(repository: Repository, tmp_path: Path) -> None:
    """A commit that came later did not run yet; that production may differ is said."""
    before = repository.git("rev-parse", "HEAD")
    repository.commit("later", {HANDLER: "raise SystemExit\n"})
    findings = ask(tmp_path, inquiry(FRAME, time=datetime(2025, 12, 10, 11, 30, tzinfo=UTC)))
    assert places(findings)[0].commit == before
    assert "production may differ" in findings.gaps[0].cause


def test_an_unknown_or_hostile_release_is_a_gap(story: Path) -> None:
    """It never becomes an option or a revision expression."""
    for release in ("nightly", "--upload-pack=x", "HEAD@{1}", ":/first", "v1\n--output=x", "x" * 5000):
        findings = ask(story.parent, inquiry(release=release, fixes=[PastFix("sig", "words", "deadbeef")]))
        assert "no tag or commit there" in findings.gaps[0].cause


def test_all_commits_later_than_the_alert(story: Path) -> None:
    """A replayed old alert is read at the head, and that is said."""
    findings = ask(story.parent, inquiry(FRAME, time=datetime(2024, 1, 1, tzinfo=UTC)))
    assert places(findings)
    assert any("later than the alert" in gap.cause for gap in findings.gaps)


def test_a_shallow_clone_makes_no_claims_about_history(repository: Repository, tmp_path: Path) -> None:
    """Blame of a shallow clone names the wrong commit: only the code is shown, with the command that mends it."""
    fix = repository.git("rev-parse", "HEAD~2")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(tmp_path / "shallow"))
    findings = ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "lock", fix)]), codebase("shallow"))
    assert places(findings)
    assert not commits(findings)
    assert not fix_checks(findings)
    assert any("fetch --unshallow" in gap.remedy for gap in findings.gaps)


@pytest.mark.usefixtures("repository")
def test_the_service_decides_between_two_codebases(tmp_path: Path) -> None:
    """The same path in two repositories: the one that the service runs; without a service it is ambiguous."""
    Repository(tmp_path / "ledger").commit("first", {HANDLER: PLAIN})
    both = (codebase("ledger", services=("ledger",)), codebase("transfers", services=("transfers",)))
    assert places(ask(tmp_path, inquiry(FRAME), *both))[0].repository == "transfers"
    unclear = ask(tmp_path, inquiry(FRAME, service=None), *both)
    assert not places(unclear)
    assert any("2 files could be meant" in gap.cause for gap in unclear.gaps)


@pytest.mark.parametrize(
    ("kind", "said", "wanted"),
    [("KeyError", "no words of it", ["which of 3 codebases failed"]), ("ValueError", "insufficient", ["the version of transfers that was running"])],
)
@pytest.mark.usefixtures("repository")
def test_of_codebases_that_may_all_be_meant_only_those_with_the_code_are_told_of(tmp_path: Path, kind: str, said: str, wanted: list[str]) -> None:
    """An alert that names no service asks all of them: what is not known of each would bury what is known."""
    names = ("transfers", "ledger", "wallet")
    for name in names[1:]:
        Repository(tmp_path / name).commit("first", {f"{name}/app.py": "x = 1\n"})
    asked = inquiry(service=None)
    asked = msgspec.structs.replace(asked, alert=msgspec.structs.replace(asked.alert, error_type=kind, message=said))
    findings = ask(tmp_path, asked, *(codebase(name, services=(name,)) for name in names))

    assert [gap.wanted for gap in findings.gaps if "version" in gap.wanted or "which of" in gap.wanted] == wanted


@pytest.mark.usefixtures("repository")
def test_another_codebase_is_looked_at_when_the_services_own_lacks_the_file(tmp_path: Path) -> None:
    """A library of one's own runs inside another service."""
    Repository(tmp_path / "ledger").commit("first", {"ledger/app.py": "x = 1\n"})
    findings = ask(tmp_path, inquiry(FRAME, service="ledger"), codebase("ledger", services=("ledger",)), codebase("transfers", services=("transfers",)))
    assert places(findings)[0].repository == "transfers"


def test_frames_are_matched_from_the_end_of_their_path() -> None:
    """Build folders, source roots, modules and Java's bare file names."""
    tracked = by_name(["src/app/main.py", "src/app/__init__.py", "java/com/acme/pay/Main.java", "java/com/acme/web/Main.java"])
    expected = {
        Frame("f", "C:\\build\\src\\app\\main.py", 1): "src/app/main.py",
        Frame("f", "app/main.py", 1): "src/app/main.py",
        Frame("f", "/srv/app/main.py", 1): "src/app/main.py",
        Frame("f", None, 1, "app.main"): "src/app/main.py",
        Frame("f", None, 1, "app"): "src/app/__init__.py",
        Frame("f", None, 1, "app.main.Server"): "src/app/main.py",
        Frame("run", "Main.java", 3, "com.acme.pay.Main"): "java/com/acme/pay/Main.java",
        Frame("run", "Main.java", 3, "com.acme.web.Main"): "java/com/acme/web/Main.java",
    }
    assert {frame: candidates(frame, tracked, ("src",)) for frame in expected} == {frame: (path,) for frame, path in expected.items()}
    assert candidates(Frame("f", "/opt/flask/main.py", 1), tracked, ("src",)) == ()


def test_half_a_match_is_none(tmp_path: Path) -> None:
    """`models/query.py` of a library is not the `models/query.py` of ours."""
    Repository(tmp_path / "transfers").commit("first", {"app/models/query.py": "def f():\n    pass\n"})
    findings = ask(tmp_path, inquiry(Frame("f", "/opt/django/db/models/query.py", 1)))
    assert not findings.evidence
    assert any("no such file in transfers@" in gap.cause for gap in findings.gaps)


def test_a_line_of_another_version_is_said_and_the_function_found_by_name(story: Path) -> None:
    """The code that ran had other lines: the function is shown, the line is not claimed."""
    findings = ask(story.parent, inquiry(Frame("select", HANDLER, 15)))
    (place,) = places(findings)
    assert (place.function, place.line) == ("select", 4)
    assert any("is not the version that ran" in gap.cause for gap in findings.gaps)


def test_a_file_that_is_gone_is_told_with_its_removal(repository: Repository, tmp_path: Path) -> None:
    """The stack comes from a version that still had it."""
    repository.commit("drop the handler", {HANDLER: None})
    findings = ask(tmp_path, inquiry(FRAME))
    assert not places(findings)
    assert any("drop the handler" in gap.cause and "still ran" in gap.cause for gap in findings.gaps)


def test_a_path_that_climbs_out_is_refused(story: Path) -> None:
    """Nothing outside of the repository's tracked files is ever opened."""
    files = ["../../etc/passwd", "/app/../../../etc/passwd", "..\\..\\secrets.py", "transfers/\x00handler.py", "/" + "a/" * 4000 + "x.py"]
    findings = ask(story.parent, inquiry(*[Frame("select", file, 1) for file in files]))
    assert not findings.evidence
    assert sum("climbs out" in gap.cause for gap in findings.gaps) == len(files)


def test_content_that_cannot_be_shown_is_a_gap(tmp_path: Path) -> None:
    """Binary files, pointers and huge files."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    Repository(tmp_path / "transfers").commit("first", {"binary.py": b"\x7fELF\x00\x01", "pointer.py": pointer, "huge.py": b"x = 1\n" * 200_000})
    findings = ask(tmp_path, inquiry(*[Frame("f", f"/app/{name}.py", 1) for name in ("huge", "pointer", "binary")]))
    assert not findings.evidence
    assert [cause in gap.cause for gap, cause in zip(findings.gaps[1:], ("binary", "Git LFS", "larger than"), strict=True)] == [True] * 3


def test_a_file_that_is_not_utf8_is_read_and_said_so(tmp_path: Path) -> None:
    """Latin-1 comments hide no code."""
    Repository(tmp_path / "transfers").commit("first", {"old.py": "def f():\n    return 'é' + 1\n".encode("latin-1")})
    (evidence, *_) = ask(tmp_path, inquiry(Frame("f", "/app/old.py", 2))).evidence
    assert "not UTF-8" in evidence.text
    assert "return 'é' + 1" in evidence.text


def test_ten_thousand_frames_are_bounded(story: Path) -> None:
    """A recursion counts as the frames that differ; three places are shown at most."""
    frames = [Frame("other", HANDLER, 15), *[Frame("select", HANDLER, 4 + n % 8) for n in range(10_000)]]
    assert len(places(ask(story.parent, inquiry(*frames)))) == 3


def test_commit_messages_with_control_characters_are_harmless(tmp_path: Path) -> None:
    """No escape sequence, no bidirectional mark, no second line reaches the evidence."""
    repository = Repository(tmp_path / "transfers")
    repository.commit("first", {HANDLER: PLAIN})
    repository.commit("evil \x1b[31mred\x07 \u202egnp\x1e\x1f" + "0" * 40, {HANDLER: PLAIN.replace("insufficient", "too little")})
    newest = next(commit for commit in commits(ask(tmp_path, inquiry(FRAME))) if commit.subject != "first")
    assert newest.subject.startswith("evil red gnp")
    assert newest.subject.isprintable()
    assert newest.relation == "changed the failing lines"


def test_lines_that_look_like_diff_headers_are_lines(tmp_path: Path) -> None:
    """A removed SQL comment prints as `--- a/x` in the diff."""
    repository = Repository(tmp_path / "transfers")
    repository.commit("first", {"q.py": 'def f():\n    return """\n-- a/other.py\nselect 1\n"""\n'})
    repository.commit("second", {"q.py": 'def f():\n    return """\n++ b/other.py\nselect 1\n"""\n'})
    newest = next(commit for commit in commits(ask(tmp_path, inquiry(Frame("f", "/app/q.py", 2)))) if commit.subject == "second")
    assert (newest.path, newest.removed, newest.added) == ("q.py", ("-- a/other.py",), ("++ b/other.py",))


@pytest.mark.parametrize(
    ("prepare", "cause"), [("missing", "does not exist"), ("empty", "not the top of a git repository"), ("unborn", "has no commit that can be read")]
)
def test_a_codebase_that_cannot_be_read_is_a_gap(tmp_path: Path, prepare: str, cause: str) -> None:
    """Missing, empty, or without a commit; an enclosing repository is not taken for it."""
    Repository(tmp_path / "outer").commit("first", {HANDLER: PLAIN})
    folder = tmp_path / "outer" / "code"
    if prepare == "unborn":
        Repository(folder)
    elif prepare == "empty":
        folder.mkdir()
    findings = ask(tmp_path / "outer", inquiry(FRAME), codebase("code"))
    assert not findings.evidence
    assert [cause in gap.cause for gap in findings.gaps] == [True]
    (checkup,) = CodeSource(tmp_path / "outer", (codebase("code"),)).examine()
    assert not checkup.ok
    assert "fetch-depth" in checkup.remedy


def test_a_damaged_repository_is_a_gap(repository: Repository, tmp_path: Path) -> None:
    """Objects that cannot be read end in a sentence, not in an exception of git's."""
    for file in (repository.folder / ".git" / "objects").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"x")
    findings = ask(tmp_path, inquiry(FRAME))
    assert not findings.evidence
    assert findings.gaps


def test_hooks_and_configured_programs_of_the_repository_do_not_run(repository: Repository, tmp_path: Path) -> None:
    """A hostile checkout's textconv, external diff and pager stay idle."""
    canary = tmp_path / "canary"
    script = tmp_path / "evil.sh"
    script.write_text(f'#!/bin/sh\ntouch {canary}\ncat "$1" 2>/dev/null\n')
    script.chmod(0o755)
    for key in ("diff.external", "core.pager", "diff.evil.textconv", "core.fsmonitor", "core.sshCommand", "diff.evil.command"):
        repository.git("config", key, str(script))
    (repository.folder / ".git" / "info").mkdir(exist_ok=True)
    (repository.folder / ".git" / "info" / "attributes").write_text("*.py diff=evil\n")
    fix = repository.git("rev-parse", "HEAD~2")
    findings = ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "lock", fix)]))
    assert commits(findings)
    assert fix_checks(findings)
    assert not canary.exists()


def test_a_linked_worktree_and_a_bare_clone_can_be_read(repository: Repository, tmp_path: Path) -> None:
    """Checkouts come in these forms too."""
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(tmp_path / "bare"))
    assert places(ask(tmp_path, inquiry(FRAME), codebase("linked")))
    assert places(ask(tmp_path, inquiry(FRAME), codebase("bare")))


def test_a_revert_came_by_its_own_pull_request(repository: Repository, tmp_path: Path) -> None:
    """Not by the one that it quotes; where a subject only quotes one, by none."""
    own = repository.commit('Revert "perf: drop the lock (#1251)" (#1260)', {HANDLER: LOCKED})
    quoting = repository.commit('Revert "Lock the leaves (#1234)"', {HANDLER: PLAIN})
    found = {commit.sha: commit.pull_request for commit in commits(ask(tmp_path, inquiry(FRAME)))}
    assert found[own] == "https://github.com/acme/transfers/pull/1260"
    assert found[quoting] is None


def test_a_merge_request_is_linked_as_its_host_does(tmp_path: Path) -> None:
    """GitLab names it in the body of the merge; Bitbucket has pull requests of another form."""
    repository = Repository(tmp_path / "transfers")
    repository.commit("first", {HANDLER: PLAIN})
    repository.commit("Lock the leaves\n\nSee merge request acme/transfers!12", {HANDLER: LOCKED})
    gitlab = commits(ask(tmp_path, inquiry(FRAME), codebase(url="https://gitlab.example/acme/transfers")))
    assert "https://gitlab.example/acme/transfers/-/merge_requests/12" in {commit.pull_request for commit in gitlab}
    repository.commit("Merged in perf (pull request #13)", {HANDLER: PLAIN})
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


def test_nothing_is_asked_without_frames_or_fixes(tmp_path: Path) -> None:
    """Round one costs no git call: the folder does not even exist."""
    assert ask(tmp_path / "nowhere", inquiry()) == Findings()


def test_no_codebase_is_a_gap_that_says_what_to_add(tmp_path: Path) -> None:
    """The remedy is the key of the configuration."""
    (gap,) = CodeSource(tmp_path, ()).gather(inquiry(FRAME)).gaps
    assert "`code:`" in gap.remedy


def test_other_languages_are_cut_by_indentation_and_said_so(tmp_path: Path) -> None:
    """Without a grammar the function's bounds are an estimate, and told as one."""
    perl = "package Pay;\n\nsub select {\n    my ($id) = @_;\n    die 'no id' unless $id;\n    return $id;\n}\n\nsub other { 1 }\n"
    Repository(tmp_path / "transfers").commit("first", {"pay/Server.pm": perl})
    findings = ask(tmp_path, inquiry(Frame("select", "/build/pay/Server.pm", 5, "Pay")))
    (place,) = places(findings)
    assert (place.function, place.first_line, place.snippet.splitlines()[-1]) == ("select", 3, "}")
    assert "cut out by indentation" in findings.evidence[0].text


def test_git_that_hangs_is_ended_and_told(repository: Repository, tmp_path: Path) -> None:
    """A repository on a dead disk costs its time limit, not the diagnosis."""
    os.mkfifo(repository.folder / ".git" / "packed-refs")
    (gap,) = CodeSource(tmp_path, (codebase(),), seconds=0.3).gather(inquiry(FRAME, fixes=[PastFix("sig", "lock", "deadbeef")])).gaps
    assert gap.cause == "no answer within 0.3 seconds"


def test_of_a_line_that_moved_away_only_the_function_is_suspected(story: Path) -> None:
    """Line 100 is not in `select`: nobody is said to have changed "the failing line"."""
    findings = ask(story.parent, inquiry(Frame("select", f"/app/{HANDLER}", 100)))
    reasons = [reason for commit in commits(findings) for reason in commit.reasons]
    assert "changed `select`, the failing function" in reasons
    assert not [reason for reason in reasons if "changed the failing line" in reason]
    assert "changed the failing lines" not in [commit.relation for commit in commits(findings)]
    assert [gap.wanted for gap in findings.gaps if "as it ran" in gap.wanted] == [f"{HANDLER}:100 as it ran"]


def test_a_frame_of_a_submodule_is_told_as_one(repository: Repository, tmp_path: Path) -> None:
    """Its files are in another repository; the gap says which folder."""
    seconds = int(datetime(2025, 12, 11, tzinfo=UTC).timestamp())
    head = f"commit refs/heads/main\ncommitter Mira <mira@example.com> {seconds} +0000\ndata 10\nAdd ledger\nfrom refs/heads/main^0\n"
    repository.git("fast-import", "--quiet", stdin=f"{head}M 160000 {'1' * 40} ledger\n".encode())
    (gap,) = [gap for gap in ask(tmp_path, inquiry(Frame("post", "/app/ledger/book.py", 7))).gaps if "ledger" in gap.wanted]
    assert gap.cause == "transfers/ledger is a submodule: its files are in another repository"


def test_what_was_found_by_its_words_does_not_hide_that_the_trace_led_nowhere(story: Path) -> None:
    """The place of the message is evidence, and the frame that no file fits is still a gap."""
    asked = inquiry(Frame("post", "/app/elsewhere/book.py", 7))
    asked = msgspec.structs.replace(asked, alert=msgspec.structs.replace(asked.alert, error_type="ValueError", message="insufficient"))
    findings = ask(story.parent, asked)
    assert [place.line for place in places(findings)] == [10]
    assert [gap.wanted for gap in findings.gaps if "book.py" in gap.wanted] == ["the code of `/app/elsewhere/book.py:7`"]


@pytest.mark.usefixtures("repository")
def test_a_service_that_no_codebase_holds_is_told_so(tmp_path: Path) -> None:
    """And not that the version of another service's code is unknown; where a codebase names no services, it may be this one's."""
    asked = inquiry(service="wallet-sync")
    asked = msgspec.structs.replace(asked, alert=msgspec.structs.replace(asked.alert, message="did not answer"))
    told = [gap.wanted for gap in ask(tmp_path, asked, codebase(services=("transfers",))).gaps]
    assert "the code of wallet-sync" in told
    assert not any("the version of" in wanted for wanted in told)
    assert any("the version of" in gap.wanted for gap in ask(tmp_path, asked, codebase(services=())).gaps)
