"""Repositories that are cloned into the cache: partial, fetched anew, never half-made, and silent about their token."""

import fcntl
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Codebase, Secret
from bot.core.links.repository_address import Address, address
from bot.errors import SourceError
from bot.model import Checkup, Commit, Findings
from bot.sources.code.checkup import examined
from bot.sources.code.clone import Clones
from bot.sources.code.code import CodeSource
from bot.sources.code.git_command import RefusedError
from bot.sources.code.git_history import Checkout
from bot.sources.code.remote import CodeRemote
from tests.fakes.git_http import TOKEN, GitHost
from tests.fakes.loopback import Answer, Request
from tests.test_code_source import FRAME, HANDLER, LOCKED, PLAIN, Repository, inquiry

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.slow


class Cache:
    """A cache folder, and a clock that a test can move."""

    def __init__(self, folder: Path, token: str | None = TOKEN) -> None:
        self.folder, self.now = folder, NOW
        self.clones = Clones(folder, lambda _address, _codebase: Secret(token) if token else None, clock=lambda: self.now)

    def checkout(self, repository: str, **more: object) -> Checkout:
        """The clone, without a gap."""
        checkout, gap = self.clones.checkout(codebase(repository, **more), 10)
        assert gap is None
        return checkout

    def later(self, **time: float) -> None:
        """Time goes by."""
        self.now += timedelta(**time)

    @property
    def clone(self) -> Path:
        """The only clone there is."""
        (found,) = [one for one in self.folder.iterdir() if one.is_dir() and one.name[0] != "."]
        return found


def codebase(repository: str, **more: object) -> Codebase:
    """A codebase that is cloned."""
    return Codebase(**{"name": "transfers", "repository": repository, **more})  # type: ignore[arg-type]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """An empty cache."""
    return Cache(tmp_path / "cache" / "code")


@pytest.fixture
def upstream(tmp_path: Path) -> Repository:
    """A repository with three commits on its handler and a tag."""
    repository = Repository(tmp_path / "hosted" / "transfers")
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    repository.commit("first (#1)", {HANDLER: PLAIN, "README.md": "transfers\n", "logo.png": b"\x89PNG"})
    repository.commit("Lock the leaves (#2)", {HANDLER: LOCKED})
    repository.commit("drop the lock (#3)", {HANDLER: PLAIN + "\n\nlast = 1\n"})
    repository.git("tag", "v1.0.0", "HEAD~1")
    return repository


@pytest.fixture
def host(upstream: Repository) -> Iterator[GitHost]:
    """The same repository behind http and a token."""
    with GitHost(upstream.folder.parent) as server:
        yield server


def url(upstream: Repository) -> str:
    """Its address on this disk."""
    return f"file://{upstream.folder}"


def ask(cache: Cache, one: Codebase, **more: object) -> Findings:
    """What the code source answers for the failing handler."""
    return CodeSource(cache.folder, (one,), clones=cache.clones).gather(inquiry(FRAME, **more))  # type: ignore[arg-type]


def blobs(folder: Path) -> int:
    """How many contents a clone holds."""
    return Repository(folder).git("cat-file", "--batch-all-objects", "--batch-check").count(" blob ")


def _address(text: str) -> Address:
    found = address(text)
    assert found is not None
    return found


def test_a_clone_has_the_whole_history_and_the_contents_of_today(cache: Cache, upstream: Repository) -> None:
    """Branches, tags and commits are all there; of contents only those of the branch's head that are text."""
    upstream.git("branch", "release/1.x", "HEAD~1")
    checkout = cache.checkout(url(upstream))
    assert checkout.head == upstream.git("rev-parse", "HEAD")
    assert checkout.branch("release/1.x")
    assert [tag.name for tag in checkout.tags()] == ["v1.0.0"]
    assert len(checkout.versions(checkout.head, HANDLER, 10)) == 3
    assert blobs(cache.clone) == 2
    assert list((cache.clone / "objects" / "info" / "commit-graphs").glob("*.graph"))


