"""Redis: what it tells of a failing service, and what becomes of refusals."""

import pytest

from bot.config.sources import RedisServer
from bot.errors import SourceError
from bot.model import Findings
from bot.sources.redis_server import RedisSource
from tests.cluster_asking import INFO, inquiry, redis_source, texts
from tests.fakes.clusters import FakeRedis

pytestmark = pytest.mark.slow


def test_redis_tells_memory_clients_and_slow_commands() -> None:
    """Figures in words; of a slow command its name and duration, never its arguments."""
    with FakeRedis(INFO, ((1, 1765962760, 15_300, ("KEYS", "user:mira@example.com:*")),)) as server:
        found = redis_source(server).gather(inquiry())

    assert "used memory: 1.2G" in texts(found)
    assert "what happens at the limit: noeviction" in texts(found)
    assert "2025-12-17 09:12:40 UTC KEYS took 15.3 ms" in texts(found)
    assert "mira" not in texts(found)
    assert found.queries == ("INFO → 6 figures", "SLOWLOG → 1 command")
    assert {words[0].upper() for words in server.commands} <= {"HELLO", "AUTH", "CLIENT", "INFO", "SLOWLOG", "SELECT"}


@pytest.mark.parametrize(
    ("refuses", "cause"),
    [({"AUTH": "WRONGPASS invalid username-password pair"}, "user or password"), ({"INFO": "NOPERM User errata has no permissions"}, "may not run INFO")],
)
def test_redis_refuses(refuses: dict[str, str], cause: str) -> None:
    """Each with its remedy, none with the password."""
    with FakeRedis(INFO, refuses=refuses) as server:
        with pytest.raises(SourceError, match=cause) as refused:
            redis_source(server).gather(inquiry())
        assert "s3cret" not in str(refused.value)
        assert [checkup.ok for checkup in redis_source(server).examine()] == [False]


def test_redis_without_a_slow_log_still_tells_its_figures() -> None:
    """A server in the cloud may refuse SLOWLOG."""
    with FakeRedis(INFO, refuses={"SLOWLOG": "ERR unknown command"}) as server:
        found = redis_source(server).gather(inquiry())

    assert "used memory" in texts(found)
    assert [gap.wanted for gap in found.gaps] == ["its slow log"]


@pytest.mark.parametrize(("address", "cause"), [("redis://errata:s3cret@127.0.0.1:1/0", "refused"), ("http://x", "none"), ("nonsense", "none")])
def test_redis_that_is_not_there(address: str, cause: str) -> None:
    """The address is a secret: it is not shown."""
    with FakeRedis() as server, pytest.raises(SourceError, match=cause) as refused:
        redis_source(server, address).gather(inquiry())
    assert "s3cret" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n<html>", "no Redis server"),
        (b"*1\r\n:7\r\n", "another shape"),
        (b":7\r\n", "another shape"),
        (b"$500\r\nused_memory", "no answer within"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "loading"),
        (b"-ERR max number of clients reached\r\n", "clients"),
        (b"", "no answer within"),
    ],
    ids=["a web server", "a list", "a number", "cut off in the middle", "loading", "full", "slow"],
)
def test_a_broken_answer_of_redis_is_a_refusal(said: bytes, cause: str) -> None:
    """Each in a sentence, within its time."""
    with FakeRedis(INFO, says={"INFO": said}) as server, pytest.raises(SourceError, match=cause) as refused:
        redis_source(server, seconds=0.1 if "no answer" in cause else 5).gather(inquiry())
    assert "127.0.0.1" not in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize("said", [b"*1\r\n:7\r\n", b"*1\r\n*2\r\n:1\r\n:2\r\n", b"$3\r\nabc\r\n", b"", b"*1\r\n*4\r\n:1\r\n", b"<html>\r\n"])
def test_a_slow_log_of_another_shape_costs_the_slow_log(said: bytes) -> None:
    """As one that does not come, or breaks off: the figures are told."""
    with FakeRedis(INFO, says={"SLOWLOG": said}) as server:
        found = redis_source(server, seconds=0.2).gather(inquiry())

    assert "used memory" in texts(found)
    assert [gap.wanted for gap in found.gaps] == ["its slow log"]


@pytest.mark.parametrize(("time", "told"), [(32_503_680_000, "3000-01-01"), (10**17, "9999-12-31"), (-(10**17), "a time that is none")])
def test_times_of_the_slow_log(time: int, told: str) -> None:
    """In the future, in nanoseconds, before all time: the command is told all the same."""
    with FakeRedis(INFO, ((1, time, 15_300, ("KEYS", "*")),)) as server:
        found = redis_source(server).gather(inquiry())

    assert told in texts(found)
    assert "KEYS took 15.3 ms" in texts(found)


@pytest.mark.parametrize("said", [b"$0\r\n\r\n", b"$14\r\nsomething:else\r\n", b"$7\r\n<html/>\r\n"])
def test_figures_that_are_not_there_are_a_gap(said: bytes) -> None:
    """Nothing is no evidence of health."""
    with FakeRedis(INFO, says={"INFO": said}) as server:
        found = redis_source(server).gather(inquiry())

    assert found.evidence == ()
    assert [gap.cause for gap in found.gaps] == ["its INFO holds none of the figures that are looked for"]


def test_redis_half_configured() -> None:
    """One sentence; and nothing for other services or environments."""
    source = RedisSource("prod", RedisServer(services=("transfers",)), None)

    assert source.gather(inquiry()).gaps[0].cause == "REDIS_URL is not set"
    assert source.gather(inquiry(service="ledger")) == source.gather(inquiry(environment="dev")) == Findings()
