"""An event that the next lines may go on with: a stack trace joined to the line that it belongs to, however the lines came."""

import re
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

import msgspec

from bot.core.logs.carrier import Carried
from bot.core.logs.document import ERROR_LEVELS, MAX_TEXT, assembled
from bot.core.logs.line import told_level
from bot.core.logs.stack_lines import PANICS, StackLines, kind_of
from bot.core.logs.stamp import WORDS
from bot.core.stacktrace import stacktrace
from bot.model import LogEvent
from bot.regex import regex

Item = TypeVar("Item")

_CONTINUATION_LINES = 400
_TAG = regex(r"(?:\[[\w.:-]{4,64}\](?: |$)){1,4}")
"""What Rails puts before each line of a request, the further lines of a message among them."""
_SENT = regex(r"(?:\d{1,3}\|)?[\w./-]{1,80} {0,40}\| |\[(?:pod/)?[\w.-]{1,120}/[\w.-]{1,80}\] ")
"""What docker compose, pm2 and kubectl put before each line."""
_CONTEXT = regex(rf"(?:[a-z]{{2,20}}=[\w.:-]{{1,80}} ){{2,8}}(?:{WORDS}): ")
"""What Sidekiq puts before each line of a job: its backtrace is a line of its own, behind the one that names the error."""
_DUMPED = regex(r"\[object\] \((?P<type>[A-Za-z_][\w\\]{1,160})\(code: ")
"""An exception within the context of Monolog, as PHP prints it: its traces follow on lines of their own, backslashes twice."""
OF_ONE_TRACE, _OF_ONE_FAILURE, _AT_ONCE = timedelta(seconds=1), timedelta(milliseconds=100), timedelta(milliseconds=5)
"""How far apart the carried times of two lines may be: within a trace, of a trace and the line that introduces it, of a message of several lines."""
_FAILURE_WORDS = r"error|exception|fail|fatal|panic|unhandled|uncaught|never retrieved|crash|abort"
_FAILURE = regex(_FAILURE_WORDS, re.IGNORECASE)
_DENIED = regex(
    rf"(?<![\w.,])(?:no|not|without|zero|0) (?:\w{{1,20}} )?(?:{_FAILURE_WORDS})\w{{0,12}}"
    rf"|\b\w{{0,20}}(?:{_FAILURE_WORDS})\w{{0,12}}[\"']?[=:] ?[\"']?(?:0|no|none|null|nil|false)(?![\w.])",
    re.IGNORECASE,
)
"""A count of nothing: `0 errors`, `without any errors`, `failed=0`, `"error": null`."""


class FirstLine(NamedTuple):
    """The line that an event begins with: what it says, that with the time and prefix of its program, and all of it, as its carrier wrote it."""

    own: str
    written: str = ""
    carried: str = ""


