"""Each workflow as somebody meets it who may only open issues and pull requests from a fork, comment, and choose names: what starts, and what that reaches."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.workflow_files import GITHUB, WORKFLOWS, jobs, secrets_of, steps, workflow

OUTSIDE = {"check.yml": {"pull_request"}, "test.yml": {"pull_request"}, "revise.yml": {"issue_comment"}, "upkeep.yml": {"issues"}, "resolve.yml": {"issues"}}
"""What somebody without any right here can start: nothing else."""
INSIDE = {"push", "merge_group", "schedule", "workflow_dispatch", "workflow_call", "repository_dispatch"}
"""What takes the right to write here, or a merge."""
CHOSEN = re.compile(
    r"github\.(?:head_ref|ref_name|actor|triggering_actor)|github\.event\.(?:pull_request\.(?!base\.sha)|comment\.(?!user\.type|body)|issue\.(?!number|labels|pull_request)"
    r"|sender\.(?!type|login)|head_commit|commits|review)"
)
"""What outsiders choose, and no workflow needs; the words of a comment are only looked at for a leading slash."""


def texts() -> Iterator[tuple[str, str]]:
    """Every workflow as it is written."""
    yield from ((path.name, path.read_text(encoding="utf-8")) for path in WORKFLOWS)


def triggers(name: str) -> dict[str, Any]:
    """What starts it: YAML 1.1 reads the key `on` as true."""
    found = workflow(name)[True]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", [path.name for path in WORKFLOWS])
def test_outsiders_start_only_what_is_meant_for_them(name: str) -> None:
    """No `pull_request_target`, no `workflow_run`, no fork's words on the way to a token that writes."""
    assert set(triggers(name)) - INSIDE == OUTSIDE.get(name, set())


@pytest.mark.parametrize("name", [name for name, events in OUTSIDE.items() if events == {"pull_request"}])
def test_a_pull_request_of_a_fork_runs_with_nothing_at_hand(name: str) -> None:
    """Its own code runs there: without a secret, an environment, a token that writes, an identity, or a cache that others read."""
    for where, job in jobs():
        if where.startswith(name):
            assert job["permissions"] == {"contents": "read"}, where
            assert "environment" not in job, where
            assert secrets_of(job) == set(), where
            assert "actions/cache" not in json.dumps(job), where
    assert workflow(name)["concurrency"]["group"] == f"{name.removesuffix('.yml')}-${{{{ github.ref }}}}"


@pytest.mark.parametrize("name", ["revise.yml", "upkeep.yml", "resolve.yml"])
def test_what_an_outsider_starts_runs_the_default_branch(name: str) -> None:
    """Whatever the event names, what is checked out is ours; what is installed is what that commit pins."""
    for where, step in steps():
        if where.startswith(name) and "checkout@" in step.get("uses", ""):
            assert step["with"]["ref"] in ("main", "${{ github.event.repository.default_branch }}"), where
        if where.startswith(name) and "pip install" in step.get("run", ""):
            assert "--require-hashes" in step["run"], where


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("upkeep.yml", "!contains(github.event.issue.labels.*.name, 'errata-dashboard') && format('-{0}', github.run_id)"),
        ("resolve.yml", "!contains(github.event.issue.labels.*.name, 'errata') && format('-{0}', github.run_id)"),
    ],
)
def test_nobody_fills_a_queue_with_what_is_not_carried_out(name: str, told: str) -> None:
    """A group holds a hundred runs that wait, and drops the next: what people do to issues of their own has a group each."""
    assert told in workflow(name)["concurrency"]["group"]


def test_no_group_of_one_workflow_is_that_of_another() -> None:
    """Groups are shared in a repository, in any case of letters: each begins with the name of its workflow."""
    for path in WORKFLOWS:
        data = workflow(path.name)
        assert data["concurrency"]["group"].lower().startswith(path.stem), path.name
        assert all("concurrency" not in job for job in data["jobs"].values()), path.name


def test_what_outsiders_choose_reaches_no_expression() -> None:
    """Branch names, titles, logins of others, commit messages: none is read by a workflow; the bot asks GitHub for what it needs."""
    for name, text in texts():
        told = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        assert CHOSEN.search(told) is None, f"{name}: {CHOSEN.search(told)}"


