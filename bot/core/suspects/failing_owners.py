"""Whose code failed, as the evidence of a case says: handles that can be asked, and names that can only be shown."""

from bot.core.code.handles import handles
from bot.model import Case, CodePlace

MOST = 5


def owners_of(case: Case) -> tuple[str, ...]:
    """The owners of the failing place, else of the nearest place above it that has any; GitHub handles without `@`."""
    return next((found for place in _places(case) if (found := handles(place.owners)[:MOST])), ())


def authors_of(case: Case) -> tuple[str, ...]:
    """The names of those who wrote it, where no handle is known. They are untrusted text: never a handle, never an address."""
    if owners_of(case):
        return ()
    return next((found for place in _places(case) if (found := tuple(name for name in place.authors if "@" not in name)[:MOST])), ())


def _places(case: Case) -> list[CodePlace]:
    return [evidence.detail for evidence in case.evidence if isinstance(evidence.detail, CodePlace)]
