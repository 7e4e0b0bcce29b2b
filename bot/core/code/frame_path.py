"""Which tracked file a stack frame means: compared from the end of the path, so that what a build put in front does not matter."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from bot.core.code.frame_form import forms
from bot.model import Frame
from bot.regex import regex

_LIBRARY = regex(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|\.venv|venv|gems|\.cargo|\.rustup|\.pub-cache|\.m2|\.gradle|\.nuget)/|(?:^|/)lib/python\d|^<|^node:"
    r"|(?:^|/)go/pkg/mod/|^/rustc/|^dart:|^internal/"
)
_CONTROL = regex(r"[\x00-\x1f\x7f]")
_SURROGATE = regex(r"[\ud800-\udfff]")
_UNSURE = regex(r"(?:[^\x00-\x7f]|[\\/](?:udc[89a-f]|x[89a-f])[0-9a-f]|\?)+")
_LONGEST = 4096
_JVM = (".java", ".kt", ".scala", ".groovy")
_CONVENTIONAL = frozenset({"src", "java", "kotlin", "scala", "Sources", "source"})
"""Folders whose content is named without them, in every build tool."""


class Tracked(Mapping[str, tuple[str, ...]]):
    """File name → the tracked paths that end in it; built once for a reading, looked up without a walk over all names.

    Paths are as they can be shown: bytes that are no UTF-8, which come as lone surrogates, stand as U+FFFD. `stored` gives git's own name back.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._stored: dict[str, str] = {}
        self._names = _grouped((path.rpartition("/")[2], path) for path in map(self._shown, paths))

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @cached_property
    def folded(self) -> Mapping[str, tuple[str, ...]]:
        """As the mapping itself, names in lower case: macOS and Windows print what was typed, not what is stored."""
        return _grouped((name.lower(), path) for name, paths in self._names.items() for path in paths)

    @cached_property
    def blurred(self) -> Mapping[str, tuple[str, ...]]:
        """As the mapping itself, for the few paths that are not UTF-8: names by what every reading of their bytes has in common."""
        return _grouped((_blurred(path.rpartition("/")[2]), path) for path in self._stored)

    def stored(self, path: str) -> str:
        """A path as git knows it, its odd bytes as lone surrogates."""
        return self._stored.get(path, path)

    def _shown(self, path: str) -> str:
        if not _SURROGATE.search(path):
            return path
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self._stored[shown] = path
        return shown

    @cached_property
    def modules(self) -> Mapping[str, tuple[str, ...]]:
        """The last part of a module's name, folded → the paths that can hold it: `leaf_store.py`, `LeafStore.java`, `leaf_store/__init__.py`."""
        return _grouped((_folded(module_parts(path)[-1]), path) for paths in self._names.values() for path in paths if module_parts(path))


def by_name(paths: Iterable[str]) -> Tracked:
    """Tracked paths, to be looked up by file name."""
    return Tracked(paths)


def acceptable(file: str) -> bool:
    """False for a path that climbs out (`../../etc/passwd`), holds control characters or is absurdly long."""
    return len(file) <= _LONGEST and not _CONTROL.search(file) and bool(forms(file))


def library(frame: Frame) -> bool:
    """True for frames of packages, of the language's own library and of generated code."""
    return bool(frame.file and _LIBRARY.search(frame.file.replace("\\", "/")[:_LONGEST]))


def candidates(frame: Frame, tracked: Tracked, source_roots: tuple[str, ...] = (), service: str = "") -> tuple[str, ...]:
    """The tracked paths that a frame can mean: none, one, or several that are equally good.

    A path matches when all of it stands at the end of the frame's path (less a source root), or the other way round;
    half a match (`db/query.py` for `django/db/query.py`) is none. A folder named as the service is a source root: images are built from it.
    """
    if not frame.file:
        return _by_module(frame.module, tracked) if frame.module else ()
    if len(frame.file) > _LONGEST:
        return ()
    for form in forms(frame.file):
        for names, spelled in ((tracked, str), (tracked.folded, str.lower), (tracked.blurred, _blurred)):
            found = _by_file(form, names, source_roots, service, spelled)
            if frame.module and "/" not in form and form.endswith(_JVM):
                found = tuple(path for path in found if _in_package(path, frame.module))
            if found:
                return _narrowed(found, frame.module) if len(found) > 1 and frame.module else found
    return ()


def suffixes(file: str) -> tuple[str, ...]:
    """The ends of a frame's path that can be a path in a repository, the longest first."""
    parts = [part for part in file.replace("\\", "/").split("/") if part not in {"", "."}][-8:]
    return tuple("/".join(parts[start:]) for start in range(len(parts)))


def ours(path: str, frame: Frame, in_app: tuple[str, ...], source_roots: tuple[str, ...] = ()) -> bool:
    """Whether the configuration counts this place as own code; an empty `in_app` counts whatever is tracked."""
    if not in_app:
        return True
    spelled = [path, *(path.removeprefix(f"{root.strip('/')}/") for root in source_roots)]
    return any(form.startswith((prefix.replace(".", "/").strip("/"), prefix)) for form in spelled for prefix in in_app) or bool(
        frame.module and frame.module.startswith(in_app)
    )


def preferred(found: tuple[str, ...], folder: str, service: str) -> tuple[str, ...]:
    """Of equally good paths those in the codebase's folder, then those below a folder named as the service; all where neither tells."""
    inside = tuple(path for path in found if folder and path.startswith(f"{folder.strip('/')}/")) or found
    wanted = _folded(service)
    return tuple(path for path in inside if wanted and wanted in {_folded(part) for part in path.split("/")[:-1]}) or inside


