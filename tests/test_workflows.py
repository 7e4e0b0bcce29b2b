"""The workflow files keep the rules that nothing on GitHub's side enforces: pins, permissions, and who may see which secret."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.entry import entry
from bot.core.knowledge import postmortem
from bot.core.upkeep import review_page
from bot.texts import index_pages
from tests.workflow_files import GITHUB, WORKFLOWS, jobs, secrets_of, steps, workflow

pytestmark = pytest.mark.slow
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
SCRIPTS = Path(sys.executable).parent
# Tag → commit, as each action's repository has it. A new pin is looked up there, then added here.
PINS = {
    "actions/cache": ("v6.1.0", "55cc8345863c7cc4c66a329aec7e433d2d1c52a9"),
    "actions/checkout": ("v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/setup-python": ("v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"),
    "actions/upload-artifact": ("v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"),
    "actions/download-artifact": ("v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "actions/create-github-app-token": ("v3.1.1", "1b10c78c7865c340bc4f6099eb2f838309f1e8c3"),
    "aws-actions/configure-aws-credentials": ("v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c"),
}


@pytest.mark.parametrize(
    "command",
    [
        ["actionlint", *WORKFLOWS],
        ["zizmor", "--offline", "--strict-collection", "--no-progress", "--quiet", "--persona=pedantic", *WORKFLOWS, GITHUB / "dependabot.yml"],
        ["check-jsonschema", "--builtin-schema=vendor.github-workflows", *WORKFLOWS],
        ["check-jsonschema", "--builtin-schema=vendor.dependabot", GITHUB / "dependabot.yml"],
        ["check-jsonschema", "--builtin-schema=vendor.github-issue-config", GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
        ["check-jsonschema", "--builtin-schema=vendor.github-issue-forms", *FORMS],
    ],
    ids=["actionlint", "zizmor", "workflow-schema", "dependabot-schema", "issue-config", "issue-forms"],
)
def test_the_linters_find_nothing(command: list[str | Path]) -> None:
    """Each linter is silent, without any finding being ignored."""
    done = subprocess.run([SCRIPTS / command[0], *command[1:]], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_to_a_commit_that_was_looked_up() -> None:
    """A tag can be moved, a commit cannot; the comment says which tag it was."""
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        uses = re.findall(r"^ *(?:- )?uses: (\S+)@(\S+) # (\S+)$", text, re.MULTILINE)
        own = text.count("uses: $/.github/workflows/")  # this repository's, at the same commit
        assert len(uses) + own == text.count("uses:") >= 1, f"{path.name}: a `uses` without its tag"
        for action, commit, tag in uses:
            assert PINS.get(action) == (tag, commit), f"{path.name}: {action}@{commit}"


def test_permissions_are_given_job_by_job() -> None:
    """The workflow gives nothing; every job says what it needs, and gives up in time."""
    for path in WORKFLOWS:
        assert workflow(path.name)["permissions"] == {}, path.name
    for where, job in jobs():
        assert isinstance(job["permissions"], dict), where
        assert "uses" in job or job["timeout-minutes"] <= 30, where


def test_no_expression_reaches_a_shell() -> None:
    """`${{ … }}` in a script is pasted in before the shell reads it: outside text comes through `env` instead."""
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_no_checkout_leaves_credentials_behind() -> None:
    """What runs later in the job cannot push with the checkout's token."""
    for where, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, where


def test_the_job_that_reads_untrusted_text_cannot_write() -> None:
    """It may prove its identity to AWS, which writes nothing here; its token reads the repository and what its requests say the day cost."""
    job = workflow("diagnose.yml")["jobs"]["diagnose"]

    assert job["permissions"] == {"contents": "read", "pull-requests": "read", "id-token": "write"}
    assert json.dumps(job).count("github.token") == 1
    assert [step["env"]["LEDGER_TOKEN"] for step in job["steps"] if "LEDGER_TOKEN" in step.get("env", {})] == ["${{ github.token }}"]
    assert "GITHUB_TOKEN" not in json.dumps(job)
    assert not any("APP" in name for name in secrets_of(job))


def test_the_job_that_writes_reads_no_untrusted_text() -> None:
    """No Slack, no logs, no model: only the proposal, and the App's key where one is used."""
    job = workflow("diagnose.yml")["jobs"]["propose"]

    assert secrets_of(job) == {"ERRATA_APP_PRIVATE_KEY"}
    assert "id-token" not in job["permissions"]
    assert "slack_url" not in json.dumps(job)


def test_the_scan_reads_and_cannot_write() -> None:
    """The job that sees the channels only reads here; what it hands on are links, one run at a time."""
    scan = workflow("scan.yml")

    assert scan["jobs"]["scan"]["permissions"] == {"contents": "read", "pull-requests": "read"}
    assert secrets_of(scan["jobs"]["scan"]) == {"SLACK_BOT_TOKEN"}
    assert scan["concurrency"] == {"group": "scan", "cancel-in-progress": False}
    assert scan["jobs"]["diagnose"]["uses"].endswith("/.github/workflows/diagnose.yml")
    assert set(scan["jobs"]["diagnose"]["with"]) == {"slack_url", "also"}


