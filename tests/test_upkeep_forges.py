"""Upkeep and history on both forges: what was closed politely comes again, what a person closed does not."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.config import Secret
from bot.core.request import review_marks
from bot.core.request.pull_request_marks import is_lapsed, reminders_of
from bot.errors import ForgeError
from bot.forges.github import GitHubForge
from bot.forges.github_requests import GitHubRequests
from bot.forges.github_upkeep import GitHubUpkeep
from bot.forges.local import LocalForge
from bot.forges.local_requests import LocalRequests
from bot.model.review import UNKNOWN, ReviewRequest
from tests.bare_forges import WHERE, github, repository
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import NOW, TOKEN
from tests.proposals import BRANCH, PATH, a_proposal, propose
from tests.work_tree import WorkTree

__all__ = ["github", "repository"]
pytestmark = pytest.mark.slow
TIME = datetime.fromisoformat(NOW)


def forge(server: FakeGitHub) -> GitHubForge:
    """A run of the bot."""
    return GitHubForge(Secret(TOKEN), WHERE, server.url, pace=None)


def upkeep(server: FakeGitHub) -> GitHubUpkeep:
    """At the moment of the server."""
    return GitHubUpkeep(Secret(TOKEN), WHERE, server.url, pace=None, now=lambda: TIME)


def history(server: FakeGitHub, since: datetime = TIME - timedelta(days=1), editors: int = 0) -> tuple[ReviewRequest, ...]:
    """What the adapter tells."""
    return GitHubRequests(Secret(TOKEN), WHERE, server.url, editors=editors).requests(since)


def test_what_was_closed_politely_is_proposed_anew_on_github(github: FakeGitHub) -> None:
    """By the next alert, word for word the same; on a branch of its own again."""
    propose(forge(github), a_proposal())
    upkeep(github).lapse(1)
    (lapsed,) = history(github)
    assert (lapsed.state, is_lapsed(lapsed.body, lapsed.ended)) == ("closed", True)

    standing = forge(github).standing(BRANCH, PATH)
    assert (standing.declined, standing.open) == ((), None)
    again = propose(forge(github), a_proposal())
    assert (again.number, github.pulls()) == (2, [2])


def test_a_persons_closing_is_a_no_on_github(github: FakeGitHub) -> None:
    """Also of a request that was closed politely, opened again, and closed by a person a day later; and when the dashboard says so."""
    propose(forge(github), a_proposal())
    upkeep(github).lapse(1)
    upkeep(github).reopen(1)
    assert github.pulls() == [1]
    github.now = "2026-11-22T12:00:00Z"
    github.close(1)
    assert forge(github).standing(BRANCH, PATH).declined == ("c1",)

    github.now = NOW
    upkeep(github).reopen(1)
    upkeep(github).lapse(1)
    assert forge(github).standing(BRANCH, PATH).declined == ()
    upkeep(github).decline(1)
    assert forge(github).standing(BRANCH, PATH).declined == ("c1",)


def test_upkeep_may_be_said_twice(github: FakeGitHub) -> None:
    """Nothing changes the second time; marks stand once."""
    propose(forge(github), a_proposal())
    for _ in range(2):
        upkeep(github).note(1, review_marks.reminded(TIME))
    assert reminders_of(github.items[1]["body"]) == (TIME,)
    for _ in range(2):
        upkeep(github).lapse(1)
        upkeep(github).decline(1)
    for _ in range(2):
        upkeep(github).reopen(1)
    assert github.items[1]["body"].count("errata:lapsed") == 0


def test_a_branch_that_was_written_anew_is_not_opened_again(github: FakeGitHub) -> None:
    """GitHub refuses; the sentence says what to do."""
    propose(forge(github), a_proposal())
    github.close(1)
    github.person_commits(BRANCH, {"x": "y"})

    with pytest.raises(ForgeError) as refused:
        upkeep(github).reopen(1)
    assert "restore the branch" in refused.value.remedy


@pytest.mark.parametrize("branch", ["feature", "kb/rewrite-runbooks"])
def test_requests_that_are_not_the_bots_are_not_touched(github: FakeGitHub, branch: str) -> None:
    """Neither a person's, whatever its branch is called, nor one that was merged."""
    github.person_commits(branch, {"x": "y"})
    github.items[1] = {"title": "Mine", "body": "", "labels": [], "state": "open", "head": branch, "base": "main", "reviews": []}
    github.items[1] |= {"requested_reviewers": [], "requested_teams": []}
    assert history(github) == ()
    propose(forge(github), a_proposal())
    github.merge(2)

    for act in (upkeep(github).lapse, upkeep(github).decline, upkeep(github).reopen):
        with pytest.raises(ForgeError):
            act(1)
    for act in (upkeep(github).decline, upkeep(github).reopen):
        with pytest.raises(ForgeError):
            act(2)
    assert github.items[1]["state"] == "open"


