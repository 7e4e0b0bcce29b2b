"""The mark by which a pull request says which alerts it tells of: where each stands, and what makes several errors one incident."""

import json
import re
from datetime import UTC, datetime

from bot.core.alert import permalink as permalinks
from bot.core.alert.hidden_json import hidden_json
from bot.core.alert.incident import Sighting
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import BadLink
from bot.model import Alert, Permalink, Record
from bot.regex import regex

LONGEST = 120
MOST_TRACES = 3
_MARK = regex(r"<!-- errata:alert=(\{[^\n<>]{0,3900}\}) -->")


class AlertMark(Record, frozen=True):
    """An alert that a request tells of. Texts were written by outsiders; the place is one that a link can name."""

    place: Permalink
    time: datetime
    environment: str = ""
    release: str = ""
    traces: tuple[str, ...] = ()

    def sighting(self, name: str) -> Sighting:
        """As one error of an incident; `name` is the signature of the request."""
        return Sighting(name, self.place.url, self.time, self.environment, self.release, self.traces)


def of(alert: Alert) -> AlertMark:
    """What is marked of an alert."""
    traces = tuple(_short(trace) for trace in alert.trace_ids[:MOST_TRACES])
    return AlertMark(alert.permalink, alert.time, _short(alert.environment), _short(alert.release or ""), traces)


def mark(alert: Alert) -> str:
    """One HTML comment with a line of JSON that cannot close it."""
    made = of(alert)
    told = {"place": made.place.url, "at": f"{made.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    more = {"environment": made.environment, "release": made.release, "traces": list(made.traces)}
    words = hidden_json({**told, **{key: value for key, value in more.items() if value}})
    return f"<!-- errata:alert={words} -->"


def marks_in(text: str) -> tuple[str, ...]:
    """The marks as they stand, each once, in order."""
    return tuple(dict.fromkeys(found.group() for found in _MARK.finditer(text) if _read(found)))


def read(text: str) -> tuple[AlertMark, ...]:
    """What the marks of a text say; what is not exactly a mark of ours says nothing. Read only the bot's own part of a description."""
    return tuple(told for found in _MARK.finditer(text) if (told := _read(found)))


def _read(found: re.Match[str]) -> AlertMark | None:
    try:
        told = json.loads(found[1])
        url, time = str(told.get("place")), datetime.fromisoformat(str(told.get("at")))
        place = permalinks.parse(url, (url.removeprefix("https://").partition("/")[0],))
    except (ValueError, RecursionError, BadLink):
        return None
    if time.tzinfo is None:
        return None
    traces = [_short(one) for one in told["traces"][:MOST_TRACES] if isinstance(one, str)] if isinstance(told.get("traces"), list) else []
    words = {key: _short(value) if isinstance(value := told.get(key), str) else "" for key in ("environment", "release")}
    return AlertMark(place, time, words["environment"], words["release"], tuple(traces))


def _short(words: str) -> str:
    return cut(one_line(words), LONGEST)
