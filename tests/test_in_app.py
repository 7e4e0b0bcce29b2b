"""Which frames count as our own, by configuration and by what is known of each language."""

import pytest

from bot.core.stacktrace.in_app import FRAMEWORK, LIBRARY, OWN, RUNTIME, decided, is_test, origin
from bot.core.stacktrace.parts import Raw


def jvm(*modules: str) -> list[Raw]:
    """Frames of those classes."""
    return [("f", f"{module.rpartition('.')[2]}.java", 1, module, False) for module in modules]


@pytest.mark.parametrize(
    ("language", "function", "file", "module", "expected"),
    [
        ("python", "get", "/usr/lib/python3.12/asyncio/runners.py", None, LIBRARY),
        ("python", "get", "/srv/app/.venv/lib/python3.12/site-packages/flask/app.py", None, LIBRARY),
        ("python", "_run", "<frozen importlib._bootstrap>", None, LIBRARY),
        ("python", "loads", "C:\\Python311\\Lib\\json\\__init__.py", None, LIBRARY),
        ("python", "get", "/srv/library/api.py", None, OWN),
        ("java", "run", "Thread.java", "java.lang.Thread", RUNTIME),
        ("java", "run", "X.java", "org.junit.runners.ParentRunner", RUNTIME),
        ("java", "run", "X.java", "org.springframework.web.X", FRAMEWORK),
        ("java", "run", "X.java", "organic.Farm", OWN),
        ("csharp", "Wait", None, "System.Threading.Tasks.Task", RUNTIME),
        ("csharp", "Map", None, "AutoMapper.Mapper", LIBRARY),
        ("csharp", "Run", None, "Systematic.Runner", OWN),
        ("javascript", "run", "node:internal/process/task_queues", None, RUNTIME),
        ("javascript", "run", "/srv/app/node_modules/express/lib/router.js", None, LIBRARY),
        ("javascript", "t", "https://cdn.example/vendors~main.77aa.js", None, RUNTIME),
        ("javascript", "t", "https://cdn.example/main.77aa.js", None, OWN),
        ("go", "panic", "/usr/local/go/src/runtime/panic.go", "runtime", LIBRARY),
        ("go", "ServeHTTP", "/opt/hostedtoolcache/go/1.22/x64/src/net/http/server.go", "net/http", RUNTIME),
        ("go", "Do", "/home/ci/go/pkg/mod/github.com/x/y@v1.2.0/y.go", "github.com/x/y", LIBRARY),
        ("go", "Leaves", "/srv/app/store/leaves.go", "github.com/acme/store", OWN),
        ("rust", "unwrap", "/rustc/9fc6/library/core/src/option.rs", "core::option", LIBRARY),
        ("rust", "poll", None, "tokio::runtime::task", LIBRARY),
        ("rust", "select", "./src/leaves.rs", "acme::leaves", OWN),
        ("ruby", "call", "/usr/local/bundle/gems/rack-2.2.8/lib/rack/x.rb", None, LIBRARY),
        ("ruby", "each", "<internal:array>", None, LIBRARY),
        ("php", "run", "/srv/app/vendor/laravel/framework/src/X.php", None, LIBRARY),
        ("dart", "build", "package:flutter/src/widgets/framework.dart", None, LIBRARY),
        ("dart", "build", "package:acme/leaf.dart", None, OWN),
        ("native", "raise", "../sysdeps/unix/raise.c", None, LIBRARY),
        ("native", "__libc_start_main", None, None, RUNTIME),
        ("native", "push_back", "/srv/x.h", "std::vector", RUNTIME),
        ("swift", "_assertionFailure", "libswiftCore.dylib", None, RUNTIME),
        ("swift", "select", "Leaves.swift", "Leaves", OWN),
    ],
)
def test_libraries_and_runtimes_are_known(language: str, function: str, file: str | None, module: str | None, expected: int) -> None:
    """By module where the language names one, by path else; a name that only begins alike is ours."""
    assert origin(language, function, file, module) == expected


def test_a_framework_is_ours_where_nothing_else_is() -> None:
    """Commons Lang is a library in Acme's trace, and the own code in its own; tests of it do not change that."""
    assert decided(jvm("org.apache.commons.lang3.StringUtils", "com.acme.Api"), "java") == [False, True]
    assert decided(jvm("org.apache.commons.lang3.StringUtils", "java.lang.Thread"), "java") == [True, False]
    assert decided(jvm("org.mockito.internal.Handler", "com.acme.OrderTest", "org.junit.Runner"), "java") == [True, True, False]


