"""The code source on real git repositories: which place a frame names, and at which commit it is read."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bot.core.code.frame_path import by_name, candidates
from bot.model import Findings, Frame, PastFix
from tests.code_story import FRAME, HANDLER, PLAIN, Repository, ask, codebase, inquiry, places

pytest_plugins = ("tests.code_story",)
pytestmark = pytest.mark.slow


def test_a_frame_leads_to_its_function_at_the_commit(transfers: Repository, tmp_path: Path) -> None:
    """The failing line is shown within its whole function, with a permalink at the commit that was read."""
    head = transfers.git("rev-parse", "HEAD")
    (place,) = places(ask(tmp_path, inquiry(Frame("run", "/usr/lib/python3.11/threading.py", 975), FRAME)))
    assert (place.path, place.line, place.function, place.first_line) == (HANDLER, 10, "select", 4)
    assert place.snippet.splitlines()[0] == "def select(session, wanted):"
    assert place.snippet.splitlines()[-1] == "    return leaves"
    assert place.permalink == f"https://github.com/acme/transfers/blob/{head}/{HANDLER}#L10"


@pytest.mark.parametrize("release", ["v1.4.0", "1.4.0", "transfers@1.4.0", "{sha}", "{short}", "build-{short}"])
def test_the_code_is_read_at_the_release(transfers: Repository, tmp_path: Path, release: str) -> None:
    """Tags and SHAs in the usual spellings; then nothing is uncertain."""
    sha = transfers.git("rev-parse", "HEAD~2")
    transfers.git("tag", "v1.4.0", sha)
    findings = ask(tmp_path, inquiry(Frame("select", HANDLER, 11), release=release.format(sha=sha, short=sha[:9])))
    assert places(findings)[0].commit == sha
    assert ".with_for_update" in places(findings)[0].snippet
    assert not findings.gaps


def test_without_a_release_the_branch_is_read_as_of_the_alert(transfers: Repository, tmp_path: Path) -> None:
    """A commit that came later did not run yet; that production may differ is said."""
    before = transfers.git("rev-parse", "HEAD")
    transfers.commit("later", {HANDLER: "raise SystemExit\n"})
    findings = ask(tmp_path, inquiry(FRAME, time=datetime(2025, 12, 10, 11, 30, tzinfo=UTC)))
    assert places(findings)[0].commit == before
    assert "production may differ" in findings.gaps[0].cause


def test_an_unknown_or_hostile_release_is_a_gap(story: Path) -> None:
    """It never becomes an option or a revision expression."""
    for release in ("nightly", "--upload-pack=x", "HEAD@{1}", ":/first", "v1\n--output=x", "x" * 5000):
        findings = ask(story.parent, inquiry(release=release, fixes=[PastFix("sig", "words", "deadbeef")]))
        assert "no tag or commit there" in findings.gaps[0].cause


@pytest.mark.usefixtures("transfers")
def test_the_service_decides_between_two_codebases(tmp_path: Path) -> None:
    """The same path in two repositories: the one that the service runs; without a service it is ambiguous."""
    Repository(tmp_path / "ledger").commit("first", {HANDLER: PLAIN})
    both = (codebase("ledger", services=("ledger",)), codebase("transfers", services=("transfers",)))
    assert places(ask(tmp_path, inquiry(FRAME), *both))[0].repository == "transfers"
    unclear = ask(tmp_path, inquiry(FRAME, service=None), *both)
    assert not places(unclear)
    assert any("2 files could be meant" in gap.cause for gap in unclear.gaps)


@pytest.mark.parametrize(
    ("kind", "said", "wanted"),
    [("KeyError", "no words of it", ["which of 3 codebases failed"]), ("ValueError", "insufficient", ["the version of transfers that was running"])],
)
@pytest.mark.usefixtures("transfers")
def test_of_codebases_that_may_all_be_meant_only_those_with_the_code_are_told_of(tmp_path: Path, kind: str, said: str, wanted: list[str]) -> None:
    """An alert that names no service asks all of them: what is not known of each would bury what is known."""
    names = ("transfers", "ledger", "wallet")
    for name in names[1:]:
        Repository(tmp_path / name).commit("first", {f"{name}/app.py": "x = 1\n"})
    asked = inquiry(service=None)
    asked = msgspec.structs.replace(asked, alert=msgspec.structs.replace(asked.alert, error_type=kind, message=said))
    findings = ask(tmp_path, asked, *(codebase(name, services=(name,)) for name in names))

    assert [gap.wanted for gap in findings.gaps if "version" in gap.wanted or "which of" in gap.wanted] == wanted


@pytest.mark.usefixtures("transfers")
def test_another_codebase_is_looked_at_when_the_services_own_lacks_the_file(tmp_path: Path) -> None:
    """A library of one's own runs inside another service."""
    Repository(tmp_path / "ledger").commit("first", {"ledger/app.py": "x = 1\n"})
    findings = ask(tmp_path, inquiry(FRAME, service="ledger"), codebase("ledger", services=("ledger",)), codebase("transfers", services=("transfers",)))
    assert places(findings)[0].repository == "transfers"


