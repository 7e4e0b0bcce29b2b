"""Which file of which codebase a frame means, the service deciding between equals; and which frames are own code by that."""

import re
from collections.abc import Sequence

from bot.core.code.foreign_file import generated, of_test, vendored
from bot.core.code.frame_function import function_name
from bot.core.code.frame_path import candidates, ours, preferred
from bot.model import Frame
from bot.sources.code.reading import Reading

File = tuple[Reading, str]
_COMPARED = 8
"""Files of one name whose content is compared."""


def files_of(frame: Frame, readings: Sequence[Reading], service: str = "") -> list[File]:
    """The files that a frame can mean: none, one, or several between which nothing decides."""
    found = [
        (reading, path)
        for reading in readings
        for path in _preferred(candidates(frame, reading.tracked, _roots(reading), service), reading, service)
        if ours(path, frame, reading.codebase.in_app, reading.codebase.source_roots)
    ]
    if len(found) < 2:
        return found
    own = [file for file in found if service and service in file[0].codebase.services] or found
    written = [file for file in own if not foreign(file)] or own
    return [file for file in written if not of_test(file[1])] or written


def with_function(found: Sequence[File], frame: Frame) -> list[File]:
    """Of several files those that hold the frame's function and are long enough for its line."""
    name = function_name(frame)
    if not name or len(found) > _COMPARED:
        return list(found)
    pattern = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    kept = []
    for reading, path in found:
        text = (reading.checkout.blob(reading.commit, reading.stored(path)) or b"").decode("utf-8", "replace")
        if pattern.search(text) and text.count("\n") + 1 >= (frame.line or 0):
            kept.append((reading, path))
    return kept or list(found)


def foreign(file: File) -> bool:
    """Whether the path says third-party or generated; a folder that the configuration names as own is neither."""
    reading, path = file
    return not named_own(reading, path) and (vendored(path) or generated(path))


def named_own(reading: Reading, path: str) -> bool:
    """Whether `in_app` itself names the folder that would make the file a foreign one."""
    prefixes = (prefix.strip("/") for prefix in reading.codebase.in_app)
    return any(path.startswith(f"{prefix}/") and (vendored(f"{prefix}/x/y/z") or generated(f"{prefix}/x")) for prefix in prefixes if prefix)


def _preferred(paths: tuple[str, ...], reading: Reading, service: str) -> tuple[str, ...]:
    return preferred(paths, reading.codebase.folder or "", service) if len(paths) > 1 else paths


def _roots(reading: Reading) -> tuple[str, ...]:
    folder = reading.codebase.folder
    return (*reading.codebase.source_roots, *([folder] if folder else []))
