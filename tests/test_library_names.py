"""Every name by which a library, a framework or a runtime is known, one by one; and names that only begin alike."""

import pytest

from bot.core.stacktrace.in_app import FRAMEWORK, LIBRARY, OWN, RUNTIME, known_library, origin

SCRIPT_FRAMEWORKS = (
    "express koa fastify finalhandler body-parser restify hapi loopback sails feathers nuxt next react react-dom react-router redux vue svelte preact rxjs "
    "axios node-fetch undici socket.io engine.io mongoose mongodb pg-pool mysql2 ioredis sequelize typeorm knex bluebird lodash kafkajs"
)
SCOPES = "nestjs angular hapi babel aws-sdk apollo grpc prisma sentry"
SCRIPT_RUNTIMES = """
node:fs
internal/timers.js
native
webpack/bootstrap
webpack/runtime/x
chrome-extension://ab/x.js
moz-extension://ab/x.js
safari-web-extension://ab/x.js
<anonymous>
bun:main
deno:core
ext:core/x.js
/s/vendor.js
/s/vendors.js
/s/vendors~main.77aa.js
/s/vendor-77.js
/s/polyfill.js
/s/polyfills.js
/s/jquery.min.js
/s/react.js
/s/react-dom.js
/s/angular.js
/s/vue.js
/s/lodash.js
/s/zone.js
/s/bootstrap.js
/s/webpack/bootstrap
/s/webpack/runtime
fs.js
_http_client.js
zlib.js

"""
OWN_SCRIPTS = """
/s/anode:x.js
/s/internal/x.js
/s/main.js
/s/vendored.js
/s/reactor.js
/s/webpack/x.js
/s/myvue.js
/s/vendor.css
/s/fs.js
webpack-internal:///./src/a.js
webpack/a.js
"""
SYSTEM_IMAGES = (
    "libsystem_c.dylib libswiftCore.dylib libdyld.dylib libdispatch.dylib libobjc.A.dylib libSwiftX.dylib libSwiftUI libstdc++.6 "
    "libBacktraceRecording.dylib dyld dyld_sim UIKit UIKitCore CoreFoundation Foundation AppKit CFNetwork GraphicsServices HIToolbox QuartzCore "
    "AttributeGraph ???"
)
OWN_IMAGES = "Acme libacme.dylib Acme.UIKit MyFoundation dyld-x UIKit.x ????"
SYSTEM_FUNCTIONS = (
    "__libc_start_main __asan_memcpy __interceptor_free __sanitizer_x __ubsan_x __tsan_x __msan_x __assert_fail __pthread_kill __GI_raise __cxa_throw "
    "__gnu_x __fortify_fail __stack_chk_fail __kill __restore_rt raise _raise __raise abort _abort _start start_thread clone clone3 "
    "assertionFailure _assertionFailure swift_retain _swift_x objc_msgSend _objc_x dispatch_sync _dispatch_call ??"
)
OWN_FUNCTIONS = "__acme_x __libb raised ___raise restart assertionFailures swift_ objc_ dispatch_ select clone4 swiftly"
RUST_RUNTIME = "rust_begin_unwind __rust_start_panic _start __libc_main rust_panic"
NATIVE_RUNTIME = "std::vector __gnu_cxx::x __sanitizer::x __asan::x __interception::x Swift::x"
GO_RUNTIME = (
    "archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index io iter log "
    "maps math mime net os panic path plugin reflect regexp runtime slices sort strconv strings sync syscall testing text time unicode unique unsafe vendor"
)


def _lines(table: str) -> list[str]:
    return table.strip("\n").split("\n")


def _files(language: str, files: list[str]) -> dict[str, int]:
    return {file: origin(language, "run", file, None) for file in files}


def test_a_script_of_a_runtime_or_a_vendor_is_not_ours() -> None:
    """By its whole path, by how it begins, or by its file's name."""
    assert _files("javascript", [*_lines(SCRIPT_RUNTIMES), ""]) == dict.fromkeys([*_lines(SCRIPT_RUNTIMES), ""], RUNTIME)
    assert _files("javascript", _lines(OWN_SCRIPTS)) == dict.fromkeys(_lines(OWN_SCRIPTS), OWN)


@pytest.mark.parametrize("build", ["lib", "dist", "build", "cjs", "esm", "umd", "es", "dist-cjs", "dist-es", "dist-node"])
def test_a_framework_in_scripts(build: str) -> None:
    """A package by its name above the folder of a build; a scope by its own name."""
    files = [f"/srv/{name}/{build}/a.js" for name in SCRIPT_FRAMEWORKS.split()]

    assert _files("javascript", files) == dict.fromkeys(files, FRAMEWORK)
    assert _files("javascript", [f"/srv/express/{build}x/a.js", f"/srv/my-express/{build}/a.js"]) == {
        f"/srv/express/{build}x/a.js": OWN,
        f"/srv/my-express/{build}/a.js": OWN,
    }


def test_a_scope_of_packages() -> None:
    """`@nestjs/core/…`; another scope is ours."""
    files = [f"/srv/@{scope}/core-x/a.js" for scope in SCOPES.split()]

    assert _files("javascript", [*files, "/srv/@acme/core/a.js"]) == {**dict.fromkeys(files, FRAMEWORK), "/srv/@acme/core/a.js": OWN}


