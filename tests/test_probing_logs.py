"""Words and services looked up in OpenSearch, CloudWatch Logs and large files: what holds them is found, error or not, and nothing in them is syntax."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.model import Findings, Inquiry
from tests import cloudwatch_account, probing
from tests.cloudwatch_account import TRANSFERS, Account, at
from tests.fakes.fault_proxy import on
from tests.opensearch_cluster import FIRST, TRACE, Cluster, given_document, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures", "tests.cloudwatch_fixtures"]


@dataclass
class _Looking:
    """A look-up in the window of an inquiry."""

    first: Inquiry

    def __call__(self, *words: str, service: str | None = None) -> Inquiry:
        """For these words."""
        return msgspec.structs.replace(self.first, search=False, words=words, service=service)


SEARCH, CLOUD = _Looking(FIRST), _Looking(cloudwatch_account.inquiry())


@pytest.fixture
def spoken(cluster: Cluster) -> Cluster:
    """A cluster with lines of every level and of two services."""
    cluster.index(
        "logs-api",
        given_document("price table reloaded with 0 rows", -50, "INFO", service="shop", trace_id=TRACE),
        given_document("price of sku 4711 asked", -40, "DEBUG", service="shop"),
        given_document("price table is locked", -30, "ERROR", service="ledger"),
        given_document("price table reloaded with 12 rows", -4000, "INFO", service="shop"),
    )
    return cluster


def test_opensearch_finds_all_of_the_words(spoken: Cluster) -> None:
    """Whatever the level and the case, the newest first, only within the window, in one search."""
    findings = spoken.source().gather(SEARCH("PRICE", "table"))

    assert messages(findings) == ["price table is locked", "price table reloaded with 0 rows"]
    assert findings.queries == ("opensearch prod: events that hold “PRICE” and “table” in logs-* 2025-12-16 11:55:00-12:01:00Z → 2",)
    assert spoken.calls("_search") == 1
    assert messages(spoken.source().gather(SEARCH(TRACE))) == ["price table reloaded with 0 rows"]


def test_opensearch_narrows_to_a_service(spoken: Cluster) -> None:
    """With words, or with its name alone."""
    assert messages(spoken.source().gather(SEARCH("table", service="shop"))) == ["price table reloaded with 0 rows"]
    assert messages(spoken.source().gather(SEARCH("shop", service="shop"))) == ["price of sku 4711 asked", "price table reloaded with 0 rows"]


@pytest.mark.parametrize(
    "words", ["*", "pri*", 'price" OR "locked', "level:ERROR", "/pri.e/", "_exists_:message", "price~2", "{}", '{"match_all":{}}', "a" * 100]
)
def test_opensearch_reads_no_syntax_in_words(spoken: Cluster, words: str) -> None:
    """What would widen a query string finds nothing, and the request holds it as a phrase only."""
    findings = spoken.source().gather(SEARCH(words))
    body = next(request for request in spoken.proxy.requests if "_search" in request.path).json

    assert messages(findings) == []
    assert findings.gaps == ()
    assert "query_string" not in str(body)


def test_opensearch_says_that_whole_keywords_hold_no_words(cluster: Cluster) -> None:
    """A message that is one keyword cannot be searched for a word."""
    cluster.index("logs-api", given_document("price table"), properties={"message": {"type": "keyword"}})
    findings = cluster.source().gather(SEARCH("price"))

    assert findings.events == ()
    assert "mapped as text" in findings.gaps[0].cause


def test_opensearch_tells_what_it_cut_and_what_failed(spoken: Cluster) -> None:
    """Shards that failed are a gap beside the hits."""
    failures = [{"shard": 0, "index": "logs-api", "reason": {"type": "circuit_breaking_exception", "reason": "Data too large"}}]
    spoken.proxy.alter(on("_search"), lambda answer: {**answer, "_shards": {"total": 2, "successful": 1, "failed": 1, "failures": failures}})
    findings = spoken.source().gather(SEARCH("price"))

    assert len(findings.events) == 3
    assert "1 of 2 shards failed" in findings.gaps[0].cause


def test_cloudwatch_finds_all_of_the_words(account: Account) -> None:
    """As terms between quotes, which the server compares."""
    account.server.put(TRANSFERS, "a", (at(-30), "INFO price table reloaded"), (at(-20), "INFO price asked"), (at(-400), "INFO price table early"))
    findings = account.source().gather(CLOUD("price", "table"))

    assert cloudwatch_account.messages(findings) == ["price table reloaded"]
    assert account.server.asked("FilterLogEvents")[0]["filterPattern"] == '"price" "table"'
    assert findings.queries[0].startswith("cloudwatch prod: events that hold “price” and “table”, as they are written, in /aws/lambda/transfers ")


@pytest.mark.parametrize("word", ['a" ?"b', "a\\b", "a\nb", "x" * 1_100])
def test_cloudwatch_does_not_ask_what_would_be_syntax(account: Account, word: str) -> None:
    """A quotation mark ends a term: such words are a gap."""
    account.server.put(TRANSFERS, "a", (at(-30), "INFO price table reloaded"))
    findings = account.source().gather(CLOUD(word))

    assert findings.events == ()
    assert len(findings.gaps) == 1
    assert account.server.asked("FilterLogEvents") == []


@pytest.mark.parametrize("form", ["json", "plain"])
def test_words_in_a_large_file(tmp_path: Path, form: str) -> None:
    """Megabytes of lines in order: what holds the words in the window is found, with the number of its line."""
    lines = [_spoken(form, number, f"request {number} served") for number in range(60_000)]
    lines[50_000] = _spoken(form, 50_000, "cache of région west is COLD")
    lines[100] = _spoken(form, 100, "cache of région west is cold")
    source = probing.sources(tmp_path, tuple(lines))[0]
    about = probing.case()
    alert = msgspec.structs.replace(about.alert, text="")
    asked = Inquiry(alert, about.start, about.end, search=False, words=("cold", "région"))
    findings: Findings = source.gather(asked)

    assert [event.message for event in findings.events] == ["cache of région west is COLD"]
    assert findings.events[0].place == "logs/shop.ndjson:50001"


def _spoken(form: str, number: int, message: str) -> str:
    """A line every second tenth of a second, the last ones around the alert."""
    seconds = (number - 50_000) / 5 - 30
    if form == "json":
        return probing.line(message, seconds)
    return f"{(probing.POSTED + timedelta(seconds=seconds)).isoformat()} INFO {message}"
