"""Events as Sentry's API gives them, for the tests of its source."""

from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
RELEASE = "transfers@2.14.0"
TRACE = "0af7651916cd43dd8448eb211c80319c"
AT = datetime(2026, 3, 4, 10, 4, 30, tzinfo=UTC)
ALERT = datetime(2026, 3, 4, 10, 5, tzinfo=UTC)
SECRETS = ("hunter2", "session-cookie-1", "mira@acme.example", "4111111111111111", "leaf-secret-9")


def frame(function: str, file: str, line: int, *, own: bool = True, **more: Any) -> Json:
    """A frame, with local variables as Sentry has them."""
    vars_ = {"password": "'hunter2'", "card": "'4111111111111111'"}
    return {
        "function": function,
        "filename": file,
        "absPath": f"/app/{file}",
        "lineNo": line,
        "colNo": None,
        "inApp": own,
        "vars": vars_,
        "context": [],
        **more,
    }


def raised(kind: str, value: str, *frames: Json, **more: Any) -> Json:
    """An exception of the chain."""
    return {"type": kind, "value": value, "module": None, "stacktrace": {"frames": list(frames)}, **more}


def chain() -> list[Json]:
    """The cause first, as Sentry lists it; each trace with the failing frame last."""
    library = frame("execute", "sqlalchemy/engine/base.py", 1416, own=False, absPath="/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py")
    source = [[40, "    rows = query"], [41, "    row = rows[0]"], [42, ""]]
    return [
        raised("NoResultFound", "No row was found", frame("select_leaf", "transfers/leaves.py", 41, context=source), library),
        raised("ValidationError", "insufficient leaf balance", frame("post", "transfers/views.py", 12), frame("transfer", "transfers/handler.py", 88)),
    ]


def event(number: int, at: datetime = AT, **more: Any) -> Json:
    """A whole event of the transfers project; every part that must not be taken over is in it."""
    named = {
        "environment": "production",
        "release": "transfers@2.14.0",
        "transaction": "/transfers",
        "level": "error",
        "browser": "Chrome 120",
        **more.pop("tags", {}),
    }
    crumbs: list[Json] = [
        {"timestamp": (at - timedelta(seconds=2)).isoformat(), "category": "query", "level": "info", "message": "SELECT * FROM leaves FOR UPDATE"},
        {
            "timestamp": (at - timedelta(seconds=1)).isoformat(),
            "category": "http",
            "level": "warning",
            "data": {"method": "GET", "url": "https://rates.example/v1?key=leaf-secret-9", "status_code": 504, "token": "hunter2"},
        },
    ]
    request = {
        "method": "POST",
        "url": "https://ada:hunter2@api.acme.example/transfers?token=hunter2#leaf-secret-9",
        "query": [["token", "hunter2"], ["limit", "5"]],
        "cookies": [["sid", "session-cookie-1"]],
        "headers": [["Authorization", "Bearer hunter2"]],
        "data": {"card": "4111111111111111"},
        "env": {"REMOTE_ADDR": "10.0.0.1"},
    }
    return {
        "id": f"{number:032x}",
        "eventID": f"{number:032x}",
        "platform": "python",
        "title": "ValidationError: insufficient leaf balance",
        "metadata": {"type": "ValidationError", "value": "insufficient leaf balance"},
        "dateCreated": at.isoformat().replace("+00:00", "Z"),
        "dateReceived": at.isoformat(),
        "tags": [{"key": key, "value": value} for key, value in named.items()],
        "user": {"id": str(number % 3), "email": "mira@acme.example", "ip_address": "10.0.0.1"},
        "contexts": {"trace": {"trace_id": TRACE, "span_id": "b7ad6b7169203331"}},
        "release": {"version": named["release"]},
        "entries": [
            {"type": "exception", "data": {"values": chain()}},
            {"type": "breadcrumbs", "data": {"values": crumbs}},
            {"type": "request", "data": request},
        ],
        **more,
    }