def test_an_image_of_the_system() -> None:
    """Apple's images by their whole name."""
    assert _files("swift", SYSTEM_IMAGES.split()) == {name: LIBRARY if name == "SwiftUI" else RUNTIME for name in SYSTEM_IMAGES.split()}
    assert _files("swift", OWN_IMAGES.split()) == dict.fromkeys(OWN_IMAGES.split(), OWN)
    assert origin("swift", "run", "/System/UIKit", None) == RUNTIME


def _functions(language: str, functions: str) -> dict[str, int]:
    return {function: origin(language, function, None, None) for function in functions.split()}


def test_a_function_of_the_system() -> None:
    """By its whole name."""
    assert _functions("native", SYSTEM_FUNCTIONS) == dict.fromkeys(SYSTEM_FUNCTIONS.split(), RUNTIME)
    assert _functions("native", OWN_FUNCTIONS) == dict.fromkeys(OWN_FUNCTIONS.split(), OWN)
    for function in ("operator new", "operator delete", "operator new[]", "operator delete[]"):
        assert origin("native", function, None, None) == RUNTIME
    assert origin("native", "operator <", None, None) == OWN
    for module in NATIVE_RUNTIME.split():
        assert origin("native", "run", None, module) == RUNTIME
    assert origin("native", "run", None, "acme::std") == OWN


def test_names_of_rust() -> None:
    """The standard library by its crate, its path or its functions; crates by their names."""
    assert _functions("rust", f"{RUST_RUNTIME} acme_start") == {**dict.fromkeys(RUST_RUNTIME.split(), RUNTIME), "acme_start": OWN}
    for crate in ("std", "core", "alloc", "test"):
        assert origin("rust", "run", None, f"{crate}::x") == RUNTIME
    assert origin("rust", "run", "library/std/x.rs", "x") == RUNTIME
    assert origin("rust", "run", "src/library/x.rs", "x") == OWN
    assert origin("rust", "run", "src/library/", "x") == OWN
    assert [origin("rust", "run", None, name) for name in ("serde_json::de", "tokio", "tokio2::x", "acme::tokio")] == [LIBRARY, LIBRARY, OWN, OWN]


def test_packages_of_go() -> None:
    """The standard library by its first word, others by the host or a version."""
    for package in GO_RUNTIME.split():
        assert origin("go", "Run", "/x/a.go", f"{package}/x") == RUNTIME
    for module, file, expected in (
        ("golang.org/x/net", "/x/a.go", LIBRARY),
        ("google.golang.org/grpc", "/x/a.go", LIBRARY),
        ("gopkg.in/yaml", "/x/a.go", LIBRARY),
        ("github.com/x/y", "/m/y@v1.2/a.go", LIBRARY),
        ("github.com/x/y", "/m/y/a.go", OWN),
        ("internal/poll", "/go/src/internal/poll/a.go", RUNTIME),
        ("internal/leaves", "/srv/internal/leaves/a.go", OWN),
        ("nets/http", "/x/a.go", OWN),
    ):
        assert origin("go", "Run", file, module) == expected, module


def test_packages_of_dart() -> None:
    """By the name of the package."""
    for file, expected in (
        ("dart:async", RUNTIME),
        ("dart:async/zone.dart", RUNTIME),
        ("package:dio/a.dart", LIBRARY),
        ("package:flutter_svg/a.dart", LIBRARY),
        ("package:acme/dio.dart", OWN),
        ("dio/a.dart", OWN),
        ("flutter_svg/a.dart", OWN),
        ("lib/dart:x", OWN),
    ):
        assert origin("dart", "build", file, None) == expected, file


def test_namespaces_of_dotnet_and_java() -> None:
    """A whole word of the name, not how it begins."""
    for language, module, expected in (
        ("csharp", "System.X", RUNTIME),
        ("csharp", "Microsoft.X", RUNTIME),
        ("csharp", "Internal.X", RUNTIME),
        ("csharp", "System", RUNTIME),
        ("csharp", "Microsoft", RUNTIME),
        ("csharp", "Internal", LIBRARY),
        ("csharp", "Dapper", LIBRARY),
        ("csharp", "Dapper.SqlMapper", LIBRARY),
        ("csharp", "Dapperish.X", OWN),
        ("csharp", "Acme.Dapper", OWN),
        ("java", "java.util.X", RUNTIME),
        ("java", "$Proxy12", RUNTIME),
        ("java", "javascript.X", OWN),
        ("java", "akka.X", FRAMEWORK),
        ("java", "feign.X", FRAMEWORK),
        ("java", None, OWN),
        (None, "java.util.X", OWN),
    ):
        assert origin(language, "run", None, module) == expected, (language, module)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("java.util.Map", True),
        ("org.springframework.X", True),
        ("Dapper.SqlMapper", True),
        ("com.acme.X", False),
        ("dart:async", True),
        ("node:fs", True),
        ("/a/site-packages/x.py", True),
        ("deps/x.ex", True),
        ("src/a.py", False),
        ("java.util/x", False),
        ("a.dart:x", False),
    ],
)
def test_a_name_that_belongs_to_some_library(name: str, known: bool) -> None:
    """Of any language, dotted or a path."""
    assert known_library(name) is known
