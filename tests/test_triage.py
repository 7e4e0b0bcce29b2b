"""Category, bug class and severity by rules, each with the words it rests on."""

from collections.abc import Iterable

import pytest

from bot.core.rules.ranking import Match, ranked
from bot.core.rules.sight import Said, Sight
from bot.core.rules.triage import Sighting, bug_class_of_fix, category, severity
from bot.diagnosers.rule_book import shipped
from bot.model import BugClass, Category, Severity


def symptom(texts: Iterable[str]) -> Match | None:
    """The strongest rule for the texts, in the order of their weight."""
    return next(iter(ranked(shipped().rules, Sight(tuple(Said(text, "alert") for text in texts)))), None)


@pytest.mark.parametrize(
    ("text", "expected_category", "bug_class", "meaning"),
    [
        ("Back-off pulling image: ImagePullBackOff", "deployment", "configuration", "image could not be pulled"),
        ("Readiness probe failed: HTTP probe failed with statuscode: 503", "deployment", "configuration", "did not become healthy"),
        ("psycopg.errors.DeadlockDetected: deadlock detected", "database", "race condition", "waited for each other's rows"),
        (
            "QueuePool limit of size 20 overflow 10 reached, connection timed out",
            "database",
            "resource exhaustion",
            "Every database connection of the pool was in use",
        ),
        ("canceling statement due to statement timeout", "database", "timeout", "longer than its limit"),
        ('relation "leaves" does not exist', "database", "configuration", "does not have: leaves"),
        ("sqlite3.OperationalError: no such table: leaves", "database", "configuration", "does not have: leaves"),
        ("ERROR: SQLSTATE 23505 on insert", "database", "logic error", "break a constraint"),
        ("could not connect: db-1.internal:5432 connection refused", "database", "external service", "database at db-1.internal:5432"),
        ("dial tcp 10.0.3.7:8080: connect: connection refused", "infrastructure", "external service", "connection to 10.0.3.7:8080 was refused"),
        ("Error: connect ECONNREFUSED 127.0.0.1:9090", "infrastructure", "external service", "127.0.0.1:9090"),
        ("Last State: Terminated, Reason: OOMKilled", "infrastructure", "resource exhaustion", "ran out of memory"),
        ("OSError: [Errno 28] No space left on device", "infrastructure", "resource exhaustion", "disk is full"),
        ("x509: certificate has expired or is not yet valid", "infrastructure", "configuration", "certificate was not accepted"),
        ("getaddrinfo ENOTFOUND ledger.internal", "infrastructure", "configuration", "could not be resolved"),
        ("ModuleNotFoundError: No module named 'httpx'", "application", "dependency", "imports: httpx"),
        ("KeyError: 'LEDGER_URL'", "application", "configuration", "missing in this environment: LEDGER_URL"),
        ("AttributeError: 'NoneType' object has no attribute 'id'", "application", "missing value", "was not there"),
        ("AttributeError: module 'pydantic' has no attribute 'v1'", "application", "dependency", "does not offer"),
        ("leaf lf_1 was reserved by another transfer", "application", "race condition", "same data at the same time"),
        ("TimeoutError: node ln-4 did not answer in 30s", "infrastructure", "timeout", "did not answer in time"),
        ("KeyError: 'amount'", "application", "logic error", "a state that it does not expect"),
        ("ValidationError: name too long", "application", "invalid input", "refused what it was given"),
    ],
)
def test_failures_are_known_by_their_words(text: str, expected_category: Category, bug_class: BugClass, meaning: str) -> None:
    """The decision tree: deployment, database, infrastructure, application; the words are those of the text."""
    found = symptom([text])
    assert found is not None
    assert (found.category, found.bug_class) == (expected_category, bug_class)
    assert meaning in found.meaning
    assert found.words in text
    assert category(found, ())[0] == expected_category


def test_a_particular_failure_outweighs_a_general_one() -> None:
    """`ValidationError` alone says little; what the request met before it says more."""
    found = symptom(["ValidationError: insufficient leaf balance", "leaf lf_1 was reserved by another transfer"])
    assert found is not None
    assert found.name == "race between requests"


def test_an_earlier_text_outweighs_a_later_one() -> None:
    """The caller gives the texts in the order of their weight."""
    found = symptom(["deadlock detected", "No space left on device"])
    assert found is not None
    assert found.name == "deadlock"


