"""Code that is damaged, hostile or not there: a gap that says so, and no program of the repository runs."""

import os
from pathlib import Path

import msgspec
import pytest

from bot.model import Frame, PastFix
from bot.sources.code.code import CodeSource
from tests.code_story import FRAME, HANDLER, PLAIN, Repository, ask, codebase, commits, fix_checks, inquiry, places

pytest_plugins = ("tests.code_story",)
pytestmark = pytest.mark.slow


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


def test_a_damaged_repository_is_a_gap(transfers: Repository, tmp_path: Path) -> None:
    """Objects that cannot be read end in a sentence, not in an exception of git's."""
    for file in (transfers.folder / ".git" / "objects").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"x")
    findings = ask(tmp_path, inquiry(FRAME))
    assert not findings.evidence
    assert findings.gaps


def test_hooks_and_configured_programs_of_the_repository_do_not_run(transfers: Repository, tmp_path: Path) -> None:
    """A hostile checkout's textconv, external diff and pager stay idle."""
    canary = tmp_path / "canary"
    script = tmp_path / "evil.sh"
    script.write_text(f'#!/bin/sh\ntouch {canary}\ncat "$1" 2>/dev/null\n')
    script.chmod(0o755)
    for key in ("diff.external", "core.pager", "diff.evil.textconv", "core.fsmonitor", "core.sshCommand", "diff.evil.command"):
        transfers.git("config", key, str(script))
    (transfers.folder / ".git" / "info").mkdir(exist_ok=True)
    (transfers.folder / ".git" / "info" / "attributes").write_text("*.py diff=evil\n")
    fix = transfers.git("rev-parse", "HEAD~2")
    findings = ask(tmp_path, inquiry(FRAME, fixes=[PastFix("sig", "lock", fix)]))
    assert commits(findings)
    assert fix_checks(findings)
    assert not canary.exists()


def test_no_codebase_is_a_gap_that_says_what_to_add(tmp_path: Path) -> None:
    """The remedy is the key of the configuration."""
    (gap,) = CodeSource(tmp_path, ()).gather(inquiry(FRAME)).gaps
    assert "`code:`" in gap.remedy


def test_git_that_hangs_is_ended_and_told(transfers: Repository, tmp_path: Path) -> None:
    """A repository on a dead disk costs its time limit, not the diagnosis."""
    os.mkfifo(transfers.folder / ".git" / "packed-refs")
    (gap,) = CodeSource(tmp_path, (codebase(),), seconds=0.3).gather(inquiry(FRAME, fixes=[PastFix("sig", "lock", "deadbeef")])).gaps
    assert gap.cause == "no answer within 0.3 seconds"


@pytest.mark.usefixtures("transfers")
def test_a_service_that_no_codebase_holds_is_told_so(tmp_path: Path) -> None:
    """And not that the version of another service's code is unknown; where a codebase names no services, it may be this one's."""
    asked = inquiry(service="wallet-sync")
    asked = msgspec.structs.replace(asked, alert=msgspec.structs.replace(asked.alert, message="did not answer"))
    told = [gap.wanted for gap in ask(tmp_path, asked, codebase(services=("transfers",))).gaps]
    assert "the code of wallet-sync" in told
    assert not any("the version of" in wanted for wanted in told)
    assert any("the version of" in gap.wanted for gap in ask(tmp_path, asked, codebase(services=())).gaps)
