"""Which addresses of a case may become links: those below the places that the configuration names; any other is words."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from bot.model import Case, CodePlace, Commit, Detail, Evidence, FixCheck
from bot.regex import regex

# No scheme: the colon of `api.ndjson:12`.
_SCHEME = regex(r"\s*[A-Za-z][A-Za-z0-9+.-]{1,30}:(?!\d)/{0,3}")
_CLIMBS = regex(r"/\.{1,2}(?:/|\Z)|%2e|%2f|%5c|[\\\s\x00-\x1f]", re.IGNORECASE)
_NUMBER = regex(r"[#!]\d{1,9}")


def linked_below(case: Case, addresses: Sequence[str]) -> Case:
    """The case with its links only where they stand below one of `addresses` (each ending in `/`); elsewhere the scheme is taken off."""
    return replace(case, evidence=tuple(_evidence(evidence, tuple(addresses)) for evidence in case.evidence))


def _evidence(evidence: Evidence, addresses: tuple[str, ...]) -> Evidence:
    place = evidence.place
    while not _is_below(place, addresses) and _SCHEME.match(place):
        place = _SCHEME.sub("", place, count=1)
    return replace(evidence, place=place, detail=_detail(evidence.detail, addresses))


def _detail(detail: Detail | None, addresses: tuple[str, ...]) -> Detail | None:
    if isinstance(detail, CodePlace):
        return replace(detail, permalink=_kept(detail.permalink, addresses))
    if isinstance(detail, Commit):
        return _commit(detail, addresses)
    if isinstance(detail, FixCheck):
        removed_by, carried_by = (_commit(one, addresses) if one else None for one in (detail.removed_by, detail.carried_by))
        return replace(detail, fix=_commit(detail.fix, addresses), removed_by=removed_by, carried_by=carried_by)
    return detail


def _commit(commit: Commit, addresses: tuple[str, ...]) -> Commit:
    request = commit.pull_request if commit.pull_request and _NUMBER.fullmatch(commit.pull_request) else _kept(commit.pull_request, addresses)
    return replace(commit, permalink=_kept(commit.permalink, addresses), pull_request=request)


def _kept(url: str | None, addresses: tuple[str, ...]) -> str | None:
    return url if url is not None and _is_below(url, addresses) else None


def _is_below(url: str, addresses: tuple[str, ...]) -> bool:
    return f"{url}/".startswith(addresses) and not _CLIMBS.search(url)
