"""Codes that a text names: error types, SQLSTATE, HTTP and gRPC statuses, read by the forms in which software writes them."""

from functools import cached_property

from bot.regex import regex

_SQLSTATE_CLASSES = frozenset(
    (  # noqa: SIM905 - read as a list; PostgreSQL, appendix A
        "01 02 03 08 09 0A 0B 0F 0L 0P 0Z 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV P0 XX"
    ).split()
)
_SQLSTATE = regex(r"(?i:sql_?state)\W{0,6}([0-9A-Z]{5})\b")
_SQL_CODE = regex(r"(?:\b(?:ERROR|FATAL|PANIC): {1,2}|(?i:\b(?:pg_?errors?|pg_?code|error code|code))[\"']?\W{1,5})([0-9A-Z]{5})\b(?!\w)")
_TYPE = regex(r"\b[A-Za-z_]\w{2,100}")
_HTTP = (
    regex(
        r"(?i:\bHTTP/\d(?:\.\d)?\"?|\bstatus(?:[ _-]?code)?|\bhttp(?:[ _-]?(?:code|error|status))?"
        r"|\b(?:returned|responded|answered|response)(?: (?:with|code|status))?)"
        r"[\"']?\W{1,4}([1-5]\d\d)\b(?![.\d])"
    ),
    regex(r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) \S{1,200}[^\n]{0,60}? ([45]\d\d)\b"),
    regex(
        r"\b([45]\d\d):? (?i:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Conflict|Gone|Payload Too Large|Content Too Large"
        r"|Request Entity Too Large|Unsupported Media Type|Unprocessable|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway"
        r"|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Client Error|Server Error|Request Timeout|Precondition Failed)"
    ),
)
GRPC = (
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""In the order of their numbers, from 1."""
_GRPC = regex(r"\bStatusCode\.([A-Za-z_]{5,20})\b|\bcode ?= ?([A-Za-z_]{5,20})\b|\b(\d{1,2}) ([A-Z_]{5,20}):|\bstatus(?: code)?[ :=]{1,3}([A-Z_]{5,20})\b")
_BY_NAME = {**{name.replace("_", ""): name for name in GRPC}, "CANCELED": "CANCELLED"}
_READ = 20_000


class Codes:
    """The codes of one text, each kind read when it is asked for; values with the words they stand in."""

    def __init__(self, plain: str) -> None:
        self._plain = plain[:_READ]

    @cached_property
    def types(self) -> frozenset[str]:
        """Everything that may be the name of an error type, in lower case."""
        return frozenset(name.lower() for name in _TYPE.findall(self._plain))

    @cached_property
    def sqlstates(self) -> dict[str, str]:
        """State → the words that name it."""
        found = {match[1]: match.group() for match in _SQL_CODE.finditer(self._plain) if match[1][:2] in _SQLSTATE_CLASSES}
        return {**found, **{match[1].upper(): match.group() for match in _SQLSTATE.finditer(self._plain)}}

    @cached_property
    def http(self) -> dict[str, str]:
        """Status → the words that name it."""
        return {match[1]: match.group() for pattern in reversed(_HTTP) for match in pattern.finditer(self._plain)}

    @cached_property
    def grpc(self) -> dict[str, str]:
        """Status by its name → the words that name it."""
        found = {}
        lower = self._plain.lower()
        remote = "rpc" in lower or "statuscode." in lower
        for match in _GRPC.finditer(self._plain):
            name = _BY_NAME.get((match[1] or match[2] or match[4] or match[5] or "").replace("_", "").upper())
            numbered = match[3] is not None and name is not None and GRPC[int(match[3]) - 1 : int(match[3])] == (name,)
            if name and (numbered or remote):
                found[name] = match.group()
        return found


def codes(plain: str) -> Codes:
    """The codes of a text."""
    return Codes(plain)


def stands(code: str, plain: str) -> bool:
    """Whether a code stands in the text exactly so, not as a part of a longer word."""
    at = plain.find(code)
    while at >= 0:
        end = at + len(code)
        if not (at and _joins(plain[at - 1], code[0])) and not (end < len(plain) and _joins(plain[end], code[-1])):
            return True
        at = plain.find(code, at + 1)
    return False


def _joins(one: str, other: str) -> bool:
    return (one.isalnum() or one == "_") and (other.isalnum() or other == "_")
