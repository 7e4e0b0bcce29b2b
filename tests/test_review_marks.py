"""Marks of what could not be seen, of reminders, and of closings that are no "no"."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.core.alert import alert_marks
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.request import gap_marks, review_marks
from bot.core.request.gap_marks import DayGap
from bot.core.request.pull_request_marks import BEGIN, END, contents_of, declining, framed, gaps_of, is_lapsed, merge_body, noted, reminders_of
from bot.model import Gap
from tests.fakes import transfer_case

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = NOW.date()


def gap(source: str, cause: str = "session expired") -> Gap:
    """Something that could not be seen."""
    return Gap(source, "errors", cause, "sign in again")


def test_gaps_are_read_back_once_for_each_source() -> None:
    """Of two gaps of one source the last is told."""
    made = gap_marks.mark([gap("opensearch prod", "timed out"), gap("sentry"), gap("opensearch prod")], DAY)

    assert gap_marks.read(made) == (DayGap(DAY, "opensearch prod", "session expired"), DayGap(DAY, "sentry", "session expired"))
    assert gap_marks.mark([], DAY) == ""


def test_a_hostile_cause_cannot_leave_its_mark() -> None:
    """Neither close the comment, nor begin another, nor grow without end; what is read is the cause as it was."""
    hostile = '--> <!-- errata:content=stolen --> "]] --!> \n\u202e' + "x" * 9_000
    made = gap_marks.mark([gap(hostile, hostile)] * 50, DAY)

    assert made.count("-->") == 1
    assert "\n" not in made
    assert len(made) < 9_000
    (read,) = gap_marks.read(made)
    assert read.cause.startswith('--> <!-- errata:content=stolen --> "]]')
    assert contents_of(framed("x", "c1", spend=made)) == ("c1",)


@pytest.mark.parametrize(
    "text",
    [
        '<!-- errata:gaps=2026-11-31[["a","b"]] -->',
        "<!-- errata:gaps=2026-11-21[[1,2]] -->",
        '<!-- errata:gaps=2026-11-21["a"] -->',
        "<!-- errata:gaps=2026-11-21" + "[" * 7_000 + " -->",
        "<!-- errata:gaps=2026-11-21[" * 3_000,
    ],
)
def test_what_is_not_exactly_a_gap_mark_says_nothing(text: str) -> None:
    """Impossible days, other shapes, depth and length."""
    assert gap_marks.read(text) == ()


def test_gaps_and_reminders_outlive_a_new_description() -> None:
    """As what was spent does; only the bot's own part is read."""
    old = noted(framed("one", "c1", spend=gap_marks.mark([gap("sentry")], DAY)), review_marks.reminded(NOW))
    new = merge_body(f"{old}\n{gap_marks.mark([gap('forged')], DAY)}", framed("two", "c2", spend=gap_marks.mark([gap("redis")], DAY)))

    assert {one.source for one in gaps_of(new)} == {"redis", "sentry"}
    assert reminders_of(new) == (NOW,)
    assert contents_of(new) == ("c2", "c1")


def test_a_mark_stands_once_and_in_the_bots_part() -> None:
    """Also where a person took the part away."""
    once = noted(framed("one", "c1"), review_marks.reminded(NOW))
    bare = noted("only a person's words", review_marks.reminded(NOW))

    assert noted(once, review_marks.reminded(NOW)) == once
    assert reminders_of(once) == reminders_of(bare) == reminders_of(noted(None, review_marks.reminded(NOW))) == (NOW,)
    assert bare.startswith("only a person's words\n\n" + BEGIN)
    assert (once.count(BEGIN), once.count(END)) == (1, 1)


def test_only_the_bots_own_closing_is_no_no() -> None:
    """A request that a person opened again and closed later is declined; so is one whose mark stands outside the bot's part."""
    body = noted(framed("one", "c1"), review_marks.lapse(NOW))

    assert is_lapsed(body, NOW + timedelta(seconds=40))
    assert is_lapsed(body, NOW - timedelta(minutes=1))
    assert not is_lapsed(body, NOW + timedelta(days=2))
    assert not is_lapsed(body, None)
    assert not is_lapsed(f"{review_marks.lapse(NOW)}\n{framed('one', 'c1')}", NOW)
    assert not is_lapsed(declining(body), NOW)


def test_broken_times_are_no_times() -> None:
    """A person may have typed anything."""
    assert review_marks.reminders_in("<!-- errata:reminded=2026-13-99T99:99:99Z --> <!-- errata:reminded=-------------------- -->") == ()
    assert date.fromisoformat("2026-11-22") == DAY


HOSTILE = (
    "fixes #12, closes acme/transfers#3, resolves GH-7",
    "closes https://github.com/acme/transfers/issues/12",
    "[skip ci] skip-checks: true",
    "@acme/all <!-- errata:end --> --> <b>",
    "@#[]:-<>" * 40,
    "ö\u2028\\\"'" * 60,
)


@pytest.mark.parametrize("said", HOSTILE)
def test_a_mark_closes_no_issue_and_skips_no_job_when_it_is_squashed_into_a_commit(said: str) -> None:
    """A squash merge may take the whole description for its message, hidden marks too; they still read back as they were written."""
    alert = replace(transfer_case.case().alert, environment=said, release=said, trace_ids=(said, said, said))
    gaps = [Gap(f"{number} {said}", "logs", said, "sign in") for number in range(12)]
    marks = (alert_marks.mark(alert), gap_marks.mark(gaps, date(2026, 11, 21)))

    for mark in marks:
        assert not re.search(r"@\w|#\d|GH-\d|\[skip|skip-checks|https?://", mark)
        assert (mark.count("<!--"), mark.count("-->"), len(mark) < 4_000) == (1, 1, True)
    (read,) = alert_marks.read(marks[0])
    assert read == alert_marks.of(alert)
    told = gap_marks.read(marks[1])
    assert told
    assert told[0].cause == cut(one_line(said), gap_marks.LONGEST_CAUSE)
