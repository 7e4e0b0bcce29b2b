"""The spellings under which a frame's file may be tracked: without what bundlers, packagers and operating systems put into paths, and as its source."""

import re
from functools import lru_cache
from urllib.parse import unquote

from bot.regex import regex

_SCHEME = regex(r"^(?:webpack-internal|webpack|app|file|rsc|turbopack|vite|ng|https?|capacitor|ionic|jar:file|phar|asset|bundle)://(?P<rest>[^?#]{0,4096})")
_DRIVE = regex(r"^[A-Za-z]:(?=[\\/])")
_DART_PACKAGE = regex(r"^package:(?P<package>[\w.]{1,100})/(?P<rest>.{1,3000})$")
_BUNDLED = regex(r"(?:^|/)(?:\((?:[\w-]{1,40})\)/)")
_VERSION = regex(r"@v\d[\w.+-]{0,60}")
_BUILT = ("dist", "build", "out", "lib", "target", ".next", "public", "bin", "es", "esm", "cjs")
_COMPILED = frozenset("c cc cpp cxx h hh hpp m mm rs go swift".split())  # noqa: SIM905 - read as a list of words
_SOURCES = {
    "js": ("ts", "tsx", "jsx", "mts", "mjs", "cjs", "vue", "svelte"),
    "mjs": ("mts", "ts", "js"),
    "cjs": ("cts", "ts", "js"),
    "jsx": ("tsx", "js"),
    "pyc": ("py",),
    "pyo": ("py",),
    "class": ("java", "kt", "scala", "groovy"),
}


@lru_cache(maxsize=4096)
def forms(file: str) -> tuple[str, ...]:
    """The path itself, with `/` between its parts, then what it may have been built from; none where it climbs out of its folder."""
    plain = _plain(file)
    parts = _resolved(plain)
    if parts is None:
        return ()
    path = "/".join(parts)
    spelled = [path, *_without_build(parts)]
    return tuple(dict.fromkeys([*spelled, *(source for one in spelled for source in _sources(one))]))


def _plain(file: str) -> str:
    path = _DRIVE.sub("", file).replace("\\", "/")
    if match := _DART_PACKAGE.match(path):
        return f"{match['package']}/lib/{match['rest']}"
    if match := _SCHEME.match(path):
        rest = unquote(match["rest"])
        bundled = re.match(r"(?:webpack|turbopack|ng|vite|rsc)", path) is not None
        inside = rest.rpartition("!/")[2].rpartition("!")[2]
        path = _BUNDLED.sub("/", inside)
        # `webpack://shop/../src/x.ts`: what climbs here is the bundler's output folder, and only tracked files are looked up
        return re.sub(r"^[^/]{0,200}/(?:\.{1,2}/){0,20}", "", path) if bundled else path
    return _VERSION.sub("", path, count=4) if path.endswith(".go") else path


def _resolved(path: str) -> list[str] | None:
    found: list[str] = []
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.rpartition(".")[2] in _COMPILED:  # compilers name a source from their build folder: `../src/ledger.c`
        while parts and parts[0] == "..":
            parts.pop(0)
    for part in parts:
        if part != "..":
            found.append(part)
        elif found:
            found.pop()
        else:
            return None
    return found


def _without_build(parts: list[str]) -> list[str]:
    """`/app/dist/pay/x.js` as `/app/src/pay/x.js` and as `/app/pay/x.js`."""
    at = next((at for at in range(len(parts) - 2, -1, -1) if parts[at] in _BUILT), None)
    if at is None:
        return []
    return ["/".join([*parts[:at], "src", *parts[at + 1 :]]), "/".join([*parts[:at], *parts[at + 1 :]])]


def _sources(path: str) -> list[str]:
    stem, _, ending = path.rpartition(".")
    return [f"{stem}.{source}" for source in _SOURCES.get(ending, ())]
