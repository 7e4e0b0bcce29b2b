"""A frame's file among the tracked ones: what builds, bundlers, packagers and operating systems make of a path."""

import time

import pytest

from bot.core.code.foreign_file import generated, of_test, vendored
from bot.core.code.frame_path import acceptable, by_name, candidates, library, preferred
from bot.model import Frame

TRACKED = by_name(
    [
        "src/pay/handler.ts",
        "services/pay/app/db.py",
        "services/ledger/app/db.py",
        "services/pay/main.py",
        "lib/acme/pay/ledger.ex",
        "app/models/ledger_entry.rb",
        "src/Http/Ledger.php",
        "jvm/src/main/kotlin/pay/Ledger.kt",
        "jvm/src/main/java/com/acme/Utils.java",
        "jvm/src/main/java/com/acme/web/Main.java",
        "jvm/src/main/java/com/acme/pay/Main.java",
        "pay/server.go",
        "packages/shop/lib/src/cart.dart",
        "native/leaf.c",
        "Web/Leaf.cs",
        "mod/pay/__init__.py",
        "crates/x/src/store/mod.rs",
        "Sources/Pay/Ledger.swift",
    ]
)


@pytest.mark.parametrize(
    ("file", "module", "path"),
    [
        ("webpack://shop/./src/pay/handler.ts", None, "src/pay/handler.ts"),
        ("webpack://_N_E/../../src/pay/handler.ts", None, "src/pay/handler.ts"),
        ("webpack-internal:///(rsc)/./src/pay/handler.ts", None, "src/pay/handler.ts"),
        ("app:///dist/pay/handler.js?v=1", None, "src/pay/handler.ts"),
        ("file:///app/dist/pay/handler.js", None, "src/pay/handler.ts"),
        ("/usr/src/app/build/src/pay/handler.js", None, "src/pay/handler.ts"),
        (r"C:\b\services\Pay\app\DB.py", None, "services/pay/app/db.py"),
        ("/SERVICES/pay/main.PY", None, "services/pay/main.py"),
        ("lib/acme/pay/ledger.ex", None, "lib/acme/pay/ledger.ex"),
        (None, "Acme.Pay.Ledger", "lib/acme/pay/ledger.ex"),
        (None, r"App\Http\Ledger", "src/Http/Ledger.php"),
        (None, "Models::LedgerEntry", "app/models/ledger_entry.rb"),
        ("/var/www/html/src/Http/Ledger.php", None, "src/Http/Ledger.php"),
        ("Ledger.kt", "com.acme.pay.Ledger$save$2", "jvm/src/main/kotlin/pay/Ledger.kt"),
        (None, "com.acme.pay.LedgerKt", "jvm/src/main/kotlin/pay/Ledger.kt"),
        ("Utils.java", "com.acme.Utils", "jvm/src/main/java/com/acme/Utils.java"),
        ("Main.java", "com.acme.pay.Main$Inner", "jvm/src/main/java/com/acme/pay/Main.java"),
        ("github.com/acme/shop/pay@v1.2.0/server.go", "github.com/acme/shop/pay", "pay/server.go"),
        ("/go/src/github.com/acme/shop/pay/server.go", "github.com/acme/shop/pay.(*Server)", "pay/server.go"),
        ("package:shop/src/cart.dart", None, "packages/shop/lib/src/cart.dart"),
        ("../native/leaf.c", None, "native/leaf.c"),
        ("/build/x/../native/leaf.c", None, "native/leaf.c"),
        (r"D:\a\1\s\Web\Leaf.cs", None, "Web/Leaf.cs"),
        ("/Users/ci/build/Sources/Pay/Ledger.swift", None, "Sources/Pay/Ledger.swift"),
        (None, "mod.pay", "mod/pay/__init__.py"),
        (None, "x::store", "crates/x/src/store/mod.rs"),
    ],
)
def test_a_frame_finds_its_file(file: str | None, module: str | None, path: str) -> None:
    """One spelling after another is tried, the frame's own first."""
    assert candidates(Frame("f", file, 1, module), TRACKED) == (path,)


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("Utils.java", "org.apache.Utils"),
        ("/opt/django/db.py", None),
        ("https://a.example/assets/handler.js", None),
        (None, "os.path"),
        (None, "..."),
        ("", None),
    ],
)
def test_a_stranger_of_the_same_name_is_not_ours(file: str | None, module: str | None) -> None:
    """A library's `Utils.java` has another package, its `db.py` another folder."""
    assert candidates(Frame("f", file, 1, module), TRACKED) == ()


