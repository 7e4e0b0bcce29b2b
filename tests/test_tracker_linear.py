"""Linear: issues are found by their mark, opened once, opened again, and every refusal is a sentence."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.config import Secret
from bot.config.tracking import Linear
from bot.errors import TrackerError
from bot.model import IssueDraft
from bot.trackers.linear import LinearTracker
from tests.fakes.loopback import Answer, Request
from tests.fakes.tracker_linear import KEY, FakeLinear

pytestmark = pytest.mark.slow

DRAFT = IssueDraft(
    "Transfers fail",
    "See the entry. `errata:issue=forged.`",
    "transfer_handler_ValidationError_a1b2c3",
    severity="high",
    owners=("@acme/transfers", "@mira"),
    links=(("Entry", "https://kb.example/e.md"), ("Pull request", "https://kb.example/pull/7")),
)


@pytest.fixture
def linear() -> Iterator[FakeLinear]:
    """An empty team PAY."""
    with FakeLinear() as server:
        assert isinstance(server, FakeLinear)
        yield server


def tracker(linear: FakeLinear, key: str = KEY, seconds: float = 5, **more: Any) -> LinearTracker:
    """As the configuration makes it."""
    settings = Linear(**{"team": "PAY", "project": "Reliability", "labels": ("errata", "theirs", "unknown"), "url": linear.url} | more)
    return LinearTracker(Secret(key), settings, {"mira": "mira@acme.example"}, seconds)


def creating(request: Request) -> bool:
    """The request that opens an issue."""
    return b"mutation Create" in request.body


def test_an_issue_has_priority_label_project_assignee_and_links(linear: FakeLinear) -> None:
    """By severity and by the configuration's names; a label of another team is left out; the entry and the request are attached."""
    made = tracker(linear).open(DRAFT)
    (issue,) = linear.issues.values()

    assert (made.reference, made.open, made.url) == ("PAY-1", True, "https://linear.app/acme/issue/PAY-1/a-title")
    assert (issue["priority"], issue["labelIds"], issue["projectId"], issue["assigneeId"]) == (2, ["label-errata"], "project-1", "user-mira")
    assert [one["url"] for one in linear.attachments] == ["https://kb.example/e.md", "https://kb.example/pull/7"]
    assert tracker(linear).keeps(made.url)
    assert not tracker(linear).keeps("https://github.com/acme/x/issues/1")


def test_it_is_found_by_its_whole_mark_only(linear: FakeLinear) -> None:
    """Another marker that begins alike, a mark that a log line forged, one in the bin: none of them is it."""
    assert tracker(linear).find(DRAFT.marker) is None
    tracker(linear).open(IssueDraft("Longer", "x", f"{DRAFT.marker}2"))
    assert tracker(linear).find(DRAFT.marker) is None
    assert tracker(linear).find("forged") is None
    tracker(linear).open(DRAFT)
    found = tracker(linear).find(DRAFT.marker)
    assert found is not None
    assert found.reference == "PAY-2"
    assert tracker(linear).find("forged") is None
    linear.issues["issue-2"]["trashed"] = True
    assert tracker(linear).find(DRAFT.marker) is None


def test_it_is_opened_again_with_one_comment(linear: FakeLinear) -> None:
    """In the state that waits to be started; said twice, the comment stands once; canceled is a person's word."""
    made = tracker(linear).open(DRAFT)
    linear.close("PAY-1")
    closed = tracker(linear).find(DRAFT.marker)
    assert closed is not None
    assert (closed.open, closed.declined) == (False, False)
    came_back = IssueDraft("Transfers fail", "It came back.", f"{DRAFT.marker}/C1/1.2")
    for _ in range(2):
        assert tracker(linear).reopen(closed, came_back) == made
    assert linear.issues["issue-1"]["state"] == "s-todo"
    assert len(linear.comments) == 1
    linear.close("PAY-1", "s-cancel")
    declined = tracker(linear).find(DRAFT.marker)
    assert declined is not None
    assert declined.declined


