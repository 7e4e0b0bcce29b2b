"""The door: every failure is a sentence with a remedy, and an exit code that says whose it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.errors import BotError
from bot.texts import failure

PROJECT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["diagnose"], "link"),
        (["diagnoze", "x"], "invalid choice"),
        (["diagnose", "not a link"], "no link to a Slack message"),
        (["propose", "nowhere"], "proposal.json is missing"),
        (["check", "nowhere"], "no such folder"),
        (["check", ".."], "is not below"),
        (["--root", "nowhere", "check"], "no such folder"),
        (["--config", "nowhere.yml", "doctor"], "No such file"),
        (["publish", "--before", "a"], "--after"),
        (["check", "a" * 300], "too long for the name of a file"),
        (["diagnose", "--case", "a/" * 2100], "too long for the name of a file"),
        (["resolve", "a_b_1a2b3c", "--because=--"], "--because: expected one argument"),
        pytest.param(["publish", "--before", "a", "--after", "b"], "GITHUB_TOKEN is not set", marks=pytest.mark.slow),  # loads the GitHub client
        (["diagnose", "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579"], "SLACK_BOT_TOKEN is not set"),
    ],
)
def test_what_the_caller_can_mend(arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, what was wrong, what to do, and no traceback."""
    monkeypatch.chdir(tmp_path)

    code = main(arguments)
    said = capsys.readouterr()

    assert code == 1
    assert says in said.err + said.out
    assert "try: " in said.err + said.out
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_our_bugs_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that nobody foresaw is code 3, with what to send us and no secret in it."""

    def broken(argv: object) -> int:
        assert argv == ["anything"]
        raise RuntimeError("token=ghp_0123456789abcdefghijklmnopqrstuvwxyzAB")

    assert main(["anything"], run=broken) == 3
    said = capsys.readouterr().err
    assert "This is a bug of the bot" in said
    assert "ghp_0123456789" not in said


def test_in_actions_a_failure_is_an_annotation_too() -> None:
    """The run's page shows what the log says; a line break in a cause does not begin a command of its own."""
    told = failure.sentence(BotError("reading x", "a\n::set-output name=x::y", "mend x"), annotate=True).splitlines()

    assert told[0].startswith("::error::reading x: a ::set-output")
    assert len(told) == 3
    assert not any(line.startswith("::") for line in told[1:])


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error() -> None:
    """`bot schema entry | head -1` ends quietly."""
    command = f"{sys.executable} -m bot schema entry | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)

    assert done.stdout == "# The schema of an entry\n"
    assert done.stderr == ""


WORK = """
import sys
from pathlib import Path
from bot.__main__ import main
def work(argv):
    for number in range(20_000):
        print(f"line {number}")
    Path(argv[0]).write_text("done")
    return 0
sys.exit(main(run=work))
"""


@pytest.mark.slow
def test_what_was_begun_is_finished_without_a_reader(tmp_path: Path) -> None:
    """`bot publish … | head -1` publishes all the same; output that a full disk refuses is told at the end, after the work."""
    command = [sys.executable, "-c", WORK, str(tmp_path / "first")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert (running.stderr.read(), running.wait()) == ("", 0)
    assert (tmp_path / "first").read_text() == "done"

    if Path("/dev/full").exists():  # Linux has it
        with Path("/dev/full").open("w") as full:
            done = subprocess.run([*command[:-1], str(tmp_path / "second")], stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=PROJECT)
        assert done.returncode == 1
        assert done.stderr.startswith("error: writing the output: No space left on device\n  try: ")
        assert (tmp_path / "second").read_text() == "done"


def test_links_in_a_circle_are_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the root, and as the folder to check."""
    (tmp_path / "circle").symlink_to("circle")

    for arguments in (["--root", str(tmp_path / "circle"), "check"], ["--root", str(tmp_path), "check", "circle"]):
        assert main(arguments) == 1
        assert "there is no such folder" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has its line."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert all(f"    {name} " in told for name in ("diagnose", "propose", "publish", "check", "doctor", "schema"))
