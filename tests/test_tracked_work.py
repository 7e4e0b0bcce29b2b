"""What trackers that send no events know: a finished issue or run resolves its entry, whatever their number and however often it is asked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import wiring
from bot.config import Secret, load
from bot.config.tracking import Linear, Odoo
from bot.core.entry.entry import Entry, amended, parse, render
from bot.errors import TrackerError
from bot.forges.github_requests import GitHubRequests
from bot.forges.local_work import LocalWork
from bot.jobs.resolving import MOST_ASKED, Resolved, by_issue, by_tracker
from bot.model import IssueDraft
from bot.model.procedure import RunRecord, StepResult
from bot.ports import TrackedWork
from bot.trackers.linear import LinearTracker
from bot.trackers.linear_work import LinearWork
from bot.trackers.local import LocalTracker
from bot.trackers.odoo import OdooTracker
from bot.trackers.odoo_work import OdooWork
from tests.fakes import tracker_linear, tracker_odoo
from tests.fakes.github_state import TOKEN
from tests.fakes.github_work import WorkingGitHub
from tests.fakes.loopback import Answer
from tests.fakes.tracker_linear import FakeLinear
from tests.fakes.tracker_odoo import FakeOdoo
from tests.finished_work import BRANCH, NAME, PATH, Run, closed, github

__all__ = ["github"]
pytestmark = pytest.mark.slow

PULL = "https://github.com/acme/transfers/pull/12"


@pytest.fixture
def linear() -> Iterator[FakeLinear]:
    """An empty team."""
    with FakeLinear() as server:
        assert isinstance(server, FakeLinear)
        yield server


@pytest.fixture
def odoo() -> Iterator[FakeOdoo]:
    """A procedure without runs."""
    with FakeOdoo() as server:
        assert isinstance(server, FakeOdoo)
        yield server


def linear_work(linear: FakeLinear) -> LinearWork:
    """As the configuration makes it."""
    return LinearWork(Secret(tracker_linear.KEY), Linear(team="PAY", url=linear.url), 5)


def opened(linear: FakeLinear, name: str = NAME) -> str:
    """The bot opens a tracking issue."""
    return LinearTracker(Secret(tracker_linear.KEY), Linear(team="PAY", url=linear.url), {}, 5).open(IssueDraft("Transfers fail", "See there.", name)).url


def odoo_work(odoo: FakeOdoo) -> OdooWork:
    """As the configuration makes it."""
    return OdooWork(odoo.url, tracker_odoo.LOGIN, Secret(tracker_odoo.KEY), Odoo(database=tracker_odoo.DATABASE), 5)


def begun(odoo: FakeOdoo, ts: str = "1765962764.000100", name: str = NAME) -> str:
    """The run of an alert, with what a diagnosis came to."""
    kept = OdooTracker(odoo.url, tracker_odoo.LOGIN, Secret(tracker_odoo.KEY), Odoo(database=tracker_odoo.DATABASE))
    kept.record(RunRecord(f"C0ALERTS1/{ts}"))
    return kept.record(RunRecord(f"C0ALERTS1/{ts}", name, (StepResult("fix", "Take a row lock", done=False),))).url


def finish(odoo: FakeOdoo, run: int, state: str = "completed") -> None:
    """A person finishes a run and its fourth step."""
    odoo.tables["qms.sop.run"][run] |= {"state": state, "end_time": "2025-12-20 10:00:00", "write_date": f"2025-12-20 10:00:{run:02}"}
    for step in odoo.rows("qms.sop.run.step"):
        if step["run_id"] == run and step["step_id"] == 14:
            step |= {"state": "completed", "actual_result": step["actual_result"].replace("Take a row lock", "Row lock in reserve_leaves, released")}


def asked(github: WorkingGitHub, log: TrackedWork) -> tuple[Resolved, list[str]]:
    """`bot resolve --tracked`: what came of it, and what was said."""
    run = Run(github)
    waiting = GitHubRequests(Secret(TOKEN), github.repository, github.url).requests(datetime(2026, 1, 1, tzinfo=UTC))
    return by_tracker(log, run.life, waiting, run.said.append), run.said


def proposed(github: WorkingGitHub) -> Entry:
    """The entry on the branch of its request."""
    return parse(github.text(PATH, BRANCH) or "", PATH)


def merged(github: WorkingGitHub, **changes: str) -> None:
    """The entry of the default branch is another one by now."""
    github.seed({PATH: render(amended(parse(github.text(PATH) or "", PATH), dict(changes)))})


def test_an_issue_that_was_completed_in_linear_becomes_a_request(github: WorkingGitHub, linear: FakeLinear) -> None:
    """With the merged pull request that Linear linked, somebody's words and the time; asked again, nothing is written and one call is made."""
    opened(linear)
    assert asked(github, linear_work(linear))[0] == Resolved()
    linear.close("PAY-1")
    linear.link("PAY-1", "https://github.com/acme/transfers/pull/11", status="closed")
    linear.link("PAY-1", PULL)
    linear.comments += [
        {"issueId": "issue-1", "body": "The row is locked now.\n\nMore words.", "createdAt": "2025-12-20T09:58:00.000Z"},
        {"issueId": "issue-1", "body": "/approve it", "createdAt": "2025-12-20T09:59:00.000Z", "user": None},
    ]

    found, _ = asked(github, linear_work(linear))
    meta = proposed(github).meta

    assert len(found.requests) == 1
    assert (meta.status, meta.resolved_at) == ("resolved", "2025-12-20T10:00:00Z")
    assert meta.resolution.startswith("The row is locked now (closed with its tracking issue https://linear.app/acme/issue/PAY-1/a-title)")
    assert meta.resolution.endswith("pull request acme/transfers#12")
    github.requests.clear()
    linear.requests.clear()
    assert asked(github, linear_work(linear))[0].requests == ()
    assert len(linear.requests) == 1
    assert all(request.method == "GET" for request in github.requests)


