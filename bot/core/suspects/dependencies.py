"""Libraries that a change gives another version, as the manifests of every ecosystem write them."""

from collections.abc import Iterator, Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.change_nature import Line, Piece, file_kind
from bot.core.suspects.failure_scene import Compared, Signal
from bot.regex import regex

_POINTS = 2.4
_NUGET = regex(r"\b(?:Include|Update|id)=\"(?P<name>[\w.-]{1,100})\"")
_MAVEN = regex(r"[\"'][\w.-]{1,100}:(?P<name>[\w.-]{1,100}):[\w.$@{}+-]{1,60}[\"']")
"""As Gradle writes `group:artifact:version`."""


def other_versions(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """A library that the failing code uses, or that the message names, has another version."""
    strong = {name.lower() for name in scene.named.names} | {name.lower() for name, weight in scene.used.items() if weight >= 0.7}
    known = strong | {name.lower() for name in scene.scene.imports}
    for piece in left:
        if file_kind(piece.hunk.path) != "dependencies":
            continue
        for line in piece.lines:
            name = _package(line)
            forms = {name, name.replace("_", "")}
            if name and forms & known:
                reason = f"changed the dependency `{cut(one_line(name), 80)}`, which the failing code uses"
                yield Signal(_POINTS * (1.0 if forms & strong else 0.6), reason, piece.hunk.path)
                return


def _package(line: Line) -> str:
    text = line.text.strip().strip("\"'")
    if named := _NUGET.search(text) or _MAVEN.search(text):
        return named["name"].lower().replace("-", "_").replace(".", "_")
    for word in ("gem ", "require ", "implementation ", "compile ", "FROM "):
        text = text.removeprefix(word).strip(" (\"'")
    for stop in "=<>~^!:;@\"' \t[":
        text = text.partition(stop)[0]
    return text.rpartition("/")[2].lower().replace("-", "_").replace(".", "_")
