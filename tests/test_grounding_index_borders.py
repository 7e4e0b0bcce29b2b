"""Where a word, a number, a clock, a commit or a reference of a text begins and ends, and what stands around it."""

from datetime import timedelta

import pytest

from bot.core.grounding.index import Index, folded
from bot.core.grounding.sentences import MARK, marked, pieces


def having(text: str, kind: str, *values: float) -> list[float]:
    """Which of the values the text has, of that kind."""
    return [value for value in values if Index([text]).has_number(value, kind, 0)]


@pytest.mark.parametrize("text", ["5", "a 5 b", "(5)", "5.", "5, 6", "=5", "5-a", "5/a", "5.a", "a: 5", "1: 5", "1, 5", "«5»", "5s x", "5\nx", "05"])
def test_a_number_stands_by_itself(text: str) -> None:
    """With its unit, or with signs that belong to the sentence."""
    assert having(text, "", 5) == [5]


@pytest.mark.parametrize("text", ["a5", "_5", "1.5", "#5", "@5", "/5", "-5", "1:5", "1,5", "5:", "5:30", "5_a", "5-6", "5/6", "5.6", "15", "50"])
def test_a_number_within_something_longer_is_none(text: str) -> None:
    """Of a name, a version, a clock, a path, another number."""
    assert having(text, "", 5) == []


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("1,234 users", "people", [1234]), ("1.5 s", "time", [1500]), ("1_500 ms", "time", [1500]), ("1.234.567 users", "people", [1234567]),
        ("5s", "time", [5000]), ("5  s", "time", [5000]), ("5% of", "share", [5]), ("5 %", "share", [5]), ("5 sx", "time", []), ("5 km", "size", []),
        ("2 KB", "size", [2000, 2048]), ("2 bytes", "size", [2]), ("9 Users", "people", [9]), ("five users", "people", [5]), ("five, users", "people", []),
        ("five (users)", "people", [5]), ("xfive users", "people", []), ("ten ten users", "people", [10]), ("five users", "", [5]), ("ten s", "time", [10000]),
        ("$5", "money", [5]), ("€1,234.5", "money", [1234.5]), ("$5a", "money", []), ("£ 5", "money", []), ("5 usd", "money", [5]), ("7 rps", "rate", [7]),
        ("users=5", "people", [5]), ("users: 5", "people", [5]), ('"users": "5"', "people", [5]), ("*users:* `5`", "people", [5]),
        ("users = (5)", "people", [5]), ("five leaves five-users", "people", []),
        ("users==5", "people", []), ("users=5.5", "people", [5.5]), ("users=5.5.5", "people", []), ("users=5:", "people", []), ("users=5-6", "people", []),
        ("users=5a", "people", []), ("users  =  5", "people", [5]), ("5=7", "people", []),
        ("new_users=5", "people", [5]), ("new.users=5", "people", [5]), ("new-users=5", "people", [5]), ("users_ms=5", "time", [5]),
        ("ms_users=5", "time", []), ("ms_users=5", "people", [5]), ("took_ms=5", "time", [5]), ("ms_took=5", "time", [5, 5000]), ("millis=5", "time", [5]),
        ("ttl_x=5", "time", [5, 5000]), ("sec_x=5", "time", [5, 5000]), ("seconds=5", "time", [5, 5000]),
        ("heap=5", "size", [5]), ("x_bytes_y=5", "size", [5]), ("memory_ms=5", "size", []), ("disk_percentage=0.5", "share", [0.5, 50]),
        ("percent=5", "share", [5, 500]), ("ratio_x=5", "share", []), ("count_x=5", "events", [5]), ("x=5", "events", []), ("num=5", "events", [5]),
        (f"{'k' * 41}=5 users=6", "people", [6]), (f"{'x' * 60}users=5", "people", []), (f"{'x ' * 30}users=5", "people", [5]),
    ],
)  # fmt: skip
def test_a_number_is_of_the_kind_that_stands_beside_it(text: str, kind: str, values: list[float]) -> None:
    """Behind it its unit, before it its key; nothing else is of that kind."""
    index = Index([text])
    assert having(text, kind, *values) == values
    assert index.largest(kind) == max(values, default=0)


def test_counts_are_of_a_family_or_of_none() -> None:
    """Those of records, and every number as one without a unit."""
    index = Index(["x"], counts=((5, "user"), (7, "zebra"), (9, "Request")))
    for kind, values in (("people", [5]), ("events", [9]), ("", [5, 7, 9]), ("zebra", [])):
        assert [n for n in range(12) if index.has_number(n, kind, 0)] == values


@pytest.mark.parametrize("edge", "\"'`“”‘’«»()[]{}<>.,;:!?*…")
def test_what_stands_around_a_word_is_no_part_of_it(edge: str) -> None:
    """So that it is found at once, and counted with its number."""
    assert "word" in Index([f"a {edge}word{edge} b"]).words
    assert f"{edge}word{edge}" in Index([f"a {edge}word{edge} b"]).words
    assert having(f"five {edge}users{edge} x", "people", 5) == [5]


