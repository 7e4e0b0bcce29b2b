"""An entry that somebody broke keeps its error: no second entry begins under another name while it waits to be mended."""

import pytest

from bot.core.entry.claims import claims
from bot.core.entry.entry import Entry, amended, path_of, render
from bot.core.entry.front_patch import Setting
from bot.core.entry.library import Library
from bot.core.entry.life import renamed, stub
from bot.texts import progress
from bot.texts.entry_life import stub_body
from bot.texts.entry_page import new_entry
from tests.fakes import transfer_case
from tests.occurrences import FIRST, SECOND, occurrence, signature
from tests.test_regression_request import happens, tree
from tests.work_tree import WorkTree

__all__ = ["tree"]
NAME, NEW = signature().name, "leaves-run-out"
BROKEN = ("status: Diagnosed", "status: [", "<<<<<<< HEAD", "mine: 1\nstatus: diagnosed", "status: &a diagnosed")


def entry(**changes: Setting) -> Entry:
    """The entry of the error, with other values."""
    return amended(new_entry(signature(), occurrence(FIRST)), changes)


def broken(one: Entry, line: str) -> str:
    """Its text with this line in place of the status."""
    return render(one).replace('status: "diagnosed"', line, 1)


def files(line: str) -> dict[str, str]:
    """An entry that was renamed and then broken, and the page under its old name."""
    old = entry()
    left = stub(old, NEW, stub_body(old, NEW, "rename"), keeps_fingerprint=False)
    return {path_of(NEW): broken(renamed(old, NEW), line), path_of(NAME): render(left)}


@pytest.mark.parametrize("line", BROKEN)
def test_the_error_of_a_broken_entry_is_known(line: str) -> None:
    """By fingerprint and by earlier names, whatever keeps the file from being read, also beside the page under its old name."""
    for there in (files(line), {path_of(NEW): files(line)[path_of(NEW)]}):
        unreadable = Library.read(there).unreadable(signature())
        assert unreadable is not None
        assert str(unreadable).startswith(f"reading {path_of(NEW)}: line ")
        assert Library.read(there).unreadable(signature(message="another")) is None


def test_an_entry_in_use_speaks_for_its_error() -> None:
    """A broken copy beside it keeps nobody from it, and neither does one that is to be read again on a branch."""
    assert Library.read({path_of(NAME): render(entry()), path_of("copy"): broken(entry(), "status: Diagnosed")}).unreadable(signature()) is None
    assert Library.read(files("status: Diagnosed")).knowing(renamed(entry(), NEW)).unreadable(signature()) is None


def test_a_file_whose_name_is_no_entrys_is_not_read() -> None:
    """Under the name inside, the error would get a second entry."""
    library = Library.read({"knowledge/errors/leaves run out.md": render(entry())})
    assert [error.cause for _, error in library.broken] == ["'leaves run out' is no name for an entry"]
    assert library.unreadable(signature()) is not None


def test_what_a_broken_file_claims() -> None:
    """Its name, those inside, lists in either form, both sides of a conflict; nothing of the text below."""
    flow = '---\nsignature: "one"\naliases: ["two", three]\nfingerprint: v2:' + "a" * 32 + "\n---\nsignature of all: four\n"
    assert list(claims(flow, "knowledge/errors/file.md")) == ["file", "one", "two", "three", "v2:" + "a" * 32]
    block = "aliases:\r\n  - 'two'\r\n- three # old\r\nowners: [x]\r\n<<<<<<< a\r\nsignature: four\r\n=======\r\nsignature: five\r\n"
    assert list(claims(block, "file.md")) == ["file", "two", "three", "old", "four", "five"]


@pytest.mark.parametrize(("written", "claimed"), [(f"v10:{'a' * 32}", True), (f"'v2:{'a' * 32}'", True), (f"v2:{'a' * 33}", False), (f"v2:{'a' * 31}", False)])
def test_a_digest_of_another_length_is_no_fingerprint(written: str, claimed: bool) -> None:
    """Its beginning could be that of another error; an algorithm may have any number."""
    assert list(claims(f"---\nfingerprint: {written}\n", "file.md")) == ["file", *([written.strip("'")] if claimed else [])]


def test_a_diagnosis_says_that_the_entry_cannot_be_read() -> None:
    """And not that the error was never seen."""
    said = progress.case(transfer_case.case(), 1, 1, Library.read(files("status: Diagnosed")).unreadable(signature()))
    assert "its entry cannot be read" in said
    assert f"{path_of(NEW)}: line 4: `status`: Diagnosed is none of its values" in said
    assert "not seen before" not in said


@pytest.mark.slow
def test_no_second_entry_begins(tree: WorkTree) -> None:
    """The request waits for the file to be mended; then the alert goes into it."""
    tree.commits(files("status: Diagnosed"))
    outcome, _ = happens(tree, SECOND)
    assert outcome.requests == ()
    assert [str(failure) for failure in outcome.failures] == [f"reading {path_of(NEW)}: line 4: `status`: Diagnosed is none of its values"]
    tree.commits(files("status: diagnosed"))
    outcome, _ = happens(tree, SECOND)
    assert [request.branch for request in outcome.requests] == [f"kb/{NEW}"]
