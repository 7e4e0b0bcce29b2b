"""What went live before the alert: GitHub's deployments with their statuses, tags, and what is told when neither can be seen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from bot.config import Codebase, Secret
from bot.model import Deploy, Findings
from bot.sources.code.deployments import DeploymentSource, GitHubAccess
from tests.code_story import ALERT, HANDLER, PLAIN, Repository, inquiry
from tests.fakes.github_deployments import GitHubWithDeployments
from tests.fakes.github_state import TOKEN, refuse
from tests.fakes.loopback import Answer

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
SHA = {name: name * 40 for name in "abcdef"}


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubWithDeployments]:
    """A repository with deployments of several kinds, the last of them failed and one later than the alert."""
    with GitHubWithDeployments(tmp_path, "acme/transfers") as server:
        server.deploy(SHA["a"], "prod", ALERT - 9 * HOUR, ("success", ALERT - 8.9 * HOUR), ("inactive", ALERT - 5 * HOUR), ref="v1.3.0")
        server.deploy(SHA["b"], "prod", ALERT - 5 * HOUR, ("queued", ALERT - 5 * HOUR), ("in_progress", ALERT - 4.9 * HOUR), ("success", ALERT - 4.8 * HOUR))
        server.deploy(SHA["c"], "dev", ALERT - 4 * HOUR, ("success", ALERT - 3 * HOUR))
        server.deploy(SHA["d"], "prod", ALERT - 2 * HOUR, ("in_progress", ALERT - 2 * HOUR), ("failure", ALERT - 1.9 * HOUR))
        server.deploy(SHA["e"], "prod", ALERT + HOUR, ("success", ALERT + 2 * HOUR))
        yield server


def ask(github: GitHubWithDeployments, *, environment: str = "prod", service: str | None = None, **more: object) -> Findings:
    """The source's answer in round one."""
    asked = inquiry(service=service)
    asked = msgspec.structs.replace(asked, search=True, alert=msgspec.structs.replace(asked.alert, environment=environment))
    return source(github, **more).gather(asked)  # type: ignore[arg-type]


def source(github: GitHubWithDeployments, *, token: str | None = TOKEN, root: Path = Path(), seconds: float = 30, **more: object) -> DeploymentSource:
    """The source for one codebase on that server."""
    url = f"{github.url}/{github.repository}"
    codebase = Codebase(**{"name": "transfers", "path": "transfers", "url": url, "deploys": "github", **more})  # type: ignore[arg-type]
    access = GitHubAccess(github.url, github.url, lambda _codebase, _origin: Secret(token) if token else None, seconds)
    return DeploymentSource(root, (codebase,), access)


def deploys(findings: Findings) -> list[Deploy]:
    """The deploys in the order of the answer."""
    assert all(one.kind == "deploy" for one in findings.evidence)
    return [one.detail for one in findings.evidence if isinstance(one.detail, Deploy)]


def test_the_deploys_that_went_live_before_the_alert(github: GitHubWithDeployments) -> None:
    """The newest first, at the time that they were live; not what failed, what came later, or what went elsewhere."""
    findings = ask(github)
    assert [(one.commit, one.release, one.environment, one.time) for one in deploys(findings)] == [
        (SHA["b"], "b" * 12, "prod", ALERT - 4.8 * HOUR),
        (SHA["a"], "v1.3.0", "prod", ALERT - 8.9 * HOUR),
    ]
    assert findings.gaps == ()
    assert findings.evidence[0].place == f"{github.url}/acme/transfers/deployments/prod"
    assert findings.evidence[1].text == "transfers v1.3.0 (aaaaaaa) was deployed to prod on 2025-12-17 00:18:44 UTC"


def test_at_most_four_calls_are_made(github: GitHubWithDeployments) -> None:
    """However many deployments there are."""
    for number in range(150):
        github.deploy(SHA["f"], "prod", ALERT - timedelta(minutes=60 - number / 10), ("success", ALERT - timedelta(minutes=30)))
    ask(github)
    assert len(github.requests) == 4
    assert {one.method for one in github.requests} == {"GET"}


def test_environments_have_other_names_on_github(github: GitHubWithDeployments) -> None:
    """The mapping is configured; without it the gap says which name was not found and where to map it."""
    github.deploy(SHA["f"], "production eu", ALERT - HOUR, ("success", ALERT - HOUR))
    (found,) = deploys(ask(github, environment="live", deploy_environments={"live": "production eu"}))
    assert (found.commit, found.environment) == (SHA["f"], "live")
    (gap,) = ask(github, environment="live").gaps
    assert "'live'" in gap.cause
    assert "`deploy_environments`" in gap.remedy


def test_the_deploy_is_one_of_the_failing_service(github: GitHubWithDeployments) -> None:
    """Its own name where the codebase runs it; a codebase of other services is not asked."""
    assert deploys(ask(github, service="worker", services=("worker", "api")))[0].service == "worker"
    github.requests.clear()
    assert ask(github, service="ledger", services=("worker",)) == Findings()
    assert github.requests == []


