"""Repositories cloned into a cache folder without the content of their files, fetched anew in each run, never left half-made."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from bot.clock import utc_now
from bot.config import Codebase, Secret
from bot.core.links.repository_address import ACCEPTED, Address, address
from bot.errors import SourceError
from bot.model import Gap
from bot.sources.code.git_command import GitCommand, RefusedError
from bot.sources.code.git_history import Checkout
from bot.sources.code.remote import CodeRemote, RemoteError

_FRESH = timedelta(seconds=60)
_MANY_PACKS = 60
_FETCHED = "errata-fetched"
_CONFIG = """[core]
\trepositoryformatversion = 0
\tbare = true
[remote "origin"]
\turl = "{url}"
\tfetch = +refs/heads/*:refs/heads/*
\tfetch = +refs/tags/*:refs/tags/*
"""
_FETCH = (
    "fetch",
    "--quiet",
    "--prune",
    "--force",
    "--no-tags",
    "--no-auto-gc",
    "--no-write-fetch-head",
    "--recurse-submodules=no",
    "--update-shallow",
    "origin",
)
_SLOW = "raise `limits.source_seconds`, or run `bot doctor` once: it fetches without that limit, and the cache is kept"


class Clones:
    """The cache. One folder an address, so that codebases of one repository share it; `token` gives the credentials for an address.

    Two runs at once wait for each other: a lock that ends with its process. What the folder holds beside objects and refs is
    written anew before it is used, so that nothing in a cache can make git run a program or speak to another address.
    """

    def __init__(
        self,
        folder: Path,
        token: Callable[[Address, Codebase], Secret | None] = lambda _address, _codebase: None,
        seconds: float = 20,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._folder, self._token, self._seconds, self._clock = folder, token, seconds, clock

    def checkout(self, codebase: Codebase, seconds: float, *, limit: float | None = None) -> tuple[Checkout, Gap | None]:
        """The clone of `codebase.repository`, fetched if that was not done within the last minute; a Gap when the cached state had to do.

        `seconds` limits one reading command, `limit` the cloning or fetching. Raises SourceError when there is no clone to read.
        """
        where = address(codebase.repository or "")
        if where is None:
            raise SourceError(
                f"cloning {codebase.name}", f"`repository` is no address that is cloned from: {ACCEPTED}", "correct `repository` in the configuration"
            )
        clone = _Clone(self._folder, CodeRemote(where, self._token(where, codebase)), codebase.name, limit or self._seconds)
        gap = clone.refresh(self._clock)
        return Checkout(clone.folder, codebase.name, seconds, clone.remote), gap

    def prepare(self, codebases: Iterable[Codebase], limit: float = 600) -> None:
        """Clones what is not in the cache yet, each within `limit` seconds: a first clone may outlast a diagnosis. What fails is told when it is read."""
        for codebase in codebases:
            where = address(codebase.repository or "")
            if where is not None and not (clone := _Clone(self._folder, CodeRemote(where, self._token(where, codebase)), codebase.name, limit)).made:
                with suppress(SourceError):
                    clone.refresh(self._clock)


class _Clone:
    def __init__(self, cache: Path, remote: CodeRemote, name: str, seconds: float) -> None:
        self.remote, self._name, self._seconds = remote, name, seconds
        self._key = f"{remote.address.name}-{hashlib.sha256(remote.address.url.encode()).hexdigest()[:8]}"
        self._cache, self.folder = cache, cache / self._key
        self._until = monotonic() + seconds

    @property
    def made(self) -> bool:
        """Whether it was cloned before."""
        return (self.folder / _FETCHED).is_file()

    def refresh(self, clock: Callable[[], datetime]) -> Gap | None:
        """Clones, or fetches what is new. Raises SourceError when nothing can be read."""
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with self._locked() as mine:
                if not mine:
                    return self._left_as_it_is(clock, "another run is fetching it", "run this again when it is done")
                return self._refreshed(clock)
        except OSError as error:
            raise SourceError(f"cloning {self._name}", f"{self._cache}: {error.strerror or error}", "make `code_cache` a folder that can be written") from error

    def _refreshed(self, clock: Callable[[], datetime]) -> Gap | None:
        for left in self._cache.glob(f".{self._key}.*"):
            shutil.rmtree(left, ignore_errors=True)
        if not self._is_sound():
            self._clone(clock)
        elif (at := self._fetched()) and timedelta(0) <= clock() - at < _FRESH:
            return None
        else:
            try:
                self._fetch(self.folder, clock)
            except RemoteError as error:
                return self._left_as_it_is(clock, error.cause, error.remedy)
            except RefusedError:  # neither the address nor the network: the cache itself
                self._clone(clock)
            except SourceError as error:
                return self._left_as_it_is(clock, error.cause, _SLOW)
        self._tidied()
        return None

    def _left_as_it_is(self, clock: Callable[[], datetime], cause: str, remedy: str) -> Gap:
        if not self.made:
            raise SourceError(f"cloning {self._name}", cause, remedy)
        at = self._fetched()
        age = f"of {at:%Y-%m-%d %H:%M} UTC, {_ago(clock() - at)} old," if at else "of an unknown time"
        return Gap("code", f"the newest commits of {self._name}", f"{cause}; the cached state {age} was read", remedy)

    def _is_sound(self) -> bool:
        """Whether the newest commits and all their trees can be read; a truncated pack or a lost object shows there."""
        if not self.made or not (self.folder / "objects").is_dir():
            return False
        self._made_ours(self.folder)
        try:
            return bool(self._git(self.folder, "rev-list", "-n", "20", "--objects", "--no-object-names", "--filter=blob:none", "--branches"))
        except RefusedError:
            return False

    def _made_ours(self, folder: Path) -> None:
        """Nothing but objects and refs is believed of a cache; locks are those of a run that died, since we hold the lock."""
        (folder / "config").write_text(_CONFIG.format(url=self.remote.address.url.replace("\\", "\\\\").replace('"', '\\"')), encoding="utf-8")
        for name in ("hooks", "info", "worktrees", "modules"):
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in ("config.worktree", "commondir", "gitdir", "objects/info/alternates", "objects/info/http-alternates", "shallow.lock", "packed-refs.lock"):
            (folder / name).unlink(missing_ok=True)
        for pattern in ("*.lock", "refs/**/*.lock", "objects/info/**/*.lock", "objects/pack/*.lock", "objects/pack/tmp_*"):
            for left in folder.glob(pattern):
                left.unlink(missing_ok=True)

    def _clone(self, clock: Callable[[], datetime]) -> None:
        made = Path(tempfile.mkdtemp(prefix=f".{self._key}.", dir=self._cache))
        try:
            self._git(made, "init", "--quiet", "--bare", "--template=")
            self._made_ours(made)
            self._fetch(made, clock)
            if self.folder.exists():
                self.folder.rename(made.with_name(f"{made.name}.old"))
            made.rename(self.folder)
        except RefusedError as error:
            raise SourceError(f"cloning {self._name}", error.cause, f"try `git clone {self.remote.address.url}` by hand") from error
        except RemoteError as error:
            raise SourceError(f"cloning {self._name}", error.cause, error.remedy) from error
        except SourceError as error:
            raise SourceError(f"cloning {self._name}", error.cause, error.remedy if "empty" in error.cause else _SLOW) from error
        finally:
            for left in (made, made.with_name(f"{made.name}.old")):
                shutil.rmtree(left, ignore_errors=True)

    def _fetch(self, folder: Path, clock: Callable[[], datetime]) -> None:
        at = clock()
        head = self._default_branch(folder)
        self._git(folder, *_FETCH, remote=self.remote)
        branches = self._git(folder, "for-each-ref", "--format=%(refname)", "refs/heads").split()
        if not branches:
            raise SourceError(f"cloning {self._name}", f"{self.remote.address.url} is empty: it has no branch", "push a first commit, or correct `repository`")
        head = next((ref for ref in (head, "refs/heads/main", "refs/heads/master") if ref in branches), branches[0])
        self._git(folder, "symbolic-ref", "HEAD", head)
        if (folder / "shallow").exists():  # the address is a shallow clone itself, or a former run was told so
            with suppress(SourceError):
                self._git(folder, "fetch", "--quiet", "--unshallow", "--no-write-fetch-head", "origin", remote=self.remote)
        (folder / _FETCHED).write_text(at.isoformat(timespec="seconds"), encoding="ascii")

    def _tidied(self) -> None:
        """What makes reading fast, while there is time: the contents of the branch itself, paths in the commit-graph, few packs."""
        with suppress(SourceError):
            Checkout(self.folder, self._name, max(0.1, self._until - monotonic()), self.remote).complete("HEAD")
        self._tried("pack-refs", "--all")
        if self._until - monotonic() > 0.2 * self._seconds:
            self._tried("commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress")
        if len(list((self.folder / "objects" / "pack").glob("*.pack"))) > _MANY_PACKS and self._until - monotonic() > 0.5 * self._seconds:
            self._tried("repack", "-a", "-d", "--quiet", remote=self.remote)

    def _default_branch(self, folder: Path) -> str | None:
        """The branch that the address's HEAD names. Also the first thing asked: a refusal comes before anything is fetched."""
        told = self._git(folder, "ls-remote", "--symref", "origin", "HEAD", remote=self.remote)
        return next((line.split()[1] for line in told.splitlines() if line.startswith("ref: refs/heads/")), None)

    def _fetched(self) -> datetime | None:
        try:
            at = datetime.fromisoformat((self.folder / _FETCHED).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return at if at.tzinfo else None

    def _git(self, folder: Path, *arguments: str, remote: CodeRemote | None = None) -> str:
        return GitCommand(folder, self._name, max(0.1, self._until - monotonic()))(arguments, remote=remote).decode("utf-8", "replace")

    def _tried(self, *arguments: str, remote: CodeRemote | None = None) -> None:
        with suppress(SourceError):  # the clone is as readable as before, only slower
            self._git(self.folder, *arguments, remote=remote)

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        with (self._cache / f"{self._key}.lock").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    # Half of the time for waiting: the other half must do for reading.
                    if self._until - monotonic() < 0.5 * self._seconds:
                        yield False
                        return
                    sleep(0.05)
            yield True


def _ago(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"