def test_a_comment_is_compared_and_never_handed_on() -> None:
    """Its words stand in conditions only; the bot reads them from the event's file."""
    handed = [value for _, step in steps() for value in (step.get("env") or {}).values()]

    assert not any("comment.body" in str(value) for value in handed)


def test_artifacts_are_of_the_same_run_only() -> None:
    """Nothing is taken over from another run, repository or pattern, and what is taken over has a folder of its own."""
    for where, step in steps():
        if "download-artifact@" in step.get("uses", ""):
            assert set(step["with"]) == {"name", "path"}, where
            assert step["with"]["path"] in ("proposal", "rows", "thread"), where


def test_nothing_but_outputs_goes_on_to_the_next_step() -> None:
    """No step writes to the environment or the path of later ones, and the installer keeps no cache."""
    for where, step in steps():
        assert not re.search(r"GITHUB_(?:ENV|PATH|STATE)", json.dumps(step)), where
        if "setup-python@" in step.get("uses", ""):
            assert set(step["with"]) == {"python-version"}, where


def test_a_cache_holds_nothing_that_runs() -> None:
    """Clones and names of errors, both checked when they are read; only runs of the default branch save them."""
    saving = {where.partition(":")[0] for where, step in steps() if "actions/cache@" in step.get("uses", "")}

    assert saving == {"diagnose.yml", "revise.yml"}
    for where, step in steps():
        if "actions/cache@" in step.get("uses", ""):
            assert step["with"]["path"].split() == [".errata/code", ".errata/slack"], where


def test_every_secret_stands_behind_the_environment() -> None:
    """Which the set-up limits to the default branch: a branch that brings a workflow of its own is given none."""
    for where, job in jobs():
        assert "uses" in job or not secrets_of(job) or job["environment"]["name"].endswith(("errata", "'errata' }}")), where
        assert job.get("secrets") != "inherit", where


def test_no_template_of_an_issue_gives_a_label_that_the_bot_trusts() -> None:
    """Anybody may open an issue by a template, which labels it."""
    for path in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")):
        labels = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("labels", [])
        assert not any(str(label).startswith("errata") for label in labels), path.name


KINDS = {
    "Slack": {"SLACK_BOT_TOKEN"},
    "database": {"DATABASE_URL", "DATABASE_TOKEN"},
    "model": {"ANTHROPIC_API_KEY"},
    "App": {"ERRATA_APP_PRIVATE_KEY"},
    "Odoo": {"ODOO_LOGIN", "ODOO_API_KEY"},
    "tracker": {"LINEAR_API_KEY", "ODOO_LOGIN", "ODOO_API_KEY"},
    "sources": {
        *("CODE_TOKEN", "ACTIVITY_TOKEN", "OPENSEARCH_USERNAME", "OPENSEARCH_PASSWORD", "SENTRY_AUTH_TOKEN"),
        *("KUBERNETES_URL", "KUBERNETES_TOKEN", "DIGITALOCEAN_TOKEN", "REDIS_URL"),
    },
}
"""What the table of SECURITY.md calls the secrets."""


def test_the_table_of_workflows_is_true() -> None:
    """Every job has its row: what its token may write, and which secrets it is given."""
    page = (GITHUB.parent / "SECURITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z]+: [a-z]+) \| [^|]+ \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    told = {name: (writes, set(held.split(", ")) - {"none"}) for name, writes, held in rows}
    assert len(rows) == len(told)
    for where, job in jobs():
        name = where.replace(".yml", "")
        writes = sorted(kind for kind, right in job["permissions"].items() if right == "write" and kind != "id-token")
        assert told[name][0] == (", ".join(writes) or "nothing"), name
        assert set[str]().union(*(KINDS[kind] for kind in told[name][1] - {"AWS"})) == secrets_of(job), name
        assert ("AWS" in told[name][1]) == ("id-token" in job["permissions"]), name
        del told[name]
    assert told == {}


def test_every_line_of_the_threat_model_names_a_test_that_is_there() -> None:
    """Each door of SECURITY.md is held by a test file of this repository."""
    page = (GITHUB.parent / "SECURITY.md").read_text(encoding="utf-8")
    table = page.split("## What stands between")[1].split("\n\n")[1].split("\n")[2:]
    for line in table:
        held = line.rstrip(" |").rpartition("|")[2]
        named = re.findall(r"\]\((tests/[a-z_]+\.py)\)", held)
        assert named or "the same" in held, line
        assert all((GITHUB.parent / name).is_file() for name in named), line
