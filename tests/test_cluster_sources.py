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

pytestmark = pytest.mark.slow

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


def namespace(server: FakeKubernetes, token: str | None = "k8s-token", seconds: float = 5, **more: Any) -> KubernetesSource:  # noqa: S107 - made up
    """The source."""
    return KubernetesSource("prod", KubernetesNamespace("shop", **more), server.url, Secret(token) if token else None, seconds)


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


PASSING = {"Retry-After": "0.02"}
LATE = {"Retry-After": "3600"}


@pytest.mark.parametrize("what", ["pods", "events", "log"])
def test_kubernetes_that_is_busy_is_asked_again_and_one_that_stays_so_is_told(kubernetes: FakeKubernetes, what: str) -> None:
    """As long as it says, while there is time; a part that is not to be had costs that part only."""
    kubernetes.fail(lambda request: request.path.endswith(what), Answer(429, {"message": "too many requests"}, PASSING))
    waited = namespace(kubernetes).gather(inquiry())
    kubernetes.fail(lambda request: request.path.endswith(what), Answer(429, {"message": "too many requests"}, LATE), times=9)

    assert waited.gaps == ()
    if what == "pods":
        with pytest.raises(SourceError, match="too many"):
            namespace(kubernetes).gather(inquiry())
    else:
        found = namespace(kubernetes).gather(inquiry())
        assert "OOMKilled" in texts(found)
        assert len(found.gaps) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(delay=0.6),
        Answer(cut=True),
        Answer(200, b'{"kind": "EventList", "items": [{"type": "Warn'),
        Answer(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"}),
        Answer(302, {}, {"Location": "https://login.example.com/"}),
        Answer(200, {"items": None}),
        Answer(200, [1]),
    ],
    ids=["slow", "closed", "cut off in the middle", "a login page", "a redirect", "no items", "another shape"],
)
def test_a_broken_answer_of_kubernetes_costs_its_part(kubernetes: FakeKubernetes, answer: Answer) -> None:
    """The pods are told, the events are a gap with a remedy; when it is the pods, it is a refusal."""
    kubernetes.fail(lambda request: request.path.endswith("events"), answer, times=2)
    found = namespace(kubernetes, seconds=0.5 if answer.delay else 5).gather(inquiry())
    kubernetes.fail(lambda request: request.path.endswith("pods"), answer, times=2)

    assert "OOMKilled" in texts(found)
    assert found.gaps[0].wanted.startswith("listing the events of shop")
    assert all(gap.remedy for gap in found.gaps)
    with pytest.raises(SourceError):
        namespace(kubernetes, seconds=0.5 if answer.delay else 5).gather(inquiry())


def test_pages_that_go_on_are_said(kubernetes: FakeKubernetes) -> None:
    """A list that the API server cut; metadata may be missing or null."""
    on = {"metadata": {"continue": "more"}}
    kubernetes.fail(lambda request: request.path.endswith("pods"), Answer(200, {"items": [a_pod()], **on}))
    kubernetes.fail(lambda request: request.path.endswith("events"), Answer(200, {"items": [], **on}))
    cut = namespace(kubernetes).gather(inquiry())
    kubernetes.fail(lambda request: request.path.endswith("events"), Answer(200, {"items": [], "metadata": None}))

    assert cut.queries[:2] == ("pods with app=transfers → 1, cut off after 100", "events 08:12 to 10:12 UTC → 0 of 0, cut off after 500")
    assert namespace(kubernetes).gather(inquiry()).queries[1].endswith("→ 0 of 0")


@pytest.mark.parametrize(
    ("time", "told"),
    [("2025-12-17T09:12:00", True), ("2031-01-01T00:00:00Z", False), ("0001-01-01T00:00:00+14:00", False), ("soon", False), (1765962720, False)],
    ids=["no zone", "the future", "before time", "words", "a number"],
)
def test_times_of_events(kubernetes: FakeKubernetes, time: object, told: bool) -> None:
    """Without a zone they are UTC; one far from the alert, or none, is left out."""
    kubernetes.events = [an_event("transfers-6d5f8c9b4-x2x1z", lastTimestamp=time)]

    found = namespace(kubernetes).gather(inquiry())

    assert ("Back-off restarting" in texts(found)) is told


def test_the_end_of_a_long_last_log_is_kept(kubernetes: FakeKubernetes) -> None:
    """What it said last is what tells."""
    kubernetes.logs = {"transfers-6d5f8c9b4-x2x1z": "x" * 70_000 + "\nfatal: out of memory"}

    assert texts(namespace(kubernetes).gather(inquiry())).endswith("fatal: out of memory")


