"""revise.yml, run: which job hears, queries, diagnoses and answers, and what each can see."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.act import Act, commit, project_files, repository
from tests.test_act import SECRETS
from tests.workflow_files import secrets_of, workflow

pytestmark = pytest.mark.slow


@pytest.fixture
def act(tmp_path: Path) -> Act:
    """A runner with the real workflows, and the probe in place of the bot."""
    probe = (Path(__file__).parent / "fakes" / "bot_probe.py").read_text(encoding="utf-8")
    listed = (name for name in project_files() if name.startswith(".github/") or name == "requirements.txt")
    kept = tuple(dict.fromkeys((*listed, ".github/workflows/revise.yml")))
    origin = repository(tmp_path / "origin", kept, {"bot/__main__.py": probe})
    commit(origin, {"knowledge/README.md": "# Errors\n"}, "Add the index")
    return Act(tmp_path / "act", origin, secrets=SECRETS, environment={"PROBE_NOTES": str(tmp_path / "notes")})


def said(body: str, kind: str = "User") -> dict[str, Any]:
    """The event of a comment on a pull request."""
    user = {"login": "alice", "type": kind}
    comment = {"id": 42, "body": body, "user": user, "created_at": "2026-11-22T10:00:00Z"}
    return {"action": "created", "issue": {"number": 7, "pull_request": {"url": "x"}}, "comment": comment, "repository": {"default_branch": "main"}}


def notes(act: Act) -> dict[str, dict[str, Any]]:
    """What the probe left, by command."""
    path = Path(act.environment["PROBE_NOTES"])
    return {note["arguments"][0]: note for note in map(json.loads, path.read_text().splitlines())} if path.exists() else {}


def test_an_approval_goes_through_four_jobs(act: Act) -> None:
    """Only the second sees the database alone, only the third Slack and logs; the last finds what they left, and holds the token that may write."""
    run = act.run("revise.yml", "issue_comment", said("/approve-query d1"))

    assert (run.code, set(run.jobs)) == (0, {"hear", "query", "revise", "respond"}), run.told
    seen = notes(act)
    assert seen["hear"]["seen"] == {"GITHUB_TOKEN": "github-made-up"}
    assert set(seen["query"]["seen"]) == {"DATABASE_URL", "DATABASE_TOKEN", "GITHUB_TOKEN"}
    assert seen["query"]["arguments"] == ["query", "--approve=d1", "--by=alice", "--out", "rows", "--", "7"]
    assert {"SLACK_BOT_TOKEN", "ANTHROPIC_API_KEY"} <= set(seen["revise"]["seen"])
    assert seen["respond"]["seen"] == {"GITHUB_TOKEN": "github-made-up"}
    assert seen["respond"]["proposal"] == ["proposal/revise.json", "rows/query.json"]
    assert "made-up" not in run.log


def test_a_hint_asks_no_database_for_rows(act: Act, tmp_path: Path) -> None:
    """It reaches the commands as one argument, letter by letter."""
    hostile = f"/rediagnose $(touch {tmp_path}/owned)`touch {tmp_path}/owned`; \"'"
    run = act.run("revise.yml", "issue_comment", said(hostile))

    assert (run.code, set(run.jobs)) == (0, {"hear", "revise", "respond"}), run.told
    assert f"--comment={hostile}" in notes(act)["respond"]["arguments"]
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("event", [said("looks good"), said("/withdraw", "Bot"), {**said("/withdraw"), "issue": {"number": 7}}], ids=["talk", "bot", "issue"])
def test_ordinary_talk_starts_no_machine(act: Act, event: dict[str, Any]) -> None:
    """Nor do bots, nor issues."""
    assert act.run("revise.yml", "issue_comment", event).jobs == {}


def test_nothing_of_the_pull_request_is_checked_out() -> None:
    """Every checkout is of the default branch."""
    steps = [step for job in workflow("revise.yml")["jobs"].values() for step in job["steps"] if "checkout@" in step.get("uses", "")]

    assert len(steps) == 4
    assert {step["with"]["ref"] for step in steps} == {"${{ github.event.repository.default_branch }}"}


def test_no_job_both_reads_and_writes() -> None:
    """Those that see rows, logs or a model hold a token that writes nothing; those that write see none of these secrets."""
    jobs = workflow("revise.yml")["jobs"]
    writing = {name for name, job in jobs.items() if any(right == "write" for kind, right in job["permissions"].items() if kind != "id-token")}

    assert writing == {"hear", "respond"}
    assert {name for name in writing if secrets_of(jobs[name]) != {"ERRATA_APP_PRIVATE_KEY"}} == set()
    assert secrets_of(jobs["query"]) == {"DATABASE_URL", "DATABASE_TOKEN"}


def test_no_command_is_lost() -> None:
    """One after the other on each pull request; only comments that were just made."""
    revision = workflow("revise.yml")

    assert revision["concurrency"]["queue"] == "max"
    assert revision[True] == {"issue_comment": {"types": ["created"]}}
