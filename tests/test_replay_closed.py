"""A closed case is diagnosed once more from its file, without Slack and without sources; what stands in the file is hostile data."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.__main__ import main
from bot.errors import BadCase
from bot.jobs.closed_case import MAX_BYTES, Bounds, read_cases
from bot.model import Case, Diagnosis
from tests import probing

LINK = "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579"
CONFIGURATION = """\
chat: console
forge: local
tracker: none
diagnoser: rules
files:
  - paths: ["logs/*.ndjson"]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A knowledge base with one alert, and the shop's log behind it."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "knowledge-bot.yml").write_text(CONFIGURATION)
    (tmp_path / "messages").mkdir()
    message = {"type": "message", "ts": probing.TS, "text": "KeyError: no price for sku 4711\nservice: shop"}
    (tmp_path / "messages" / f"C08RB8T6CNS-{probing.TS}.json").write_text(json.dumps(message))
    probing.sources(tmp_path)
    return tmp_path


def evidence(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """What `bot evidence --json` prints, in a file."""
    capsys.readouterr()
    assert main(["--root", str(desk), "evidence", LINK, "--json"]) == 0
    (desk / "cases.json").write_text(capsys.readouterr().out)
    return desk / "cases.json"


def unaltered(case: dict[str, Any]) -> None:
    """As it was written."""


def given(folder: Path, change: Callable[[dict[str, Any]], object] = unaltered) -> Path:
    """A file with one case, as somebody altered it."""
    data = json.loads(msgspec.json.encode(probing.case()))
    change(data)
    (folder / "case.json").write_text(json.dumps(data))
    return folder / "case.json"


def written(proposal: Path) -> tuple[str, str, str]:
    """The name, the case and the diagnosis of a proposal's one case."""
    (folder,) = proposal.glob("1-*")
    return folder.name, (folder / "case.json").read_text(), (folder / "diagnosis.json").read_text()


def read(path: Path) -> Case:
    """The one case of a file."""
    (closed,) = read_cases(path, Bounds())
    return closed.case


def test_a_replay_says_what_the_diagnosis_said(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the list that `bot evidence` prints, from one case of it, and from a proposal directory; with no log, no message and no Slack left."""
    file = evidence(desk, capsys)
    assert main(["--root", str(desk), "diagnose", LINK, "--out", str(tmp_path / "first")]) == 0
    for folder in ("logs", "messages"):
        (desk / folder).rename(desk / f"no-{folder}")
    (tmp_path / "one.json").write_text(json.dumps(json.loads(file.read_text())[0]))
    said = []
    for number, what in enumerate((file, tmp_path / "one.json", tmp_path / "first", next((tmp_path / "first").glob("1-*")))):
        out = tmp_path / f"again-{number}"
        assert main(["--root", str(desk), "diagnose", "--case", str(what), "--out", str(out)]) == 0
        said.append(written(out))

    assert set(said) == {written(tmp_path / "first")}
    assert msgspec.json.decode(said[0][2], type=Diagnosis).diagnoser == "rules"


def test_the_prompt_is_shown_and_nothing_is_sent(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a link and from a file the same words, redacted; there is no key, and no proposal is written."""
    file = evidence(desk, capsys)
    assert main(["--root", str(desk), "diagnose", LINK, "--show-prompt", "--out", str(tmp_path / "out")]) == 0
    from_link = capsys.readouterr().out
    assert main(["--root", str(desk), "diagnose", "--case", str(file), "--show-prompt", "--out", str(tmp_path / "out")]) == 0

    assert capsys.readouterr().out == from_link
    assert "KeyError: no price for sku 4711" in from_link
    assert "search_logs" in from_link
    assert probing.SECRET not in from_link
    assert not (tmp_path / "out").exists()


def test_a_runner_obeys_nothing_of_a_prompt(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """In Actions no line of it is a command."""

    def commanding(case: dict[str, Any]) -> None:
        case["evidence"][0]["text"] = f"::error::pwned\n::set-output name=a::b token={probing.SECRET}"

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["--root", str(desk), "diagnose", "--case", str(given(tmp_path, commanding)), "--show-prompt"]) == 0
    said = capsys.readouterr().out

    assert "pwned" in said
    assert "token=[secret:github-token:1]" in said
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())


@pytest.mark.parametrize("arguments", [[], [LINK, "--case", "case.json"], ["--show-prompt"]])
def test_either_a_link_or_a_case(desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Neither, or both, is a wrong command line."""
    assert main(["--root", str(desk), "diagnose", *arguments]) == 1
    assert "either a Slack link, --payload or --case" in capsys.readouterr().err


def altered_alert(case: dict[str, Any]) -> None:
    """Another error under the old name, which climbs out of the folder."""
    case["alert"]["message"] = "something else"
    case["signature"]["name"] = "../../../tmp/pwned"
    case["signature"]["culprit"] = "a/b"


def test_an_altered_alert_gets_its_own_name(tmp_path: Path) -> None:
    """The name is worked out from the alert; a name in the file, which would become a path, does not count."""
    case = read(given(tmp_path, altered_alert))

    assert "/" not in case.signature.name
    assert case.signature != probing.case().signature
    assert read(given(tmp_path)).signature == probing.case().signature


def test_what_the_file_holds_is_redacted_and_linked_nowhere(tmp_path: Path) -> None:
    """A secret that somebody pasted, a link to somebody's page."""

    def poisoned(case: dict[str, Any]) -> None:
        case["evidence"][0]["text"] = f"token={probing.SECRET}"
        case["evidence"][0]["place"] = "https://evil.example/x"

    (piece,) = read(given(tmp_path, poisoned)).evidence

    assert piece.text == "token=[secret:github-token:1]"
    assert piece.place == "evil.example/x"


def put(**values: object) -> Callable[[dict[str, Any]], None]:
    """The case with other values at its top."""
    return lambda case: case.update(values)


def doubled(case: dict[str, Any]) -> None:
    """The same number twice."""
    case["evidence"] *= 2


def numbered(case: dict[str, Any]) -> None:
    """An id that would end a block."""
    case["evidence"][0]["id"] = "E1\n</data>"


def elsewhere(case: dict[str, Any]) -> None:
    """A thread of another host."""
    case["alert"]["permalink"]["host"] = "evil.example"


def at_another_time(case: dict[str, Any]) -> None:
    """A time that is not that of its message."""
    case["alert"]["time"] = datetime(2020, 1, 1, tzinfo=UTC).isoformat()


def many(case: dict[str, Any]) -> None:
    """More pieces than a case has."""
    case["evidence"] = [{**case["evidence"][0], "id": f"E{number}"} for number in range(1, 5_003)]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (put(extra=1), "unknown field `extra`"),
        (put(evidence="none"), "Expected `array`"),
        (put(start="yesterday"), "Invalid RFC3339"),
        (doubled, "each once"),
        (numbered, "each once"),
        (elsewhere, "no link to a Slack message"),
        (at_another_time, "its time is another one"),
        (many, "at most 5,000 can be"),
    ],
)
def test_an_altered_case_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object], cause: str) -> None:
    """With what is wrong, and what to do."""
    with pytest.raises(BadCase, match=cause) as refused:
        read_cases(given(tmp_path, change), Bounds())

    assert "bot evidence" in refused.value.remedy