def test_own_prefixes_win() -> None:
    """What carries an own prefix is ours, wherever it was installed; everything else is then a library."""
    frames: list[Raw] = [
        ("run", "/srv/app/other/run.py", 1, None, False),
        ("f", "/srv/venv/lib/python3.12/site-packages/acme/leaves.py", 1, None, False),
        ("g", "/srv/venv/lib/python3.12/site-packages/flask/acme/app.py", 1, None, False),
        ("h", "/srv/acme/venv/lib/python3.12/site-packages/flask/app.py", 1, None, False),
    ]

    assert decided(frames, "python", own=("acme",)) == [False, True, False, False]
    assert decided(jvm("com.acme.Api", "com.acmecorp.Api", "org.apache.Acme"), "java", own=("com.acme.",)) == [True, False, False]
    assert decided(jvm("com.other.Api"), "java", own=("com.acme",)) == [True]


def test_library_prefixes_only_take_away() -> None:
    """The rest is decided as always."""
    assert decided(jvm("com.acme.kit.Retry", "com.acme.Api", "java.lang.Thread"), "java", libraries=("com.acme.kit",)) == [False, True, False]


@pytest.mark.parametrize(
    ("prefix", "module", "file"),
    [
        ("github.com/acme/", "github.com/acme/store", "/srv/x.go"),
        ("acme::", "acme::leaves", "src/leaves.rs"),
        ("Acme\\", "Acme\\Leaves", "/srv/x.php"),
        ("src/transfers/", None, "/home/ci/src/transfers/a.ts"),
        ("transfers.store", None, "C:\\app\\transfers\\store.py"),
        ("acme", None, "package:acme/leaf.dart"),
    ],
)
def test_prefixes_of_every_notation(prefix: str, module: str | None, file: str) -> None:
    """Dots, slashes, backslashes and double colons separate the same names."""
    frames: list[Raw] = [("f", file, 1, module, False), ("g", "/srv/else.x", 1, "elsewhere", False)]

    assert decided(frames, None, own=(prefix,)) == [True, False]


@pytest.mark.parametrize(
    ("module", "file", "expected"),
    [
        ("com.acme.LeavesTest", None, True),
        ("com.acme.TestLeaves$Inner", None, True),
        ("com.acme.LeavesIT", None, True),
        ("com.acme.Testimony", None, False),
        ("com.acme.Contest", None, False),
        ("com.acme.AUDIT", None, False),
        (None, "tests/api.py", True),
        (None, "/srv/app/test_api.py", True),
        (None, "src/api.spec.ts", True),
        (None, "/srv/app/leaf_test.go", True),
        (None, "/srv/latest/api.py", False),
    ],
)
def test_tests_are_known_by_name(module: str | None, file: str | None, expected: bool) -> None:
    """Class names, file names and folders of tests, not words that contain them."""
    assert is_test(module, file) is expected


@pytest.mark.parametrize(
    "root", ["site-packages", "dist-packages", "node_modules", "gems/rack-2.2", "vendor", "pkg/mod", "deps", "Pods", ".cargo/registry/src/index-1a"]
)
def test_an_own_folder_around_a_library_does_not_make_it_ours(root: str) -> None:
    """Nor does one below the library's; the library's own name does."""
    frames: list[Raw] = [("f", f"/srv/acme/{root}/{inside}/a.x", 1, None, False) for inside in ("flask", "flask/acme", "acme")]

    assert decided(frames, None, own=("acme",)) == [False, False, True]


@pytest.mark.parametrize(
    ("module", "file", "ours"),
    [
        ("other", None, False),
        ("acme", None, True),
        ("acme.x", None, True),
        ("acmex", None, False),
        (None, "acme.py", True),
        ("other", "acme.py", False),
        ("other", "acme\\store.py", True),
        ("other", "acme/store.py", True),
        ("other", "package:acme/store.dart", True),
        ("other", "srv/acme.py", True),
        ("other", "srv/acmes/a.py", False),
    ],
)
def test_a_module_or_a_path_carries_a_prefix(module: str | None, file: str | None, ours: bool) -> None:
    """A file alone is no path, unless there is nothing else."""
    frames: list[Raw] = [("f", "/own/a.py", 1, "own", False), ("g", file, 1, module, False)]

    assert decided(frames, None, own=("acme", "own")) == [True, ours]


def test_a_test_is_known_by_its_class_alone() -> None:
    """A framework is ours where only tests stand beside it."""
    frames: list[Raw] = [("f", "a.java", 1, "org.apache.X", False), ("g", "a.java", 1, "com.acme.OrderTest", False)]

    assert decided(frames, "java") == [True, True]
    assert decided([frames[0], ("g", "a.java", 1, "com.acme.Order", False)], "java") == [False, True]
    assert decided([("f", "a.java", 1, "com.acme.Order", True)], "java") == [False]
