"""A forge that knows what was merged and takes commits: for the job that publishes, without a repository."""

from collections.abc import Iterable

from bot.errors import StaleBranch
from bot.model import Checkup, MergedEntry, Proposal, PullRequest, Revision, Standing


class FakeMerges:
    """`files` is the default branch; `push` changes it as a merge does, and the next `merged` tells of it."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.commits: list[tuple[Revision, ...]] = []
        self._merged: tuple[MergedEntry, ...] = ()

    def push(self, *merged: MergedEntry) -> None:
        """What the default branch holds now, and what the push brought."""
        self.files |= {one.path: one.after for one in merged}
        self._merged = merged

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """The last push, whatever the commits."""
        assert before != after
        return self._merged

    def commit(self, revisions: tuple[Revision, ...], message: str) -> str | None:
        """Refuses files that are no longer what they were made from."""
        assert message
        if any(self.files.get(one.path) not in (one.before, one.after) for one in revisions):
            raise StaleBranch("committing", "a file changed", "run this again")
        self.commits.append(revisions)
        self.files |= {one.path: one.after for one in revisions}
        return f"{len(self.commits):040x}"

    def standing(self, branch: str, path: str) -> Standing:
        """Publishing never asks."""
        raise AssertionError((branch, path))

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """Publishing never proposes."""
        raise AssertionError((proposal, standing))

    def examine(self) -> Iterable[Checkup]:
        """Nothing to look at."""
        return ()
