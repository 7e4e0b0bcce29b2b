"""A system that the evidence never speaks of was not seen to be down; nor was everybody seen to be locked out."""

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.claims import claims
from bot.core.grounding.states import states
from bot.model import PastEntry
from tests.fakes.transfer_case import TIME
from tests.listing import listed
from tests.test_grounding_claims import NEW
from tests.test_grounding_close_calls import seen, struck

SYSTEMS = listed(
    "Redis Memcached Postgres PostgreSQL MySQL MariaDB Mongo MongoDB Cassandra Dynamo DynamoDB Elasticsearch Kafka RabbitMQ ZooKeeper etcd S3 SQS Kinesis "
    "ClickHouse Snowflake Cloudflare Stripe PayPal Twilio SendGrid Okta"
)
BAD = listed(
    "down, unavailable, unreachable, overloaded, offline, saturated, degraded, throttled, throttling, exhausted, crashing, restarting, failing, flapping, "
    "lagging, hanging, stuck, dead, at capacity, out of memory, out of disk, out of space, out of connections, not reachable, not available, not responding, "
    "not answering, not accepting",
    ", ",
)
DID = listed(
    "crashed, restarted, failed, failed over, timed out, ran out, went down, went offline, went away, stopped responding, stopped answering, "
    "stopped accepting, stopped working, refused, rejected, throttled, evicted, hung, died, stalled, froze, fell over, lost its, lost the, lost a, lost all, "
    "had an outage, had a failover, had an incident, became",
    ", ",
)


def said(sentence: str) -> list[str]:
    """What it says of a state."""
    return [words for words, _ in states(sentence, "".__contains__)]


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_system_was_down_of_which_nothing_was_seen(system: str) -> None:
    """Where the evidence speaks of it, how it fared is for people to read there."""
    for sentence in (f"{system} was down", f"The {system} cluster was down", f"So {system.lower()} ran out"):
        words = sentence.removeprefix("The ").removeprefix("So ")
        assert struck(f"{sentence}.", "upstream failed") == [words]
        assert struck(f"{sentence}.", f"connecting to {system} took 3 s") == []
    assert said(f"X{system} was down, {system}x was down.") == []


@pytest.mark.parametrize("state", BAD)
def test_how_a_system_was(state: str) -> None:
    """Today or then, all of it or a part of it."""
    for verb in listed("is, was, were, are, went, became, got, kept, has been, had been, have been", ", "):
        assert said(f"Kafka {verb} {state}.") == [f"Kafka {verb} {state}"]
    for part in listed("cluster primary master replica broker brokers server instances node database cache api itself"):
        assert said(f"The Redis {part} was briefly {state}") == [f"Redis {part} was briefly {state}"]
    assert said(f"Kafka is {state}x. Kafka is as {state}.") == []


@pytest.mark.parametrize("did", DID)
def test_what_a_system_did(did: str) -> None:
    """Or has done, or had."""
    assert said(f"Postgres {did}.") == [f"Postgres {did}"]
    assert said(f"Postgres has {did}; MySQL had {did}.") == [f"Postgres has {did}", f"MySQL had {did}"]
    assert said(f"Postgres {did}x.") == (["Postgres failed"] if did == "failed over" else [])


@pytest.mark.parametrize("event", listed("outage downtime failover crash restart overload"))
def test_what_happened_to_a_system(event: str) -> None:
    """Told as a noun."""
    for of in (f"{event} of S3", f"{event} of the MongoDB", f"{event} of our Redis", f"Redis {event}", f"PostgreSQL primary {event}"):
        assert said(f"It was the {of} then.") == [of]
    assert said(f"It was the {event}s of S3x, the {event} of his Redis, S3 {event}s.") == []
    assert said("It was the failure of S3; a Redis failure was not logged.") == ["failure of S3"]


OPEN = listed(
    "no, not, never, nor, neither, nothing, without, whether, if, unless, until, when, whenever, while, once, should, would, could, can, cannot, may, might, "
    "perhaps, possibly, maybe, in case, rule out, rules out, ruled out, unlike, rather than, instead of, isn't, isn’t",
    ", ",
)


