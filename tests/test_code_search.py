"""Where a message is raised, found by its words, in the ways in which languages write a message down."""

from pathlib import Path

import pytest

from bot.core.code.message_template import fit, literals, windows
from bot.sources.code.places import Places
from bot.sources.code.reading import Reading
from bot.sources.code.search import NOTE, raised
from tests.readings import reading

FORMATS = [
    ("insufficient leaf balance for mira", 'raise Low(f"insufficient leaf balance for {user}")'),
    ("insufficient leaf balance for mira", 'raise Low(\n    "insufficient leaf "\n    f"balance for {user!r}"\n)'),
    ("user mira missing from ledger 7", 'throw new Low(String.format("user %s missing from ledger %d", user, id));'),
    ("user mira missing from ledger 7", 'throw new Low("user " + user + " missing from ledger " + id);'),
    ("user mira missing from ledger 7", '"user " <> "#{user} missing " <> "from ledger #{id}"'),
    ("user mira missing from ledger 7", 'logger.error("user {} missing from ledger {}", user, id);'),
    ("user mira missing from ledger 7", "throw new Error(`user ${user.name} missing from ledger ${id}`);"),
    ("user mira missing from ledger 7", 'fatalError("user \\(user) missing from ledger \\(id)")'),
    ("user mira missing from ledger 7", 'throw Low("user $user missing from ledger ${ledger.id}")'),
    ("cannot find leaf in tree", 'Err(anyhow!("cannot find {} in {:?}", leaf, tree))'),
    ('key "abc" not present in "map"', 'fmt.Errorf("key %q not present in %q", key, name)'),
    ("can't open the vault of mira", "raise 'can\\'t open the vault of #{user}'"),
    ("Payment 12 declined: card expired", 'log.warn("Payment {} declined: {}", id, reason)'),
    ("leaf balance too low: 12 < 20", 'raise ArgumentError, "leaf balance too low: #{have} < #{want}"'),
    ("E_LEAF_LOW", "throw new Error('E_LEAF_LOW')"),
]
LOW = 'class Low(ValueError):\n    pass\n\n\ndef check(user, balance):\n    if balance < 1:\n        raise Low(f"insufficient leaf balance for {user}")\n'
FILES: dict[str, str | bytes] = {
    "pay/check.py": LOW,
    "tests/test_check.py": 'def test_it():\n    assert str(e) == "insufficient leaf balance for mira"\n',
    "docs/errors.md": "`insufficient leaf balance for mira`: top up.\n",
    "pay/notes.py": "# insufficient leaf balance for some users, see below\nx = 1\n",
    "locale/en.json": '{"low": "insufficient leaf balance for {user}"}\n',
    "pay/transfer.py": 'def move():\n    raise RuntimeError(\n        "transfer of %s to %s was "\n        "refused by the bank" % (a, b)\n    )\n',
    "a/one.go": 'package a\n\nfunc f() error {\n\treturn errors.New("the vault is closed today")\n}\n',
    "b/one.go": 'package b\n\nfunc f() error {\n\treturn errors.New("the vault is closed today")\n}\n',
    "pay/typed.py": "def check():\n    raise VaultSealed(reason)\n",
    "texts/messages.properties": "vault.sealed=The vault {0} has been sealed by the bank\n",
    "pay/gate.py": "def gate():\n    raise asyncio.Error(late) from Exception(late)\n",
    "pay/option.py": 'def f():\n    raise X("--output=/tmp/x is a bad option here")\n',
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """A repository with messages in code, tests, documents and catalogues."""
    return reading(tmp_path_factory.mktemp("code") / "shop", FILES)


def lines(places: Places) -> list[tuple[str, int, str]]:
    """The places as path, line, function."""
    return [(one.detail.path, one.detail.line, one.detail.function) for one in places.found]


@pytest.mark.parametrize(("message", "source"), FORMATS)
def test_a_message_fits_the_text_it_was_made_from(message: str, source: str) -> None:
    """However the values are put in; and some run of its words stands in the source as it is."""
    assert any(fit(message, content).good for _, _, content in literals(source))
    assert any(window in source for words in (3, 2, 1) for window in windows(message, words))


@pytest.mark.parametrize(
    ("message", "literal"),
    [
        ("transfer failed", "transfer of leaf failed"),
        ("user mira missing", "user mira missing from ledger"),
        ("connection reset by peer while reading", "connection"),
        ("low", "low"),
        ("", "anything at all"),
        ("anything at all", "{} {}"),
    ],
)
def test_a_text_that_says_more_or_hardly_anything_does_not_fit(message: str, literal: str) -> None:
    """Of the right one, every fixed word stands in the message."""
    assert not fit(message, literal).good


def test_what_is_searched_for_is_bounded() -> None:
    """Few strings, short ones, none with a line end; values that look like values are in none of them."""
    found = windows("order 7 of a@b.c failed\nwith 0xdeadbeef\x00 at /tmp/x: the ledger said no twice\n" * 500)
    assert 0 < len(found) <= 12
    assert all(len(window) < 200 and window.isprintable() and not set("@/\n\x00") & set(window) for window in found)
    assert windows("\x00\n\t") == windows("") == windows("12 34 56") == ()


@pytest.mark.slow
def test_the_line_is_found_among_tests_documents_and_comments(shop: Reading) -> None:
    """The code counts; how it was found is said, and the search can be repeated by hand."""
    places = raised("insufficient leaf balance for ben", "acme.Low", [shop])
    assert lines(places) == [("pay/check.py", 7, "check")]
    assert NOTE in places.found[0].evidence.text
    assert places.found[0].evidence.query.startswith("git grep -n --fixed-strings -e 'insufficient leaf balance'")


@pytest.mark.slow
def test_a_message_over_several_lines_is_found_where_it_begins(shop: Reading) -> None:
    """Strings that stand side by side are one."""
    places = raised("transfer of mira to ben was refused by the bank", None, [shop])
    assert lines(places) == [("pay/transfer.py", 3, "move")]


@pytest.mark.slow
def test_a_catalogue_of_texts_is_a_place_too(shop: Reading) -> None:
    """Where the text stands, when the code only has its key."""
    (found,) = lines(raised("The vault 7 has been sealed by the bank", None, [shop]))
    assert found[:2] == ("texts/messages.properties", 1)


@pytest.mark.slow
def test_several_equal_places_are_a_gap_that_lists_them(shop: Reading) -> None:
    """Unless the service decides."""
    places = raised("the vault is closed today", None, [shop])
    assert not places.found
    (gap,) = places.gaps
    assert "2 places fit equally well: shop/a/one.go:4, shop/b/one.go:4" in gap.cause
    assert lines(raised("the vault is closed today", None, [shop], "b")) == [("b/one.go", 4, "f")]


@pytest.mark.slow
def test_words_that_were_put_before_an_error_from_below_are_found(tmp_path: Path) -> None:
    """Of a chain of wrapped errors the innermost words of ours, where they are raised; what the database says, and what a test says, are none."""
    files: dict[str, str | bytes] = {
        "ledger/transfer.go": 'package ledger\n\nfunc Transfer() error {\n\treturn fmt.Errorf("credit account %d: %w", to, err)\n}\n',
        "ledger/api.go": 'package ledger\n\nfunc Post() {\n\tlog.Error("transfer failed", "err", err)\n}\n',
        "ledger/transfer_test.go": 'package ledger\n\nvar err = errors.New("deadlock detected")\n',
    }
    ledger = reading(tmp_path / "ledger", files)
    places = raised("transfer failed: credit account 9537: ERROR: deadlock detected (SQLSTATE 40P01)", None, [ledger])
    assert lines(places) == [("ledger/transfer.go", 4, "Transfer")]
    assert raised("queue closed: mail 7: connection reset by peer", None, [ledger]) == Places()


@pytest.mark.slow
def test_the_type_is_searched_for_when_the_message_is_nowhere(shop: Reading) -> None:
    """A message of the database in an error of ours."""
    (place,) = raised("FATAL: terminating connection", "pay.VaultSealed", [shop]).found
    assert (place.detail.path, place.detail.line) == ("pay/typed.py", 2)
    assert "found by searching for the type" in place.evidence.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Error", "Exception", "Sealed"])
def test_a_type_within_another_or_of_everything_is_no_place(shop: Reading, name: str) -> None:
    """`VaultSealed` is no `Sealed`, and any line may raise an `Error`."""
    assert not raised("payment refused by the gateway", name, [shop]).found


@pytest.mark.slow
@pytest.mark.parametrize("message", ["division by zero", "", "x" * 100_000, "\x00", "-e", "((((" * 5000, "insufficient leaf"])
def test_a_message_of_elsewhere_is_not_found(shop: Reading, message: str) -> None:
    """Nor is anything said: libraries raise errors too."""
    assert raised(message, "ValueError", [shop]) == Places()


@pytest.mark.slow
def test_a_message_is_never_an_option(shop: Reading, tmp_path: Path) -> None:
    """Git gets it behind `-e`."""
    places = raised("--output=/tmp/x is a bad option here", None, [shop])
    assert lines(places) == [("pay/option.py", 2, "f")]
    for message in ("--open-files-in-pager=touch${IFS}x now please", f"-O{tmp_path}/canary said something odd", "--help me please now"):
        assert raised(message, "-Otouch", [shop]) == Places()
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_folder_of_the_codebase_comes_first(tmp_path: Path) -> None:
    """The same text outside of it is not asked for."""
    inside = reading(tmp_path / "shop", FILES, folder="a")
    assert lines(raised("the vault is closed today", None, [inside])) == [("a/one.go", 4, "f")]
