"""Names of parts of a system in a sentence (services, tenants, settings, classes), and measurements that are said to have moved."""

import re
from collections.abc import Iterator

from bot.core.grounding.spot import Spot
from bot.regex import regex

_CALLED = (
    r"(?:service|worker|pod|deployment|container|cluster|database|table|queue|topic|tenant|customer|region|node|host|bucket|"
    r"job|flag|variable|setting|namespace)"
)
_NAME = r"[a-z][a-z0-9]{0,40}(?:[-_][a-z0-9]{1,40}){1,6}"
_AFTER = regex(rf"\b{_CALLED} ({_NAME})(?![\w-])", re.IGNORECASE)
_BEFORE = regex(rf"(?<![\w-])({_NAME}) {_CALLED}\b")
_DEPLOYED = regex(
    r"(?<![\w/.-])([a-z]{2,30}(?:-[a-z]{2,30}){0,4}-(?:worker|service|svc|api|gateway|consumer|producer|processor|scheduler|backend|frontend))(?![\w/-])"
)
_SNAKE = regex(r"(?<![\w/.$-])([A-Za-z]{2,60}(?:_[A-Za-z]{1,60}){1,10})(?![\w/-])")
_CLASS = regex(r"(?<![\w/.@-])([A-Z][a-z]{1,40}(?:[A-Z][a-z]{1,40}){1,6})(?![\w-])")
_CLASSES = (
    "Error",
    "Exception",
    "Service",
    "Worker",
    "Manager",
    "Handler",
    "Controller",
    "Repository",
    "Client",
    "Factory",
    "Allocator",
    "Processor",
    "Listener",
)
_ADJECTIVES = regex(
    r"(?:non|multi|single|high|low|long|short|in|on|off|self|re|pre|post|per|cross|up|down|third|first|second|read|write|cold|hot|same|full|half|well|most|all|two|"
    r"three|one|large|small|old|new|open|ever|much|out|over|under|fast|slow|least|best|real|web|back|front|rest|json|http|https|grpc|sql|ssh|tcp|any|point|pub|micro|macro)-"
    r".{0,80}|.{1,80}-(?:only|party|side|wide|specific|level|time|term|scale|safe|aware|node|tenant|memory|traffic|ready|free|like|style|heavy|critical|\w{2,20}(?:ed|ing))"
)
_MEASURE = (
    r"latency|latencies|throughput|error rate|failure rate|cpu|memory|heap|traffic|load|queue depth|backlog|response times?|"
    r"disk usage|request rate|p50|p90|p95|p99|replication lag|lag|conversion|revenue|sales"
)
_MOVED = regex(
    rf"\b({_MEASURE})(?: \w{{1,15}}){{0,4}}? (?:doubled|tripled|quadrupled|halved|spiked|rose|climbed|jumped|surged|"
    rf"dropped|fell|increased|decreased|degraded|collapsed|grew)\b",
    re.IGNORECASE,
)
_BY = {"doubled": 2, "halved": 2, "twofold": 2, "tripled": 3, "threefold": 3, "quadrupled": 4, "fourfold": 4, "fivefold": 5, "sixfold": 6, "tenfold": 10}
_TIMES = regex(r"(?:ubled|ipled|upled|alved|fold)\b", re.IGNORECASE)
_MULTIPLIED = regex(
    rf"\b(?:{_MEASURE}|errors|requests|failures|timeouts)(?: \w{{1,15}}){{0,4}}? (?:(?P<verb>doubled|tripled|quadrupled|halved)|"
    r"(?:rose|climbed|jumped|surged|increased|grew|went up|fell|dropped)(?: \w{1,15}){0,3}? (?P<fold>\w{2,6}fold))\b",
    re.IGNORECASE,
)


def named_parts(sentence: str) -> Iterator[str]:
    """Each name that nobody would write of a thing that is not there; a compound of plain English is none."""
    for pattern in (_AFTER, _BEFORE, _DEPLOYED) if "-" in sentence or "_" in sentence else ():
        yield from (match[1] for match in pattern.finditer(sentence) if not _ADJECTIVES.fullmatch(match[1].casefold()))
    yield from (match[1] for match in (_SNAKE.finditer(sentence) if "_" in sentence else ()))
    yield from (match[1] for match in _CLASS.finditer(sentence) if match[1].endswith(_CLASSES))


def moved_measures(sentence: str) -> Iterator[tuple[str, str]]:
    """What is measured, and the words that say it moved: whoever did not see the measurement cannot know."""
    yield from ((match[1], match.group()) for match in _MOVED.finditer(sentence))


def multiplied(sentence: str) -> Iterator[tuple[str, str, Spot]]:
    """What is said to be so many times what it was, the word that says so, and the amount: whoever read only one of the two cannot know."""
    if not _TIMES.search(sentence):
        return
    for match in _MULTIPLIED.finditer(sentence):
        verb = (match["verb"] or match["fold"]).casefold()
        if verb in _BY:
            yield match.group(), verb, Spot(match.start(), match.end(), match.group(), "a number", "ratio", _BY[verb], _BY[verb] * 0.1)
