"""What a sentence says in plain words of how a named system or everybody fared: `Redis was down`, `an outage of S3`, `nobody can check out`."""

import re
from collections.abc import Callable, Iterator

from bot.regex import regex

_POSTGRES = (
    "postgres, psycopg, asyncpg, pgbouncer, pgx, npgsql, psql, libpq, sqlstate, pg::, pg_, aurora, .rds., :5432, connection slots, too many clients, "
    "canceling statement, deadlock detected, closed the connection unexpectedly"
)
_MYSQL = "mysql, mariadb, innodb, sqlstate, aurora, .rds., :3306, lock wait timeout, gone away, too many connections"
_KNOWN_AS = {
    "redis": "redis, jedis, lettuce, elasticache, valkey, :6379, readonly you, misconf, oom command, noauth",
    "memcached": "memcache, dalli, elasticache, :11211",
    "postgres": _POSTGRES,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mongo": "mongo, documentdb, :27017, notprimary, not master, writeconflict",
    "cassandra": "cassandra, datastax, scylla, :9042",
    "dynamo": "dynamo, provisionedthroughput",
    "elasticsearch": "elastic, opensearch, lucene, shard, circuit_breaking, :9200",
    "kafka": "kafka, redpanda, broker, partition, consumer, rebalanc, offset, :9092",
    "rabbitmq": "rabbit, amqp, queue, :5672",
    "zookeeper": "zookeeper, kafka, :2181",
    "etcd": "etcd, kube, :2379",
    "s3": "s3, amazonaws, boto, bucket, minio, nosuchkey, slow down, slowdown",
    "sqs": "sqs, queue, amazonaws, boto",
    "kinesis": "kinesis, amazonaws, boto",
    "clickhouse": "clickhouse, :8123",
    **{name: name for name in ("snowflake", "cloudflare", "stripe", "paypal", "twilio", "sendgrid", "okta")},
}
"""A system → words of which a case that saw anything of it has one: drivers, errors that no other gives, a port. One too many only leaves a claim unmarked."""
_NAMES = "|".join(_KNOWN_AS)
_PART = r"(?: (?:cluster|primary|master|replica|broker|server|instance|node|database|cache|api|itself)s?){0,2}"
_BAD = (
    r"(?:down|unavailable|unreachable|overloaded|offline|saturated|degraded|throttled|throttling|exhausted|crashing|restarting|failing|flapping|lagging|"
    r"hanging|stuck|dead|at capacity|out of (?:memory|disk|space|connections)|not (?:reachable|available|responding|answering|accepting))"
)
_DID = (
    r"(?:crashed|restarted|failed(?: over)?|timed out|ran out|went (?:down|offline|away)|stopped (?:responding|answering|accepting|working)|refused|rejected|"
    r"throttled|evicted|hung|died|stalled|froze|fell over|lost (?:its|the|a|all)|had an? (?:outage|failover|incident)|became)"
)
_STATE = regex(
    rf"\b(?P<after>{_NAMES})(?:ql|db)?{_PART} "
    rf"(?:(?:is|was|were|are|went|became|got|kept|has been|had been|have been) (?:\w{{2,12}}ly )?{_BAD}|(?:has |had )?{_DID})\b|"
    rf"\b(?:outage|downtime|failover|crash|restart|failure|overload) of (?:the |our )?(?P<before>{_NAMES})(?:ql|db)?\b|"
    rf"\b(?P<noun>{_NAMES})(?:ql|db)?{_PART} (?:outage|downtime|failover|crash|restart|overload)\b",
    re.IGNORECASE,
)
_EVERYBODY = regex(
    r"\b(?:nobody|no one) (?:can|could)(?: no longer| still)? (?:(?:log|sign|check) (?:in|on|up|out)|pay|order|buy|book)\b|"
    r"\b(?:everybody|everyone) (?:is|was|has been|got|gets) (?:affected|hit|locked out|logged out|signed out|blocked)\b",
    re.IGNORECASE,
)
_ALL = (
    "nobody",
    "no one",
    "everybody",
    "everyone",
    "100%",
    "100 %",
    *(f"{how} {who}" for how in ("all", "no", "every") for who in ("user", "customer", "client")),
)
_OPEN = regex(
    r"\b(?:no|not|never|nor|neither|nothing|without|whether|if|unless|until|when|whenever|while|once|should|would|could|can|cannot|may|might|perhaps|possibly|"
    r"maybe|in case|rules? out|ruled out|unlike|rather than|instead of)\b|n['’]t\b",
    re.IGNORECASE,
)
_REACH = 80
"""Characters before a state in which a word may deny it or leave it open."""


def states(sentence: str, holds: Callable[[str], bool]) -> Iterator[tuple[str, bool]]:
    """The words that say it, and whether the case speaks of that system, or of everybody, at all. `holds` tells whether a text stands anywhere in it.

    Nothing that the sentence denies, or leaves open, is said. How the system fared is not read from the evidence: too many words say that.
    """
    told = sentence.lower()
    for match in _STATE.finditer(sentence) if any(name in told for name in _KNOWN_AS) else ():
        if not _is_open(sentence, match.start()):
            known_as = _KNOWN_AS[(match["after"] or match["before"] or match["noun"]).lower()]
            yield match.group(), any(map(holds, known_as.split(", ")))
    for match in _EVERYBODY.finditer(sentence) if "body" in told or "one " in told else ():
        if not _is_open(sentence, match.start()):
            yield match.group(), any(map(holds, _ALL))


def _is_open(sentence: str, at: int) -> bool:
    return _OPEN.search(sentence, max(0, at - _REACH), at) is not None
