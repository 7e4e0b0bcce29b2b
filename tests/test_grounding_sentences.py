"""How a text is cut into sentences and marked, and which words of it are files, commands, references and links."""

import pytest

from bot.core.grounding.case import Known, bare
from bot.core.grounding.claims import Tone, claims
from bot.core.grounding.links import without_foreign_links
from bot.core.grounding.sentences import MARK, marked, pieces, plain, without_lead
from tests.listing import listed
from tests.test_grounding_claims import CASE, NEW

KNOWN = Known(CASE)


def unheld(sentence: str, tone: Tone = "claim") -> list[str]:
    """The claims of a sentence that the case does not carry; its indexes are built once."""
    return [claim.text for claim in claims(sentence, KNOWN, tone) if not claim.stands]


def test_an_address_is_compared_without_what_surrounds_it() -> None:
    """Its scheme, its case, and what a sentence puts behind it."""
    for link in ("https://a.example/x", "HTTP://A.example/X/", "a.example/x", "https://a.example/x.,;:!?", "a.example/x?"):
        assert bare(link) == "a.example/x"


def test_a_text_is_cut_into_sentences() -> None:
    """With the white space behind each; blocks of code stay whole; a list's number ends nothing; nor does a stop within a quotation."""
    text = "One. Two! Three?  Four…\n1. Five. Six\n- Seven 1.5 e.g. eight.” Nine\n`a. B` and “c. D” or. E\n三。四\n"
    assert [part for part, _ in pieces(text)] == [
        *(
            "One. ",
            "Two! ",
            "Three?  ",
            "Four…\n",
            "1. Five. ",
            "Six\n",
            "- Seven 1.5 e.g. eight.” ",
            "Nine\n",
            "`a. B` and “c. D” or. ",
            "E\n",
            "三。",
            "四\n",
        ),
    ]
    for fence in ("```", "~~~", "````"):
        code = f"{fence}sh\na. B\n```x\n{fence}\n"
        assert list(pieces(f"A.\n{code}B.\n")) == [("A.\n", False), (code, True), ("B.\n", False)]
        assert list(pieces(f"{code}{MARK}\nB.\n")) == [(f"{code}{MARK}\n", True), ("B.\n", False)]
        assert list(pieces(f"{fence}\na")) == [(f"{fence}\na", True)]
    assert [without_lead(line) for line in ("- a", "* a", "+ a", "- - a", "12. a", "3) a", "  - a", "-a", "a - b", "12345. a")] == [
        *("a", "a", "a", "- a", "a", "a", "a"),
        "-a",
        "a - b",
        "12345. a",
    ]


def test_a_mark_stands_before_the_stop() -> None:
    """Below a block of code; where one is, there is no second."""

    def always(sentence: str, code: bool) -> bool:  # noqa: ARG001 - as `marked` calls it
        return MARK not in sentence

    assert marked("One. Two!? Three", always) == f"One {MARK}. Two {MARK}!? Three {MARK}"
    assert marked("```\na\n```\n", always) == f"```\na\n```\n{MARK}\n"
    assert marked("```\na\n```", always) == f"```\na\n```\n{MARK}"
    assert marked(f"One {MARK}. Two.", always) == f"One {MARK}. Two {MARK}."
    assert marked("\n  \n", always) == "\n  \n"
    assert plain(f"One {MARK}.{MARK}Two{MARK}.") == "One.Two."


ENDINGS = listed("py js jsx ts tsx mjs go java kt rb rs cs php swift scala c cc cpp h ex exs erl dart sql yaml yml toml vue")
TOOLS = listed("git kubectl docker curl psql mysql redis-cli aws gcloud az helm terraform npm yarn pip python pytest make go cargo grep journalctl systemctl")


