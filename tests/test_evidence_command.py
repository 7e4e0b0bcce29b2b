"""`bot evidence`: what would be gathered for an alert, shown before anything is diagnosed."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main

LINK = "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579"
TS = "1765962764.835579"
CONFIGURATION = """\
chat: console
forge: local
tracker: none
files:
  - paths: ["logs/*.ndjson"]
code:
  - name: shop
    path: nowhere
"""
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A knowledge base with one alert and the log behind it."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "knowledge-bot.yml").write_text(CONFIGURATION)
    (tmp_path / "messages").mkdir()
    message = {"type": "message", "ts": TS, "text": "KeyError: no price for `sku 4711` in `price_handler`\nservice: shop"}
    (tmp_path / "messages" / f"C08RB8T6CNS-{TS}.json").write_text(json.dumps(message))
    (tmp_path / "logs").mkdir()
    time = datetime.fromtimestamp(1765962760, UTC).isoformat()
    stack = 'Traceback (most recent call last):\n  File "/app/shop/prices.py", line 3, in price_of\nKeyError: no price for sku 4711'
    lines = [
        {"time": time, "level": "INFO", "service": "shop", "message": "asked for a price \u001b[31m", "trace_id": TRACE},
        {"time": time, "level": "ERROR", "service": "shop", "message": "KeyError: no price for sku 4711", "stack": stack, "trace_id": TRACE},
        {"time": time, "level": "INFO", "service": "shop", "message": "::error::not a command", "trace_id": TRACE},
    ]
    (tmp_path / "logs" / "shop.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return tmp_path


def test_everything_that_was_asked_found_and_missed_is_shown(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each question with its window and counts, each piece with its place, each gap with what to do about it."""
    assert main(["--root", str(desk), "evidence", LINK]) == 0

    said = capsys.readouterr().out
    assert said.startswith("price_handler_KeyError_")
    assert "files: errors 2025-12-17 09:07:44-09:13:44Z in 1 file, 3 lines → 1" in said
    assert f"files: trace {TRACE}" in said
    assert "logs/shop.ndjson:2" in said
    assert "KeyError: no price for sku 4711" in said
    assert "Could not be seen" in said
    assert "nowhere does not exist" in said
    assert "to do: " in said


def test_nothing_of_it_is_a_command(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log line is neither a command to GitHub Actions nor to a terminal."""
    assert main(["--root", str(desk), "evidence", LINK]) == 0

    said = capsys.readouterr().out
    assert "price_handler" in said
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())
    assert "\x1b" not in said


def test_as_json_it_is_the_closed_case(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds JSON and nothing else; what is said on the way goes to the error output."""
    assert main(["--root", str(desk), "evidence", "--json", LINK]) == 0

    said = capsys.readouterr()
    (case,) = json.loads(said.out)
    assert case["alert"]["culprit"] == "price_handler"
    assert case["evidence"][0]["id"] == "E1"
    assert {search["source"] for search in case["searches"]} == {"files"}
    assert "reading https://acme.slack.com" in said.err


def test_nothing_is_written(desk: Path) -> None:
    """Looking leaves no trace in the folder."""
    before = sorted(desk.rglob("*"))

    assert main(["--root", str(desk), "evidence", LINK]) == 0

    assert sorted(desk.rglob("*")) == before


def test_the_page_leads_with_the_error_and_names_no_place_twice(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What failed stands above what was asked; a piece whose place is its source says so once."""
    main(["--root", str(desk), "evidence", LINK])

    said = capsys.readouterr().out
    assert said.index("  error       ") < said.index("Asked (")
    assert "files · files" not in said


@pytest.mark.slow
def test_files_and_code_load_no_client_of_another_system(desk: Path) -> None:
    """What is not configured costs neither time nor memory."""
    clients = ("boto3", "botocore", "opensearchpy", "urllib3", "requests", "github", "slack_sdk", "redis", "psycopg", "pgparse", "sqlite3")
    script = "import sys\nfrom bot.__main__ import main\nmain(sys.argv[1:5])\nprint('loaded', sorted(set(sys.modules) & set(sys.argv[5:])))"
    command = [sys.executable, "-c", script, "--root", str(desk), "evidence", LINK, *clients]
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # coverage keeps its own figures in SQLite
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parent.parent, env=unmeasured)

    assert done.stdout.splitlines()[-1] == "loaded []"
