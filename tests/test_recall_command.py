"""The commands, without an account: an alert that was reviewed comes again, and is answered, counted and merged without a diagnosis."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.__main__ import main
from demo.world import World, build

pytestmark = pytest.mark.slow

TS = "1765962900.000100"
LINK = f"https://acme.slack.com/archives/C08RB8T6CNS/p{TS.replace('.', '')}"


class Desk:
    """The demo's world."""

    def __init__(self, folder: Path) -> None:
        self.proposal = folder / "proposal"
        self.base = folder / "knowledge-base"

    @property
    def entry(self) -> Path:
        """Of the demo's error."""
        return next(path for path in (self.base / "knowledge" / "errors").glob("*.md") if "848eac" in path.name)

    def publish(self, world: World) -> None:
        """The way to a reviewed entry; then the alert comes again."""
        assert self.bot("diagnose", world.alert, "--out", str(self.proposal)) == 0
        assert self.bot("propose", str(self.proposal)) == 0
        branch = self.git("for-each-ref", "--format=%(refname:short)", "refs/heads/kb/").strip()
        before = self.git("rev-parse", "main").strip()
        self.git("merge", "--quiet", "--no-ff", "-m", "Merge", branch)
        assert self.bot("publish", "--before", before, "--after", self.git("rev-parse", "main").strip()) == 0
        message = json.loads((self.base / "messages" / "alert.json").read_text(encoding="utf-8"))
        message["message"]["ts"] = TS
        (self.base / "messages" / f"C08RB8T6CNS-{TS}.json").write_text(json.dumps(message), encoding="utf-8")

    def bot(self, *arguments: str) -> int:
        """One command; its exit code."""
        return main(["--root", str(self.base), *arguments])

    def git(self, *arguments: str) -> str:
        """In the knowledge base."""
        return subprocess.run(["git", "-C", str(self.base), *arguments], check=True, capture_output=True, text=True).stdout

    def settle(self) -> None:
        """A person decides that it is no regression: what it was resolved by is taken out."""
        text = re.sub(r'(resolution|resolved_at): ".*"', r'\1: ""', self.entry.read_text(encoding="utf-8"))
        self.entry.write_text(text.replace('status: "regressed"', 'status: "diagnosed"'), encoding="utf-8")
        self.git("commit", "--quiet", "--all", "--message", "Settle it")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo's alert was diagnosed, merged and published; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("recall") / "world"
    world = build(folder)
    Desk(folder).publish(world)
    return folder


@pytest.fixture
def desk(tmp_path: Path, published: Path) -> Desk:
    """A new one."""
    return Desk(Path(shutil.copytree(published, tmp_path / "world")))


def test_an_alert_of_a_reviewed_entry_is_answered_at_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Diagnose says why it fits, answer tells the thread once, propose counts and, by policy, merges."""
    desk.settle()
    configuration = desk.base / ".github" / "knowledge-bot.yml"
    # The demo's configuration ends with the section `recurrence`.
    configuration.write_text(configuration.read_text(encoding="utf-8") + "  merge_counts: true\n", encoding="utf-8")
    capsys.readouterr()

    assert desk.bot("diagnose", LINK, "--out", str(desk.proposal)) == 0
    assert f"answered at once from {desk.entry.stem}:" in capsys.readouterr().out
    assert [desk.bot("answer", str(desk.proposal), "--thread", LINK) for _ in range(2)] == [0, 0]
    told = capsys.readouterr().out
    assert told.count("Reply in the thread of") == 1
    assert "_Answered at once from what " in told
    assert desk.bot("propose", str(desk.proposal)) == 0
    assert "nothing but counts, merged as" in capsys.readouterr().out
    text = desk.entry.read_text(encoding="utf-8")
    assert "### Answered at once" in text
    assert "occurrences: 4" in text
    assert [desk.bot("check", "knowledge"), desk.bot("trust")] == [0, 0]


def test_again_asks_for_a_diagnosis_all_the_same(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the entry says."""
    desk.settle()
    capsys.readouterr()

    assert desk.bot("diagnose", "--again", LINK, "--out", str(desk.proposal)) == 0

    assert "answered at once" not in capsys.readouterr().out
    assert '"recalled":null' in next(desk.proposal.glob("*/diagnosis.json")).read_text(encoding="utf-8").replace(" ", "")


def test_a_regression_is_diagnosed_and_the_request_says_why(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The entry is regressed and its fix is lost: no instant answer, and every reason for it."""
    capsys.readouterr()

    assert desk.bot("diagnose", LINK, "--out", str(desk.proposal)) == 0
    assert "not answered at once from" in capsys.readouterr().out
    assert desk.bot("answer", str(desk.proposal), "--thread", LINK) == 0
    assert "Reply in the thread" not in capsys.readouterr().out
    assert desk.bot("propose", str(desk.proposal)) == 0
    pulls = sorted((desk.base / ".git" / "errata" / "pulls").glob("*.md"))
    told = pulls[-1].read_text(encoding="utf-8").partition("Why the entry did not answer at once")[2]
    assert "- the entry is regressed" in told
    assert re.search(r"^- the earlier fix \[`490457e`\]\(https://github\.com/acme/transfers/commit/490457e[0-9a-f]{33}\) is lost$", told, re.MULTILINE)


def test_a_link_that_is_none_answers_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake of the caller ends with a sentence."""
    capsys.readouterr()

    assert desk.bot("answer", str(desk.proposal), "--thread=nonsense") == 1
    assert "Slack" in capsys.readouterr().err
