"""Git run on one repository: fixed options, a time limit for every command, nothing run that the repository brings along, no network but a given remote."""

import os
import signal
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from subprocess import TimeoutExpired
from typing import BinaryIO, Protocol

from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError

try:
    from git.cmd import Git
    from git.exc import GitCommandNotFound
except ImportError as error:  # GitPython refuses to be imported where there is no git
    raise SourceError("starting git", "there is no `git` on the PATH", "install git, then run the command again") from error

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",  # whatever is asked for without a remote, nothing is fetched
    "log.showSignature=false",
    "color.ui=false",
    "i18n.logOutputEncoding=UTF-8",
)
_OPTIONS = ["--no-pager", "--literal-pathspecs", "--no-replace-objects", *(word for setting in _SETTINGS for word in ("-c", setting))]
_UNCONFIGURED = {
    **dict.fromkeys(("log", "show", "diff"), ("--no-ext-diff", "--no-textconv")),
    **dict.fromkeys(("blame", "grep"), ("--no-textconv",)),
}
"""Programs that a repository's own configuration and attributes would have git run are never run."""
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_ASKPASS": "true", "GIT_TRACE_CURL": "0"}


class Remote(Protocol):
    """The one address that may be spoken to."""

    def settings(self) -> Sequence[str]:
        """What git is told of it, as `key=value`; no secret."""

    def environment(self) -> Mapping[str, str]:
        """Its credentials, where no other process sees them."""

    def explained(self, doing: str, words: str) -> SourceError | None:
        """The error of a refusal that came from it; None when git failed for another reason."""


class RefusedError(SourceError):
    """Git ended with another status than 0."""


class GitCommand:
    """Runs git in a repository. `name` stands in errors; `seconds` is the limit of one command."""

    def __init__(self, git_dir: Path, name: str, seconds: float) -> None:
        self.git_dir, self.name, self.seconds = git_dir, name, seconds
        self._git = Git(str(git_dir))

    def __call__(self, arguments: Sequence[str], lines: Iterable[str] | None = None, remote: Remote | None = None, seconds: float | None = None) -> bytes:
        """What one command prints; `lines` are its input. Raises SourceError: RefusedError when git refuses, and what the remote explains."""
        if lines is None:
            return self._run(arguments, None, remote, seconds or self.seconds)
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
            wanted.seek(0)
            return self._run(arguments, wanted, remote, seconds or self.seconds)

    def _run(self, arguments: Sequence[str], stdin: BinaryIO | None, remote: Remote | None, seconds: float) -> bytes:
        more = [word for setting in remote.settings() for word in ("-c", setting)] if remote else []
        at = next((number for number, word in enumerate(arguments) if word[:1] != "-" and "=" not in word), 0)
        word = arguments[at]
        doing = f"running `git {word}` in {self.name}"
        try:
            started = self._git.execute(
                ["git", f"--git-dir={self.git_dir}", *_OPTIONS, *more, *arguments[: at + 1], *_UNCONFIGURED.get(word, ()), *arguments[at + 1 :]],
                istream=stdin,
                as_process=True,
                env={**_ENVIRONMENT, "GIT_NO_LAZY_FETCH": "0" if remote else "1", **(remote.environment() if remote else {})},
                start_new_session=True,
            )
        except GitCommandNotFound as error:
            raise SourceError(doing, "there is no `git` on the PATH", "install git") from error
        running = started.proc  # `started` must stay: git is ended with it
        if running is None:
            raise SourceError(doing, "git did not start", "run the command by hand")
        try:
            output: bytes
            told: bytes
            output, told = running.communicate(timeout=seconds)
        except TimeoutExpired:
            # Its whole session: a fetch has children of its own, which would go on.
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            raise SourceError(doing, f"no answer within {seconds:g} seconds", "run it by hand; a fresh clone or `git gc` often helps") from None
        if running.returncode:
            words = cut(one_line(told.decode("utf-8", "replace")), 2000)
            explained = remote.explained(doing, words) if remote else None
            nothing_found = word == "grep" and running.returncode == 1  # it may still have told of files that it could not read
            raise explained or RefusedError(doing, (not nothing_found and cut(words, 200)) or f"exit code {running.returncode}", "run `git fsck` there")
        return output
