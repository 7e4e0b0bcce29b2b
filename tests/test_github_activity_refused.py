"""A GitHub that refuses, is slow or says odd things of its runs: what it costs, what is told, and where the token never goes."""

from time import monotonic

import pytest

from bot.errors import SourceError
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.fakes.github_state import TOKEN, refuse
from tests.fakes.loopback import Answer
from tests.github_runs import ALERT, MINUTE, ask, github, source, starting, storage

__all__ = ["github", "storage"]
pytestmark = pytest.mark.slow
ODD_TIMES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 1765959164, 1765959164000, 1765959164000000000, "2999-01-01T00:00:00Z", "soon")


def test_the_token_goes_to_github_only(github: GitHubWithActions, storage: LogStorage) -> None:
    """The storage gets the signed address as it was given, and nothing else."""
    ask(github)
    (request,) = storage.requests
    assert "authorization" not in request.headers
    assert request.query["sig"] == "a+b/c="


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:1/x.txt",
        "https://evil.example/x.txt?sig=1",
        "https://blob.core.windows.net.evil.example/x",
        "https://user:pw@store.blob.core.windows.net/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://[::1/x",
        "//evil.example/x",
        "x\n",
    ],
)
def test_a_log_is_fetched_from_no_other_host(github: GitHubWithActions, storage: LogStorage, address: str) -> None:
    """The redirect is followed for GitHub's own storage and the hosts that the configuration names."""
    github.logs = dict.fromkeys(github.logs, address.strip("\n"))
    findings = ask(github)
    assert storage.requests == []
    assert not any(one.kind == "log" for one in findings.evidence)
    (gap,) = findings.gaps
    assert "GitHub" in gap.remedy
    assert starting(findings, "2 pull requests"), "the rest is told"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Answer(403, b"AuthenticationFailed", {"Content-Type": "application/xml"}), "403"),
        (Answer(302, b"", {"Location": "https://evil.example/"}), "redirects"),
        (Answer(body=b"<!DOCTYPE html><html>Sign in</html>", headers={"Content-Type": "text/html"}), ""),
        (Answer(cut=True), ""),
    ],
)
def test_a_log_that_is_refused_costs_the_log_only(github: GitHubWithActions, storage: LogStorage, answer: Answer, cause: str) -> None:
    """Whatever the storage says instead."""
    storage.fail(lambda _: True, answer, times=9)
    findings = ask(github)
    (gap,) = findings.gaps
    assert gap.wanted == "the log of the failed job 'deploy'"
    assert cause in gap.cause
    assert starting(findings, "2 pull requests")


def test_a_log_that_has_expired_is_told_as_such(github: GitHubWithActions) -> None:
    """Nobody needs to mend that."""
    github.logs.clear()
    (gap,) = ask(github).gaps
    assert "90 days" in gap.remedy


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (refuse(403, "Resource not accessible by personal access token"), "answered 403", "`actions: read`"),
        (refuse(401, "Bad credentials"), "answered 401", "GITHUB_ACTIVITY_TOKEN"),
        (
            Answer(403, {"message": "API rate limit exceeded for user ID 1."}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}),
            "limit",
            "reset",
        ),
        (refuse(500, "Server Error"), "gave no answer", "minutes"),
        (Answer(body=b"<html>a proxy</html>", headers={"Content-Type": "text/html"}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body={"workflow_runs": {"a": 1}}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body={"workflow_runs": [{"id": "x"}, 7]}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body=[1]), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body=b'{"workflow_runs": [{"id": 1'), "not GitHub's", "GITHUB_API_URL"),
        (Answer(302, b"", {"Location": "https://login.example/"}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(cut=True), "no answer", "HTTPS_PROXY"),
    ],
)
def test_a_refusal_is_a_gap_with_its_remedy(github: GitHubWithActions, answer: Answer, cause: str, remedy: str) -> None:
    """Nothing that GitHub answers ends a diagnosis; what cannot get better is asked once."""
    github.fail(lambda _: True, answer, times=30)
    findings = ask(github)
    assert findings.evidence == ()
    assert cause in findings.gaps[0].cause
    assert remedy in findings.gaps[0].remedy
    assert len(findings.gaps) <= 3
    assert TOKEN not in repr(findings)
    assert not any(one.ok for one in source(github).examine())


