"""Who owns the failing code: found in the configuration, in CODEOWNERS, by blame; shown without calling anybody."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.config import Codebase, Configuration
from bot.core.code.frame_path import by_name
from bot.core.code.handles import handle, handles
from bot.core.entry.entry import amended, parse, render
from bot.core.entry.recording import title_of
from bot.core.suspects.failing_owners import authors_of, owners_of
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import proposal_of
from bot.model import Case, CodePlace, Frame, Gap, Signature, Standing
from bot.sources.code.git_history import Checkout
from bot.sources.code.owners import owned
from bot.sources.code.places import Places, locate
from bot.sources.code.reading import Reading
from bot.texts import entry_page, pull_request, reply
from tests.fakes import transfer_case
from tests.work_tree import WorkTree

CODE = "def first():\n    return 1\n\n\ndef second(value):\n    checked = value + 1\n    return checked\n"
PATH = "shop/cart.py"
NOREPLY = "7+mira@users.noreply.github.com"


YEARS_LATER = datetime(2036, 1, 1, tzinfo=UTC)


def places(folder: Path, owners: tuple[str, ...] = (), at: datetime | None = None) -> Places:
    """Where it failed, read `at` a time."""
    checkout = Checkout(folder, "shop")
    sha = checkout.head
    reading = Reading(Codebase("shop", path="shop", owners=owners), checkout, sha, at or datetime.now(UTC), by_name(checkout.files(sha)))
    return owned(locate([Frame("second", f"/app/{PATH}", 6)], [reading]))


def gaps(folder: Path) -> list[Gap]:
    """What could not be seen."""
    return places(folder).gaps


def found(folder: Path, owners: tuple[str, ...] = (), at: datetime | None = None) -> CodePlace:
    """The failing place with its owners."""
    (place,) = places(folder, owners, at).found
    assert place.evidence.detail == place.detail
    return place.detail


@pytest.fixture
def tree(tmp_path: Path) -> WorkTree:
    """A checkout with one file of code, which the tests' own Ada wrote."""
    made = WorkTree(tmp_path)
    made("init", "--quiet", "--initial-branch=main", "--template=", ".")
    made.commits({PATH: CODE})
    return made


def by(tree: WorkTree, name: str, address: str, text: str) -> None:
    """Somebody changes the code."""
    (tree.folder / PATH).write_text(text)
    tree("commit", "--quiet", "-a", "-m", "change", f"--author={name} <{address}>")


@pytest.mark.slow
def test_the_configuration_goes_before_codeowners(tree: WorkTree) -> None:
    """And CODEOWNERS before blame; the first of its places counts."""
    tree.commits({"CODEOWNERS": "* @ada\n/shop/ @acme/cart someone@example.com\n", "docs/CODEOWNERS": "* @nobody\n"})
    assert found(tree.folder, ("@acme/payments", "not a handle")).owners == ("acme/payments",)
    assert found(tree.folder).owners == ("acme/cart",)
    tree.commits({".github/CODEOWNERS": "* @bo\n"})
    assert (found(tree.folder).owners, found(tree.folder).authors) == (("bo",), ())


@pytest.mark.slow
def test_without_them_those_count_who_wrote_most_of_the_function(tree: WorkTree) -> None:
    """A login only from a noreply address; no e-mail address is ever kept, and machines write nothing."""
    assert (found(tree.folder).owners, found(tree.folder).authors) == ((), ("Ada Tester",))
    by(tree, "renovate[bot]", "bot@example.com", CODE.replace("first", "primary"))
    by(tree, "Mira @home", NOREPLY, CODE.replace("value", "amount"))
    place = found(tree.folder)
    assert (place.owners, place.authors) == (("mira",), ())
    assert "example.com" not in str(place)


def with_owners(owners: tuple[str, ...], authors: tuple[str, ...] = ()) -> Case:
    """The transfer case, its failing place owned."""
    case = transfer_case.case()
    evidence = tuple(
        replace(one, detail=replace(one.detail, owners=owners, authors=authors)) if isinstance(one.detail, CodePlace) else one for one in case.evidence
    )
    return replace(case, evidence=evidence)


def test_only_handles_are_owners() -> None:
    """A proposal directory is hostile: what no handle can be is left out, and names with an @ are no names."""
    assert owners_of(with_owners(("acme/transfers", "a b", "@mira", "x\n- @all", "acme/transfers"))) == ("acme/transfers", "mira")
    assert owners_of(with_owners(())) == ()
    assert authors_of(with_owners((), ("Mira Okafor", "mira@example.com"))) == ("Mira Okafor",)
    assert authors_of(with_owners(("mira",), ("Mira Okafor",))) == ()
    assert handles(tuple(f"u{number}" for number in range(9)))[:2] == ("u0", "u1")


def test_the_pull_request_names_them_in_code() -> None:
    """So that nobody is called by a table; a name without a login is a name."""
    body = pull_request.report(with_owners(("acme/transfers", "mira")), transfer_case.diagnosis())
    assert "| Owners of the failing code | `@acme/transfers`, `@mira` |" in body
    body = pull_request.report(with_owners((), ("Mira @everyone [x](https://evil.example)",)), transfer_case.diagnosis())
    assert "Owners of the failing code" not in body
    body = pull_request.report(with_owners((), ("Mira #12 Okafor",)), transfer_case.diagnosis())
    assert "| Owners of the failing code | CODEOWNERS names none; it was written by Mira `#12` Okafor |" in body


