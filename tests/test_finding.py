"""`bot search` tells a person at a terminal where something is written down."""

import json
from pathlib import Path

import pytest

from bench.knowledge_entries import entry, write
from bot.__main__ import main
from bot.core.entry.entry import parse

SECRET = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"


def command(root: Path, *words: str) -> int:
    """The exit code of `bot --root … search …`."""
    return main(["--root", str(root), "search", *words])


def test_each_page_is_told_in_a_few_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Title, signature, status, severity, when it was last seen, the path; the line that matches where that is not the title."""
    write(tmp_path, 6, 2)
    name, text = entry(5)
    meta = parse(text).meta
    assert command(tmp_path, "case5", meta.culprit, "--limit", "1") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == meta.title
    assert told[1].startswith(f"  {name} · {meta.status} · {meta.severity} · last seen {meta.last_seen[:10]} · ")
    assert told[2] == f"  knowledge/errors/{name}.md"
    assert told[-1] == "(2 files are no readable entry: `bot check` names them)"


def test_the_same_as_json_with_codes_and_without_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For other programs; what looks like a secret in a page is taken out, and control characters are escaped."""
    write(tmp_path, 1, 0)
    (tmp_path / "knowledge" / "codes.yml").write_text("E1042: the ledger is closed\n", encoding="utf-8")
    (tmp_path / "knowledge" / "errors" / "odd.md").write_text(f"# Odd\n\nzeppelin {SECRET} \x1b[31m\n", encoding="utf-8")
    assert command(tmp_path, "zeppelin", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["pages"]] == ["odd"]
    assert SECRET not in found["pages"][0]["line"]
    assert "\x1b" not in found["pages"][0]["line"]
    assert command(tmp_path, "e1042", "--json") == 0
    assert [one["meaning"] for one in json.loads(capsys.readouterr().out)["codes"]] == ["the ledger is closed"]
    assert command(tmp_path, "ledger closed") == 0
    assert "E1042: the ledger is closed" in capsys.readouterr().out


def test_nothing_to_look_for_and_nothing_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first is a mistake, the second an answer; a folder without entries is searched too."""
    assert command(tmp_path, "…") == 1
    assert "there is no word to look for" in capsys.readouterr().err
    assert command(tmp_path, "zeppelin") == 0
    assert "Nothing holds these words" in capsys.readouterr().out
