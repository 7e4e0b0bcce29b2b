"""What a good run asks of Slack, GitHub and OpenSearch: every call, in its order. A call more is a decision, not an accident."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.chat.slack import SlackChat
from bot.config import Configuration, Secret
from bot.core.entry.entry import amended
from bot.core.entry.library import Library
from bot.jobs.answer import Answering
from bot.jobs.proposal_directory import Proposed
from bot.jobs.recall import Recollection
from bot.jobs.thread_replies import ThreadReplies
from bot.model import IssueDraft, Recalled
from bot.texts.reply import About
from bot.trackers.github import GitHubTracker
from tests.chain import Chain
from tests.fakes.github import FakeGitHub
from tests.fakes.loopback import Request
from tests.fakes.slack import FakeSlack
from tests.occurrences import occurrence
from tests.recalls import AGAIN, CHANNEL, NOW, alert, case, entry

pytestmark = pytest.mark.slow


def calls(requests: Iterable[Request]) -> list[str]:
    """Method and path of each, without the repository; a commit, a branch and a file by their kind."""
    told = (f"{request.method} {request.path.removeprefix('/repos/acme/knowledge').removeprefix('/api')}" for request in requests)
    return [re.sub(r"[0-9a-f]{40}", "SHA", re.sub(r"\w+_848eac", "NAME", one)) for one in told]


def asked(house: Chain, job: Callable[[], int]) -> dict[str, list[str]]:
    """The calls of one job that went well."""
    for server in (house.slack, house.github, house.search):
        server.requests.clear()
    assert job() == 0
    return {"slack": calls(house.slack.requests), "github": calls(house.github.requests), "search": calls(house.search.requests)}


STANDING = ["GET /pulls", "GET /branches/kb/NAME", "GET /branches/main", "GET /contents/knowledge/errors/NAME.md", "GET /contents/.github/CODEOWNERS"]
COMPANIONS = ["GET /pulls", "GET /pulls"]


def test_one_alert_from_its_link_to_the_answer(house: Chain) -> None:
    """Diagnosed, proposed, merged, published; then the same alert once more, which is recorded already."""
    assert asked(house, house.diagnose) == {
        "slack": ["POST /conversations.history", "POST /reactions.add"],
        "github": [],
        "search": ["POST /logs-*/_field_caps", "POST /logs-*/_search", "POST /_msearch"],
    }
    assert asked(house, house.propose) == {
        "slack": [],
        "github": [
            *STANDING,
            *COMPANIONS,
            "POST /git/trees",
            "POST /git/commits",
            "POST /git/refs",
            "POST /pulls",
            "POST /pulls/1/requested_reviewers",
            "POST /issues/1/labels",
        ],
        "search": [],
    }
    before, after = house.merge(1)
    assert asked(house, lambda: house.publish(before, after)) == {
        "slack": ["POST /conversations.replies", "POST /chat.postMessage"],
        "github": [
            "GET /compare/SHA...SHA",
            "GET /commits/SHA/pulls",
            "GET /contents/knowledge/errors/NAME.md",
            "GET /git/blobs/SHA",
            "GET /pulls/1/reviews",
            "GET /pulls/1",  # nobody approved it, and a list does not say who merged
            "GET /issues",
            "POST /issues",
            "GET /branches/main",
            "GET /git/trees/SHA",
            "GET /git/trees/SHA",
            "POST /git/trees",
            "POST /git/commits",
            "PATCH /git/refs/heads/main",
        ],
        "search": [],
    }
    house.diagnose()
    assert asked(house, house.propose)["github"] == STANDING


def test_an_answer_at_once(slack: FakeSlack) -> None:
    """Each thread is read, looked through, answered; also where the error had other names before."""
    other = replace(alert().permalink, ts="1765962801.000100")
    slack.post(CHANNEL, "ValidationError: insufficient leaf balance", ts=other.ts)
    known = entry(aliases=("older_name", "oldest_name"))
    recollection = Recollection(Library((known,)), Configuration(), None, lambda: NOW)
    recalled = Recalled(case().signature.name, True, (), ("mira",), NOW)
    claim = Proposed(case(), replace(occurrence().diagnosis, diagnoser="knowledge", recalled=recalled), (other,))
    times = dict.fromkeys(("critical", "high", "medium", "low"), "< 1 hour")
    slack.requests.clear()

    assert Answering(chat(slack), recollection, str, times, lambda _: None).answer((claim,), alert().permalink, (other,)) == ()

    assert calls(slack.requests) == ["POST /conversations.history", "POST /conversations.replies", "POST /chat.postMessage"] * 2


def test_a_corrected_answer_of_several_messages(slack: FakeSlack) -> None:
    """The thread is looked through once, whatever the number of names and of messages."""
    known = amended(entry(), {"aliases": ("older_name", "oldest_name")})
    replies, thread = ThreadReplies(chat(slack), lambda _: None), alert().permalink
    replies.answer(known, thread, About("https://kb.example/x"))
    slack.requests.clear()

    replies.correct(known, known, thread, About("https://kb.example/y"))

    told = calls(slack.requests)
    assert told.count("POST /conversations.replies") == 1
    assert set(told) == {"POST /conversations.replies", "POST /auth.test", "POST /chat.update"}


def test_a_tracking_issue_of_an_error_with_other_names(tmp_path: Path) -> None:
    """The issues are listed once; the name that comes first wins, whatever is newest."""
    with FakeGitHub(tmp_path) as github:
        tracker = GitHubTracker(Secret(github.token), github.repository, github.url, None)
        opened = tracker.open(IssueDraft("Today", "words", "today"))
        tracker.open(IssueDraft("Older", "words", "older"))
        github.requests.clear()

        assert tracker.find("today", "older") == opened
        assert tracker.find("never", "older") != opened
        assert tracker.find("never", "nobody") is None
        assert calls(github.requests) == ["GET /issues"] * 3


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A workspace with the alert in it."""
    with FakeSlack() as server:
        server.add_channel(CHANNEL)
        server.post(CHANNEL, "ValidationError: insufficient leaf balance", ts=AGAIN)
        yield server


def chat(slack: FakeSlack) -> SlackChat:
    """The bot's."""
    return SlackChat(Secret(slack.token), slack.base_url, lambda _: None)
