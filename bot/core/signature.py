"""The name of an error: `<culprit>_<ErrorType>_<6 hex>`, the same for years, computed from the alert alone.

What counts is the culprit, the last part of the error type, the message with everything variable dropped, and the top
in-app frames by name. Line numbers, ids, times, hosts and counts do not:

| alert | signature |
|---|---|
| `ValidationError: insufficient leaf balance` in `transfer_handler` | `transfer_handler_ValidationError_e46fe8` |
| the same with `(needed 1500, had 1200)` | `transfer_handler_ValidationError_8afcba` |
| the same with `(needed 9, had 3)` | `transfer_handler_ValidationError_8afcba` |
| `TimeoutError: node 10.1.4.7:9735 did not answer in 30s` in `lightning_handler` | `lightning_handler_TimeoutError_a79900` |
| `TimeoutError: node ln-7.example.net did not answer in 5s` in `lightning_handler` | `lightning_handler_TimeoutError_a79900` |
"""

import hashlib
import re

from bot.model import Alert, Frame, Signature

VERSION = 1
MAX_NAME = 120
SHORTEST_HEX = 6
TOP_FRAMES = 3

# Order matters: what is longer and more particular goes first. Every quantifier is bounded.
_VARIABLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.ASCII), name)
    for pattern, name in (
        (r"\b[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>]{1,2000}", "<url>"),
        (r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", "<email>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>"),
        (r"\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?)?", "<time>"),
        (r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\b", "<time>"),
        (r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b", "<host>"),
        (r"\b(?:[a-z0-9-]{1,63}\.){1,6}(?:com|net|org|io|dev|local|internal|cloud|example|svc)(?::\d{1,5})?\b", "<host>"),
        (r"(?:/[\w.@+~-]{1,100}){2,20}", "<path>"),
        (r"-[a-z0-9]{8,10}-[a-z0-9]{5}\b", "-<pod>"),
        (r"\b0x[0-9a-f]{1,32}\b", "<id>"),
        (r"\b[0-7][0-9a-hjkmnp-tv-z]{25}\b", "<id>"),
        (r"\b(?=[0-9a-f]{0,64}\d)(?=[0-9a-f]{0,64}[a-f])[0-9a-f]{7,64}\b", "<id>"),
        (r"\b[a-z]{1,12}[-_](?=[\w-]{0,60}\d)[a-z0-9_-]{6,60}\b", "<id>"),
        (r"[-+]?\b\d(?:[\d.,_]{0,40}\d)?(?:\s?(?:%|(?:[nµum]?s|secs?|seconds?|min|minutes?|h|hours?|[kmgtp]?i?b|bytes?|x)\b))?", "<n>"),
    )
)
_MAX_MESSAGE = 4_000
_KEPT_MESSAGE = 300
_ROUNDS = 6


def of(alert: Alert) -> Signature:
    """The signature of one alert; `unknown` stands where it says nothing."""
    culprit = _part(alert.culprit or alert.service or "unknown", 60)
    error_type = _part(last_name(alert.error_type or "unknown"), 40)
    message = normalised(alert.message or "")
    frames = tuple(_frame_name(frame) for frame in alert.frames if frame.in_app)[-TOP_FRAMES:]
    key = "\n".join((f"v{VERSION}", culprit, error_type, message, *frames))
    fingerprint = hashlib.md5(key.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return Signature(name_of(culprit, error_type, fingerprint, SHORTEST_HEX), fingerprint, culprit, error_type, message, frames, VERSION)


def name_of(culprit: str, error_type: str, fingerprint: str, digits: int) -> str:
    """The file-safe name with that many hex digits of the fingerprint; more digits tell colliding names apart."""
    tail = f"_{fingerprint[:digits]}"
    return f"{culprit}_{error_type}"[: MAX_NAME - len(tail)] + tail


def normalised(message: str) -> str:
    """The words that tell problems apart, in lower case; what varies between occurrences is a placeholder. Idempotent."""
    text = message[:_MAX_MESSAGE].lower()
    # What one placeholder leaves beside it can become a match itself; a few rounds settle it.
    for _ in range(_ROUNDS):
        before = text
        for pattern, name in _VARIABLE:
            text = pattern.sub(name, text)
        if text == before:
            break
    words = " ".join(text.split())
    # Cut between words: half a placeholder would be a word of its own.
    return words if len(words) <= _KEPT_MESSAGE else words[: words.rfind(" ", 0, _KEPT_MESSAGE) if " " in words[:_KEPT_MESSAGE] else _KEPT_MESSAGE]


def readable(message: str) -> str:
    """A normalised message for people: what varies is an ellipsis."""
    return re.sub(r"<[a-z]{1,6}>", "…", message)


def last_name(error_type: str) -> str:
    """`django.core.exceptions.ValidationError` and `ValidationError` are one type."""
    return re.split(r"[.:\\]", error_type)[-1] or error_type


def _frame_name(frame: Frame) -> str:
    stem = (frame.module or (frame.file or "").replace("\\", "/").rpartition("/")[2]).split("?")[0]
    return f"{stem}:{frame.function}"


def _part(text: str, limit: int) -> str:
    # Two dots in a row are no part of a branch's name (git-check-ref-format), and look like a way out of the folder.
    safe = re.sub(r"(?:[^A-Za-z0-9.-]|\.{2,})+", "_", text[:400]).strip("._-")
    return safe[:limit].rstrip("._-") or "unknown"