@pytest.mark.parametrize("name", [".", "..", "a/../../secrets", "A", "a" * 300])
def test_a_name_that_no_pod_has_is_no_part_of_an_address(kubernetes: FakeKubernetes, name: str) -> None:
    """Whatever answers there: such a pod is not asked about."""
    kubernetes.pods = [{**a_pod(), "metadata": {"name": name, "labels": {"app": "transfers"}}}]

    namespace(kubernetes).gather(inquiry())

    assert [request.path.rpartition("/")[2] for request in kubernetes.requests] == ["pods", "events"]


def test_kubernetes_half_configured() -> None:
    """Without an address: which key, which variable."""
    with pytest.raises(SourceError) as refused:
        KubernetesSource("prod", KubernetesNamespace("shop"), "", Secret("k8s-token")).gather(inquiry())

    assert "KUBERNETES_URL" in refused.value.remedy


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


def app(server: FakeDigitalOcean, token: str | None = "do-token", seconds: float = 5) -> DigitalOceanSource:  # noqa: S107 - made up
    """The source."""
    return DigitalOceanSource("prod", DigitalOceanApp("app-1", services=("transfers",), url=server.url), Secret(token) if token else None, seconds)


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


def test_a_broken_log_of_digitalocean_costs_that_log(digitalocean: FakeDigitalOcean) -> None:
    """The deployments and the other log are told."""
    digitalocean.fail(lambda request: request.path.endswith("BUILD"), Answer(403, b"<Error>expired</Error>", {"Content-Type": "application/xml"}))

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
    """Without a zone they are UTC; later than the alert, or before all time, they are left out."""
    times = ("2025-12-16T15:00:00", "2031-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "soon")
    digitalocean.deployments = [{"id": f"d-{number}", "phase": "ACTIVE", "created_at": time} for number, time in enumerate(times)]

    found = app(digitalocean).gather(inquiry())

    assert [evidence.time for evidence in found.evidence] == [datetime(2025, 12, 16, 15, tzinfo=UTC)]


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


def redis_source(server: FakeRedis, address: str | None = None, seconds: float = 1, **more: Any) -> RedisSource:
    """The source."""
    return RedisSource("prod", RedisServer(**more), Secret(address or f"redis://errata:s3cret@127.0.0.1:{server.port}/0"), seconds)


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


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n<html>", "no Redis server"),
        (b"*1\r\n:7\r\n", "another shape"),
        (b":7\r\n", "another shape"),
        (b"$500\r\nused_memory", "no answer within"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "loading"),
        (b"-ERR max number of clients reached\r\n", "clients"),
        (b"", "no answer within"),
    ],
    ids=["a web server", "a list", "a number", "cut off in the middle", "loading", "full", "slow"],
)
def test_a_broken_answer_of_redis_is_a_refusal(said: bytes, cause: str) -> None:
    """Each in a sentence, within its time."""
    with FakeRedis(INFO, says={"INFO": said}) as server, pytest.raises(SourceError, match=cause) as refused:
        redis_source(server, seconds=0.1 if "no answer" in cause else 5).gather(inquiry())
    assert "127.0.0.1" not in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize("said", [b"*1\r\n:7\r\n", b"*1\r\n*2\r\n:1\r\n:2\r\n", b"$3\r\nabc\r\n"])
def test_a_slow_log_of_another_shape_costs_the_slow_log(said: bytes) -> None:
    """The figures are told."""
    with FakeRedis(INFO, says={"SLOWLOG": said}) as server:
        found = redis_source(server).gather(inquiry())

    assert "used memory" in texts(found)
    assert [gap.wanted for gap in found.gaps] == ["its slow log"]


@pytest.mark.parametrize(("time", "told"), [(32_503_680_000, "3000-01-01"), (10**17, "9999-12-31"), (-(10**17), "a time that is none")])
def test_times_of_the_slow_log(time: int, told: str) -> None:
    """In the future, in nanoseconds, before all time: the command is told all the same."""
    with FakeRedis(INFO, ((1, time, 15_300, ("KEYS", "*")),)) as server:
        found = redis_source(server).gather(inquiry())

    assert told in texts(found)
    assert "KEYS took 15.3 ms" in texts(found)


def test_redis_half_configured() -> None:
    """One sentence; and nothing for other services or environments."""
    source = RedisSource("prod", RedisServer(services=("transfers",)), None)

    assert source.gather(inquiry()).gaps[0].cause == "REDIS_URL is not set"
    assert source.gather(inquiry(service="ledger")) == source.gather(inquiry(environment="dev")) == Findings()
