"""The workflows, run: which job runs what, what it is given, what it can see, and what passes from one to the next."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.act import Act, commit, project_files, repository

pytestmark = pytest.mark.slow

LINK = "https://acme.slack.com/archives/C0123ABCD/p1700000000000100"
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-made-up",
    "ACTIVITY_TOKEN": "activity-made-up",
    "OPENSEARCH_USERNAME": "reader",
    "OPENSEARCH_PASSWORD": "hunter-two",
    "SENTRY_AUTH_TOKEN": "sentry-made-up",
    "DATABASE_URL": "postgresql-made-up",
    "DATABASE_TOKEN": "database-made-up",
    "KUBERNETES_URL": "https://kubernetes.example",
    "KUBERNETES_TOKEN": "kubernetes-made-up",
    "DIGITALOCEAN_TOKEN": "digitalocean-made-up",
    "REDIS_URL": "redis://made-up",
    "ANTHROPIC_API_KEY": "anthropic-made-up",
    "GITHUB_TOKEN": "github-made-up",
    "ERRATA_APP_PRIVATE_KEY": "key-made-up",
}
CALLER = f"""
on: workflow_dispatch
jobs:
  each:
    strategy:
      matrix:
        alert: ["{LINK}", "{LINK}1"]
    permissions:
      contents: write
      pull-requests: write
      issues: write
      id-token: write
    uses: ./.github/workflows/diagnose.yml
    with:
      slack_url: ${{{{ matrix.alert }}}}
    secrets:
      SLACK_BOT_TOKEN: ${{{{ secrets.SLACK_BOT_TOKEN }}}}
"""


@pytest.fixture
def act(tmp_path: Path) -> Act:
    """A runner whose repository has the real workflows, a history of two commits, and the probe in place of the bot."""
    probe = (Path(__file__).parent / "fakes" / "bot_probe.py").read_text(encoding="utf-8")
    kept = tuple(name for name in project_files() if name.startswith(".github/") or name == "requirements.txt")
    origin = repository(tmp_path / "origin", kept, {"bot/__main__.py": probe})
    commit(origin, {"knowledge/README.md": "# Errors\n"}, "Add the index")
    return Act(tmp_path / "act", origin, secrets=SECRETS, environment={"PROBE_NOTES": str(tmp_path / "notes")})


def notes(act: Act) -> list[dict[str, Any]]:
    """What the probe left, run by run."""
    path = Path(act.environment["PROBE_NOTES"])
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_link_goes_through_both_jobs(act: Act) -> None:
    """The first job diagnoses with the whole history and a token for the ledger only; the second finds what it left and sees no Slack."""
    run = act.run("diagnose.yml", "workflow_dispatch", {"inputs": {"slack_url": LINK}})

    assert (run.code, run.jobs) == (0, {"diagnose": "success", "propose": "success"}), run.told
    diagnosed, proposed = notes(act)
    assert diagnosed["arguments"] == ["diagnose", "--out", "proposal", "--", LINK]
    assert diagnosed["commits"] == 2
    assert diagnosed["seen"] == {
        # GitHub takes no secret whose name begins with GITHUB_.
        "GITHUB_ACTIVITY_TOKEN" if name == "ACTIVITY_TOKEN" else name: value
        for name, value in SECRETS.items()
        if name not in ("GITHUB_TOKEN", "ERRATA_APP_PRIVATE_KEY")
    } | {"LEDGER_TOKEN": "github-made-up"}
    assert proposed["arguments"] == ["propose", "proposal"]
    assert proposed["proposal"] == diagnosed["proposal"] != []
    assert proposed["seen"] == {"GITHUB_TOKEN": "github-made-up"}
    assert "made-up" not in run.log


def test_another_workflow_may_call_it_for_several_alerts(act: Act) -> None:
    """Called from a matrix, each alert's proposal reaches its own second job."""
    commit(act.repository, {".github/workflows/caller.yml": CALLER}, "Call it")

    run = act.run("caller.yml", "workflow_dispatch", {})

    assert run.code == 0, run.told
    diagnosed = [note for note in notes(act) if note["arguments"][0] == "diagnose"]
    proposed = [note for note in notes(act) if note["arguments"][0] == "propose"]
    assert {note["arguments"][-1] for note in diagnosed} == {LINK, f"{LINK}1"}
    assert sorted(note["proposal"] for note in proposed) == sorted(note["proposal"] for note in diagnosed)
    assert {note["seen"].get("SLACK_BOT_TOKEN") for note in diagnosed} == {"xoxb-made-up"}


def test_aws_and_the_app_join_when_they_are_configured(act: Act) -> None:
    """A role and an App's client id, set as variables, are all it takes."""
    act.variables = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/errata", "AWS_REGION": "eu-central-1", "ERRATA_APP_CLIENT_ID": "Iv23made-up"}

    run = act.run("diagnose.yml", "workflow_dispatch", {"inputs": {"slack_url": LINK}})

    assert run.code == 0, run.told
    diagnosed, proposed = notes(act)
    assert diagnosed["seen"]["AWS_ACCESS_KEY_ID"] == "of-arn:aws:iam::123456789012:role/errata"
    assert proposed["seen"] == {"GITHUB_TOKEN": "app-token-of-Iv23made-up"}


def test_nothing_is_proposed_when_the_diagnosis_fails(act: Act) -> None:
    """A link that cannot be read fails the run with its sentence, and the second job does not start."""
    run = act.run("diagnose.yml", "workflow_dispatch", {"inputs": {"slack_url": "broken"}})

    assert run.code == 1
    assert run.jobs == {"diagnose": "failure"}
    assert "copy it again" in run.output("diagnose")
    assert notes(act) == []


def test_a_link_is_data_to_the_shell(act: Act, tmp_path: Path) -> None:
    """Whatever another program sends reaches the command as one argument, letter by letter."""
    hostile = f"https://x/$(touch {tmp_path}/owned)`touch {tmp_path}/owned`\"; touch {tmp_path}/owned; '"

    act.run("diagnose.yml", "repository_dispatch", {"action": "diagnose", "client_payload": {"slack_url": hostile}})

    assert notes(act)[0]["arguments"][-1] == hostile
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("event", "payload"),
    [("push", {"before": "b" * 40, "after": "a" * 40}), ("workflow_dispatch", {"inputs": {"before": "b" * 40, "after": "a" * 40}})],
)
def test_a_push_or_a_replay_publishes_its_range(act: Act, event: str, payload: dict[str, object]) -> None:
    """The commits of the event, or those asked for by hand, with the history between them at hand."""
    run = act.run("publish.yml", event, payload)

    assert (run.code, run.jobs) == (0, {"publish": "success"}), run.told
    (published,) = notes(act)
    assert published["arguments"] == ["publish", f"--before={'b' * 40}", f"--after={'a' * 40}"]
    assert published["seen"] == {name: SECRETS[name] for name in ("SLACK_BOT_TOKEN", "GITHUB_TOKEN")}
    assert published["commits"] == 2


def test_a_pull_request_is_checked_without_any_secret(act: Act) -> None:
    """So a fork's pull request is checked too."""
    run = act.run("check.yml", "pull_request", {"pull_request": {"number": 7, "base": {"sha": "b" * 40}}})

    assert (run.code, run.jobs) == (0, {"knowledge": "success"}), run.told
    assert [(note["arguments"], note["seen"]) for note in notes(act)] == [(["check", "knowledge", "--base", "b" * 40], {})]
