"""The whole way without an account: an alerting system's payload, or a scan, to the merged entry and its answer."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import cli
from bot.core.entry.entry import path_of, render
from bot.errors import ChatError
from tests.intake_payloads import ALERTMANAGER
from tests.recalls import entry

pytestmark = pytest.mark.slow

ALERTS = "C0ALERTS1"
TRACE = """Traceback (most recent call last):
  File "/srv/app/transfers/api.py", line 10, in submit
    leaves = reserve_leaves(account)
  File "/srv/app/transfers/leaves.py", line 42, in reserve_leaves
    raise ValidationError("insufficient leaf balance")
ValidationError: insufficient leaf balance
handler: transfer_handler
service: transfers
"""


class House:
    """A repository on the local forge, with the console for a chat."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".github").mkdir()
        (root / "knowledge" / "errors").mkdir(parents=True)
        (root / "messages").mkdir()
        (root / ".github" / "knowledge-bot.yml").write_text(f"chat: console\nforge: local\ntracker: none\nchannels: [{ALERTS}]\n")
        (root / ".gitignore").write_text("proposal*\n*.ndjson\nmessages\npayload.json\n")
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-qm", "Begin")

    def git(self, *words: str) -> str:
        """One command."""
        command = ["git", "-C", str(self.root), "-c", "user.name=Mira", "-c", "user.email=mira@acme.example", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def bot(self, *words: str) -> int:
        """One command of ours."""
        return cli.run(["--root", str(self.root), *words])

    def post(self, seconds_ago: int, text: str) -> str:
        """An alert in the channel; gives its link."""
        stamp = f"{int(datetime.now(UTC).timestamp()) - seconds_ago}.000100"
        (self.root / "messages" / f"{ALERTS}-{stamp}.json").write_text(json.dumps({"ts": stamp, "text": text, "bot_id": "B0ALERTS"}))
        return f"https://console.slack.com/archives/{ALERTS}/p{stamp.replace('.', '')}"

    def propose(self, *words: str) -> None:
        """Diagnose and propose."""
        out = str(self.root / "proposal")
        assert self.bot("diagnose", "--out", out, *words) == 0
        assert self.bot("propose", out) == 0

    def branches(self) -> list[str]:
        """Of the bot."""
        return self.git("branch", "--list", "kb/*", "--format=%(refname:short)").split()

    def replies(self) -> list[dict[str, object]]:
        """What was posted."""
        path = self.root / "replies.ndjson"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty one."""
    return House(tmp_path)


def test_an_alert_that_is_sent_again_is_not_diagnosed_again(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """As long as it lasts, its system repeats it; the open request tells of it."""
    (house.root / "payload.json").write_text(json.dumps(ALERTMANAGER))
    house.propose("--payload", str(house.root / "payload.json"))
    capsys.readouterr()
    house.propose("--payload", str(house.root / "payload.json"))
    told = capsys.readouterr()
    assert "not diagnosed again" in told.err
    assert "signature" not in told.out


def test_an_alert_without_a_thread_is_answered_in_the_channel_once(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """From the payload to the merged entry, which lists its place; publishing again repeats nothing."""
    (house.root / "payload.json").write_text(json.dumps({"action": "alertmanager", "client_payload": {"payload": ALERTMANAGER}}))
    house.propose("--payload", str(house.root / "payload.json"), "--", "")
    (branch,) = house.branches()
    before = house.git("rev-parse", "HEAD").strip()
    house.git("merge", "-q", branch, "-m", "Merge")
    entry = (house.root / "knowledge" / "errors" / f"{branch.removeprefix('kb/')}.md").read_text()
    assert '- "alert:alertmanager/A' in entry
    assert "](alert:" not in entry
    after = house.git("rev-parse", "HEAD").strip()
    for _ in range(2):
        house.git("reset", "-q", "--hard", after)
        assert house.bot("publish", "--before", before, "--after", after) == 0
    (reply,) = house.replies()
    assert reply["channel"] == ALERTS
    assert "Alertmanager, 2025-12-17 09:12 UTC" in json.dumps(reply["blocks"])
    # The same alert, sent again, is recorded already.
    house.propose("--payload", str(house.root / "payload.json"), "--", "")
    assert "not diagnosed again" in capsys.readouterr().err
    assert "occurrences: 1\n" in (house.root / "knowledge" / "errors" / f"{branch.removeprefix('kb/')}.md").read_text()


def test_a_resolved_notification_proposes_nothing(house: House) -> None:
    """An empty proposal is handed on, and no request is opened."""
    (house.root / "payload.json").write_text(json.dumps({**ALERTMANAGER, "alerts": ALERTMANAGER["alerts"][1:]}))
    house.propose("--payload", str(house.root / "payload.json"))
    assert house.branches() == []


def test_what_a_scan_took_is_diagnosed_once_and_told_as_an_incident(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Two errors of one release: the later request names the earlier, no entry does before both are merged, and the next scan takes neither."""
    links = [house.post(3_000, "ValidationError: insufficient leaf balance\nRelease: 2.14.0"), house.post(2_900, "TimeoutError: no answer\nRelease: 2.14.0")]
    assert house.bot("scan") == 0
    assert "one incident" in capsys.readouterr().out
    for link in links:
        house.propose("--", link)
    entries = [house.git("show", f"{branch}:knowledge/errors/{branch.removeprefix('kb/')}.md") for branch in house.branches()]
    related = [entry.split("related: ")[1].split("\n")[0] for entry in entries]
    assert related == ["[]", "[]"]
    assert "Part of one incident" in "".join(path.read_text() for path in (house.root / ".git" / "errata" / "pulls").glob("*.md"))
    capsys.readouterr()
    assert house.bot("scan") == 0
    assert "0 alerts to diagnose" in capsys.readouterr().out


def scanned(house: House, capsys: pytest.CaptureFixture[str], output: Path) -> list[str]:
    """What a scan hands to the matrix, as the words of `bot diagnose`: one alert, and those that say the same."""
    output.write_text("")
    assert house.bot("scan") == 0
    capsys.readouterr()
    ((_, alerts, _),) = [output.read_text().strip().splitlines()]
    (one,) = json.loads(alerts)
    return [f"--also={' '.join(one['also'])}", "--", one["slack_url"]]


def test_a_storm_is_diagnosed_once_recorded_whole_and_answered_in_each_thread(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the scan to the answers, with no alert doubled when a job runs again; the next scan takes none of them."""
    output = house.root / "output.ndjson"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    text = "ValidationError: insufficient leaf balance\nhandler: transfer_handler\nRelease: 2.14.0"
    for seconds in range(4):
        house.post(5_000 + seconds, text)
    words = scanned(house, capsys, output)
    assert len(words[0].split()) == 3
    for _ in range(2):
        house.propose(*words)
    (branch,) = house.branches()
    before = house.git("rev-parse", "HEAD").strip()
    house.git("merge", "-q", branch, "-m", "Merge")
    after = house.git("rev-parse", "HEAD").strip()
    page = house.root / "knowledge" / "errors" / f"{branch.removeprefix('kb/')}.md"
    assert "occurrences: 4\n" in page.read_text()
    assert page.read_text().count("The same error again as ") == 3
    assert house.bot("check", "--fix") == 0
    for _ in range(2):
        house.git("reset", "-q", "--hard", after)
        assert house.bot("publish", "--before", before, "--after", after) == 0
    assert len(house.replies()) == len({reply["thread_ts"] for reply in house.replies()}) == 4
    assert house.bot("scan") == 0
    assert "0 alerts to diagnose" in capsys.readouterr().out


def test_a_storm_of_a_reviewed_error_is_answered_at_once_in_each_thread(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No diagnosis: a row and an answer for each, nothing twice when the run is repeated, and the marks of what is done."""
    known = entry(reviewed_at=f"{datetime.now(UTC):%Y-%m-%dT00:00:00Z}")
    (house.root / path_of(known.meta.signature)).write_text(render(known))
    house.git("add", "knowledge")
    house.git("commit", "-qm", "Reviewed")
    output = house.root / "output.ndjson"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    for seconds in range(3):
        house.post(600 + seconds, TRACE)
    words = scanned(house, capsys, output)
    for _ in range(2):
        house.propose(*words)
        assert house.bot("answer", f"--thread={words[-1]}", words[0], str(house.root / "proposal")) == 0
    assert len(house.replies()) == len({reply["thread_ts"] for reply in house.replies()}) == 3
    (branch,) = house.branches()
    made = house.git("show", f"{branch}:{path_of(known.meta.signature)}")
    assert "occurrences: 4\n" in made
    assert house.bot("scan") == 0
    assert "0 alerts to diagnose" in capsys.readouterr().out


def test_an_alert_that_is_gone_by_then_is_told(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Taken, then deleted: the diagnosis says so, and the next scan finds nothing."""
    link = house.post(60, "KeyError: owner")
    assert house.bot("scan") == 0
    for path in (house.root / "messages").glob("*.json"):
        path.unlink()
    with pytest.raises(ChatError):
        house.bot("diagnose", "--out", str(house.root / "proposal"), "--", link)
    assert house.bot("scan") == 0
    assert "0 messages read" in capsys.readouterr().out
