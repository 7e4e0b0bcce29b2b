"""What stands in logs, whoever keeps them: bytes, colours, lines of megabytes, JSON within JSON, times in every unit. Each source reads on."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.config import Fields, Limits, LogFiles
from bot.model import Findings, LogEvent
from bot.sources.logs.files import FileSource
from tests import cluster_asking as clusters
from tests import github_runs as actions
from tests import slack_past as history
from tests.cloudwatch_account import NOON, STREAM, TRANSFERS, Account, at
from tests.cloudwatch_account import inquiry as logs_inquiry
from tests.fakes.clusters import FakeDigitalOcean, FakeKubernetes, FakeRedis
from tests.fakes.fault_proxy import on
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.fakes.loopback import Answer
from tests.fakes.sentry import FakeSentry
from tests.fakes.slack import FakeSlack
from tests.opensearch_cluster import FIRST, Cluster, given_document
from tests.sentry_asking import inquiry as sentry_inquiry
from tests.sentry_asking import link
from tests.sentry_asking import source as sentry_source
from tests.sentry_events import AT, event, raised

pytest_plugins = ["tests.opensearch_fixtures", "tests.cloudwatch_fixtures", "tests.sentry_fixtures"]
pytestmark = pytest.mark.slow

Asking = Callable[[str], Findings]
LINES = {
    "binary": "ERROR leaf caf\xe9 \x00\x01\x7f \ufffd\ufffe",
    "control characters": "\x1b[31mERROR\x1b[0m leaf \x9b2J\x07 \u202e gnp \u200b \x1b]0;title\x07",
    "5 MB": "ERROR leaf " + "x" * 5_000_000,
    "JSON in JSON": json.dumps({"level": "error", "message": json.dumps({"level": "ERROR", "message": 'leaf {"a": "{\\"b\\": 1}"}'})}),
    "nested without end": "ERROR leaf " + '{"a":' * 50_000,
}


@pytest.fixture
def opensearch_asked(cluster: Cluster) -> Asking:
    """A document whose message it is."""

    def ask(line: str) -> Findings:
        cluster.index("logs-api", given_document("leaf"))
        cluster.proxy.alter(on("_search"), lambda answer: _rewritten(answer, message=line))
        return cluster.source().gather(FIRST)

    return ask


@pytest.fixture
def cloudwatch_asked(account: Account) -> Asking:
    """An event of a stream."""

    def ask(line: str) -> Findings:
        account.server.put(TRANSFERS, STREAM, (at(-30), f"ERROR {line}"))
        return account.source().gather(logs_inquiry())

    return ask


@pytest.fixture
def sentry_asked(sentry: FakeSentry) -> Asking:
    """An exception's words, and a breadcrumb."""

    def ask(line: str) -> Findings:
        crumbs = {"type": "breadcrumbs", "data": {"values": [{"category": "log", "message": line, "timestamp": AT.isoformat()}]}}
        entries = [{"type": "exception", "data": {"values": [raised("ValidationError", line)]}}, crumbs]
        sentry.issues["4412"].events = [event(1, entries=entries, title=line, metadata={"type": "ValidationError", "value": line})]
        return sentry_source(sentry).gather(sentry_inquiry(link(sentry)))

    return ask


@pytest.fixture
def slack_asked(tmp_path: Path) -> Iterator[Asking]:
    """What somebody answered below an earlier message, which holds it too."""
    with FakeSlack() as slack:
        slack.add_channel(history.CHANNEL)

        def ask(line: str) -> Findings:
            earlier = history.alert(slack, history.NOW - history.DAY)
            history.say(slack, earlier, f"fixed: {line}")
            history.alert(slack, history.NOW - 2 * history.DAY, f"{history.LEAVES.format(3)}\n{line}")
            return history.ask(slack, tmp_path)

        yield ask


@pytest.fixture
def github_asked(tmp_path: Path) -> Iterator[Asking]:
    """A line of the failing step's log."""
    with LogStorage() as storage, GitHubWithActions(tmp_path, storage) as github:

        def ask(line: str) -> Findings:
            failed = github.ran(actions.ALERT - 20 * actions.MINUTE, "failure")
            said = f"{actions.ALERT - 14 * actions.MINUTE:%Y-%m-%dT%H:%M:%S}.0000000Z ##[error]{line}"
            github.job(failed, "deploy", said, actions.ALERT - 15 * actions.MINUTE)
            return actions.ask(github)

        yield ask


