"""Redis: memory, clients, evictions and the slow log of the servers that a failing service uses."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.config import Secret
from bot.config.sources import RedisServer
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Checkup, Evidence, Findings, Gap, Inquiry

_LAST = 253402300799
"""The last second that a date can hold."""
_SHOWN = (
    ("used_memory_human", "used memory"),
    ("maxmemory_human", "memory limit"),
    ("maxmemory_policy", "what happens at the limit"),
    ("mem_fragmentation_ratio", "fragmentation"),
    ("evicted_keys", "keys evicted since it started"),
    ("expired_keys", "keys expired since it started"),
    ("connected_clients", "clients"),
    ("maxclients", "most clients"),
    ("blocked_clients", "clients that wait"),
    ("rejected_connections", "connections refused since it started"),
    ("instantaneous_ops_per_sec", "commands a second"),
    ("keyspace_misses", "misses since it started"),
    ("keyspace_hits", "hits since it started"),
    ("role", "role"),
    ("master_link_status", "link to its master"),
    ("rdb_last_bgsave_status", "last snapshot"),
    ("loading", "loading"),
    ("uptime_in_seconds", "seconds since it started"),
    ("redis_version", "version"),
)


class RedisSource:
    """One server of one environment: `INFO` and `SLOWLOG GET`, two commands that change nothing."""

    def __init__(self, environment: str, server: RedisServer, address: Secret | None, seconds: float = 5) -> None:
        self._environment, self._server, self._address, self._seconds = environment, server, address, seconds

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"redis {self._server.address_in}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """How it is now, and its slowest commands. Raises SourceError when it cannot be asked."""
        service = inquiry.service or inquiry.alert.service
        ours = not self._server.services or service is None or service in self._server.services
        if not inquiry.search or inquiry.alert.environment != self._environment or not ours:
            return Findings()
        if self._address is None:
            remedy = f"pass the secret {self._server.address_in} to the diagnose job"
            return Findings(gaps=(Gap(self.name, "how Redis is", f"{self._server.address_in} is not set", remedy),))
        told, slow, gaps = self._asked(self._address)
        lines = [f"{meaning}: {one_line(str(told[key]))[:100]}" for key, meaning in _SHOWN if key in told]
        evidence = [Evidence("metric", self.name, self.name, "\n".join(lines), query="INFO, as it is now")] if lines else []
        if not lines:
            remedy = f"check that {self._server.address_in} is the address of a Redis server, and what INFO says there"
            gaps = (Gap(self.name, "how Redis is", "its INFO holds none of the figures that are looked for", remedy), *gaps)
        if slow:
            evidence.append(Evidence("log", self.name, self.name, "\n".join(slow), query=f"SLOWLOG GET {self._server.slow_log}"))
        return Findings(
            evidence=tuple(evidence), gaps=gaps, queries=(f"INFO → {len(lines)} figures", f"SLOWLOG → {len(slow)} command{'' if len(slow) == 1 else 's'}")
        )

    def examine(self) -> Iterable[Checkup]:
        """Whether it answers."""
        if self._address is None:
            yield Checkup(self.name, False, f"{self._server.address_in} is not set", f"set {self._server.address_in} to redis://… or rediss://…")
            return
        try:
            told, _, _ = self._asked(self._address)
        except SourceError as error:
            yield Checkup(self.name, False, error.cause, error.remedy)
            return
        yield Checkup(self.name, True, f"version {one_line(str(told.get('redis_version', 'unknown')))[:40]} answers")

    def _asked(self, address: Secret) -> tuple[Mapping[str, Any], list[str], tuple[Gap, ...]]:
        doing = f"asking {self.name}"
        try:
            client = redis.Redis.from_url(
                address.reveal(),
                socket_timeout=self._seconds,
                socket_connect_timeout=self._seconds,
                retry=Retry(NoBackoff(), 0),
                decode_responses=True,
                encoding_errors="replace",  # one odd byte must not cost all figures
            )
        except ValueError as error:
            raise SourceError(doing, "its address is none", f"set {self._server.address_in} to redis://… or rediss://…") from error
        try:
            told = client.info()
            slow, gaps = self._slow(client)
        except redis.exceptions.AuthenticationError as error:
            raise SourceError(doing, "it refused user or password", f"check {self._server.address_in}") from error
        except redis.exceptions.NoPermissionError as error:
            raise SourceError(doing, "the user may not run INFO", "ACL SETUSER errata on >… +info +slowlog|get") from error
        except redis.exceptions.TimeoutError as error:
            raise SourceError(
                doing, f"no answer within {self._seconds:g} s", "check that the runner may reach it; it may also be too busy to answer"
            ) from error
        except redis.exceptions.InvalidResponse as error:
            raise SourceError(doing, "what answers there is no Redis server", f"set {self._server.address_in} to redis://… or, with TLS, rediss://…") from error
        except (redis.exceptions.RedisError, UnicodeDecodeError, OSError) as error:
            raise SourceError(
                doing, cut(one_line(_without_address(str(error))), 160), f"check {self._server.address_in}, and that the runner may reach it"
            ) from error
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            # redis-py reads answers of the shape that it expects, and breaks on others.
            raise SourceError(
                doing, "its answer is of another shape than Redis gives", f"check that {self._server.address_in} is the address of a Redis server"
            ) from error
        finally:
            client.close()
        return (told if isinstance(told, Mapping) else {}), slow, gaps

    def _slow(self, client: "redis.Redis") -> tuple[list[str], tuple[Gap, ...]]:
        """The commands without their arguments, which hold people's data."""
        if not self._server.slow_log:
            return [], ()
        try:
            entries = client.slowlog_get(self._server.slow_log)
            return [_slow_line(entry) for entry in entries], ()
        except redis.exceptions.ResponseError:
            return [], (Gap(self.name, "its slow log", "the server refuses SLOWLOG", "allow it: ACL SETUSER … +slowlog|get"),)
        except redis.exceptions.RedisError:
            return [], (Gap(self.name, "its slow log", f"no whole answer within {self._seconds:g} s", "run the diagnosis again; it may be too busy to answer"),)
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError):
            return [], (Gap(self.name, "its slow log", "the answer is of another shape than Redis gives", "set `redis: slow_log: 0` to leave it out"),)


def _slow_line(entry: Mapping[str, Any]) -> str:
    said = entry["command"]
    command = one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)).split(" ")[0][:40]
    started = int(entry["start_time"])
    when = f"{datetime.fromtimestamp(min(started, _LAST), UTC):%Y-%m-%d %H:%M:%S} UTC" if started >= 0 else "at a time that is none:"
    return f"{when} {command} took {int(entry['duration']) / 1000:.1f} ms"


def _without_address(words: str) -> str:
    """What went wrong, without host and port, which redis-py puts first."""
    return words.partition(". ")[0] if "connecting to" not in words else "the connection was refused, or its name is unknown"