def test_the_service_names_its_folder() -> None:
    """An image holds the service's folder as its root; the same file of two services is that of the one which failed."""
    assert candidates(Frame("f", "/app/main.py", 1), TRACKED) == ()
    assert candidates(Frame("f", "/app/main.py", 1), TRACKED, (), "pay") == ("services/pay/main.py",)
    both = candidates(Frame("f", "app/db.py", 1), TRACKED)
    assert both == ("services/ledger/app/db.py", "services/pay/app/db.py")
    assert preferred(both, "", "ledger") == ("services/ledger/app/db.py",)
    assert preferred(both, "services/pay", "") == ("services/pay/app/db.py",)
    assert preferred(both, "elsewhere", "other") == both


@pytest.mark.parametrize("file", ["../../etc/passwd", "/app/../../etc/passwd", r"..\..\secrets.py", "a/\x00b.py", "file:///app/../../x.py", "/" + "a/" * 4000])
def test_a_path_that_climbs_is_not_acceptable(file: str) -> None:
    """Out of its folder, with control characters, or endless."""
    assert not acceptable(file)
    assert candidates(Frame("f", file, 1), TRACKED) == ()


def test_libraries_are_known_by_their_folders() -> None:
    """Of any package manager."""
    files = [
        "/usr/lib/python3.11/threading.py",
        "/app/node_modules/x/y.js",
        "node:internal/process",
        "/home/ci/.cargo/registry/x.rs",
        "/rustc/ab/library/core.rs",
    ]
    assert all(library(Frame("f", file)) for file in files)
    assert not library(Frame("f", "/app/src/pay/handler.ts"))


def test_files_that_nobody_here_wrote() -> None:
    """Copied packages, what generators leave, tests; a shop's own `vendor` is none of them."""
    assert all(map(vendored, ["vendor/github.com/x/y.go", "web/node_modules/x.js", "third_party/zlib/inflate.c", "ios/Pods/A/a.swift"]))
    assert not any(map(vendored, ["shop/vendor/views.py", "src/vendors/list.ts", "app/external/stripe.py"]))
    assert all(map(generated, ["api/leaf_pb2.py", "api/leaf.pb.go", "lib/leaf.g.dart", "Web/Form.Designer.cs", "static/app.min.js", "src/generated/api.ts"]))
    assert generated("api/client.go", "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage api\n")
    assert not generated("tools/make.py", '"""Writes the generated code."""\n')
    assert all(map(of_test, ["tests/test_x.py", "src/test/java/A.java", "pay/server_test.go", "src/x.spec.ts", "LedgerTest.java"]))
    assert not any(map(of_test, ["src/latest.py", "contest/app.py"]))


@pytest.mark.slow
def test_a_frame_costs_no_walk_over_all_files() -> None:
    """A hundred thousand files, two thousand frames: looked up by name."""
    tracked = by_name(f"services/s{number % 100}/pkg{number % 700}/module_{number}.py" for number in range(100_000))
    assert candidates(Frame("f", None, 1, "pkg0.module_700"), tracked) == ("services/s0/pkg0/module_700.py",)
    began = time.process_time()
    for number in range(2_000):
        assert candidates(Frame("f", None, 1, f"pkg{number % 700}.module_{number}"), tracked)
        assert candidates(Frame("f", f"/app/pkg{number % 700}/none_{number}.py", 1), tracked) == ()
    assert time.process_time() - began < 15  # a walk for each would take minutes
