"""Which lines make one stack trace, told line by line: what begins it, what goes on with it, and what names the error below it.

Where each line has a time of its own, nothing but the lines themselves tells that they belong together.
"""

from collections.abc import Callable

from bot.core.logs.stamp import WORDS
from bot.core.stacktrace import stacktrace
from bot.regex import regex

# Every quantifier is bounded, and no more of a line is looked at than this.
_LOOKED_AT = 400
_BEGINNING = regex(
    r"(?P<python>Traceback \(most recent call last\))|(?P<group>\s{0,40}\+ Exception Group Traceback)"
    r"|(?P<go>panic: |fatal error: |goroutine \d{1,10} (?:gp=|m=|\[)|SIG[A-Z]{2,8}: )"
    r"|(?P<rust>thread '[^'\n]{0,100}' (?:\(\d{1,12}\) )?panicked at )"
    r"|(?P<node>(?:/|[A-Za-z]:\\|file://|node:)[^\s:]{1,300}:\d{1,7}$)"
    r"|(?P<other>Exception in thread |Uncaught |Unhandled [Ee]xception\b|Caused by: |\*\* \([A-Z]|(?:PHP )?(?:(?:Recoverable f|F)atal|Parse) error: {1,3}[A-Z])"
)
# Of a type without a telling end only the packages tell that it is one.
_IN_PACKAGES = regex(r"(?:[a-z_][\w$]{0,80}\.){2,12}[A-Z][\w$]{0,120}(?::\s|:?$)")
_PYTHON_LINKS = ("During handling of the above exception", "The above exception was the direct cause")
_PYTHON_RAISED = regex(r"[A-Za-z_][\w.]{0,200}(?::(?:\s|$)|\s{0,4}$)")
_GROUP_RAISED = regex(r"\s{1,40}\| (?P<raised>[A-Za-z_][\w.]{0,200}: [^\n]{1,2000})")
_GO_MORE = regex(r"goroutine |created by |\[signal |exit status \d|runtime stack:|\.\.\.|PC=0x|[a-z][a-z0-9]{1,7} {1,8}0x[0-9a-f]{1,16}$")
_MORE = regex(
    r"[Cc]aused [Bb]y: |Suppressed: |Wrapped by: |\.\.\. \d{1,7} (?:more|common)|--- |---> |\[cause\]: |\}|Next [\w\\]{1,200}: |#\d{1,5} "
    r"|[Ss]tack (?:back)?trace:|from |note: |Node\.js v\d"
)
_OWN_BEGINNING = regex(
    rf"\s{{0,2}}[\[<(\"]?(?:(?:{WORDS})(?![\w.])|(?:{WORDS.lower()})(?=[:\]])|(?:level|lvl|time|ts)=|\{{|\d{{4}}[-/.]\d\d[-/.]\d\d|[IWEF]\d{{4}} \d\d:"
    r"|(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|undefined)\t)"
)
"""The last: the request of Lambda's runtime for Node.js, `undefined` where there is none."""
# What a database and its driver say below the error.
_DETAILS = regex(r"(?:DETAIL|HINT|CONTEXT|QUERY|WHERE|LINE \d{1,7}): |\[SQL: |\[parameters: |\(Background on this error at: ")
_LOG_FORM = regex(
    rf"[^\n]{{0,60}}?(?:(?<![\w.])(?:{WORDS})(?![\w.])|[\[|] ?(?:{WORDS.lower()}) ?[\]|]|\b(?:level|lvl|severity)=|\d\d:\d\d:\d\d|\"[A-Z]{{3,7}} [/*h])"
)
"""A level, a clock or a request near the beginning: a line that a logger wrote."""
_PANIC_WORDS = ("panic: ", "fatal error: ", "SIG", "thread '")
_MOST_SAID = 8
"""So many lines of a message of several are waited for."""
PANICS = ("go", "rust")
_TIMELESS = regex(r"(?:TRACE:    |DEBUG:    |INFO:     |WARNING:  |ERROR:    |CRITICAL: )\S|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[A-Za-z_][\w.]{0,100}:\S")
"""As uvicorn writes its lines (the level filled up to ten characters), and Python's `logging.basicConfig` (level, logger, message)."""


def kind_of(line: str) -> str:
    """How a trace that begins with this line is written (`python`, `group`, `go`, `rust`, `node`, `other`); "" when none does."""
    if match := _BEGINNING.match(line[:_LOOKED_AT]):
        return match.lastgroup or ""
    first = line[:_LOOKED_AT].partition(" ")[0]
    if first[-1:] != ":" and len(first) != len(line) and line[len(first) + 1 : len(first) + 2] not in ("[", "("):
        return ""
    if (head := stacktrace.HEAD.match(line[:_LOOKED_AT])) and line[head.end("type") : head.end("type") + 2] in ("", ":", ": ", " [", " ("):
        return "other"
    return "other" if _IN_PACKAGES.match(first) else ""


