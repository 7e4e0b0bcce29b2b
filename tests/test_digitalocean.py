"""DigitalOcean: what it tells of a failing service, and what becomes of refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import SourceError
from bot.model import Deploy, Findings
from tests.cluster_asking import LATE, PASSING, app, inquiry, texts
from tests.fakes.clusters import FakeDigitalOcean
from tests.fakes.loopback import Answer

pytestmark = pytest.mark.slow

SHA = "1c9b42d8c7d9c8d9c37eb0f6226aef88f40ad08a"


@pytest.fixture
def digitalocean() -> Iterator[FakeDigitalOcean]:
    """An app whose newest deployment failed."""
    with FakeDigitalOcean() as server:
        server.deployments = [
            {"id": "d-3", "phase": "ERROR", "created_at": "2025-12-17T09:00:00Z", "cause": "commit abc pushed", "services": [{"source_commit_hash": "f" * 40}]},
            {"id": "d-2", "phase": "ACTIVE", "created_at": "2025-12-16T15:00:00Z", "services": [{"source_commit_hash": SHA}]},
            {"id": "d-9", "phase": "ACTIVE", "created_at": "2025-12-18T15:00:00Z"},
            {"id": "odd", "created_at": 3},
        ]
        server.logs = {"BUILD": "step 1\n" + "ok\n" * 100 + "ERROR: health check failed\n" + "ok\n" * 70, "DEPLOY": "waiting\n"}
        yield server


def test_deployments_and_the_log_of_the_failed_one(digitalocean: FakeDigitalOcean) -> None:
    """Those before the alert, the newest first; of a log its errors and its end."""
    found = app(digitalocean).gather(inquiry())

    assert [evidence.kind for evidence in found.evidence] == ["deploy", "deploy", "log", "log"]
    assert [evidence.detail for evidence in found.evidence[:2]] == [
        None,
        Deploy("transfers", "prod", SHA[:7], datetime(2025, 12, 16, 15, tzinfo=UTC), SHA),
    ]
    assert "ERROR: health check failed" in found.evidence[2].text
    assert found.queries[0] == "deployments before the alert → 2"
    assert len(digitalocean.requests) == 5


def test_a_log_kept_elsewhere_is_not_fetched(digitalocean: FakeDigitalOcean) -> None:
    """An address that is not DigitalOcean's is no place to send anything to."""
    digitalocean.store = "https://evil.example"

    found = app(digitalocean).gather(inquiry())

    assert {gap.cause for gap in found.gaps} == {"its log is kept at an address that is not DigitalOcean's"}
    assert len(found.evidence) == 2


def test_digitalocean_refuses(digitalocean: FakeDigitalOcean) -> None:
    """No token is one sentence; a wrong one names its variable; another service's alert asks nothing."""
    assert app(digitalocean, None).gather(inquiry()).gaps[0].cause == "DIGITALOCEAN_TOKEN is not set"
    with pytest.raises(SourceError) as refused:
        app(digitalocean, "wr0ng").gather(inquiry())
    assert "DIGITALOCEAN_TOKEN" in refused.value.remedy
    digitalocean.requests.clear()
    assert app(digitalocean).gather(inquiry(service="ledger")) == Findings()
    assert digitalocean.requests == []
    assert [checkup.ok for checkup in app(digitalocean).examine()] == [True]
    assert [checkup.ok for checkup in app(digitalocean, None).examine()] == [False]


@pytest.mark.parametrize("path", ["deployments", "logs", "BUILD"])
def test_digitalocean_that_is_busy_is_asked_again(digitalocean: FakeDigitalOcean, path: str) -> None:
    """As long as it says; told to come back tomorrow it is a refusal, or a gap where it is one log."""
    digitalocean.fail(lambda request: request.path.endswith(path), Answer(429, {"id": "too_many_requests", "message": "API rate limit exceeded"}, PASSING))
    assert app(digitalocean).gather(inquiry()).gaps == ()

    digitalocean.fail(lambda request: request.path.endswith(path), Answer(429, {"message": "API rate limit exceeded"}, LATE))
    if path == "deployments":
        with pytest.raises(SourceError, match="rate limit"):
            app(digitalocean).gather(inquiry())
    else:
        (gap,) = app(digitalocean).gather(inquiry()).gaps
        assert "build log" in gap.wanted


@pytest.mark.parametrize(
    "answer",
    [
        Answer(delay=0.6),
        Answer(cut=True),
        Answer(200, b'{"deployments": [{"id": "d-3", "pha'),
        Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}),
        Answer(403, {"id": "forbidden", "message": "You are not authorized"}),
        Answer(200, {"deployments": {}}),
        Answer(200, 7),
    ],
    ids=["slow", "closed", "cut off in the middle", "a login page", "forbidden", "no list", "another shape"],
)
def test_a_broken_answer_of_digitalocean_is_a_refusal(digitalocean: FakeDigitalOcean, answer: Answer) -> None:
    """With a remedy; of a log only that log is lost."""
    digitalocean.fail(lambda request: request.path.endswith("deployments"), answer, times=2)
    with pytest.raises(SourceError) as refused:
        app(digitalocean, seconds=0.5 if answer.delay else 5).gather(inquiry())
    assert refused.value.remedy
    assert "do-token" not in f"{refused.value}{refused.value.remedy}"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(403, b"<Error>expired</Error>", {"Content-Type": "application/xml"}),
        Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}),
        Answer(302, b"", {"Location": "https://evil.example/"}),
        Answer(cut=True),
    ],
    ids=["expired", "a login page", "a redirect", "closed"],
)
def test_a_broken_log_of_digitalocean_costs_that_log(digitalocean: FakeDigitalOcean, answer: Answer) -> None:
    """The deployments and the other log are told."""
    digitalocean.fail(lambda request: request.path.endswith("BUILD"), answer, times=2)

    found = app(digitalocean).gather(inquiry())

    assert [gap.wanted for gap in found.gaps] == ["the build log of the deployment that failed"]
    assert "waiting" in texts(found)


@pytest.mark.parametrize("odd", [{"id": ".."}, {"id": 7.5}, {"id": None}, {"id": "a/b"}])
def test_a_deployment_without_a_usable_id_keeps_its_line(digitalocean: FakeDigitalOcean, odd: dict[str, Any]) -> None:
    """Its logs are gaps, and nothing of it becomes part of an address."""
    digitalocean.deployments[0].update(odd)

    found = app(digitalocean).gather(inquiry())

    assert {gap.cause for gap in found.gaps} == {"the deployment has no id of the usual form"}
    assert len(digitalocean.requests) == 1


def test_times_of_deployments(digitalocean: FakeDigitalOcean) -> None:
    """Without a zone they are UTC, numbers tell their unit; later than the alert, or before all time, they are left out."""
    times = ("2025-12-16T15:00:00", 1765897200, 1765897200000, 1765897200000000000, "2031-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "soon")
    digitalocean.deployments = [{"id": f"d-{number}", "phase": "ACTIVE", "created_at": time} for number, time in enumerate(times)]

    found = app(digitalocean).gather(inquiry())

    assert [evidence.time for evidence in found.evidence] == [datetime(2025, 12, 16, 15, tzinfo=UTC)] * 4
    digitalocean.deployments = digitalocean.deployments[-2:]
    with pytest.raises(SourceError, match="none of 2 deployments has a time"):
        app(digitalocean).gather(inquiry())
