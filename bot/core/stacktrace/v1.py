"""How the first algorithm of signatures read stack traces, frozen with it. Nothing here may ever change."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from bot.model import Frame, Record

# Every quantifier is bounded, so that a hostile line costs time linear in its length.
_PATH = r"[^\s\"'()]{1,400}"
_PYTHON = re.compile(r'^\s{0,40}File "(?P<file>[^"\n]{1,400})", line (?P<line>\d{1,7})(?:, in (?P<function>[^\n]{1,200}))?')
_JAVA = re.compile(
    r"^\s{0,40}at (?:[\w.@/-]{1,200}/)?(?P<function>[\w.$<>-]{1,300})"
    r"\((?:(?P<file>[\w$.-]{1,200}):(?P<line>\d{1,7})|Native Method|Unknown Source|[\w$.-]{1,200})\)"
)
_DOTNET = re.compile(r"^\s{0,40}at (?P<function>[\w.`<>\[\]|$]{1,300})\([^)\n]{0,400}\)(?: in (?P<file>[^\n]{1,400}?):line (?P<line>\d{1,7}))?")
_NODE = re.compile(
    r"^\s{0,40}at (?:async )?(?:(?P<function>[^\n(]{1,200}?) \()?"
    rf"(?P<file>(?:[a-z-]{{2,12}}:/{{2,3}})?{_PATH}?):(?P<line>\d{{1,7}})(?::\d{{1,7}})?\)?\s{{0,10}}$"
)
_FIREFOX = re.compile(rf"^(?P<function>[\w.$/<>*]{{0,200}})@(?P<file>{_PATH}?):(?P<line>\d{{1,7}}):\d{{1,7}}\s{{0,10}}$")
_GO_FILE = re.compile(r"^\s{1,8}(?P<file>[^\s:]{1,400}\.go):(?P<line>\d{1,7})(?: \+0x[0-9a-f]{1,16})?\s{0,10}$")
_GO_FUNCTION = re.compile(r"^(?:created by )?(?P<function>[\w./*()@%-]{1,300}?)(?:\([^)\n]{0,400}\))?(?: in goroutine \d{1,9})?\s{0,10}$")
_RUBY = re.compile(r"^\s{0,40}(?:from )?(?P<file>[^\s:]{1,400}\.rb):(?P<line>\d{1,7}):in [`'](?P<function>[^'\n]{1,200})'")
_PHP = re.compile(r"^\s{0,40}#\d{1,5} (?P<file>[^\s(]{1,400})\((?P<line>\d{1,7})\): (?P<function>[^\n(]{1,200})")

_LIBRARY = re.compile(
    r"site-packages|dist-packages|/lib/python\d|<frozen |node_modules|(?:^|/)node:|/usr/(?:local/)?lib/|/gems/|/vendor/|/pkg/mod/|/usr/local/go/|"
    r"^(?:java|javax|jakarta|jdk|sun|junit|kotlinx?|scala|groovy|akka|reactor|rx|okhttp3|retrofit2|lombok|System|Microsoft"
    r"|com\.(?:sun|zaxxer|fasterxml|google|amazonaws|mysql|oracle|mongodb|rabbitmq)"
    r"|org\.(?:springframework|apache|hibernate|junit|eclipse|jboss|postgresql|mariadb|slf4j|aspectj|quartz|testng|mockito|reactivestreams|bouncycastle)"
    r"|io\.(?:netty|grpc|lettuce|micrometer|vertx|undertow|opentelemetry|projectreactor|micronaut|quarkus|jsonwebtoken))\."
)
_PYTHON_HEAD = "Traceback (most recent call last)"
_CAUSED_BY = re.compile(r"^\s{0,40}(?:Caused by|caused by): ?")
_HEAD = re.compile(
    r"(?<![\w./$-])(?P<type>(?:[A-Za-z_]\w{0,80}(?:\.|::)){0,10}[A-Z]\w{0,80}(?:Error|Exception|Timeout|Failure|Fault|Panic|Violation|Exit|Interrupt)|Error|Exception)"
    r"(?!\w)(?!\.?\w{0,100}\()(?:[*_`]{0,3}(?:\s{1,3}(?:in|at|from)\s{1,3}[*_`]{0,3}[\w.]{1,80}(?:\(\))?[*_`]{0,3})?"
    r"\s{0,4}:[*_`]{0,3}\s{1,4}(?P<message>[^\n]{1,2000}))?"
)


class Trace(Record, frozen=True):
    """What the first reader saw of one failure; the failing frame is the last."""

    error_type: str | None = None
    message: str | None = None
    frames: tuple[Frame, ...] = ()


def read(text: str) -> Trace:
    """The one trace that the first reader saw in a text."""
    lines = _unescaped(text).splitlines()[:12_000]
    block = _explaining_block(lines)
    frames = tuple(_frames(block))[-500:]
    head = _head_of(block, python=any(_PYTHON.match(line) for line in block))
    return Trace(head[0], head[1], frames) if head else Trace(frames=frames)


def _in_app(name: str) -> bool:
    return not _LIBRARY.search(name)


def _unescaped(text: str) -> str:
    # Logs carry traces with their newlines escaped, once or twice.
    if "\n" not in text.strip() and "\\n" in text:
        return text.replace("\\\\n", "\n").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    return text


def _explaining_block(lines: list[str]) -> list[str]:
    starts = [number for number, line in enumerate(lines) if _PYTHON_HEAD in line]
    if starts:
        end = starts[1] if len(starts) > 1 else len(lines)
        return lines[starts[0] : end]
    causes = [number for number, line in enumerate(lines) if _CAUSED_BY.match(line)]
    return lines[causes[-1] :] if causes else lines


def _head_of(block: list[str], *, python: bool) -> tuple[str, str | None] | None:
    lines = block if not python else [line for line in block if line[:1] not in (" ", "\t")]
    ordered: Iterator[str] = reversed(lines) if python else iter(lines)
    for line in ordered:
        if any(pattern.match(line) for pattern in (_PYTHON, _JAVA, _DOTNET, _NODE, _FIREFOX, _GO_FILE, _RUBY, _PHP)):
            continue
        if match := _HEAD.search(_CAUSED_BY.sub("", line)):
            return match["type"], (match["message"] or "").strip() or None
        if line.startswith("panic: "):
            return "panic", line.removeprefix("panic: ").strip()[:2000]
    return None


def _frames(lines: list[str]) -> Iterator[Frame]:
    if any(_PYTHON.match(line) for line in lines):
        yield from (frame for line in lines if (frame := _plain(_PYTHON, line)))
        return
    readers: tuple[Callable[[list[str]], list[Frame]], ...] = (_java, _dotnet, _go, _ruby, _php, _node)
    # These print the failing frame first.
    yield from reversed(next((frames for reader in readers if (frames := reader(lines))), []))


def _plain(pattern: re.Pattern[str], line: str) -> Frame | None:
    match = pattern.match(line)
    if match is None:
        return None
    file, number = match["file"], match["line"]
    function = (match["function"] or "<module>").strip()
    return Frame(function, file, int(number) if number else None, None, _in_app(file or function))


def _java(lines: list[str]) -> list[Frame]:
    return [
        Frame(function.rpartition(".")[2], match["file"], int(match["line"]) if match["line"] else None, function.rpartition(".")[0], _in_app(function))
        for line in lines
        if (match := _JAVA.match(line)) and (function := match["function"])
    ]


def _dotnet(lines: list[str]) -> list[Frame]:
    return [frame for line in lines if (frame := _plain(_DOTNET, line))]


def _go(lines: list[str]) -> list[Frame]:
    frames = []
    for before, line in pairwise(lines):
        if (place := _GO_FILE.match(line)) and (name := _GO_FUNCTION.match(before)):
            module, _, function = name["function"].rpartition(".")
            frames.append(Frame(function, place["file"], int(place["line"]), module, _in_app(place["file"])))
    return frames


def _ruby(lines: list[str]) -> list[Frame]:
    return [frame for line in lines if (frame := _plain(_RUBY, line))]


def _php(lines: list[str]) -> list[Frame]:
    return [frame for line in lines if (frame := _plain(_PHP, line))]


def _node(lines: list[str]) -> list[Frame]:
    return [frame for line in lines if (frame := _plain(_NODE, line) or _plain(_FIREFOX, line))]
