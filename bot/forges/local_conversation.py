"""What is said on the local forge's requests: comments as files beside the request; whoever runs the command may write."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bot.clock import utc_now
from bot.core.request.comment_marks import marked, marker_of, unmarked
from bot.errors import ForeignRequest
from bot.forges.local_git import LocalGit
from bot.forges.local_records import put, unreadable
from bot.forges.local_requests import LocalRequests
from bot.model import Record
from bot.model.review import Reaction, Remark, ReviewRequest

_EVER = datetime.fromtimestamp(0, UTC)


class Comment(Record, frozen=True):
    """A comment as it is kept: `<id>.json`, and its text as `<id>.md` for people."""

    author: str
    text: str
    time: datetime
    by_bot: bool = False
    reactions: tuple[Reaction, ...] = ()


class LocalConversation:
    """A Conversation and a Transcript on the local forge. Comments of request 7 are in `errata/pulls/7-comments` of the repository's own data."""

    def __init__(self, repository: Path, default_branch: str = "main", now: Callable[[], datetime] = utc_now) -> None:
        self._requests = LocalRequests(repository, default_branch, now)
        self._folder = LocalGit(repository).folder / "errata" / "pulls"
        self._now = now

    def request(self, number: int) -> ReviewRequest:
        """See `Conversation.request`."""
        found = next((one for one in self._requests.requests(_EVER) if one.number == number), None)
        if found is None:
            raise ForeignRequest(f"looking for request {number}", "there is none of that number", "see the numbers in .git/errata/pulls")
        return found

    def may_write(self, login: str) -> bool:  # noqa: ARG002 - the repository is theirs who can run the command in it
        """See `Conversation.may_write`."""
        return True

    def remark(self, number: int, author: str, text: str) -> Remark:
        """What a person says, kept like a comment."""
        return self._add(number, Comment(author, text, self._now()))

    def react(self, remark: int, reaction: Reaction) -> None:
        """See `Conversation.react`."""
        path = next(self._folder.glob(f"*-comments/{remark}.json"), None)
        if path is not None:
            comment = _read(path)
            self._write(path, msgspec.structs.replace(comment, reactions=tuple(dict.fromkeys((*comment.reactions, reaction)))))

    def say(self, number: int, text: str, marker: str) -> None:
        """See `Conversation.say`."""
        words = marked(text, marker)
        mine = next((path for path, one in self._comments(number) if one.by_bot and marker_of(one.text) == marker), None)
        if mine is None:
            self._add(number, Comment("errata bot", words, self._now(), by_bot=True))
        else:
            self._write(mine, msgspec.structs.replace(_read(mine), text=words))

    def said(self, number: int, marker: str) -> tuple[Remark, ...]:
        """See `Transcript.said`."""
        found = [(path, one) for path, one in self._comments(number) if one.by_bot and marker_of(one.text).startswith(marker)]
        return tuple(Remark(int(path.stem), number, one.author, unmarked(one.text), one.time, by_bot=True) for path, one in found)

    def latest(self, number: int) -> datetime | None:
        """See `Transcript.latest`."""
        return max((one.time for _, one in self._comments(number)), default=None)

    def close(self, number: int) -> None:
        """See `Conversation.close`."""
        if self.request(number).state == "open":
            self._requests.decline(number)

    def _comments(self, number: int) -> list[tuple[Path, Comment]]:
        paths = [path for path in (self._folder / f"{number}-comments").glob("*.json") if path.stem.isdecimal()]
        return [(path, _read(path)) for path in sorted(paths, key=lambda path: int(path.stem))]

    def _add(self, number: int, comment: Comment) -> Remark:
        """Under the next number of all comments, also when two are added at the same moment."""
        folder = self._folder / f"{number}-comments"
        while True:
            last = max((int(path.stem) for path in self._folder.glob("*-comments/*.json") if path.stem.isdecimal()), default=0)
            if self._write(folder / f"{last + 1}.json", comment, new=True):
                return Remark(last + 1, number, comment.author, comment.text, comment.time, comment.by_bot)

    def _write(self, path: Path, comment: Comment, *, new: bool = False) -> bool:
        """With its text beside it for people; with `new`, False when the comment is there already."""
        words = f"{comment.author}, {comment.time:%Y-%m-%d %H:%M} UTC\n\n{comment.text}"
        return put(path, msgspec.json.format(msgspec.json.encode(comment)), new=new) and put(path.with_suffix(".md"), words.encode("utf-8", "replace"))


def _read(path: Path) -> Comment:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Comment)
    except (OSError, msgspec.MsgspecError) as error:
        raise unreadable(path, error, "the comment") from error