def is_inside(line: str) -> bool:
    """Whether a line can stand in a trace only, and does not begin one."""
    return not kind_of(line) and (stacktrace.is_frame(line) or (line[:1] in (" ", "\t") and line.lstrip().startswith(("... ", "Suppressed: "))))


def is_timeless(line: str) -> bool:
    """Whether a line is one of a logger that writes no times: an event of its own."""
    return _TIMELESS.match(line) is not None


def is_panic(line: str) -> bool:
    """Whether a line tells of a panic; goroutines are listed without one, too."""
    return line.startswith(_PANIC_WORDS) and kind_of(line) in PANICS


def is_detail(line: str) -> bool:
    """Whether a line is what a database or its driver says below the error."""
    return _DETAILS.match(line) is not None


class StackLines:
    """The trace that an event's lines make as far as they came. `kind` is "" before it begins; `raised` names the error where it stands below."""

    def __init__(self) -> None:
        self.kind = self.raised = ""
        self._framed = self._linked = False
        self._said = 0

    @property
    def is_stack(self) -> bool:
        """Whether it is surely one, though none of its lines were a frame that is known."""
        return self.kind in ("python", "group")

    def begin(self, line: str) -> bool:
        """Whether a trace begins with the event's own line."""
        framed = stacktrace.is_frame(line)
        self.kind = kind_of(line) or ("other" if framed else "")
        self._framed = framed or line.startswith("goroutine ")
        # Rust puts what was said below the place.
        self._linked = self.kind == "rust" and line.endswith(":")
        return self.kind != ""

    def is_ended_by(self, line: str) -> bool:
        """Whether the line begins a panic, which is never a part of what stood before it."""
        if not is_panic(line):
            return False
        if self.kind == "rust" and self._linked and not self.raised:
            return line.startswith("thread '")
        return self.kind != "go" or not self._go(line)

    def takes(self, line: str, introduces: Callable[[str], bool]) -> bool:
        """Whether the line goes on with the trace, or begins it, where the event `introduces` what this line begins."""
        if not line.strip():
            return True
        near = line[:_LOOKED_AT]
        if not self.kind:
            return self._begun(near, introduces)
        if near[0] in " \t":
            if self.kind == "group" and not self.raised and (match := _GROUP_RAISED.match(line)):
                self.raised = match["raised"]
            self._framed = self._framed or not self.raised
            # Go tells by a tab of a panic that was recovered and raised again.
            return _OWN_BEGINNING.match(near) is None or (self.kind == "go" and near.startswith("\tpanic: "))
        return self._python(near) if self.kind == "python" else self._go(line) if self.kind == "go" else self._other(near)

    def may_take(self, line: str) -> bool:
        """Whether a line that was written in the same moment may be one more of the message, which only what follows tells.

        A message ends where frames begin; Python's stands below them.
        """
        is_open = self.raised != "" if self.kind == "python" else self.kind != "" and not self._framed
        near = line[:_LOOKED_AT]
        if not is_open or self._said >= _MOST_SAID or kind_of(near) or _OWN_BEGINNING.match(near) or _LOG_FORM.match(near):
            return False
        self._said += 1
        return True

    def _begun(self, line: str, introduces: Callable[[str], bool]) -> bool:
        begins = self.begin(line)
        if not begins and (_OWN_BEGINNING.match(line) if line[0] in " \t" else not _MORE.match(line)):
            return False
        if not introduces(line):
            self.kind = ""
            return False
        if not begins and line[0] not in " \t":
            self.kind, self._framed = "other", True
        return True

    def _python(self, line: str) -> bool:
        if line.startswith(_PYTHON_LINKS):
            self._linked = True
            return True
        if line.startswith("Traceback"):
            goes_on = self._linked or not self._framed
            if goes_on:
                self.raised, self._framed, self._linked, self._said = "", False, False, 0
            return goes_on
        if self.raised and is_detail(line):
            return True
        if self._framed and not self.raised and _PYTHON_RAISED.match(line) and _OWN_BEGINNING.match(line) is None:
            self.raised = line
            return True
        return False

    def _go(self, line: str) -> bool:
        if line.startswith(("panic: ", "fatal error: ", "SIG")):
            return not self._framed and not line.startswith("panic: ")
        # A function with its arguments: `store.(*Store).Credit(0xc000012345, {0x1, 0x2})`.
        if _GO_MORE.match(line) or (self._framed and line.rstrip().endswith(")") and " " not in line[:_LOOKED_AT].partition("(")[0]):
            self._framed = self._framed or line.startswith("goroutine ")
            return True
        return False

    def _other(self, line: str) -> bool:
        if _MORE.match(line) or stacktrace.is_frame(line):
            self._framed = True
            return True
        # Node shows the failing line before it names the error.
        if not self.raised and (kind_of(line) == "other" if self.kind == "node" else self._linked and _OWN_BEGINNING.match(line) is None):
            self.raised = line
            return True
        return False
