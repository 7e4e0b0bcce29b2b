"""CloudWatch Logs on loopback: AWS's JSON 1.1 protocol with pages, filter patterns, Insights queries, classes of groups, and refusals."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.loopback import Answer, Loopback, Request

_TARGET = "Logs_20140328."
_TERM = re.compile(r"\s*([?-]?)(?:\"((?:[^\"\\]|\\.)*)\"|(\S+))")
_TOKEN = re.compile(r"\s*(\(|\)|and\b|or\b|not\b|@message like (?:\"(?:[^\"\\]|\\.)*\"|/(?:[^/\\]|\\.)*/))")
_NEWEST_FIRST_SINCE = 1_704_067_200_000
_OTHERS_ACCOUNT = re.compile(r"arn:aws:logs:us-west-2:(\d{12}):log-group:(.+)")


@dataclass
class StoredEvent:
    """An event of a stream."""

    id: str
    stream: str
    timestamp: int
    message: str


@dataclass
class LogGroup:
    """A log group and what it holds."""

    name: str
    kind: str = "STANDARD"
    created: int = 1_700_000_000_000
    retention: int | None = None
    stored: int = 1_000_000
    account: str = "111122223333"
    events: list[StoredEvent] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """As AWS names it."""
        return f"arn:aws:logs:us-west-2:{self.account}:log-group:{self.name}"


@dataclass
class Query:
    """A started Insights query: its rows, how often it is still running when it is looked at, whether it was stopped."""

    rows: list[list[dict[str, str]]]
    running: int
    stopped: bool = False


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class CloudWatch(Loopback):
    """One account in us-west-2. `page` is how many events a page holds, `empty_pages` come before the first with something;
    `denied` are actions that the role may not; `running` is how often a query is not done yet; `scanned` the bytes it tells of."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, LogGroup] = {}
        self.page = 10_000
        self.empty_pages = 0
        self.endless = False
        self.denied: set[str] = set()
        self.running = 1
        self.scanned = 1_000
        self.status = "Complete"
        self.queries: dict[str, Query] = {}

    def reset(self) -> None:
        """An account as new."""
        self.requests.clear()
        self.faults.clear()
        self.groups, self.queries, self.denied = {}, {}, set()
        self.page, self.empty_pages, self.endless, self.running, self.scanned, self.status = 10_000, 0, False, 1, 1_000, "Complete"

    def group(self, name: str, **settings: Any) -> LogGroup:
        """Create a group."""
        self.groups[name] = LogGroup(name, **settings)
        return self.groups[name]

    def put(self, group: str, stream: str, *events: tuple[datetime, str]) -> None:
        """Write events, creating the group where it is missing."""
        held = (self.groups.get(group) or self.group(group)).events
        held += [StoredEvent(f"{len(held) + n:056d}", stream, round(time.timestamp() * 1000), message) for n, (time, message) in enumerate(events)]

    def asked(self, action: str) -> list[dict[str, Any]]:
        """The requests of one kind, oldest first."""
        return [request.json for request in self.requests if request.headers.get("x-amz-target") == f"{_TARGET}{action}"]

    def answer(self, request: Request) -> Answer:
        """One call."""
        action = request.headers.get("x-amz-target", "").removeprefix(_TARGET)
        try:
            if "authorization" not in request.headers:
                raise _Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
            if action in self.denied:
                who, what = (
                    "User: arn:aws:sts::111122223333:assumed-role/errata/me",
                    f"logs:{action} on resource: arn:aws:logs:us-west-2:111122223333:log-group:*",
                )
                raise _Refused("AccessDeniedException", f"{who} is not authorized to perform: {what}")
            body = {
                "DescribeLogGroups": self._describe,
                "FilterLogEvents": self._filter,
                "StartQuery": self._start,
                "GetQueryResults": self._results,
                "StopQuery": self._stop,
            }[action](request.json)
        except _Refused as refused:
            return refusal(refused.code, refused.message)
        return Answer(200, body, {"Content-Type": "application/x-amz-json-1.1"})

    def _describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        prefix, accounts = asked.get("logGroupNamePrefix", ""), asked.get("accountIdentifiers", ["111122223333"])
        if asked.get("limit", 50) > 50:
            raise _Refused("InvalidParameterException", "limit")
        found = [group for name, group in sorted(self.groups.items()) if name.startswith(prefix) and group.account in accounts]
        first = int(asked.get("nextToken", "0"))
        page = [
            {
                "logGroupName": group.name,
                "arn": f"{group.arn}:*",
                "logGroupArn": group.arn,
                "creationTime": group.created,
                "storedBytes": group.stored,
                "logGroupClass": group.kind,
                **({"retentionInDays": group.retention} if group.retention else {}),
            }
            for group in found[first : first + 50]
        ]
        return {"logGroups": page, **({"nextToken": str(first + 50)} if first + 50 < len(found) else {})}

    def _held(self, identifier: str) -> LogGroup:
        match = _OTHERS_ACCOUNT.fullmatch(identifier)
        group = self.groups.get(match[2] if match else identifier)
        if group is None or (match is None and group.account != "111122223333"):
            raise _Refused("ResourceNotFoundException", "The specified log group does not exist.")
        return group

    def _filter(self, asked: dict[str, Any]) -> dict[str, Any]:
        group = self._held(asked.get("logGroupName") or asked["logGroupIdentifier"])
        head = asked.get("startFromHead", True)
        if group.kind != "STANDARD":
            raise _Refused("InvalidOperationException", f"FilterLogEvents is not supported for the log group class {group.kind}")
        if not head and asked["startTime"] < _NEWEST_FIRST_SINCE:
            raise _Refused("InvalidParameterException", "startFromHead=false needs a startTime on or after Jan 1, 2024")
        if len(asked.get("filterPattern", "")) > 1024 or asked.get("limit", 1) > 10_000:
            raise _Refused("InvalidParameterException", "1 validation error detected")
        matches = _pattern(asked.get("filterPattern", ""))
        streams = asked.get("logStreamNames")
        found = sorted(
            (e for e in group.events if asked["startTime"] <= e.timestamp <= asked["endTime"] and (not streams or e.stream in streams) and matches(e.message)),
            key=lambda event: (event.timestamp, event.id),
            reverse=not head,
        )
        pages, _, first = asked.get("nextToken", "0/0").partition("/")
        if self.endless or int(pages) < self.empty_pages:
            return {"events": [], "nextToken": f"{int(pages) + 1}/{first}", "searchedLogStreams": []}
        size = min(self.page, asked.get("limit", 10_000))
        last = int(first) + size
        events = [
            {"logStreamName": e.stream, "timestamp": e.timestamp, "message": e.message, "ingestionTime": e.timestamp + 1, "eventId": e.id}
            for e in found[int(first) : last]
        ]
        return {"events": events, "searchedLogStreams": [], **({"nextToken": f"{int(pages) + 1}/{last}"} if last < len(found) else {})}

    def _start(self, asked: dict[str, Any]) -> dict[str, Any]:
        groups = [self._held(name) for name in asked.get("logGroupNames") or asked["logGroupIdentifiers"]]
        if len({group.kind == "STANDARD" for group in groups}) > 1:
            raise _Refused("InvalidParameterException", "The log groups must be of one class")
        steps = [step.strip() for step in re.split(r"\|(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", asked["queryString"])]
        where = next((step.removeprefix("filter ") for step in steps if step.startswith("filter ")), "")
        matches = _condition(where)
        start, end = asked["startTime"] * 1000, asked["endTime"] * 1000
        found = sorted(
            ((event, group) for group in groups for event in group.events if start <= event.timestamp <= end and matches(event.message)),
            key=lambda e: e[0].timestamp,
        )
        identity = f"query-{len(self.queries)}"
        self.queries[identity] = Query(_rows(found, steps), self.running)
        return {"queryId": identity}

    def _results(self, asked: dict[str, Any]) -> dict[str, Any]:
        query = self.queries[asked["queryId"]]
        query.running -= 1
        statistics = {"recordsMatched": float(len(query.rows)), "recordsScanned": 100.0, "bytesScanned": float(self.scanned)}
        if query.running >= 0:
            return {"status": "Running", "results": query.rows[:1], "statistics": statistics}
        return {"status": self.status, "results": query.rows, "statistics": statistics}

    def _stop(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.queries[asked["queryId"]].stopped = True
        return {"success": True}


def refusal(code: str, message: str = "no") -> Answer:
    """How AWS says no."""
    return Answer(400, {"__type": code, "message": message}, {"Content-Type": "application/x-amz-json-1.1"})


def on(action: str) -> Any:
    """Matches calls of one kind."""
    return lambda request: request.headers.get("x-amz-target") == f"{_TARGET}{action}"


def _rows(found: list[tuple[StoredEvent, LogGroup]], steps: list[str]) -> list[list[dict[str, str]]]:
    if any(step.startswith("stats count(*) as lines by bin(5m) as begin, @log, @logStream") for step in steps):
        counts: dict[tuple[str, str, str], int] = {}
        for event, group in found:
            key = (_clock(event.timestamp - event.timestamp % 300_000), f"{group.account}:{group.name}", event.stream)
            counts[key] = counts.get(key, 0) + 1
        return [_cells({"begin": begin, "@log": log, "@logStream": stream, "lines": str(number)}) for (begin, log, stream), number in counts.items()]
    if "sort @timestamp desc" in steps:
        found = found[::-1]
    limit = next((int(step.removeprefix("limit ")) for step in steps if step.startswith("limit ")), 10_000)
    return [
        _cells({"@timestamp": _clock(e.timestamp), "@message": e.message, "@logStream": e.stream, "@log": f"{group.account}:{group.name}", "@ptr": e.id})
        for e, group in found[:limit]
    ]


def _cells(row: dict[str, str]) -> list[dict[str, str]]:
    return [{"field": name, "value": value} for name, value in row.items()]


def _clock(millis: int) -> str:
    """As Insights writes times: UTC, without saying so."""
    return f"{datetime.fromtimestamp(millis // 1000, UTC):%Y-%m-%d %H:%M:%S}.{millis % 1000:03}"


def _pattern(text: str) -> Any:
    """Terms, phrases, `?` and `-`: case-sensitive parts of the message."""
    if text[:1] in ("{", "["):
        raise _Refused("InvalidParameterException", "Invalid filter pattern")
    terms = [(match[1], re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]) for match in _TERM.finditer(text)]

    def matches(message: str) -> bool:
        every = all(term in message for sign, term in terms if sign == "") and not any(term in message for sign, term in terms if sign == "-")
        some = [term for sign, term in terms if sign == "?"]
        return every and (not some or any(term in message for term in some))

    return matches


