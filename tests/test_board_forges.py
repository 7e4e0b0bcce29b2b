"""One board is kept on either forge, whatever people do to it."""

import threading

import pytest

from bot.config import Secret
from bot.errors import BotError, ForgeError, StaleBranch
from bot.forges.github_board import LABEL, TITLE, GitHubBoard, marked_last
from bot.forges.local_board import LocalBoard
from tests.bare_forges import WHERE, github, repository
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.work_tree import WorkTree

__all__ = ["github", "repository"]
pytestmark = pytest.mark.slow


def board(server: FakeGitHub) -> GitHubBoard:
    """A run of the bot."""
    return GitHubBoard(Secret(TOKEN), WHERE, server.url, pace=None)


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
