"""`bot evaluate`, `bot rules test` and `bot schema`: what a maintainer types after a change of the rules."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.conftest import project

CASE = "a-test-about-deadlocks-fails"


@pytest.mark.slow
def test_a_case_is_replayed_and_its_grade_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """For people, and as JSON for machines; nothing is written for one case."""
    assert main(["--root", str(project()), "evaluate", "--case", CASE]) == 0
    assert "| Right | 1 |" in capsys.readouterr().out

    assert main(["--root", str(project()), "evaluate", "--case", CASE, "--json"]) == 0
    (scores,) = json.loads(capsys.readouterr().out)
    assert [outcome["case"] for outcome in scores["outcomes"]] == [CASE]


def test_the_rules_of_a_folder_are_tested_on_their_own_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One whose example it does not find itself is told by its name, and fails."""
    rules = tmp_path / "knowledge" / "rules"
    rules.mkdir(parents=True)
    written = (project() / "bot" / "diagnosers" / "rules" / "database.yml").read_text(encoding="utf-8").split("\n- id: ")[1]
    (rules / "own.yml").write_text(f"- id: {written}\n", encoding="utf-8")

    assert main(["--root", str(tmp_path), "rules", "test", str(rules)]) == 0
    assert "1 rule" in capsys.readouterr().out

    (rules / "own.yml").write_text("- id: never-found\n", encoding="utf-8")
    assert main(["--root", str(tmp_path), "rules", "test", str(rules)]) == 1
    assert "own.yml" in capsys.readouterr().out


def test_the_schema_of_the_configuration_is_the_one_that_editors_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    """Made by the command that the documentation names."""
    assert main(["schema", "configuration"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((project() / ".github" / "knowledge-bot.schema.json").read_text(encoding="utf-8"))
