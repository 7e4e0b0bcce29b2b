"""The commit that was running when the alert fired: by its release, a deploy, a tag, else the branch, with what makes that doubtful."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.config import Codebase
from bot.core.links.repository_address import address
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.release_name import lineage, shas, tags_of, version
from bot.model import Deploy, Inquiry
from bot.sources.code.git_history import Checkout, Tag

_SKEW = timedelta(minutes=10)
"""How far the clocks of a committer and of an alert may be apart."""
_EARLIER = 10


class Running(NamedTuple):
    """The commit and its time, what named it, the commit deployed before it, and a doubt with its remedy where there is one."""

    commit: str
    time: datetime
    told_by: str
    previous: str | None = None
    doubt: str = ""
    remedy: str = ""


def running(checkout: Checkout, codebase: Codebase, inquiry: Inquiry) -> Running:
    """Raises SourceError when git fails. The first that answers: the release that was logged, the deploy before the alert, the tag, the branch."""
    found = _Search(checkout, codebase, inquiry).found()
    # What came with a version is only told of a version that is known to have run.
    previous = None if checkout.shallow or found.doubt else _previous(checkout, codebase, inquiry, found)
    return found._replace(previous=previous)


def belongs(deploy: Deploy, codebase: Codebase) -> bool:
    """Whether a deploy is one of this codebase."""
    return deploy.service == codebase.name or deploy.service in codebase.services


class _Search:
    def __init__(self, checkout: Checkout, codebase: Codebase, inquiry: Inquiry) -> None:
        self._checkout, self._codebase, self._inquiry = checkout, codebase, inquiry
        self._time = inquiry.alert.time
        self._service = inquiry.service or inquiry.alert.service
        self._own = own_names(codebase)
        self._doubt = ""
        self._remedy = ""

    def found(self) -> Running:
        return self._by_release() or self._by_deploy() or self._by_tag() or self._by_branch()

    def _by_release(self) -> Running | None:
        name = self._inquiry.release or ""
        if not name:
            return None
        shown = cut(one_line(name), 80)
        commits = self._named(name)
        found = self._at(commits[0], f"release {shown}") if len(commits) == 1 else None
        if found is None and (commits or self._is_ours()):
            why = (
                "names a commit that was made after the alert"
                if len(commits) == 1
                else f"fits {len(commits)} commits"
                if commits
                else "is no tag or commit there"
            )
            self._doubted(f"the release {shown!r} {why}")
        return found

    def _doubted(self, why: str) -> None:
        self._doubt, self._remedy = why, "log the whole SHA, or a tag, as `release`; `git fetch --tags` where the checkout is older"

    def _is_ours(self) -> bool:
        """The release was logged by the failing service: a codebase of other services has no such version."""
        return not self._codebase.services or self._service is None or self._service in self._codebase.services

    def _named(self, name: str) -> list[str]:
        """The commits that a name may mean; none, or several, are no answer."""
        if self._is_ours():
            exact = [tag.commit for tag in self._tags_of(name) if tag.name == name and any(map(str.isdigit, name))]
            if exact:
                return exact[:1]
        written = shas(name)
        found = [sha for one in written if (sha := self._checkout.known_commit(one))]
        if found or written or not self._is_ours():
            # A SHA that is not there is no reason to take the version beside it: `v1.4.0-12-g4f2a91c` is not v1.4.0.
            return list(dict.fromkeys(found))
        return list(dict.fromkeys(tag.commit for tag in self._tags_of(name) if any(map(str.isdigit, tag.name))))

    def _tags_of(self, name: str) -> list[Tag]:
        tags = {tag.name: tag for tag in self._checkout.tags()}
        trusted = self._service is not None and self._service in self._codebase.services
        return [tags[one] for one in tags_of(name, tags, self._own, trusted=trusted)]

    def _at(self, commit: str, told_by: str) -> Running | None:
        time = self._checkout.committed(commit)
        return Running(commit, time, told_by, doubt=self._doubt, remedy=self._remedy) if time <= self._time + _SKEW else None

    def _by_deploy(self) -> Running | None:
        for deploy in _deploys(self._codebase, self._inquiry):
            commit = self._commit_of(deploy)
            told_by = f"deploy of {deploy.time:%Y-%m-%d %H:%M} UTC ({cut(one_line(deploy.release), 80)})"
            if commit is None:
                self._doubted(f"the {told_by} names no commit there")
                return None  # an older deploy is not what ran
            return self._at(commit, told_by)
        return None

    def _commit_of(self, deploy: Deploy) -> str | None:
        if deploy.commit:
            return self._checkout.known_commit(deploy.commit)
        commits = self._named(deploy.release)
        return commits[0] if len(commits) == 1 else None

    def _by_tag(self) -> Running | None:
        if self._codebase.deploys != "tags":
            return None
        newest = next(iter(self._checkout.deploys_by_tag(self._time, 1, self._own)), None)
        return self._at(newest.commit, f"tag {newest.release}") if newest and newest.commit else None

    def _by_branch(self) -> Running:
        name = self._inquiry.release or ""
        ref = self._checkout.branch(name) if name and self._is_ours() else None
        wanted = self._codebase.branch
        if ref is None and wanted:
            ref = self._checkout.branch(wanted)
            if ref is None:
                self._doubt = ", and ".join(part for part in (self._doubt, f"there is no branch {wanted!r}") if part)
                self._remedy = self._remedy or "correct `branch` of this codebase in the configuration"
        doubt = self._doubt or "neither the alert nor its log events name a release"
        remedy = (
            self._remedy or "log the release (a tag or commit) as `release`, name its field in `fields.release`, or say with `deploys` where deploys are found"
        )
        told_by = f"branch {_shown(ref or self._checkout.tip_branch())} before the alert"
        at = self._checkout.head_at(self._time, ref or "")
        if at is None:
            sha = (self._checkout.commit(ref) if ref else None) or self._checkout.head
            return Running(sha, self._checkout.committed(sha), told_by, doubt=f"{doubt}, and every commit of the branch is later than the alert", remedy=remedy)
        return Running(*at, told_by, doubt=doubt, remedy=remedy)


def own_names(codebase: Codebase) -> tuple[str, ...]:
    """What the releases of a codebase may be called: its name, its services, its repository."""
    where = address(codebase.repository or "")
    return tuple(dict.fromkeys([codebase.name, *codebase.services, *([where.name] if where else [])]))


def _shown(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")


def _deploys(codebase: Codebase, inquiry: Inquiry) -> list[Deploy]:
    """Those of this codebase to the alert's environment before the alert, the newest first."""
    environment = inquiry.alert.environment
    ours = [one for one in inquiry.deploys if belongs(one, codebase) and one.environment in ("", environment) and one.time <= inquiry.alert.time]
    return sorted(ours, key=lambda one: one.time, reverse=True)