def test_frames_are_matched_from_the_end_of_their_path() -> None:
    """Build folders, source roots, modules and Java's bare file names."""
    tracked = by_name(["src/app/main.py", "src/app/__init__.py", "java/com/acme/pay/Main.java", "java/com/acme/web/Main.java"])
    expected = {
        Frame("f", "C:\\build\\src\\app\\main.py", 1): "src/app/main.py",
        Frame("f", "app/main.py", 1): "src/app/main.py",
        Frame("f", "/srv/app/main.py", 1): "src/app/main.py",
        Frame("f", None, 1, "app.main"): "src/app/main.py",
        Frame("f", None, 1, "app"): "src/app/__init__.py",
        Frame("f", None, 1, "app.main.Server"): "src/app/main.py",
        Frame("run", "Main.java", 3, "com.acme.pay.Main"): "java/com/acme/pay/Main.java",
        Frame("run", "Main.java", 3, "com.acme.web.Main"): "java/com/acme/web/Main.java",
    }
    assert {frame: candidates(frame, tracked, ("src",)) for frame in expected} == {frame: (path,) for frame, path in expected.items()}
    assert candidates(Frame("f", "/opt/flask/main.py", 1), tracked, ("src",)) == ()


def test_half_a_match_is_none(tmp_path: Path) -> None:
    """`models/query.py` of a library is not the `models/query.py` of ours."""
    Repository(tmp_path / "transfers").commit("first", {"app/models/query.py": "def f():\n    pass\n"})
    findings = ask(tmp_path, inquiry(Frame("f", "/opt/django/db/models/query.py", 1)))
    assert not findings.evidence
    assert any("no such file in transfers@" in gap.cause for gap in findings.gaps)


def test_a_line_of_another_version_is_said_and_the_function_found_by_name(story: Path) -> None:
    """The code that ran had other lines: the function is shown, the line is not claimed."""
    findings = ask(story.parent, inquiry(Frame("select", HANDLER, 15)))
    (place,) = places(findings)
    assert (place.function, place.line) == ("select", 4)
    assert any("is not the version that ran" in gap.cause for gap in findings.gaps)


def test_a_file_that_is_gone_is_told_with_its_removal(transfers: Repository, tmp_path: Path) -> None:
    """The stack comes from a version that still had it."""
    transfers.commit("drop the handler", {HANDLER: None})
    findings = ask(tmp_path, inquiry(FRAME))
    assert not places(findings)
    assert any("drop the handler" in gap.cause and "still ran" in gap.cause for gap in findings.gaps)


def test_a_linked_worktree_and_a_bare_clone_can_be_read(transfers: Repository, tmp_path: Path) -> None:
    """Checkouts come in these forms too."""
    transfers.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    transfers.git("clone", "--quiet", "--bare", str(transfers.folder), str(tmp_path / "bare"))
    assert places(ask(tmp_path, inquiry(FRAME), codebase("linked")))
    assert places(ask(tmp_path, inquiry(FRAME), codebase("bare")))


def test_nothing_is_asked_without_frames_or_fixes(tmp_path: Path) -> None:
    """Round one costs no git call: the folder does not even exist."""
    assert ask(tmp_path / "nowhere", inquiry()) == Findings()


def test_other_languages_are_cut_by_indentation_and_said_so(tmp_path: Path) -> None:
    """Without a grammar the function's bounds are an estimate, and told as one."""
    perl = "package Pay;\n\nsub select {\n    my ($id) = @_;\n    die 'no id' unless $id;\n    return $id;\n}\n\nsub other { 1 }\n"
    Repository(tmp_path / "transfers").commit("first", {"pay/Server.pm": perl})
    findings = ask(tmp_path, inquiry(Frame("select", "/build/pay/Server.pm", 5, "Pay")))
    (place,) = places(findings)
    assert (place.function, place.first_line, place.snippet.splitlines()[-1]) == ("select", 3, "}")
    assert "cut out by indentation" in findings.evidence[0].text


def test_a_frame_of_a_submodule_is_told_as_one(transfers: Repository, tmp_path: Path) -> None:
    """Its files are in another repository; the gap says which folder."""
    seconds = int(datetime(2025, 12, 11, tzinfo=UTC).timestamp())
    head = f"commit refs/heads/main\ncommitter Mira <mira@example.com> {seconds} +0000\ndata 10\nAdd ledger\nfrom refs/heads/main^0\n"
    transfers.git("fast-import", "--quiet", stdin=f"{head}M 160000 {'1' * 40} ledger\n".encode())
    (gap,) = [gap for gap in ask(tmp_path, inquiry(Frame("post", "/app/ledger/book.py", 7))).gaps if "ledger" in gap.wanted]
    assert gap.cause == "transfers/ledger is a submodule: its files are in another repository"


def test_what_was_found_by_its_words_does_not_hide_that_the_trace_led_nowhere(story: Path) -> None:
    """The place of the message is evidence, and the frame that no file fits is still a gap."""
    asked = inquiry(Frame("post", "/app/elsewhere/book.py", 7))
    asked = msgspec.structs.replace(asked, alert=msgspec.structs.replace(asked.alert, error_type="ValueError", message="insufficient"))
    findings = ask(story.parent, asked)
    assert [place.line for place in places(findings)] == [10]
    assert [gap.wanted for gap in findings.gaps if "book.py" in gap.wanted] == ["the code of `/app/elsewhere/book.py:7`"]
