"""Each kind of claim by itself: how it is called, and when a small case carries it."""

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.claims import Tone, claims
from bot.model import CodePlace, Evidence, PastEntry
from tests.fakes.transfer_case import TIME
from tests.test_grounding_case import ALERT, CASE

SAID = (
    "upstream answered TimeoutError with no answer at all from reserve_leaf(x) of app/leaves.py:42 ;order 0a1b2c3d-0000-1111-2222-abcdefabcdef, "
    "sha abcdef1234, PR 41, acme/x#7, INC-4711, @mira of mira@acme.example, on 10.2.1.9:8443, sum 137; the pool drops 12 oldest users at night, x/5 users, "
    'amount 1204.5 total; File "jobs/run.py", line 88, in run; lib/late.cs:line 90; cpu and LeafStoreError of max wait time, as lo-cal had 77ms, at line 91: x'
)
PLACE = CodePlace("repo", "abcdef12", "app/pool.py", 12, "f", 10, "a\nb\nc")
PAST = PastEntry("n", "p.md", "the proxy gave up at 4321 rows, INC-99", "diagnosed", "high", TIME, 2, "same")
SMALL = replace(CASE, evidence=(Evidence("log", "s", "y", SAID, "E1"), Evidence("code", "s", "y", "z", "E2", detail=PLACE)))
KNOWN = Known(SMALL, ("within 15 minutes",))
AFTER = Known(replace(SMALL, history=(PAST,)))


def read(sentence: str, tone: Tone = "claim", known: Known = KNOWN, *, code: bool = False) -> list[str]:
    """Each claim with its kind; those that do not stand with an exclamation mark."""
    return [f"{one.what}: {one.text}{'' if one.stands else ' !'}" for one in claims(sentence, known, tone, code=code)]


EVERYWHERE = [
    ("See E1, (E2) and E7.", ["evidence: E1", "evidence: E2", "evidence: E7 !"]),
    *((f"See E1{sign}E7.", ["evidence: E1", "evidence: E7 !"]) for sign in ",/–-"),
    ("See E1,E7,E2.", ["evidence: E1", "evidence: E7 !", "evidence: E2"]),
    ("See E123,E45.", ["evidence: E123 !", "evidence: E45 !"]),
    ("Tell <!here> or <@U12|mira>.", ["a mention: <!here> !", "a mention: <@U12|mira> !"]),
    ("Ask @mira or @zebra.", ["a person: @mira", "a person: @zebra !"]),
    ("Tell @acme/zebra-x.", ["a person: @acme/zebra-x !"]),
    ("Tell mira@acme.example and x@acme.example.", ["a person: mira@acme.example", "a person: x@acme.example !"]),
    ("Tell -@-.", []),
    ("Tell cc:mira@acme.example.", ["a person: mira@acme.example"]),
    ("See PR 41 and PR 42.", ["a pull request or issue: 41", "a pull request or issue: 42 !"]),
    ("See #7 and #8.", ["a pull request or issue: #7", "a pull request or issue: #8 !"]),
    ("See acme/x#41 and acme/x!42.", ["a pull request or issue: acme/x#41", "a pull request or issue: acme/x!42 !"]),
    ("See #42x and x#42-b.", []),
    ("See gh-41 and GH-42.", ["a pull request or issue: gh-41", "a pull request or issue: GH-42 !"]),
    ("See INC-4711 and INC-4712.", ["a ticket or code: INC-4711", "a ticket or code: INC-4712 !"]),
    ("See UTF-8 and SHA-256.", []),
    ("See abcdef1 and ABCDEF1234 and abcdef9.", ["a commit or id: abcdef1", "a commit or id: ABCDEF1234", "a commit or id: abcdef9 !"]),
    ("See 0a1b2c3d-0000-1111-2222-abcdefabcdef.", ["a commit or id: 0a1b2c3d-0000-1111-2222-abcdefabcdef"]),
    ("See 0a1b2c3d-0000-1111-2222-abcdefabcde0.", ["a commit or id: 0a1b2c3d-0000-1111-2222-abcdefabcde0 !"]),
    ("At app/leaves.py:42 or app/leaves.py:43:7.", ["a line of code: app/leaves.py:42", "a line of code: app/leaves.py:43:7 !"]),
    ("At app/pool.py#L10 or app/pool.py#L13.", ["a line of code: app/pool.py#L10", "a line of code: app/pool.py#L13 !"]),
    ("At app/pool.py:12:80 or late.cs:90.", ["a line of code: app/pool.py:12:80", "a line of code: late.cs:90"]),
    ("At eaves.py:42 or eaf/leaves.py:42.", ["a line of code: eaves.py:42 !", "a line of code: eaf/leaves.py:42 !"]),
    ("At ool.py:12 or xapp/pool.py:12.", ["a line of code: ool.py:12 !", "a line of code: xapp/pool.py:12 !"]),
    ("At jobs/run.py:88 or run.py:89.", ["a line of code: jobs/run.py:88", "a line of code: run.py:89 !"]),
    ("At dead:1234 it is.", []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), EVERYWHERE)