def module_parts(path: str) -> list[str]:
    """A path as the parts of a module's name: `pay/__init__.py` is `pay`, `src/pay/mod.rs` is `src`, `pay`."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    folders = folder.split("/") if folder else []
    return folders if name in {"__init__.py", "mod.rs", "index.js", "index.ts", "index.tsx"} else [*folders, stem]


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, path in pairs:
        found.setdefault(key, []).append(path)
    return {key: tuple(sorted(same)) for key, same in found.items()}


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _blurred(path: str) -> str:
    r"""A path with one sign for each run of what depends on how its bytes are read: `caf\xe9.py` is logged as `café`, `caf\ufffd` or `caf\udce9`."""
    return _UNSURE.sub("\ufffd", path)


def _by_file(file: str, names: Mapping[str, tuple[str, ...]], source_roots: tuple[str, ...], service: str, spelled: Callable[[str], str]) -> tuple[str, ...]:
    wanted = [part for part in spelled(file).split("/") if part not in {"", "."}]
    if not wanted:
        return ()
    scored = [(_common(spelled(path).split("/"), wanted), path) for path in names.get(wanted[-1], ())]
    whole = [(same, path) for same, path in scored if same == len(wanted) or same >= _shortest(path, source_roots, service)]
    best = max((same for same, _ in whole), default=0)
    return tuple(path for same, path in whole if same == best)


def _common(left: list[str], right: list[str]) -> int:
    count = 0
    for one, other in zip(reversed(left), reversed(right), strict=False):
        if one != other:
            break
        count += 1
    return count


def _shortest(path: str, source_roots: tuple[str, ...], service: str) -> int:
    """How many parts of a path must be named: those below its source root. A conventional root needs two, a known one does not."""
    inside = [path.removeprefix(f"{root.strip('/')}/") for root in source_roots]
    parts = path.split("/")
    conventional = [len(parts) - at - 1 for at, part in enumerate(parts) if part in _CONVENTIONAL and len(parts) - at > 2]
    named = [len(parts) - at - 1 for at, part in enumerate(parts[:-1]) if service and _folded(part) == _folded(service)]
    return min([*(form.count("/") + 1 for form in [path, *inside]), *conventional, *named])


def _narrowed(found: tuple[str, ...], module: str) -> tuple[str, ...]:
    parts = _module(module)
    near = [(_near(module_parts(path), parts), path) for path in found]
    best = max(same for same, _ in near)
    return tuple(path for same, path in near if same == best)


def _in_package(path: str, module: str) -> bool:
    """Whether a file whose frame has no folder can be of that class: `Utils.java` of a library is not the `Utils.java` of ours.

    Java's folders are its packages; Kotlin and Scala may leave out the packages that all files share, or put the file anywhere.
    """
    folder = [_folded(part) for part in module_parts(path)[:-1]]
    package = [_folded(part) for part in _module(module)[:-1]]
    same = _common(folder, package)
    root = max((at + 1 for at, part in enumerate(folder) if part in _CONVENTIONAL), default=0)
    return same == len(package) or same == len(folder) - root or (same > 0 and not path.endswith(".java"))


def _near(stem: list[str], module: list[str]) -> int:
    """How many folders of a path the module names: with the class as its last part, without it, or as a package alone."""
    folded, named = [_folded(part) for part in stem], [_folded(part) for part in module]
    cuts = [_common(folded, named[: len(named) - cut]) for cut in (0, 1, 2) if len(named) > cut]
    return max([*cuts, _common(folded[:-1], named), _common(folded[:-1], named[:-1])])


def _module(name: str) -> list[str]:
    """`com.acme.Main$Inner`, `Acme::Ledger`, `App/Http/Ledger`, `github.com/acme/pay.(*Server)` as parts, without inner classes."""
    plain = re.sub(r"\(\*?(\w{1,100})\)", r"\1", name[:_LONGEST])
    return [part.partition("$")[0] for part in re.split(r"::|[./\\]", plain) if part.partition("$")[0]]


def _by_module(module: str, tracked: Tracked) -> tuple[str, ...]:
    parts = [_folded(part) for part in _module(module)]
    for cut in (0, 1):  # the last part may be a class
        wanted = parts[: len(parts) - cut]
        for name in [wanted[-1], wanted[-1].removesuffix("kt")] if wanted else []:  # Kotlin's functions outside of classes: LedgerKt
            exact = [*wanted[:-1], name]
            found = [path for path in tracked.modules.get(name, ()) if _covers([_folded(part) for part in module_parts(path)], exact)]
            if found:
                return _best(found, exact)
    return ()


def _covers(stem: list[str], wanted: list[str]) -> bool:
    """All of the module is in the path, or all of the path below a conventional root is in the module (`com/acme` left out by Kotlin)."""
    same = _common(stem, wanted)
    root = max((at + 1 for at, part in enumerate(stem) if part in _CONVENTIONAL), default=0)
    bare = [part for part in stem if part not in _CONVENTIONAL]  # Rust: `x::store` is `x/src/store.rs`
    return same == len(wanted) or (same >= 2 and same >= len(stem) - root) or _common(bare, wanted) == len(wanted)


def _best(found: list[str], wanted: list[str]) -> tuple[str, ...]:
    near = [(_common([_folded(part) for part in module_parts(path)], wanted), path) for path in found]
    best = max(same for same, _ in near)
    return tuple(path for same, path in near if same == best)
