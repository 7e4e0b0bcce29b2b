"""The table of alerts that were answered at once, letter by letter: begun, added to, cut at forty rows, joined, taken out, judged."""

import pytest
from msgspec.structs import replace

from bot.core.entry.entry import Entry
from bot.core.entry.instant_answers import (
    KEPT,
    InstantAnswer,
    counted,
    instant_answers,
    is_counted,
    judged,
    only_counts,
    renumbered_answers,
    uncounted,
    with_answers_of,
    without_answers,
)
from bot.model import Permalink
from tests.joined_entries import META, entry

HISTORY = "## Diagnosis History\n\nwords\n\n"
HEAD = "### Answered at once\n\n| No. | Time | Reviewed | Since then | Alert |\n|---|---|---|---|---|\n"
AFTER = "## Mine\n\nx\n"
AT = "2025-12-13T09:00:00Z"


def link(number: int) -> str:
    """Alerts a minute after each other."""
    return f"https://a.slack.com/archives/C1/p{1765616400 + 60 * number}000100"


def place(number: int) -> Permalink:
    """The same as a place."""
    return Permalink("a.slack.com", "C1", f"{1765616400 + 60 * number}.000100")


def time(number: int) -> str:
    """When it was posted: from nine in the morning on."""
    return f"2025-12-13T{9 + number // 60:02}:{number % 60:02}:00Z"


def row(number: int, outcome: str = "", alert: str = "", at: int = -1) -> str:
    """Its row, with its own number or that of another alert."""
    at = number if at < 0 else at
    return f"| {number} | {time(at)} | {AT} | {outcome} | {alert or f'[alert]({link(at)})'} |\n"


def table(*numbers: int, more: int = 0) -> str:
    """A history with these rows, the sum of older ones, and a section of a person below."""
    summed = f"\n_Before these: {more} more._\n" if more else ""
    return f"{HISTORY}{HEAD}{''.join(map(row, numbers))}{summed}\n{AFTER}"