def test_the_code_source_reads_a_clone_like_a_checkout(cache: Cache, upstream: Repository) -> None:
    """Place, commits and links; the address on https is also where people browse it."""
    findings = ask(cache, codebase(url(upstream), url="https://github.com/acme/transfers"))
    commits = [one.detail for one in findings.evidence if isinstance(one.detail, Commit)]
    lock = {one.subject: one for one in commits}["Lock the leaves (#2)"]
    assert lock.added == ("        .with_for_update(skip_locked=True)",)
    assert lock.pull_request == "https://github.com/acme/transfers/pull/2"


def test_the_next_run_fetches_only_what_is_new(cache: Cache, host: GitHost, upstream: Repository) -> None:
    """The clone stays; a new commit, a moved tag and a deleted branch arrive."""
    upstream.git("branch", "gone")
    cache.checkout(f"{host.url}/transfers")
    made = cache.clone.stat().st_ino
    upstream.git("branch", "-D", "gone")
    new = upstream.commit("fourth", {HANDLER: LOCKED})
    upstream.git("tag", "--force", "v1.0.0", "HEAD")
    cache.later(minutes=5)
    checkout = cache.checkout(f"{host.url}/transfers")
    assert checkout.head == new
    assert checkout.branch("gone") is None
    assert checkout.tags()[0].commit == new
    assert cache.clone.stat().st_ino == made


def test_within_a_minute_nothing_is_asked_again(cache: Cache, host: GitHost) -> None:
    """Several alerts of one message, and two sources, share one fetch."""
    cache.checkout(f"{host.url}/transfers")
    asked = len(host.requests)
    cache.checkout(f"{host.url}/transfers", name="ledger")
    assert len(host.requests) == asked


def test_preparing_clones_once_and_fails_silently(cache: Cache, host: GitHost) -> None:
    """Before a diagnosis, with all the time that a first clone takes; what cannot be cloned is told when it is read."""
    wanted = [codebase(f"{host.url}/transfers"), codebase(f"{host.url}/nothing"), Codebase("here", path=".")]
    cache.clones.prepare(wanted)
    assert (cache.clone / "errata-fetched").is_file()
    asked = len(host.requests)
    cache.clones.prepare(wanted[:1])
    assert len(host.requests) == asked


def test_a_renamed_default_branch_is_followed(cache: Cache, upstream: Repository) -> None:
    """HEAD is asked for anew each time."""
    cache.checkout(url(upstream))
    upstream.git("branch", "--move", "main", "trunk")
    cache.later(hours=1)
    checkout = cache.checkout(url(upstream))
    assert checkout.tip_branch() == "refs/heads/trunk"
    assert checkout.branch("main") is None


def test_contents_of_a_history_come_in_one_round_trip(cache: Cache, host: GitHost) -> None:
    """Blame, log -L and log -p of a file ask the host once, not once a version; then not at all."""
    checkout = cache.checkout(f"{host.url}/transfers")
    before = len(host.fetches)
    checkout.output("blame", checkout.head, "--", HANDLER)
    assert len(host.fetches) == before + 1
    checkout.line_log(checkout.head, HANDLER, (4, 11), "changed the failing function", 5)
    checkout.output("log", "-p", "-n", "5", checkout.head, "--", HANDLER)
    checkout.blobs([(f"{checkout.head}~1", HANDLER), (f"{checkout.head}~2", HANDLER)])
    assert len(host.fetches) == before + 1


