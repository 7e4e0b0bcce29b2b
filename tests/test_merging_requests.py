"""A request that was opened before the bot's own commit after a merge can still be merged: real git joins the two."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.recurrence.trust import reviewed
from bot.texts import entry_page
from tests.occurrences import SECOND, occurrence, signature
from tests.probing import repository

pytestmark = pytest.mark.slow


def published(entry: Entry) -> Entry:
    """As publish leaves it on the default branch."""
    tracked = amended(entry, {"tracking_issue": "https://github.com/acme/transfers/issues/41"})
    return reviewed(tracked, ("mira",), datetime(2025, 12, 12, 9, tzinfo=UTC))


@pytest.mark.parametrize("tracked", ["", "https://github.com/acme/transfers/issues/40"])
def test_an_alert_between_merge_and_publish_makes_no_conflict(tmp_path: Path, tracked: str) -> None:
    """The branch adds the thread, the default branch the issue and the review; a person merges without a word."""
    first = entry_page.new_entry(signature(), occurrence())
    first = amended(first, {"tracking_issue": tracked})
    path = f"knowledge/errors/{first.meta.signature}.md"
    tree = repository(tmp_path)
    tree.commits({path: render(first)})
    tree("branch", "kb/again")
    tree.on("kb/again", {path: render(entry_page.record_occurrence(first, occurrence(SECOND), signature()))})
    tree.commits({path: render(published(first))})

    tree("merge", "--quiet", "-m", "merged", "kb/again")

    joined = parse((tree.folder / path).read_text(encoding="utf-8")).meta
    assert len(joined.threads) == joined.occurrences == 2
    assert joined.tracking_issue == "https://github.com/acme/transfers/issues/41"
    assert joined.reviewed_by == ("mira",)
