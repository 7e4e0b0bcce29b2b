"""Paths of libraries and names of tests, one by one; and what only looks alike."""

from bot.core.stacktrace.in_app import LIBRARY, OWN, is_test, origin

LIBRARY_PATHS = """
/a/site-packages/x.py
/a/dist-packages/x.py
/a/node_modules/x.js
/a/vendor/x.php
vendor/x.php
../sysdeps/x.c
/a/compiler-rt/x.c
/a/libsanitizer/x.c
<frozen os>
<string>
<internal:array>
/h/.cargo/registry/x.rs
/h/.rustup/x.rs
/a/lib/python3/x.py
C:/Python312/Lib/x.py
C:/Python3.11-32/Lib/x.py
/usr/lib/x.rb
/usr/local/lib/x.rb
/usr/include/x.h
/usr/share/x.php
/usr/lib64/x.so
/a/gems/x.rb
/a/lib/ruby/x.rb
/a/pkg/mod/x.go
/usr/local/go/x.go
/rustc/9f/x.rs
/a/Pods/x.swift
/a/deps/x.ex
/a/go/src/runtime/x.go
/a/go/src/net/x.go
/a/go/src/testing/x.go
/a/go/src/reflect/x.go
/a/nptl/x.c
/a/csu/x.c
/lib/ld-linux-x86-64.so.2
/a/ld-linux.so
/a/libc.so
/a/libm.so
/a/libgcc.so
/a/libpthread.so
/a/libasan.so
/a/libubsan.so
/a/libtsan.so
/a/libdl.so
phar://x.phar
webpack-internal:///(rsc)/./node_modules/a.js
/opt/python/x.py
/var/runtime/x.py
/lib/x.so
/lib64/x.so
Pods/x.swift
deps/x.ex
nptl/x.c
csu/x.c
<generated>
SwiftUI
ld-linux-x86-64.so.2
libc.so.6
libm.so
libgcc.so
libpthread.so
libasan.so
libubsan.so
libtsan.so
libdl.so
"""
OWN_PATHS = """
/a/gemstones/x.rb
/a/library/x.py
/a/Python312/x.py
/a/usr/liberty/x.c
/a/mydeps/x.ex
/a/go/src/acme/x.go
/a/libcurl.so
/a/phar://x
/a/opt/python/x.py
/a/SwiftUI.swift
<generated>x
libmagic.so
/a/lib/pythonic.py
"""
TESTS = """
a.LeavesTest
a.LeavesTests
a.LeavesTestCase
a.LeavesTestBase
a.LeavesTestUtil
a.LeavesTestUtils
a.LeavesSpec
a.LeavesSpecs
a.LeavesIT
a.Leaves7IT
a.LeavesTestSuite
a.LeavesTestKt
a.TestLeaves
a.Test_leaves
a.Test7
a.Test
a.test_leaves
a.leaves_test
a.leaves_spec
a/LeavesTest
a:LeavesTest
a\\LeavesTest
a.LeavesTest$Inner
"""
NO_TESTS = """
a.Testimony
a.Contest
a.LEAVESIT
a.LeavesTesting
a.Leaves$Test
a.mytest_x
a.leaves_testing
a.Specify

"""
TEST_FILES = """
tests/a.py
/srv/tests/a.py
src/test/a.java
spec/a.rb
specs/a.rb
a/__tests__/a.js
a/e2e/a.js
a/unittests/a.c
a/testdata/a.go
conftest.py
a/conftest.py
a\\tests\\a.cs
a/leaves.test.js
a/leaves.spec.ts
a/leaves_test.go
a/test_leaves.py
"""
NO_TEST_FILES = """
test/a.py
contests/a.py
a/inspect/a.rb
a/e2e.js
a/tests.py
a/leaves.tests.js
a/test.py
"""


def _lines(table: str) -> list[str]:
    return table.strip("\n").split("\n")


def _files(language: str, files: list[str]) -> dict[str, int]:
    return {file: origin(language, "run", file, None) for file in files}


def test_a_path_of_a_library() -> None:
    """Whatever the language."""
    assert _files("python", _lines(LIBRARY_PATHS)) == dict.fromkeys(_lines(LIBRARY_PATHS), LIBRARY)
    assert _files("python", _lines(OWN_PATHS)) == dict.fromkeys(_lines(OWN_PATHS), OWN)


def test_what_is_a_test_by_its_name() -> None:
    """Classes, functions and files."""
    assert {name: is_test(name, None) for name in _lines(TESTS)} == dict.fromkeys(_lines(TESTS), True)
    assert {name: is_test(name, None) for name in _lines(NO_TESTS)} == dict.fromkeys(_lines(NO_TESTS), False)
    assert {file: is_test(None, file) for file in _lines(TEST_FILES)} == dict.fromkeys(_lines(TEST_FILES), True)
    assert {file: is_test(None, file) for file in _lines(NO_TEST_FILES)} == dict.fromkeys(_lines(NO_TEST_FILES), False)
    assert not is_test(None, None)