def test_a_search_needs_the_whole_commit(cache: Cache, host: GitHost, upstream: Repository) -> None:
    """An older commit is fetched at once; where it cannot be, there is no answer rather than a wrong one. Pictures are not missed."""
    first = upstream.git("rev-parse", "HEAD~1")
    checkout = cache.checkout(f"{host.url}/transfers")
    before = len(host.fetches)
    assert checkout.places_of(first, "skip_locked=True") == {HANDLER}
    assert checkout.places_of(first, "nowhere to be found") == frozenset()
    assert len(host.fetches) == before + 1
    with pytest.raises(RefusedError, match=r"exit code 1$"):
        checkout.output("grep", "-I", "-n", "-e", "nowhere", first, "--")
    upstream.commit("fourth", {HANDLER: LOCKED})
    host.token = "another"
    with pytest.raises(SourceError, match="not all in the cache"):
        Checkout(cache.clone, "transfers", 10, CodeRemote(_address(f"{host.url}/transfers"))).places_of(upstream.git("rev-parse", "HEAD~3"), "x")


def test_an_unknown_commit_is_never_asked_for(cache: Cache, host: GitHost) -> None:
    """A SHA from a log is looked for in the clone only: fetching it would bring its whole history."""
    checkout = cache.checkout(f"{host.url}/transfers")
    asked = len(host.requests)
    assert checkout.known_commit("0123456789abcdef0123456789abcdef01234567") is None
    assert len(host.requests) == asked


def test_offline_the_cached_state_is_read_and_its_age_told(cache: Cache, host: GitHost) -> None:
    """Evidence of yesterday is better than none, when it says that it is of yesterday."""
    one = codebase(f"{host.url}/transfers")
    cache.checkout(f"{host.url}/transfers")
    host.token = "another"
    cache.later(hours=5)
    findings = ask(cache, one)
    assert findings.evidence
    (gap,) = [gap for gap in findings.gaps if "newest commits" in gap.wanted]
    assert "refused the token; the cached state of 2026-01-01 12:00 UTC, 5 hours old, was read" in gap.cause
    assert "CODE_TOKEN" in gap.remedy


def test_contents_that_are_not_cached_and_cannot_be_fetched_are_a_gap(cache: Cache, host: GitHost) -> None:
    """The code of today is shown, its history is not guessed."""
    cache.checkout(f"{host.url}/transfers")
    host.token = "another"
    cache.later(minutes=5)
    findings = ask(cache, codebase(f"{host.url}/transfers"))
    assert any("older contents are not in the cache" in gap.cause and "refused the token" in gap.cause for gap in findings.gaps)


@pytest.mark.parametrize(
    ("status", "cause"), [(401, "refused the token"), (403, "refused access (403)"), (404, "does not exist, or may not be seen"), (500, "answered 500")]
)
def test_without_access_and_without_a_cache_there_is_a_gap(cache: Cache, host: GitHost, status: int, cause: str) -> None:
    """The cause tells the ways of being refused apart, the remedy is something to do; nothing half-made stays."""
    host.fail(lambda _: True, Answer(status, b"no", {"WWW-Authenticate": 'Basic realm="git"'}), times=100)
    findings = ask(cache, codebase(f"{host.url}/transfers"))
    assert not findings.evidence
    assert [cause in gap.cause and bool(gap.remedy) for gap in findings.gaps] == [True]
    assert not [one for one in cache.folder.iterdir() if one.is_dir()]


def test_an_address_where_nothing_listens_is_a_gap(cache: Cache) -> None:
    """No diagnosis fails for a network that is down."""
    (gap,) = ask(cache, codebase("http://127.0.0.1:9/transfers")).gaps
    assert "could not be reached" in gap.cause


