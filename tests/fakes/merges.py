"""A forge that knows what was merged and takes commits: for the job that publishes, without a repository."""

from collections.abc import Iterable

from bot.errors import StaleBranch
from bot.model import Checkup, MergedEntry, Proposal, PullRequest, Revision, Standing


class FakeMerges:
    """`files` is the default branch; `push` changes it as a merge does, and the next `merged` tells of it.

    `meanwhile` is what others write there: each is on the branch when the next commit comes.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.commits: list[tuple[Revision, ...]] = []
        self.meanwhile: list[dict[str, str]] = []
        self._merged: tuple[MergedEntry, ...] = ()
        self._pushed: dict[str, str] = {}

    def push(self, *merged: MergedEntry) -> None:
        """What the default branch holds now, and what the push brought."""
        self.files |= {one.path: one.after for one in merged}
        self._merged, self._pushed = merged, dict(self.files)

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """The last push, whatever the commits; what was changed since, up to the branch as it stands now."""
        assert before != after
        if after == "main":
            return tuple(MergedEntry(path, self._pushed.get(path), text) for path, text in self._entries() if text != self._pushed.get(path))
        return self._merged

    def commit(self, revisions: tuple[Revision, ...], message: str) -> str | None:
        """Refuses files that are no longer what they were made from."""
        assert message
        if self.meanwhile:
            self.files |= self.meanwhile.pop(0)
        if any(self.files.get(one.path) not in (one.before, one.after) for one in revisions):
            raise StaleBranch("committing", "a file changed", "run this again")
        self.commits.append(revisions)
        self.files |= {one.path: one.after for one in revisions}
        return f"{len(self.commits):040x}"

    def _entries(self) -> Iterable[tuple[str, str]]:
        return ((path, text) for path, text in self.files.items() if path.startswith("knowledge/errors/"))

    def standing(self, branch: str, path: str) -> Standing:
        """Publishing never asks."""
        raise AssertionError((branch, path))

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """Publishing never proposes."""
        raise AssertionError((proposal, standing))

    def examine(self) -> Iterable[Checkup]:
        """Nothing to look at."""
        return ()
