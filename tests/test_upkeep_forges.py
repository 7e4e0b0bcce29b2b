"""Upkeep, history and board on both forges: what was closed politely comes again, what a person closed does not, and one board is kept whatever people do."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.config import Secret
from bot.core.request import review_marks
from bot.core.request.pull_request_marks import is_lapsed, reminders_of
from bot.errors import BotError, ForgeError, StaleBranch
from bot.forges.github import GitHubForge
from bot.forges.github_board import LABEL, TITLE, GitHubBoard, marked_last
from bot.forges.github_requests import GitHubRequests
from bot.forges.github_upkeep import GitHubUpkeep
from bot.forges.local import LocalForge
from bot.forges.local_board import LocalBoard
from bot.forges.local_requests import LocalRequests
from bot.model.review import UNKNOWN, ReviewRequest
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import NOW, TOKEN
from tests.proposals import BRANCH, PATH, a_proposal, propose
from tests.work_tree import WorkTree

pytestmark = pytest.mark.slow

TIME = datetime.fromisoformat(NOW)
WHERE = "acme/knowledge"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with a README."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({"README.md": "hello\n"})
        yield server


def forge(server: FakeGitHub) -> GitHubForge:
    """A run of the bot."""
    return GitHubForge(Secret(TOKEN), WHERE, server.url, pace=None)


def upkeep(server: FakeGitHub) -> GitHubUpkeep:
    """At the moment of the server."""
    return GitHubUpkeep(Secret(TOKEN), WHERE, server.url, pace=None, now=lambda: TIME)


def history(server: FakeGitHub, since: datetime = TIME - timedelta(days=1), editors: int = 0) -> tuple[ReviewRequest, ...]:
    """What the adapter tells."""
    return GitHubRequests(Secret(TOKEN), WHERE, server.url, editors=editors).requests(since)


def board(server: FakeGitHub) -> GitHubBoard:
    """A run of the bot."""
    return GitHubBoard(Secret(TOKEN), WHERE, server.url, pace=None)


# Polite closings.


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


# History.


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


# The board.


def test_one_board_is_kept_on_github(github: FakeGitHub) -> None:
    """Opened once, then changed in place; nothing is written when nothing changed."""
    assert board(github).read() is None
    first = board(github).write("one", None)
    second = board(github).write("two", board(github).read())
    writes = sum(request.method != "GET" for request in github.requests)
    board(github).write(second.text, board(github).read())

    assert (first.reference, second.reference, len(github.items)) == ("1", "1", 1)
    assert github.items[1]["labels"] == [LABEL]
    assert second.text.startswith("two\n\n<!-- errata:issue=errata-dashboard -->")
    assert sum(request.method != "GET" for request in github.requests) == writes


def test_a_board_survives_what_people_do_to_it(github: FakeGitHub) -> None:
    """Text deleted, title changed, label taken away: it is the board still. Deleted or moved: there is none, and a new one is opened."""
    board(github).write("one", None)
    github.items[1] |= {"body": "", "title": "Ours"}
    board(github).write("two", board(github).read())
    github.items[1]["labels"] = []
    board(github).write("three", board(github).read())
    assert len(github.items) == 1
    assert github.items[1]["labels"] == [LABEL]

    github.items[1] |= {"labels": [], "body": "gone"}  # as an issue that was moved to another repository no longer is in the list
    assert board(github).read() is None


def test_a_closed_board_is_told_as_closed(github: FakeGitHub) -> None:
    """The job leaves it alone then."""
    board(github).write("one", None)
    github.items[1]["state"] = "closed"
    page = board(github).read()

    assert page is not None
    assert not page.open


@pytest.mark.parametrize("label", [True, False])
def test_a_strangers_issue_is_never_the_board(github: FakeGitHub, label: bool) -> None:
    """Also when it carries the mark, and when a template gave it the label."""
    github.items[1] = {"title": "Board", "body": marked_last("- [x] mine"), "labels": [LABEL] if label else [], "state": "open", "author": "eve"}
    assert board(github).read() is None

    assert board(github).write("ours", None).reference == "2"
    page = board(github).read()
    assert page is not None
    assert page.reference == "2"


def test_the_board_of_a_person_who_runs_the_bot_is_theirs(github: FakeGitHub) -> None:
    """With a personal token the issue has the person's name."""
    github.collaborators.add("mira")
    github.items[1] = {"title": "x", "body": marked_last("one"), "labels": [LABEL], "state": "open", "author": "mira", "association": "MEMBER"}

    page = board(github).read()
    assert page is not None
    assert page.reference == "1"


@pytest.mark.parametrize("association", ["MEMBER", "COLLABORATOR"])
def test_whoever_may_only_read_has_no_board(github: FakeGitHub, association: str) -> None:
    """An issue can be edited by who opened it: a box ticked there would pass for that of the writer who edits next, or starts the job."""
    mine = {"title": TITLE, "body": marked_last("- [x] mine"), "labels": [LABEL], "state": "open", "author": "eve", "association": association}
    github.items[1] = mine

    assert board(github).read() is None
    assert board(github).write("ours", None).reference == "2"


def test_two_runs_at_once_keep_one_board(github: FakeGitHub) -> None:
    """Whoever opened the later one closes it."""
    runs = [threading.Thread(target=lambda: board(github).write("text", None)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    boards = [item for item in github.items.values() if item["state"] == "open"]

    assert len(boards) == 1
    page = board(github).read()
    assert page is not None
    assert page.open


def test_an_edit_in_between_is_not_written_over(github: FakeGitHub) -> None:
    """A ticked box among others."""
    board(github).write("- [ ] one", None)
    before = board(github).read()
    github.items[1]["body"] = "- [x] one"

    with pytest.raises(StaleBranch):
        board(github).write("- [ ] one, two", before)


def test_issues_that_are_turned_off_are_told(github: FakeGitHub) -> None:
    """With the two ways out; a token that may only read is told too."""
    github.has_issues = False
    with pytest.raises(ForgeError) as off:
        board(github).read()
    assert "dashboard: enabled: false" in off.value.remedy

    github.has_issues, github.may_push = True, False
    with pytest.raises(BotError) as refused:
        board(github).write("one", None)
    assert "403" in refused.value.cause


# The local forge.


@pytest.fixture
def repository(tmp_path: Path) -> WorkTree:
    """A repository with one commit, main checked out."""
    folder = tmp_path / "repository"
    made = WorkTree.begun(folder)
    made.commits({"README.md": "hello\n"}, "start")
    return made


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


def test_the_local_board_is_a_file(repository: WorkTree) -> None:
    """Written whole, never over an edit; its first line can turn it off."""
    kept = LocalBoard(repository.folder)
    assert kept.read() is None
    page = kept.write("one\n", None)
    file = repository.folder / ".git" / "errata" / "board.md"
    file.write_text("mine\n")
    with pytest.raises(StaleBranch):
        kept.write("two\n", page)
    file.write_text("State: off\none\n")

    read = kept.read()
    assert read is not None
    assert not read.open
