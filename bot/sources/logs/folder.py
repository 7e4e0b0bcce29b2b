"""The files that paths and globs mean: regular files only, the newest of a rotation first, links that lead out of a checkout refused."""

import fnmatch
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.regex import regex

MOST_FILES = 5_000
_MAGIC = regex(r"[*?\[]")
_ROTATED = regex(r"^(?P<name>.+?)(?P<turn>(?:[.-]\d{1,14})(?:[-T_.]\d{2,6}){0,5})?(?P<packed>\.(?:gz|zst))?$")
_COUNTED = regex(r"\.(\d{1,4})")


class Found(NamedTuple):
    """The files of some patterns by the name to show, in the order in which they are read, and what was no answer: pattern or file, and why."""

    paths: dict[str, Path]
    missing: tuple[tuple[str, str], ...]


def found(root: Path, patterns: tuple[str, ...]) -> Found:
    """Paths and globs (`*`, `?`, `[…]`, `**` for any folders) relative to `root`, or absolute.

    A pattern without `..` that is relative stays inside of `root` whatever links it meets; where the maintainer names a place outside, links are followed.
    `**` follows no linked folder.
    """
    paths: dict[str, Path] = {}
    missing: list[tuple[str, str]] = []
    real_root = os.path.realpath(root)
    for pattern in dict.fromkeys(patterns):
        matches = sorted(_limited(_matches(root, pattern)), key=rotation)
        confined = not pattern.startswith("/") and ".." not in Path(pattern).parts
        files = [path for path in matches if _is_regular(path)]
        inside = [path for path in files if not confined or _is_below(path, real_root)]
        missing += ((shown(path, root), "it is a link that leads out of the folder") for path in files if path not in set(inside))
        paths.update((shown(path, root), path) for path in inside)
        if not files:
            missing.append((pattern, _why_none(matches, pattern)))
        elif len(matches) >= MOST_FILES:
            missing.append((pattern, f"it matches more than {MOST_FILES:,} files; these were taken"))
    return Found(paths, tuple(missing))


def shown(path: Path, root: Path) -> str:
    """The path relative to the root where it is below it, else whole."""
    relative = Path(os.path.relpath(path, root)).as_posix()
    return Path(os.path.abspath(path)).as_posix() if relative.startswith("../") else relative


def rotation(path: Path) -> tuple[str, str, int, tuple[int, ...], str]:
    """The order of reading: the files of one log together, the one that is written to first, then `.1`, `.2.gz`; of dates the newest first."""
    match = _ROTATED.match(path.name)
    turn = match["turn"] if match else None
    name = match["name"] if match else path.name
    if turn is None:
        return str(path.parent), name, 0, (), path.name
    counted = _COUNTED.fullmatch(turn)
    numbers = tuple(int(counted[1]) if counted else -int(number) for number in re.findall(r"\d+", turn))
    return str(path.parent), name, 1, numbers, path.name


def older(path: Path) -> list[Path]:
    """The files beside this one that rotation made of it, by their names."""
    prefix = f"{path.name}."
    return [path.parent / name for name in _names(path.parent) if name.startswith(prefix) and name[len(prefix) : len(prefix) + 1].isdigit()]


def _why_none(matches: list[Path], pattern: str) -> str:
    if not matches:
        return "no file matches" if _MAGIC.search(pattern) else "no such file"
    return "it is no file" if matches[0].is_dir() else "it is no regular file"


def _limited(paths: Iterator[Path]) -> Iterator[Path]:
    seen: dict[Path, None] = {}
    for path in paths:
        seen.setdefault(path)
        if len(seen) >= MOST_FILES:
            break
    return iter(seen)


def _matches(root: Path, pattern: str) -> Iterator[Path]:
    parts = Path(pattern).parts
    base = Path(parts[0]) if pattern.startswith("/") else root
    return _below(base, parts[1:] if pattern.startswith("/") else parts)


def _below(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    if not parts:
        if os.path.lexists(folder) and (folder.exists() or folder.is_symlink()):
            yield folder
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from _below(folder, rest or ("*",))
        for name in _names(folder):
            inner = folder / name
            if not name.startswith(".") and inner.is_dir() and not inner.is_symlink():
                yield from _below(inner, parts)
    elif _MAGIC.search(first):
        for name in _names(folder):
            if fnmatch.fnmatchcase(name, first) and (not name.startswith(".") or first.startswith(".")):
                inner = folder / name
                if not rest or inner.is_dir():
                    yield from _below(inner, rest)
    else:
        yield from _below(folder / first, rest)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _is_below(path: Path, real_root: str) -> bool:
    real = os.path.realpath(path)
    return os.path.commonpath((real, real_root)) == real_root
