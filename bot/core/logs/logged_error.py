"""The error that a log document carries beside its message, as a text or as an object with its causes inside."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.logs.field_values import Layer, first, scalar, values_at
from bot.core.stacktrace import stacktrace

TEXTS = (
    *("error", "err", "error.message", "err.message", "jsonPayload.error", "fields.error", "context.exception.message"),
    *("attributes.exception.message", "LogAttributes.exception.message", "errorMessage"),
)
"""Where the error says of itself what went wrong."""
_STACK = ("stack", "stack_trace", "stackTrace", "stacktrace")
_TYPE = ("type", "name", "class", "code")
_MOST_CAUSES = 8
_LISTS = ("exception", "exc_info")
_MOST_FRAMES = 200
_RAISED_FROM = "\n\nThe above exception was the direct cause of the following exception:\n\n"


def error_text(layers: Sequence[Layer], message: str, stack: str) -> tuple[str, str]:
    """Message and stack with what the error says of itself, where neither has it: `request failed` with `connection refused`."""
    said = first(layers, TEXTS)
    if not said or said in message or said in stack:
        return message, stack
    if not stack and any(stacktrace.is_frame(line) for line in said.splitlines()[:50]):
        return message, said
    return (f"{message}: {said}" if message else ""), stack


def structured_stack(layers: Sequence[Layer]) -> str:
    """The traceback that structlog writes as objects (`dict_tracebacks`: each error with its frames, the last that was raised first), as Python prints it."""
    for layer, _ in layers:
        for name in _LISTS:
            listed = layer.get(name)
            errors = [one for one in listed[:_MOST_CAUSES] if isinstance(one, Mapping) and scalar(one.get("exc_type"))] if isinstance(listed, list) else []
            if errors:
                return _RAISED_FROM.join(_printed(one) for one in reversed(errors))
    return ""


def _printed(error: Mapping[object, object]) -> str:
    frames = error.get("frames")
    told = [frame for frame in frames[-_MOST_FRAMES:] if isinstance(frame, Mapping)] if isinstance(frames, list) else []
    lines = [f'  File "{scalar(frame.get("filename"))}", line {scalar(frame.get("lineno"))}, in {scalar(frame.get("name"))}' for frame in told]
    raised = ": ".join(filter(None, (scalar(error.get("exc_type")), scalar(error.get("exc_value")))))
    return "\n".join(("Traceback (most recent call last):", *lines, raised))


def causes_below(layers: Sequence[Layer], stacks: tuple[str, ...], stack: str) -> str:
    """The causes that stand as objects beside a stack, as lines to put below it; those that it tells of itself are left out."""
    if not stack:
        return ""
    cause = next((found for layer, _ in layers for path in cause_paths(stacks) for found in values_at(layer, path) if isinstance(found, Mapping)), None)
    return "".join(f"\nCaused by: {text}" for text in _chain(cause) if text not in stack) if cause is not None else ""


def cause_paths(stacks: tuple[str, ...]) -> tuple[str, ...]:
    """Where the cause of an error stands whose stack has one of these names: beside it."""
    owners = dict.fromkeys(name.rpartition(".")[0] for name in stacks)
    return tuple(f"{owner}.cause" if owner else "cause" for owner in owners)


def _chain(cause: object) -> Iterator[str]:
    for _ in range(_MOST_CAUSES):
        if not isinstance(cause, Mapping):
            return
        kind, said = _one(cause, _TYPE), scalar(cause.get("message"))
        head = ": ".join(part for part in (kind, said) if part)
        stack = _one(cause, _STACK)
        if text := stack if said in stack and stack else "\n".join(part for part in (head, stack) if part):
            yield text
        cause = cause.get("cause")


def _one(cause: Mapping[object, object], names: Sequence[str]) -> str:
    return next((text for name in names if (text := scalar(cause.get(name)))), "")
