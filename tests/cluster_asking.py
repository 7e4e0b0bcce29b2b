"""How the tests ask Kubernetes, DigitalOcean and Redis on loopback: an inquiry, the sources, a pod in trouble."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.config import Secret
from bot.config.sources import DigitalOceanApp, KubernetesNamespace, RedisServer
from bot.model import Alert, Findings, Inquiry, Permalink
from bot.sources.digitalocean import DigitalOceanSource
from bot.sources.kubernetes import KubernetesSource
from bot.sources.redis_server import RedisSource
from tests.fakes.clusters import FakeDigitalOcean, FakeKubernetes, FakeRedis

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
PASSING = {"Retry-After": "0.02"}
LATE = {"Retry-After": "3600"}
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


def namespace(server: FakeKubernetes, token: str | None = "k8s-token", seconds: float = 5, **more: Any) -> KubernetesSource:  # noqa: S107 - made up
    """The source."""
    return KubernetesSource("prod", KubernetesNamespace("shop", **more), server.url, Secret(token) if token else None, seconds)


def app(server: FakeDigitalOcean, token: str | None = "do-token", seconds: float = 5) -> DigitalOceanSource:  # noqa: S107 - made up
    """The source."""
    return DigitalOceanSource("prod", DigitalOceanApp("app-1", services=("transfers",), url=server.url), Secret(token) if token else None, seconds)


def redis_source(server: FakeRedis, address: str | None = None, seconds: float = 1, **more: Any) -> RedisSource:
    """The source."""
    return RedisSource("prod", RedisServer(**more), Secret(address or f"redis://errata:s3cret@127.0.0.1:{server.port}/0"), seconds)
