"""The workflows, run: which job runs what, what it is given, what it can see, and what passes from one to the next."""

import json
from dataclasses import replace
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
    "LINEAR_API_KEY": "linear-made-up",
    "ODOO_LOGIN": "odoo-login-made-up",
    "ODOO_API_KEY": "odoo-made-up",
    "GITHUB_TOKEN": "github-made-up",
    "ERRATA_APP_PRIVATE_KEY": "key-made-up",
}
TRACKERS = ("LINEAR_API_KEY", "ODOO_LOGIN", "ODOO_API_KEY")
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
    assert diagnosed["arguments"] == ["diagnose", "--out", "proposal", "--also=", "--", LINK]
    assert diagnosed["commits"] == 2
    assert diagnosed["seen"] == {
        # GitHub takes no secret whose name begins with GITHUB_.
        "GITHUB_ACTIVITY_TOKEN" if name == "ACTIVITY_TOKEN" else name: value
        for name, value in SECRETS.items()
        if name not in ("GITHUB_TOKEN", "ERRATA_APP_PRIVATE_KEY", *TRACKERS)
    } | {"LEDGER_TOKEN": "github-made-up"}
    assert proposed["arguments"] == ["propose", "proposal"]
    assert proposed["proposal"] == diagnosed["proposal"] != []
    assert proposed["seen"] == {"GITHUB_TOKEN": "github-made-up"}
    assert "made-up" not in run.log


@pytest.mark.parametrize(("link", "answered"), [(f"{LINK}&C0KNOWN1", "success"), (f"{LINK}&C0KNOWN1&unanswerable", "failure")])
def test_an_alert_that_an_entry_answers_goes_through_three_jobs(act: Act, link: str, answered: str) -> None:
    """The job between sees Slack's token and the proposal; when it fails, the alert is counted all the same."""
    run = act.run("diagnose.yml", "workflow_dispatch", {"inputs": {"slack_url": link}})

    assert run.jobs == {"diagnose": "success", "answer": answered, "propose": "success"}, run.told
    if answered == "success":
        _, told, _ = notes(act)
        assert told["arguments"] == ["answer", f"--thread={link}", "--also=", "proposal"]
        assert told["seen"] == {"SLACK_BOT_TOKEN": "xoxb-made-up"}
        assert told["proposal"] != []


@pytest.mark.parametrize(("link", "ends"), [(LINK, "diagnosed"), (f"{LINK}-broken", "fail")])
def test_a_quality_system_gets_its_run(act: Act, link: str, ends: str) -> None:
    """With the variable ODOO_URL the run is opened beside the diagnosis and ended after it; no other job holds its key."""
    with_odoo = replace(act, variables={"ODOO_URL": "https://odoo.example"})
    with_odoo.run("diagnose.yml", "workflow_dispatch", {"inputs": {"slack_url": link}})

    told = [(note["arguments"], set(note["seen"]) & set(TRACKERS)) for note in notes(act)]
    kept = [(arguments[:2], keys) for arguments, keys in told if arguments[0] == "procedure"]
    assert sorted(kept) == sorted([(["procedure", "begin"], {"ODOO_LOGIN", "ODOO_API_KEY"}), (["procedure", ends], {"ODOO_LOGIN", "ODOO_API_KEY"})])
    # GitHub gives a job the secrets that it names: the probe of the other jobs sees none of these.
    assert not any(keys for arguments, keys in told if arguments[0] == "propose")


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


def test_an_alerting_system_sends_its_own_payload(act: Act) -> None:
    """It reaches the diagnosis as the event's file, without a shell in between."""
    hostile = {"payload": {"alerts": [{"labels": {"alertname": "$(touch owned)`'\""}}]}}

    run = act.run("diagnose.yml", "repository_dispatch", {"action": "alertmanager", "client_payload": hostile})

    assert (run.code, run.jobs) == (0, {"diagnose": "success", "propose": "success"}), run.told
    arguments = notes(act)[0]["arguments"]
    assert arguments[:4] == ["diagnose", "--out", "proposal", "--payload"]
    assert json.loads(arguments[5]) == hostile


