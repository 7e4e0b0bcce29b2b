"""The first algorithm of signatures, frozen: entries that bear its names are still found. Nothing here may ever change."""

import hashlib
import re

import msgspec

from bot.core.stacktrace import v1 as stacktrace_v1
from bot.model import Alert, Frame

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

_IN = re.compile(r"^\W{0,8}(?:in|at|from)\s{1,3}[`*_\"']{0,3}(?P<value>[a-z_]\w{2,79})(?:\(\))?", re.IGNORECASE)
# The first reader took any such word of the text, also one within the stack trace.
_NAMED = re.compile(
    r"\b(?P<value>[a-z]\w{0,60}_(?:handler|coordinator|controller|worker|job|task|consumer|processor)|[A-Z]\w{1,60}(?:Handler|Controller|Worker|Consumer|Processor))\b"
)


def names(alert: Alert) -> tuple[str, ...]:
    """Fingerprint (`v1:` and 32 hex digits) and name, in turn, that the first algorithm gave this alert.

    More than one pair where the alert's trace is read otherwise today: the text is read once more as it was then.
    """
    readings = [alert, *_as_read_then(alert)]
    return tuple(dict.fromkeys(word for reading in readings for word in _names(reading)))


def _as_read_then(alert: Alert) -> list[Alert]:
    trace = stacktrace_v1.read(alert.text.replace("```", "\n")) if alert.frames else stacktrace_v1.Trace()
    # A message may speak of several errors: the trace must be this one's.
    if not trace.frames or _last(trace.error_type or "") != _last(alert.error_type or ""):
        return []
    own = [frame for frame in trace.frames if frame.in_app] or list(trace.frames)
    stem = (own[-1].file or "").replace("\\", "/").rpartition("/")[2].partition(".")[0]
    named = _NAMED.search(alert.text)
    culprits = dict.fromkeys((alert.culprit, stem or own[-1].module or own[-1].function, _said(alert), named["value"] if named else alert.culprit))
    messages = (trace.message or alert.message, trace.message)
    return [msgspec.structs.replace(alert, frames=trace.frames, message=message, culprit=culprit) for culprit in culprits for message in messages]


def _said(alert: Alert) -> str | None:
    """The word that the first reader took for the culprit right after the type: `in transfer_handler`, but `at com` of a frame too."""
    starts = (match.end() for match in re.finditer(re.escape(alert.error_type or "\0"), alert.text))
    found = (_IN.match(alert.text[start : start + 200]) for start in starts)
    return next((match["value"] for match in found if match), alert.culprit)


def _names(alert: Alert) -> tuple[str, str]:
    culprit = _part(alert.culprit or alert.service or "unknown", 60)
    error_type = _part(_last(alert.error_type or "unknown"), 40)
    frames = tuple(_frame_name(frame) for frame in alert.frames if frame.in_app)[-3:]
    key = "\n".join(("v1", culprit, error_type, _normalised(alert.message or ""), *frames))
    digest = hashlib.md5(key.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return f"v1:{digest}", f"{culprit}_{error_type}_{digest[:6]}"


def _last(error_type: str) -> str:
    return re.split(r"[.:\\]", error_type)[-1] or error_type


def _normalised(message: str) -> str:
    text = message[:4_000].lower()
    for _ in range(6):
        before = text
        for pattern, name in _VARIABLE:
            text = pattern.sub(name, text)
        if text == before:
            break
    words = " ".join(text.split())
    return words if len(words) <= 300 else words[: words.rfind(" ", 0, 300) if " " in words[:300] else 300]


def _frame_name(frame: Frame) -> str:
    stem = (frame.module or (frame.file or "").replace("\\", "/").rpartition("/")[2]).split("?")[0]
    return f"{stem}:{frame.function}"


def _part(text: str, limit: int) -> str:
    safe = re.sub(r"(?:[^A-Za-z0-9.-]|\.{2,})+", "_", text[:400]).strip("._-")
    return safe[:limit].rstrip("._-") or "unknown"