@pytest.mark.parametrize("word", OPEN)
def test_what_is_denied_or_left_open_is_not_said(word: str) -> None:
    """As in `there is no sign that Redis was down`."""
    for state in ("Redis was down", "nobody can pay", "everyone is affected"):
        assert said(f"It is so {word} that {state}.") == []
        assert said(f"It is x{word}x that {state}.") == [state]
        assert said(f"It is so {word} {'very ' * 20}{state}.") == [state]


@pytest.mark.parametrize(
    "sentence", ["Redis is single-threaded.", "Postgres refuses it.", "The Kafka consumer waits.", "Set Redis to read-only.", "S3 may be down."]
)
def test_how_a_system_works_is_no_state(sentence: str) -> None:
    """Nor what it may be."""
    assert said(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Redis refused the connection.", "ECONNREFUSED 10.0.0.7:6379"), ("Redis failed over.", "READONLY You can't write against a read only replica."),
        ("Postgres ran out of connections.", "FATAL: remaining connection slots are reserved"), ("Postgres was down.", "psycopg2.OperationalError"),
        ("PostgreSQL timed out.", "canceling statement due to statement timeout"), ("MySQL went away.", "server has gone away"),
        ("MongoDB failed over.", "NotPrimaryNoSecondaryOk: not master"), ("Kafka restarted.", "the group is rebalancing"), ("RabbitMQ died.", "amqp: closed"),
        ("S3 throttled us.", "Please reduce your request rate (SlowDown)"), ("DynamoDB throttled it.", "ProvisionedThroughputExceededException"),
        ("Elasticsearch rejected it.", "circuit_breaking_exception: Data too large"), ("MariaDB was stuck.", "Lock wait timeout exceeded"),
    ],
)  # fmt: skip
def test_a_system_is_known_by_its_drivers_its_errors_and_its_port(sentence: str, text: str) -> None:
    """A log seldom writes its name."""
    assert struck(sentence, text) == []
    assert struck(sentence, "upstream failed") != []


@pytest.mark.parametrize(
    "sentence",
    [
        *(f"{who} {can} {do}" for who in ("Nobody", "no one") for can in ("can", "could", "can still", "can no longer") for do in ("log in", "check out")),
        *(f"nobody can {do}" for do in listed("sign in, check in, sign up, pay, order, buy, book, log on, sign out", ", ")),
        *(f"{who} {was} {hit}" for who in ("Everybody", "everyone") for was in listed("is, was, has been, got, gets", ", ") for hit in ("affected", "hit")),
        *(f"everyone was {hit}" for hit in listed("locked out, logged out, signed out, blocked", ", ")),
    ],
)
def test_that_nobody_can_do_it_must_have_been_said(sentence: str) -> None:
    """By the alert or any evidence, in whatever words for all of them."""
    assert said(f"{sentence}.") == [sentence]
    assert struck(f"So {sentence} now.", "checkout failed") == [sentence]
    for text in ("it fails for everyone", "nobody can pay", "100% of logins fail", "all users see it", "no customer is served", "every client is hit"):
        assert struck(f"{sentence}.", text) == []
    assert said("Xeveryone is affected, xnobody can pay, everyone is hitx.") == []
    assert said("A connection that nobody gives back; nobody can say; nobody can check it or use its slot; everyone is asleep; anybody can pay.") == []


def test_what_knowledge_says_of_a_system_is_not_todays() -> None:
    """An entry that tells of Redis carries what is said of that time."""
    past = PastEntry("n", "p.md", "Redis was down", "resolved", "high", TIME, 2, "same")
    known = Known(replace(NEW, history=(past,)))
    assert [claim.stands for claim in claims("Redis was down.", known, "claim")] == [False]
    assert [claim.stands for claim in claims("Redis was down that time, as the entry says.", known, "claim")] == [True]


def test_what_to_do_about_a_system_is_no_claim() -> None:
    """It may name one that nobody uses yet."""
    assert claims("Alert as soon as Redis was down.", seen("x"), "advice") == []