def _previous(checkout: Checkout, codebase: Codebase, inquiry: Inquiry, found: Running) -> str | None:
    """The commit of the last deploy before this one, else of the last tag, that is part of this one's history."""
    earlier = _earlier_deploys(checkout, codebase, inquiry, found.commit) if _deploys(codebase, inquiry) else _earlier_tags(checkout, codebase, inquiry, found)
    return next((sha for sha in earlier if checkout.is_ancestor(sha, found.commit)), None)


def _earlier_deploys(checkout: Checkout, codebase: Codebase, inquiry: Inquiry, commit: str) -> Iterator[str]:
    known = [(one, checkout.known_commit(one.commit)) for one in _deploys(codebase, inquiry)[:_EARLIER] if one.commit]
    begin = next((number + 1 for number, (_, sha) in enumerate(known) if sha == commit), 0)
    yield from (sha for _, sha in known[begin:] if sha)


def _earlier_tags(checkout: Checkout, codebase: Codebase, inquiry: Inquiry, found: Running) -> Iterator[str]:
    follows = set(lineage((tag.name for tag in checkout.tags()), own_names(codebase)))
    times = {tag.name: tag.time for tag in checkout.tags() if tag.commit == found.commit and version(tag.name)}
    until = min([inquiry.alert.time, *times.values()])
    earlier = (tag for tag in checkout.tags() if tag.name in follows and tag.time <= until and tag.commit != found.commit)
    yield from (tag.commit for tag, _ in zip(earlier, range(_EARLIER), strict=False))
