"""Traces of Go and Rust as they are printed, each read as a person reads it."""

import pytest

from tests.stack_cases import Case, check

CASES = (
    Case(
        "go wrapped",
        """\
panic: create transfer: select leaves: sql: no rows in result set

goroutine 18 [running]:
github.com/acme/transfers/store.(*Store).Leaves.func1(0xc00001e0a0, {0x1, 0x2})
\t/srv/app/store/leaves.go:42 +0x1d
github.com/acme/transfers/store.Map[...](...)
\t/home/ci/go/pkg/mod/github.com/acme/kit@v1.2.0/store/map.go:7
net/http.HandlerFunc.ServeHTTP(0x12be2e8, {0x12f0ea0, 0xc00010e1c0})
\t/usr/local/go/src/net/http/server.go:2136 +0x44
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3285 +0x4b4

goroutine 1 [IO wait]:
main.main()
\t/srv/app/main.go:9 +0x25
exit status 2
""",
        "panic",
        "create transfer: select leaves: sql: no rows in result set",
        (
            "- net/http (*Server).Serve /usr/local/go/src/net/http/server.go:3285",
            "- net/http HandlerFunc.ServeHTTP /usr/local/go/src/net/http/server.go:2136",
            "- github.com/acme/transfers/store Map /home/ci/go/pkg/mod/github.com/acme/kit@v1.2.0/store/map.go:7",
            "+ github.com/acme/transfers/store (*Store).Leaves /srv/app/store/leaves.go:42",
        ),
        "github.com/acme/transfers/store (*Store).Leaves",
        chain=("panic", None, None),
        language="go",
    ),
    Case(
        "go nil",
        """\
panic: runtime error: invalid memory address or nil pointer dereference [recovered]
\tpanic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x10a5e2d]

goroutine 7 [running]:
testing.tRunner.func1.2({0x111e9a0, 0x1234560})
\t/usr/local/go/src/testing/testing.go:1545 +0x238
panic({0x111e9a0?, 0x1234560?})
\t/usr/local/go/src/runtime/panic.go:914 +0x21f
github.com/acme/transfers.(*Leaf).Owner(...)
\t/srv/app/leaf.go:21
github.com/acme/transfers.TestOwner(0xc000007860)
\t/srv/app/leaf_test.go:9 +0x1d
testing.tRunner(0xc000007860, 0x1150a88)
\t/usr/local/go/src/testing/testing.go:1595 +0xff
""",
        "panic",
        "runtime error: invalid memory address or nil pointer dereference",
        (
            "- testing tRunner /usr/local/go/src/testing/testing.go:1595",
            "+ github.com/acme/transfers TestOwner /srv/app/leaf_test.go:9",
            "+ github.com/acme/transfers (*Leaf).Owner /srv/app/leaf.go:21",
        ),
        "github.com/acme/transfers (*Leaf).Owner",
        language="go",
    ),
    Case(
        "go pkg/errors",
        """\
connection refused
github.com/acme/transfers/store.(*Store).Leaves
\t/srv/app/store/leaves.go:42
main.main
\t/srv/app/main.go:9
runtime.main
\t/usr/local/go/src/runtime/proc.go:267
select leaves
github.com/acme/transfers.Select
\t/srv/app/select.go:12
main.main
\t/srv/app/main.go:9
""",
        None,
        "connection refused",
        (
            "- runtime main /usr/local/go/src/runtime/proc.go:267",
            "+ main main /srv/app/main.go:9",
            "+ github.com/acme/transfers/store (*Store).Leaves /srv/app/store/leaves.go:42",
        ),
        "github.com/acme/transfers/store (*Store).Leaves",
        chain=(None, None),
        language="go",
    ),
    Case(
        "go deadlock",
        """\
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
\t/srv/app/main.go:9 +0x25
""",
        "fatal error",
        "all goroutines are asleep - deadlock!",
        ("+ main main /srv/app/main.go:9",),
        "main main",
        language="go",
    ),
    Case(
        "rust",
        """\
thread 'tokio-runtime-worker' panicked at src/leaves.rs:31:5:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   1: core::panicking::panic_fmt
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/panicking.rs:74:14
   2: core::option::unwrap_failed
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/option.rs:2009:5
   3: acme::leaves::select::{{closure}}
             at ./src/leaves.rs:31:5
   4: <acme::api::Api as tower_service::Service<http::Request<B>>>::call::h0123456789abcdef
             at ./src/api.rs:9:13
   5: tokio::runtime::task::core::Core<T,S>::poll
             at /home/ci/.cargo/registry/src/index.crates.io-6f17d22bba15001f/tokio-1.35.1/src/runtime/task/core.rs:328:17
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
""",
        "panic",
        "called `Option::unwrap()` on a `None` value",
        (
            "- tokio::runtime::task::core::Core poll /home/ci/.cargo/registry/src/index.crates.io-6f17d22bba15001f/tokio-1.35.1/src/runtime/task/core.rs:328",
            "+ acme::api::Api call ./src/api.rs:9",
            "+ acme::leaves select ./src/leaves.rs:31",
        ),
        "acme::leaves select",
        language="rust",
    ),
    Case(
        "rust old",
        """\
thread 'main' panicked at 'index out of bounds: the len is 3 but the index is 3', src/main.rs:10:5
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
""",
        "panic",
        "index out of bounds: the len is 3 but the index is 3",
        ("+ <unknown> src/main.rs:10",),
        "src/main.rs <unknown>",
        language="rust",
    ),
    Case(
        "rust anyhow",
        """\
Error: transfer failed

Caused by:
    0: cannot select leaves
    1: connection refused (os error 111)

Stack backtrace:
   0: anyhow::error::<impl anyhow::Error>::msg
             at /home/ci/.cargo/registry/src/github.com-1ecc6299db9ec823/anyhow-1.0.75/src/error.rs:83:36
   1: acme::store::leaves
             at ./src/store.rs:21:9
   2: acme::main
             at ./src/main.rs:5:5
""",
        "Error",
        "connection refused (os error 111)",
        (
            "+ acme main ./src/main.rs:5",
            "+ acme::store leaves ./src/store.rs:21",
            "- anyhow::error msg /home/ci/.cargo/registry/src/github.com-1ecc6299db9ec823/anyhow-1.0.75/src/error.rs:83",
        ),
        "acme::store leaves",
        chain=("Error", "Error", "Error"),
        language="rust",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_trace_is_read_as_printed(case: Case) -> None:
    """Type, message, chain, frames, what is ours, and the frame to look at first."""
    check(case)