def page(body: str, newline: str = "\n", **changes: object) -> Entry:
    """An entry of that body."""
    return entry(body, replace(META, **changes), newline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_is_begun_and_goes_on(newline: str) -> None:
    """At the end of the history; a new row stands first, also where its alert is older than the others; nothing is summed up."""
    one = counted(page(f"{HISTORY}{AFTER}", newline), place(2), AT)
    two = counted(one, place(1), AT)

    assert one.body == f"{HISTORY}{HEAD}{row(2)}\n{AFTER}".replace("\n", newline)
    assert two.body == f"{HISTORY}{HEAD}{row(3, at=1)}{row(2)}\n{AFTER}".replace("\n", newline)
    assert (two.meta.occurrences, two.meta.threads) == (3, (META.threads[0], link(1), link(2)))
    assert (two.meta.first_seen, two.meta.last_seen) == (META.first_seen, META.last_seen)
    beside = Permalink("a.slack.com", "B1", place(2).ts)
    assert counted(two, beside, AT).meta.threads == (META.threads[0], link(1), link(2), beside.url)


def test_the_first_and_the_last_time_move_with_the_alert() -> None:
    """Each only when the alert lies outside of them."""
    between = page(f"{HISTORY}{AFTER}", first_seen=time(3), last_seen=time(5))

    assert [(one.meta.first_seen, one.meta.last_seen) for one in (counted(between, place(number), AT) for number in (2, 4, 6))] == [
        (time(2), time(5)),
        (time(3), time(5)),
        (time(3), time(6)),
    ]


def test_a_page_without_a_history_is_given_a_table_at_its_end() -> None:
    """And so is one that ends with the head of the table, or whose head somebody rewrote."""
    assert counted(page("x\n"), place(2), AT).body == f"x\n\n{HEAD}{row(2)}"
    assert counted(page(f"{HISTORY}{HEAD.rstrip()}"), place(2), AT).body == f"{HISTORY}{HEAD}{row(2)}"
    copied = f"{HISTORY}{HEAD}\n{HEAD.splitlines()[3]}\n\n{AFTER}"
    assert counted(page(copied), place(2), AT).body == copied.replace(HEAD, HEAD + row(2)), "below the first of two heads"
    rewritten = HEAD.replace("|---|---|---|---|---|", "|:--|---|---|---|---|")
    assert counted(page(f"{HISTORY}{rewritten}"), place(2), AT).body == f"{HISTORY}{rewritten}\n{HEAD}{row(2)}"


def test_an_alert_is_counted_once() -> None:
    """Whether it stands in the front matter, in the short form, or only as a row; another one is not counted yet."""
    one = counted(page(f"{HISTORY}{AFTER}"), place(2), AT)
    by_row = page(table(2))

    assert [is_counted(one, f"C1/{place(number).ts}") for number in (2, 3)] == [True, False]
    assert [is_counted(by_row, f"C1/{place(number).ts}") for number in (2, 3)] == [True, False]
    assert is_counted(page("x"), "C1/1765526465.120900")
    assert not is_counted(page("x"), "C2/1765526465.120900")
    assert counted(one, place(2), AT) is one
    assert counted(by_row, place(2), AT) is by_row


def test_the_forty_first_row_is_summed_up() -> None:
    """The oldest goes, the sum below grows with each; what a person wrote below stays between it and the next section."""
    full = page(table(*range(KEPT, 0, -1)), occurrences=KEPT, first_seen=time(0))
    over = counted(full, place(KEPT + 1), AT)
    again = counted(over, place(KEPT + 2), AT)
    said = counted(page(table(*range(KEPT, 0, -1)).replace(AFTER, f"Ada: see the bank.\n\n{AFTER}"), occurrences=KEPT), place(KEPT + 1), AT)

    assert full.body.count(row(1)) == 1
    assert over.body == table(*range(KEPT + 1, 1, -1), more=1)
    assert counted(page(table(*range(40, 0, -1)), occurrences=40), place(41), AT).body == over.body
    assert counted(page(table(*range(39, 0, -1)), occurrences=39), place(40), AT).body == full.body
    assert again.body == table(*range(KEPT + 2, 2, -1), more=2)
    windows = page(table(*range(KEPT + 1, 1, -1), more=1), "\r\n", occurrences=KEPT + 1)
    assert counted(windows, place(KEPT + 2), AT).body == table(*range(KEPT + 2, 2, -1), more=2).replace("\n", "\r\n")
    assert without_answers(windows.body) == f"{HISTORY}{AFTER}".replace("\n", "\r\n")
    assert said.body == table(*range(KEPT + 1, 1, -1), more=1).replace(AFTER, f"Ada: see the bank.\n\n{AFTER}")


def test_rows_of_another_entry_come_in_by_their_time() -> None:
    """What stands there already, as a row or in a diagnosis, comes once; outcomes come along, and sums are added."""
    body = with_answers_of(table(6, 3), page(table(7, 5, 3, 1)), "\n")
    assert body == table(7, 6, 5, 3, 1)
    assert with_answers_of(table(2), page(table(1)), "\n") == table(2, 1)
    assert with_answers_of(table(2), page("x"), "\n") == table(2)
    assert with_answers_of(f"{HISTORY}{AFTER}", page(table(2, 1)), "\n") == table(2, 1)
    assert with_answers_of(table(), page(table(more=3)), "\n") == table(), "a sum without any row is a person's"
    assert with_answers_of(table(6), page(table(5, more=3)), "\n") == table(6, 5, more=3)
    assert with_answers_of(table(6, more=4), page(table(5, more=3)), "\n") == table(6, 5, more=7)
    assert with_answers_of(table(*range(KEPT, 1, -1)), page(table(1, more=3)), "\n") == table(*range(KEPT, 0, -1), more=3)
    assert with_answers_of(table(*range(KEPT + 1, 1, -1)), page(table(1, more=3)), "\n") == table(*range(KEPT + 1, 1, -1), more=4)
    beside = row(2).replace("/C1/", "/C2/")
    assert with_answers_of(table(3, 2), page(table(2).replace(row(2), beside)), "\n") == table(3, 2).replace(row(2), row(2) + beside)
    confirmed = table(5).replace(row(5), row(5, "confirmed 2025-12-20"))
    assert with_answers_of(table(6), page(confirmed), "\n") == table(6, 5).replace(row(5), row(5, "confirmed 2025-12-20"))


def test_rows_are_taken_out_and_words_of_a_person_stay() -> None:
    """With the table, where nothing else stands in it; the sum of the bot goes too."""
    assert without_answers(table(3, 2, 1)) == without_answers(table(3, 2, 1, more=4)) == f"{HISTORY}{AFTER}"
    theirs = "| ask | the | bank | | first |\n"
    assert without_answers(table(3, 1).replace(row(1), theirs + row(1))) == f"{HISTORY}{HEAD}{theirs}\n{AFTER}"
    assert without_answers(f"{HISTORY}{HEAD}{row(3)}{theirs}{row(2)}") == f"{HISTORY}{HEAD}{theirs}"
    assert without_answers(f"{HISTORY}{HEAD}{row(3)}\nAda: see the bank.\n\n_Before these: 2 more._\n\n{AFTER}") == (
        f"{HISTORY}{HEAD}\nAda: see the bank.\n\n\n{AFTER}"
    )
    assert without_answers(f"{HISTORY}{AFTER}") == f"{HISTORY}{AFTER}"
    for words in ("_Before these: 2 more._ Ada knows of them.", "Ada: _Before these: 2 more._"):
        assert without_answers(f"{HISTORY}{HEAD}\n{words}\n\n{AFTER}") == f"{HISTORY}{HEAD}\n{words}\n\n{AFTER}"
    for twice in (HEAD.splitlines()[2], HEAD.splitlines()[3]):
        assert without_answers(f"{HISTORY}{HEAD}{row(3)}{twice}\n\n{AFTER}") == f"{HISTORY}{HEAD}{twice}\n\n{AFTER}"
    assert without_answers(HEAD + row(1)) == HEAD + row(1), "a table outside of the history is a person's"


def test_rows_bear_other_numbers() -> None:
    """By their alerts; one that is not named keeps its own, and nothing else of the page changes."""
    numbers = {f"C1/{place(number).ts}": 100 + number for number in (1, 3)}

    assert renumbered_answers(table(3, 2, 1), numbers) == table(3, 2, 1).replace("| 3 |", "| 103 |").replace("| 1 |", "| 101 |")
    assert renumbered_answers(table(3), {}) == table(3)
    assert renumbered_answers("x", numbers) == "x"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (row(2), InstantAnswer(2, time(2), AT, link(2))),
        (row(2, "confirmed 2025-12-20"), InstantAnswer(2, time(2), AT, link(2), "confirmed", "2025-12-20")),
        (row(2, "corrected 2025-12-20"), InstantAnswer(2, time(2), AT, link(2), "corrected", "2025-12-20")),
        (row(2, alert="`alert:pagerduty/A1/p1765616520000100`"), InstantAnswer(2, time(2), AT, "alert:pagerduty/A1/p1765616520000100")),
        (row(2).replace(" |\n", " |  \n"), InstantAnswer(2, time(2), AT, link(2))),
        (row(2).replace("|  |", "| |"), InstantAnswer(2, time(2), AT, link(2))),
        (row(2, "doubted"), None),
        (row(2, "confirmed on 2025-12-20"), None),
        (row(2, "Ada looked"), None),
        (row(2, alert=link(2)), None),
        (row(2, alert="[alert](http://a.b/c)"), None),
        (row(2, alert="`pagerduty`"), None),
        (row(2).replace(" |\n", " | x\n"), None),
        (f" {row(2)}", None),
        (row(2).replace("| 2 |", "| 1234567890 |"), None),
        (row(2).replace("| 2 |", "| two |"), None),
    ],
)
def test_what_is_a_row(written: str, read: InstantAnswer | None) -> None:
    """As the bot writes it; what a person wrote otherwise is none."""
    assert instant_answers(page(f"{HISTORY}{HEAD}{written}\n{AFTER}")) == ((read,) if read else ())


