"""The door: every failure is a sentence with a remedy, and an exit code that says whose it is."""

import os
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
        (["--config", "nowhere.yml", "doctor"], "nowhere.yml: No such file"),
        (["diagnose", "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579", "--payload", "nofile.json"], "needs either a Slack link, --payload or"),
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--fix"], "error: reading or writing {root}/knowledge/SCHEMA.md: Is a directory\n  try: move away what stands in its place"),
        (["check"], "error: reading {root}/knowledge/errors: Too many levels of symbolic links\n  try: let whoever runs this look into the folder"),
        (["search", "leaf"], "error: reading {root}/knowledge/errors: Too many levels of symbolic links\n  try: let whoever"),
        (["signature", "trace.txt"], "error: reading {root}/knowledge/errors: Too many levels of symbolic links\n  try: let whoever"),
    ],
    ids=["write", "check", "search", "signature"],
)
def test_what_the_system_refuses_is_a_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be written and a folder that cannot be looked into are the user's to mend; the folder is not taken for an empty one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "knowledge" / "SCHEMA.md").mkdir(parents=True)
    (tmp_path / "knowledge" / "errors").symlink_to("errors")
    (tmp_path / "trace.txt").write_text("LeafError: leaf 4411 is taken")

    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith(said.format(root=tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
@pytest.mark.parametrize("arguments", [["check", "--fix"], ["check"], ["search", "leaf"]])
def test_what_one_has_no_right_to_is_a_sentence(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named, and that it is a matter of rights."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "knowledge/errors").mkdir(parents=True)
    (tmp_path / "knowledge/errors").chmod(0)
    (tmp_path / "knowledge").chmod(0o500)
    try:
        assert main(arguments) == 1
    finally:
        (tmp_path / "knowledge").chmod(0o700)
        (tmp_path / "knowledge/errors").chmod(0o700)
    said = capsys.readouterr().err
    assert said.startswith("error: reading")
    assert "Permission denied" in said


def test_doctor_lists_what_cannot_be_built_beside_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source with a setting that is none is one finding, once, and no source that is missing."""
    (tmp_path / "bot.yml").write_text("{chat: console, forge: local, tracker: none, files: [{paths: [a.log], timezone: Mars/Phobos}]}")

    assert main(["--root", str(tmp_path), "--config", str(tmp_path / "bot.yml"), "doctor"]) == 1
    told = capsys.readouterr().out
    assert told.count("'Mars/Phobos' is no time zone") == 1
    assert "bot.yml is valid" in told
    assert "none is configured" not in told


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
