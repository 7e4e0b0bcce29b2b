"""One checkout read through git: fixed options, a time limit for every command, nothing run that the repository brings along."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from bot.core.patch import Lines, by_file
from bot.core.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Commit

try:
    from git.cmd import Git
    from git.exc import GitCommandError, GitCommandNotFound
except ImportError as error:  # GitPython refuses to be imported where there is no git
    raise SourceError("starting git", "there is no `git` on the PATH", "install git, then run the command again") from error

Relation = Literal["changed the failing lines", "changed the failing function", "changed the failing file", "changed a file of the trace"]

_CHECK_OUT = "add an actions/checkout step with `path:` and `fetch-depth: 0`, or correct `code.path` in the configuration"
LARGEST = 1_000_000
"""Bytes of a file that is still read."""
_FORMAT = "--format=%x00%x00%H%x00%aN%x00%ct%x00%s%x00"
_RECORD = re.compile(r"\x00\x00([0-9a-f]{40,64})\x00([^\x00]*)\x00(\d+)\x00([^\x00]*)\x00")
_NAME = re.compile(r"(?!.*(?:\.\.|@\{|//|\.lock$))[A-Za-z0-9][A-Za-z0-9._/+@-]{0,199}")
_SHA = re.compile(r"[0-9a-f]{7,64}")
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "protocol.allow=never",  # a partial clone must not start fetching
    "log.showSignature=false",
    "color.ui=false",
    "i18n.logOutputEncoding=UTF-8",
)
_OPTIONS = ["--no-pager", "--literal-pathspecs", "--no-replace-objects", *(word for setting in _SETTINGS for word in ("-c", setting))]
_PATCH = ("-U0", "--no-ext-diff", "--no-textconv", "--no-color", "-M", "--src-prefix=a/", "--dst-prefix=b/")


class Checkout:
    """A git repository on disk, read only. Every method raises SourceError when git fails or outlasts `seconds`.

    `shallow` is True when the history was cut off: blame and log then name the wrong commits. `head` is what is checked out.

    Only objects are read, never the working tree, so that a symbolic link or an odd path leads nowhere.
    """

    def __init__(self, folder: Path, name: str, seconds: float = 10) -> None:
        self.name = name
        self._seconds = seconds
        self._git_dir = _git_dir(folder, name)
        self._git = Git(str(folder))
        self._contents: dict[tuple[str, str], bytes | None] = {}
        state = self.attempt("rev-parse", "--is-shallow-repository", "--verify", "HEAD^{commit}")
        if state is None:
            raise SourceError(f"reading the code of {name}", f"{folder} has no commit that can be read", f"{_CHECK_OUT}; `git fsck` there says more")
        self.shallow, self.head = state.split()[0] == "true", state.split()[1]

    def release(self, name: str) -> str | None:
        """The commit of a tag or SHA that a release names (`v1.4.0`, `transfers@1.4.0`, `4f2a91c`); None when there is none."""
        for form in dict.fromkeys([name, name.rpartition("@")[2], f"v{name.rpartition('@')[2]}", name.rpartition("-")[2]]):
            if not _NAME.fullmatch(form):
                continue
            revisions = [f"refs/tags/{form}", *([form] if _SHA.fullmatch(form) else [])]
            found = next((sha for revision in revisions if (sha := self.commit(revision))), None)
            if found:
                return found
        return None

    def commit(self, revision: str) -> str | None:
        """The full SHA of a revision that the caller has checked to be a SHA or a ref."""
        found = self.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found.strip() if found else None

    def known_commit(self, sha: str) -> str | None:
        """The full form of a SHA that somebody wrote; None when it is no SHA or not in this repository."""
        return self.commit(sha.lower()) if _SHA.fullmatch(sha.lower()) else None

    def head_at(self, time: datetime, branch: str = "HEAD") -> tuple[str, datetime] | None:
        """The last commit of the branch that is not after `time`, with its own time; None when all of them are."""
        before = f"--before={time.astimezone(UTC).isoformat(timespec='seconds')}"
        found = self.output("log", "-1", "--first-parent", "--no-patch", before, "--format=%H %ct", "--end-of-options", branch, "--").split()
        return (found[0], datetime.fromtimestamp(int(found[1]), UTC)) if found else None

    def branch(self, name: str) -> str | None:
        """The full ref of a branch, local before origin's."""
        refs = [f"refs/heads/{name}", f"refs/remotes/origin/{name}"] if _NAME.fullmatch(name) else []
        return next((ref for ref in refs if self.commit(ref)), None)

    def committed(self, sha: str) -> datetime:
        """When a commit was made on its branch."""
        return datetime.fromtimestamp(int(self.output("log", "-1", "--no-patch", "--format=%ct", sha, "--").strip()), UTC)

    def files(self, sha: str) -> tuple[str, ...]:
        """The paths of the ordinary files at a commit; links and submodules are left out."""
        entries = self.output("ls-tree", "-r", "-z", sha).split("\0")
        return tuple(entry.partition("\t")[2] for entry in entries if entry.startswith("100"))

    def blob(self, sha: str, path: str) -> bytes | None:
        """The content of a file at a commit; None when it is not there or larger than LARGEST."""
        return self.blobs([(sha, path)])[0]

    def blobs(self, wanted: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """Contents of several (commit, path), read once."""
        unread = [one for one in dict.fromkeys(wanted) if one not in self._contents]
        names = [f"{sha}:{path}" if "\n" not in path else "" for sha, path in unread]
        found = [
            line.split(" ") for line in self._batch("--batch-check=%(objecttype) %(objectsize) %(objectname)", names).decode("utf-8", "replace").splitlines()
        ]
        objects = [parts[2] if len(parts) == 3 and parts[0] == "blob" and int(parts[1]) <= LARGEST else None for parts in found]
        contents = _contents(self._batch("--batch", [name for name in objects if name]))
        self._contents |= {one: next(contents) if name else None for one, name in zip(unread, objects, strict=True)}
        return [self._contents[one] for one in wanted]

    def line_log(self, sha: str, path: str, span: tuple[int, int], relation: Relation, count: int) -> tuple[Commit, ...]:
        """The last commits that changed these lines, newest first, each with what it changed of them."""
        text = self.output("log", f"-L{span[0]},{span[1]}:{path}", "-n", str(count), "--no-merges", _FORMAT, *_PATCH[1:], sha, "--")
        return self._commits(text, path, relation)

    def file_log(self, sha: str, path: str, count: int, relation: Relation = "changed the failing file") -> tuple[Commit, ...]:
        """The last commits that changed a file, newest first, with their lines in it."""
        return self._commits(self.output("log", "-p", "-n", str(count), "--no-merges", _FORMAT, *_PATCH, sha, "--", path), path, relation)

    def deletion(self, sha: str, paths: Sequence[str]) -> Commit | None:
        """The last commit that deleted one of these paths; None when there is none, or no path."""
        if not paths:
            return None
        text = self.output("log", "-n", "1", "--diff-filter=D", "--no-renames", "--name-only", _FORMAT, sha, "--", *paths)
        match = _RECORD.search(text)
        gone = [path for path in paths if match and path in text[match.end() :].splitlines()]
        return self._commits(text, gone[0], "changed the failing file")[0] if gone else None

    def change(self, sha: str) -> tuple[Commit, ...]:
        """What one commit changed, one record a file."""
        text = self.output("show", "--first-parent", "-m", _FORMAT, *_PATCH, "--end-of-options", sha, "--")
        match = _RECORD.search(text)
        if match is None:
            return ()
        files = by_file(text[match.end() :])
        return tuple(self._commit(match, path, "changed the failing file", lines) for path, lines in files.items())

    def versions(self, sha: str, path: str, count: int) -> tuple[str, ...]:
        """The last commits that changed a file, newest first, as SHAs."""
        return tuple(self.output("rev-list", "-n", str(count), "--no-merges", "--end-of-options", sha, "--", path).split())

    def renamed(self, old: str, new: str, path: str) -> str | None:
        """What `path` of the commit `old` is called at `new`, when git sees a rename."""
        parts = self.output("diff", "--name-status", "-z", "-M", "--diff-filter=R", "--no-ext-diff", "--end-of-options", old, new, "--").split("\0")
        return next((parts[i + 2] for i in range(0, len(parts) - 2, 3) if parts[i + 1] == path), None)

    def places_of(self, sha: str, line: str) -> frozenset[str]:
        """The files that hold a line at a commit."""
        found = self.attempt("grep", "-I", "-l", "-z", "--no-textconv", "--fixed-strings", "-e", line, sha, "--")
        return frozenset(name.partition(":")[2] for name in (found or "").split("\0") if name)

    def _commits(self, text: str, path: str, relation: Relation) -> tuple[Commit, ...]:
        matches = list(_RECORD.finditer(text))
        ends = [match.start() for match in matches[1:]] + [len(text)]
        found = []
        for match, end in zip(matches, ends, strict=True):
            files = by_file(text[match.end() : end])
            name = path if path in files or not files else next(iter(files))
            found.append(self._commit(match, name, relation, files.get(name, ((), ()))))
        return tuple(found)

    def _commit(self, match: re.Match[str], path: str, relation: Relation, lines: Lines) -> Commit:
        sha, author, time, subject = match.groups()
        removed, added = lines
        when = datetime.fromtimestamp(min(int(time), 253402300799), UTC)
        return Commit(self.name, sha, cut(one_line(author), 80), when, cut(one_line(subject), 200), path, relation, removed, added)

    def _batch(self, mode: str, names: Sequence[str]) -> bytes:
        if not names:
            return b""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
            wanted.seek(0)
            return self._run(["cat-file", mode], stdin=wanted)

    def output(self, *arguments: str) -> str:
        """What one git command prints. The caller has checked every argument that comes from outside; raises SourceError."""
        return self._run(arguments).decode("utf-8", "replace")

    def attempt(self, *arguments: str) -> str | None:
        """What one git command prints; None when git refuses it. Raises SourceError when it outlasts its time."""
        try:
            return self._run(arguments).decode("utf-8", "replace")
        except _RefusedError:
            return None

    def _run(self, arguments: Sequence[str], stdin: BinaryIO | None = None) -> bytes:
        command = ["git", f"--git-dir={self._git_dir}", *_OPTIONS, *arguments]
        doing = f"running `git {arguments[0]}` in {self.name}"
        try:
            answer = self._git.execute(
                command,
                istream=stdin,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                kill_after_timeout=self._seconds,
                env={"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_ASKPASS": "true"},
            )
        except GitCommandNotFound as error:
            raise SourceError(doing, "there is no `git` on the PATH", "install git") from error
        except GitCommandError as error:
            raise _refused(doing, error, self._seconds) from error
        if not isinstance(answer, bytes):
            raise SourceError(doing, "git gave no output", "run the command by hand")
        return answer


class _RefusedError(SourceError):
    """Git ended with another status than 0."""


def _refused(doing: str, error: GitCommandError, seconds: float) -> SourceError:
    words = cut(one_line(str(error.stderr)), 200)
    if "Timeout" in words:
        return SourceError(doing, f"no answer within {seconds:g} seconds", "run it by hand; a fresh clone or `git gc` often helps")
    return _RefusedError(doing, words or f"exit code {error.status}", "run `git fsck` there")


def _git_dir(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise SourceError(f"reading the code of {name}", f"{folder} does not exist", _CHECK_OUT)
    if (folder / ".git").exists():
        return folder.resolve() / ".git"
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        return folder.resolve()
    raise SourceError(f"reading the code of {name}", f"{folder} is not the top of a git repository", _CHECK_OUT)


def _contents(stream: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(stream):
        end = stream.index(b"\n", at)
        size = int(stream[at:end].split(b" ")[-1])
        yield stream[end + 1 : end + 1 + size]
        at = end + 2 + size
