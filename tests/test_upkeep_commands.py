"""Dashboard, reminders and reviews from the command line, on a repository of this machine: no account, the real jobs, real git."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main as bot
from bot.config import Configuration
from bot.core.entry.entry import path_of, render
from bot.core.entry.library import Library
from bot.core.request.pull_request_marks import gaps_of
from bot.forges.local import LocalForge
from bot.forges.local_requests import LocalRequests
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import Run, propose_all
from tests.fakes import transfer_case
from tests.proposals import BRANCH, PATH, a_proposal
from tests.proposals import propose as proposed
from tests.upkeep import a_week, blind, cost
from tests.work_tree import WorkTree

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC)
CONFIGURATION = "chat: console\nforge: local\ntracker: local\nreviews: {channel: C0REVIEWS}\n"


@pytest.fixture
def house(tmp_path: Path) -> WorkTree:
    """The shop's entries, and a request that waits since ten days."""
    made = WorkTree.begun(tmp_path)
    entries, _ = a_week()
    made.commits({".github/knowledge-bot.yml": CONFIGURATION, **{path_of(entry.meta.signature): render(entry) for entry in entries}}, "start")
    proposed(
        LocalForge(tmp_path, now=lambda: NOW - timedelta(days=10)),
        a_proposal("x\n", body=f"Alert: https://acme.slack.com/archives/C0ALERTS1/p{int(NOW.timestamp())}000100", spend=cost(0.3, NOW) + blind("redis", NOW)),
    )
    return made


def run(house: WorkTree, *arguments: str) -> int:
    """One command."""
    return bot(["--root", str(house.folder), *arguments])


def board(house: WorkTree) -> Path:
    """Where it is kept."""
    return house.folder / ".git" / "errata" / "board.md"


def tick(house: WorkTree, box: str) -> None:
    """A person edits the file."""
    text = board(house).read_text(encoding="utf-8")
    assert f"tick={box} -->" in text
    lines = [line.replace("[ ]", "[x]") if f"tick={box} -->" in line else line for line in text.splitlines()]
    board(house).write_text("\n".join(lines), encoding="utf-8")


def test_the_dashboard_does_what_its_boxes_say(house: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """Remind, close, reopen, resolve: each once, each told; run again, nothing happens."""
    assert run(house, "board") == 0
    old = re.findall(r"tick=resolve/(old_job_\w+)", board(house).read_text(encoding="utf-8"))[0]
    for box in ("remind/1", f"resolve/{old}", "decline/1"):
        tick(house, box)
    assert run(house, "board") == 0
    assert run(house, "board") == 0

    text = board(house).read_text(encoding="utf-8")
    assert "[x]" not in text
    assert text.count(" UTC: ") == 3
    comments = list((house.folder / ".git" / "errata" / "pulls" / "1-comments").glob("*.md"))
    assert len(comments) == 1
    assert 'status: "resolved"' in house("show", f"errata/resolve/{old}:{path_of(old)}")
    tick(house, "reopen/1")
    assert run(house, "board") == 0
    assert [one.state for one in LocalRequests(house.folder).requests(NOW - timedelta(days=30)) if one.number == 1] == ["open"]
    assert "is current" in capsys.readouterr().out


def test_reminders_go_out_once(house: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run has nothing to say."""
    assert run(house, "remind") == 0
    assert run(house, "remind") == 0

    out = capsys.readouterr().out
    assert out.count("reminded of ") == 1
    assert "nothing waits that long" in out


def test_a_review_goes_from_request_to_post(house: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """Proposed, merged, posted and tracked, whatever is run twice."""
    assert run(house, "review", "--week", "2026-W47") == 0
    assert run(house, "review", "--week", "2026-W47") == 0
    house("merge", "--quiet", "--no-ff", "-m", "merge", "errata/review/2026-W47")
    assert run(house, "publish-review", "2026-W47") == 0
    assert run(house, "publish-review", "2026-W47") == 0

    out = capsys.readouterr().out
    assert out.count("merging it publishes the review") == 1
    assert out.count("posted the review of Week 47 of 2026") == 1
    assert len(list((house.folder / "issues").glob("*.md"))) == 1
    assert len((house.folder / "replies.ndjson").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("review", "--week", "2026-W60"), "write a week as 2026-W47"),
        (("review", "--week", "2999-W01"), "it has not begun"),
        (("review", "--week", "2026-W47", "--month", "2026-11"), "both are named"),
        (("publish-review", "../../etc"), "no such review is merged"),
    ],
)
def test_a_wrong_command_line_is_told_in_a_sentence(house: WorkTree, arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, no traceback."""
    assert run(house, *arguments) == 1
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said


def test_what_a_diagnosis_could_not_see_stands_in_its_request(house: WorkTree) -> None:
    """So that the dashboard can tell of a source that is down for everyone."""
    case, diagnosis = transfer_case.case(), transfer_case.diagnosis()
    forge = LocalForge(house.folder)
    outcome = propose_all((Proposed(case, diagnosis),), Run(forge, Library([]), Configuration(), lambda _: None))
    assert outcome.failures == ()

    newest = LocalRequests(house.folder).requests(NOW)[0]
    assert {gap.source for gap in gaps_of(newest.body)} == {gap.source for gap in case.gaps} != set()
    assert (newest.branch, "") != (BRANCH, PATH)


def test_an_entry_that_is_no_text_is_counted_and_its_name_stays_taken(house: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """By the board; no other entry is renamed over it."""
    errors = house.folder / "knowledge" / "errors"
    (errors / "half_Lost_aaaaaa.md").write_bytes(b"\xff\xfe half")
    name = next(file.stem for file in sorted(errors.glob("*.md")) if file.stem != "half_Lost_aaaaaa")
    assert bot(["--root", str(house.folder), "board"]) == 0
    assert "1 entry cannot be read" in (house.folder / ".git" / "errata" / "board.md").read_text(encoding="utf-8")
    capsys.readouterr()
    assert bot(["--root", str(house.folder), "rename", name, "half_Lost_aaaaaa"]) != 0
    assert "half_Lost_aaaaaa has this name" in capsys.readouterr().err