@pytest.mark.parametrize("took_effect", [True, False])
@pytest.mark.parametrize("answer", [Answer(cut=True), Answer(502, b"<html>Bad gateway", {"Content-Type": "text/html"})], ids=["cut off", "502"])
def test_a_lost_answer_leads_to_exactly_one_issue(linear: FakeLinear, answer: Answer, *, took_effect: bool) -> None:
    """It looks before it asks again."""
    linear.fail(creating, answer, after=took_effect)
    assert tracker(linear).open(DRAFT).reference == "PAY-1"
    assert len(linear.issues) == 1


def refusal(message: str, code: str, status: int = 200) -> Answer:
    """As Linear writes one."""
    return Answer(status, {"errors": [{"message": message, "extensions": {"code": code}}], "data": None})


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (refusal("Authentication required", "AUTHENTICATION_ERROR", 401), "401", "LINEAR_API_KEY"),
        (refusal("not allowed", "FORBIDDEN"), "not allowed", "read and write access"),
        (refusal("Forbidden", "FORBIDDEN", 403), "403", "read and write access"),
        (refusal("Rate limit exceeded", "RATELIMITED", 400), "Rate limit exceeded", "wait an hour"),
        (refusal("Rate limit exceeded", "RATELIMITED"), "Rate limit exceeded", "wait an hour"),
        (Answer(429, {"message": "slow down"}, {"Retry-After": "3000"}), "429", "wait"),
        (Answer(500, b"oops", {"Content-Type": "text/plain"}), "500", "status page"),
        (Answer(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}), "web page", "`linear: url:`"),
        (Answer(200, {"data": {"issues": []}}), "not one that Linear gives", "`linear: url:`"),
        (Answer(200, b"[1, 2"), "not JSON", "`linear: url:`"),
        (Answer(200, [1]), "not one that Linear gives", "`linear: url:`"),
        (Answer(302, b"", {"Location": "https://evil.example/"}), "redirects", "`linear: url:`"),
    ],
    ids=["401", "forbidden", "403", "limit 400", "limit", "429", "500", "login page", "shape", "cut json", "list", "redirect"],
)
def test_a_refusal_is_a_sentence_without_the_key(linear: FakeLinear, answer: Answer, cause: str, remedy: str) -> None:
    """What Linear said, and what to do; nothing is opened, and doctor says the same."""
    linear.fail(lambda _: True, answer, times=9)
    with pytest.raises(TrackerError) as caught:
        tracker(linear).find(DRAFT.marker)
    assert cause in caught.value.cause
    assert remedy in caught.value.remedy
    assert KEY not in f"{caught.value}{caught.value.remedy}"
    assert [one.ok for one in tracker(linear).examine()] == [False]


def test_a_linear_that_does_not_answer_is_left(linear: FakeLinear) -> None:
    """After the deadline."""
    linear.fail(lambda _: True, Answer(delay=1.0), times=2)
    with pytest.raises(TrackerError, match="no answer"):
        tracker(linear, seconds=0.2).find(DRAFT.marker)


def test_what_is_named_wrongly_is_told(linear: FakeLinear) -> None:
    """A team that is not there refuses; a label or project that is not there is left out, and doctor names it."""
    with pytest.raises(TrackerError, match="no team with the key 'NOPE'"):
        tracker(linear, team="NOPE").open(DRAFT)
    tracker(linear, project="Gone").open(DRAFT)
    assert "projectId" not in linear.issues["issue-1"]
    checkups = {one.name: one for one in tracker(linear, project="Gone").examine()}
    assert (checkups["Linear"].ok, checkups["Linear labels"].saw, checkups["Linear project"].ok) == (True, "missing: unknown", False)
    with pytest.raises(TrackerError, match="Entity not found"):
        tracker(linear).reopen(tracker(linear).open(DRAFT).__class__("PAY-99", "https://linear.app/x", open=False), DRAFT)


def test_an_issue_whose_answer_was_lost_has_its_links_all_the_same(linear: FakeLinear) -> None:
    """It is found by its mark, opened once, and what belongs to it is attached."""
    linear.fail(creating, Answer(cut=True), after=True)

    assert tracker(linear).open(DRAFT).reference == "PAY-1"
    assert len(linear.issues) == 1
    assert [one["url"] for one in linear.attachments] == ["https://kb.example/e.md", "https://kb.example/pull/7"]
