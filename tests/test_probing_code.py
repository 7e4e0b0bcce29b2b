"""Questions about code are answered from real git, at the commit that ran, and reach nothing but files of its tree."""

from pathlib import Path

import pytest

from bot.config import Codebase
from bot.core.redaction.redaction import Redactor
from bot.jobs.probing import CaseProbe
from bot.model import CodePlace, Commit
from bot.model.questions import FindInCode, ReadCode, ReadHistory
from bot.ports import CodeReader
from bot.sources.code.code import CodeSource
from bot.sources.logs.files import FileSource
from tests import probing
from tests.probing import CODE
from tests.work_tree import WorkTree

pytestmark = pytest.mark.slow

OUTSIDE = "../outside/secrets.py"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, WorkTree]:
    """The shop's repository, with a file beside it that nobody may read, and a link that leads there."""
    root = tmp_path_factory.mktemp("shop")
    (root / "outside").mkdir()
    (root / "outside" / "secrets.py").write_text("PASSWORD = 'never shown'\n")
    tree = probing.repository(root)
    (tree.folder / "link.py").symlink_to("../outside/secrets.py")
    (tree.folder / "untracked.py").write_text("NOBODY = 'committed this'\n")
    (tree.folder / "blob.bin").write_bytes(b"\0\1\2no price for")
    tree("add", "link.py", "blob.bin")
    tree("commit", "--quiet", "-m", "Things that are no code")
    tree("tag", "v1")
    tree.commits({"shop/prices.py": CODE.replace("10", "20").replace("no price", "not one price")}, "Later than what ran")
    return root, tree


def asked(root: Path) -> CaseProbe:
    """A probe of an error that version v1 made."""
    return CaseProbe(probing.case(release="v1"), probing.lookups(root, (CodeSource(root, (Codebase("shop", path="shop", services=("shop",)),)),)), Redactor())


def test_only_the_code_source_reads_code(tmp_path: Path) -> None:
    """What answers questions about code is known by its methods."""
    code, files = probing.sources(tmp_path)[::-1]

    assert isinstance(code, CodeReader)
    assert isinstance(files, FileSource)
    assert not isinstance(files, CodeReader)


def test_a_place_is_read_at_the_commit_that_ran(shop: tuple[Path, WorkTree]) -> None:
    """The function around the line as it was released, not as it is now; a frame's path and the codebase's name lead there, too."""
    root, tree = shop
    answer = asked(root).ask(ReadCode("shop/prices.py", 10, "shop"))
    (place,) = [one.detail for one in answer.evidence]

    assert answer.gaps == ()
    assert isinstance(place, CodePlace)
    assert (place.path, place.line, place.function, place.commit) == ("shop/prices.py", 10, "price_of", tree("rev-parse", "v1"))
    assert 'raise KeyError(f"no price for {sku}")' in place.snippet
    assert answer.asked == f"code: git show {place.commit[:12]}:shop/prices.py around line 10"
    for path in ("/app/shop/prices.py", "shop/shop/prices.py"):
        (same,) = asked(root).ask(ReadCode(path, 10)).evidence
        assert same.detail == place


def test_one_place_has_one_number(shop: tuple[Path, WorkTree]) -> None:
    """Whatever it is called by."""
    probe = asked(shop[0])

    assert probe.ask(ReadCode("shop/prices.py", 10)).evidence == probe.ask(ReadCode("/srv/app/shop/prices.py", 10)).evidence
    assert len(probe.case.evidence) == 2


def test_a_text_is_found_with_what_stands_around_it(shop: tuple[Path, WorkTree]) -> None:
    """Code before documents, no binary file; a text that stands nowhere is no gap."""
    probe = asked(shop[0])
    answer = probe.ask(FindInCode("no price for"))
    places = [one.detail for one in answer.evidence if isinstance(one.detail, CodePlace)]

    assert [(one.path, one.line, one.function) for one in places] == [("shop/prices.py", 10, "price_of"), ("README.md", 2, "")]
    assert "git grep --fixed-strings -e 'no price for'" in answer.asked
    assert "→ 2 files" in answer.asked
    assert (probe.ask(FindInCode("not one price")).evidence, probe.ask(FindInCode("not one price")).gaps) == ((), ())