def test_names_that_a_reader_would_look_for_are_claims_in_any_tone(sentence: str, told: list[str]) -> None:
    """Evidence, people, requests, tickets, commits and lines: as a claim, in advice, of the past, and in code."""
    for tone in ("claim", "advice", "past"):
        assert [one for one in read(sentence, tone) if one.partition(":")[0] not in ("an identifier", "a number")] == told
    assert read(sentence, code=True) == told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("It is reserve_leaf() there.", ["a function: reserve_leaf()"]),
        ("It is pool.reserve_leaf(), now.", ["a function: pool.reserve_leaf()"]),
        ("It is drop_all() of drain().", ["a function: drop_all() !", "a function: drain() !"]),
        ("It is on line 91 or line 92.", ["a line of code: line 91", "a line of code: line 92 !"]),
        ("It is “drop_all()”.", ["a function: drop_all() !"]),
        ("It is in app/leaves.py, or zz.py.", ["a file: app/leaves.py", "a file: zz.py !"]),
        ("It is in zz.pyq, or zz.pyq:42.", ["an identifier: zz.pyq:42 !"]),
        ("It is `reserve_leaf`.", ["code: reserve_leaf"]),
        ("It is `zebra`.", ["code: zebra !"]),
        ("It is `reserve_leaf(y, 9)`.", ["code: reserve_leaf(y, 9)"]),
        ("It is ` reserve_leaf (y)`.", ["code:  reserve_leaf (y)"]),
        ("It is `of(y)`.", ["code: of(y) !"]),
        ("It is `1,204.50` or `12`.", ["code: 1,204.50", "code: 12"]),
        ("It is `1,204.51`.", ["code: 1,204.51 !"]),
        ("It is `12e0` or `12e1`.", ["code: 12e0 !", "code: 12e1 !"]),
        ("It is `77 ms`.", ["code: 77 ms !"]),
        ("It says “no answer at all”.", ["a quotation: no answer at all"]),
        ("It says \"no answer at all\".", ["a quotation: no answer at all"]),
        ("It says «no answer at all».", ["a quotation: no answer at all"]),
        ("It says “no answer for all”.", ["a quotation: no answer for all !"]),
        ("It says \"no answer for all\".", ["a quotation: no answer for all !"]),
        ("It says «no answer for all».", ["a quotation: no answer for all !"]),
        ("It says “upstream answered … with no answer”.", ["a quotation: upstream answered … with no answer"]),
        ("It says “upstream ... with no answer”.", ["a quotation: upstream ... with no answer"]),
        ("It says “upstream … zebra”.", ["a quotation: upstream … zebra !"]),
        ("It says “… ? …”.", []),
        ("It says “TimeoutError: no answer”.", ["a quotation: TimeoutError: no answer"]),
        ("It says “ZebraError: no answer”.", ["a quotation: ZebraError: no answer !"]),
        ("It says “TimeoutError: zebra”.", ["a quotation: TimeoutError: zebra !"]),
        ("It says “no answer: upstream answered”.", ["a quotation: no answer: upstream answered !"]),
        ("It says “the TimeoutError: no answer”.", ["a quotation: the TimeoutError: no answer !"]),
        ("It says “pstream answered Timeo”.", ["a quotation: pstream answered Timeo"]),
        ("It says “pstream answered Time”.", ["a quotation: pstream answered Time"]),
        ("It says “pstream answered Tim”.", ["a quotation: pstream answered Tim !"]),
        ("It says “zebra abc”.", ["a quotation: zebra abc !"]),
        ("It says “zebr abc” of “zebraabcd”.", []),
        (f"It says “{'zebra ' * 30}”.", [f"a quotation: {'zebra ' * 25}zebra… !"]),
        ("It ended with 137 (128 + 9), 137 (128+9).", ["a number: 137"]),
        ("It ended with 137 (128 + 8).", ["a number: 137", "a number: 128 !", "a number: 8 !"]),
        ("It ended with x128 + 9.", ["an identifier: x128 !", "a number: 9 !"]),
        ("It ended with 128 + 9x.", ["a number: 128 !", "a number: 9x !"]),
        ("It is on port 8443, the Port 8443.", ["a number: 8443"]),
        ("It is on port 8444.", ["a number: 8444 !"]),
        ("It is on port 9.", ["a number: 9 !"]),
        ("It is on ports 8443.", ["a number: 8443 !"]),
        ("So the pool drops 13.", ["a number: 13 !"]),
        ("It is on line 42, line 11, line 88.", ["a line of code: line 42", "a line of code: line 11", "a line of code: line 88"]),
        ("It is on line 13.", ["a line of code: line 13 !"]),
        ("It is on line 9.", ["a line of code: line 9 !"]),
        ("It came in 15 minutes.", ["a number: 15 minutes !"]),
        ("It came 15 times.", ["a number: 15 times !"]),
        ("CPU rose.", ["a measurement: CPU rose"]),
        ("Traffic rose.", ["a measurement: Traffic rose !"]),
        ("The lo-cal service fails.", ["a name: lo-cal"]),
        ("The max-wait service fails.", ["a name: max-wait"]),
        ("The min-wait service fails.", ["a name: min-wait !"]),
        ("So max_wait_time is wrong, LeafStoreError or PoolStoreError.", ["a name: max_wait_time", "a name: LeafStoreError", "a name: PoolStoreError !"]),
        ("Greta Lind removed it.", ["a person: Greta Lind !"]),
    ],
)  # fmt: skip
def test_what_only_a_claim_says(sentence: str, told: list[str]) -> None:
    """Functions, files, quotations, sums, ports, lines, measurements and parts of a system."""
    assert read(sentence) == told