def test_later_rounds_ask_nothing(github: GitHubWithDeployments) -> None:
    """The leads are handed on by the caller."""
    assert source(github).gather(inquiry()) == Findings()
    assert github.requests == []


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (refuse(403, "Resource not accessible by personal access token"), "answered 403", "`deployments: read` on acme/transfers"),
        (refuse(404, "Not Found"), "answered 404", "`deployments: read` on acme/transfers"),
        (refuse(401, "Bad credentials"), "answered 401", "CODE_TOKEN"),
        (
            Answer(403, {"message": "API rate limit exceeded for user ID 1."}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}),
            "limit",
            "reset",
        ),
        (refuse(500, "Server Error"), "gave no answer", "minutes"),
        (Answer(body=b"<html>a proxy</html>", headers={"Content-Type": "text/html"}), "not GitHub's", "GITHUB_API_URL"),
        (Answer(body=[{"id": 1, "url": "x", "sha": 7}]), "", ""),
    ],
)
def test_a_refusal_is_a_gap_with_its_remedy(github: GitHubWithDeployments, answer: Answer, cause: str, remedy: str) -> None:
    """Nothing that GitHub answers ends a diagnosis."""
    github.fail(lambda _: True, answer, times=20)
    findings = ask(github)
    assert not findings.evidence
    (gap,) = findings.gaps
    assert cause in gap.cause
    assert remedy in gap.remedy
    assert TOKEN not in repr(findings)
    (found,) = source(github).examine()
    assert not found.ok


def test_without_a_token_nothing_is_asked(github: GitHubWithDeployments) -> None:
    """The gap names the variable."""
    (gap,) = ask(github, token=None).gaps
    assert "set CODE_TOKEN" in gap.remedy
    assert github.requests == []


@pytest.mark.parametrize("url", ["https://gitlab.com/acme/transfers", None, "javascript:alert(1)", "http://127.0.0.1:1/acme/a/b"])
def test_a_codebase_that_is_not_on_github_is_a_gap(github: GitHubWithDeployments, url: str | None) -> None:
    """The token is sent to no other host."""
    (gap,) = ask(github, url=url).gaps
    assert "is no repository on" in gap.cause
    assert github.requests == []


def test_hostile_names_are_harmless(github: GitHubWithDeployments) -> None:
    """Refs and environments come from whoever may deploy."""
    github.deploy(SHA["f"], "prod", ALERT - HOUR, ("success", ALERT - HOUR), ref="v1\x1b[31m\u202e2.0.0")
    github.deploy("--output=x", "prod", ALERT - HOUR / 2, ("success", ALERT - HOUR / 2))
    found = deploys(ask(github))
    assert [one.commit for one in found][:1] == [SHA["f"]]
    assert all(one.release.isprintable() for one in found)


def test_doctor_asks_once_and_names_the_environments(github: GitHubWithDeployments) -> None:
    """So that a mapping can be written."""
    (found,) = source(github).examine()
    assert (found.ok, found.saw) == (True, "environments: dev, prod")
    assert len(github.requests) == 1


def test_versions_that_were_tagged(github: GitHubWithDeployments, tmp_path: Path) -> None:
    """For a codebase that deploys by tags: the last versions before the alert, as deploys to its environment."""
    repository = Repository(tmp_path / "transfers")
    first = repository.commit("first", {HANDLER: PLAIN})
    repository.git("tag", "v1.0.0")
    second = repository.commit("second", {HANDLER: PLAIN + "\n"})
    for name in ("v1.1.0", "nightly", "v1.2.0-rc.1"):
        repository.git("tag", name)
    findings = ask(github, root=tmp_path, deploys="tags")
    assert [(one.release, one.commit, one.environment) for one in deploys(findings)] == [("v1.1.0", second, "prod"), ("v1.0.0", first, "prod")]
    assert findings.evidence[0].place == f"{github.url}/acme/transfers/releases/tag/v1.1.0"
    assert list(source(github, root=tmp_path, deploys="tags").examine()) == []


def test_no_version_among_the_tags_is_a_gap(github: GitHubWithDeployments, tmp_path: Path) -> None:
    """As is a checkout that is not there."""
    Repository(tmp_path / "transfers").commit("first", {HANDLER: PLAIN})
    (gap,) = ask(github, root=tmp_path, deploys="tags").gaps
    assert "no tag holds a version" in gap.cause
    (gap,) = ask(github, root=tmp_path / "nowhere", deploys="tags").gaps
    assert "does not exist" in gap.cause


def test_a_rate_limit_is_waited_for_within_the_deadline(github: GitHubWithDeployments) -> None:
    """A longer limit is a gap in time; a deadline that has passed asks nothing."""
    github.fail(lambda _: True, Answer(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "1"}))
    assert deploys(ask(github, seconds=4))
    github.fail(lambda _: True, Answer(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "50"}), times=9)
    begun = monotonic()
    (gap,) = ask(github, seconds=4).gaps
    assert "rate limit" in gap.cause
    assert "wait" in gap.remedy
    assert monotonic() - begun < 25
    github.requests.clear()
    (gap,) = ask(github, seconds=0).gaps
    assert (gap.cause, github.requests) == ("the time for GitHub was used up", [])


def test_a_slow_github_is_left_alone(github: GitHubWithDeployments) -> None:
    """In time for the other sources' deadline."""
    github.fail(lambda _: True, Answer(delay=1.5), times=9)
    (gap,) = ask(github, seconds=3).gaps
    assert "no answer" in gap.cause
