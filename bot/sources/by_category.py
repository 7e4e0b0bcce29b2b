"""A source that is only worth asking for some kinds of failure: the others do not wait for it."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from bot.config.sources import Narrowed
from bot.model import Alert, Category, Checkup, Findings, Inquiry
from bot.ports import Source

MATRIX: Mapping[Narrowed, tuple[Category, ...]] = {
    "github_activity": ("deployment",),
    "digitalocean": ("deployment", "infrastructure"),
    "kubernetes": ("deployment", "infrastructure"),
    "redis": ("infrastructure",),
    "databases": ("database",),
}
"""The evidence matrix: system → categories that ask it. Systems that are not named here are always asked."""


def _never(_: Alert) -> bool:
    return False


class ByCategory:
    """Asks `source` only when the failure seems to be of one of `categories`, or of no known one, when the alert points at it, or a runbook does.

    A failure that shows its kind only after the first round is searched for then, with the leads of that round.
    """

    def __init__(self, source: Source, categories: tuple[Category, ...], linked: Callable[[Alert], bool] = _never, *, system: str = "") -> None:
        self._source, self._categories, self._linked, self._system = source, frozenset(categories) | {"unknown"}, linked, system

    @property
    def name(self) -> str:
        """As the source itself is called."""
        return self._source.name

    def gather(self, inquiry: Inquiry) -> Findings:
        """The source's answer; nothing, and no gap, when it is not the place to look."""
        if self._linked(inquiry.alert):
            return self._source.gather(inquiry)
        if inquiry.category not in self._categories and self._system not in inquiry.helps:
            return Findings()
        known = self._system in inquiry.helps and self._system not in inquiry.late
        late = inquiry.before is not None and inquiry.before not in self._categories and not known
        return self._source.gather(msgspec.structs.replace(inquiry, search=True) if late else inquiry)

    def examine(self) -> Iterable[Checkup]:
        """As the source itself."""
        return self._source.examine()


def narrowed(
    system: Narrowed, sources: Iterable[Source], configured: Mapping[Narrowed, tuple[Category, ...]], linked: Callable[[Alert], bool] = _never
) -> tuple[Source, ...]:
    """The sources of one system, asked by the configured categories, else by the matrix; of any category when the alert is `linked` to the system."""
    categories = configured.get(system, MATRIX.get(system))
    return tuple(ByCategory(source, categories, linked, system=system) if categories else source for source in sources)
