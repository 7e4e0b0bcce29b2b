"""One repository read through git: its commits, refs and tags, the content of its files, and who changed what."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bot.core.fix.patch import Lines, by_file
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.release_name import lineage
from bot.errors import SourceError
from bot.model import Commit, Deploy, Relation
from bot.regex import regex
from bot.sources.code.git_blobs import LARGEST, Blobs, State, command_of
from bot.sources.code.git_command import GitCommand, RefusedError, Remote

__all__ = ["LARGEST", "Checkout", "Tag"]

_CHECK_OUT = "add an actions/checkout step with `path:` and `fetch-depth: 0`, or correct `code.path` in the configuration"
_FORMAT = "--format=%x00%x00%H%x00%aN%x00%ct%x00%s%x00"
_RECORD = regex(r"\x00\x00([0-9a-f]{40,64})\x00([^\x00]*)\x00(\d+)\x00([^\x00]*)\x00")
_NAME = regex(r"(?!.*(?:\.\.|@\{|//|\.lock$))[A-Za-z0-9][A-Za-z0-9._/+@-]{0,199}")
_SHA = regex(r"[0-9a-f]{7,64}")
_WHOLE_SHA = regex(r"[0-9a-f]{40,64}")
_LAST_SECOND = 253402300799
_READS_CONTENT = ("log", "show", "blame", "diff")
_PATCH = ("-U0", "--no-ext-diff", "--no-textconv", "--no-color", "-M", "--src-prefix=a/", "--dst-prefix=b/")


class Tag(NamedTuple):
    """A tag: its name, its commit, and when it was made (a lightweight one: when its commit was)."""

    name: str
    commit: str
    time: datetime


class Checkout:
    """A git repository on disk, read only. Every method raises SourceError when git fails or outlasts `seconds`.

    `shallow` is True when the history was cut off: blame and log then name the wrong commits. `head` is what is checked out, `tip` its ref.
    `remote` is given for a partial clone of our own: missing contents are fetched from there, and from nowhere else.

    Only objects are read, never the working tree, so that a symbolic link or an odd path leads nowhere.
    """

    def __init__(self, folder: Path, name: str, seconds: float = 10, remote: Remote | None = None) -> None:
        self.name = name
        self._git = GitCommand(_git_dir(folder, name), name, seconds)
        self._blobs = Blobs(self._git, remote)
        self._tags: tuple[Tag, ...] | None = None
        self.tip = self._tip()
        state = self.attempt("rev-parse", "--is-shallow-repository", "--verify", f"{self.tip}^{{commit}}")
        if state is None:
            raise SourceError(f"reading the code of {name}", f"{folder} has no commit that can be read", f"{_CHECK_OUT}; `git fsck` there says more")
        self.shallow, self.head = state.split()[0] == "true", state.split()[1]

    def tags(self) -> tuple[Tag, ...]:
        """Every tag of a commit, the newest first."""
        if self._tags is None:
            form = "--format=%(objecttype) %(*objecttype) %(objectname) %(*objectname) %(creatordate:unix) %(refname:strip=2)"
            lines = (line.split(" ", 5) for line in self.output("for-each-ref", "--sort=-creatordate", form, "refs/tags").splitlines())
            kept = ((parts[5], parts[3] or parts[2], parts[4]) for parts in lines if len(parts) == 6 and "commit" in parts[:2])
            self._tags = tuple(Tag(name, sha, _moment(time)) for name, sha, time in kept)
        return self._tags

    def deploys_by_tag(self, before: datetime, count: int, own: Sequence[str] = ()) -> tuple[Deploy, ...]:
        """The last versions that were tagged before a time, the newest first, as deploys of this codebase to no environment in particular.

        Pre-releases do not count. Of a repository that tags several products, those of the `own` names do.
        """
        kept = set(lineage((tag.name for tag in self.tags()), own or (self.name,)))
        found = [tag for tag in self.tags() if tag.name in kept and tag.time <= before][:count]
        return tuple(Deploy(self.name, "", cut(one_line(tag.name), 200), tag.time, tag.commit) for tag in found)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether a commit is part of the other's history, and not that commit itself."""
        return old != new and self.attempt("merge-base", "--is-ancestor", "--end-of-options", old, new) is not None

    def commit(self, revision: str) -> str | None:
        """The full SHA of a revision that the caller has checked to be a SHA or a ref."""
        found = self.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found.strip() if found else None

    def known_commit(self, sha: str) -> str | None:
        """The full form of a SHA that somebody wrote; None when it is no SHA, not in this repository, or short for several commits."""
        found = self.commit(sha.lower()) if _SHA.fullmatch(sha.lower()) else None
        return found if found and found.startswith(sha.lower()) else None  # a branch may be called like a SHA

    def _tip(self) -> str:
        """HEAD, or where that names a branch which is not there, the branch that takes its place."""
        if self.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
            return "HEAD"
        refs = (self.attempt("for-each-ref", "--count=1000", "--format=%(refname)", "refs/remotes/origin", "refs/heads") or "").split()
        usual = (f"refs/{where}/{name}" for name in ("main", "master") for where in ("remotes/origin", "heads"))
        return next((ref for ref in usual if ref in refs), refs[0] if len(refs) == 1 else "HEAD")

    def tip_branch(self) -> str:
        """The branch that `tip` stands for; "HEAD" when none is checked out."""
        found = self.attempt("symbolic-ref", "--quiet", "HEAD") if self.tip == "HEAD" else self.tip
        return (found or "HEAD").strip()

    def head_at(self, time: datetime, branch: str = "") -> tuple[str, datetime] | None:
        """The last commit of the branch that is not after `time`, with its own time; None when all of them are."""
        before = f"--before={time.astimezone(UTC).isoformat(timespec='seconds')}"
        found = self.output("log", "-1", "--first-parent", "--no-patch", before, "--format=%H %ct", "--end-of-options", branch or self.tip, "--").split()
        return (found[0], _moment(found[1])) if found else None

    def branch(self, name: str) -> str | None:
        """The full ref of a branch, origin's before the local one, which may hold what was never pushed."""
        refs = [f"refs/remotes/origin/{name}", f"refs/heads/{name}"] if _NAME.fullmatch(name) else []
        return next((ref for ref in refs if self.commit(ref)), None)

    def committed(self, sha: str) -> datetime:
        """When a commit was made on its branch."""
        return _moment(self.output("log", "-1", "--no-patch", "--format=%ct", sha, "--").strip())

    def files(self, sha: str) -> tuple[str, ...]:
        """The paths of the ordinary files at a commit; links and submodules are left out. Bytes that are not UTF-8 are lone surrogates, as in `os`."""
        entries = self._git(("ls-tree", "-r", "-z", sha)).decode("utf-8", "surrogateescape").split("\0")
        return tuple(entry.partition("\t")[2] for entry in entries if entry.startswith("100"))

    def submodules(self, sha: str) -> tuple[str, ...]:
        """The folders at a commit whose files are in a repository of their own."""
        entries = self.output("ls-tree", "-r", "-z", sha).split("\0")
        return tuple(entry.partition("\t")[2] for entry in entries if entry.startswith("160000"))

    def blob(self, sha: str, path: str, largest: int = LARGEST) -> bytes | None:
        """The content of a file at a commit; None when it is not there, broken, or of more than `largest` bytes: `state` tells which."""
        return self._blobs.read([(sha, path)], largest)[0]

    def blobs(self, wanted: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """Contents of several (commit, path), read once."""
        return self._blobs.read(wanted)

    def state(self, sha: str, path: str) -> State:
        """Why `blob` gave None. Raises SourceError where the content is only not in the cache and could not be fetched."""
        if self._blobs.refusal is not None:
            raise self._blobs.refusal
        return self._blobs.state(sha, path)

    @property
    def folder(self) -> Path:
        """Where its objects are."""
        return self._git.git_dir

    @property
    def partial(self) -> bool:
        """Whether contents of files may have to be fetched first."""
        return self._blobs.source is not None

    def complete(self, sha: str, *paths: str) -> bool:
        """Whether the text files of a commit, all or those below these paths, can be searched; fetches in one round trip what a clone lacks of them."""
        return self._blobs.fetch_tree(sha, *paths)

    def line_log(self, sha: str, path: str, span: tuple[int, int], relation: Relation, count: int) -> tuple[Commit, ...]:
        """The last commits that changed these lines, newest first, each with what it changed of them."""
        text = self.output("log", f"-L{span[0]},{span[1]}:{path}", "-n", str(count), "--no-merges", _FORMAT, *_PATCH[1:], sha, "--")
        return self._commits(text, path, relation)

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
        self._searchable((sha,))
        try:
            found = self._git(("grep", "-I", "-l", "-z", "--no-textconv", "--fixed-strings", "-e", line, sha, "--"))
        except RefusedError:
            return frozenset()
        return frozenset(name.partition(":")[2] for name in found.decode("utf-8", "surrogateescape").split("\0") if name)

    def _commits(self, text: str, path: str, relation: Relation) -> tuple[Commit, ...]:
        matches = list(_RECORD.finditer(text))
        ends = [*(match.start() for match in matches[1:]), len(text)]
        found = []
        for match, end in zip(matches, ends, strict=False):  # where git names no commit, there is an end of nothing
            files = by_file(text[match.end() : end])
            name = path if path in files or not files else next(iter(files))
            found.append(self._commit(match, name, relation, files.get(name, ((), ()))))
        return tuple(found)

    def _commit(self, match: re.Match[str], path: str, relation: Relation, lines: Lines) -> Commit:
        sha, author, time, subject = match.groups()
        removed, added = lines
        return Commit(self.name, sha, cut(one_line(author), 80), _moment(time), cut(one_line(subject), 200), path, relation, removed, added)

    def output(self, *arguments: str, seconds: float | None = None) -> str:
        """What one git command prints. The caller has checked every argument that comes from outside; raises SourceError. `seconds` may be a shorter limit."""
        reads = command_of(arguments) in _READS_CONTENT
        if reads:
            self._blobs.fetch_for(arguments)
        elif command_of(arguments) == "grep":
            self._searchable([word for word in arguments if _WHOLE_SHA.fullmatch(word)])
        try:
            return self._git(arguments, remote=self._blobs.source if reads else None, seconds=seconds).decode("utf-8", "replace")
        except RefusedError as error:
            if self._blobs.refusal is None:
                raise
            cause = f"older contents are not in the cache, and {self._blobs.refusal.cause}"
            raise SourceError(error.doing, cause, self._blobs.refusal.remedy) from error

    def _searchable(self, shas: Sequence[str]) -> None:
        """A search that skips what it cannot read would say "nowhere": rather none. Raises SourceError."""
        if shas and not self.complete(shas[-1]) and self._blobs.refusal:
            cause = f"the files are not all in the cache, and {self._blobs.refusal.cause}"
            raise SourceError(f"searching {self.name}", cause, self._blobs.refusal.remedy)

    def attempt(self, *arguments: str) -> str | None:
        """What one git command prints; None when git refuses it. Raises SourceError when it outlasts its time."""
        try:
            return self._git(arguments).decode("utf-8", "replace")
        except RefusedError:
            return None


def _moment(seconds: str) -> datetime:
    """Git's time; one beyond every calendar is the last second."""
    return datetime.fromtimestamp(min(max(int(seconds), 0), _LAST_SECOND), UTC)


def _git_dir(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise SourceError(f"reading the code of {name}", f"{folder} does not exist", _CHECK_OUT)
    if (folder / ".git").exists():
        return folder.resolve() / ".git"
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        return folder.resolve()
    raise SourceError(f"reading the code of {name}", f"{folder} is not the top of a git repository", _CHECK_OUT)
