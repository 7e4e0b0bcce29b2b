"""What a reader of the evidence may say in his own numbers: rounded, bounded, in another unit or zone, worked out in the sentence; and what he may not."""

from datetime import UTC, datetime

import pytest

from bot.core.grounding.case import Known
from bot.core.grounding.claims import claims
from bot.core.grounding.grounding import grounded
from bot.model import Alert, Assessment, Case, Citation, Commit, Deploy, Diagnosis, Evidence, HistoricalContext, LogEvent, RootCause
from tests.fakes import transfer_case


def at(hour: int, minute: int, second: int) -> datetime:
    """That moment of the day."""
    return datetime(2026, 3, 11, hour, minute, second, tzinfo=UTC)


ALERT = Alert(
    transfer_case.THREAD,
    at(14, 2, 30),
    "prod",
    "checkout 5xx rate 39.7% (threshold 5%) for 10m, 1,284 requests failed of 3,234; p99 latency 4,812 ms, baseline 310 ms",
    service="checkout",
)
TIMEOUT = LogEvent(at(14, 2, 11), "TimeoutError: connection timed out", "https://logs.example/E1", "ERROR", "checkout")
STATUS = LogEvent(at(14, 1, 55), "pool status checked_out=30 waiting=173 timeout=5.0 user_id=8841", "https://logs.example/E2", "WARN", "checkout")
GATEWAY = LogEvent(at(14, 2, 12), "upstream checkout returned 503 after 5004ms, 2/3 replicas ready", "https://logs.example/E3", "ERROR", "gateway")
CHANGE = Commit(
    *("checkout", "8f3e1a7c9b02" + "0" * 28, "Mira Okafor", at(13, 21, 5), "Retry inserts", "checkout/orders.py", "changed the failing lines"),
    removed=("    with self.pool.acquire(timeout=5.0) as conn:",),
    added=("    conn = self.pool.acquire(timeout=5.0)",),
)
DEPLOY = Deploy("checkout", "prod", "2026.03.11-2", at(13, 48, 40), "8f3e1a7c9b02")
OFTEN = f"{TIMEOUT.message} (1,284 times in the window) from 13:52:08 to 14:02:11"
CASE = Case(
    ALERT,
    transfer_case.case().signature,
    at(13, 52, 30),
    at(14, 3, 30),
    (
        Evidence("log", "files", TIMEOUT.place, OFTEN, "E1", TIMEOUT.time, detail=TIMEOUT),
        Evidence("log", "files", STATUS.place, STATUS.message, "E2", STATUS.time, detail=STATUS),
        Evidence("log", "files", GATEWAY.place, GATEWAY.message, "E3", GATEWAY.time, detail=GATEWAY),
        Evidence("commit", "code", "checkout@8f3e1a7", "commit 8f3e1a7 by Mira Okafor: Retry inserts", "E4", CHANGE.time, detail=CHANGE),
        Evidence("deploy", "deploys", "release", "checkout 2026.03.11-2 was deployed", "E5", DEPLOY.time, detail=DEPLOY),
        Evidence("query result", "database", "sessions", "idle in transaction | 28; 30 connections; 12000 orders waiting", "E6"),
    ),
)
KNOWN = Known(CASE)


def missed(sentence: str) -> list[str]:
    """What it claims and the case does not carry."""
    return [claim.text for claim in claims(sentence, KNOWN, "claim") if not claim.stands]