def test_a_word_is_found_within_signs_and_not_within_words() -> None:
    """Letters, digits and underscores go on; anything else ends it. A word that hides in two hundred longer ones is not looked for any further."""
    for text, said in (("a/pool/b", True), ("a-pool.b", True), ("pools", False), ("_pool", False), ("pool_", False), ("7pool", False), ("spool pool-x", True)):
        assert Index([text]).says("pool") == said
    for text, sign in (("x(a)y", "(a)"), ("x-a", "-a"), ("a-x", "a-")):
        assert Index([text]).says(sign)
    assert Index(["pools " * 199 + "pool-x"]).says("pool")
    assert not Index(["pools " * 200 + "pool-x"]).says("pool")
    assert Index(["Straße\t\n  7"]).says("STRASSE 7")
    assert folded(" A \n B ") == "a b"
    assert Index(["one", "two"]).says("one two")


def test_clocks_days_and_commits_of_a_text() -> None:
    """Each where it stands by itself."""
    assert Index(["at 09:12, (7:05:09) 10:11:12.5 x1:22 1:2 3:044 4:05:066 :6:07 23:45x"]).clocks == {
        *("9:12", "7:05", "7:05:09", "10:11", "10:11:12", "1:22", "23:45"),
    }
    assert Index(["2025-01-02T03 x 2025-01-039 -2025-01-04 12025-01-05 (2025-01-06)"]).dates == {(2025, 1, 2), (2025, 1, 6)}
    shas = Index(["abcdef1 (0123456789abcdef) gabcdef2 abcdef3g abcde4 7abcdef-x ABCDEF9"])
    for sha, known in (("abcdef1", True), ("abcde", True), ("0123456", True), ("abcdef2", False), ("abcdef3", False), ("abcde4", False), ("7abcdef", True),
                       ("ABCDEF9", True), ("abcdef9", True), ("abcdef11", False)):  # fmt: skip
        assert shas.has_commit(sha) == known
    told = "#1 !2 gh-3 GH-4 x/pull/5 x/pulls/6 x/issues/7 x/merge_requests/8 pr 9 request #10 issue 11 mr 12, 13 #14x prs 15 pr 1234567890 pr x16"
    assert Index([told]).references == {*range(1, 13)}


def test_a_number_may_be_off_by_its_leeway() -> None:
    """Up and down, the ends included."""
    index = Index(["100 users"], spans=[timedelta(seconds=4), timedelta(seconds=2)])
    for value, leeway, near in ((105, 5, True), (95, 5, True), (106, 5, False), (94, 5, False), (100, 0, True), (101, 0, False)):
        assert index.has_number(value, "people", leeway) == near
    assert [seconds for seconds in range(7) if index.has_span(seconds * 1_000, 0)] == [2, 4]
    assert (index.largest("people"), index.largest("machines")) == (100, 0)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. two. Three", ["One. two. ", "Three"]), ("One.” Two", ["One.” ", "Two"]), ("One.) Two", ["One.) ", "Two"]), ("One.] Two", ["One.] ", "Two"]),
        ("One.\" Two.' Three.’ Four.» Five", ["One.\" ", "Two.' ", "Three.’ ", "Four.» ", "Five"]), ("One?! Two… Three", ["One?! ", "Two… ", "Three"]),
        ("一。二！三？四", ["一。", "二！", "三？", "四"]), ("One [unverified] Two", ["One [unverified] ", "Two"]), ("One.Two", ["One.Two"]),
        ("1.5 V", ["1.5 V"]),
        ("One. 2 are", ["One. ", "2 are"]), ("One.  Two", ["One.  ", "Two"]), ("10) A. B", ["10) A. ", "B"]), ("A `b. C` d. E", ["A `b. C` d. ", "E"]),
        ("A “b. C” d. E", ["A “b. C” d. ", "E"]), ('A "b. C" d. E', ['A "b. C" d. ', "E"]), ("A «b. C» d. E", ["A «b. C» d. ", "E"]),
        ("A `b` c. D `e. F` g. H", ["A `b` c. ", "D `e. F` g. ", "H"]), ("A “b.” C", ["A “b.” ", "C"]), (f"A. {MARK} B", [f"A. {MARK} ", "B"]),
        ("* A. B\n+ C. D\n", ["* A. ", "B\n", "+ C. ", "D\n"]), ("", []), ("A.\n\nB.", ["A.\n", "\n", "B."]),
    ],
)  # fmt: skip
def test_a_sentence_ends_at_its_stop(text: str, parts: list[str]) -> None:
    """With what closes behind it; not before a small letter, nor within a quotation."""
    assert [part for part, _ in pieces(text)] == parts
    assert "".join(parts) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```\na\n```\nB", "```\na\n```\n"), ("  ~~~~ sh\na\n~~~\n~~~~~\nB", "  ~~~~ sh\na\n~~~\n~~~~~\n"),
        ("```\na\n``` x\n```  \nB", "```\na\n``` x\n```  \n"),
        ("```\na\n~~~\n```\nB", "```\na\n~~~\n```\n"), ("        ```\na\n```\nB", "        ```\na\n```\n"),
        (f"```\na\n```\n{MARK}\n{MARK}\nB", f"```\na\n```\n{MARK}\n{MARK}\n"),
    ],
)  # fmt: skip
def test_a_block_of_code_ends_with_its_fence(text: str, code: str) -> None:
    """One at least as long, of the same sign, with nothing behind it; marks below belong to it."""
    assert list(pieces(text)) == [(code, True), ("B", False)]
    asked: list[bool] = []

    def never(sentence: str, is_code: bool) -> bool:
        asked.append(is_code)
        return sentence == ""

    assert marked(text, never) == text
    assert asked == [True, False]
