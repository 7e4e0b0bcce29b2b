"""Repositories that are cloned into the cache: partial, fetched anew, and silent about their token."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from bot.config import Codebase, Secret
from bot.errors import SourceError
from bot.model import Commit
from bot.sources.code.checkup import examined
from bot.sources.code.code import CodeSource
from bot.sources.code.git_command import RefusedError
from bot.sources.code.git_history import Checkout
from bot.sources.code.remote import CodeRemote
from tests.code_cache import Cache, _address, ask, cache, codebase, host, upstream, url
from tests.code_story import HANDLER, LOCKED, Repository
from tests.fakes.git_http import TOKEN, GitHost
from tests.fakes.loopback import Answer

__all__ = ["cache", "host", "upstream"]
pytestmark = pytest.mark.slow


def blobs(folder: Path) -> int:
    """How many contents a clone holds."""
    return Repository(folder).git("cat-file", "--batch-all-objects", "--batch-check").count(" blob ")


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