def test_a_scan_diagnoses_what_it_took(act: Act) -> None:
    """Each error becomes a diagnosis of its own, with the alerts that say the same; the job that reads the channels can write nothing on GitHub."""
    # `$/` is GitHub's own way to name this repository at the same commit; act knows the older `./` only.
    text = (act.repository / ".github/workflows/scan.yml").read_text(encoding="utf-8")
    commit(act.repository, {".github/workflows/scan.yml": text.replace("uses: $/", "uses: ./")}, "For act")
    run = act.run("scan.yml", "workflow_dispatch", {})

    assert run.code == 0, run.told
    by_command = {note["arguments"][0]: note for note in notes(act)}
    assert set(by_command) == {"scan", "escalate", "diagnose", "propose"}
    assert by_command["scan"]["seen"] == {"SLACK_BOT_TOKEN": "xoxb-made-up"}
    assert by_command["escalate"]["seen"] == {"SLACK_BOT_TOKEN": "xoxb-made-up", "GITHUB_TOKEN": "github-made-up"}
    first, second, third = (f"https://acme.slack.com/archives/C0123ABCD/p170000000{number}000100" for number in range(3))
    assert by_command["diagnose"]["arguments"][-3:] == [f"--also={second} {third}", "--", first]
    assert by_command["propose"]["proposal"] == by_command["diagnose"]["proposal"]


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
    assert published["seen"] == {name: SECRETS[name] for name in ("SLACK_BOT_TOKEN", "GITHUB_TOKEN", *TRACKERS)}
    assert published["commits"] == 2


@pytest.mark.parametrize(
    ("event", "payload", "arguments"),
    [
        ("issues", {"action": "closed", "issue": {"number": 41, "labels": [{"name": "errata"}]}}, ["--issue=41"]),
        ("push", {"before": "b" * 40, "after": "a" * 40}, [f"--before={'b' * 40}", f"--after={'a' * 40}"]),
        (
            "repository_dispatch",
            {"action": "resolved", "client_payload": {"signature": "--help", "because": "$(id) `id`", "commit": "4be91d07"}},
            ["--because=$(id) `id`", "--commit=4be91d07", "--pull-request=", "--", "--help"],
        ),
    ],
)
def test_what_was_finished_resolves_an_entry(act: Act, event: str, payload: dict[str, object], arguments: list[str]) -> None:
    """One command for each way of saying it; what comes from outside is one argument, and no option."""
    run = act.run("resolve.yml", event, payload)

    assert (run.code, run.jobs) == (0, {"resolve": "success"}), run.told
    (resolved,) = notes(act)
    assert resolved["arguments"] == ["resolve", *arguments]
    assert resolved["seen"] == {"GITHUB_TOKEN": SECRETS["GITHUB_TOKEN"]}


def test_other_peoples_issues_are_nothing_to_the_bot(act: Act) -> None:
    """Without the label, no job starts."""
    run = act.run("resolve.yml", "issues", {"action": "closed", "issue": {"number": 41, "labels": [{"name": "bug"}]}})

    assert run.code == 0, run.told
    assert notes(act) == []


def test_an_action_on_an_entry_is_one_command(act: Act) -> None:
    """Only the step of the chosen action runs; names and words are arguments, and no options."""
    inputs = {"action": "split", "signature": "a_b_1a2b3c", "other": "--x", "threads": "https://a/1 https://a/2"}
    run = act.run("knowledge.yml", "workflow_dispatch", {"inputs": inputs})

    assert (run.code, run.jobs) == (0, {"knowledge": "success"}), run.told
    assert [note["arguments"] for note in notes(act)] == [["split", "--threads=https://a/1 https://a/2", "--into=--x", "--", "a_b_1a2b3c"]]


def test_a_pull_request_is_checked_without_any_secret(act: Act) -> None:
    """So a fork's pull request is checked too."""
    run = act.run("check.yml", "pull_request", {"pull_request": {"number": 7, "base": {"sha": "b" * 40}}})

    assert (run.code, run.jobs) == (0, {"knowledge": "success"}), run.told
    assert [(note["arguments"], note["seen"]) for note in notes(act)] == [(["check", "knowledge", "--base", "b" * 40], {})]


def test_the_bots_own_tests_run_on_every_python(act: Act) -> None:
    """`make test` with the interpreter that was set up, once for each version; no secret is at hand."""
    commit(act.repository, {"Makefile": "test:\n\t@echo make test with $(PYTHON)$$SLACK_BOT_TOKEN\n"}, "Stand in for the tests")

    run = act.run("test.yml", "push", {"before": "b" * 40, "after": "a" * 40})

    assert (run.code, run.jobs) == (0, {"test": "success"}), run.told
    assert run.output("test").split("\n")[:2] == ["make test with python", "make test with python"]