@pytest.fixture
def digitalocean_asked() -> Iterator[Asking]:
    """A line of a build log, and what caused the deployment."""
    with FakeDigitalOcean() as server:

        def ask(line: str) -> Findings:
            server.deployments = [{"id": "d-3", "phase": "ERROR", "created_at": "2025-12-17T09:00:00Z", "cause": line}]
            server.logs = {"BUILD": line}
            return clusters.app(server).gather(clusters.inquiry())

        yield ask


@pytest.fixture
def kubernetes_asked() -> Iterator[Asking]:
    """The last words of a container, and an event's message."""
    with FakeKubernetes() as server:

        def ask(line: str) -> Findings:
            one = clusters.a_pod()
            server.pods, name = [one], one["metadata"]["name"]
            server.events = [clusters.an_event(name, message=line)]
            server.logs = {name: f"{line}\n"}
            return clusters.namespace(server).gather(clusters.inquiry())

        yield ask


@pytest.fixture
def redis_asked() -> Asking:
    """A slow command, which is shown without what follows it, and a figure."""

    def ask(line: str) -> Findings:
        with FakeRedis(f"redis_version:leaf {line}\r\n", ((1, 1765962760, 15_300, ("EVAL", line)),)) as server:
            return clusters.redis_source(server).gather(clusters.inquiry())

    return ask


@pytest.fixture
def files_asked(tmp_path: Path) -> Asking:
    """A line of a file."""

    def ask(line: str) -> Findings:
        stamp = (NOON - timedelta(seconds=10)).isoformat()
        (tmp_path / "api.log").write_text(f"{stamp} ERROR {line}\n", encoding="utf-8", errors="replace")
        return FileSource("files", tmp_path, (LogFiles(("api.log",)),), Fields(), Limits()).gather(logs_inquiry())

    return ask


KEEPERS = ("opensearch", "cloudwatch", "sentry", "slack", "github", "digitalocean", "kubernetes", "redis", "files")


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("keeper", KEEPERS)
def test_whatever_a_log_holds_becomes_a_bounded_visible_text(request: pytest.FixtureRequest, keeper: str, kind: str) -> None:
    """Nothing is raised; what is handed over has no control characters and no megabytes, and is still about the leaf."""
    asked: Asking = request.getfixturevalue(f"{keeper}_asked")
    findings = asked(LINES[kind])
    told = [*_texts(msgspec.to_builtins(findings))]

    assert any("leaf" in text for text in told), findings.gaps
    assert [text[:200] for text in told if any((ord(char) < 32 and char not in "\n\t") or char in "\x7f\x9b\u202e\u200b" for char in text)] == []
    assert max(map(len, told)) < 65_000


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for inner in value.values() for text in _texts(inner))
    elif isinstance(value, list | tuple):
        yield from (text for inner in value for text in _texts(inner))


def test_bytes_that_are_no_text_cost_no_log() -> None:
    """Of a container, a build, a slow command: replaced where they stand."""
    raw = b"2025-12-17T09:12:39Z leaf \xff\xfe\x80 caf\xe9\n"
    says = {"INFO": b"$31\r\nredis_version:7\r\nrole:mast\xffer\r\n\r\n", "SLOWLOG": _slow_command(b"EVAL \xff\xfe")}
    with FakeKubernetes() as kubernetes, FakeDigitalOcean() as digitalocean, FakeRedis(says=says) as redis:
        kubernetes.pods = [clusters.a_pod()]
        kubernetes.fail(lambda one: one.path.endswith("log"), Answer(200, raw, {"Content-Type": "text/plain"}))
        digitalocean.deployments = [{"id": "d-3", "phase": "ERROR", "created_at": "2025-12-17T09:00:00Z"}]
        digitalocean.logs = {"BUILD": "x"}
        digitalocean.fail(lambda one: one.path.endswith("BUILD"), Answer(200, raw, {"Content-Type": "text/plain"}))
        asked = clusters.inquiry()
        found = [clusters.namespace(kubernetes).gather(asked), clusters.app(digitalocean).gather(asked), clusters.redis_source(redis).gather(asked)]
    assert ["leaf \ufffd\ufffd\ufffd caf\ufffd" in clusters.texts(one) for one in found[:2]] == [True, True]
    assert "EVAL took 15.3 ms" in clusters.texts(found[2])
    assert "role: mast\ufffder" in clusters.texts(found[2])
    assert all(one.gaps == () for one in found)


def _slow_command(words: bytes) -> bytes:
    return b"*1\r\n*4\r\n:1\r\n:1765962760\r\n:15300\r\n*1\r\n$%d\r\n%s\r\n" % (len(words), words)