class OpenEvent(Generic[Item]):
    """The event that the next lines may continue, and what was `wanted` of its first line.

    `by_default`: its level is what its carrier gives any line. An `Item` is what the reader of the lines knows a line by.
    """

    def __init__(self, event: LogEvent, flag: int, first: FirstLine, time: datetime | None, *, structured: bool, by_default: bool = False) -> None:
        self.event, self.flag, self.first = event, flag, first
        self.structured, self._by_default = structured, by_default
        self.lines: list[str] = []
        self.held: list[tuple[Carried, Item]] = []
        """Lines that are its message's if more of its trace follows at once, else events of their own."""
        self.time = time
        """Its last line's, where each line has one; None where they have none."""
        self._size = 0
        sent = _SENT.match(first.carried)
        tag = _TAG.match(event.message) if sent is None else None
        self._tag = sent[0] if sent else f"{tag[0].rstrip()} " if tag else ""
        self._stack = StackLines()
        own = first.own
        context = _CONTEXT.match(own)
        self._context = context[0] if context and not structured else ""
        self._own = own if not structured and self._stack.begin(own.partition("\n")[0]) else ""
        if "\n" in own and not structured:
            for further in own[:MAX_TEXT].split("\n", _CONTINUATION_LINES)[1:]:
                self._stack.takes(further, lambda _: True)
        if self._stack.kind in PANICS and not event.level:
            self.event = msgspec.structs.replace(event, level="PANIC")

    def takes(self, line: str) -> bool:
        """Any line without a time continues a plain line; only what looks like a stack continues a JSON document. A panic is an event of its own."""
        line = self._untagged(line)
        if self._stack.is_ended_by(line) or (not self._stack.kind and kind_of(line) in PANICS and not self._introduces(line)):
            return False
        return self._stack.takes(line, lambda _: True) or not self.structured

    def takes_carried(self, line: Carried) -> bool:
        """Of lines that each have a time: what goes on with the trace, or begins the one that this event introduces, in the same moment."""
        if self.time is None or line.time is None or "\n" in line.text:
            return False
        if self._context and line.text.startswith(self._context):
            trace = line.text.removeprefix(self._context)
            return stacktrace.is_frame(trace) and self._is_at_once(line) and self._stack.takes(trace, lambda _: True)
        if self._stack.is_ended_by(line.text):
            return False
        if abs(line.time - self.time) > (OF_ONE_TRACE if self._stack.kind or self._is_coarse(line.time) else _OF_ONE_FAILURE):
            return False
        return self._stack.takes(line.text, self._introduces)

    def add_carried(self, line: Carried) -> None:
        """With the lines that were held for it, where it was written at once with them."""
        if self.held and self._is_at_once(line):
            for each, _ in self.held:
                self.add(each.text)
            self.held = []
        self.add(line.text.removeprefix(self._context), line.time)

    def holds(self, line: Carried, item: Item) -> bool:
        """Whether the line may be one more of the message; it is held until the next tells."""
        if "\n" in line.text or not self._is_at_once(line) or not self._stack.may_take(line.text):
            return False
        self.held.append((line, item))
        self.time = line.time
        return True

    def _is_at_once(self, line: Carried) -> bool:
        if self.time is None or line.time is None:
            return False
        return abs(line.time - self.time) <= (OF_ONE_TRACE if self._is_coarse(line.time) else _AT_ONCE)

    def _is_coarse(self, time: datetime) -> bool:
        """Syslog's times are whole seconds."""
        return self.time is not None and not (self.time.microsecond or time.microsecond)

    def _introduces(self, line: str) -> bool:
        """Whether a trace that begins right behind it can belong to it: it tells of a failure itself."""
        level = "" if self._by_default else self.event.level
        if level == "WARN":
            return kind_of(line) not in PANICS
        if level:
            return level in ERROR_LEVELS or self.event.error_type is not None
        return _FAILURE.search(_DENIED.sub("", self.event.message[:400])) is not None

    def add(self, line: str, time: datetime | None = None) -> None:
        """Put a line that was taken to the event, as far as an event may grow."""
        self.time = time
        line = self._untagged(line)
        if len(self.lines) < _CONTINUATION_LINES and self._size < MAX_TEXT:
            self.lines.append(line[:2000])
            self._size += len(line)

    def _untagged(self, line: str) -> str:
        return line.removeprefix(self._tag) if self._tag else line

    def closed(self) -> tuple[LogEvent, int]:
        """The event with all that it took, and its flag."""
        if not self.lines:
            return self.event, self.flag
        event, text = self.event, "\n".join(self.lines)
        if self._tag and event.message == self._tag.rstrip():
            event = msgspec.structs.replace(event, message=next(filter(str.strip, self.lines), event.message))
        if not event.level:
            event = msgspec.structs.replace(event, level=told_level(self.lines[0]))
        elif self._by_default and self._stack.kind and event.level not in ERROR_LEVELS:
            event = msgspec.structs.replace(event, level="ERROR")
        if self._stack.kind == "group" and self._stack.raised and event.error_type is None:
            event = msgspec.structs.replace(event, error_type=self._stack.raised.partition(":")[0])
        if self._stack.is_stack or any(stacktrace.is_frame(line) or line.startswith("Traceback (most recent") for line in self.lines):
            if self._own:
                return assembled(self._headed(event, text)), self.flag
            if self.lines[0] == "[stacktrace]" and (dumped := _DUMPED.search(event.message)):
                return assembled(_with_dumped(event, dumped, text)), self.flag
            head = f"{event.message}\n" if stacktrace.is_frame(self.lines[0]) else ""
            return assembled(msgspec.structs.replace(event, stack=f"{event.stack}\n{head}{text}" if event.stack else head + text)), self.flag
        return assembled(msgspec.structs.replace(event, message=f"{self.event.message}\n{text}")), self.flag

    def _headed(self, event: LogEvent, text: str) -> LogEvent:
        """Of a trace without a line that introduces it: what names the error is its message, and its first line is one of the stack."""
        known = event.error_type if self._stack.kind == "group" else None
        return msgspec.structs.replace(event, message=self._stack.raised or event.message, stack=f"{self._own}\n{text}", error_type=known)


def _with_dumped(event: LogEvent, dumped: re.Match[str], text: str) -> LogEvent:
    stack = f"{event.message[dumped.start() :]}\n{text}".replace("\\\\", "\\")
    return msgspec.structs.replace(event, error_type=dumped["type"].replace("\\\\", "\\"), stack=stack)