def test_one_permission_that_is_missing_costs_its_part_only(github: GitHubWithActions) -> None:
    """The runs are there without the pull requests."""
    github.fail(lambda request: request.path.endswith("/pulls"), refuse(403, "Resource not accessible by integration"))
    findings = ask(github)
    (gap,) = findings.gaps
    assert gap.wanted == "the merged pull requests"
    assert "`pull-requests: read`" in gap.remedy
    assert findings.evidence[0].kind == "deploy"


def test_odd_rows_are_left_out(github: GitHubWithActions) -> None:
    """A row of another shape, control characters in names, a branch that plays an option."""
    github.ran(ALERT - 5 * MINUTE, "failure", name="De\x1b[31mploy\u202e", display_title="x" * 9_999, head_branch="--upload-pack=x", head_sha="../../x")
    github.runs += [{**github.runs[0], "id": "no number"}, {**github.runs[0], "created_at": "yesterday"}]
    findings = ask(github)
    assert any("Deploy" in one.text for one in findings.evidence)
    assert all(one.text.replace("\n", " ").isprintable() and len(one.text) < 6_000 for one in findings.evidence)


def test_times_without_a_zone_or_of_no_calendar(github: GitHubWithActions) -> None:
    """Without a zone they are UTC; numbers, and moments before all time, cost their row; what is later than the alert is not shown."""
    github.runs[0]["created_at"] = (ALERT - 20 * MINUTE).replace(tzinfo=None).isoformat()
    github.jobs[7_000_000_002][1]["steps"][1]["completed_at"] = (ALERT - 14 * MINUTE).replace(tzinfo=None).isoformat()
    github.releases[:0] = [{**github.releases[0], "tag_name": f"v9.{n}", "published_at": time} for n, time in enumerate(ODD_TIMES)]
    github.merged[0]["updated_at"] = "2999-01-01T00:00:00.123456789Z"
    findings = ask(github)
    assert findings.gaps == ()
    assert "begun on 2025-12-17 08:52:44 UTC" in findings.evidence[0].text
    assert "failed on 2025-12-17 08:58:44 UTC" in findings.evidence[1].text
    assert starting(findings, "The release").text.startswith("The release v1.4.0")
    assert starting(findings, "2 pull requests")


def test_a_rate_limit_is_waited_for_within_the_deadline(github: GitHubWithActions) -> None:
    """As long as GitHub says; one that outlasts the deadline is a gap in time."""
    github.fail(lambda _: True, Answer(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "1"}))
    assert ask(github, seconds=8).gaps == ()
    github.fail(lambda _: True, Answer(429, {"message": "Too many requests"}, {"Retry-After": "50"}), times=99)
    begun = monotonic()
    (gap,) = ask(github, seconds=3).gaps
    assert (gap.cause, gap.remedy) == ("GitHub answered 429: Too many requests", "run this again in 50 seconds")
    assert monotonic() - begun < 25


def test_a_workflow_that_is_not_there_is_told_by_name(github: GitHubWithActions) -> None:
    """To doctor as well, with one call for each permission."""
    findings = ask(github, workflows=("ship.yml",))
    assert "`github_activity: workflows:`" in findings.gaps[0].remedy
    github.requests.clear()
    seen = {one.name: one for one in source(github, workflows=("ship.yml",)).examine()}
    assert [one.ok for one in seen.values()] == [False, True, True]
    assert len(github.requests) == 3
    assert all(one.ok for one in source(github).examine())


def test_without_a_token_one_sentence_says_what_to_set(github: GitHubWithActions) -> None:
    """And nothing is asked."""
    with pytest.raises(SourceError) as error:
        ask(github, token=None)
    assert "set GITHUB_ACTIVITY_TOKEN" in error.value.remedy
    assert github.requests == []
    (seen,) = source(github, token=None).examine()
    assert not seen.ok


def test_a_slow_github_costs_what_it_did_not_answer(github: GitHubWithActions) -> None:
    """What came before the deadline is kept."""
    github.fail(lambda request: request.path.endswith("/releases"), Answer(body=[], delay=2.5), times=3)
    findings = ask(github, seconds=5)
    assert findings.evidence[0].kind == "deploy"
    assert findings.gaps
    assert "what follows" in findings.gaps[0].wanted
