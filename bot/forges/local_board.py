"""The dashboard of a machine without any account: a Markdown file beside the requests."""

from pathlib import Path

from bot.errors import ForgeError, StaleBranch
from bot.forges.local_git import LocalGit
from bot.model.review import BoardPage

OFF = "State: off"
"""A first line that turns the board off, as closing the issue does on GitHub."""


class LocalBoard:
    """A Board on the file `.git/errata/board.md`."""

    def __init__(self, repository: Path) -> None:
        self._file = LocalGit(repository).folder / "errata" / "board.md"

    def read(self) -> BoardPage | None:
        """See `Board.read`."""
        try:
            text = self._file.read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ForgeError(f"reading {self._file}", error.strerror or type(error).__name__, "make the file readable") from error
        return BoardPage("board", self._file.as_uri(), text, not text.lstrip().startswith(OFF))

    def write(self, text: str, before: BoardPage | None) -> BoardPage:
        """See `Board.write`. The file appears whole or not at all."""
        now = self.read()
        if now != before:
            raise StaleBranch(f"writing {self._file}", "somebody changed it meanwhile", "run this again")
        draft = self._file.with_suffix(".draft")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(text.encode("utf-8", errors="replace"))
            draft.replace(self._file)
        except OSError as error:
            raise ForgeError(f"writing {self._file}", error.strerror or type(error).__name__, "make the folder writable") from error
        return BoardPage("board", self._file.as_uri(), text, open=True)