def test_the_upkeep_of_a_day_is_five_commands(act: Act) -> None:
    """By nobody: what is ticked then waits for somebody with a name. Reactions and escalation see Slack, one sees the tracker."""
    run = act.run("upkeep.yml", "schedule", {"sender": {"login": "mira", "type": "User"}})

    assert (run.code, run.jobs) == (0, {"upkeep": "success"}), run.told
    assert [note["arguments"] for note in notes(act)] == [["board", "--by=", "--issue="], ["remind"], ["trust"], ["resolve", "--tracked"], ["escalate"]]
    both = {name: SECRETS[name] for name in ("SLACK_BOT_TOKEN", "GITHUB_TOKEN")}
    tracker = {name: SECRETS[name] for name in (*TRACKERS, "GITHUB_TOKEN")}
    assert [note["seen"] for note in notes(act)] == [{"GITHUB_TOKEN": "github-made-up"}] * 2 + [both, tracker, both]


def test_a_tick_on_the_dashboard_is_followed_and_nothing_else(act: Act) -> None:
    """With the name of who ticked and the number of the issue."""
    issue = {"number": 7, "labels": [{"name": "errata-dashboard"}]}
    run = act.run("upkeep.yml", "issues", {"action": "edited", "issue": issue, "sender": {"login": "mira", "type": "User"}})

    assert (run.code, run.jobs) == (0, {"upkeep": "success"}), run.told
    assert [note["arguments"] for note in notes(act)] == [["board", "--by=mira", "--issue=7"]]


@pytest.mark.parametrize(
    ("label", "kind"),
    [("errata", "User"), ("errata-dashboard", "Bot")],
)
def test_other_issues_and_the_bots_own_edits_start_nothing(act: Act, label: str, kind: str) -> None:
    """Else the bot would answer itself."""
    issue = {"number": 7, "labels": [{"name": label}]}
    run = act.run("upkeep.yml", "issues", {"action": "edited", "issue": issue, "sender": {"login": "x", "type": kind}})

    assert run.jobs == {}
    assert notes(act) == []


@pytest.mark.parametrize(
    ("event", "payload", "arguments"),
    [
        ("schedule", {"schedule": "17 6 * * 1"}, ["review", "--week=", "--month="]),
        ("schedule", {"schedule": "27 6 1 * *"}, ["review", "--week=", "--month=last"]),
        ("workflow_dispatch", {"inputs": {"month": "2026-11"}}, ["review", "--week=", "--month=2026-11"]),
        ("workflow_dispatch", {"inputs": {"week": "2026-W47"}}, ["review", "--week=2026-W47", "--month="]),
    ],
)
def test_a_review_is_of_the_week_or_the_month(act: Act, event: str, payload: dict[str, object], arguments: list[str]) -> None:
    """By schedule of what is over, by hand of what is named; it sees no Slack."""
    run = act.run("review.yml", event, payload)

    assert (run.code, run.jobs) == (0, {"review": "success"}), run.told
    assert [(note["arguments"], note["seen"]) for note in notes(act)] == [(arguments, {"GITHUB_TOKEN": "github-made-up"})]


def test_a_merged_review_is_posted(act: Act) -> None:
    """By the push that brought it."""
    run = act.run("review.yml", "push", {"before": "b" * 40, "after": "a" * 40})

    assert (run.code, run.jobs) == (0, {"publish": "success"}), run.told
    assert [note["arguments"] for note in notes(act)] == [["publish-review"]]


def test_a_post_mortem_by_hand_goes_through_two_jobs(act: Act) -> None:
    """One reads the thread and holds no token; the other takes it over and sees no Slack. A name is data to the shell."""
    run = act.run("postmortem.yml", "workflow_dispatch", {"inputs": {"signature": "--help $(id)", "occurrence": LINK}})

    assert (run.code, run.jobs) == (0, {"read": "success", "propose": "success"}), run.told
    read, proposed = notes(act)
    assert read["arguments"] == ["postmortem", "--read-thread", "thread/thread.json", f"--occurrence={LINK}", "--", "--help $(id)"]
    assert read["seen"] == {"SLACK_BOT_TOKEN": SECRETS["SLACK_BOT_TOKEN"]}
    assert proposed["arguments"] == ["postmortem", "--thread", "thread/thread.json", f"--occurrence={LINK}", "--", "--help $(id)"]
    assert proposed["proposal"] == ["thread/thread.json"]
    assert proposed["seen"] == {"GITHUB_TOKEN": "github-made-up"}


def test_a_merge_brings_post_mortems_and_issues(act: Act) -> None:
    """One job, of what was reviewed: it sees no Slack."""
    run = act.run("postmortem.yml", "push", {"before": "b" * 40, "after": "a" * 40})

    assert (run.code, run.jobs) == (0, {"merged": "success"}), run.told
    (note,) = notes(act)
    assert note["arguments"] == ["postmortem", "--merged", f"--before={'b' * 40}", f"--after={'a' * 40}"]
    assert "SLACK_BOT_TOKEN" not in note["seen"]
    assert note["commits"] == 2
