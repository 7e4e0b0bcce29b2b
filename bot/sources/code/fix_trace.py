"""The lines of a fix followed through git, to the commit that was read: through renames and moves, and under the other names that it may have there."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from bot.core.fix.change import NO_CODE
from bot.core.fix.lines import Gone, Standings, Texts
from bot.core.fix.walk import UNKNOWN, Fix, Node, followed, followed_copies, present
from bot.model import FixState
from bot.regex import regex
from bot.sources.code.fix_history import (
    VERSIONS,
    Message,
    Renamed,
    Versions,
    brought_by,
    changed_between,
    distance,
    message_of,
    nodes_of,
)
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import Reading

_HOPS = 4
_LOOKED_INTO = 20
_REQUEST = regex(r"\s*\([#!]\d{1,9}\)\s*\Z")


class Traced(NamedTuple):
    """Where the lines are in the end, the commits on the way, and the one that brought the fix under another name."""

    standings: Standings
    messages: Mapping[str, Message]
    copy: Message | None = None


def traced(fix: Fix, reading: Reading, versions: Versions, paths: Sequence[str]) -> Traced | str:
    """A fix that is part of the history that ran. Words instead where a version that matters cannot be read."""
    route = _Route(fix, reading, versions, paths)
    for _ in range(_HOPS):
        route.walk()
        if not route.extend():
            break
    return route.unreadable or Traced(route.standings, route.messages)


def traced_copies(fix: Fix, reading: Reading, versions: Versions, paths: Sequence[str], message: Message) -> Traced | str | None:
    """A fix that is not part of it: its squash, cherry-pick or rebased form there; None when nothing brings it."""
    route = _Route(fix, reading, versions, paths)
    for _ in range(_HOPS):
        route.walk(message)
        if not (route.extend() if route.copy else route.rename_across()):
            break
    if route.unreadable or route.copy:
        return route.unreadable or Traced(route.standings, route.messages, route.messages[route.copy])
    there = present(fix, route.at(reading.commit))
    return Traced(there, route.messages) if there else None


def later_bringer(fix: Fix, reading: Reading, versions: Versions, paths: Sequence[str], message: Message) -> tuple[FixState, Message | None]:
    """For a fix that what ran never had: the commit of the codebase's branch that brings it, and whether that comes after what ran."""
    checkout = reading.checkout
    tip = _trunk(reading)
    apart = distance(checkout, message.sha, tip)
    if apart is not None and apart[0] == 0:
        sha = brought_by(checkout, message.sha, tip) or message.sha
        bringer = message_of(checkout, sha)[0] if sha != message.sha else message
        return ("not deployed" if checkout.is_ancestor(reading.commit, sha) else "never there"), (bringer if sha != message.sha else None)
    if not checkout.is_ancestor(reading.commit, tip):
        return "never there", None
    messages = versions.messages(f"{reading.commit}..{tip}", paths)
    versions.load([(sha, path) for one in messages for sha in (one.sha, *one.parents) for path in paths])
    copied = followed_copies(fix, nodes_of(messages), lambda sha: versions.texts(sha, paths), _names(message, messages))
    found = next((one for one in messages if copied and one.sha == copied[1]), None)
    return ("not deployed" if found else "never there"), found


def _trunk(reading: Reading) -> str:
    branch = reading.checkout.branch(reading.codebase.branch) if reading.codebase.branch else None
    return (reading.checkout.commit(branch) if branch else None) or reading.checkout.head