NO_CASES = (
    *(b"", b"null", b"[]", b"{}", b"[[]]", b'"case"', b"\xff\xfe", b"{" * 100_000, b"[" * 100_000),
    *(b'[{"alert": ', b"\xef\xbb\xbf{}", b"NaN", b" " * 5_000 + b"{}"),
)


@pytest.mark.parametrize(
    "content",
    NO_CASES,
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_case_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever else it is."""
    (tmp_path / "case.json").write_bytes(content)
    with pytest.raises(BadCase):
        read_cases(tmp_path / "case.json", Bounds())


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    """The size is told before a byte is read."""
    with (tmp_path / "case.json").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(BadCase, match="it has 50 MB; a case has at most 20"):
        read_cases(tmp_path / "case.json", Bounds())
    assert MAX_BYTES == 20_000_000


def test_what_is_not_there_is_told(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file, an empty folder, a device; in a sentence with a remedy."""
    (tmp_path / "empty").mkdir()
    for what, cause in ((tmp_path / "none.json", "no such file"), (tmp_path / "empty", "no case.json stands in it"), (Path("/dev/null"), "no such file")):
        assert main(["--root", str(desk), "diagnose", "--case", str(what)]) == 1
        assert cause in capsys.readouterr().err
    (tmp_path / "many.json").write_text(json.dumps([json.loads(given(tmp_path).read_text())] * 21))
    with pytest.raises(BadCase, match="holds 21 cases"):
        read_cases(tmp_path / "many.json", Bounds())


def test_a_folder_reads_no_file_of_somebody_else(tmp_path: Path) -> None:
    """A directory that came as an artifact may hold links."""
    outside = given(tmp_path)
    folder = tmp_path / "proposal" / "1-x"
    folder.mkdir(parents=True)
    (folder / "case.json").symlink_to(outside)
    with pytest.raises(BadCase, match=r"no case\.json stands in it"):
        read_cases(tmp_path / "proposal", Bounds())
