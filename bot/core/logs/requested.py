"""Access logs as JSON: a request and what it was answered with, without a level."""

from collections.abc import Sequence

from bot.core.logs.field_values import Layer, first

_STATUS = ("status", "status_code", "statusCode", "http.response.status_code", "http.status_code", "response.status", "res.statusCode")
_REQUESTED = ("method", "path", "url", "uri", "request", "request_uri", "http.request.method", "request.method", "req.method", "url.path")


def failed_request(layers: Sequence[Layer]) -> str:
    """ERROR for an answer of 500 to 599 beside what was requested, as in a plain access log; else empty. A status alone may be anything's."""
    status = first(layers, _STATUS)
    return "ERROR" if len(status) == 3 and status.isascii() and status.isdigit() and status[0] == "5" and first(layers, _REQUESTED) else ""
