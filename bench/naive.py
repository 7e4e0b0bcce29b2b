"""What one writes first: the same functions as in `bench.subjects`, in a few lines each, measured beside ours in the same run."""

import hashlib
import re

_VALUE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|0x[0-9a-f]+|\b[0-9a-f]{12,}\b|\d+(?:\.\d+)*|\"[^\"]*\"|'[^']*'", re.IGNORECASE)
_FRAME = re.compile(r"^\s*(?:at |File )(\S+)", re.MULTILINE)
_LIBRARY = re.compile(r"^(?:java|javax|sun|jdk|org\.junit|junit)\.")
_SECRET = re.compile(r"(?i)((?:password|passwd|secret|token|api[_-]?key|authorization)\"?\s*[=:]\s*\"?)(\S+)|\b(?:AKIA|ghp_|sk_live_|xox[bp]-)\S+|\S+@\S+\.\w+")
_WRITES = re.compile(r"\b(?:insert|update|delete|drop|alter|create|truncate|grant|copy|pg_sleep|pg_read_file|dblink)\b", re.IGNORECASE)
_ERROR = re.compile(r"\b(?:ERROR|FATAL|SEVERE|CRITICAL)\b")


def message_keys(messages: list[str]) -> list[str]:
    """Values become one placeholder, by one regular expression."""
    return [_VALUE.sub("<*>", message) for message in messages]


def group_keys(messages: list[str]) -> list[str]:
    """The first fifty letters of a line."""
    return [hashlib.md5(re.sub("[^a-z]", "", message.lower())[:50].encode(), usedforsecurity=False).hexdigest() for message in messages]


def trace_keys(traces: list[str]) -> list[str]:
    """The first line without its values, and the functions of the first five frames."""
    return [f"{_VALUE.sub('<*>', trace.strip().partition(chr(10))[0])} {_FRAME.findall(trace)[:5]}" for trace in traces]


def rank_frames(stack: str) -> list[str]:
    """The classes of the trace as it has them, without the runtime's own."""
    names = (frame.partition("(")[0].rpartition(".")[0] for frame in _FRAME.findall(stack))
    return list(dict.fromkeys(name for name in names if not _LIBRARY.match(name)))


def rank_evidence(alert: str, lines: list[str], trace_ids: list[str | None]) -> list[int]:  # noqa: ARG001  as the scorer asks
    """The lines of errors, the last first."""
    return [number for number in range(len(lines) - 1, -1, -1) if _ERROR.search(lines[number])]


def redact(text: str) -> str:
    """Values behind telling keys, four well-known prefixes, e-mail addresses."""
    return _SECRET.sub(r"\1[secret]", text)


def sql_allowed(sql_text: str) -> bool:
    """Begins with SELECT, names nothing that writes, is one statement, has a LIMIT."""
    told = sql_text.strip().rstrip(";")
    return told.lower().startswith("select") and ";" not in told and "limit" in told.lower() and not _WRITES.search(told)
