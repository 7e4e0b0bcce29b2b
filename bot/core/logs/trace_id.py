"""One trace under the ids that W3C, X-Ray, B3, Datadog and UUIDs write for it: what is searched in one system was logged by another."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from bot.model import LogEvent
from bot.regex import regex

_TRACE_ID = regex(r"[\w:.=/+-]{4,128}", re.ASCII)
_XRAY = regex(r"1-(?P<time>[0-9a-f]{8})-(?P<rest>[0-9a-f]{24})")
_UUID = regex(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEXADECIMAL = regex(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{16}")
_DECIMAL = regex(r"[1-9][0-9]{16,19}")
_SHORT = 16
"""Hexadecimal digits of 64 bits: all of a short id of B3, and the part of a long one that Datadog writes as a decimal number."""


def is_trace_id(text: str) -> bool:
    """Whether this can be a trace id: W3C's all-zero id is none."""
    return _TRACE_ID.fullmatch(text) is not None and text.strip("0-") != ""


def spellings(trace_id: str) -> tuple[str, ...]:
    """The id as it is, then as other systems write the same one.

    | `1-5759e988-bd862e3fe1be46a994272793`  | also `5759e988bd862e3fe1be46a994272793`, `16266516598257821587`     |
    |----------------------------------------|---------------------------------------------------------------------|
    | `4BF92F3577B34DA6A3CE929D0E0E4736`     | lower case, X-Ray's, a UUID, the decimal number of its last 64 bits |
    | `4bf92f35-77b3-4da6-a3ce-929d0e0e4736` | the same                                                            |
    | `11803532876627986230`                 | `a3ce929d0e0e4736`, and that after 16 zeros                         |
    | any other, such as a word              | itself alone                                                        |

    The last spelling is one and the same for all that are spelt alike.
    """
    if match := _XRAY.fullmatch(trace_id):
        digits = match["time"] + match["rest"]
    elif _HEXADECIMAL.fullmatch(trace_id) or _UUID.fullmatch(trace_id):
        digits = trace_id.lower().replace("-", "")
    elif _DECIMAL.fullmatch(trace_id) and int(trace_id) < 1 << 64:
        digits = f"{int(trace_id):016x}"
    else:
        return (trace_id,)
    short = digits[-_SHORT:]
    if len(digits) == _SHORT:
        others = [digits, f"{'0' * _SHORT}{digits}"]
    elif digits.startswith("0" * _SHORT):
        others = [digits, short]
    else:
        others = [digits, f"1-{digits[:8]}-{digits[8:]}", "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))]
    return tuple(dict.fromkeys((trace_id, *others, str(int(short, 16)))))


def every(trace_ids: Iterable[str]) -> tuple[str, ...]:
    """All spellings of some ids: first the ids themselves, so that what is cut off are the others."""
    spelt = [spellings(one) for one in trace_ids]
    return tuple(dict.fromkeys((*(one[0] for one in spelt), *(other for one in spelt for other in one[1:]))))


def unified(events: Sequence[LogEvent], trace_ids: Iterable[str]) -> tuple[LogEvent, ...]:
    """The events, those of these traces under the id that stands there, so that two sources speak of one trace."""
    known: dict[str, str] = {}
    for one in trace_ids:
        for spelling in spellings(one):
            known.setdefault(spelling, one)
    return tuple(_called(event, known.get(event.trace_id or "", event.trace_id)) for event in events)


def _called(event: LogEvent, trace_id: str | None) -> LogEvent:
    return event if event.trace_id == trace_id else msgspec.structs.replace(event, trace_id=trace_id)
