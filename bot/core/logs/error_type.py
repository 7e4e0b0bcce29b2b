"""The type of an error, read from its stack or from what it says, where no field names it."""

import re

from bot.core.logs.stack_lines import is_detail
from bot.core.stacktrace import stacktrace
from bot.regex import regex

LONGEST_STACK = 40_000
"""Of a longer stack both ends are read, half of this each."""
_LOOSE_HEAD = regex(r"(?P<type>(?:[A-Za-z_]\w{0,80}(?:\.|::)){0,10}[A-Z]\w{1,80})(?::\s|\s{0,5}$)")
_BEAM_HEAD = regex(r"^\*\* \((?P<type>[A-Z][\w.]{0,120})\) ", re.MULTILINE)
"""Elixir's, whose reports go on below it with the state of the process."""
_CAUSE = regex(r"^(?:Caused by: ?|Uncaught |Unhandled |Exception in thread \"[^\"\n]{0,200}\" )")


def of_stack(stack: str) -> str | None:
    """The type in the last line that reads `Type: message`: of a chain, what was finally raised or first caused."""
    # Python names the type below its frames, the JVM above them.
    ends = stack if len(stack) <= LONGEST_STACK else f"{stack[: LONGEST_STACK // 2]}\n{stack[-LONGEST_STACK // 2 :].partition(chr(10))[2]}"
    near = ends.splitlines()
    near = near if len(near) <= 400 else near[:200] + near[-200:]
    lines = [line for line in near if line[:1] not in (" ", "\t", "") and not stacktrace.is_frame(line) and not is_detail(line)]
    for line in reversed(lines):
        if match := stacktrace.HEAD.match(_CAUSE.sub("", line[:400])):
            return match["type"]
    if match := _BEAM_HEAD.search(ends):
        return match["type"]
    loose = (_LOOSE_HEAD.match(_CAUSE.sub("", line[:400])) for line in reversed(lines))
    return next((match["type"] for match in loose if match), None) if len(lines) < len(stack.splitlines()) else None


def of_own_text(error: str) -> str:
    """The type that an error's own text begins with; where nothing but its packages tells that it is one, these must be there."""
    loose = _LOOSE_HEAD.match(error[:400])
    return at_start(error) or (loose["type"] if loose and ("." in loose["type"] or "::" in loose["type"]) else "")


def at_start(message: str) -> str | None:
    """The type that a message begins with."""
    match = stacktrace.HEAD.match(_CAUSE.sub("", message.lstrip()[:400]))
    # "Error while charging", "Exception in ASGI application": a word of the sentence.
    if match is None or (match["type"] in ("Error", "Exception") and match["message"] is None and match.string[match.end("type") :].strip()[:1].isalpha()):
        return None
    return match["type"]
