"""Which tracked file a stack frame means: compared from the end of the path, so that what a build put in front does not matter."""

import re
from collections.abc import Iterable, Mapping

from bot.model import Frame

_LIBRARY = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|\.venv|venv|gems|\.cargo|\.rustup)/|(?:^|/)lib/python\d|^<|^node:|(?:^|/)go/pkg/mod/"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST = 4096

Tracked = Mapping[str, tuple[str, ...]]
"""File name → the tracked paths that end in it."""


def by_name(paths: Iterable[str]) -> Tracked:
    """Tracked paths, to be looked up by file name."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[2], []).append(path)
    return {name: tuple(sorted(same)) for name, same in found.items()}


def acceptable(file: str) -> bool:
    """False for a path that climbs (`../../etc/passwd`), holds control characters or is absurdly long."""
    return len(file) <= _LONGEST and not _CONTROL.search(file) and ".." not in file.replace("\\", "/").split("/")


def library(frame: Frame) -> bool:
    """True for frames of packages, of the language's own library and of generated code."""
    return bool(frame.file and _LIBRARY.search(frame.file.replace("\\", "/")[:_LONGEST]))


def candidates(frame: Frame, tracked: Tracked, source_roots: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The tracked paths that a frame can mean: none, one, or several that are equally good.

    A path matches when all of it stands at the end of the frame's path (less a source root), or the other way round;
    half a match (`db/query.py` for `django/db/query.py`) is none.
    """
    if frame.file:
        found = _by_file(frame.file, tracked, source_roots)
        return _narrowed(found, frame.module) if len(found) > 1 and frame.module else found
    return _by_module(frame.module, tracked) if frame.module else ()


def suffixes(file: str) -> tuple[str, ...]:
    """The ends of a frame's path that can be a path in a repository, the longest first."""
    parts = [part for part in file.replace("\\", "/").split("/") if part not in {"", "."}][-8:]
    return tuple("/".join(parts[start:]) for start in range(len(parts)))


def ours(path: str, frame: Frame, in_app: tuple[str, ...], source_roots: tuple[str, ...] = ()) -> bool:
    """Whether the configuration counts this place as own code; an empty `in_app` counts whatever is tracked."""
    if not in_app:
        return True
    forms = [path, *(path.removeprefix(f"{root.strip('/')}/") for root in source_roots)]
    return any(form.startswith((prefix.replace(".", "/").strip("/"), prefix)) for form in forms for prefix in in_app) or bool(
        frame.module and frame.module.startswith(in_app)
    )


def _by_file(file: str, tracked: Tracked, source_roots: tuple[str, ...]) -> tuple[str, ...]:
    wanted = [part for part in file.replace("\\", "/").split("/") if part not in {"", "."}]
    if not wanted:
        return ()
    scored = [(_common(path.split("/"), wanted), path) for path in tracked.get(wanted[-1], ())]
    whole = [(same, path) for same, path in scored if same == len(wanted) or same >= _shortest(path, source_roots)]
    best = max((same for same, _ in whole), default=0)
    return tuple(path for same, path in whole if same == best)


def _common(left: list[str], right: list[str]) -> int:
    count = 0
    for one, other in zip(reversed(left), reversed(right), strict=False):
        if one != other:
            break
        count += 1
    return count


def _shortest(path: str, source_roots: tuple[str, ...]) -> int:
    inside = [path.removeprefix(f"{root.strip('/')}/") for root in source_roots]
    return min(form.count("/") + 1 for form in [path, *inside])


def _narrowed(found: tuple[str, ...], module: str) -> tuple[str, ...]:
    parts = module.replace("::", ".").replace("/", ".").split(".")
    near = [(max(_common(_stem(path), parts[: len(parts) - cut]) for cut in (0, 1, 2) if len(parts) > cut), path) for path in found]
    best = max(same for same, _ in near)
    return tuple(path for same, path in near if same == best)


def _by_module(module: str, tracked: Tracked) -> tuple[str, ...]:
    parts = [part for part in module.replace("::", ".").replace("/", ".").split(".") if part]
    for cut in (0, 1):  # the last part may be a class
        wanted = parts[: len(parts) - cut]
        names = [name for name in tracked if wanted and (name.partition(".")[0] == wanted[-1] or name == "__init__.py")]
        found = tuple(path for name in names for path in tracked[name] if _common(_stem(path), wanted) == len(wanted))
        if found:
            return found
    return ()


def _stem(path: str) -> list[str]:
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return [*folder.split("/")] if stem == "__init__" else [*folder.split("/"), stem]
