"""Which alert an occurrence is, and the short form that keeps hundreds: written, read back, and what only looks like it."""

import pytest

from bot.core.entry.identity import can_fold, folded, folded_in, identity_of, in_time_order, stamp_of, time_of

JANUARY, FEBRUARY = "C1/1767225600.000000", "C1/1769904000.000001"


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://a.slack.com/archives/C1/p1767225600000001?thread_ts=1.2&cid=C1", "C1/1767225600.000001"),
        ("alert:pagerduty/AABC27/p1767225600000001", "AABC27/1767225600.000001"),
        ("x alert:pagerduty/AABC27/p1767225600000001", "x alert:pagerduty/AABC27/p1767225600000001"),
        ("https://example.com/a", "https://example.com/a"),
    ],
)
def test_a_link_names_its_alert(url: str, identity: str) -> None:
    """By channel and time; what is no link of an alert is its own name."""
    assert identity_of(url) == identity


@pytest.mark.parametrize(
    "identity", ["C1/1767225600.00000", "C1/1767225600.0000000", "C1/x767225600.000000", "c1/1767225600.000000", "C1", f"{'C' * 31}/1767225600.000000"]
)
def test_what_is_no_identity_has_no_time(identity: str) -> None:
    """And has no short form."""
    assert time_of(identity) is None
    assert not can_fold(identity)


def test_alerts_stand_in_order_of_time() -> None:
    """Whatever their channel; each once."""
    assert str(time_of(JANUARY)) == "2026-01-01 00:00:00+00:00"
    assert can_fold(JANUARY)
    assert (stamp_of(JANUARY), stamp_of("a/b/c")) == ("1767225600.000000", "b/c")
    assert in_time_order(("C1/2.1", "D9/1.5", "C2/2.1", "D9/1.5")) == ("D9/1.5", "C1/2.1", "C2/2.1")


def test_the_short_form_gives_every_alert_back() -> None:
    """From the first microsecond of a month to the last, over a line's end, for each channel and month."""
    every = {JANUARY, FEBRUARY, "C1/1769903999.999999", "G2/1767225600.000000", "C1/1764547200.000000", *(f"D3/17672256{n:02}.{n:06}" for n in range(40))}
    text = folded(every)

    assert text.startswith("<!-- errata:folded C1 2025-12\n00000000\n-->\n\n<!-- errata:folded C1 2026-01\n00000000 ")
    assert folded_in(f"## Diagnosis History\n\n{text}\n") == every
    assert max(len(line.split()) for line in text.splitlines()) == 16


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("<!-- errata:folded C1 2026-01\n00000000\n-->", {JANUARY}),
        ("<!-- errata:folded C1 2026-02\n 00000001 \n-->", {FEBRUARY}),
        ("<!-- errata:folded C1 2000-01\n00000000\n-->", {"C1/0946684800.000000"}),
        ("<!-- errata:folded C1 2285-12\n00000000\n-->", {"C1/9969350400.000000"}),
        ("<!-- errata:folded C1 1999-12\n00000000\n-->", set()),
        ("<!-- errata:folded C1 2286-01\n00000000\n-->", set()),
        ("<!-- errata:folded C1 2026-00\n00000000\n-->", set()),
        ("<!-- errata:folded C1 2026-13\n00000000\n-->", set()),
        ("<!-- errata:folded C1 2026-12\n00000000\n-->", {"C1/1796083200.000000"}),
        ("<!-- errata:folded C1 2026-01 x\n00000000\n-->", set()),
        ("<!-- x errata:folded C1 2026-01\n00000000\n-->", set()),
        ("<!--\nx <!-- errata:folded C1 2026-01\n00000000\n-->", set()),
        ("<!-- errata:folded C1 2026-01\n0000000\n000000000\n0000000A\n00000000 \n-->", {JANUARY}),
        ("```\n<!-- errata:folded C1 2026-01\n00000000\n-->\n```", set()),
        ("<!-- errata:folded C1 2026-01\n-->\n\n<!--\n00000000\n-->", set()),
        ("x\n\n## Mine\n\n<!-- errata:folded C1 2026-01\n00000000\n-->", set()),
        ("    <!-- errata:folded C1 2026-01\n<!--\n00000000\n-->", set()),
        ("<!--\n00000000\n-->\n<!-- errata:folded C1 2026-01\n00000000 zzzzzzzzz\n-->", set()),
        ("<!-- errata:folded C1 2026-01\n00000000\n\n00000001\n-->", {JANUARY, "C1/1767225600.000001"}),
        ("<!-- errata:folded C1 2026-01\n00000000\n-->\n\n<!-- errata:folded C2 2026-02\n00000001\n-->", {JANUARY, FEBRUARY.replace("C1", "C2")}),
    ],
)
def test_what_is_read_from_the_short_form(words: str, found: set[str]) -> None:
    """Of a month that there is, in a comment of the diagnosis history; a line that a person changed is none."""
    assert folded_in(f"<!-- errata:folded C1 2026-03\n00000000\n-->\n\n## Diagnosis History\n\n{words}\n\n## Common Causes\n") == found