def test_the_token_is_in_the_header_and_nowhere_else(cache: Cache, host: GitHost, tmp_path: Path) -> None:
    """Not in the clone's files, not in an error, not in a repr, not in a command line."""
    script = tmp_path / "git"
    real = shutil.which("git")
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/commands\nexec {real} "$@"\n')
    script.chmod(0o755)
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{tmp_path}:{path}"
    try:
        checkout = cache.checkout(f"{host.url}/transfers")
        checkout.output("blame", checkout.head, "--", HANDLER)
        host.fail(lambda _: True, Answer(403, TOKEN.encode()), times=100)
        with pytest.raises(SourceError) as error:
            cache.clones.checkout(codebase(f"{host.url}/other"), 10)
    finally:
        os.environ["PATH"] = path
    assert host.requests[0].headers["authorization"].startswith("Basic ")
    told = [
        (tmp_path / "commands").read_text(),
        repr(error.value),
        error.value.cause,
        error.value.remedy,
        repr(CodeRemote(_address(f"{host.url}/transfers"), Secret(TOKEN))),
    ]
    secrets = [TOKEN, host.requests[0].headers["authorization"].split()[1]]
    kept = [file.read_bytes() for file in cache.folder.rglob("*") if file.is_file()]
    assert "ls-remote" in told[0]
    assert not [one for one in told for secret in secrets if secret in one]
    assert not [one for one in kept for secret in secrets if secret.encode() in one]


def test_a_redirect_does_not_carry_the_token_away(cache: Cache, host: GitHost, tmp_path: Path) -> None:
    """A host that moves a repository elsewhere is told as such; nobody else is asked."""
    with GitHost(tmp_path / "elsewhere") as other:
        host.fail(lambda _: True, Answer(301, b"", {"Location": f"{other.url}/transfers/info/refs?service=git-upload-pack"}), times=100)
        (gap,) = ask(cache, codebase(f"{host.url}/transfers")).gaps
        assert "has moved" in gap.cause
        assert other.requests == []


def test_a_clone_that_breaks_off_leaves_nothing_half_made(cache: Cache, host: GitHost, upstream: Repository) -> None:
    """The connection ends in the middle; the next run clones as if nothing had been. What a killed run left is swept away."""

    def is_fetch(request: Request) -> bool:
        return request.method == "POST" and b"command=fetch" in request.body

    host.fail(is_fetch, Answer(cut=True), times=10)
    with pytest.raises(SourceError):
        cache.checkout(f"{host.url}/transfers")
    assert not [one for one in cache.folder.iterdir() if one.is_dir()]
    host.faults.clear()
    cache.checkout(f"{host.url}/transfers")
    half = cache.folder / f".{cache.clone.name}.abc"
    half.mkdir()
    (cache.clone / "packed-refs.lock").touch()
    upstream.commit("fourth", {HANDLER: LOCKED})
    cache.later(minutes=2)
    assert cache.checkout(f"{host.url}/transfers").head == upstream.git("rev-parse", "HEAD")
    assert not half.exists()


@pytest.mark.parametrize("damage", ["truncated", "no refs", "no marker", "empty folder"])
def test_a_broken_cache_is_cloned_anew(cache: Cache, upstream: Repository, damage: str) -> None:
    """A pack cut short, lost refs, a clone that was never finished: noticed before anything is read."""
    cache.checkout(url(upstream))
    clone = cache.clone
    if damage == "truncated":
        for pack in (clone / "objects" / "pack").glob("*.pack"):
            pack.chmod(0o644)
            pack.write_bytes(pack.read_bytes()[:40])
    elif damage == "no refs":
        shutil.rmtree(clone / "refs")
        (clone / "packed-refs").unlink()
    elif damage == "no marker":
        (clone / "errata-fetched").unlink()
    else:
        shutil.rmtree(clone)
        clone.mkdir()
    assert cache.checkout(url(upstream)).head == upstream.git("rev-parse", "HEAD")


