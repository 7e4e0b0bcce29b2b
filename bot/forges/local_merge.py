"""Merging a request of the local forge without a person: its one file goes onto the default branch."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.clock import utc_now
from bot.errors import ForgeError, StaleBranch
from bot.forges.local_conversation import LocalConversation
from bot.forges.local_git import LocalGit
from bot.model import File

BY_HAND = "merge its branch by hand, or turn `recurrence: merge_counts:` off"


class LocalMerging:
    """A Merging on a git repository."""

    def __init__(self, repository: Path, default_branch: str = "main", now: Callable[[], datetime] = utc_now) -> None:
        self._conversation = LocalConversation(repository, default_branch, now)
        self._git = LocalGit(repository)
        self._default, self._now = default_branch, now

    def merge(self, number: int, head: str, path: str) -> str:
        """See `Merging.merge`. The branch stays; its request reads as merged, since its file stands on the default branch."""
        doing = f"merging request {number}"
        request = self._conversation.request(number)
        default, tip = self._git.head(self._default), self._git.head(request.branch)
        if request.state != "open" or default is None:
            raise ForgeError(doing, f"it is {request.state}", BY_HAND)
        if tip != head:
            raise StaleBranch(doing, "somebody changed the branch meanwhile", "run this again: it starts from how the branch stands now")
        if request.edited_by:
            raise ForgeError(doing, f"{request.edited_by[0]} committed to its branch", BY_HAND)
        text = self._git.text(head, path)
        if text is None:
            raise ForgeError(doing, f"{path} is not on its branch", BY_HAND)
        commit = self._git.commit(default, (File(path, text),), f"{request.title} (#{number})", self._now())
        if commit is None:
            raise ForgeError(doing, f"{path} stands on {self._default} already, word for word", "nothing is left to do")
        self._git.move(self._default, commit, default, (path,))
        return commit
