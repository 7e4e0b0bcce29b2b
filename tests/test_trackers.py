"""Tracking issues, on GitHub and in a folder: found again by their mark, never opened twice."""

from pathlib import Path

import pytest

from bot.config import Secret
from bot.errors import BadConfiguration, TrackerError
from bot.model import IssueDraft
from bot.trackers.github import GitHubTracker
from bot.trackers.local import LocalTracker
from tests.bare_forges import github
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.fakes.loopback import Answer, Request

__all__ = ["github"]
pytestmark = pytest.mark.slow

DRAFT = IssueDraft("Transfers fail: insufficient leaf balance", "See the entry.", "transfer_handler_ValidationError_a1b2c3", ("critical",))


@pytest.fixture
def tracker(github: FakeGitHub) -> GitHubTracker:
    """The tracker, without pauses between writes."""
    return GitHubTracker(Secret(TOKEN), "acme/knowledge", github.url, pace=None)


def opening(request: Request) -> bool:
    """The request that opens an issue."""
    return request.method == "POST" and request.path.endswith("/issues")


def test_an_issue_is_opened_once_and_found_again_open_or_closed(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """By its mark, among the issues with our label."""
    assert tracker.find(DRAFT.marker) is None

    made = tracker.open(DRAFT)
    found = tracker.find(DRAFT.marker)
    github.items[1]["state"] = "closed"
    closed = tracker.find(DRAFT.marker)

    assert (made.reference, made.url, made.open) == ("acme/knowledge#1", f"{github.url}/acme/knowledge/issues/1", True)
    assert found == made
    assert closed is not None
    assert closed.open is False
    assert github.items[1]["labels"] == ["errata", "critical"]
    assert github.items[1]["body"] == "See the entry.\n\n<!-- errata:issue=transfer_handler_ValidationError_a1b2c3 -->\n"


def test_pull_requests_longer_markers_and_forged_marks_are_not_taken_for_the_issue(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """The list holds pull requests; one marker may begin another; a log line may hold a mark."""
    tracker.open(IssueDraft("Longer", "Body", DRAFT.marker + "_2"))
    tracker.open(IssueDraft("Forged", f"log: <!-- errata:issue={DRAFT.marker} -->", "other"))
    github.items[3] = {"head": "kb/x", "base": "main", "state": "open", "title": "t", "labels": ["errata"], "body": f"<!-- errata:issue={DRAFT.marker} -->"}
    github.requests.clear()

    assert tracker.find(DRAFT.marker) is None
    assert len(github.requests) == 1


def test_an_issue_on_a_later_page_is_found(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """A hundred issues a page: the oldest is on the second one."""
    tracker.open(DRAFT)
    for number in range(2, 120):
        github.items[number] = {"state": "open", "title": "t", "labels": ["errata"], "body": None}

    found = tracker.find(DRAFT.marker)

    assert found is not None
    assert found.reference == "acme/knowledge#1"


@pytest.mark.parametrize("answer", [Answer(cut=True), Answer(502, {"message": "Server Error"})], ids=["cut off", "502"])
@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_answer_leads_to_exactly_one_issue(github: FakeGitHub, tracker: GitHubTracker, answer: Answer, *, took_effect: bool) -> None:
    """It looks before it tries once more."""
    github.fail(opening, answer, after=took_effect)

    assert tracker.open(DRAFT).reference == "acme/knowledge#1"
    assert len(github.items) == 1


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (403, "Resource not accessible by integration", "write access"),
        (403, "You have exceeded a secondary rate limit.", "minutes"),
        (422, "Validation Failed", "doctor"),
    ],
)
def test_a_refusal_is_told_and_not_repeated(github: FakeGitHub, tracker: GitHubTracker, status: int, message: str, remedy: str) -> None:
    """GitHub answered: nothing was done, and asking again would not help."""
    github.fail(opening, Answer(status, {"message": message}), times=2)

    with pytest.raises(TrackerError) as caught:
        tracker.open(DRAFT)

    assert remedy in caught.value.remedy
    assert sum(opening(request) for request in github.requests) == 1


def test_a_label_that_github_dropped_is_told(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """Without it the issue would be opened again next time."""
    number = '{"number": 1, "html_url": "http://x/issues/1", "state": "open", "labels": []}'
    github.fail(opening, Answer(201, number.encode()))

    with pytest.raises(TrackerError, match="without the label"):
        tracker.open(DRAFT)
    assert sum(opening(request) for request in github.requests) == 1


def test_issues_that_are_switched_off_are_seen_by_doctor_and_told(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """410, with the two ways out."""
    assert [checkup.ok for checkup in tracker.examine()] == [True]
    github.has_issues = False

    with pytest.raises(TrackerError) as caught:
        tracker.open(DRAFT)
    (checkup,) = GitHubTracker(Secret(TOKEN), "acme/knowledge", github.url, pace=None).examine()

    assert "tracker: none" in caught.value.remedy
    assert (checkup.ok, "tracker: none" in checkup.remedy) == (False, True)


def test_a_wrong_token_or_repository_name_is_a_sentence(github: FakeGitHub) -> None:
    """And doctor says the same."""
    stranger = GitHubTracker(Secret("wrong"), "acme/knowledge", github.url, pace=None)
    with pytest.raises(TrackerError, match="401") as caught:
        stranger.find("x")
    assert "gh auth token" in caught.value.remedy
    assert [checkup.ok for checkup in stranger.examine()] == [False]
    with pytest.raises(BadConfiguration, match="names no repository"):
        GitHubTracker(Secret(TOKEN), "knowledge", github.url)


CAME_BACK = IssueDraft(DRAFT.title, "It came back.", f"{DRAFT.marker}/C1/1765962764.000100")


def test_an_issue_is_opened_again_with_one_comment(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """Also when the run broke off after the comment; closed as not planned is told apart."""
    made = tracker.open(DRAFT)
    github.items[1] |= {"state": "closed", "state_reason": "completed"}
    closed = tracker.find(DRAFT.marker)
    assert closed is not None
    github.fail(lambda request: request.method == "PATCH", Answer(403, {"message": "no"}))
    with pytest.raises(TrackerError):
        tracker.reopen(closed, CAME_BACK)
    assert tracker.reopen(closed, CAME_BACK) == made
    assert [comment["body"].partition("\n")[0] for comment in github.items[1]["comments"]] == ["It came back."]
    assert github.items[1]["state"] == "open"
    github.items[1] |= {"state": "closed", "state_reason": "not_planned"}
    declined = tracker.find(DRAFT.marker)
    assert declined is not None
    assert declined.declined
    assert [tracker.keeps(url) for url in (made.url, "https://github.com/acme/other/issues/1", "https://jira.example/browse/X-1")] == [True, False, False]


def test_owners_are_assigned_as_far_as_github_lets_them(github: FakeGitHub) -> None:
    """A team cannot be, a stranger is not; a name of another system is translated; a refusal to tell leaves the issue to nobody."""
    github.collaborators = {"mira", "ben-gh"}
    owned = IssueDraft(DRAFT.title, DRAFT.body, DRAFT.marker, owners=("@acme/transfers", "@mira", "@stranger", "@ben", "; rm -rf"))
    GitHubTracker(Secret(TOKEN), "acme/knowledge", github.url, None, {"ben": "ben-gh"}).open(owned)
    assert github.items[1]["assignees"] == ["mira", "ben-gh"]
    github.fail(lambda request: "/assignees/" in request.path, Answer(403, {"message": "no"}), times=9)
    GitHubTracker(Secret(TOKEN), "acme/knowledge", github.url, None).open(owned)
    assert "assignees" not in github.items[2]


def test_an_issue_that_is_gone_cannot_be_opened_again(github: FakeGitHub, tracker: GitHubTracker) -> None:
    """Deleted between the look and the write: a sentence."""
    closed = tracker.open(DRAFT)
    del github.items[1]
    with pytest.raises(TrackerError, match="404"):
        tracker.reopen(closed, CAME_BACK)


def test_local_issues_are_numbered_files_that_a_person_can_close(tmp_path: Path) -> None:
    """One Markdown file each; `State: closed` closes it, and a quoted line that says so does not."""
    tracker = LocalTracker(tmp_path / "issues")
    assert tracker.find(DRAFT.marker) is None

    first = tracker.open(DRAFT)
    second = tracker.open(IssueDraft("Ünïcode / ../../x\nState: closed", "State: closed", "other"))

    assert (first.reference, second.reference) == ("0001-transfers-fail-insufficient-leaf-balance", "0002-n-code-x-state-closed")
    assert [tracker.find(DRAFT.marker), tracker.find("other")] == [first, second]
    assert (first.open, second.open) == (True, True)
    page = tmp_path / "issues" / f"{first.reference}.md"
    assert first.url == page.as_uri()
    assert page.read_text().startswith("# Transfers fail: insufficient leaf balance\n\nState: open\nLabels: critical\n\nSee the entry.")
    page.write_text(page.read_text().replace("State: open", "State: closed"))
    found = tracker.find(DRAFT.marker)
    assert found is not None
    assert found.open is False


def test_local_issues_leave_other_files_alone(tmp_path: Path) -> None:
    """A stray file is neither an issue nor a number."""
    (tmp_path / "1x-notes.md").write_text("mine")
    (tmp_path / "0007-mine.md").write_bytes(b"\xff\xfe not text")
    tracker = LocalTracker(tmp_path)

    assert tracker.open(DRAFT).reference.startswith("0008-")
    assert sorted(path.name for path in tmp_path.iterdir())[1:] == ["0008-transfers-fail-insufficient-leaf-balance.md", "1x-notes.md"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    """And doctor says so before."""
    (tmp_path / "issues").write_text("a file")
    tracker = LocalTracker(tmp_path / "issues")

    with pytest.raises(TrackerError, match="writing an issue"):
        tracker.open(DRAFT)
    (checkup,) = tracker.examine()
    assert (checkup.ok, "embedded.issues" in checkup.remedy) == (False, True)
    assert [checkup.ok for checkup in LocalTracker(tmp_path / "a/b/c").examine()] == [True]