def test_an_alert_is_diagnosed_again_by_a_dispatch(github: FakeGitHub) -> None:
    """Which the workflow's own token may send."""
    assert upkeep(github).rediagnose("https://acme.slack.com/archives/C1/p1700000000000100") == "diagnose.yml was started"
    assert github.dispatched == [{"event_type": "diagnose", "client_payload": {"slack_url": "https://acme.slack.com/archives/C1/p1700000000000100"}}]


def test_the_history_on_github_takes_two_calls(github: FakeGitHub) -> None:
    """Open ones whatever their age, ended ones that were touched since; a fork's and a person's are not told."""
    for number, state in enumerate(("open", "closed", "merged"), start=1):
        propose(forge(github), replace(a_proposal(content=f"c{number}"), branch=f"{BRANCH}{number}"))
        {"open": lambda _: None, "closed": github.close, "merged": github.merge}[state](number)
    github.items[1] |= {"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
    propose(forge(github), replace(a_proposal("four\n", content="c4"), branch=f"{BRANCH}4"))
    github.close(4)
    github.items[4]["updated_at"] = "2026-01-01T00:00:00Z"
    calls = len(github.requests)
    told = history(github)

    assert len(github.requests) - calls == 2
    assert {one.number: one.state for one in told} == {1: "open", 2: "closed", 3: "merged"}
    assert told[-1].opened == datetime(2025, 1, 1, tzinfo=UTC)
    assert [one.ended is None for one in sorted(told, key=lambda one: one.number)] == [True, False, False]


def test_who_edited_is_told_where_it_is_asked_for(github: FakeGitHub) -> None:
    """Of merged requests, a call each; neither the bot nor a merge of the default branch is an editor."""
    propose(forge(github), a_proposal())
    github.person_commits(BRANCH, {PATH: "better\n"})
    github.merge(1)
    propose(forge(github), replace(a_proposal("two\n", "c2"), branch=f"{BRANCH}2"))
    github.merge(2)

    assert [one.edited_by for one in history(github)] == [(), ()]
    assert {one.number: one.edited_by for one in history(github, editors=5)} == {1: ("alice",), 2: ()}


def test_a_request_without_times_is_told_with_the_others(github: FakeGitHub) -> None:
    """One broken answer does not hide the rest."""
    for number in (1, 2):
        propose(forge(github), replace(a_proposal(content=f"c{number}"), branch=f"{BRANCH}{number}"))
    github.items[1] |= {"created_at": None, "updated_at": None}

    assert {one.number: one.opened for one in history(github)} == {1: UNKNOWN, 2: TIME}


def local(repository: WorkTree, now: datetime = TIME) -> tuple[LocalForge, LocalRequests]:
    """A run of the bot at a moment."""
    return LocalForge(repository.folder, now=lambda: now), LocalRequests(repository.folder, now=lambda: now)


def test_the_local_forge_does_the_same(repository: WorkTree) -> None:
    """Closed politely, proposed anew; closed by a person, not; opened again, also after its branch was deleted."""
    forge_, requests = local(repository)
    propose(forge_, a_proposal())
    requests.note(1, review_marks.reminded(TIME))
    requests.lapse(1)
    (one,) = requests.requests(TIME)
    assert (one.state, one.ended, is_lapsed(one.body, one.ended), reminders_of(one.body)) == ("closed", TIME, True, (TIME,))
    assert forge_.standing(BRANCH, PATH).declined == ()
    assert propose(forge_, a_proposal()).number == 2

    requests.decline(2)
    assert forge_.standing(BRANCH, PATH).declined == ("c1",)
    repository("branch", "-D", BRANCH)
    requests.reopen(2)
    assert forge_.standing(BRANCH, PATH).open is not None
    with pytest.raises(ForgeError):
        requests.reopen(1)
    assert requests.rediagnose("https://x") == "run: bot diagnose https://x"


def test_the_local_history_tells_times_and_editors(repository: WorkTree) -> None:
    """Opened by the bot's clock, merged by git's; who committed besides the bot."""
    forge_, requests = local(repository)
    propose(forge_, a_proposal())
    repository.on(BRANCH, {PATH: "better\n"})
    repository("merge", "--quiet", "--no-ff", "-m", "merge", BRANCH)
    (one,) = requests.requests(TIME)

    assert (one.state, one.opened, one.edited_by) == ("merged", TIME, ("Ada Tester",))
    assert one.ended is not None
    assert requests.requests(datetime.now(UTC) + timedelta(days=1)) == ()