def test_an_entry_names_them_until_a_person_does() -> None:
    """Filled when empty, never overwritten."""
    occurrence = replace(transfer_case.occurrence(), owners=("acme/transfers", "not a handle"))
    signature = Signature("transfer_handler_ValidationError_a3f2c1", "a3" * 16, "transfer_handler", "ValidationError", "insufficient leaf balance")
    assert title_of(signature)
    entry = entry_page.new_entry(signature, occurrence)
    assert entry.meta.owners == ("@acme/transfers",)
    theirs = parse(render(entry).replace('"@acme/transfers"', '"@mira"'), "x.md")
    later = replace(occurrence, permalink=replace(occurrence.permalink, ts="1765969999.000100"))
    assert entry_page.record_occurrence(theirs, later).meta.owners == ("@mira",)
    empty = parse(render(entry).replace('["@acme/transfers"]', "[]"), "x.md")
    assert entry_page.record_occurrence(empty, later).meta.owners == ("@acme/transfers",)


def test_the_reply_names_them_in_code() -> None:
    """From the entry, as the reviewer left it; Slack calls nobody in a code span."""
    occurrence = replace(transfer_case.occurrence(), owners=("acme/transfers",))
    signature = Signature("transfer_handler_ValidationError_a3f2c1", "a3" * 16, "transfer_handler", "ValidationError", "insufficient leaf balance")
    entry = entry_page.new_entry(signature, occurrence)
    hostile = replace(entry, meta=replace(entry.meta, owners=("@acme/transfers", "<!channel> `x`")))
    (answer,) = reply.replies(hostile, occurrence.permalink, reply.About("https://github.com/acme/kb/blob/main/x.md"))
    said = json.dumps(answer.blocks)
    assert "Owners: `@acme/transfers`, `&lt;!channel&gt;" in said
    assert "<!channel>" not in said


@pytest.mark.slow
def test_codeowners_is_read_up_to_the_limit_of_github(tree: WorkTree) -> None:
    """Two megabytes count; at three GitHub reads nothing, and neither do we, which is told."""
    line = "/docs/some/longer/folder/of/many/ @acme/docs\n"
    tree.commits({"CODEOWNERS": f"/shop/ @acme/cart\n{line * (2_000_000 // len(line))}"})
    assert found(tree.folder).owners == ("acme/cart",)
    tree.commits({"CODEOWNERS": f"/shop/ @acme/cart\n{line * (3_000_000 // len(line) + 1)}"})
    assert (found(tree.folder).owners, found(tree.folder).authors) == ((), ("Ada Tester",))
    (gap,) = gaps(tree.folder)
    assert gap.wanted.startswith("the owners by CODEOWNERS at shop@")
    assert (gap.cause, "GitHub does not read it either" in gap.remedy) == ("it is larger than 3 MB", True)


@pytest.mark.slow
def test_code_that_nobody_changed_for_years_has_a_last_author(tree: WorkTree) -> None:
    """Who wrote the failing line, not who changed something else of the file; a machine's line leads to the last person."""
    assert found(tree.folder, at=YEARS_LATER).authors == ("Ada Tester",)
    by(tree, "Mira Okafor", "mira@example.com", CODE.replace("value + 1", "value + 2"))
    by(tree, "Ben Weiss", "ben@example.com", CODE.replace("value + 1", "value + 2").replace("return 1", "return 2"))
    assert found(tree.folder, at=YEARS_LATER).authors == ("Mira Okafor",)
    by(tree, "renovate[bot]", "bot@example.com", CODE.replace("value + 1", "value + 3").replace("return 1", "return 2"))
    assert found(tree.folder, at=YEARS_LATER).authors == ("Ben Weiss",)


@pytest.mark.parametrize(
    ("codeowners", "own", "asked", "row"),
    [
        ("", ("@acme/payments", "jonas"), ("acme/payments", "jonas", "acme/transfers"), "`@acme/payments`, `@jonas`"),
        ("* @mira\n", ("@acme/payments",), ("mira", "acme/transfers"), "`@acme/payments`"),
        ("src/ @mira\n", ("@Acme/Transfers",), ("Acme/Transfers",), "`@Acme/Transfers`"),
        ("", ("Payments team", "mira@acme.example", "@x <!-- @all -->", "a|b", "@ok"), ("ok", "acme/transfers"), "`@ok`"),
        ("", ("Payments team",), ("acme/transfers",), ""),
        ("", (), ("acme/transfers",), ""),
    ],
    ids=["no CODEOWNERS", "CODEOWNERS names somebody", "it names others", "what is no handle", "nothing but that", "none"],
)
def test_where_codeowners_names_nobody_the_entrys_own_owners_are_asked(codeowners: str, own: tuple[str, ...], asked: tuple[str, ...], row: str) -> None:
    """And named in the request, in code spans; then those of the failing code, each once; nobody who is no handle."""
    told = with_owners(("acme/transfers",))
    entry = amended(entry_page.new_entry(told.signature, transfer_case.occurrence()), {"owners": own})
    proposed = Proposed(told, transfer_case.occurrence().diagnosis)
    standing = Standing(f"kb/{told.signature.name}", "0" * 40, codeowners=codeowners)

    made = proposal_of(proposed, told.signature, standing, entry, Configuration())

    assert made.reviewers == asked
    assert ("| **Owners of the entry** |" in made.body or "| Owners of the entry |" in made.body) == bool(row)
    assert row in made.body
    assert not [text for text in own if handle(text) is None and text in made.body]