def test_rows_are_read_in_their_table_only() -> None:
    """Not in another block, not below another heading."""
    assert [one.number for one in instant_answers(page(table(3, 2)))] == [3, 2]
    assert instant_answers(page(table(3).replace("Answered at once", "Asked at once"))) == ()
    assert instant_answers(page(f"{HISTORY}{HEAD}\n### Other\n\n{row(2)}")) == ()
    assert instant_answers(page(f"{HISTORY}{HEAD}\n## Other\n\n{row(2)}")) == ()
    assert instant_answers(page(f"{HEAD}{row(2)}")) == ()


def test_a_row_gives_way_to_a_diagnosis() -> None:
    """It and its thread go, and the count; an entry that would be left without any alert stays as it is."""
    two = counted(counted(page(f"{HISTORY}{AFTER}"), place(1), AT), place(2), AT)
    left = uncounted(two, f"C1/{place(1).ts}")

    assert left.body == f"{HISTORY}{HEAD}{row(3, at=2)}\n{AFTER}"
    assert (left.meta.occurrences, left.meta.threads) == (2, (META.threads[0], link(2)))
    assert uncounted(two, f"C1/{place(3).ts}") is two
    assert uncounted(page("x"), f"C1/{place(3).ts}").body == "x"
    single = page(table(2), occurrences=1)
    assert uncounted(single, f"C1/{place(2).ts}") is single
    assert uncounted(page(table(2), occurrences=2), f"C1/{place(2).ts}").meta.occurrences == 1


