"""Which frames of a trace are our own: by configured prefixes, else by what is known of libraries and runtimes in each language."""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.core.remembered import Answered
from bot.core.stacktrace.library_names import (
    DART_PACKAGES,
    DOTNET_LIBRARIES,
    GO_STANDARD,
    JVM_FRAMEWORKS,
    JVM_RUNTIME,
    NODE_BUILDS,
    NODE_CORE,
    NODE_FRAMEWORKS,
    RUST_CRATES,
)
from bot.core.stacktrace.parts import Raw

RUNTIME, LIBRARY, FRAMEWORK, OWN = range(4)
"""A runtime or test runner and a library's file are never ours; a framework is, when nothing else in the trace could be."""

_LIBRARY_ROOT = re.compile(r"(?:site-packages|dist-packages|node_modules|gems/[\w.-]{1,120}|vendor|pkg/mod|deps|Pods|\.cargo/registry/src/[\w.-]{1,80})/")
# Every branch begins with a plain character, so that the search passes by all others; that is ten times as fast as asking for a beginning or a slash.
_LIBRARY_PATH = re.compile(
    r"site-packages|dist-packages|node_modules|vendor/|sysdeps/|compiler-rt/|libsanitizer|<frozen |<string>|<internal:|\.cargo/registry|\.rustup/"
    r"|/(?:lib/python\d|Python\d[\w.-]{0,20}/Lib/|usr/(?:local/)?(?:lib|include|share)(?:64)?/|gems/|lib/ruby/|pkg/mod/|usr/local/go/|rustc/|Pods/|deps/"
    r"|go/src/(?:runtime|net|testing|reflect)/|(?:nptl|csu)/|ld-linux|lib(?:c|m|gcc|pthread|asan|ubsan|tsan|dl)\b)"
)
_LIBRARY_START = re.compile(
    r"phar://|/opt/python/|/var/runtime/|/lib(?:64)?/|Pods/|deps/|(?:nptl|csu)/|<generated>$|SwiftUI|ld-linux|lib(?:c|m|gcc|pthread|asan|ubsan|tsan|dl)\b"
)
_SCRIPT_RUNTIME = re.compile(
    r"^(?:node:|internal/|native|webpack/(?:bootstrap|runtime)|(?:chrome|moz|safari-web)-extension://|<anonymous>|bun:|deno:|ext:)"
    r"|/(?:vendors?|polyfills?|jquery|react(?:-dom)?|angular|vue|lodash|zone|bootstrap)(?:[.~-][\w.~-]{0,80})?\.js|/webpack/(?:bootstrap|runtime)"
)
_SCRIPT_FRAMEWORK = re.compile(rf"/(?:{NODE_FRAMEWORKS})/(?:{NODE_BUILDS})/|/@(?:nestjs|angular|hapi|babel|aws-sdk|apollo|grpc|prisma|sentry)/[\w-]{{1,60}}/")
_SYSTEM_IMAGE = re.compile(
    r"^(?:lib(?:system|swift|dyld|dispatch|objc|c\+\+|Swift|c|stdc|pthread|BacktraceRecording)[\w.+-]{0,80}|dyld\w{0,20}"
    r"|(?:UIKit|Core|Foundation|AppKit|SwiftUI|CF|Graphics|HI|Quartz|Attribute)\w{0,60}|\?\?\?)$"
)
_SYSTEM_FUNCTION = re.compile(
    r"^(?:__(?:libc|asan|interceptor|sanitizer|ubsan|tsan|msan|assert|pthread|GI|cxa|gnu|fortify|stack_chk|kill|restore)\w{0,60}|_{0,2}"
    r"(?:raise|abort|start|start_thread|clone3?)"
    r"|operator (?:new|delete)(?:\[\])?"
    r"|_?(?:assertionFailure|swift_\w{1,60}|objc_\w{1,60}|dispatch_\w{1,60}))$"
)
_TEST_NAME = re.compile(
    r"^(?:Test(?=[A-Z_\d]|$)|test_)|(?:Test|Tests|TestCase|TestBase|TestUtils?|Spec|Specs|(?<=[a-z\d])IT|TestSuite)(?:Kt)?$|_(?:test|spec)$|\.(?:test|spec)$"
)
_LAST_PART = re.compile(r"[.:/\\]")
_TEST_PATH = re.compile(r"(?:^|/)(?:tests|src/test|specs?|__tests__|e2e|unittests|testdata|conftest\.py)(?:/|$)")


def decided(frames: Sequence[Raw], language: str | None, own: tuple[str, ...] = (), libraries: tuple[str, ...] = ()) -> list[bool]:
    """For each frame whether it is ours. `own` and `libraries` are prefixes of modules or of paths; own ones win.

    As soon as one frame carries an own prefix, only such frames are ours. Frameworks (Spring, Guava…) are libraries where the trace
    has frames of some other origin that are not tests; in a trace of nothing else they are the own code.
    """
    if own and any(ours := [_carries(module, file, own) for _, file, _, module, _ in frames]):
        return ours
    if language == "java":
        origins = [LIBRARY if frame[4] else _JVM[frame[3] or ""] for frame in frames]
    else:
        origins = [LIBRARY if said else origin(language, function, file, module) for function, file, _, module, said in frames]
    if libraries:
        origins = [LIBRARY if _carries(module, file, libraries) else found for found, (_, file, _, module, _) in zip(origins, frames, strict=True)]
    lowest = OWN
    if OWN not in origins or (FRAMEWORK in origins and not any(o == OWN and not is_test(f[3], f[1]) for o, f in zip(origins, frames, strict=True))):
        lowest = FRAMEWORK
    return [found >= lowest for found in origins]


