"""The exceptions of a Sentry event as the stack trace that their runtime would have printed, which people and `bot.core.stacktrace.stacktrace` read.

Sentry lists the first cause first and each trace with the failing frame last. Local variables are never taken over.
"""

import json
from collections.abc import Iterator, Sequence

from bot.core.plain_text.plain_text import visible
from bot.core.systems.sentry_shape import Json, inner, number, objects, text

_MOST_EXCEPTIONS, _MOST_FRAMES = 10, 60
_OUTER = 10
_MOST_CHARACTERS = 18_000
_JVM = ("java", "kotlin", "scala", "groovy", "clojure")
_SCRIPT = ("javascript", "node")


def exceptions(event_exception: Json) -> list[Json]:
    """The exceptions of an entry's data, the first cause first; of a long chain the last ones."""
    return objects(event_exception.get("values"))[-_MOST_EXCEPTIONS:]


def stack(found: Sequence[Json], platform: str) -> str:
    """The trace as a text; empty when no exception has a frame."""
    if not any(_frames(one) for one in found):
        return ""
    if platform == "python":
        return _fitting("\n\nThe above exception was the direct cause of the following exception:\n\n".join(map(_python, found)))
    if platform in _JVM:
        return _fitting("\nCaused by: ".join(map(_jvm, reversed(found))))
    if platform in _SCRIPT:
        return _fitting("\n  [cause]: ".join(map(_script, reversed(found))))
    return _other(found)


def head(one: Json) -> str:
    """`Type: message` of an exception, as far as it has them."""
    return ": ".join(part for part in (_type(one), visible(str(one.get("value") or ""))[:2_000].strip()) if part)


def _type(one: Json) -> str:
    return text(one, "type")


def _frames(one: Json) -> list[Json]:
    """Frames that name a function or a file, the failing one last; of a recursion its beginning and its end."""
    frames = objects(inner(one, "stacktrace").get("frames"), 20_000)
    near = frames if len(frames) <= 4 * _MOST_FRAMES else frames[: 2 * _MOST_FRAMES] + frames[-2 * _MOST_FRAMES :]
    found = [frame for frame in near if text(frame, "function", "filename", "absPath", "module")]
    return found if len(found) <= _MOST_FRAMES else found[:_OUTER] + found[_OUTER - _MOST_FRAMES :]


def _file(frame: Json) -> str:
    """The short name of an own file, the whole path of a library's, which tells that it is one."""
    names = ("filename", "absPath") if frame.get("inApp") is not False else ("absPath", "filename")
    return text(frame, *names, "module", limit=400).replace('"', "'")


def _function(frame: Json) -> str:
    return text(frame, "function", limit=300) or "<unknown>"


def _line(frame: Json) -> int:
    return number(frame, "lineNo") or 0


def _source(frame: Json) -> str:
    """The failing line itself, from the lines around it."""
    context = frame.get("context")
    for pair in context if isinstance(context, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == frame.get("lineNo") and isinstance(pair[1], str):
            return " ".join(visible(pair[1][:300]).split())
    return ""


def _python(one: Json) -> str:
    return "\n".join(["Traceback (most recent call last):", *_python_frames(one), head(one) or "Exception"])


def _python_frames(one: Json) -> Iterator[str]:
    for frame in _frames(one):
        yield f'  File "{_file(frame)}", line {_line(frame)}, in {_function(frame)}'
        if source := _source(frame):
            yield f"    {source}"


def _jvm(one: Json) -> str:
    lines = [f"\tat {_dotted(frame)}({_file(frame).rpartition('/')[2] or 'Unknown Source'}{_after_colon(frame)})" for frame in reversed(_frames(one))]
    module = text(one, "module")
    qualified = f"{module}." if module and "." not in _type(one) else ""
    return "\n".join([f"{qualified}{head(one)}", *lines])


def _dotted(frame: Json) -> str:
    return ".".join(part for part in (text(frame, "module", limit=300), _function(frame)) if part)


def _script(one: Json) -> str:
    lines = [f"    at {_function(frame)} ({_file(frame) or '<anonymous>'}:{_line(frame)}:{number(frame, 'colNo') or 0})" for frame in reversed(_frames(one))]
    return "\n".join([head(one), *lines])


def _after_colon(frame: Json) -> str:
    return f":{_line(frame)}" if _line(frame) else ""


def _other(found: Sequence[Json]) -> str:
    """Sentry's own JSON with nothing but places in it, a line for each frame."""
    whole: list[str] = []
    for one in found:
        frames = ",\n ".join(json.dumps(_place(frame), ensure_ascii=False) for frame in _frames(one))
        named = f'"type": {json.dumps(_type(one) or "Error")}, "value": {json.dumps(visible(str(one.get("value") or ""))[:1_000], ensure_ascii=False)}'
        whole.append(f'{{{named}, "stacktrace": {{"frames": [\n {frames}]}}}}')
    while len(whole) > 1 and sum(map(len, whole)) > _MOST_CHARACTERS:
        whole.pop(0)
    return f"[{', '.join(whole)}]"


def _place(frame: Json) -> dict[str, object]:
    place = {"filename": _file(frame), "lineno": _line(frame), "function": _function(frame), "module": text(frame, "module", limit=300)}
    return {**{name: value for name, value in place.items() if value}, "in_app": frame.get("inApp") is not False}


def _fitting(trace: str) -> str:
    """Whole lines from both ends: who called, and what failed."""
    if len(trace) <= _MOST_CHARACTERS:
        return trace
    half = _MOST_CHARACTERS // 2
    return f"{trace[:half].rpartition(chr(10))[0]}\n{trace[-half:].partition(chr(10))[2]}"