def _condition(text: str) -> Any:
    """A condition of Insights: `@message like "…"` or `/…/`, with and, or, not and parentheses."""
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _Refused("MalformedQueryException", f"unexpected symbol found at line 1 and position {position}")
        tokens.append(match[1])
        position = match.end()
    return lambda message: _Condition(tokens, message).read()


class _Condition:
    """A condition read from its tokens for one message: `or` of `and` of what is negated or in parentheses."""

    def __init__(self, tokens: list[str], message: str) -> None:
        self._tokens, self._message, self._at = tokens, message, 0

    def read(self) -> bool:
        """Whether the message fits; every part is read, true or not."""
        fits = self._every()
        while self._next() == "or":
            self._at += 1
            fits = self._every() or fits
        return fits

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _every(self) -> bool:
        fits = self._one()
        while self._next() == "and":
            self._at += 1
            fits = self._one() and fits
        return fits

    def _one(self) -> bool:
        token = self._next()
        self._at += 1
        if token == "not":
            return not self._one()
        if token == "(":
            fits = self.read()
            self._at += 1
            return fits
        operand = token.removeprefix("@message like ")
        if operand[:1] == "/":
            return re.search(operand[1:-1], self._message) is not None
        return re.sub(r"\\(.)", r"\1", operand[1:-1]) in self._message
