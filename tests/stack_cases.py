"""What a stack trace must be read as: the shape of the tables in the `test_stacktrace_*` files."""

from dataclasses import dataclass

from bot.core.stacktrace import stacktrace
from bot.core.suspects.culprit import ranked
from bot.model import Frame


@dataclass(frozen=True)
class Case:
    """A trace and its reading. `chain` has the types from the wrapper to the cause; `frames` are written as `shown` does, the failing one last."""

    name: str
    text: str
    error_type: str | None
    message: str | None
    frames: tuple[str, ...]
    culprit: str
    chain: tuple[str | None, ...] = ()
    language: str | None = None


def shown(frame: Frame) -> str:
    """`+` ours or `-` a library's, then module, function and place."""
    place = f"{frame.file or '?'}:{frame.line}" if frame.line else frame.file or "?"
    return f"{'+' if frame.in_app else '-'} {f'{frame.module} ' if frame.module else ''}{frame.function} {place}"


def check(case: Case) -> None:
    """One assertion for each part, so that the first that differs is shown."""
    trace = stacktrace.read(case.text)

    assert (trace.error_type, trace.message) == (case.error_type, case.message)
    assert tuple(map(shown, trace.frames)) == case.frames
    assert tuple(link.error_type for link in trace.chain) == (case.chain or (case.error_type,))
    first = ranked(trace)[0]
    assert f"{first.module or first.file} {first.function}" == case.culprit
    assert case.language in (None, trace.language)