def test_nothing_in_a_cache_makes_git_run_or_ask_another(cache: Cache, upstream: Repository, tmp_path: Path) -> None:
    """Its configuration, hooks, attributes and alternates are not believed."""
    cache.checkout(url(upstream))
    canary, script = tmp_path / "canary", tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {canary}\n")
    script.chmod(0o755)
    evil = Repository(cache.clone)
    for key in (
        "core.sshCommand",
        "core.fsmonitor",
        "diff.external",
        "remote.origin.uploadpack",
        "core.pager",
        "diff.evil.textconv",
        "core.alternateRefsCommand",
    ):
        evil.git("config", key, str(script))
    evil.git("config", f"url.file://{tmp_path}/elsewhere.insteadOf", url(upstream))
    (cache.clone / "hooks").mkdir(exist_ok=True)
    shutil.copy(script, cache.clone / "hooks" / "reference-transaction")
    (cache.clone / "info").mkdir(exist_ok=True)
    (cache.clone / "info" / "attributes").write_text("*.py diff=evil\n")
    new = upstream.commit("fourth", {HANDLER: LOCKED})
    cache.later(minutes=5)
    checkout = cache.checkout(url(upstream))
    assert checkout.head == new
    assert checkout.output("log", "-p", "-n", "3", new, "--", HANDLER)
    assert not canary.exists()


def test_two_runs_at_once_make_one_clone(tmp_path: Path, host: GitHost) -> None:
    """The second waits for the first, and reads what it made."""
    caches = [Cache(tmp_path / "cache") for _ in range(3)]
    heads: list[str] = []
    threads = [threading.Thread(target=lambda one=one: heads.append(one.checkout(f"{host.url}/transfers").head)) for one in caches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heads) == 3
    assert len(set(heads)) == 1
    assert len(host.fetches) <= 3  # commits and trees, then contents; never three clones


def test_a_cache_that_another_run_holds_is_read_as_it_is(tmp_path: Path, upstream: Repository) -> None:
    """Waiting has an end: then the cached state, with its age, or without a cache a gap."""
    cache = Cache(tmp_path / "cache")
    cache.checkout(url(upstream))
    cache.later(minutes=10)
    impatient = Clones(cache.folder, seconds=0.3, clock=lambda: cache.now)
    with cache.clone.with_name(f"{cache.clone.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        checkout, gap = impatient.checkout(codebase(url(upstream)), 10)
        assert checkout.head
        assert gap is not None
        assert "another run is fetching it; the cached state of 2026-01-01 12:00 UTC, 10 minutes old" in gap.cause
        shutil.rmtree(cache.clone)
        with pytest.raises(SourceError, match="another run"):
            impatient.checkout(codebase(url(upstream)), 10)


def test_a_cache_folder_that_cannot_be_made_is_a_gap(tmp_path: Path, upstream: Repository) -> None:
    """The remedy names the key of the configuration."""
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "code")
    (gap,) = CodeSource(tmp_path, (codebase(url(upstream)),), clones=cache.clones).gather(inquiry(FRAME)).gaps
    assert "`code_cache`" in gap.remedy


# Repositories as they come.


def test_an_empty_repository_is_a_gap(cache: Cache, tmp_path: Path) -> None:
    """It has no branch to read."""
    empty = Repository(tmp_path / "empty")
    (gap,) = ask(cache, codebase(url(empty))).gaps
    assert "is empty: it has no branch" in gap.cause
    assert "push a first commit" in gap.remedy


def test_a_head_that_names_no_branch_is_mended(cache: Cache, upstream: Repository) -> None:
    """A host whose default branch was never made: the one that is there is read, in a clone and in a checkout."""
    upstream.git("branch", "--move", "main", "trunk")
    upstream.git("symbolic-ref", "HEAD", "refs/heads/nothing")
    head = upstream.git("rev-parse", "trunk")
    assert cache.checkout(url(upstream)).head == head
    assert Checkout(upstream.folder, "transfers").head == head


def test_a_branch_that_is_not_there_is_told(cache: Cache, upstream: Repository) -> None:
    """The default branch is read instead, and that is said."""
    findings = ask(cache, codebase(url(upstream), branch="production"))
    assert findings.evidence
    assert any("there is no branch 'production'" in gap.cause and "(branch main before the alert)" in gap.cause for gap in findings.gaps)
    assert [(one.ok, "no branch 'production'" in one.saw) for one in _examined(cache, codebase(url(upstream), branch="production"))] == [
        (True, False),
        (False, True),
    ]


