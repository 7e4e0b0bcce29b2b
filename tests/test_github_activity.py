"""What GitHub shows around an alert: failed runs and why, releases, merges since the last good state; from a server on loopback and its log storage."""

from pathlib import Path

import pytest

from bot import wiring
from bot.config import DEFAULT_ENVIRONMENTS, Settings, parse
from bot.core.alert.alert import alerts
from bot.model import Alert, Deploy, Findings, LogEvent, Message
from bot.sources.by_category import narrowed
from bot.sources.github.runs import MOST_CALLS
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.github_runs import ALERT, HANDLER, HOUR, MINUTE, PERMALINK, ask, github, inquiry, log, source, starting, storage

__all__ = ["github", "storage"]
pytestmark = pytest.mark.slow


def test_the_failed_deploy_and_the_last_lines_of_its_failing_step(github: GitHubWithActions) -> None:
    """With the pages where a person can look; the line that explains it is a log event."""
    findings = ask(github)
    first, said = findings.evidence[:2]
    assert (first.kind, said.kind) == ("deploy", "log")
    assert first.text == (
        'The workflow "Deploy" (deploy.yml) ended with failure on 2025-12-17 09:02:44 UTC, begun on 2025-12-17 08:52:44 UTC, '
        'of main at aaaaaaa: "Rename the leaf column (#12)"'
    )
    assert first.place == f"{github.url}/acme/transfers/actions/runs/7000000002"
    assert said.text == (
        'The step "Run migrations" of the job "deploy" failed on 2025-12-17 08:58:44 UTC. Its last lines:\n'
        'applying 0042\ncolumn "leaf" does not exist\nerror: Process completed with exit code 1.'
    )
    assert isinstance(said.detail, LogEvent)
    assert (said.detail.level, said.detail.message) == ("ERROR", "error: Process completed with exit code 1.")
    assert findings.gaps == ()


def test_what_was_merged_since_the_last_good_state(github: GitHubWithActions) -> None:
    """The run before the failed one that ended well; neither what was merged before it, nor after the alert, nor closed unmerged."""
    merged = starting(ask(github), "2 pull requests were merged between the last run of deploy.yml before that ended well (2025-12-16T07:12:44Z)")
    assert merged.text.splitlines()[1:] == [
        '#12 "Rename the leaf column", merged into main on 2025-12-17 08:42:44 UTC',
        '#11 "Say more in the log", merged into main on 2025-12-17 04:12:44 UTC',
    ]
    assert "/compare/" in merged.place


def test_which_of_them_touch_the_failing_code(github: GitHubWithActions) -> None:
    """Asked when the stack is known, and once."""
    one = source(github)
    one.gather(inquiry())
    calls = len(github.requests)
    later = one.gather(inquiry(search=False, frames=(HANDLER,)))
    (found,) = later.evidence
    assert found.text == (
        'The pull request #12 "Rename the leaf column", merged on 2025-12-17 08:42:44 UTC, changed files that the stack trace names: '
        "src/transfers/handler.py (+3 -1)"
    )
    assert found.place == f"{github.url}/acme/transfers/pull/12"
    assert len(github.requests) - calls == 2
    assert one.gather(inquiry(search=False)) == Findings()


def test_releases_and_deploys(github: GitHubWithActions) -> None:
    """A release within the hours; a good run of a workflow that deploys is a deploy, unless another source tells of those."""
    found = ask(github)
    assert starting(found, "The release").text == 'The release v1.4.0 ("Leaves") was published on 2025-12-17 08:12:44 UTC'
    assert [one.detail for one in found.evidence if isinstance(one.detail, Deploy)] == [
        Deploy(
            "transfers",
            "",
            f"{7_000_000_001:x}".rjust(40, "a")[:12],
            ALERT - 26 * HOUR + 10 * MINUTE,
            f"{7_000_000_001:x}".rjust(40, "a"),
            f"{github.url}/acme/transfers/actions/runs/7000000001",
        )
    ]
    assert not any(isinstance(one.detail, Deploy) for one in ask(github, deploys_known=True).evidence)
    assert not any(isinstance(one.detail, Deploy | LogEvent) for one in ask(github, workflows=()).evidence)


