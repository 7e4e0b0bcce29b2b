"""Files whose names are not UTF-8 are found under every spelling of theirs; files whose objects are broken are told as such."""

from pathlib import Path

import msgspec
import pytest

from bot.config import Codebase
from bot.core.code.frame_path import by_name, candidates
from bot.model import Case, Findings, Frame, Gap, PastFix, Signature
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import Reading, text_of
from tests.code_story import ALERT, LOCKED, PLAIN, Repository, ask, commits, fix_checks, inquiry, places
from tests.readings import reading

ODD = b"transfers/caf\xe9/h\xe4ndler.py".decode("utf-8", "surrogateescape")
SHOWN = "transfers/caf\ufffd/h\ufffdndler.py"
SPELLED = (SHOWN, "transfers/café/händler.py", "transfers/caf\\udce9/h\\udce4ndler.py", "transfers/caf?/h?ndler.py", "transfers/cafй/hдndler.py")
SOUND = "transfers/store.py"


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_name_that_is_not_utf_8_is_found_however_it_is_logged(spelled: str) -> None:
    """Replaced, read as Latin-1 or another alphabet, or escaped by Python; and git is asked for its own name."""
    tracked = by_name([ODD, "transfers/cafe/handler.py"])
    assert candidates(Frame("select", f"/app/{spelled}", 10), tracked) == (SHOWN,)
    assert tracked.stored(SHOWN) == ODD
    assert candidates(Frame("select", "/app/transfers/cafe/handler.py", 10), tracked) == ("transfers/cafe/handler.py",)


def test_two_names_that_look_alike_are_not_guessed() -> None:
    """Both are told; and a name in UTF-8 goes before one that only may be meant."""
    other = b"transfers/caf\xe8/h\xe4ndler.py".decode("utf-8", "surrogateescape")
    assert len(candidates(Frame("select", f"/app/{SHOWN}", 10), by_name([ODD, other]))) == 2
    assert candidates(Frame("select", "/app/transfers/café/händler.py", 10), by_name([ODD, "transfers/café/händler.py"])) == ("transfers/café/händler.py",)


@pytest.mark.slow
def test_the_history_of_a_name_that_is_not_utf_8_is_read(tmp_path: Path) -> None:
    """Place, suspects and the earlier fix, in text that can be written to a file; the link leads to the very bytes."""
    repository = Repository(tmp_path / "transfers")
    repository.commit("first (#1)", {ODD: PLAIN})
    fix = repository.commit("Lock the leaves (#1234)", {ODD: LOCKED})
    repository.commit("perf: drop the lock (#1251)", {ODD: PLAIN})
    findings = ask(tmp_path, inquiry(Frame("select", f"/app/{SPELLED[1]}", 10), fixes=[PastFix("sig", "row lock", fix[:12])]))
    (place,) = places(findings)
    assert (place.path, place.function) == (SHOWN, "select")
    assert (place.permalink or "").endswith("/transfers/caf%E9/h%E4ndler.py#L10")
    assert place.authors == ("Mira",)
    (perf,) = [commit for commit in commits(findings) if commit.subject.startswith("perf")]
    assert (perf.path, len(perf.removed)) == (SHOWN, 1)
    assert "changed `select`, the failing function" in perf.reasons
    (check,) = fix_checks(findings)
    assert (check.state, check.fix.path) == ("lost", SHOWN)
    assert [gap.wanted for gap in findings.gaps] == ["the version of transfers that was running"]
    asked = inquiry()
    case = Case(asked.alert, Signature("x", "y", "z", "E", "m"), asked.start, asked.end, findings.evidence)
    assert msgspec.json.decode(msgspec.json.encode(case), type=Case) == case


def damaged(repository: Repository, path: str, how: str) -> None:
    """Breaks the loose object of a file."""
    name = repository.git("rev-parse", f"HEAD:{path}")
    file = repository.folder / ".git" / "objects" / name[:2] / name[2:]
    content = file.read_bytes()
    file.chmod(0o644)
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "header": b"xxxxxxxx" + content[8:], "body": content[:200] + b"\xff" * 20 + content[220:]}[how])


@pytest.mark.slow
@pytest.mark.parametrize("how", ["gone", "empty", "header", "body"])
def test_a_broken_object_is_told_with_its_remedy(how: str, tmp_path: Path) -> None:
    """Not as a file that is missing; and the sound files beside it are read."""
    repository = Repository(tmp_path / "transfers")
    noise = "\n".join(f"# {number * 7919 % 10007}" for number in range(400))
    repository.commit("first", {"transfers/handler.py": f"{PLAIN}{noise}\n", SOUND: PLAIN})
    damaged(repository, "transfers/handler.py", how)
    findings = ask(tmp_path, inquiry(Frame("select", f"/app/{SOUND}", 10), Frame("select", "/app/transfers/handler.py", 10)))
    assert [place.path for place in places(findings)] == [SOUND]
    told = about(findings, "transfers/handler.py at transfers@")
    assert told.cause == "its object in transfers is damaged or missing"
    assert "`git -C transfers fsck`" in told.remedy
    checkout = Checkout(repository.folder, "transfers")
    both = checkout.blobs([(checkout.head, "transfers/handler.py"), (checkout.head, SOUND)])
    assert both == [None, PLAIN.encode()]


def about(findings: Findings, wanted: str) -> Gap:
    """The one gap of that."""
    (found,) = [gap for gap in findings.gaps if gap.wanted.startswith(wanted)]
    return found


@pytest.mark.slow
def test_a_broken_object_of_a_cached_clone_is_mended_by_cloning_anew(tmp_path: Path) -> None:
    """The remedy names the folder to remove."""
    repository = Repository(tmp_path / "transfers-1a2b3c4d")
    repository.commit("first", {SOUND: PLAIN})
    damaged(repository, SOUND, "gone")
    checkout = Checkout(repository.folder / ".git", "transfers")
    cached = Reading(
        Codebase("transfers", repository="https://github.com/acme/transfers"), checkout, checkout.head, ALERT, by_name(checkout.files(checkout.head))
    )
    gap = text_of(cached, SOUND)
    assert isinstance(gap, Gap)
    assert gap.cause == "its object in transfers is damaged or missing"
    assert gap.remedy.startswith("remove the cached clone (.git in the folder `code_cache`)")
    assert "`git fsck`" in gap.remedy


@pytest.mark.slow
def test_a_file_that_is_large_and_one_that_is_not_there_are_told_apart(tmp_path: Path) -> None:
    """Each by its own cause."""
    read = reading(tmp_path / "shop", {"large.py": b"x = 1\n" * 200_000, "small.py": "x = 1\n"})
    causes = [gap.cause for path in ("large.py", "gone.py") if isinstance(gap := text_of(read, path), Gap)]
    assert causes == ["it is larger than 1 MB", "there is no such file"]
