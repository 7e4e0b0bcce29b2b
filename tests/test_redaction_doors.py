"""Every door through which a text leaves has a redactor. The whole chain under attack: test_attack.py."""

import ast
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from bot.commands import telling
from bot.core.signature import signature as signatures
from bot.errors import SourceError
from bot.jobs.check import check
from bot.jobs.proposal_directory import Proposed, read, write
from bot.texts import failure
from tests.fakes import transfer_case

ROOT = Path(__file__).resolve().parent.parent
# Made up, and put together here so that no scanner takes this file for a leak.
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def _said(folder: Path) -> str:  # noqa: ARG001  every door takes a folder
    out = io.StringIO()
    telling.say_to(out, f"found {SECRET}")
    return out.getvalue()


def _error(folder: Path) -> str:  # noqa: ARG001  every door takes a folder
    error = SourceError(f"asking {SECRET}", f"{SECRET} was refused", f"renew {SECRET}")
    return failure.sentence(error, annotate=True) + failure.sentence(error, annotate=False)


def _proposal(folder: Path) -> str:
    case = transfer_case.case()
    alert = msgspec.structs.replace(case.alert, time=case.alert.permalink.time)
    case = msgspec.structs.replace(case, alert=alert, signature=signatures.of(alert))
    write(folder / "proposal", (Proposed(case, transfer_case.diagnosis(f"use {SECRET}")),), ("",))
    (one,) = read(folder / "proposal")
    return repr(one)


def _finding(folder: Path) -> str:
    (folder / "knowledge" / "errors").mkdir(parents=True)
    (folder / "knowledge" / "errors" / "x.md").write_text(f"[{SECRET}]({SECRET}.md)", encoding="utf-8")
    out = io.StringIO()
    check(folder, "knowledge", out, as_json=False, annotations=True)
    return out.getvalue()


@pytest.mark.parametrize("door", [_said, _error, _proposal, _finding])
def test_a_door_lets_no_secret_out(door: Callable[[Path], str], tmp_path: Path) -> None:
    """Lines of a workflow's log, errors, what becomes a file and a pull request, findings of the linter."""
    told = door(tmp_path)
    assert told
    assert SECRET[4:20] not in told


def calls(path: Path, *methods: str) -> Iterator[ast.Call]:
    """Calls of these methods, wherever they stand in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func).endswith(methods):
            yield node


SPEAKS = ("chat.reply", "chat.revise", "replies.post", "channels.post", "conversation.say", "board.write", "tracker.open", "tracker.reopen")


def test_whoever_posts_reads_it_once_more() -> None:
    """Answers in Slack, comments, the board, tracking issues: what a person typed into an entry or a title goes through a redactor in the job that posts it."""
    jobs = sorted((ROOT / "bot" / "jobs").glob("*.py"))
    posting = [path for path in jobs if next(calls(path, *SPEAKS), None)]

    assert len(posting) >= 10
    assert [path.name for path in posting if "Redactor(" not in path.read_text(encoding="utf-8")] == []
