"""Kubernetes, DigitalOcean and Redis: what they tell of a failing service, and what becomes of refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.config import Secret
from bot.core.pods import happening, pod, selector
from bot.errors import SourceError
from bot.model import Alert, Deploy, Findings, Inquiry, Permalink
from bot.source_config import DigitalOceanApp, KubernetesNamespace, RedisServer
from bot.sources.digitalocean import DigitalOceanSource
from bot.sources.kubernetes import KubernetesSource
from bot.sources.redis_server import RedisSource
from tests.fakes.clusters import FakeDigitalOcean, FakeKubernetes, FakeRedis
from tests.fakes.loopback import Answer, Fault

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
SHA = "1c9b42d8c7d9c8d9c37eb0f6226aef88f40ad08a"


def inquiry(service: str | None = "transfers", environment: str = "prod", *, search: bool = True) -> Inquiry:
    """What is asked in round one."""
    alert = Alert(Permalink("acme.slack.com", "C0ALERTS1", "1765962764.000100"), TIME, environment, "it failed", service=service)
    return Inquiry(alert, TIME - timedelta(minutes=5), TIME, search=search)


def texts(findings: Findings) -> str:
    """Everything that was found."""
    return "\n".join(evidence.text for evidence in findings.evidence)


def a_pod(name: str = "transfers-6d5f8c9b4-x2x1z", **status: Any) -> dict[str, Any]:
    """A pod that was killed for memory and started again."""
    ended = {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2025-12-17T09:12:40Z"}
    container = {"name": "app", "image": "acme/transfers:1.8.0", "restartCount": 3, "state": {"running": {}}, "lastState": {"terminated": ended}}
    spec = {"name": "app", "resources": {"requests": {"memory": "128Mi"}, "limits": {"memory": "256Mi", "cpu": "1"}}}
    return {
        "metadata": {"name": name, "labels": {"app": "transfers"}},
        "spec": {"containers": [spec]},
        "status": {"phase": "Running", "startTime": "2025-12-16T15:00:00Z", "containerStatuses": [container], **status},
    }


def an_event(pod_name: str, minutes: int = -1, **more: Any) -> dict[str, Any]:
    """A warning about a pod."""
    time = (TIME + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    about = {"kind": "Pod", "name": pod_name}
    return {"type": "Warning", "reason": "BackOff", "message": "Back-off restarting", "involvedObject": about, "lastTimestamp": time, "count": 4, **more}


@pytest.fixture
def kubernetes() -> Iterator[FakeKubernetes]:
    """An API server with one pod in trouble."""
    with FakeKubernetes() as server:
        server.pods = [a_pod(), {**a_pod("ledger-1"), "metadata": {"name": "ledger-1", "labels": {"app": "ledger"}}}]
        server.events = [an_event("transfers-6d5f8c9b4-x2x1z"), an_event("ledger-1"), an_event("transfers-6d5f8c9b4-x2x1z", minutes=-300)]
        server.logs = {"transfers-6d5f8c9b4-x2x1z": "2025-12-17T09:12:39Z about to allocate\nKilled\n"}
        yield server


def namespace(server: FakeKubernetes, token: str | None = "k8s-token", **more: Any) -> KubernetesSource:  # noqa: S107 - made up
    """The source."""
    return KubernetesSource("prod", KubernetesNamespace("shop", **more), server.url, Secret(token) if token else None)


def test_a_killed_container_tells_its_limits_and_last_words(kubernetes: FakeKubernetes) -> None:
    """Why it ended, what it may use, its events of the hour, and the end of the log before the restart."""
    found = namespace(kubernetes).gather(inquiry())

    said = texts(found)
    assert "last ended: OOMKilled, exit code 137, killed (SIGKILL), at 2025-12-17 09:12:40 UTC" in said
    assert "requests memory 128Mi, limits cpu 1, memory 256Mi" in said
    assert "Warning BackOff transfers-6d5f8c9b4-x2x1z: Back-off restarting (4 times)" in said
    assert "about to allocate" in said
    assert "ledger" not in said
    assert found.queries == ("pods with app=transfers → 1", "events 08:12 to 10:12 UTC → 1 of 2", "last log of transfers-6d5f8c9b4-x2x1z")
    assert len(kubernetes.requests) == 3
    assert found.gaps == ()


def test_pods_are_found_by_the_configured_labels(kubernetes: FakeKubernetes) -> None:
    """No pod with the usual label is a gap that shows where to name another."""
    kubernetes.pods[0]["metadata"]["labels"] = {"tier": "api", "name": "tr"}

    missed = namespace(kubernetes).gather(inquiry())
    found = namespace(kubernetes, services={"transfers": "tier=api,name=tr"}).gather(inquiry())

    assert missed.gaps[0].cause == "no pod there has the labels app=transfers"
    assert "services: {transfers: …}" in missed.gaps[0].remedy
    assert "OOMKilled" in texts(found)


@pytest.mark.parametrize(("what", "cost"), [("events", "listing the events"), ("log", "reading the last log")])
def test_a_missing_right_costs_its_part(kubernetes: FakeKubernetes, what: str, cost: str) -> None:
    """The rest is told."""
    kubernetes.forbidden = {what}

    found = namespace(kubernetes).gather(inquiry())

    (gap,) = found.gaps
    assert cost in gap.wanted
    assert "give the service account" in gap.remedy
    assert "OOMKilled" in texts(found)


def test_nothing_can_be_listed(kubernetes: FakeKubernetes) -> None:
    """A wrong token, an HTML page, a shape that changed: a refusal with its remedy."""
    with pytest.raises(SourceError) as refused:
        namespace(kubernetes, token="wr0ng").gather(inquiry())
    assert "KUBERNETES_TOKEN" in refused.value.remedy
    assert "wr0ng" not in str(refused.value)
    for answer in (Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}), Answer(200, {"items": 3}), Answer(200, [])):
        kubernetes.faults = [Fault(lambda request: request.path.endswith("pods"), answer)]
        with pytest.raises(SourceError):
            namespace(kubernetes).gather(inquiry())
    assert [checkup.ok for checkup in namespace(kubernetes).examine()] == [True, True]
    assert [checkup.ok for checkup in namespace(kubernetes, token=None).examine()] == [False, False]


def test_kubernetes_is_asked_for_its_own_alerts(kubernetes: FakeKubernetes) -> None:
    """Not for another environment, not again for leads; without a service it says so."""
    source = namespace(kubernetes)

    assert source.gather(inquiry(environment="dev")) == source.gather(inquiry(search=False)) == Findings()
    assert source.gather(inquiry(service=None)).gaps[0].remedy == "log the service's name"
    assert kubernetes.requests == []


@pytest.mark.parametrize("odd", [{}, {"metadata": None}, {"metadata": {"name": 3}, "status": {"containerStatuses": [None, {"name": [], "state": 7}]}}])
def test_odd_pods_and_events_break_nothing(odd: dict[str, Any]) -> None:
    """Fields that are missing, null or of another kind."""
    read = pod(odd)
    assert read is None or read.restarts == 0
    assert happening(odd) is None


@pytest.mark.parametrize(
    ("service", "told"),
    [("transfers", "app=transfers"), ("a b/c", "app=a-b-c"), ("x,admin=true", "app=x-admin-true"), ("--", "app=unknown"), ("ü", "app=unknown")],
)
def test_a_service_of_an_alert_is_no_selector_of_its_own(service: str, told: str) -> None:
    """A name from a log never adds a condition."""
    assert selector(service, {}) == told


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


def app(server: FakeDigitalOcean, token: str | None = "do-token") -> DigitalOceanSource:  # noqa: S107 - made up
    """The source."""
    return DigitalOceanSource("prod", DigitalOceanApp("app-1", services=("transfers",), url=server.url), Secret(token) if token else None)


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


INFO = "\r\n".join(
    [
        "# Memory",
        "used_memory_human:1.2G",
        "maxmemory_human:1.2G",
        "maxmemory_policy:noeviction",
        "evicted_keys:0",
        "connected_clients:900",
        "redis_version:7.2.4",
        "",
    ]
)


def redis_source(server: FakeRedis, address: str | None = None, **more: Any) -> RedisSource:
    """The source."""
    return RedisSource("prod", RedisServer(**more), Secret(address or f"redis://errata:s3cret@127.0.0.1:{server.port}/0"), seconds=1)


def test_redis_tells_memory_clients_and_slow_commands() -> None:
    """Figures in words; of a slow command its name and duration, never its arguments."""
    with FakeRedis(INFO, ((1, 1765962760, 15_300, ("KEYS", "user:mira@example.com:*")),)) as server:
        found = redis_source(server).gather(inquiry())

    assert "used memory: 1.2G" in texts(found)
    assert "what happens at the limit: noeviction" in texts(found)
    assert "2025-12-17 09:12:40 UTC KEYS took 15.3 ms" in texts(found)
    assert "mira" not in texts(found)
    assert found.queries == ("INFO → 6 figures", "SLOWLOG → 1 command")
    assert {words[0].upper() for words in server.commands} <= {"HELLO", "AUTH", "CLIENT", "INFO", "SLOWLOG", "SELECT"}


@pytest.mark.parametrize(
    ("refuses", "cause"),
    [({"AUTH": "WRONGPASS invalid username-password pair"}, "user or password"), ({"INFO": "NOPERM User errata has no permissions"}, "may not run INFO")],
)
def test_redis_refuses(refuses: dict[str, str], cause: str) -> None:
    """Each with its remedy, none with the password."""
    with FakeRedis(INFO, refuses=refuses) as server:
        with pytest.raises(SourceError, match=cause) as refused:
            redis_source(server).gather(inquiry())
        assert "s3cret" not in str(refused.value)
        assert [checkup.ok for checkup in redis_source(server).examine()] == [False]


def test_redis_without_a_slow_log_still_tells_its_figures() -> None:
    """A server in the cloud may refuse SLOWLOG."""
    with FakeRedis(INFO, refuses={"SLOWLOG": "ERR unknown command"}) as server:
        found = redis_source(server).gather(inquiry())

    assert "used memory" in texts(found)
    assert [gap.wanted for gap in found.gaps] == ["its slow log"]


@pytest.mark.parametrize(("address", "cause"), [("redis://errata:s3cret@127.0.0.1:1/0", "refused"), ("http://x", "none"), ("nonsense", "none")])
def test_redis_that_is_not_there(address: str, cause: str) -> None:
    """The address is a secret: it is not shown."""
    with FakeRedis() as server, pytest.raises(SourceError, match=cause) as refused:
        redis_source(server, address).gather(inquiry())
    assert "s3cret" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


def test_redis_half_configured() -> None:
    """One sentence; and nothing for other services or environments."""
    source = RedisSource("prod", RedisServer(services=("transfers",)), None)

    assert source.gather(inquiry()).gaps[0].cause == "REDIS_URL is not set"
    assert source.gather(inquiry(service="ledger")) == source.gather(inquiry(environment="dev")) == Findings()
