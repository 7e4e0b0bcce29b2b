"""The whole chain on real workflows: dispatch → diagnosis → pull request → merge → push → reply in the thread, index, tracking issue."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.world import World, build
from tests.act import Act, Run, commit, git, project_files, repository
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import TOKEN as SLACK_TOKEN
from tests.fakes.slack import FakeSlack

pytestmark = pytest.mark.slow

CHANNEL = "C08RB8T6CNS"
ALERT = "1765962764.835579"
CONFIGURATION = """
channels: [C08RB8T6CNS]
limits:
  seconds_between_writes: 0
files:
  - paths: ["logs/*.ndjson"]
    environment: prod
code:
  - name: transfers
    path: {transfers}
    services: [transfers]
    url: https://github.com/acme/transfers
"""


@dataclass
class Stage:
    """A team's repository on GitHub with the bot in it, a Slack workspace with an alert, and a runner."""

    world: World
    act: Act
    github: FakeGitHub
    slack: FakeSlack

    def diagnose(self, link: str) -> Run:
        """Somebody presses *Run workflow*."""
        return self.act.run("diagnose.yml", "workflow_dispatch", {"inputs": {"slack_url": link}})

    def merge(self, number: int) -> tuple[str, str]:
        """A person merges; the range that the push event will name."""
        before = self.github.git.head("main")
        assert before is not None
        return before, self.github.merge(number)

    def push(self, before: str, after: str) -> Run:
        """The run that GitHub starts for a push."""
        git(self.act.repository, "fetch", "--quiet", "origin", "main")
        git(self.act.repository, "reset", "--quiet", "--hard", after)
        return self.act.run("publish.yml", "push", {"ref": "refs/heads/main", "before": before, "after": after})

    def replies(self, ts: str = ALERT) -> list[dict[str, Any]]:
        """What stands under an alert."""
        return [message for message in self.slack.thread(CHANNEL, ts) if message["ts"] != ts]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The demo's world, but its messages in Slack and its pull requests on GitHub."""
    world = build(tmp_path / "world")
    kept = tuple(name for name in project_files() if name.startswith(("bot/", ".github/workflows/")) or name == "requirements.txt")
    known = {name: (world.knowledge_base / name).read_text(encoding="utf-8") for name in git(world.knowledge_base, "ls-files").splitlines()}
    known[".github/knowledge-bot.yml"] = CONFIGURATION.format(transfers=world.transfers)
    origin = repository(tmp_path / "origin", kept, known)
    github, slack = FakeGitHub(tmp_path, token="github-made-up"), FakeSlack()
    with github, slack:
        git(github.git.path, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(origin, "remote", "add", "origin", f"file://{github.git.path}")
        git(origin, "push", "--quiet", "origin", "main")
        slack.post(CHANNEL, **json.loads(known["messages/alert.json"])["message"])
        act = Act(
            tmp_path / "act",
            origin,
            secrets={"SLACK_BOT_TOKEN": SLACK_TOKEN, "GITHUB_TOKEN": github.token},
            variables={"SLACK_API_URL": slack.base_url},
            environment={"GITHUB_API_URL": github.url, "STUB_ORIGIN": str(github.git.path)},
        )
        yield Stage(world, act, github, slack)


def test_an_alert_becomes_a_reviewed_entry_and_an_answer_in_its_thread(stage: Stage) -> None:
    """From the link to the reply; and the same push replayed answers nobody twice."""
    run = stage.diagnose(stage.world.alert)

    assert (run.code, run.jobs) == (0, {"diagnose": "success", "propose": "success"}), run.told
    (number,) = stage.github.pulls()
    request = stage.github.items[number]
    path = f"knowledge/errors/{request['head'].removeprefix('kb/')}.md"
    assert request["head"].startswith("kb/transfer_handler_ValidationError_")
    proposed = stage.github.text(path, request["head"])
    assert proposed is not None
    assert stage.world.alert in proposed
    assert stage.world.culprit[:7] in request["body"]
    assert "regression" in request["labels"]
    assert stage.replies() == []

    before, after = stage.merge(number)
    run = stage.push(before, after)

    assert (run.code, run.jobs) == (0, {"publish": "success"}), run.told
    (reply,) = stage.replies()
    assert reply["thread_ts"] == ALERT
    assert path in json.dumps(reply["blocks"])
    assert path.rpartition("/")[2] in (stage.github.text("knowledge/README.md") or "")
    written = len(stage.github.commits()), len(stage.github.items)

    run = stage.act.run("publish.yml", "workflow_dispatch", {"inputs": {"before": before, "after": after}})

    assert run.code == 0, run.told
    assert len(stage.replies()) == 1
    assert (len(stage.github.commits()), len(stage.github.items)) == written


def test_two_merges_in_a_row_both_reach_the_index(stage: Stage) -> None:
    """The second run was queued behind the first, which commits the index meanwhile: neither loses an entry."""
    other = stage.slack.post(CHANNEL, "prod: KeyError: 'settled_at'\nHandler: refund_handler\nService: refunds", ts="1765962800.000100")
    for link in (stage.world.alert, stage.slack.permalink(CHANNEL, other)):
        assert stage.diagnose(link).code == 0
    first, second = (stage.merge(number) for number in stage.github.pulls())

    runs = [stage.push(*first), stage.push(*second)]

    assert [run.code for run in runs] == [0, 0], runs[0].told + runs[1].told
    assert [len(stage.replies(ts)) for ts in (ALERT, other)] == [1, 1]
    index = stage.github.text("knowledge/README.md") or ""
    assert "transfer_handler_ValidationError_" in index
    assert "refund_handler_KeyError_" in index


def test_a_scan_goes_on_to_a_pull_request(stage: Stage) -> None:
    """Four jobs of two workflows: the alert is taken, marked, diagnosed with the secrets that the scan hands on, and proposed."""
    scan = stage.act.repository / ".github" / "workflows" / "scan.yml"
    # `$/` is GitHub's own way to name this repository at the same commit; act knows the older `./` only.
    after = commit(stage.act.repository, {".github/workflows/scan.yml": scan.read_text(encoding="utf-8").replace("uses: $/", "uses: ./")}, "For act")
    git(stage.act.repository, "push", "--quiet", "origin", "main")
    posted = f"{time.time() - 600:.6f}"  # a scan looks back by its own clock
    stage.slack.post(CHANNEL, "prod: KeyError: 'settled_at'\nHandler: refund_handler\nService: refunds", ts=posted, subtype="bot_message", bot_id="B0ALERTS")

    run = stage.act.run("scan.yml", "workflow_dispatch", {})

    assert (run.code, run.jobs) == (0, {"scan": "success", "diagnose": "success", "propose": "success"}), run.told
    (number,) = stage.github.pulls()
    assert stage.slack.permalink(CHANNEL, posted) in stage.github.items[number]["body"]
    assert stage.github.git.head("main") == after
    assert {name for _, ts, name in stage.slack.reactions if ts == posted} == {"eyes", "white_check_mark"}


def test_a_message_that_is_gone_fails_with_a_sentence(stage: Stage) -> None:
    """The run is red, the log says what to do, and nothing was proposed."""
    stage.slack.delete(CHANNEL, ALERT)

    run = stage.diagnose(stage.world.alert)

    assert run.jobs == {"diagnose": "failure"}
    assert "::error" in run.log or "error:" in run.output("diagnose")
    assert "Traceback" not in run.log
    assert stage.github.pulls() == []
