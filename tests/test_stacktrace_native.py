"""Traces of C, C++ and Swift as they are printed, each read as a person reads it."""

import pytest

from tests.stack_cases import Case, check

CASES = (
    Case(
        "gdb",
        """\
Program received signal SIGSEGV, Segmentation fault.
0x0000555555555161 in select_leaf (wallet=0x0) at /srv/app/leaves.c:21
#0  0x0000555555555161 in select_leaf (wallet=0x0) at /srv/app/leaves.c:21
#1  0x00007ffff7c8 in acme::Leaves::select<int>(std::vector<int> const&) const (this=0x7f, v=...) at /srv/app/leaves.cpp:40
#2  0x00007ffff7c29d90 in __libc_start_call_main () from /lib/x86_64-linux-gnu/libc.so.6
#3  main () at main.c:5
""",
        "SIGSEGV",
        "Segmentation fault.",
        (
            "+ main main.c:5",
            "- __libc_start_call_main /lib/x86_64-linux-gnu/libc.so.6",
            "+ acme::Leaves select /srv/app/leaves.cpp:40",
            "+ select_leaf /srv/app/leaves.c:21",
        ),
        "/srv/app/leaves.c select_leaf",
        language="native",
    ),
    Case(
        "asan",
        """\
=================================================================
==31337==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x55d8 bp 0x7ffc sp 0x7ffc
READ of size 8 at 0x602000000010 thread T0
    #0 0x7f2 in __interceptor_memcpy ../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:827
    #1 0x55d8a1 in acme::Leaf::owner(acme::Wallet const&) /srv/app/src/leaf.cpp:31:12
    #2 0x55d8b2 in main /srv/app/src/main.cpp:9:3
    #3 0x7f1c in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x29d8f) (BuildId: c289)

0x602000000010 is located 0 bytes inside of 8-byte region [0x602000000010,0x602000000018)
freed by thread T0 here:
    #0 0x7f3 in operator delete(void*) (/lib/libasan.so.6+0xb160d)
    #1 0x55d8c3 in acme::Leaf::drop() /srv/app/src/leaf.cpp:44:3

SUMMARY: AddressSanitizer: heap-use-after-free /srv/app/src/leaf.cpp:31:12 in acme::Leaf::owner
""",
        "heap-use-after-free",
        "AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x55d8 bp 0x7ffc sp 0x7ffc",
        (
            "- __libc_start_main /lib/x86_64-linux-gnu/libc.so.6",
            "+ main /srv/app/src/main.cpp:9",
            "+ acme::Leaf owner /srv/app/src/leaf.cpp:31",
            "- __interceptor_memcpy ../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:827",
        ),
        "acme::Leaf owner",
        language="native",
    ),
    Case(
        "tsan",
        """\
WARNING: ThreadSanitizer: data race (pid=4711)
  Write of size 4 at 0x7b04 by thread T1:
    #0 acme::Counter::add(int) /srv/app/counter.cc:9:5 (app+0x4c1a)
    #1 std::__invoke_impl<void> /usr/include/c++/12/bits/invoke.h:61:14 (app+0x4d)

  Previous read of size 4 at 0x7b04 by main thread:
    #0 main /srv/app/main.cc:21:9 (app+0x4c)
""",
        "data race",
        "ThreadSanitizer: data race (pid=4711)",
        (
            "- std __invoke_impl /usr/include/c++/12/bits/invoke.h:61",
            "+ acme::Counter add /srv/app/counter.cc:9",
        ),
        "acme::Counter add",
        language="native",
    ),
    Case(
        "ubsan",
        """\
src/leaves.c:21:7: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
    #0 0x4a2 in total /srv/app/src/leaves.c:21:7
    #1 0x4a3 in main /srv/app/src/main.c:5:3
""",
        "undefined behaviour",
        "signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'",
        (
            "+ main /srv/app/src/main.c:5",
            "+ total /srv/app/src/leaves.c:21",
        ),
        "/srv/app/src/leaves.c total",
        language="native",
    ),
    Case(
        "c++ terminate",
        """\
terminate called after throwing an instance of 'acme::no_leaf'
  what():  wallet 7 has no leaf
#0  __pthread_kill_implementation (no_tid=0, signo=6) at ./nptl/pthread_kill.c:44
#1  0x00007f in raise (sig=6) at ../sysdeps/posix/raise.c:26
#2  0x00007f in std::terminate() () from /lib/x86_64-linux-gnu/libstdc++.so.6
#3  0x0000555 in acme::select (n=3) at /srv/app/leaves.cpp:12
""",
        "acme::no_leaf",
        "wallet 7 has no leaf",
        (
            "+ acme select /srv/app/leaves.cpp:12",
            "- std terminate /lib/x86_64-linux-gnu/libstdc++.so.6",
            "- raise ../sysdeps/posix/raise.c:26",
            "- __pthread_kill_implementation ./nptl/pthread_kill.c:44",
        ),
        "acme select",
        language="native",
    ),
    Case(
        "valgrind",
        """\
==4711== Invalid read of size 4
==4711==    at 0x10916B: owner (leaf.c:21)
==4711==    by 0x109190: main (main.c:9)
==4711==  Address 0x4a8b040 is 0 bytes after a block of size 0 alloc'd
==4711==    at 0x483B7F3: malloc (in /usr/lib/x86_64-linux-gnu/valgrind/vgpreload_memcheck-amd64-linux.so)
==4711==    by 0x109160: make (leaf.c:3)
""",
        "Invalid read",
        "Invalid read of size 4",
        (
            "+ main main.c:9",
            "+ owner leaf.c:21",
        ),
        "leaf.c owner",
        language="native",
    ),
    Case(
        "swift linux",
        """\
Swift/ContiguousArrayBuffer.swift:600: Fatal error: Index out of range
*** Signal 4: Backtracing from 0x7f3b2c... done ***

Thread 0 "app" crashed:

0      0x00007f3b2c1a2b3c _assertionFailure(_:_:file:line:flags:) + 264 in libswiftCore.so
1 [ra] 0x0000563b2c1a2b3c Leaves.select(_:) + 139 in app at /srv/app/Sources/app/Leaves.swift:21:14
2 [ra] 0x0000563b2c1a2b40 static App.main() + 58 in app at /srv/app/Sources/app/main.swift:5:1
""",
        "Fatal error",
        "Index out of range",
        (
            "+ App.main /srv/app/Sources/app/main.swift:5",
            "+ Leaves.select /srv/app/Sources/app/Leaves.swift:21",
            "- _assertionFailure libswiftCore.so",
        ),
        "/srv/app/Sources/app/Leaves.swift Leaves.select",
        language="swift",
    ),
    Case(
        "swift fatal",
        """\
Leaves/Leaves.swift:21: Fatal error: Unexpectedly found nil while unwrapping an Optional value
""",
        "Fatal error",
        "Unexpectedly found nil while unwrapping an Optional value",
        ("+ <unknown> Leaves/Leaves.swift:21",),
        "Leaves/Leaves.swift <unknown>",
        language="swift",
    ),
    Case(
        "swift crash report",
        """\
Exception Type:  EXC_BREAKPOINT (SIGTRAP)
Termination Reason: SIGNAL 5 Trace/BPT trap: 5

Thread 0 Crashed:
0   libswiftCore.dylib            \t0x00000001a2b3c4d5 _assertionFailure(_:_:file:line:flags:) + 308
1   Acme                          \t0x0000000100e3a2b4 closure #1 in LeavesView.body.getter + 212 (LeavesView.swift:42)
2   SwiftUI                       \t0x00000001b2c3d4e5 0x1b2c00000 + 845
3   Acme                          \t0x0000000100e3a111 main + 64 (AppDelegate.swift:11)
""",
        "EXC_BREAKPOINT",
        "SIGTRAP",
        (
            "+ main AppDelegate.swift:11",
            "- ?? SwiftUI",
            "+ #1 LeavesView.swift:42",
            "- _assertionFailure libswiftCore.dylib",
        ),
        "LeavesView.swift #1",
        language="swift",
    ),
    Case(
        "lldb",
        """\
* thread #1, stop reason = EXC_BAD_ACCESS (code=1, address=0x0)
  * frame #0: 0x0000000100003f2c app`select_leaf(wallet=0x0) at leaves.c:21:9
    frame #1: 0x0000000100003f70 app`main at main.c:5:3
""",
        "EXC_BAD_ACCESS",
        "code=1, address=0x0",
        (
            "+ main main.c:5",
            "+ select_leaf leaves.c:21",
        ),
        "leaves.c select_leaf",
        language="native",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_trace_is_read_as_printed(case: Case) -> None:
    """Type, message, chain, frames, what is ours, and the frame to look at first."""
    check(case)
