"""Commits of a proof as people read them: who, when, which lines, by which pull request, with links."""

from collections.abc import Mapping

from bot.core.code.text import CodeText, Passage
from bot.core.plain_text.plain_text import cut, visible
from bot.model import Commit, Relation
from bot.sources.code.fix_history import Message, Versions, brought_by, message_of
from bot.sources.code.fix_trace import Traced
from bot.sources.code.reading import Reading

_SHOWN = 60


class Commits:
    """Makes the records of one proof. `relations` is what is known already of the failing code's commits."""

    def __init__(self, reading: Reading, versions: Versions, relations: Mapping[str, Relation]) -> None:
        self._reading, self._versions, self._relations = reading, versions, relations

    def change(self, message: Message, path: str, before: tuple[str, str], request: str | None) -> Commit:
        """A commit with its lines in a file; `before` is the parent and the path that the file had there."""
        old, new = self._versions.text(*before), self._versions.text(message.sha, path)
        return self._record(message, path, old, new, message.pull_request or request)

    def remover(self, sha: str, path: str, found: Traced) -> Commit:
        """The commit that undid the fix, with what it took out, and the pull request by which it came."""
        message = found.messages[sha]
        parents = [self._versions.text(parent, path) for parent in message.parents]
        new = self._versions.text(sha, path)
        old = next((text for text in parents if text is not None and text is not new), None)
        request = message.pull_request
        if request is None:
            merge = brought_by(self._reading.checkout, sha, self._reading.commit)
            request = message_of(self._reading.checkout, merge)[0].pull_request if merge else None
        # A simplified history leaves out parents that did not touch these files; whether it is a merge, the commit itself tells.
        return self._record(message, path, old, new, request, merge=len(message_of(self._reading.checkout, sha)[0].parents) > 1)

    def bare(self, message: Message, path: str) -> Commit:
        """A commit without its lines."""
        return self._record(message, path, None, None, message.pull_request)

    def _record(self, message: Message, path: str, old: CodeText | None, new: CodeText | None, request: str | None, *, merge: bool = False) -> Commit:
        removed, added = _lines(old, new, path)
        made = Commit(
            self._reading.codebase.name,
            message.sha,
            message.author,
            message.time,
            cut(message.subject, 200),
            shown_path(path),
            self._relations.get(message.sha, "changed the failing file"),
            removed,
            added,
            login=message.login,
            merge=merge,
        )
        return self._reading.linked(made, request)


def shown_path(path: str) -> str:
    """A path that can be printed, whatever bytes it is made of."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _lines(old: CodeText | None, new: CodeText | None, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if old is None and new is None:
        return (), ()
    passage = Passage(old or CodeText("", path), new or CodeText("", path))
    removed = [line.number for line, place in zip(passage.old.lines, passage.places, strict=True) if place < 0]
    added = [passage.new.lines[at].number for at in sorted(passage.inserted)]
    return _raw(passage.old, removed), _raw(passage.new, added)


def _raw(text: CodeText, numbers: list[int]) -> tuple[str, ...]:
    lines = text.raw.replace("\r\n", "\n").split("\n")
    return tuple(visible(lines[number - 1]).replace("\n", " ")[:400] for number in numbers[:_SHOWN])
