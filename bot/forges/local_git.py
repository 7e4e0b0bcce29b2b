"""A git repository on this machine, written with plumbing: no hooks, no signing, no touching of the index or the work tree."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple

import git
from git.exc import GitCommandError

from bot.errors import ForgeError, StaleBranch
from bot.model import File

AUTHOR, EMAIL = "errata bot", "errata@localhost"
OPTIONS = ("core.hooksPath=" + os.devnull, "core.fsmonitor=false", "i18n.commitEncoding=UTF-8", "protocol.ext.allow=never", "advice.detachedHead=false")


class Change(NamedTuple):
    """A file that differs between two commits: where it was (None: nowhere), where it is, and the blobs."""

    earlier: str | None
    path: str
    old_blob: str
    new_blob: str


class LocalGit:
    """Reads and writes one repository. Raises ForgeError with what git said."""

    def __init__(self, folder: Path) -> None:
        try:
            repo = git.Repo(folder)
        except (git.exc.InvalidGitRepositoryError, git.exc.NoSuchPathError) as error:
            raise ForgeError(f"opening the repository {folder}", "it is no git repository", f"git init --initial-branch=main {folder}") from error
        self._git = repo.git
        self.folder = Path(repo.common_dir)
        self._own_folder = Path(repo.git_dir)
        self._bare = repo.bare
        # Set outright: inside a git hook these are inherited and name another repository.
        self._environment = {
            "GIT_DIR": str(repo.git_dir),
            "GIT_INDEX_FILE": str(self._own_folder / "index"),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
        }
        if repo.working_tree_dir:
            self._environment["GIT_WORK_TREE"] = str(repo.working_tree_dir)

    def commit_id(self, name: str) -> str | None:
        """The full id of a commit; None when there is none of that name."""
        return self._answer("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") or None

    def head(self, branch: str) -> str | None:
        """The commit that a branch points at; None when there is no such branch."""
        return self.commit_id(f"refs/heads/{branch}")

    def text(self, commit: str, path: str) -> str | None:
        """The file's text at a commit, None when there is none. Raises ForgeError for what is no UTF-8 text."""
        blob = self.blob(commit, path)
        if blob is None:
            return None
        try:
            return self.content(blob).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ForgeError(f"reading {path} at {commit[:12]}", "it is not UTF-8 text", "save the file as UTF-8") from error

    def blob(self, commit: str, path: str) -> str | None:
        """The id of a file's content at a commit; None when there is no file."""
        return self.blobs(commit, path).get(path)

    def blobs(self, commit: str, *paths: str) -> dict[str, str]:
        """Path → content id of those paths that are files at a commit."""
        listed = self._run("ls-tree", "-z", "--full-tree", commit, "--", *paths).decode("utf-8", errors="replace")
        lines = (line.partition("\t") for line in listed.split("\0") if line)
        return {path: facts.split()[2] for facts, _, path in lines if facts.split()[1] == "blob"}

    def content(self, blob: str) -> bytes:
        """The content of a blob."""
        return self._run("cat-file", "blob", blob)

    def contains(self, commit: str, ancestor: str) -> bool:
        """Whether `ancestor` is `commit` or stands in its history; False for a commit that is gone."""
        return self.commit_id(ancestor) is not None and self._answer("merge-base", "--is-ancestor", ancestor, commit) is not None

    def parent(self, commit: str) -> str | None:
        """The first parent; None for a root commit. Raises ForgeError where a shallow clone is cut off, which looks like a root."""
        parent = self.commit_id(f"{commit}^1")
        if parent is None and self._word("rev-parse", "--is-shallow-repository") == "true":
            raise ForgeError(f"looking for the commit before {commit[:12]}", "this clone is shallow and ends there", "git fetch --unshallow")
        return parent

    def changes(self, before: str | None, after: str, folder: str) -> list[Change]:
        """What differs below a folder, renames recognised, deletions left out. Without `before`: everything at `after`."""
        base = before or self._word("hash-object", "-t", "tree", "--stdin")
        raw = self._run("diff-tree", "-r", "-z", "-M", "--raw", "--no-abbrev", "--no-commit-id", base, after, "--", folder)
        fields = iter(raw.decode("utf-8", errors="surrogateescape").split("\0"))
        found = []
        for head in fields:
            if not head:
                break
            _, mode, old, new, status = head.split()
            first = next(fields)
            path = next(fields) if status[0] in "RC" else first
            if status[0] in "AMRCT" and mode.startswith("100"):
                found.append(Change(None if status[0] in "AC" else first, path, old, new))
        return found

    def blobs_of(self, path: str, base: str, commit: str) -> set[str]:
        """Every content that a path has had in the commits after `base`."""
        raw = self._run("log", "-m", "--format=", "--raw", "--no-abbrev", f"{base}..{commit}", "--", path).decode("utf-8", errors="replace")
        return {line.split()[3] for line in raw.splitlines() if line.startswith(":")}

    def merger(self, path: str, before: str | None, after: str) -> tuple[str, datetime] | None:
        """Who merged the branch that last brought a change of `path`, and when; None when it was committed directly."""
        span = f"{before}..{after}" if before else after
        line = self._run("log", "-1", "--first-parent", "--format=%P%x00%ct%x00%an", span, "--", path).decode("utf-8", errors="replace").strip("\n")
        parents, seconds, author = (*line.split("\0", 2), "", "")[:3]
        return (author, datetime.fromtimestamp(int(seconds), UTC)) if len(parents.split()) > 1 else None

    def log(self, base: str, tip: str, limit: int) -> tuple[tuple[datetime, str], ...]:
        """Time and author of the commits of `tip` that the branch `base` has not, the newest first, merges left out; none where one of the two is gone."""
        if self.commit_id(tip) is None or self.commit_id(base) is None:
            return ()
        raw = self._run("log", f"--max-count={limit}", "--no-merges", "--format=%ct%x00%an", f"{base}..{tip}").decode("utf-8", errors="replace")
        pairs = (line.partition("\0") for line in raw.splitlines() if "\0" in line)
        return tuple((datetime.fromtimestamp(int(seconds), UTC), name) for seconds, _, name in pairs)

    def messages(self, base: str | None, tip: str, limit: int) -> tuple[tuple[str, datetime, str], ...]:
        """Id, time and whole message of the commits that `tip` has and `base` has not, the latest first; without a base, of `tip` alone."""
        span = [f"{base}..{tip}"] if base else ["--no-walk", tip]
        told = self._run("log", f"--max-count={limit}", "--format=%H%x00%ct%x00%B%x00", *span).decode("utf-8", errors="replace").split("\0")
        rows = zip(told[::3], told[1::3], told[2::3], strict=False)
        return tuple((sha.strip(), datetime.fromtimestamp(int(seconds), UTC), words.strip()) for sha, seconds, words in rows)

    def arrival(self, base: str, branch: str, paths: tuple[str, ...]) -> datetime | None:
        """When the first change of one of the paths came to a branch after `base`; None when none did."""
        if self.commit_id(base) is None or not paths:
            return None
        raw = self._run("log", "--first-parent", "--format=%ct", f"{base}..{branch}", "--", *paths).decode("utf-8", errors="replace").split()
        return datetime.fromtimestamp(int(raw[-1]), UTC) if raw else None

    def commit(self, base: str, files: tuple[File, ...], message: str, time: datetime) -> str | None:
        """A commit on top of `base`, on no branch yet; None when the files stand there already."""
        with TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            self._run("read-tree", base, env=index)
            for file in files:
                blob = self._word("hash-object", "-w", "--stdin", given=_utf8(file.text))
                # Unlike --index-info this refuses a path that leaves the repository or reaches into .git.
                self._run("update-index", "--add", "--replace", "--cacheinfo", f"100644,{blob},{file.path}", env=index)
            tree = self._word("write-tree", env=index)
        if tree == self._word("rev-parse", "--verify", f"{base}^{{tree}}"):
            return None
        stamp = f"{int(time.timestamp())} +0000"
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", AUTHOR), ("EMAIL", EMAIL), ("DATE", stamp))}
        return self._word("commit-tree", tree, "-p", base, "-F", "-", given=_utf8(message), env=who)

    def move(self, branch: str, commit: str, expected: str | None, paths: tuple[str, ...]) -> None:
        """Point a branch at a commit if it still points at `expected` (None: if it does not exist), else StaleBranch.

        Where the branch is checked out, the paths are checked out too, so that `git status` stays clean; ForgeError when they
        hold changes that are not committed.
        """
        if expected is None:
            self._run("check-ref-format", "--branch", branch)
        out = self._is_checked_out(branch)
        if out:
            self._check_clean(branch, paths)
            if expected and not self.contains(commit, expected):
                raise ForgeError(f"starting {branch} anew", "the branch is checked out", "git switch another branch, then run this again")
        self._set(branch, commit, expected)
        if not out or not paths:
            return
        try:
            self._run("checkout", "--quiet", commit, "--", *paths)
        except ForgeError:
            if expected:
                self._set(branch, expected, commit)
            raise

    def _set(self, branch: str, commit: str, expected: str | None) -> None:
        try:
            self._run("update-ref", "-m", "errata", f"refs/heads/{branch}", commit, expected or "0" * len(commit))
        except ForgeError as error:
            if self.head(branch) != expected:
                raise StaleBranch(
                    f"writing to {branch}", "somebody changed the branch meanwhile", "run this again: it starts from how the branch stands now"
                ) from error
            raise

    def _is_checked_out(self, branch: str) -> bool:
        return not self._bare and self._answer("symbolic-ref", "--quiet", "HEAD") == f"refs/heads/{branch}"

    def _check_clean(self, branch: str, paths: tuple[str, ...]) -> None:
        doing = f"writing to {branch}, which is checked out"
        if (self._own_folder / "MERGE_HEAD").exists():
            raise ForgeError(doing, "a merge is under way", "finish it with `git commit`, or give it up with `git merge --abort`")
        dirty = self._run("status", "--porcelain", "-z", "--untracked-files=all", "--", *paths).decode("utf-8", errors="replace")
        if dirty:
            names = ", ".join(entry[3:] for entry in dirty.split("\0") if entry)
            raise ForgeError(doing, f"there are changes that are not committed: {names}", "commit them, or set them aside with `git stash`")

    def _answer(self, *arguments: str) -> str | None:
        """What git printed; None when it answered no (exit code 1, or 128 for a name that it does not know)."""
        try:
            return self._word(*arguments)
        except ForgeError as error:
            if isinstance(error.__cause__, GitCommandError) and error.__cause__.status in {1, 128}:
                return None
            raise

    def _word(self, *arguments: str, given: bytes = b"", env: dict[str, str] | None = None) -> str:
        return self._run(*arguments, given=given, env=env).decode("utf-8", errors="replace").strip()

    def _run(self, *arguments: str, given: bytes = b"", env: dict[str, str] | None = None) -> bytes:
        command = [git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git", *(part for option in OPTIONS for part in ("-c", option)), *arguments]
        with _told(arguments[0]), TemporaryFile() as stdin:
            stdin.write(given)
            stdin.seek(0)
            surroundings = {**self._environment, **(env or {})}
            printed: bytes = self._git.execute(command, istream=stdin, stdout_as_string=False, strip_newline_in_stdout=False, env=surroundings)
            return printed


@contextmanager
def _told(command: str) -> Iterator[None]:
    try:
        yield
    except GitCommandError as error:
        said = " ".join(str(error.stderr).replace("stderr: ", "").strip(" '\n").split())[:300]
        raise ForgeError(f"running git {command}", said or f"git ended with {error.status}", "mend what git names and run this again") from error


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ForgeError("writing to git", "the text holds characters that are not Unicode", "remove them: \\ud800 to \\udfff") from error