THEN = datetime(2025, 12, 16, 11, 59, 30, tzinfo=UTC)
EPOCH = int(THEN.timestamp())
TIMES: dict[str, tuple[object, bool]] = {
    "without a zone": ("2025-12-16T11:59:30", True),
    "another zone": ("2025-12-16T13:59:30+02:00", True),
    "milliseconds": (EPOCH * 1000, True),
    "milliseconds as text": (str(EPOCH * 1000), True),
    "nanoseconds": (EPOCH * 10**9, True),
    "the future": ("2999-01-01T00:00:00Z", False),
    "no time": ("soon", False),
}


@pytest.mark.parametrize("form", TIMES)
def test_times_of_opensearch(cluster: Cluster, form: str) -> None:
    """The window is cut by the cluster; what its hits write as their time is read whatever the unit. What is none gives way to the hit's sorting."""
    written, known = TIMES[form]
    cluster.index("logs-api", given_document("leaf", -30))
    cluster.proxy.alter(on("_search"), lambda answer: _rewritten(answer, **{"@timestamp": written}))
    findings = cluster.source().gather(FIRST)
    assert [one.time == THEN for one in findings.events] == [known or form == "no time"]
    assert findings.gaps == ()


def _rewritten(answer: Any, **fields: object) -> Any:
    hits = [{**hit, "_source": {**hit["_source"], **fields}} for hit in answer["hits"]["hits"]]
    return {**answer, "hits": {**answer["hits"], "hits": hits}}


def test_an_event_of_the_future_is_not_the_last_seen(cluster: Cluster) -> None:
    """A service whose clock is wrong: outside the window, and no part of the counts."""
    cluster.index("logs-api", given_document("leaf", -30), given_document("leaf", 400 * 24 * 3600))
    assert [one.time for one in cluster.source().gather(FIRST).events] == [THEN]


@pytest.mark.parametrize("form", TIMES)
def test_times_of_cloudwatch(account: Account, form: str) -> None:
    """Its own time stands; a line's is believed when it is near that."""
    written, _ = TIMES[form]
    account.server.put(TRANSFERS, STREAM, (THEN, json.dumps({"timestamp": written, "level": "ERROR", "message": "leaf"})))
    assert [one.time for one in account.source().gather(logs_inquiry()).events] == [THEN]


@pytest.mark.parametrize("form", TIMES)
def test_times_of_files(tmp_path: Path, form: str) -> None:
    """Outside the window is outside; a line without a time is counted as such."""
    written, known = TIMES[form]
    (tmp_path / "api.log").write_text(json.dumps({"timestamp": written, "level": "ERROR", "message": "leaf"}) + "\n")
    findings = FileSource("files", tmp_path, (LogFiles(("api.log",)),), Fields(), Limits()).gather(logs_inquiry())
    assert [one.time for one in findings.events] == ([THEN] if known else [])
    assert bool(findings.gaps) is (form == "no time")


def test_a_login_page_that_was_saved_as_a_log_is_told(tmp_path: Path) -> None:
    """What a download left: lines without a time."""
    (tmp_path / "api.log").write_text("<!doctype html>\n<title>Sign in</title>\n")
    (gap,) = FileSource("files", tmp_path, (LogFiles(("api.log",)),), Fields(), Limits()).gather(logs_inquiry()).gaps
    assert "2 lines without a time" in gap.cause
    assert gap.remedy


@pytest.mark.parametrize("form", TIMES)
def test_times_of_sentry(sentry: FakeSentry, form: str) -> None:
    """Without one that can be read there is no event, which is told."""
    written, known = TIMES[form]
    shift = AT - THEN
    sentry.issues["4412"].events = [event(1, dateCreated=_later(written, shift), dateReceived=None)]
    found = sentry_source(sentry).gather(sentry_inquiry(link(sentry)))
    events: list[LogEvent] = [one for one in found.events if one.time == AT]
    assert bool(events) is known
    assert found.events == () or known or form == "the future"


def _later(written: object, shift: timedelta) -> object:
    """The same notation, in the time of Sentry's fixtures."""
    if isinstance(written, int):
        unit = 10 ** (len(str(written)) - 10)
        return written + int(shift.total_seconds()) * unit
    if isinstance(written, str) and written.isdigit():
        return str(int(written) + int(shift.total_seconds()) * 1000)
    if isinstance(written, str) and written.startswith("2025"):
        return (datetime.fromisoformat(written) + shift).isoformat()
    return written