def test_without_named_workflows_the_deploying_ones_are_known_by_name(github: GitHubWithActions) -> None:
    """All runs of the hours are looked at, the deploying before the others; the last good one is older and asked for."""
    findings = ask(github, workflows=())
    assert [one.place.rpartition("/")[2] for one in findings.evidence[:2]] == ["7000000002", "7000000004"]
    assert starting(findings, "2 pull requests were merged between the last run of deploy.yml")
    assert "→ 3 of 3, 2 of them failed" in findings.queries[0]


def test_a_run_that_the_alert_links_is_followed(github: GitHubWithActions) -> None:
    """However old, whatever kind of failure it seems to be; of another repository or host it is not."""
    old = github.ran(ALERT - 90 * HOUR, "failure", file="nightly.yml")
    github.job(old, "first", log(ALERT - 90 * HOUR), ALERT - 90 * HOUR)
    second = github.job(old, "second", log(ALERT - 90 * HOUR), ALERT - 90 * HOUR)
    (narrow,) = narrowed("github_activity", [one := source(github)], {}, one.points_here)
    there = inquiry(f"Workflow failed: {github.url}/acme/transfers/actions/runs/{old}/job/{second}", category="application")
    findings = narrow.gather(there)
    assert findings.evidence[0].query == "linked by the alert"
    assert 'of the job "second"' in next(one.text for one in findings.evidence if one.kind == "log")
    assert len(github.requests) <= MOST_CALLS
    github.requests.clear()
    for link in ("https://github.com/acme/transfers/actions/runs/1", f"{github.url}/acme/ledger/actions/runs/1"):
        assert narrow.gather(inquiry(f"Workflow failed: {link}", category="application")) == Findings()
    assert github.requests == []


def test_at_most_eight_calls_are_made(github: GitHubWithActions) -> None:
    """Whatever there is to see, in all rounds together; the log itself comes from elsewhere."""
    failed = github.ran(ALERT - 10 * MINUTE, "failure")
    for name in ("one", "two", "three"):
        github.job(failed, name, log(ALERT), ALERT)
    for number in range(20, 130):
        github.merge_pull(number, f"Change {number}", ALERT - HOUR, "transfers/handler.py")
    one = source(github, workflows=("deploy.yml", "lint.yml", "deploy.yml"))
    one.gather(inquiry(f"{github.url}/acme/transfers/actions/runs/{failed}"))
    one.gather(inquiry(search=False, frames=(HANDLER,)))
    assert len(github.requests) == MOST_CALLS
    assert {request.method for request in github.requests} == {"GET"}


def test_a_huge_log_is_read_in_part(github: GitHubWithActions, storage: LogStorage) -> None:
    """And the cut is told."""
    storage.logs = dict.fromkeys(storage.logs, log(ALERT - 15 * MINUTE).encode() + b"\nx" * 5_000_000)
    (gap,) = ask(github).gaps
    assert "larger than 8 MB" in gap.cause


def test_another_error_of_the_same_message_asks_nothing_again(github: GitHubWithActions) -> None:
    """Nor does an alert of a service that this repository does not build."""
    one = source(github)
    first = one.gather(inquiry())
    calls = len(github.requests)
    assert one.gather(inquiry()) == first
    assert source(github, services=("ledger",)).gather(inquiry("Error: down\nservice: transfers")) == Findings()
    assert len(github.requests) == calls


def test_it_is_built_for_each_repository_with_its_own_token(tmp_path: Path) -> None:
    """Evidence may link to the repository; deploys that the code's source tells are not told twice."""
    text = "github_activity: [{repository: acme/transfers}, {repository: acme/ledger}]"
    settings = Settings(tmp_path, parse(text), {"GITHUB_ACTIVITY_TOKEN": "a"})
    assert [one.name for one in wiring.sources(settings)] == ["github acme/transfers", "github acme/ledger"]
    assert "https://github.com/acme/ledger/" in wiring.addresses(settings)


def test_the_alert_keeps_links_to_runs() -> None:
    """Though they are no links to logs."""
    link = "https://github.com/acme/x/actions/runs/123"
    alert: Alert = alerts(Message(PERMALINK, "Deploy failed", (link,)), DEFAULT_ENVIRONMENTS, "prod", 5)[0]
    assert alert.log_links == (link,)
