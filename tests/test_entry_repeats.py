"""Alerts that only went along with a diagnosis are rows of their own: counted, found again, and taken out when one is diagnosed after all."""

from msgspec.structs import replace

from bot.core.entry.earlier import HEADER, row_text, rows
from bot.core.entry.entry import Entry
from bot.core.entry.repeats import BEGIN, missing, repeat, repeated, unrepeated
from bot.model import Permalink
from tests.joined_entries import META, entry

PAGE = "## Diagnosis History\n\nwords\n\n"


def place(second: int, channel: str = "C1") -> Permalink:
    """Alerts of the seventeenth of December, from 9:12 on."""
    return Permalink("a.slack.com", channel, f"{1765962720 + second}.000100")


def row(number: int, second: int, words: str = "2025-12-17", channel: str = "C1") -> str:
    """The row of one of them."""
    return row_text(number, f"| 2025-12-17T09:12:{second:02}Z | {BEGIN}{words} | [alert]({place(second, channel).url})")


def page(**changes: object) -> Entry:
    """An entry with one alert, of before those."""
    return entry(PAGE, replace(META, **{"last_seen": "2025-12-12T08:01:05Z", **changes}))


def test_each_alert_is_a_row() -> None:
    """Numbered by its time, whatever the order they are given in; each once, none that is known."""
    made = repeated(page(), [place(9), place(3), place(9), Permalink("a.slack.com", "C1", "1765526465.120900")], "2025-12-17")

    assert made.body == f"{PAGE}### Earlier occurrences\n\n{HEADER}\n{row(3, 9)}\n{row(2, 3)}\n"
    assert (made.meta.occurrences, made.meta.threads) == (3, (*META.threads, place(3).url, place(9).url))
    assert (made.meta.first_seen, made.meta.last_seen) == ("2025-12-10T00:00:00Z", "2025-12-17T09:12:09Z")
    assert repeated(made, [place(3), place(9)], "other words") is made
    assert repeated(page(first_seen="2025-12-18T00:00:00Z"), [place(3)], "x").meta.first_seen == "2025-12-17T09:12:03Z"
    assert repeated(page(last_seen="2025-12-18T00:00:00Z"), [place(3)], "x").meta.last_seen == "2025-12-18T00:00:00Z"


def test_an_alert_without_a_message_is_named_by_its_place() -> None:
    """There is no address to lead to."""
    (made,) = rows(repeated(page(), [Permalink("alert:pagerduty", "AMFRGGZDFMY3TQNZX", "1765962723.000100")], "x").body)

    assert made.rest == f"| 2025-12-17T09:12:03Z | {BEGIN}x | `AMFRGGZDFMY3TQNZX/1765962723.000100`"
    assert made.identity == "AMFRGGZDFMY3TQNZX/1765962723.000100"


def test_what_is_missing_stands_in_order_of_time() -> None:
    """By channel where two came at once."""
    asked = [place(9), place(3, "C2"), place(3), place(9)]

    assert missing(page(), asked) == (place(3), place(3, "C2"), place(9))
    assert missing(repeated(page(), [place(3)], "x"), asked) == (place(3, "C2"), place(9))


def test_the_row_of_an_alert_is_told_from_a_diagnosis() -> None:
    """Only a row whose words begin so; one that was folded from a diagnosis may quote them."""
    made = repeated(page(), [place(3), place(9)], "x")
    quoting = [row_text(2, f"| 2025-12-17T09:12:03Z | {words} | [alert]({place(3).url})") for words in ("Words.", f"Words \\| {BEGIN}x", f"As | {BEGIN}x")]

    assert repeat(made, f"C1/{place(3).ts}") == rows(made.body)[1]
    assert repeat(made, f"C1/{place(4).ts}") is None
    assert [repeat(entry(f"{PAGE}{words}\n"), f"C1/{place(3).ts}") for words in quoting] == [None, None, None]


def test_a_row_gives_way() -> None:
    """With its thread and its count; the table goes with the last one, and an entry is never left without an alert."""
    made = repeated(page(), [place(3), place(9)], "x")
    one = unrepeated(made, f"C1/{place(3).ts}")
    none = unrepeated(one, f"C1/{place(9).ts}")

    assert one.body == f"{PAGE}### Earlier occurrences\n\n{HEADER}\n{row(3, 9, 'x')}\n"
    assert (one.meta.occurrences, one.meta.threads) == (2, (*META.threads, place(9).url))
    assert (none.body, none.meta.occurrences, none.meta.threads) == (PAGE, 1, META.threads)
    assert unrepeated(made, f"C1/{place(4).ts}") is made
    single = entry(made.body, replace(META, occurrences=1))
    assert unrepeated(single, f"C1/{place(3).ts}") is single