def test_nothing_known_is_unknown_unless_there_is_a_stack() -> None:
    """Neither words nor a stack trace: unknown is a proper answer."""
    assert symptom(["the frobnicator is sad"]) is None
    assert category(None, ())[0] == "unknown"
    assert category(None, ("frame",))[0] == "application"


def sighting(environment: str = "prod", *texts: str, events: int = 1, raised: bool = False, regression: bool = False) -> Sighting:
    """What severity is weighed from."""
    return Sighting(environment, texts, events, raised, regression, symptom(texts))


@pytest.mark.parametrize(
    ("seen", "expected", "words"),
    [
        (sighting("prod", "all pods are down"), "critical", "all pods are down"),
        (sighting("prod", "possible data loss on shard 3"), "critical", "data loss"),
        (sighting("prod", "unauthorized access to the vault"), "critical", "unauthorized access"),
        (sighting("production-eu", "x", regression=True), "high", ""),
        (sighting("prod", "POST /v1/transfers from w_1 500 202ms"), "high", "POST /v1/transfers from w_1 500"),
        (sighting("prod", "x", events=5), "high", ""),
        (sighting("prod", "QueuePool limit of size 20"), "high", "QueuePool limit of size 20"),
        (sighting("prod", "x", raised=True), "high", ""),
        (sighting("prod", "ValidationError: name too long", raised=True), "medium", "too long"),
        (sighting("prod", "something odd"), "medium", ""),
        (sighting("staging", "all pods are down", regression=True), "medium", ""),
        (sighting("dev", "all pods are down", regression=True), "low", ""),
        (sighting("loadtest", "data loss"), "low", ""),
    ],
)
def test_severity_follows_the_table(seen: Sighting, expected: Severity, words: str) -> None:
    """Production down, data loss, breach: critical. Broken or back: high. Development and load test: low."""
    found = severity(seen)
    assert (found.severity, found.words) == (expected, words)
    assert found.reason


def test_a_production_named_like_a_city_is_production() -> None:
    """Only names that say otherwise are not."""
    assert severity(sighting("eu-west-1", "x", raised=True)).severity == "high"
    assert severity(sighting("", "x")).severity == "medium"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    .with_for_update(skip_locked=True)", "race condition"),
        ("client = Client(timeout=5)", "timeout"),
        ("if wallet is None:", "missing value"),
        ("connection.close()", "resource leak"),
        ("total += 1", None),
        ("for attempt in range(1 + retry):", None),
        ("job.retry = False", None),
        ("delay = base * backoff", None),
        ("finally:", None),
        ("order.deadline = invoice.due", None),
        ("account.locked = True", None),
        ("block_size = 4", None),
        ("def total(order: Optional[Order]) -> int:", None),
        ("# grant them permission after the timeout", None),
        ('log.warning("permission denied, retry after timeout=%s")', None),
        ("modal.close()", None),
        ("if wallet is None: client = Client(timeout=5)", None),
        ("with lock(timeout=5):", "race condition"),
        ("with self._lock:", "race condition"),
        ("mu.Lock()", "race condition"),
        ("synchronized (ledger) {", "race condition"),
        ('rows = session.execute("SELECT id FROM leaves FOR UPDATE SKIP LOCKED")', "race condition"),
        ("@circuit_breaker(failures=3)", "external service"),
        ("defer rows.Close()", "resource leak"),
        ("ctx, cancel := context.WithTimeout(ctx, limit)", "timeout"),
        ("if (user == null) {", "missing value"),
        ("require_permission(user)", "permission"),
    ],
)
def test_a_fix_tells_what_it_was_against(line: str, expected: BugClass | None) -> None:
    """By its own lines."""
    assert bug_class_of_fix([line]) == expected


@pytest.mark.slow
@pytest.mark.parametrize("hostile", ["(" * 50_000, "a" * 200_000, "connection refused " * 5_000, "relation " * 20_000, "127.0.0.1:" * 10_000, "GET /" * 20_000])
def test_hostile_text_costs_little(hostile: str) -> None:
    """Every pattern is bounded and long texts are cut."""
    symptom([hostile * 10])
    assert severity(Sighting("prod", (hostile * 10,), 1, False, False)).severity in ("critical", "high", "medium", "low")
