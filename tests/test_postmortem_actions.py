"""Which errors are asked a post-mortem of, and its action items, which become issues."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config.knowledge import Postmortems
from bot.core.entry.entry import amended, render
from bot.core.entry.library import Library
from bot.errors import BadCommand, BadEntry, BotError, TrackerError
from bot.jobs import postmortem as job
from bot.model import Checkup, IssueDraft, MergedEntry, TrackingIssue
from bot.texts.entry_page import new_entry
from bot.trackers.local import LocalTracker
from tests.fakes.merges import FakeMerges
from tests.occurrences import occurrence, signature
from tests.postmortems import NAME, PAGE, diagnosed, page

PATH = f"knowledge/errors/{NAME}.md"


def test_which_entry_is_meant() -> None:
    """By today's name or an earlier one; none, and one out of use, are refused with what to do."""
    library = Library([diagnosed(aliases=("old_name",)), amended(new_entry(signature(message="other"), occurrence()), {"status": "withdrawn"})])
    assert job.entry_of("old_name", library).meta.signature == NAME
    for name, cause in (("nobody", "no entry of that name"), (signature(message="other").name, "was withdrawn")):
        with pytest.raises(BadCommand, match=cause) as refused:
            job.entry_of(name, library)
        assert refused.value.remedy


def test_the_policy_asks_once() -> None:
    """For a new diagnosis of a named severity, and not again within the days; a broken entry is told and costs itself."""
    entry = diagnosed()
    pushed = MergedEntry(PATH, None, render(entry))
    policy = Postmortems()
    assert [one.meta.signature for one in job.due([pushed], [], policy, [])] == [NAME]
    assert job.due([pushed], [f"knowledge/postmortems/2025-12-10-{NAME}.md"], policy, []) == []
    assert len(job.due([pushed], [f"knowledge/postmortems/2025-11-10-{NAME}.md", "knowledge/postmortems/notes.md"], policy, [])) == 1
    assert job.due([pushed], [], Postmortems(severities=()), []) == []
    assert job.due([MergedEntry(PATH, render(entry), render(amended(entry, {"owners": ("@a",)})))], [], policy, []) == []
    assert job.due([MergedEntry(PATH, None, render(amended(entry, {"status": "withdrawn"})))], [], policy, []) == []
    failures: list[BotError] = []
    assert job.due([MergedEntry(PATH, None, "broken"), pushed], [], policy, failures) == [entry]
    assert isinstance(failures[0], BadEntry)


def test_action_items_become_issues_once(tmp_path: Path) -> None:
    """Open ones only, those that people added too; linked both ways; a run after a crash finds what the first one opened."""
    text = page().replace("- [ ] For good: Take the lock again", "- [x] For good: Take the lock again\n* [ ] Ask   the vendor")
    forge, tracker, failures = FakeMerges(), LocalTracker(tmp_path / "issues"), list[BotError]()
    forge.files[PAGE] = text
    lines: list[str] = []
    job.open_actions({PAGE: text}, forge, tracker, lambda path: f"https://kb.example/{path}", failures, lines.append)
    after = forge.files[PAGE]
    assert failures == []
    assert len(list((tmp_path / "issues").glob("*.md"))) == 4
    assert "* [ ] Ask   the vendor ([0003-ask-the-vendor](file://" in after
    assert "- [x] For good: Take the lock again\n" in after
    issue = (tmp_path / "issues" / "0003-ask-the-vendor.md").read_text()
    assert f"[this post-mortem](https://kb.example/{PAGE})" in issue
    job.open_actions({PAGE: after}, forge, tracker, str, failures, lines.append)
    forge.files[PAGE] = text  # the links were lost, the issues were not
    job.open_actions({PAGE: text}, forge, tracker, str, failures, lines.append)
    assert len(list((tmp_path / "issues").glob("*.md"))) == 4
    assert forge.files[PAGE] == after


class Refusing:
    """A tracker that is down."""

    def find(self, *markers: str) -> TrackingIssue | None:
        """Nothing."""
        raise TrackerError("looking for the issue", f"down ({markers[0][:10]})", "try again")

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """Nothing."""
        raise AssertionError(draft)

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """Nothing."""
        raise AssertionError((issue, draft))

    def keeps(self, url: str) -> bool:
        """Nothing."""
        return not url

    def examine(self) -> Iterator[Checkup]:
        """Nothing."""
        return iter(())


def test_a_tracker_that_is_down_costs_nothing_but_time() -> None:
    """Each failure is told, the page stays; without a tracker nothing is asked; a page of another name has no actions."""
    forge, failures, lines = FakeMerges(), list[BotError](), list[str]()
    forge.files[PAGE] = page()
    job.open_actions({PAGE: page()}, forge, Refusing(), str, failures, print)
    assert len(failures) == 4
    assert forge.files[PAGE] == page()
    job.open_actions({PAGE: page(), "knowledge/postmortems/notes.md": page()}, forge, None, str, failures, lines.append)
    assert lines == ["4 open action items stay check boxes of their pages: the configured tracker takes no issues"]
    job.open_actions({"knowledge/postmortems/notes.md": page()}, forge, Refusing(), str, failures, print)
    assert len(failures) == 4
