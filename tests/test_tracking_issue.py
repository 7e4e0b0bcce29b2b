"""An issue whose work is done is opened again by an alert of after that only: what was merged late tells of before."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.config import Configuration, Secret
from bot.config.tracking import Linear, Odoo
from bot.core.entry.entry import Entry, amended, parse, render
from bot.jobs.tracking_issue import Tracking
from bot.model import Permalink
from bot.ports import Tracker
from bot.trackers.github import GitHubTracker
from bot.trackers.linear import LinearTracker
from bot.trackers.local import LocalTracker
from bot.trackers.odoo import OdooTracker
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.fakes.tracker_linear import KEY, FakeLinear
from tests.fakes.tracker_odoo import DATABASE, LOGIN, FakeOdoo
from tests.fakes.tracker_odoo import KEY as ODOO_KEY
from tests.publishing import CHANNEL, LATER, PATH, THREAD, House, entry, house, merge, seen_again, server

__all__ = ["house", "server"]
pytestmark = pytest.mark.slow

DONE = "2025-12-20T10:00:00Z"
AFTER = Permalink("acme.slack.com", CHANNEL, "1766300000.000100")
"""On 2025-12-21, where the work was done on the 20th and the other alerts are of the 17th."""
Kept = tuple[Tracker, Callable[[], None]]


@pytest.fixture(params=["github", "linear", "odoo"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """A tracker that keeps when work was done, and a person who completes the first issue on the 20th."""
    if request.param == "github":
        with FakeGitHub(tmp_path) as github:
            github.seed({"README.md": "hello\n"})
            done = {"state": "closed", "state_reason": "completed", "closed_at": DONE}
            yield GitHubTracker(Secret(TOKEN), "acme/knowledge", github.url, pace=None), lambda: github.items[1].update(done)
    elif request.param == "linear":
        with FakeLinear() as linear:
            yield LinearTracker(Secret(KEY), Linear(team="PAY", url=linear.url)), lambda: linear.close("PAY-1")
    else:
        with FakeOdoo() as odoo:
            ended = {"state": "completed", "end_time": "2025-12-20 10:00:00"}
            yield OdooTracker(odoo.url, LOGIN, Secret(ODOO_KEY), Odoo(database=DATABASE)), lambda: odoo.tables["qms.sop.run"][1].update(ended)


def critical() -> Entry:
    """An entry that the policy tracks."""
    return amended(entry(), {"severity": "critical"})


def resolved(known: Entry) -> Entry:
    """The same once it is over."""
    return amended(known, {"status": "resolved", "resolution": "Revert", "resolved_at": DONE})


def test_an_alert_of_before_the_work_was_done_leaves_the_issue_closed(kept: Kept) -> None:
    """In every tracker that keeps the time; one of after opens it again, in Odoo as a run of its own."""
    tracker, complete = kept
    said: list[str] = []
    job = Tracking(tracker, Configuration(), lambda path: f"https://kb.example/{path}", said.append)
    opened = job.issue(critical(), merge(critical()), (THREAD,))
    assert opened is not None
    complete()
    late = job.issue(critical(), merge(critical()), (LATER,))
    assert late is not None
    assert (late.url, late.open) == (opened.url, False)
    assert said[-1] == f"{opened.url} was completed after the newest of these alerts, and stays closed"
    again = job.issue(critical(), merge(critical()), (LATER, AFTER))
    assert again is not None
    assert again.open
    assert said[-1] == f"opened {again.url} again, because its severity is critical"


def test_an_entry_that_is_resolved_opens_nothing_for_an_alert_of_before(house: House) -> None:
    """The file of an issue keeps no time: the entry's resolution says when it was over. A regression opens it again, once."""
    page = tracked(house)
    house.slack.post(CHANNEL, "again", ts=LATER.ts)
    before = resolved(house.now())
    assert house.publish(merge(seen_again(before), before)) == ()
    assert "State: closed" in page.read_text()
    assert len(house.answers(LATER)) == 1
    house.slack.post(CHANNEL, "and again", ts=AFTER.ts)
    before = house.now()
    assert house.publish(merge(seen_again(before, AFTER), before)) == ()
    assert house.now().meta.status == "regressed"
    assert ("State: open" in page.read_text(), page.read_text().count("It came back")) == (True, 1)


def test_a_resolution_that_git_joined_with_a_later_alert_does_not_hide_it(house: House) -> None:
    """The request was written before the resolution was merged, so the entry still says `resolved`."""
    page = tracked(house)
    house.slack.post(CHANNEL, "and again", ts=AFTER.ts)
    before = resolved(house.now())
    assert house.publish(merge(resolved(seen_again(house.now(), AFTER)), before)) == ()
    assert "State: open" in page.read_text()


def test_a_push_that_is_published_again_opens_nothing_that_was_resolved_since(house: House) -> None:
    """Its alerts are as old as they were."""
    page = tracked(house)
    pushed = house.now()
    house.forge.push(merge(pushed))
    house.forge.files[PATH] = render(resolved(pushed))
    assert house.publish() == ()
    assert "State: closed" in page.read_text()
    assert parse(house.forge.files[PATH], PATH).meta.status == "resolved"


def tracked(house: House) -> Path:
    """The file of the entry's issue, which a person has closed."""
    assert isinstance(house.tracker, LocalTracker)
    assert house.publish(merge(critical())) == ()
    page = Path(house.now().meta.tracking_issue.removeprefix("file://"))
    page.write_text(page.read_text().replace("State: open", "State: closed"))
    return page