@pytest.mark.parametrize(
    "sentence",
    ["Call drop_all() in zz.py.", "Set `zebra_x` or “zebra for all”.", "Restart the min-wait service.", "Traffic may rise.", "See CPU and THE answer."],
)
def test_what_to_do_may_name_what_is_not_there_yet(sentence: str) -> None:
    """In advice; in code, neither."""
    assert read(sentence, "advice") == []


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("The pool drops 12 oldest users.", True),
        ("12 oldest users at night.", True),
        ("So drops 12 oldest users at.", True),
        ("12 oldest users", True),
        ("(drops 12 oldest users)", True),
        ("It ate 12 oldest users too.", False),
        ("It hit 5 users.", False),
        ("5 users", False),
        (f"{'zebra ' * 30}so pool drops 12 oldest users", True),
        (f"pool drops 12 oldest users {'zebra ' * 30}", True),
        (f"{'zebra ' * 30}so it ate 12 oldest users too", False),
    ],
)
def test_a_number_among_copied_words_needs_no_kind(sentence: str, stands: bool) -> None:
    """Three words in a row that the case says, two before it or behind it."""
    missed = [one for one in read(sentence) if one.startswith("a number")]
    assert missed == ([] if stands else [f"a number: {'12 oldest' if '12' in sentence else '5'} users !"])


def test_knowledge_carries_what_is_said_of_the_past() -> None:
    """A number, words, and a quotation; as a claim of today only where the sentence speaks of an earlier time, or in code."""
    for words in ("4321 rows", "“gave up at 4321 rows”", "“roxy gave up at 4321 rows”"):
        assert read(f"It had {words}.", known=AFTER)[0].endswith(" !")
        for sentence, tone in ((f"Earlier it had {words}.", "claim"), (f"It had {words}.", "past")):
            assert not read(sentence, tone, AFTER)[0].endswith(" !")  # type: ignore[arg-type] # each is a tone


def test_code_may_name_what_only_knowledge_names() -> None:
    """A claim of today may not."""
    assert read("See INC-99.", known=AFTER, code=True) == ["a ticket or code: INC-99"]
    assert read("See INC-99.", known=AFTER) == ["a ticket or code: INC-99 !"]


def test_the_same_claim_counts_once() -> None:
    """And no more than a thousand of one sentence are looked up."""
    assert read("PR 42, PR 42, #42.") == ["a pull request or issue: 42 !", "a pull request or issue: #42 !"]
    assert len(read(" ".join(f"E{n}" for n in range(1_002)), "advice")) == 1_000


def test_links_are_read_as_a_whole() -> None:
    """One of the case stands; nothing within any of them is looked up."""
    known = Known(replace(SMALL, evidence=(Evidence("log", "s", "https://logs.example/E7/abcdef9", "x", "E1"),)))
    assert read("See https://logs.example/E7/abcdef9 now.", known=known) == ["a link: https://logs.example/E7/abcdef9"]
    assert read("See https://evil.example/E7/abcdef9?x=42,500 now.", known=known) == []
    assert read("See HTTPS://evil.example/4711 (or <http://evil.example/4712>).", known=known) == []


def test_plain_words_claim_nothing() -> None:
    """Nor does a word in capitals."""
    assert read("Nothing of it is known, AND nobody asks.") == []


def test_a_code_may_read_like_a_piece_of_evidence() -> None:
    """Where the alert says it, it is no evidence that is missing."""
    known = Known(replace(SMALL, alert=replace(ALERT, text="ld.so stopped with E4711")))
    assert read("It stopped with E4711.", known=known) == ["evidence: E4711"]
    assert read("It stopped with E4712.", known=known) == ["evidence: E4712 !"]
