"""A cache of clones that broke off, is shared, damaged or planted: never half-made, never a program that runs."""

import fcntl
import shutil
import threading
from pathlib import Path

import pytest

from bot.config import Codebase
from bot.errors import SourceError
from bot.model import Checkup, Commit
from bot.sources.code.clone import Clones
from bot.sources.code.code import CodeSource
from bot.sources.code.git_history import Checkout
from tests.code_cache import Cache, ask, cache, codebase, host, upstream, url
from tests.code_story import FRAME, HANDLER, LOCKED, Repository, inquiry
from tests.fakes.git_http import GitHost
from tests.fakes.loopback import Answer, Request

__all__ = ["cache", "host", "upstream"]
pytestmark = pytest.mark.slow


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


def _examined(cache: Cache, one: Codebase) -> list[Checkup]:
    return list(CodeSource(cache.folder, (one,), clones=cache.clones).examine())
