"""The table of earlier occurrences: which rows are the bot's, where new ones go, and when the table is gone."""

import pytest

from bot.core.entry.earlier import HEADER, Row, row_of, row_text, rows, with_rows, without, without_empty_table
from bot.core.entry.occurrence_block import Block
from bot.core.entry.sections import Span

HISTORY = "## Diagnosis History\n\nwords\n\n"
HEAD = f"### Earlier occurrences\n\n{HEADER}\n"
AFTER = "\n## Mine\n\nx\n"
LINK = "https://a.slack.com/archives/C1/p1765962764000100"


def row(number: int, words: str = "said", alert: str = "") -> str:
    """The row of an alert of that second."""
    return row_text(number, f"| T{number} | {words} | {alert or f'`C1/{1765962700 + number}.000100`'}")


def named(number: int) -> tuple[str, str]:
    """The same with the alert it is of."""
    return f"C1/{1765962700 + number}.000100", row(number)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_new_rows_stand_among_the_others_by_their_time(newline: str) -> None:
    """The newest first, below the head; rows and words of a person stand after them, and the rest of the page stays."""
    theirs = "| 0 | long ago | Ada says | - |\n"
    body = f"{HISTORY}{HEAD}{row(5)}\n{row(3)}\n{theirs}{AFTER}".replace("\n", newline)

    assert with_rows(body, [named(4), named(9)], newline) == f"{HISTORY}{HEAD}{row(9)}\n{row(5)}\n{row(4)}\n{row(3)}\n{theirs}{AFTER}".replace("\n", newline)
    assert with_rows(body, [], newline) == body
    assert with_rows(f"{HISTORY}{AFTER[1:]}".replace("\n", newline), [named(4)], newline) == f"{HISTORY}{HEAD}{row(4)}\n{AFTER}".replace("\n", newline)


@pytest.mark.parametrize("ruler", ["|---|---|---|---|", "| :--- | :-: | -: | - |  ", "|-|-|-|-|"])
def test_a_head_that_somebody_aligned_is_still_the_head(ruler: str) -> None:
    """Rows go below its ruler; below something else a table is begun."""
    head = HEAD.replace("|---|---|---|---|", ruler)

    assert with_rows(f"{HISTORY}{head}{AFTER}", [named(4)], "\n") == f"{HISTORY}{head}{row(4)}\n{AFTER}"
    for other in ("|---|---|---|", "|---|---|---|---|---|", "|---|---|---|---| x", "x |---|---|---|---|", "| | | | |"):
        changed = f"{HISTORY}{HEAD.replace('|---|---|---|---|', other)}{AFTER}"
        assert with_rows(changed, [named(4)], "\n").count("### Earlier occurrences") == 2


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (row(7), True),
        (row(7, "a \\| b"), True),
        (row(7, ""), True),
        (row(7, "w" * 4_000), True),
        (row(7, "w" * 4_001), False),
        (row(7, alert=f"[alert]({LINK})"), True),
        (row(7, alert=f"[alert] ({LINK})"), False),
        (row(7, alert=LINK), False),
        (row(7, alert="`a b`"), False),
        (f"{row(7)} \t", True),
        (f"{row(7)} x", False),
        (f"x {row(7)}", False),
        (row(7).replace("said", "sad"), False),
        (row(7).replace("| 7 ", "| 8 "), False),
        (row(7).replace("T7", "T8"), False),
        (row(7).replace("C1/", "C2/"), False),
        (row(1_234_567_890), False),
        (f"```\n{row(7)}\n```", False),
    ],
)
def test_a_row_is_the_bots_while_nobody_changed_it(line: str, known: bool) -> None:
    """Number, time, words and alert are sealed; in code it is text."""
    assert bool(rows(f"{HISTORY}{HEAD}{line}\n{AFTER}")) == known


def test_what_a_row_says() -> None:
    """Its offsets with the line end, number, time, alert; only in the diagnosis history."""
    body = f"{HISTORY}{HEAD}{row(12)}\n{row(3, alert=f'[alert]({LINK})')}"
    first, second = rows(body)

    assert body[first.start : first.end] == f"{row(12)}\n"
    assert body[second.start : second.end] == body[second.start :]
    assert first == Row(first.start, first.end, 12, "T12", "C1/1765962712.000100", "| T12 | said | `C1/1765962712.000100`")
    assert (second.number, second.time, second.identity) == (3, "T3", "C1/1765962764.000100")
    assert without(body, [first, second]) == without(body, [second, first]) == f"{HISTORY}{HEAD}"
    assert without(body, [first]) == f"{HISTORY}{HEAD}{body[second.start :]}"
    assert rows(f"{HEAD}{row(12)}\n") == rows(f"{row(12)}\n{HISTORY}") == rows(f"{HISTORY}{AFTER}{row(12)}\n") == []
    assert len(rows(f"{HISTORY}{row(12)}")) == 1


def test_an_empty_table_goes() -> None:
    """Only where nothing but its head is left, whatever its blank lines; the page around it stays."""
    assert without_empty_table(f"{HISTORY}{HEAD}{AFTER}") == f"{HISTORY}{AFTER[1:]}"
    assert without_empty_table(f"{HISTORY}{HEAD}\n\n### Other\n") == f"{HISTORY}### Other\n"
    for kept in (f"{HISTORY}{HEAD}{row(4)}\n", f"{HISTORY}{HEAD}x\n", f"{HISTORY}### Earlier occurrences\n", f"{HEAD}{AFTER}", f"{HISTORY}{AFTER}"):
        assert without_empty_table(kept) == kept


@pytest.mark.parametrize(
    ("text", "link", "rest"),
    [
        ("One | two.\nMore.", LINK, f"| T | One \\| two. | [alert]({LINK})"),
        ("One \\| two.", "", "| T | One \\| two. | `C1/1765962764.000100`"),
        ("\n<!-- mark -->\n\n  One.  \n", "alert:pagerduty/A1/p1", "| T | One. | `C1/1765962764.000100`"),
        ("<!-- mark -->", LINK, f"| T |  | [alert]({LINK})"),
    ],
)
def test_a_row_stands_for_a_diagnosis(text: str, link: str, rest: str) -> None:
    """By its first line of words; with the address of the alert where it has one."""
    body = f"before\n{text}\n### after"
    block = Block(Span("", 0, 7, 7 + len(text)), 7, "T", "C1/1765962764.000100", intact=True)

    assert row_of(body, block, {"C1/1765962764.000100": link, "C1/1.2": "https://other"} if link else {}) == row_text(7, rest)
