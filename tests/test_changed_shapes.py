"""A vendor changes its answers: whatever stands at whichever place of an answer, a source finds less and says so, and never breaks."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.config import Secret
from bot.config.sources import Database, ErrorEvents
from bot.errors import SourceError
from bot.model import Findings, Gap
from bot.sources.database.database import ErrorEventSource
from bot.sources.database.drivers import HttpDriver, LibsqlDriver
from tests import cluster_asking as clusters
from tests import github_runs as actions
from tests import slack_past as history
from tests import test_deployments as deployments
from tests.cloudwatch_account import REQUEST, STREAM, TRANSFERS, Account, at, given_request
from tests.cloudwatch_account import following as lambda_following
from tests.cloudwatch_account import inquiry as lambda_inquiry
from tests.code_story import ALERT
from tests.database_asking import QueryApi
from tests.fakes.clusters import FakeDigitalOcean, FakeKubernetes
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.fakes.github_deployments import GitHubWithDeployments
from tests.fakes.loopback import Answer, Loopback, Request
from tests.fakes.sentry import FakeSentry
from tests.fakes.slack import FakeSlack
from tests.opensearch_cluster import FIRST, TRACE, Cluster, following
from tests.sentry_asking import inquiry as sentry_inquiry
from tests.sentry_asking import link
from tests.sentry_asking import source as sentry_source

pytest_plugins = ["tests.opensearch_fixtures", "tests.cloudwatch_fixtures", "tests.sentry_fixtures"]
pytestmark = pytest.mark.slow

Asking = Callable[[], Sequence[Findings]]
Way = tuple[str | int, ...]
ODD: tuple[object, ...] = (
    *(None, True, -1, 10**30, 1e308, "", "x", "x" * 100_000, [], {}, [None], [[]], {"a": 1}, [{"a": None}]),
    *("\x00\ud83d\x1b[31m", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2025-12-17T09:00:00"),
)
ROUNDS = 80


def ways(value: object, so_far: Way = ()) -> Iterator[Way]:
    """How to get to each value of an answer; of a list only the first three are looked at."""
    yield so_far
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, one in inner:
        yield from ways(one, (*so_far, key))


def changed(value: Any, way: Way, odd: object) -> Any:
    """The answer with something else at that place."""
    if not way:
        return odd
    if isinstance(value, dict):
        return {key: changed(one, way[1:], odd) if key == way[0] else one for key, one in value.items()}
    return [changed(one, way[1:], odd) if number == way[0] else one for number, one in enumerate(value)]


def survives(server: Loopback, ask: Asking, answers: int, rounds: int = ROUNDS) -> None:
    """Asks many times; of each conversation one of the first `answers` answers is changed at one place."""
    chance, usual = random.Random(7), server._decide  # noqa: S311 - the same in each run
    for _ in range(rounds):
        hit, asked, told = chance.randint(1, answers), count(1), ["nothing"]

        def decide(request: Request, hit: int = hit, asked: Iterator[int] = asked, told: list[str] = told) -> Answer:
            answer = usual(request)
            body = json.loads(answer.body) if isinstance(answer.body, bytes) and answer.body[:1] in (b"{", b"[") else answer.body
            if next(asked) != hit or isinstance(body, bytes):
                return answer
            way, odd = chance.choice(list(ways(body))), chance.choice(ODD)
            told[0] = f"{request.path} {way} {str(odd)[:40]!r}"
            return Answer(answer.status, json.dumps(changed(body, way, odd)).encode(), answer.headers)

        server._decide = decide  # type: ignore[method-assign]
        try:
            found = ask()
        except SourceError as error:
            found = [Findings(gaps=(Gap("it", error.doing, error.cause, error.remedy),))]
        except Exception as error:  # whatever it is, it is what this test looks for
            raise AssertionError(f"{told[0]} → {type(error).__name__}: {error}") from error
        finally:
            server._decide = usual  # type: ignore[method-assign]
            server.requests.clear()
        assert msgspec.json.encode(found), told[0]
        assert all(gap.cause and gap.remedy for one in found for gap in one.gaps), told[0]


def test_kubernetes() -> None:
    """Pods, events, a last log."""
    with FakeKubernetes() as server:
        one = clusters.a_pod()
        name = one["metadata"]["name"]
        server.pods, server.events, server.logs = [one], [clusters.an_event(name)], {name: "x"}
        survives(server, lambda: [clusters.namespace(server).gather(clusters.inquiry())], 3)


def test_digitalocean() -> None:
    """Deployments, where logs are."""
    with FakeDigitalOcean() as server:
        failed = {"id": "d-3", "phase": "ERROR", "created_at": "2025-12-17T09:00:00Z", "cause": "pushed", "services": [{"source_commit_hash": "f" * 40}]}
        server.deployments, server.logs = [failed, {**failed, "id": "d-2", "phase": "ACTIVE"}], {"BUILD": "x", "DEPLOY": "y"}
        survives(server, lambda: [clusters.app(server).gather(clusters.inquiry())], 4)


def test_github_activity(tmp_path: Path) -> None:
    """Runs, jobs, releases, pull requests and their files."""
    with LogStorage() as storage, GitHubWithActions(tmp_path, storage) as server:
        server.ran(actions.ALERT - 26 * actions.HOUR)
        failed = server.ran(actions.ALERT - 20 * actions.MINUTE, "failure")
        server.job(failed, "deploy", actions.log(actions.ALERT - 15 * actions.MINUTE), actions.ALERT - 15 * actions.MINUTE)
        server.release("v1", actions.ALERT - 40 * actions.HOUR)
        server.release("v2", actions.ALERT - actions.HOUR)
        server.merge_pull(12, "Rename", actions.ALERT - actions.HOUR, "src/transfers/handler.py")

        def ask() -> Sequence[Findings]:
            one = actions.source(server)
            return one.gather(actions.inquiry()), one.gather(actions.inquiry(search=False, frames=(actions.HANDLER,)))

        survives(server, ask, 7)


def test_deployments(tmp_path: Path) -> None:
    """Deployments and their statuses."""
    with GitHubWithDeployments(tmp_path, "acme/transfers") as server:
        for number in range(3):
            time = ALERT - timedelta(hours=number + 1)
            server.deploy("a" * 40, "prod", time, ("success", time + timedelta(minutes=9)), ref="v1.3.0")
        survives(server, lambda: [deployments.ask(server)], 4)


def test_slack_history(tmp_path: Path) -> None:
    """A channel and a thread."""
    with FakeSlack() as server:
        server.add_channel(history.CHANNEL)
        history.say(server, history.alert(server, history.NOW - history.DAY), "fixed")
        posted, run = history.alert(server), count()
        survives(server, lambda: [history.ask(server, tmp_path / str(next(run)), posted)], 3, 2 * ROUNDS)


@pytest.mark.parametrize("driver", [HttpDriver, LibsqlDriver])
def test_databases(driver: type[HttpDriver] | type[LibsqlDriver]) -> None:
    """Rows of a query API, and of libSQL."""
    with QueryApi() as server:
        result = {"cols": [{"name": "id"}], "rows": [[{"type": "integer", "value": "7"}], [{"type": "null"}]]}
        lib = {"results": [{"type": "ok", "response": {"type": "execute", "result": result}}, {"type": "ok"}]}
        server.answers = {"/query": {"rows": [{"id": 7}]}, "/v2/pipeline": lib}
        address = f"{server.url}/query" if driver is HttpDriver else server.url
        source = ErrorEventSource("prod", ErrorEvents(), driver(address, Secret("t0ken"), Database(), "database prod"), approved=True)
        survives(server, lambda: [source.gather(clusters.inquiry())], 2)


def test_sentry(sentry: FakeSentry) -> None:
    """The issue, its events, its release."""
    survives(sentry, lambda: [sentry_source(sentry).gather(sentry_inquiry(link(sentry)))], 8)


@pytest.mark.parametrize("insights", [False, True])
def test_cloudwatch(account: Account, insights: bool) -> None:
    """Groups, lines, requests of Lambda, queries of Insights."""
    given_request(account.server)
    account.server.put(TRANSFERS, STREAM, *((at(-n - 20), "ERROR ValidationError: insufficient leaf balance") for n in range(3)))

    def ask() -> Sequence[Findings]:
        source = account.source(insights=insights)
        return source.gather(lambda_inquiry()), source.gather(lambda_following(REQUEST))

    survives(account.server, ask, 6, ROUNDS // 2)


def test_opensearch(logs: Cluster) -> None:
    """The mapping, errors, a trace with counts."""

    def ask() -> Sequence[Findings]:
        source = logs.source()
        return source.gather(FIRST), source.gather(following(TRACE))

    survives(logs.proxy, ask, 3)
