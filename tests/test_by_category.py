"""The evidence matrix: which kinds of failure a source is asked about."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.errors import BadConfiguration
from bot.model import Alert, Category, Checkup, Findings, Inquiry, Permalink
from bot.sources.by_category import narrowed

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)


class Remembering:
    """A source that answers nothing and remembers what it was asked."""

    name = "kubernetes prod"

    def __init__(self) -> None:
        self.asked: list[Inquiry] = []

    def gather(self, inquiry: Inquiry) -> Findings:
        """Remember."""
        self.asked.append(inquiry)
        return Findings()

    def examine(self) -> Iterable[Checkup]:
        """One checkup."""
        yield Checkup(self.name, True, "reachable")


def inquiry(category: Category, before: Category | None = None) -> Inquiry:
    """Round one, or a later one when it is told what the failure seemed to be before."""
    alert = Alert(Permalink("acme.slack.com", "C0ALERTS1", "1765962764.000100"), TIME, "prod", "it failed")
    return Inquiry(alert, TIME - timedelta(minutes=5), TIME, search=before is None, category=category, before=before)


@pytest.mark.parametrize(
    ("category", "asked"), [("deployment", True), ("infrastructure", True), ("unknown", True), ("application", False), ("database", False)]
)
def test_a_source_of_the_matrix_is_asked_for_its_categories(category: Category, asked: bool) -> None:
    """An error whose kind nobody knows asks everyone."""
    source = Remembering()
    (narrow,) = narrowed("kubernetes", [source], {})

    assert narrow.gather(inquiry(category)) == Findings()

    assert bool(source.asked) is asked


def test_a_kind_that_shows_late_is_searched_late_and_once() -> None:
    """What the first round did not ask, the second searches; what was searched before only gets the leads."""
    late, early = Remembering(), Remembering()
    narrowed("kubernetes", [late], {})[0].gather(inquiry("deployment", before="application"))
    narrowed("kubernetes", [early], {})[0].gather(inquiry("deployment", before="unknown"))

    assert [one.search for one in late.asked] == [True]
    assert [one.search for one in early.asked] == [False]


def test_the_configuration_outweighs_the_matrix() -> None:
    """A team may ask Kubernetes about application errors, and no longer about deployments."""
    source = Remembering()
    (narrow,) = narrowed("kubernetes", [source], {"kubernetes": ("application",)})

    narrow.gather(inquiry("application"))
    narrow.gather(inquiry("deployment"))

    assert [one.category for one in source.asked] == ["application"]


def test_what_the_matrix_does_not_name_is_always_asked() -> None:
    """Logs tell something of every failure; doctor sees the source itself in any case."""
    source = Remembering()
    (logs,) = narrowed("sentry", [source], {})
    (narrow,) = narrowed("kubernetes", [source], {})

    assert logs is source
    assert narrow.name == source.name
    assert list(narrow.examine()) == list(source.examine())


def test_a_system_that_cannot_be_narrowed_is_refused(tmp_path: Path) -> None:
    """A slip in its name would go unnoticed otherwise."""
    file = tmp_path / "knowledge-bot.yml"
    file.write_text("channels: []\nevidence:\n  redsi: [infrastructure]\n")

    with pytest.raises(BadConfiguration, match=r"evidence.*'redsi'"):
        load(tmp_path, file)