def test_a_clone_of_a_shallow_repository_makes_no_claims(cache: Cache, upstream: Repository, tmp_path: Path) -> None:
    """The address has no more history to give: a gap, and no commit is named."""
    upstream.git("clone", "--quiet", "--bare", "--depth=1", url(upstream), str(tmp_path / "shallow"))
    findings = ask(cache, codebase(f"file://{tmp_path}/shallow"))
    assert not [one for one in findings.evidence if isinstance(one.detail, Commit)]
    assert any("would name the wrong commits" in gap.cause for gap in findings.gaps)


def test_a_clone_that_was_shallow_is_deepened(cache: Cache, upstream: Repository, tmp_path: Path) -> None:
    """Once the address has its history, so has the clone."""
    shallow = Repository(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=1", "--update-head-ok", url(upstream), "main:main")
    shallow.git("config", "uploadpack.allowFilter", "true")
    shallow.git("config", "uploadpack.allowAnySHA1InWant", "true")
    assert cache.checkout(url(shallow)).shallow
    shallow.git("fetch", "--quiet", "--unshallow", url(upstream))
    cache.later(minutes=5)
    checkout = cache.checkout(url(shallow))
    assert not checkout.shallow
    assert len(checkout.versions(checkout.head, HANDLER, 10)) == 3


def test_submodules_and_pointers_end_in_gaps(cache: Cache, upstream: Repository) -> None:
    """What is kept elsewhere is not in the clone: each says what to do."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    upstream.commit("pointer", {HANDLER: pointer})
    upstream.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor/ledger")
    findings = ask(cache, codebase(url(upstream)))
    assert any("Git LFS" in gap.cause for gap in findings.gaps)
    assert not findings.evidence


def test_a_broken_object_in_the_cache_is_a_gap(cache: Cache, upstream: Repository) -> None:
    """A content that cannot be read ends in a sentence."""
    checkout = cache.checkout(url(upstream))
    checkout.output("blame", checkout.head, "--", HANDLER)
    for pack in (cache.clone / "objects" / "pack").glob("*.pack"):
        raw = bytearray(pack.read_bytes())
        if len(raw) > 60:
            raw[30:-25] = bytes(len(raw) - 55)
            pack.chmod(0o644)
            pack.write_bytes(raw)
    with pytest.raises(SourceError):
        Checkout(cache.clone, "transfers").output("log", "-p", "-n", "5", checkout.head, "--", HANDLER)


# What doctor says.


def _examined(cache: Cache, one: Codebase) -> list[Checkup]:
    return list(CodeSource(cache.folder, (one,), clones=cache.clones).examine())


def test_doctor_clones_and_tells_where_it_stands(cache: Cache, host: GitHost, upstream: Repository) -> None:
    """The address, the commit and the branch; without access what is missing."""
    one = codebase(f"{host.url}/transfers")
    (found,) = CodeSource(cache.folder, (one,), clones=cache.clones).examine()
    assert (found.ok, found.saw) == (True, f"{host.url}/transfers at {upstream.git('rev-parse', '--short=7', 'HEAD')} (main), cloned")
    closed = Cache(cache.folder.parent / "other", token=None)
    (found,) = CodeSource(cache.folder, (one,), clones=closed.clones).examine()
    assert (found.ok, "asks for credentials" in found.saw, "set CODE_TOKEN" in found.remedy) == (False, True, True)


def test_doctor_does_not_wait_for_a_silent_server(cache: Cache) -> None:
    """Before a clone that has ten minutes it is asked for one line, without credentials; the clone is not begun."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        one = codebase(f"http://127.0.0.1:{silent.getsockname()[1]}/transfers.git")
        (found,) = examined(cache.folder, one, 5, cache.clones, first_answer=0.3)
    assert (found.ok, "no answer within 0.3 seconds" in found.saw) == (False, True)
    assert "git ls-remote http://127.0.0.1" in found.remedy