def test_the_scan_hands_on_every_secret_that_a_diagnosis_may_have() -> None:
    """A called workflow sees only what its caller names, even of its own environment: one that is left out is a source that is never asked."""
    called = workflow("diagnose.yml")

    assert set(called[True]["workflow_call"]["secrets"]) == secrets_of(called["jobs"])
    assert workflow("scan.yml")["jobs"]["diagnose"]["secrets"] == {name: f"${{{{ secrets.{name} }}}}" for name in secrets_of(called["jobs"])}


def test_the_job_that_answers_at_once_speaks_to_slack_and_to_nobody_else() -> None:
    """No model, no logs, no token that writes here; and the pull request comes after it, whatever became of it."""
    jobs_ = workflow("diagnose.yml")["jobs"]
    job = jobs_["answer"]

    assert secrets_of(job) == {"SLACK_BOT_TOKEN"}
    assert job["permissions"] == {"contents": "read"}
    assert "github.token" not in json.dumps(job)
    assert job["if"] == "needs.diagnose.outputs.recalled == 'true'"
    assert jobs_["propose"]["needs"] == ["diagnose", "answer"]
    assert jobs_["propose"]["if"] == "${{ !cancelled() && needs.diagnose.result == 'success' }}"


def test_the_check_can_be_a_required_one() -> None:
    """A required check that a path filter skips stays pending for ever; one that needs a secret fails on forks."""
    check = workflow("check.yml")
    triggers = check[True]  # YAML 1.1 reads the key `on` as true

    assert triggers == {"pull_request": None, "merge_group": None}
    assert [job["permissions"] for job in check["jobs"].values()] == [{"contents": "read"}]
    assert secrets_of(check["jobs"]) == set()


def test_no_merge_goes_unanswered() -> None:
    """Publishing waits its turn and is never cancelled, neither by a later merge nor half-way."""
    publish = workflow("publish.yml")

    assert publish["concurrency"] == {"group": "publish", "cancel-in-progress": False, "queue": "max"}
    # The branch as it is when the turn comes: the commit of the push may lack an index that an earlier run committed.
    assert publish["jobs"]["publish"]["steps"][0]["with"]["ref"] == "main"
    assert publish[True]["push"] == {"branches": ["main"], "paths": ["knowledge/errors/**"]}


def test_every_python_version_we_promise_is_tested() -> None:
    """The oldest one of pyproject.toml runs the whole suite."""
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (GITHUB.parent / "pyproject.toml").read_text(encoding="utf-8"))

    assert oldest is not None
    assert oldest.group(1) in workflow("test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]


def test_what_the_bot_writes_is_not_held_against_the_bots_own_tests() -> None:
    """A new entry is in no index before its merge, and changes no code: a copy's every proposal would show a failed check, after an hour of machines."""
    events = workflow("test.yml")[True]
    written = {f"{room.FOLDER}/**" for room in (entry, index_pages, postmortem, review_page)} | {"knowledge/README.md"}

    assert set(events["push"]["paths-ignore"]) == set(events["pull_request"]["paths-ignore"]) == written
    assert workflow("check.yml")[True]["pull_request"] is None  # looks at all of it


def test_what_keeps_up_reads_no_logs_and_asks_no_model() -> None:
    """Dashboard, reminders and reviews hold a token that writes; so they are given nothing that untrusted text could be fetched with but Slack's."""
    for name in ("upkeep.yml", "review.yml"):
        for job in workflow(name)["jobs"].values():
            assert secrets_of(job) <= {"SLACK_BOT_TOKEN", "ERRATA_APP_PRIVATE_KEY", "LINEAR_API_KEY", "ODOO_URL", "ODOO_LOGIN", "ODOO_API_KEY"}
            assert "id-token" not in job["permissions"]
    assert secrets_of(workflow("review.yml")["jobs"]["review"]) == {"ERRATA_APP_PRIVATE_KEY"}


def test_no_tick_on_the_dashboard_is_lost() -> None:
    """Each run knows who ticked, so none may take another one's place."""
    upkeep = workflow("upkeep.yml")

    assert {**upkeep["concurrency"], "group": ""} == {"group": "", "cancel-in-progress": False, "queue": "max"}
    assert upkeep["concurrency"]["group"].startswith("upkeep${{ github.event_name == 'issues' && ")
    assert upkeep[True]["issues"] == {"types": ["edited"]}


def test_the_job_that_reads_a_thread_for_a_post_mortem_cannot_write() -> None:
    """And the one that writes sees no Slack; no post-mortem is dropped while another one runs."""
    postmortem = workflow("postmortem.yml")
    read, propose, merged = (postmortem["jobs"][name] for name in ("read", "propose", "merged"))

    assert read["permissions"] == {"contents": "read"}
    assert secrets_of(read) == {"SLACK_BOT_TOKEN"}
    assert "github.token" not in json.dumps(read)
    assert "SLACK_BOT_TOKEN" not in secrets_of(propose) | secrets_of(merged)
    assert postmortem["concurrency"] == {"group": "postmortem", "cancel-in-progress": False, "queue": "max"}
