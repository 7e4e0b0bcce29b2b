"""Which frames of a trace count for the name of an error: our own, by name, the nearest to the failure, each function once."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.core.signature.frame_name import name_of
from bot.core.stacktrace.library_names import GO_STANDARD, JVM_RUNTIME
from bot.model import Frame

TOP_FRAMES = 3
_DEEP = 100
Verdict = Literal["counts", "library", "runtime", "generated", "repeated", "further out"]

# Language runtimes and test runners stand around every failure and tell none apart.
_RUNTIME_NAME = re.compile(
    r"(?:System|Microsoft\.(?:VisualStudio|TestPlatform|Extensions\.Hosting)|Xunit|NUnit)\.|(?:std|core|alloc|test)::|PHPUnit\\"
    r"|(?:rust_begin_unwind|__rust\w{0,40}|_start|__libc_start\w{0,20}|start_thread|clone3?)\Z"
)
# Every branch begins with a plain character, so that the search passes by all others.
_RUNTIME_FILE = re.compile(
    r"<frozen |\(node:|\[native code\]|libc\.so"
    r"|/(?:lib/python\d\.\d{1,2}/(?!site-packages|dist-packages)|(?:_pytest|pluggy|phpunit)/|usr/local/go/src/|rustc/|sysdeps/"
    r"|node_modules/@?(?:jest|mocha|jasmine|vitest)\b|lib/ruby/\d|(?:minitest|rspec-core|test-unit)-[\d.]{1,12}/)"
)
_RUNTIME_START = ("node:", "internal/", "dart:", "<internal:")


class Weighed(NamedTuple):
    """A frame, its name without generated parts, and whether it counts."""

    frame: Frame
    name: str
    verdict: Verdict


def counted(frames: tuple[Frame, ...]) -> tuple[str, ...]:
    """The names that count, innermost last, at most `TOP_FRAMES`. A function that comes again (recursion, however deep) counts once."""
    names: list[str] = []
    if len(frames) > _DEEP:
        # A recursion: its few functions are looked at once.
        frames = tuple(dict.fromkeys(reversed(frames)))[::-1]
    for frame in _innermost_first(frames):
        name = name_of(frame)
        if name and name not in names:
            names.append(name)
            if len(names) == TOP_FRAMES:
                break
    return tuple(names[::-1])


def weighed(frames: tuple[Frame, ...]) -> Iterator[Weighed]:
    """Every frame with its verdict, the failing one FIRST; those that count have the names of `counted`."""
    candidates, names = set(map(id, _innermost_first(frames))), set[str]()
    for frame in reversed(frames):
        name = name_of(frame)
        verdict: Verdict = "runtime" if _is_runtime(frame) else "library"
        if not name:
            verdict = "generated"
        elif id(frame) in candidates:
            verdict = "repeated" if name in names else "counts" if len(names) < TOP_FRAMES else "further out"
            names.add(name)
        yield Weighed(frame, name, verdict)


def _innermost_first(frames: tuple[Frame, ...]) -> Iterator[Frame]:
    """Our own frames; where there is none those of libraries, where there is nothing else the runtime's."""
    own = (frame for frame in reversed(frames) if frame.in_app and not _is_runtime(frame))
    foreign = (frame for frame in reversed(frames) if not _is_runtime(frame))
    for kind in (own, foreign, reversed(frames)):
        # Most often three frames are asked for, so that no other is looked at.
        if (first := next(kind, None)) is not None:
            yield first
            yield from kind
            return


def _is_runtime(frame: Frame) -> bool:
    return _runtime(frame.module or "", frame.function, frame.file or "")


@lru_cache(maxsize=4096)
def _runtime(module: str, function: str, file: str) -> bool:
    path = file[-300:].replace("\\", "/")
    if module.startswith(JVM_RUNTIME) or (path.endswith(".go") and module.partition("/")[0].partition(".")[0] in GO_STANDARD):
        return True
    name = f"{module}.{function}" if module and "::" not in module else f"{module}::{function}".removeprefix("::")
    return _RUNTIME_NAME.match(name) is not None or path.startswith(_RUNTIME_START) or _RUNTIME_FILE.search(path) is not None