@pytest.mark.parametrize(
    "sentence",
    [
        # Clocks, zones and dates.
        "It failed from 13:52Z to 14:02:11Z.",
        "The last failure was at 2:02 PM UTC, 2:02:11 p.m., 15:02 CET, 09:02 EST.",
        "At 2026-03-11T15:02:11+01:00 it failed for the last time.",
        "On 11 March 2026 and on March 11, 2026 it was deployed.",
        # Times in two units, and from the first line of many.
        "It began 3 min 28 s after the deploy, or 3m28s, 3m 28s, 208 seconds, 3.5 minutes.",
        "It went on for 10 minutes and 3 seconds.",
        "The commit was deployed 27 minutes after it was made, within half an hour.",
        "It began within five minutes of the deploy.",
        # Bounds.
        "More than a thousand requests failed; well over 1,200 requests, at least 1,000 requests, fewer than 1,500 requests.",
        "More than 30% of the requests failed, less than 50%.",
        "About 1.3 thousand requests failed, some 1.3k requests.",
        # Parts of a whole.
        "1,284 of 3,234 requests failed, 1284/3234.",
        "Two in five requests fail.",
        "2 of 3 replicas are ready, two thirds of the replicas are ready.",
        "The majority of the replicas are ready.",
        # What stands under a name, and what a status is.
        "173 requests were waiting.",
        "The gateway returned 503 errors; 503s came after 503 Service Unavailable.",
        # Worked out in the sentence.
        "28 of 30 connections (93%) are idle, 28 out of 30 connections.",
        "No more than 1,300 requests failed, and not less than 1,200 requests.",
        "Latency rose 15x, from 310 ms to about 4.8 s.",
        "The error rate is eight times the threshold of 5%.",
        "It was merged at 13:21 and deployed at 13:48, 27 minutes later.",
        "39,7 % der Anfragen schlugen fehl.",
        "Thousands of orders wait.",
        # What is said not to be there.
        "It never calls `conn.close()`, and no `finally` gives it back.",
        "The function lacks a `try`/`finally`; nothing calls self.pool.release().",
        "It doesn't check `if conn is None`.",
        "`conn.release()` is missing.",
    ],
)
def test_what_a_reader_may_say_stands(sentence: str) -> None:
    """As people speak: about as much, at least so much, since then, so many times as much; and what nobody wrote is nowhere to be found."""
    assert missed(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("It failed at 13:52 CET.", ["13:52 CET"]),
        ("It failed at 2026-03-11T14:02:11+05:00.", ["14:02:11+05:00"]),
        ("It failed at 1:52 AM.", ["1:52"]),
        ("On 11 March 2025 it was deployed.", ["11 March 2025"]),
        ("It began 5 min 10 s after the deploy.", ["5 min 10 s"]),
        ("It has failed for an hour.", ["an hour"]),
        ("More than 2,000 requests failed.", ["2,000 requests"]),
        ("Fewer than 1,000 requests failed.", ["1,000 requests"]),
        ("At least 1,400 requests failed.", ["1,400 requests"]),
        ("No more than 1,000 requests failed.", ["1,000 requests"]),
        ("No fewer than 1,500 requests failed.", ["1,500 requests"]),
        ("2M requests failed.", ["2M requests"]),
        ("Two hundred requests failed.", ["Two hundred requests"]),
        ("Half of the requests failed.", ["Half of the requests"]),
        ("Most requests failed; nine in ten requests did.", ["Most requests", "nine in ten"]),
        ("2/40 replicas are ready.", ["2/40 replicas"]),
        ("20/40 replicas are ready.", ["20/40 replicas"]),
        ("8,841 users are hit.", ["8,841 users"]),
        ("It came after 5 timeouts.", ["5 timeouts"]),
        ("173 customers are waiting.", ["173 customers"]),
        ("The gateway returned 504 errors, 502s.", ["504 errors", "502s"]),
        ("28 of 30 connections (83%) are idle.", ["83%"]),
        ("Latency rose 5x, from 310 ms to 4.8 s.", ["5x"]),
        ("The error rate is three times the threshold of 5%.", ["three times"]),
        ("The error rate doubled.", ["error rate doubled"]),
        ("Errors rose fivefold.", ["Errors rose fivefold"]),
        ("It was merged at 13:21 and deployed at 13:48, 47 minutes later.", ["47 minutes"]),
        ("Thousands of parcels wait.", ["Thousands of parcels"]),
        ("It is not slow because `conn.close()` blocks.", ["conn.close()"]),
    ],
)
def test_what_it_does_not_come_to_is_told(sentence: str, claims: list[str]) -> None:
    """The same words with other numbers; another zone, another year, an identifier that counts nobody, a denial of something else."""
    assert missed(sentence) == claims


def test_a_cause_in_a_readers_own_numbers_is_no_less_sure() -> None:
    """Rounded and worked out, it stands as a whole: nothing is marked, and nothing takes from the confidence."""
    statement = "Since 13:52Z, 3m28s after the deploy, more than a thousand requests failed; `acquire` has no `with`. 28 of 30 connections (93%) are idle."
    cited = (Citation("E1", "TimeoutError: connection timed out"), Citation("E4", "conn = self.pool.acquire(timeout=5.0)"))
    cause = RootCause(True, statement, "medium", citations=cited)
    assessed, past = Assessment("high", "Requests fail.", "", ""), HistoricalContext("new")
    made, told = grounded(Diagnosis("a model", "act now", "Requests fail.", "database", "resource leak", assessed, cause, past), CASE)

    assert told == ()
    assert (made.root_cause.statement, made.root_cause.confidence) == (statement, "medium")