def test_a_review_judges_what_nobody_judged() -> None:
    """In each row without an outcome; the rest of the page stays."""
    body = table(3, 2, 1).replace(row(2), row(2, "corrected 2025-12-14"))
    judged_body = judged(page(body), "confirmed", "2025-12-20", AT).body

    assert judged_body == body.replace("|  |", "| confirmed 2025-12-20 |")
    assert [one.outcome for one in instant_answers(page(judged_body))] == ["confirmed", "corrected", "confirmed"]
    assert judged(page("x"), "confirmed", "2025-12-20", AT).body == "x"


def test_a_change_that_only_counts() -> None:
    """One alert or several, in the order of their numbers; nothing else may differ, and nothing at all is no count."""
    before = page(f"{HISTORY}{AFTER}")
    one = counted(before, place(1), AT)
    three = counted(counted(one, place(3), AT), place(2), AT)

    assert only_counts(before, one)
    assert only_counts(before, three)
    assert only_counts(one, three)
    assert not only_counts(before, before)
    assert not only_counts(three, one)
    assert not only_counts(before, replace(three, body=three.body.replace("words", "word")))
    assert not only_counts(before, replace(three, front=three.front.replace('"high"', '"low"')))
    assert not only_counts(before, replace(one, body=one.body.replace("/archives/", "/files/")))


def test_an_alert_without_a_message_is_counted_as_any_other() -> None:
    """Its place stands in its row as code: it is known again, numbered, joined, judged, taken out, and told from other changes."""
    pager = Permalink("alert:pagerduty", "AMFRGGZDFMY3TQNZX", "1765616520.000100")
    known = f"AMFRGGZDFMY3TQNZX/{pager.ts}"
    before = page(f"{HISTORY}{AFTER}")
    one = counted(before, pager, AT)
    shown = row(2, alert=f"`{pager.url}`")

    assert one.body == f"{HISTORY}{HEAD}{shown}\n{AFTER}"
    assert [answer.identity for answer in instant_answers(one)] == [known]
    assert counted(one, pager, AT) is one
    assert only_counts(before, one)
    assert not only_counts(before, replace(one, body=one.body.replace("alert:pagerduty", "alert:opsgenie")))
    assert renumbered_answers(one.body, {known: 12}) == one.body.replace("| 2 |", "| 12 |")
    assert uncounted(one, known).body == f"{HISTORY}{HEAD}\n{AFTER}"
    assert uncounted(one, known).meta.threads == META.threads
    assert with_answers_of(table(3), one, "\n") == table(3).replace(row(3), row(3) + shown)
    assert with_answers_of(one.body, one, "\n") == one.body
    assert judged(one, "corrected", "2025-12-20", AT).body == one.body.replace("|  |", "| corrected 2025-12-20 |")
    assert without_answers(one.body) == f"{HISTORY}{AFTER}"


def test_a_thread_within_a_thread_is_counted_with_its_address() -> None:
    """As a chat writes it; an address with anything else behind is another change."""
    inner = Permalink("a.slack.com", "C1", "1765616520.000100", "1765616400.000100")
    before = page(f"{HISTORY}{AFTER}")
    one = counted(before, inner, AT)

    assert inner.url in one.body
    assert only_counts(before, one)
    assert not only_counts(before, replace(one, body=one.body.replace(inner.url, f"{inner.url}0"), front=one.front.replace(inner.url, f"{inner.url}0")))