def test_files_and_commands_are_told_apart() -> None:
    """By the ending of a name without a folder, and by the first word of a command."""
    for ending in ENDINGS:
        assert unheld(f"It is set in zz.{ending} now.") == [f"zz.{ending}"]
        assert unheld(f"It is set in zz.{ending}:7 now.") == [f"zz.{ending}:7"]
        assert unheld(f"It is set in zz.{ending}:7 now.", "advice") == [f"zz.{ending}:7"]
        assert unheld(f"It is set in zz.{ending} now.", "advice") == []
    for tool in TOOLS:
        assert unheld(f"See `{tool} zzz yyy`.") == []
        assert unheld(f"See `x{tool} zzz yyy`.") == [f"x{tool} zzz yyy"]
    for word in ("None", "null", "nil", "undefined", "true", "false", "nan", "self", "this", "main", "null pointer", "SELECT … FOR UPDATE", "ab", "x_"):
        assert unheld(f"See `{word}`.") == []
    assert unheld("See `abz`.") == ["abz"]
    assert unheld("Use `997.5`.") == ["997.5"]
    assert unheld("See `handle_transfer(x, 77)` and `zz(x, 77)`.") == ["zz(x, 77)"]
    assert unheld("Tell @acme/zebra-x, zz@acme.co.example and id 0a1b2c3d-0000-1111-2222-abcdefabcdef.") == [
        *("@acme/zebra-x", "zz@acme.co.example", "0a1b2c3d-0000-1111-2222-abcdefabcdef"),
    ]
    assert unheld("Tell aa:@zebra.") == ["aa:@zebra"][:0]
    assert unheld("Ask @okafor or @mallory.", "advice") == ["@mallory"]
    assert "a pull request or issue" not in [claim.what for claim in claims("See PR 1234567890", KNOWN, "claim")]
    assert unheld("As E91,E92 show.") == ["E91", "E92"]
    assert unheld("As E911/E92 show.") == ["E911", "E92"]
    assert unheld('See "abc defgh" or "ab defgh" or "abcdefgh".') == ["abc defgh"]
    for edge in "\"'“”‘’«»()[]{}<>.,;:!?*_…":
        assert ("E77", "evidence") in [claim[:2] for claim in claims(f"x {edge}E77{edge}{edge} y", KNOWN, "claim")] or edge in '"“”«»'


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [("See PR 999", "999"), ("prs 999", "999"), ("mr 999", "999"), ("MRs 999", "999"), ("pull 999", "999"),
     ("request 999", "999"), ("the requests: 999", "999"), ("issue 999", "999"),
     ("issues 999", "999"), ("acme/x#999", "acme/x#999"), ("GH-999", "GH-999"), ("!999", "999")],
)  # fmt: skip
def test_a_number_behind_such_a_word_is_a_reference(sentence: str, claim: str) -> None:
    """To a pull request or an issue."""
    found = [(one.text, one.what) for one in claims(sentence, KNOWN, "advice")]
    assert found in ([(claim, "a pull request or issue")], [(f"!{claim}", "a pull request or issue")], [])
    assert bool(found) == (sentence != "!999")


def test_a_link_in_any_writing_is_found() -> None:
    """A written link with a title, in angle brackets, alone; local addresses lead nobody anywhere."""
    for said, left in (
        ('[a](https://e.example/ "t t t")', "a"), ("[a]( <https://e.example/> )", "a"), ("[a](e.example)", "a"), ("![ ](x)", "(link left out)"),
        ("<https://e.example>", "(link left out)"),
        *((f"{scheme}:zz", "(link left out)") for scheme in ("http", "https", "ftp", "file", "data", "javascript", "mailto", "vbscript", "HTTPS")),
        ("see: a", "see: a"), ("a", "a"),
        *((link, link) for link in ("http://localhost/x", "https://127.0.0.1:80", "<http://[::1]/>", "http://api.svc", "http://a.internal:1",
        "http://b.local.x/", "http://api:80")),
        ("http://api.svcx", "(link left out)"), ("http://localhost.e.example", "(link left out)"), ("[a](http://localhost/)", "a"),
    ):  # fmt: skip
        assert without_foreign_links(said, Known(NEW))[0] == left
    known = Known(CASE, (), ("https://docs.example/",))
    for tail, kept in (
        ("a", True),
        ("", True),
        ("a/../b", False),
        ("./b", False),
        ("..", False),
        ("%2e", False),
        ("%2F", False),
        ("%5c", False),
        ("a\\b", False),
        ("a.b", True),
        ("a/..", False),
        ("..", False),
    ):
        assert (without_foreign_links(f"https://docs.example/{tail}", known)[1] == ()) == kept


def test_a_word_of_the_case_is_no_address_of_it() -> None:
    """A written link may lead to an address that evidence says, not to a page that is called like a word of it."""
    known = Known(NEW)
    for target in ("ledger", "upstream", "ord_77a1b2"):
        assert known.today.says(target)
        assert without_foreign_links(f"See [the page]({target}).", known) == ("See the page.", (target,))
    said = "See [the page](https://logs.example/E1)."
    assert without_foreign_links(said, known) == (said, ())


def test_whole_addresses_and_their_roots_stand() -> None:
    """With the stop of the sentence behind them."""
    known = Known(CASE, (), ("https://docs.example/",))
    for said in ("https://docs.example.", "https://docs.example/a?!", "https://logs.example/E1.", "[a](https://docs.example,)"):
        assert without_foreign_links(said, known) == (said, ())
