"""`bot trust`: thumbs on answers given at once become the record of their entries, also of those that wait in an open request."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.slack import SlackChat
from bot.chat.slack_channels import SlackChannels
from bot.config import Configuration, Secret
from bot.core.entry.entry import parse, path_of, render
from bot.core.entry.instant_answers import counted
from bot.core.entry.library import Library
from bot.core.request.pull_request_marks import framed
from bot.forges.github import GitHubForge
from bot.forges.github_requests import GitHubRequests
from bot.jobs.answer import Answering
from bot.jobs.recall import Recollection
from bot.jobs.trust import Scoring
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import SCOPES, FakeSlack
from tests.recalls import AT, CHANNEL, NOW, alert, case, entry, link
from tests.test_answer_at_once import TIMES, claim

pytestmark = pytest.mark.slow

NAME = entry().meta.signature
PATH, BRANCH = path_of(NAME), f"kb/{NAME}"


@pytest.fixture(scope="module")
def workspace() -> Iterator[FakeSlack]:
    """One for the module."""
    with FakeSlack() as started:
        yield started


@pytest.fixture
def slack(workspace: FakeSlack) -> FakeSlack:
    """Three alerts in a channel."""
    workspace.reset((*SCOPES, "reactions:read"))
    for number in (1, 2, 3):
        workspace.post(CHANNEL, "ValidationError: insufficient leaf balance", ts=link(number).ts)
    return workspace


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """The reviewed entry, with the first alert counted; the second waits in an open request."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        one = counted(entry(), link(1), AT)
        server.seed({PATH: render(one)})
        server.person_commits(BRANCH, {PATH: render(counted(one, link(2), AT))})
        yield server


def answered(slack: FakeSlack, number: int) -> str:
    """Answer one of the alerts; the ts of the answer."""
    chat = SlackChat(Secret(slack.token), slack.base_url, lambda _: None)
    recollection = Recollection(Library([entry()]), Configuration(), None, lambda: NOW)
    place = link(number)
    assert Answering(chat, recollection, lambda path: path, TIMES, lambda _: None).answer((claim(case(of=alert(place.ts))),), place) == ()
    return str(slack.thread(CHANNEL, place.ts)[1]["ts"])


def score(slack: FakeSlack, github: FakeGitHub) -> list[str]:
    """The job; what it said, and what it could not do."""
    said: list[str] = []
    token = Secret(github.token)
    forge = GitHubForge(token, github.repository, github.url, pace=None)
    history = GitHubRequests(token, github.repository, github.url)
    place = Secret(slack.token), slack.base_url, lambda _: None
    job = Scoring(forge, history, SlackChat(*place), SlackChannels(*place), said.append)
    failures = job.score({PATH: github.text(PATH) or ""}, NOW)
    return [*said, *(error.cause for error in failures)]


def record(github: FakeGitHub) -> tuple[int, int]:
    """Held and failed, as the entry on the default branch says."""
    meta = parse(github.text(PATH) or "", PATH).meta
    return meta.held, meta.failed


def opened(github: FakeGitHub) -> None:
    """The request that the branch waits in."""
    made = {"title": "Seen again", "body": framed("Seen again.", "c1"), "labels": [], "state": "open", "head": BRANCH, "base": "main", "reviews": []}
    github.items[1] = {**made, "requested_reviewers": [], "requested_teams": []}


def test_thumbs_become_the_record(slack: FakeSlack, github: FakeGitHub) -> None:
    """Merged rows and waiting ones; a second run commits nothing."""
    opened(github)
    slack.react(CHANNEL, answered(slack, 1), "+1", "U0MIRA", "U0BO")
    slack.react(CHANNEL, answered(slack, 2), "-1", "U0MIRA")

    assert score(slack, github) == [f"{NAME}: 1 answer held, 1 failed"]
    commits = github.commits()
    assert record(github) == (1, 1)
    assert score(slack, github) == []
    assert github.commits() == commits


def test_a_thumb_that_is_taken_back_counts_no_more(slack: FakeSlack, github: FakeGitHub) -> None:
    """The record is what stands there now."""
    slack.react(CHANNEL, answered(slack, 1), "-1", "U0MIRA")
    score(slack, github)
    slack.reacted.clear()

    assert score(slack, github) == [f"{NAME}: 0 answers held, 0 failed"]
    assert record(github) == (0, 0)


def test_the_bots_own_reaction_is_none(slack: FakeSlack, github: FakeGitHub) -> None:
    """Nobody praises himself."""
    slack.react(CHANNEL, answered(slack, 1), "+1", str(slack.identity["user_id"]))

    assert score(slack, github) == []


def test_a_thread_that_cannot_be_read_takes_nothing_back(slack: FakeSlack, github: FakeGitHub) -> None:
    """The alert is gone: what was said there before stays counted, and the run says what it missed."""
    slack.react(CHANNEL, answered(slack, 1), "-1", "U0MIRA")
    score(slack, github)
    slack.channels[CHANNEL].messages.clear()

    assert len(score(slack, github)) == 1
    assert record(github) == (0, 1)


def test_entries_that_nobody_reviewed_cost_no_call(slack: FakeSlack, github: FakeGitHub) -> None:
    """Ten thousand entries are not looked through in Slack."""
    github.person_commits("main", {PATH: render(entry())})
    slack.requests.clear()

    assert score(slack, github) == []
    assert slack.requests == []