def test_an_issue_that_was_cancelled_resolves_nothing_and_is_told(github: WorkingGitHub, linear: FakeLinear) -> None:
    """In one line, however many they are."""
    opened(linear)
    linear.close("PAY-1", "s-cancel")

    found, said = asked(github, linear_work(linear))

    assert found == Resolved()
    assert said == [f"tracking issues that were called off: {NAME}; their entries stay as they are"]
    assert github.text(PATH, BRANCH) is None


def test_an_issue_that_is_opened_again_takes_its_resolution_back(github: WorkingGitHub, linear: FakeLinear) -> None:
    """A waiting request is emptied, a merged one is proposed to be taken back; what a person resolved in other words is left."""
    opened(linear)
    linear.close("PAY-1")
    asked(github, linear_work(linear))
    words = proposed(github).meta.resolution
    linear.close("PAY-1", "s-doing")

    assert len(asked(github, linear_work(linear))[0].requests) == 1
    assert proposed(github).meta.status == "diagnosed"
    merged(github, status="resolved", resolution=words, resolved_at="2025-12-20T10:00:00Z")
    next(item for item in github.items.values())["state"] = "closed"
    asked(github, linear_work(linear))
    reopened = parse(github.text(PATH, f"errata/reopen/{NAME}") or "", PATH).meta
    assert reopened.status == "diagnosed"
    merged(github, resolution=words.replace("PAY-1", "PAY-12"))
    assert asked(github, linear_work(linear))[0] == Resolved()


def test_an_issue_of_an_entry_that_was_merged_away_does_not_resolve_the_other(github: WorkingGitHub, linear: FakeLinear) -> None:
    """The entry has an issue of its own; the event of GitHub follows the same rule."""
    opened(linear, "earlier_name_1a2b3c")
    merged(github, tracking_issue="https://linear.app/acme/issue/PAY-9/own")
    github.seed({PATH: (github.text(PATH) or "").replace("aliases: []", 'aliases: ["earlier_name_1a2b3c"]')})
    assert "earlier_name_1a2b3c" in parse(github.text(PATH) or "", PATH).meta.aliases
    linear.close("PAY-1")
    number = closed(github, github.track("earlier_name_1a2b3c"))

    assert asked(github, linear_work(linear))[0] == Resolved()
    run = Run(github)
    assert by_issue(str(number), run.log, run.life, run.said.append) is None
    assert "which is tracked in https://linear.app/acme/issue/PAY-9/own" in run.said[0]
    merged(github, tracking_issue="https://linear.app/acme/issue/PAY-1/another-title")
    assert len(asked(github, linear_work(linear))[0].requests) == 1


def test_a_thousand_issues_are_asked_for_in_a_few_calls(github: WorkingGitHub, linear: FakeLinear) -> None:
    """Ten pages; what is beyond them, and what one run leaves to the next, is told."""
    opened(linear)
    issue = linear.issues["issue-1"]
    for number in range(2, 1_102):
        marked = issue["description"].replace(NAME, f"other_{number}_1a2b3c")
        linear.issues[f"issue-{number}"] = issue | {"id": f"issue-{number}", "number": number, "description": marked}
    linear.close("PAY-1")
    linear.requests.clear()

    found, said = asked(github, linear_work(linear))

    assert len(found.requests) == 1
    assert len(linear.requests) == 11
    assert said[-1].startswith("only the latest tracking issues were looked at")


