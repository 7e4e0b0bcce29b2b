"""Kubernetes' pods and events as its API gives them, read for what tells why a service fails."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Record
from bot.regex import regex

_LABEL_VALUE = regex(r"[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?")
_NAME = regex(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
"""RFC 1123 names, which pods have: one that is none never becomes part of an address."""
_HASHES = regex(r"-[a-z0-9]{5,10}(?:-[a-z0-9]{5})?$")
_SIGNALS = {137: "killed (SIGKILL)", 143: "asked to end (SIGTERM)", 139: "segmentation fault"}


class Container(Record, frozen=True):
    """One container: what it may use, how often it was started again, and how it ended the last time."""

    name: str
    image: str
    restarts: int
    state: str
    last: str = ""
    ended: datetime | None = None
    requests: str = ""
    limits: str = ""


class Pod(Record, frozen=True):
    """One pod. `owner` is the name that its replicas share."""

    name: str
    phase: str
    owner: str
    containers: tuple[Container, ...]
    started: datetime | None = None

    @property
    def restarts(self) -> int:
        """Of all its containers."""
        return sum(container.restarts for container in self.containers)

    @property
    def troubles(self) -> int:
        """How many containers wait, or ended badly."""
        return sum(container.state.startswith("waiting") or bool(container.last) for container in self.containers)


class Happening(Record, frozen=True):
    """One event: `kind` is Normal or Warning, `pod` the object it is about."""

    time: datetime
    kind: str
    reason: str
    pod: str
    message: str
    count: int = 1


def selector(service: str, configured: Mapping[str, str]) -> str:
    """The label selector of a service's pods: as configured, else `app=<service>`; a name that is no label's value is made one."""
    known = configured.get(service)
    if known:
        return known
    value = re.sub(r"[^\w.-]+", "-", service)[:63].strip("-._")
    return f"app={value if _LABEL_VALUE.fullmatch(value) else 'unknown'}"


def pod(item: Mapping[str, Any]) -> Pod | None:
    """One item of a pod list; None when it has no name that a pod can have."""
    name = _text(_at(item, "metadata", "name"))
    if not _NAME.fullmatch(name):
        return None
    specs = {_text(_at(spec, "name")): spec for spec in _list(_at(item, "spec", "containers"))}
    containers = tuple(_container(status, specs.get(_text(_at(status, "name")), {})) for status in _list(_at(item, "status", "containerStatuses")))
    return Pod(name, _text(_at(item, "status", "phase")), _HASHES.sub("", name), containers, _time(_at(item, "status", "startTime")))


def happening(item: Mapping[str, Any]) -> Happening | None:
    """One item of an event list; None without a time. The newer API keeps it in `series` or `eventTime`."""
    times = (_at(item, "series", "lastObservedTime"), _at(item, "lastTimestamp"), _at(item, "eventTime"), _at(item, "metadata", "creationTimestamp"))
    time = next((read for value in times if (read := _time(value))), None)
    if time is None:
        return None
    about = _text(_at(item, "involvedObject", "name"))
    counts = (_at(item, "series", "count"), _at(item, "count"))
    count = next((value for value in counts if isinstance(value, int)), 1)
    return Happening(time, _text(_at(item, "type")), _text(_at(item, "reason")), about, cut(_text(_at(item, "message")), 400), count)


def pod_line(one: Pod) -> Iterator[str]:
    """A pod and its containers, for people."""
    started = f", since {one.started:%Y-%m-%d %H:%M} UTC" if one.started else ""
    yield f"{one.name}: {one.phase}{started}"
    for container in one.containers:
        uses = f"; requests {container.requests or 'nothing'}, limits {container.limits or 'none'}"
        ended = f"; last ended: {container.last}" if container.last else ""
        yield f"  {container.name} ({container.image}): {container.state}, {container.restarts} restarts{ended}{uses}"


def _container(status: Mapping[str, Any], spec: Mapping[str, Any]) -> Container:
    restarts = _at(status, "restartCount")
    last = _at(status, "lastState", "terminated")
    return Container(
        name=_text(_at(status, "name")),
        image=cut(_text(_at(status, "image")), 120),
        restarts=restarts if isinstance(restarts, int) else 0,
        state=_state(_at(status, "state")),
        last=_ending(last) if isinstance(last, Mapping) else "",
        ended=_time(_at(last, "finishedAt")) if isinstance(last, Mapping) else None,
        requests=_amounts(_at(spec, "resources", "requests")),
        limits=_amounts(_at(spec, "resources", "limits")),
    )


def _state(state: Any) -> str:
    if not isinstance(state, Mapping) or not state:
        return "unknown"
    kind = next(iter(state))
    reason = _text(_at(state, kind, "reason"))
    return _ending(state[kind]) if kind == "terminated" and isinstance(state[kind], Mapping) else f"{_text(kind)}{f' ({reason})' if reason else ''}"


def _ending(terminated: Mapping[str, Any]) -> str:
    """`OOMKilled, exit code 137, killed (SIGKILL), at 09:12:40 UTC`."""
    code, when = _at(terminated, "exitCode"), _time(_at(terminated, "finishedAt"))
    exit_code = code if isinstance(code, int) else None
    parts = (
        _text(_at(terminated, "reason")),
        f"exit code {exit_code}" if exit_code is not None else "",
        _SIGNALS.get(exit_code, "") if exit_code is not None else "",
        f"at {when:%Y-%m-%d %H:%M:%S} UTC" if when else "",
        _text(_at(terminated, "message")),
    )
    return ", ".join(part for part in parts if part)


def _amounts(resources: Any) -> str:
    if not isinstance(resources, Mapping):
        return ""
    return ", ".join(f"{_text(name)} {_text(amount)}" for name, amount in sorted(resources.items())[:5])


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return cut(one_line(str(value)), 300) if isinstance(value, str | int | float) else ""


def _time(value: Any) -> datetime | None:
    return moment(value) if isinstance(value, str | int | float) else None
