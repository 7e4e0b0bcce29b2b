"""Kubernetes: what it tells of a failing service, and what becomes of refusals."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.config import Secret
from bot.config.sources import KubernetesNamespace
from bot.core.systems.pods import happening, pod, selector
from bot.errors import SourceError
from bot.model import Findings
from bot.sources.kubernetes import KubernetesSource
from tests.cluster_asking import LATE, PASSING, a_pod, an_event, inquiry, namespace, texts
from tests.fakes.clusters import FakeKubernetes
from tests.fakes.loopback import Answer, Fault

pytestmark = pytest.mark.slow


@pytest.fixture
def kubernetes() -> Iterator[FakeKubernetes]:
    """An API server with one pod in trouble."""
    with FakeKubernetes() as server:
        server.pods = [a_pod(), {**a_pod("ledger-1"), "metadata": {"name": "ledger-1", "labels": {"app": "ledger"}}}]
        server.events = [an_event("transfers-6d5f8c9b4-x2x1z"), an_event("ledger-1"), an_event("transfers-6d5f8c9b4-x2x1z", minutes=-300)]
        server.logs = {"transfers-6d5f8c9b4-x2x1z": "2025-12-17T09:12:39Z about to allocate\nKilled\n"}
        yield server


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


@pytest.mark.parametrize(
    "answer",
    [
        Answer(delay=0.6),
        Answer(cut=True),
        Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}),
        Answer(302, {}, {"Location": "https://x.example/"}),
    ],
    ids=["slow", "closed", "a login page", "a redirect"],
)
def test_a_last_log_that_does_not_come_costs_itself(kubernetes: FakeKubernetes, answer: Answer) -> None:
    """Pods and events are told."""
    kubernetes.fail(lambda request: request.path.endswith("log"), answer, times=2)
    found = namespace(kubernetes, seconds=0.5 if answer.delay else 5).gather(inquiry())

    (gap,) = found.gaps
    assert gap.wanted == "reading the last log of transfers-6d5f8c9b4-x2x1z"
    assert gap.remedy
    assert len(found.evidence) == 2


def test_last_words_that_were_not_reached_are_told(kubernetes: FakeKubernetes) -> None:
    """The API can leave out a beginning, but not give an end: of lines without end only the beginning comes."""
    kubernetes.logs = {"transfers-6d5f8c9b4-x2x1z": "x" * 5_000_000 + "\nfatal: out of memory"}

    (gap,) = namespace(kubernetes).gather(inquiry()).gaps

    assert gap.wanted == "the very last words of transfers-6d5f8c9b4-x2x1z"
    assert "kubectl logs --previous" in gap.remedy


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
    kubernetes.forbidden = {"pods"}
    with pytest.raises(SourceError, match="HTTP 403: pods is forbidden") as refused:
        namespace(kubernetes).gather(inquiry())
    assert "give the service account get and list on pods" in refused.value.remedy
    kubernetes.forbidden = set()
    for answer in (Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}), Answer(200, {"items": 3}), Answer(200, [])):
        kubernetes.faults = [Fault(lambda request: request.path.endswith("pods"), answer)]
        with pytest.raises(SourceError):
            namespace(kubernetes).gather(inquiry())
    assert [checkup.ok for checkup in namespace(kubernetes).examine()] == [True, True]
    assert [checkup.ok for checkup in namespace(kubernetes, token=None).examine()] == [False, False]


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
    [
        ("2025-12-17T09:12:00", True),
        (1765962720, True),
        (1765962720000, True),
        (1765962720000000000, True),
        ("2031-01-01T00:00:00Z", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("soon", False),
    ],
    ids=["no zone", "seconds", "milliseconds", "nanoseconds", "the future", "before time", "words"],
)
def test_times_of_events(kubernetes: FakeKubernetes, time: object, told: bool) -> None:
    """Without a zone they are UTC; one far from the alert is left out; where none has a time that can be read, that is told."""
    kubernetes.events = [an_event("transfers-6d5f8c9b4-x2x1z", lastTimestamp=time)]

    found = namespace(kubernetes).gather(inquiry())

    assert ("Back-off restarting" in texts(found)) is told
    assert [gap.cause for gap in found.gaps] == (["none of its 1 events has a time that can be read"] if time in ("soon", "0001-01-01T00:00:00+14:00") else [])


def test_the_end_of_a_long_last_log_is_kept(kubernetes: FakeKubernetes) -> None:
    """What it said last is what tells."""
    kubernetes.logs = {"transfers-6d5f8c9b4-x2x1z": "x" * 70_000 + "\nfatal: out of memory"}

    assert texts(namespace(kubernetes).gather(inquiry())).endswith("fatal: out of memory")


@pytest.mark.parametrize("name", [".", "..", "a/../../secrets", "A", "a" * 300])
def test_a_name_that_no_pod_has_is_no_part_of_an_address(kubernetes: FakeKubernetes, name: str) -> None:
    """Whatever answers there: such a pod is not asked about, and told."""
    kubernetes.pods = [{**a_pod(), "metadata": {"name": name, "labels": {"app": "transfers"}}}]

    (gap,) = namespace(kubernetes).gather(inquiry()).gaps

    assert (gap.wanted, gap.cause) == ("1 of 1 pods", "they have no name that a pod can have")

    assert [request.path.rpartition("/")[2] for request in kubernetes.requests] == ["pods", "events"]


def test_a_certificate_of_an_unknown_authority_names_the_key(kubernetes: FakeKubernetes) -> None:
    """Here the server speaks no TLS at all, which fails in the same place."""
    url = kubernetes.url.replace("http://", "https://")
    with pytest.raises(SourceError, match="no secure connection") as refused:
        KubernetesSource("prod", KubernetesNamespace("shop"), url, Secret("k8s-token"), 5).gather(inquiry())
    assert "`kubernetes: ca_file:`" in refused.value.remedy


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