def test_the_history_of_a_place_names_who_changed_it(shop: tuple[Path, WorkTree]) -> None:
    """The commit of the line first, with the lines that it changed; what came after the release is not there."""
    answer = asked(shop[0]).ask(ReadHistory("shop/prices.py", 8))
    commits = [one.detail for one in answer.evidence if isinstance(one.detail, Commit)]

    assert [one.subject for one in commits] == ["Tolerate gaps in the price table (#7)", "Prices"]
    assert (commits[0].author, commits[0].removed, commits[0].added) == ("Ada Tester", ("    found = table()[sku]",), ("    found = table().get(sku)",))
    assert commits[0].reasons == ("last changed line 8",)
    assert "suspected" not in answer.evidence[0].text


@pytest.mark.parametrize(
    "path",
    [
        OUTSIDE,
        "shop/../../outside/secrets.py",
        "/etc/passwd",
        "link.py",
        "untracked.py",
        ".git/config",
        "",
        " ",
        ".",
        "--output=/tmp/pwned",
        "-L1,2:prices",
        ":(glob)**",
        "HEAD:",
        "shop/prices.py\x00",
        "shop/prices.py\nREADME.md",
        "C:\\Windows\\win.ini",
        "a/" * 5000,
        "\ud800.py",
    ],
)
def test_no_other_file_is_read(shop: tuple[Path, WorkTree], path: str) -> None:
    """A path that climbs, a link, what git does not track, an option, a revision: a gap, for its place and for its history."""
    root, _ = shop
    for question in (ReadCode(path, 1), ReadHistory(path, 1)):
        answer = asked(root).ask(question)

        assert answer.evidence == ()
        assert len(answer.gaps) == 1
        assert "never shown" not in str(answer)
        assert len(answer.gaps[0].wanted) <= 320


@pytest.mark.parametrize("line", [0, -1, 12, 10**30])
def test_a_line_beyond_the_file_is_told(shop: tuple[Path, WorkTree], line: int) -> None:
    """With the number of lines that there are."""
    for question in (ReadCode("shop/prices.py", line), ReadHistory("shop/prices.py", line)):
        assert asked(shop[0]).ask(question).gaps[0].cause.startswith("the file has 11 lines at shop@")


@pytest.mark.parametrize("text", ["", "ab", "x" * 201, "a\nb price", "no\x00price"])
def test_a_text_that_cannot_be_searched_for_is_told(shop: tuple[Path, WorkTree], text: str) -> None:
    """Too short, too long, of several lines."""
    answer = asked(shop[0]).ask(FindInCode(text))

    assert answer.evidence == ()
    assert len(answer.gaps) == 1


@pytest.mark.parametrize("text", ["--open-files-in-pager=touch pwned", "-f/etc/passwd", "no.price", "[n]o price", "no\\sprice"])
def test_a_text_is_neither_an_option_nor_a_pattern(shop: tuple[Path, WorkTree], text: str) -> None:
    """It stands nowhere, and that is the answer."""
    answer = asked(shop[0]).ask(FindInCode(text))

    assert (answer.evidence, answer.gaps) == ((), ())


def test_a_doubt_about_the_commit_is_told_with_what_was_found(shop: tuple[Path, WorkTree]) -> None:
    """Without a release the branch is read; a search that finds nothing there is an answer, not a failure."""
    root, _ = shop
    about = probing.case()
    probe = CaseProbe(about, probing.lookups(root, (CodeSource(root, (Codebase("shop", path="shop"),)),)), Redactor())

    assert probe.ask(ReadCode("shop/prices.py", 10)).gaps[0].wanted == "the version of shop that was running"
    assert probe.ask(FindInCode("stands nowhere at all")).gaps == ()


def test_a_codebase_that_is_not_there_is_a_gap(tmp_path: Path) -> None:
    """For every question about it."""
    probe = asked(tmp_path)

    for question in (ReadCode("shop/prices.py"), FindInCode("price"), ReadHistory("shop/prices.py")):
        assert "does not exist" in probe.ask(question).gaps[0].cause
