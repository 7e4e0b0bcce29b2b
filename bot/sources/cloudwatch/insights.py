"""Logs Insights, for counts and for groups that know nothing else: started only when it is cheap enough, and never left running."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import ceil, floor
from typing import Any

from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import encodable, one_line
from bot.errors import SourceError
from bot.model import Record
from bot.sources.cloudwatch.client import Json, LogsClient
from bot.sources.cloudwatch.groups import Group
from bot.sources.cloudwatch.paging import Line

_UNFINISHED = ("Scheduled", "Running", "Unknown")
"""While a query runs, its results are partial: they are not used."""
_MOST_PAUSE = 2.0


class Query(Record, frozen=True):
    """What is asked of some groups. `now` is for judging what it would scan."""

    groups: tuple[Group, ...]
    text: str
    start: datetime
    end: datetime
    now: datetime


class Rows(Record, frozen=True):
    """What a query answered, field by field, and the gigabytes it scanned."""

    rows: tuple[dict[str, str], ...]
    scanned_gb: float = 0.0


def run(client: LogsClient, query: Query) -> Rows:
    """The whole answer. Raises SourceError, also when it would cost too much or took too long; it is stopped then."""
    most = client.asked.logs.most_scanned_gb
    guess = sum(group.scanned(query.start, query.end, query.now) for group in query.groups)
    if guess > most:
        raise _too_much(client, f"it would scan about {guess:,.1f} GB, more than {most:g}")
    request = {**_named(query.groups), "startTime": floor(query.start.timestamp()), "endTime": ceil(query.end.timestamp()), "queryString": query.text}
    started = client.call("starting an Insights query", "StartQuery", "queryId", request, ", ".join(group.asked for group in query.groups))
    query_id = str(started["queryId"])
    try:
        return _awaited(client, query_id, most)
    except SourceError as error:
        if error.__cause__ is None and "ended as" in error.cause:
            raise
        left_running = "" if client.stop(query_id) else "; it could not be stopped (allow logs:StopQuery), and goes on until it is done"
        raise SourceError(error.doing, f"{error.cause}{left_running or '; it was stopped'}", error.remedy) from error.__cause__


def lines(answer: Rows) -> tuple[Line, ...]:
    """The rows of a query for whole lines."""
    return tuple(
        Line(time, row["@message"], row.get("@log", "").partition(":")[2], row.get("@logStream", ""))
        for row in answer.rows
        if "@message" in row and (time := moment(row.get("@timestamp"))) is not None
    )


def _awaited(client: LogsClient, query_id: str, most: float) -> Rows:
    doing = "reading the answer of an Insights query"
    for pause in _pauses():
        answer = client.call(doing, "GetQueryResults", "status", {"queryId": query_id})
        scanned = _scanned(answer)
        if answer["status"] == "Complete":
            return Rows(tuple(_row(row) for row in answer.get("results") or () if isinstance(row, list)), scanned)
        if answer["status"] not in _UNFINISHED:
            remedy = f"run it in the console to see why; narrow `window:` or `{client.asked.key} groups:`"
            raise client.asked.refused(doing, f"the query ended as {one_line(str(answer['status'])[:40])}", remedy)
        if scanned > most:
            raise _too_much(client, f"it had scanned {scanned:,.1f} GB, more than {most:g}")
        if not client.pause(pause):
            break
    raise client.asked.too_late(doing)


def _pauses() -> Iterator[float]:
    pause = 0.25
    while True:
        yield pause
        pause = min(pause * 2, _MOST_PAUSE)


def _too_much(client: LogsClient, cause: str) -> SourceError:
    remedy = f"raise `{client.asked.key} most_scanned_gb:` if that is worth it, or name fewer `groups:`"
    return client.asked.refused("running an Insights query", cause, remedy)


def _named(groups: Sequence[Group]) -> Json:
    names = [group.asked for group in groups]
    return {"logGroupIdentifiers": names} if any(name.startswith("arn:") for name in names) else {"logGroupNames": names}


def _scanned(answer: Json) -> float:
    statistics = answer.get("statistics")
    scanned = statistics.get("bytesScanned") if isinstance(statistics, dict) else None
    return scanned / 10**9 if isinstance(scanned, int | float) else 0.0


def _row(cells: list[Any]) -> dict[str, str]:
    pairs = ((cell.get("field"), cell.get("value")) for cell in cells if isinstance(cell, dict))
    return {field: encodable(value) for field, value in pairs if isinstance(field, str) and isinstance(value, str)}