class _Route:
    """The walk from a fix to the commit that was read; the files it needs are found on the way."""

    def __init__(self, fix: Fix, reading: Reading, versions: Versions, paths: Sequence[str]) -> None:
        self._fix, self._reading, self._versions = fix, reading, versions
        self._paths = list(paths)
        self._looked_at: set[str] = set()
        self._across = False
        self.standings: Standings = fix.standings
        self.messages: dict[str, Message] = {}
        self.copy = ""
        self.unreadable = ""

    @property
    def _checkout(self) -> Checkout:
        return self._reading.checkout

    def at(self, sha: str) -> Texts:
        """The files at a commit."""
        self._versions.load([(sha, path) for path in self._paths])
        return self._versions.texts(sha, self._paths)

    def walk(self, foreign: Message | None = None) -> None:
        """From the fix on; of a `foreign` fix, from the commits on that bring its lines."""
        messages = self._versions.messages(f"{self._fix.sha}..{self._reading.commit}", self._paths)
        most = self._versions.room(self._fix.sha, self._paths)
        cut_off = len(messages) >= min(most, VERSIONS)
        messages = messages[-most:]
        self.messages = {message.sha: message for message in messages}
        wanted = [self._fix.sha, *(sha for message in messages for sha in (message.sha, *message.parents))]
        self._versions.load([(sha, path) for sha in wanted for path in self._paths])
        nodes: list[Node] = nodes_of(messages)
        if foreign is None:
            self.standings = followed(self._fix, nodes, self._texts, cut_off=cut_off)
            return
        copied = followed_copies(self._fix, nodes, self._texts, _names(foreign, messages))
        self.standings, self.copy = copied or (self._fix.standings, "")

    def extend(self) -> bool:
        """Looks where lost lines may have gone: the new name of their file, a file of the same commit, a copy; True when there is more to follow."""
        lost = [where for where in self.standings if isinstance(where, Gone) and (where.left or where.how != "commented out")]
        commits = dict.fromkeys(sha for where in lost for sha in (where.left, where.by) if sha and sha != UNKNOWN)
        fresh: list[str] = []
        for sha in [sha for sha in commits if sha not in self._looked_at][:2]:
            self._looked_at.add(sha)
            here = [where for where in lost if sha in (where.left, where.by)]
            fresh += self._new_places(sha, here)
        fresh = [path for path in dict.fromkeys(fresh) if path not in self._paths]
        self._paths += fresh
        return bool(fresh) and not self.unreadable

    def rename_across(self) -> bool:
        """The names that the fix's files have in a history that it is not part of; True when they differ."""
        if self._across:
            return False
        self._across = True
        changes = changed_between(self._checkout, self._fix.sha, self._reading.commit)
        names = {file.before: file.after for file in changes if file.before in self._paths and file.after not in (None, file.before)}
        if not names:
            return False
        self._paths += [path for path in names.values() if path and path not in self._paths]
        self._fix = msgspec.structs.replace(
            self._fix,
            standings=tuple(
                msgspec.structs.replace(where, path=names.get(where.path) or where.path) if isinstance(where, Gone) else where for where in self._fix.standings
            ),
        )
        return True

    def _new_places(self, sha: str, lost: Sequence[Gone]) -> list[str]:
        parent = next(iter(self.messages[sha].parents), None) if sha in self.messages else None
        if parent is None:
            return []
        parent = next((one for one in self.messages[sha].parents if any(self._versions.text(one, where.path) for where in lost)), parent)
        changes = changed_between(self._checkout, parent, sha)
        vanished = {where.path for where in lost if where.left == sha}
        renamed = [file.after for file in changes if file.before in vanished and file.after not in (None, file.before)]
        if vanished - {file.before for file in changes if file.after != file.before}:
            self.unreadable = f"{min(vanished)} at {sha[:12]} cannot be read: it is too large, or was not fetched"
            return []
        gone_with_it = {file.before for file in changes if file.after in renamed}
        moved = self._moved(parent, sha, [where for where in lost if where.path not in gone_with_it], changes)
        found = [path for path in (*renamed, *moved) if path]
        return found or self._copied(sha, [where for where in lost if where.by == sha and (where.how.startswith("gone") or not where.scope)])

    def _moved(self, parent: str, sha: str, lost: Sequence[Gone], changes: Sequence[Renamed]) -> list[str]:
        """Other files of the commit that have more of the lines than before."""
        if not lost:
            return []
        suffixes = {where.path.rpartition(".")[2] for where in lost}
        files = [file for file in changes if file.ordinary and file.after and file.after not in self._paths and not NO_CODE.search(file.after)]
        files = sorted(files, key=lambda file: (file.after or "").rpartition(".")[2] not in suffixes)[:_LOOKED_INTO]
        self._versions.load([*((sha, file.after) for file in files if file.after), *((parent, file.before) for file in files if file.before)])
        found = []
        for file in files:
            old, new = self._versions.text(parent, file.before or ""), self._versions.text(sha, file.after or "")
            if new and any(new.whole.count(where.tokens) > (old.whole.count(where.tokens) if old else 0) for where in lost):
                found.append(file.after or "")
        return found

    def _copied(self, sha: str, lost: Sequence[Gone]) -> list[str]:
        """Files that were there already and hold the longest of the lines: a copy that was made before the original went."""
        texts = {where.tokens: line.text.strip() for where, line in zip(self.standings, self._fix.wanted, strict=True) if where in lost}
        if not texts:
            return []
        longest = max(texts.values(), key=len)
        places = [path for path in sorted(self._checkout.places_of(sha, longest)) if path not in self._paths and not NO_CODE.search(path)][:5]
        self._versions.load([(self._fix.sha, path) for path in places])
        before = {path for path in places if (text := self._versions.text(self._fix.sha, path)) and any(text.whole.count(where.tokens) for where in lost)}
        return [path for path in places if path not in before]

    def _texts(self, sha: str) -> Texts:
        return self._versions.texts(sha, self._paths)


def _names(fix: Message, messages: Sequence[Message]) -> "_Named":
    return _Named(fix, {message.sha: message for message in messages})


class _Named:
    """Whether the message of a commit says that it is the fix under another name."""

    def __init__(self, fix: Message, messages: Mapping[str, Message]) -> None:
        self._fix, self._messages = fix, messages

    def __call__(self, sha: str) -> bool:
        message = self._messages.get(sha)
        if message is None:
            return False
        own, other = (_REQUEST.sub("", one.subject) for one in (self._fix, message))
        return f"cherry picked from commit {self._fix.sha[:12]}" in message.body or (own == other and len(own) > 8)
