"""Requests that nobody answers are reminded of once and closed politely after long; days and people are configured."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Secret
from bot.config.knowledge import Requests
from bot.core.request.pull_request_marks import framed, is_lapsed, reminders_of
from bot.errors import BotError
from bot.forges.github import GitHubForge
from bot.forges.github_conversation import GitHubConversation
from bot.forges.github_requests import GitHubRequests
from bot.forges.github_upkeep import GitHubUpkeep
from bot.jobs.remind import MOST, Reminding, remind, remind_once
from bot.model.review import UNKNOWN
from tests.fakes.github import FakeGitHub
from tests.fakes.github_comments import comment, comments
from tests.fakes.github_state import TOKEN, refuse
from tests.proposals import a_proposal, propose
from tests.reminding_desk import Desk, days, waiting
from tests.upkeep import NOW, a_request

CODEOWNERS = "* @mira ada@example.com\n/knowledge/errors/ @acme/transfers @acme/transfers @bad--handle @x y @a @b @c @d @e @f\n"


def test_a_request_is_reminded_of_once() -> None:
    """After three days, however often the job runs."""
    desk = Desk(waiting(1, days_=3), waiting(2, days_=2.99))
    desk.run()
    desk.run()
    desk.run(days(20))

    assert [(one.number, one.marker) for one in desk.requests.said] == [(1, "reminder"), (2, "reminder")]
    assert "this has been waiting for 3 days." in desk.requests.said[0].text
    assert reminders_of(desk.one().body) == (NOW,)


def test_a_crash_between_comment_and_mark_repeats_no_comment() -> None:
    """The comment is found by its marker, and edited."""
    desk = Desk(waiting(1, days_=4))
    desk.requests.say(1, "the comment that was posted", "reminder")
    desk.requests.known[1] = waiting(1, days_=4)
    desk.run()

    assert len(desk.requests.said) == 1
    assert reminders_of(desk.one().body) == (NOW,)


def test_what_is_asked_for_twice_on_a_day_is_remembered_once() -> None:
    """By a person who ticks a box on the dashboard: on the next day it is a reminder of its own."""
    desk = Desk(waiting(1, days_=4))
    for later in (timedelta(0), timedelta(seconds=1), days(1)):
        remind_once(desk.one(), desk.reminding(), NOW + later, "reminder")

    assert reminders_of(desk.one().body) == (NOW, NOW + days(1))


def test_owners_are_called_by_handles_of_codeowners_and_configuration_only() -> None:
    """At most five, each once, no e-mail, nothing that GitHub cannot have given to anybody."""
    desk = Desk(waiting(1, days_=4), policy=Requests(mention=("@sam", "not a handle!", "@everyone x")), codeowners=CODEOWNERS)
    desk.run()

    assert desk.requests.said[0].text.startswith("@sam, @acme/transfers, @x, @a, @b: this has been waiting")


def test_without_owners_nobody_is_called() -> None:
    """And a title or body that names somebody calls nobody."""
    desk = Desk(waiting(1, days_=4))
    desk.requests.known[1] = a_request(1, opened=NOW - days(4), title="@everyone", body="@all fix")
    desk.run()

    assert "@" not in desk.requests.said[0].text


def test_what_nobody_answers_is_closed_politely() -> None:
    """Thirty days after the reminder, with a comment first; that closing is no "no", and happens once."""
    desk = Desk(waiting(1, days_=4))
    desk.run()
    desk.run(days(29))
    assert desk.one().state == "open"
    desk.run(days(30))
    desk.run(days(31))

    assert (desk.one().state, is_lapsed(desk.one().body, desk.one().ended)) == ("closed", True)
    assert [one.marker for one in desk.requests.said] == ["reminder", "farewell/2026-12-22"]
    assert "This is not a “no”: the next alert of this error proposes it again." in desk.requests.said[-1].text


@pytest.mark.slow
def test_a_comment_on_github_is_no_sign_of_life_of_the_closing_that_it_announces(tmp_path: Path) -> None:
    """There a farewell moves the time of the last change, and the closing is refused."""
    with FakeGitHub(tmp_path) as github:
        assert isinstance(github, FakeGitHub)
        github.seed({"README.md": "hello\n"})
        propose(GitHubForge(Secret(TOKEN), github.repository, github.url, pace=None), a_proposal(body=framed("What happened.", "c1")))
        github.items[1] |= {"created_at": f"{NOW - days(40):%Y-%m-%dT%H:%M:%SZ}", "updated_at": f"{NOW - days(40):%Y-%m-%dT%H:%M:%SZ}"}

        def run(after: timedelta) -> tuple[BotError, ...]:
            github.now = f"{NOW + after:%Y-%m-%dT%H:%M:%SZ}"
            requests = GitHubRequests(Secret(TOKEN), github.repository, github.url)
            conversation = GitHubConversation(Secret(TOKEN), github.repository, github.url, pace=None)
            upkeep = GitHubUpkeep(Secret(TOKEN), github.repository, github.url, pace=None, now=lambda: NOW + after)
            return remind(Reminding(requests, upkeep, conversation, conversation, Requests(remind_after_days=0)), NOW + after, lambda _: None)

        github.fail(lambda request: request.method == "PATCH" and b'"state"' in request.body, refuse(403, "Resource not accessible by integration"))
        assert len(run(days(0))) == 1
        assert github.pulls() == [1]
        assert run(days(1)) == ()
        assert github.pulls("closed") == [1]
        assert len(comments(github, 1)) == 1
        talk = GitHubConversation(Secret(TOKEN), github.repository, github.url, pace=None)
        said = talk.latest(1)
        github.now = f"{NOW + days(2):%Y-%m-%dT%H:%M:%SZ}"
        comment(github, 1, "mira", "I look at it tomorrow.")
        assert (said, talk.latest(1)) == (NOW, NOW + days(2))


def test_whoever_touches_a_request_keeps_it_open() -> None:
    """A comment, a commit, a new alert: the days count from there."""
    desk = Desk(waiting(1, days_=40))
    desk.run()
    desk.requests.known[1] = a_request(1, opened=NOW - days(40), updated=NOW + days(20), body=desk.one().body)
    desk.run(days(35))

    assert desk.one().state == "open"


def test_nothing_is_closed_unreminded() -> None:
    """Also one that waited for a year before the bot could remind."""
    desk = Desk(waiting(1, days_=365))
    desk.run()

    assert desk.one().state == "open"
    assert len(desk.requests.said) == 1


@pytest.mark.parametrize(
    ("policy", "comments", "state"),
    [
        (Requests(remind_after_days=0), 1, "closed"),
        (Requests(close_after_days=0), 1, "open"),
        (Requests(remind_after_days=0, close_after_days=0), 0, "open"),
    ],
)
def test_zero_days_mean_never(policy: Requests, comments: int, state: str) -> None:
    """Each of the two alone, and both."""
    desk = Desk(waiting(1, days_=365), policy=policy)
    desk.run()
    desk.run(days(10_000 if policy.close_after_days == 0 else 0))

    assert len(desk.requests.said) == comments
    assert desk.one().state == state


@pytest.mark.slow
def test_three_thousand_waiting_requests_are_not_all_spoken_on_at_once() -> None:
    """Fifty in a run, the oldest first; the next run goes on."""
    desk = Desk(*(waiting(number, days_=5 + number / 1_000) for number in range(1, 3_001)))
    desk.run()
    first = [one.number for one in desk.requests.said]
    desk.run()

    assert first == list(range(3_000, 3_000 - MOST, -1))
    assert len(desk.requests.said) == 2 * MOST
    assert f"{3_000 - MOST} more are left to the next run" in desk.log


def test_a_forge_that_refuses_is_told_for_each_request() -> None:
    """And nothing is marked that was not said."""
    desk = Desk(waiting(1, days_=4), waiting(2, days_=4))
    desk.requests.refuses = "GitHub answered 403: Resource not accessible by integration"

    assert len(desk.run()) == 2
    assert reminders_of(desk.one().body) == ()


def test_a_page_of_the_bot_says_how_it_comes_again() -> None:
    """A review that nobody merged is no alert."""
    desk = Desk(a_request(1, opened=NOW - days(40), branch="errata/review/2026-W47"), policy=Requests(remind_after_days=0))
    desk.run()

    assert "it is made again when it is asked for" in desk.requests.said[0].text


def test_a_request_whose_times_nobody_knows_is_left_alone() -> None:
    """Nothing is measured from a time that is not there."""
    desk = Desk(a_request(1, opened=UNKNOWN))
    desk.run()

    assert desk.requests.said == []
