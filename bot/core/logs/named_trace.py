"""The trace that a text names, in words (`trace_id=…`) or between the brackets of Spring's log patterns."""

import re
from typing import NamedTuple

from bot.core.logs.trace_id import is_trace_id
from bot.regex import regex

_WORD = regex(r"\btrace[_.-]?id[\"']?\s?[=:]\s?[\"']?([\w-]{8,64})", re.IGNORECASE | re.ASCII)
_SPAN = "(?P<span>[0-9a-f]{16})"
# Sleuth's and Micrometer's `[service,trace,span]`, before Sleuth 3 with `,true` (exported) behind it; empty where there is no trace.
_SLEUTH = regex(rf"\[(?P<service>[\w.-]{{0,80}}), ?(?P<trace>[0-9a-f]{{32}}|[0-9a-f]{{16}}), ?{_SPAN}(?:, ?(?:true|false)?)?\]", re.ASCII)
# Spring Boot's own since 3.2, behind the process: `1 --- [service] [thread] [trace-span] `; an application without a name leaves the first out.
_BOOT = regex(
    r" --- (?:\[(?P<service>[\w.-]{1,80})\] )?\[ {0,40}(?![0-9a-f]{32}-)[^\[\] \n][^\[\]\n]{0,80}\]"
    rf"(?: \[(?P<trace>[0-9a-f]{{32}})-{_SPAN}\])?",
    re.ASCII,
)
# As older patterns of one's own write it.
_PAIR = regex(rf"\[(?P<service>)(?P<trace>[0-9a-f]{{32}})-{_SPAN}\]", re.ASCII)
_HEAD = 400
"""They stand near the beginning."""


class NamedTrace(NamedTuple):
    """What a text says of the request it belongs to; empty where it says nothing."""

    trace_id: str | None = None
    span_id: str | None = None
    service: str = ""


def named_trace(text: str) -> NamedTrace:
    """Of a line or a message. Most name none: looking for a character is far cheaper than for a pattern."""
    head = text[:_HEAD]
    found = _at_head(head) if "[" in head else NamedTrace()
    if found.trace_id is None and ("trace" in text or "Trace" in text or "TRACE" in text) and (word := _WORD.search(text)) and is_trace_id(word[1]):
        return found._replace(trace_id=word[1])
    return found


def bracketed(text: str) -> list[str]:
    """Every trace id between Spring's brackets, wherever in a text."""
    return [match["trace"] for pattern in (_SLEUTH, _PAIR) for match in pattern.finditer(text) if is_trace_id(match["trace"])]


def _at_head(head: str) -> NamedTrace:
    match = (_SLEUTH.search(head) if "," in head else None) or (_BOOT.search(head) if " --- [" in head else None) or _PAIR.search(head)
    if match is None:
        return NamedTrace()
    trace, span = (one if one and is_trace_id(one) else None for one in (match["trace"], match["span"]))
    return NamedTrace(trace, span, (match["service"] or "").strip("-"))
