"""Shares: what a reader may divide, and of what a share is one; `40% of the requests` says nothing of the users."""

import pytest

from bot.core.grounding.case import Known
from bot.core.grounding.claims import claims
from bot.core.grounding.index import Index
from bot.core.grounding.units import share_of
from tests.listing import listed
from tests.test_grounding_claims import NEW
from tests.test_grounding_close_calls import struck


@pytest.mark.parametrize(
    "text", ["28 of 30 requests failed", "so 28/30 requests failed", "failed: 28 requests of 30", f"{'x ' * 99}28 of the 30 requests failed"]
)
def test_two_counts_of_the_log_make_a_share(text: str) -> None:
    """A reader may divide them; another share he may not."""
    assert struck("93% of the requests failed.", text) == []
    assert struck("83% of the requests failed.", text) == ["83% of the requests"]


@pytest.mark.parametrize(
    ("text", "share", "kind"),
    [
        ("1,284 of 3,210 requests", 40, "events"),
        ("12,840 of 32,100 requests", 40, "events"),
        ("128,400 out of the 321,000 requests", 40, "events"),
        ("1,284,000 of 3,210,000 requests", 40, "events"),
        ("1284 requests failed of 3210", 40, "events"),
        ("1284 requests have failed out of the 3210", 40, "events"),
        ("2/5 pods", 40, "machines"),
        ("12840/32100 pods", 40, "machines"),
        ("5/5 pods", 100, "machines"),
        ("(2 of 5 users)", 40, "people"),
        ("2 of 5 users.", 40, "people"),
        ("2 of 5 users 3 times", 40, "people"),
    ],
)
def test_a_part_of_a_whole_is_read(text: str, share: float, kind: str) -> None:
    """With commas for thousands, with its noun before or behind, with a slash."""
    for around in ("{}", "so {}, it says", f"{'x ' * 99}{{}}"):
        index = Index([around.format(text)])
        assert index.has_number(share, "share", 0)
        assert index.has_number(share, f"part {kind}", 0)


@pytest.mark.parametrize(
    "text",
    [
        "2 of 5 things",
        "6 of 5 users",
        "0 of 5 users",
        "2 things of 5 users",
        "x2 of 5 users",
        "1.2 of 5 users",
        "1/2/5 users",
        "2 of 5-7 users",
        "2 of 5.5 users",
        "2 of 5,5 users",
        "2 requests failed of 5.5",
        "2 users of 5,5",
        "12:2 of 5 users",
        "2/5/7 pods",
        "2 users of 5 pods",
        "2 of 5:30 users",
        "-2 of 5 users",
        "2 requests of the last hour have failed of 5",
    ],
)
def test_what_is_no_part_of_a_whole(text: str) -> None:
    """A path, a version, a date, a clock; more than all of it; a noun that nobody counts."""
    assert Index([text]).largest("share") == 0


TOLD = (
    "40% of the requests",
    "40 % of all requests",
    "40 percent of requests",
    "40 pct of checkout requests",
    "2 of 5 requests",
)


@pytest.mark.parametrize("text", TOLD)
def test_a_share_of_requests_is_none_of_users(text: str) -> None:
    """In digits, in words, as so many in so many; of requests it may be told by any of their names, and without one."""
    for share in ("40%", "40 percent", "Forty percent", "About 40%", "More than 39.5%", "40%, so 40%"):
        assert struck(f"{share} of the calls failed.", text) == []
        assert struck(f"{share} of our volume failed.", text) == []
        assert [one.removesuffix(" of users") for one in struck(f"{share.removesuffix(', so 40%')} of users saw it.", text)] != []
    for share in ("Two in five", "2 in 5", "4 in every 10"):
        assert struck(f"{share} requests failed.", text) == []
        assert [one.casefold() for one in struck(f"{share} users saw it.", text)] == [share.casefold()]
    assert struck("It failed for 40% of them, and 40% is much.", text) == []
    assert struck("50% of all users.", "40% of requests, 50% of requests") == ["50% of all users"]
    assert struck("Half of the users saw it.", "50% of requests") == ["Half of the users"]


@pytest.mark.parametrize("part", listed("40%, 40 percent, 40 pct, Half, A third, Two thirds, A quarter, Three quarters, The majority", ", "))
def test_a_share_of_all_users_is_not_all_of_them(part: str) -> None:
    """So no evidence need say `all users`."""
    assert "all users" not in struck(f"{part} of all users saw it.", "x")
    assert "all users" in struck(f"{part}x of all users saw it.", "x")


@pytest.mark.parametrize(
    "text",
    [
        "40% of the traffic",
        "error rate 40%",
        "40%",
        "40% of requests, and 40% in all",
        "40% of requests; 40% of customers",
        "40% of requests; failed_percent=40",
        "40% of the clients' requests",
        "forty percent of requests",
        "40% of the time",
        "2 of 5 requests, 40% then",
    ],
)
def test_a_share_of_what_is_not_told_may_be_one_of_users(text: str) -> None:
    """One that stands without a noun as well is not held against what is said; nor is it most of anything."""
    assert struck("40% of users saw it.", text) == []
    assert struck("Most leaves were lost.", text.replace("40", "80")) == ["Most leaves"]


@pytest.mark.parametrize(
    ("text", "family", "end"),
    [
        (" of users hit it", "people", 9), (" of user requests", "events", 17), (" of all the users", "people", 17), (" of Users.", "people", 9),
        (" of the users' requests", "", 0), (" of a user's time", "", 0), (" of the time", "", 0), (" of our old pods", "machines", 16), (" of leaves", "", 0),
        (", of users", "", 0), (" users", "", 0), (" of user traffic", "people", 8), ("  of users time out", "people", 10), (" of the app’s requests", "", 0),
    ],
)  # fmt: skip
def test_of_what_it_is_a_share(text: str, family: str, end: int) -> None:
    """The noun right behind it, or the one that it describes; what belongs to somebody is not them."""
    assert share_of(f"40%{text}", 3) == (family, end + 3)


@pytest.mark.parametrize("between", listed("all the our these those its their"))
def test_words_between_a_share_and_its_noun(between: str) -> None:
    """One or two of them, in any case of letters."""
    assert share_of(f"40% OF {between} users", 3)[0] == "people"
    assert share_of(f"40% of {between} the users", 3)[0] == "people"


def test_a_share_that_the_configuration_promises_is_known() -> None:
    """A severity may be that of more than so many requests."""
    sentence = "It is high above 5% of requests."
    assert [claim.stands for claim in claims(sentence, Known(NEW, ("5% of requests fail",)), "claim")] == [True]
    assert [claim.stands for claim in claims(sentence, Known(NEW, ("7% of requests fail",)), "claim")] == [False]
