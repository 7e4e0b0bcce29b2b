"""Why an error has its name: what counted for it, what did not, and what the knowledge folder holds beside it."""

import re
from typing import Literal

from bot.core.alert import alert_traces
from bot.core.alert.alert_parts import unfenced
from bot.core.entry.library import Library
from bot.core.signature import signature as signatures
from bot.core.signature.counted_frames import Verdict, weighed
from bot.core.signature.frame_name import plain, stem
from bot.core.signature.normalization import dropped
from bot.core.stacktrace import stacktrace
from bot.model import Alert, Frame, PastEntry, Record, Signature
from bot.regex import regex

_SOURCE_LINE = regex(r"\s{4}")


class CountedFrame(Record, frozen=True):
    """A frame with the name it goes by, and whether it counts for the signature."""

    name: str
    function: str
    place: str
    verdict: Verdict


class Origin(Record, frozen=True):
    """Where the culprit was read: `quote` is the line of the text, or the frame's place."""

    of: Literal["text", "frame", "service", "nothing"]
    quote: str = ""


class Alike(Record, frozen=True):
    """An entry of the knowledge folder, and what it shares with the error; nothing is shared by accident where it is the same."""

    entry: PastEntry
    same_type: bool = False
    same_culprit: bool = False
    words: tuple[str, ...] = ()


class Account(Record, frozen=True):
    """The signature of one error with its reasons. `name` is what the error is called here, `fingerprint` the digest with its version.

    `chain` goes from the wrapper to the first cause; `dropped` holds what a placeholder stands for: (text, kind); `frames` have the
    failing one last; `aliases` are the other names by which it is found.
    """

    name: str
    fingerprint: str
    signature: Signature
    culprit_origin: Origin
    full_type: str = ""
    message: str = ""
    chain: tuple[tuple[str, str], ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    frames: tuple[CountedFrame, ...] = ()
    near: tuple[Alike, ...] = ()


def account(alert: Alert, library: Library) -> Account:
    """The whole account of one alert."""
    signature = signatures.of(alert)
    found = library.neighbours(signature, alert)
    return Account(
        name=library.name_for(signature),
        fingerprint=signatures.fingerprint(signature),
        signature=signature,
        culprit_origin=_origin(alert),
        full_type=alert.error_type or "",
        message=alert.message or "",
        chain=_chain(alert),
        dropped=dropped(alert.message or ""),
        frames=_frames(alert.frames),
        near=tuple(Alike(one.past, *(one.likeness[1:] if one.likeness else ())) for one in found),
    )


def _chain(alert: Alert) -> tuple[tuple[str, str], ...]:
    """The chain of the trace that is this error's: a text may speak of several."""
    lines, blocks = _traces(alert.text)
    traces = (stacktrace.read(text) for text in (*("\n".join(lines[n] for n in block) for block in blocks), alert.text))
    chain = next((trace.chain for trace in traces if len(trace.chain) > 1 and any(link.error_type == alert.error_type for link in trace.chain)), ())
    return tuple((link.error_type or "", link.message or "") for link in chain)


def _traces(text: str) -> tuple[list[str], tuple[range, ...]]:
    lines = alert_traces.folded(unfenced(text).splitlines())
    return lines, alert_traces.blocks(lines)


def _frames(frames: tuple[Frame, ...]) -> tuple[CountedFrame, ...]:
    told = [CountedFrame(one.name, one.frame.function, _place(one.frame), one.verdict) for one in weighed(frames)]
    return tuple(reversed(told))


def _origin(alert: Alert) -> Origin:
    if not alert.culprit:
        return Origin("service", alert.service) if alert.service else Origin("nothing")
    word = re.compile(rf"(?<!\w){re.escape(alert.culprit[:200])}(?!\w)")
    lines, blocks = _traces(alert.text)
    inside = {number for block in blocks for number in block}
    said = [(number, line) for number, line in enumerate(lines) if word.search(line[:2_000]) and not _SOURCE_LINE.match(line)]
    named = [frame for frame in reversed(alert.frames) if alert.culprit in _names(frame)]
    outside = next((line for number, line in said if number not in inside), None)
    if outside is None and named:
        return Origin("frame", _place(named[0]) or named[0].function)
    return Origin("text", (outside or next((line for _, line in said), "")).strip())


def _names(frame: Frame) -> set[str]:
    module = frame.module or ""
    return {frame.function, plain(frame.function), module, re.split(r"[./:\\]", module)[-1], stem(frame.file or ""), (frame.file or "")}


def _place(frame: Frame) -> str:
    file = frame.file or frame.module or ""
    return f"{file}:{frame.line}" if frame.line else file