@lru_cache(8192)
def origin(language: str | None, function: str, file: str | None, module: str | None) -> int:
    """Where the code of a frame comes from, as far as its names tell."""
    if language == "java":
        return _JVM[module or ""]
    path = (file or "").replace("\\", "/")
    if _in_library(path):
        return LIBRARY
    return _RULES[language](function, path, module or "") if language in _RULES else OWN


def _in_library(path: str) -> bool:
    return _LIBRARY_START.match(path) is not None or _LIBRARY_PATH.search(path) is not None


def is_test(module: str | None, file: str | None) -> bool:
    """Whether class or file is a test by its name."""
    return _named_as_test(module or "") or (file is not None and _in_tests(file))


@lru_cache(4096)
def _named_as_test(module: str) -> bool:
    name = _LAST_PART.split(module.partition("$")[0])[-1]
    return _TEST_NAME.search(name) is not None


@lru_cache(4096)
def _in_tests(file: str) -> bool:
    path = file.replace("\\", "/")
    return _TEST_PATH.search(path) is not None or _TEST_NAME.search(path.rpartition("/")[2].rpartition(".")[0]) is not None


@lru_cache(8192)
def known_library(name: str) -> bool:
    """Whether a dotted name or a path belongs to some library, framework or runtime of any language."""
    if _in_library(name) or _SCRIPT_RUNTIME.search(name) or name.startswith("dart:"):
        return True
    return "/" not in name and (_JVM[name] != OWN or _prefixed(name, DOTNET_LIBRARIES, "."))


def _of_jvm(module: str) -> int:
    if module.startswith(JVM_RUNTIME):
        return RUNTIME
    return FRAMEWORK if module.startswith(JVM_FRAMEWORKS) else OWN


_JVM = Answered(_of_jvm, 8192, 1_000)


def _of_dotnet(_function: str, _path: str, module: str) -> int:
    if module.startswith(("System.", "Microsoft.", "Internal.")) or module in ("System", "Microsoft"):
        return RUNTIME
    return LIBRARY if _prefixed(module, DOTNET_LIBRARIES, ".") else OWN


def _of_script(_function: str, path: str, _module: str) -> int:
    if not path or _SCRIPT_RUNTIME.search(path) or path in NODE_CORE:
        return RUNTIME
    return FRAMEWORK if _SCRIPT_FRAMEWORK.search(path) else OWN


def _of_go(_function: str, path: str, module: str) -> int:
    first = module.partition("/")[0]
    if first in GO_STANDARD and not (first == "internal" and "/src/internal/" not in path):
        return RUNTIME
    return LIBRARY if module.startswith(("golang.org/", "google.golang.org/", "gopkg.in/")) or "@v" in path else OWN


def _of_rust(function: str, path: str, module: str) -> int:
    first = module.partition("::")[0]
    if (
        first in ("std", "core", "alloc", "test")
        or path.startswith("library/")
        or function.startswith(("rust_begin_unwind", "__rust", "_start", "__libc", "rust_panic"))
    ):
        return RUNTIME
    return LIBRARY if first in RUST_CRATES else OWN


def _of_dart(_function: str, path: str, _module: str) -> int:
    if path.startswith("dart:"):
        return RUNTIME
    package = path.removeprefix("package:").partition("/")[0] if path.startswith("package:") else ""
    return LIBRARY if package in DART_PACKAGES or package.startswith("flutter_") else OWN


def _of_native(function: str, path: str, module: str) -> int:
    if _SYSTEM_FUNCTION.match(function) or module.partition("::")[0] in ("std", "__gnu_cxx", "__sanitizer", "__asan", "__interception", "Swift"):
        return RUNTIME
    return RUNTIME if function == "??" or (path and _SYSTEM_IMAGE.match(path.rpartition("/")[2])) else OWN


_RULES = {
    "csharp": _of_dotnet,
    "javascript": _of_script,
    "go": _of_go,
    "rust": _of_rust,
    "dart": _of_dart,
    "native": _of_native,
    "swift": _of_native,
}


def _prefixed(name: str, prefixes: tuple[str, ...], separator: str) -> bool:
    return any(name == prefix or name.startswith(prefix + separator) for prefix in prefixes)


@lru_cache(8192)
def _carries(module: str | None, file: str | None, prefixes: tuple[str, ...]) -> bool:
    """Whether a module or a path begins with one of the prefixes; a deploy folder may stand before a path, a library's root not."""
    dotted = re.sub(r"::|[/\\]", ".", module or "")
    path = "/" + (file or "").replace("\\", "/").lstrip("/")
    installed = list(_LIBRARY_ROOT.finditer(path[:4000]))
    inside = "/" + path[installed[-1].end() :] if installed else path
    for prefix in prefixes:
        name = re.sub(r"::|[/\\]", ".", prefix).strip(".")
        folder = f"/{prefix.replace('.', '/') if '/' not in prefix else prefix}".replace("//", "/").rstrip("/")
        if not name:
            continue
        if dotted == name or dotted.startswith(f"{name}."):
            return True
        at = inside.startswith((f"{folder}/", f"{folder}.")) if installed else f"{folder}/" in inside or f"{folder}." in inside
        if file and ("/" in file or "\\" in file or ":" in file or not module) and (at or f":{folder.lstrip('/')}/" in inside):
            return True
    return False