def test_what_one_run_leaves_is_told(github: WorkingGitHub) -> None:
    """The next run goes on: what waits already is not asked for again."""
    states = SimpleNamespace(issues=tuple(issue_of(name) for name in range(MOST_ASKED + 2)), unseen=False)
    called: list[str] = []
    entry = parse(github.text(PATH) or "", PATH)

    def gone(reference: str) -> None:
        called.append(reference)
        raise TrackerError("reading it", "it is gone", "look")

    life = SimpleNamespace(called=lambda name: amended(entry, {"signature": name}))
    said: list[str] = []
    found = by_tracker(SimpleNamespace(states=lambda: states, issue=gone), life, (), said.append)  # type: ignore[arg-type]

    assert len(called) == len(found.failures) == MOST_ASKED
    assert said == ["2 more tracking issues ended; the next run goes on: merge or close what waits"]


def issue_of(number: int) -> SimpleNamespace:
    """One that was completed."""
    return SimpleNamespace(signature=f"e_{number}", url="https://x.example/1", reference=str(number), outcome="completed", closed=None)


def test_a_run_that_was_finished_in_odoo_becomes_a_request(github: WorkingGitHub, odoo: FakeOdoo) -> None:
    """The newest run of the error counts; its fourth step says what ended it. Two calls where nothing ended."""
    begun(odoo)
    url = begun(odoo, "1766000000.000100")
    finish(odoo, 1)
    odoo.requests.clear()
    assert asked(github, odoo_work(odoo)) == (Resolved(), [])
    assert len(odoo.requests) == 3  # signing in is one of them
    finish(odoo, 2)

    found, _ = asked(github, odoo_work(odoo))
    meta = proposed(github).meta

    assert len(found.requests) == 1
    assert meta.resolved_at == "2025-12-20T10:00:00Z"
    assert meta.resolution == f"Row lock in reserve_leaves, released (closed with its tracking issue {url})"
    merged(github, status="resolved", resolution=meta.resolution, resolved_at=meta.resolved_at)
    assert asked(github, odoo_work(odoo))[0] == Resolved()


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_run_that_failed_resolves_nothing(github: WorkingGitHub, odoo: FakeOdoo, state: str) -> None:
    """It is told."""
    begun(odoo)
    finish(odoo, 1, state)

    found, said = asked(github, odoo_work(odoo))

    assert found == Resolved()
    assert NAME in said[0]


def test_a_regression_is_not_resolved_by_what_ended_before_it(github: WorkingGitHub, linear: FakeLinear) -> None:
    """Nor is the tracker asked about that issue day after day."""
    opened(linear)
    linear.close("PAY-1", at="2020-01-01T00:00:00.000Z")
    merged(github, status="regressed", resolution="x", resolved_at="2020-01-01T00:00:00Z")
    linear.requests.clear()

    assert asked(github, linear_work(linear))[0] == Resolved()
    assert len(linear.requests) == 1


def test_events_of_github_that_were_missed_are_made_up_for(github: WorkingGitHub) -> None:
    """The same way; pull requests and issues without a mark are passed over."""
    github.track(NAME, body="no mark")
    number = closed(github, github.track(NAME))

    found, _ = asked(github, Run(github).log)

    assert len(found.requests) == 1
    assert proposed(github).meta.resolution.endswith(f"/issues/{number}")


def test_a_file_that_somebody_closed_is_seen(tmp_path: Path) -> None:
    """Of an error with two files the newer one counts."""
    tracker = LocalTracker(tmp_path)
    for title in ("First", "Second"):
        tracker.open(IssueDraft(title, "See there.", NAME))
    path = tmp_path / "0002-second.md"
    path.write_text(re.sub("State: open", "State: closed", path.read_text()))

    (found,) = LocalWork(tmp_path, tmp_path).states().issues

    assert (found.reference, found.outcome, found.signature) == ("0002-second", "completed", NAME)


def test_a_tracker_that_refuses_is_a_sentence(linear: FakeLinear, odoo: FakeOdoo) -> None:
    """Linear without a right, Odoo without its module, and a run that is gone."""
    linear.fail(lambda _: True, Answer(body={"errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]}))
    with pytest.raises(TrackerError, match="Linear refused: no"):
        linear_work(linear).states()
    with pytest.raises(TrackerError, match="there is no such run"):
        odoo_work(odoo).issue("run 12 x")
    odoo.tables.pop("qms.sop.run")
    with pytest.raises(TrackerError):
        odoo_work(odoo).issue("run x")


@pytest.mark.parametrize(("tracker", "kept"), [("odoo", False), ("none", False), ("local", True)])
def test_action_items_become_issues_only_where_there_are_issues(tmp_path: Path, tracker: str, kept: bool) -> None:
    """A run in Odoo is of an alert."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "knowledge-bot.yml").write_text(f"tracker: {tracker}\n")

    assert (wiring.issue_tracker(load(tmp_path)) is not None) == kept
