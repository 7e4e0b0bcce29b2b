"""Which frames count for the name of an error, and why another does not."""

import pytest

from bot.core.signature.counted_frames import counted, weighed
from bot.model import Frame

RUNTIMES = """
| System.Threading | Run
| Microsoft.VisualStudio.X | Run
| Microsoft.TestPlatform.X | Run
| Microsoft.Extensions.Hosting.X | Run
| Xunit.X | Run
| NUnit.X | Run
| std::x | run
| core::x | run
| alloc::x | run
| test::x | run
| | std::run
| PHPUnit\\X | run
| | rust_begin_unwind
| | __rust_start
| | _start
| | __libc_start_main
| | start_thread
| | clone
| | clone3
| java.util.X | run
| kotlin.X | run
<frozen os> | os | run
/s/a (node:7) | | run
[native code] | | run
/x/libc.so.6 | | run
/x/lib/python3.12/os.py | | run
/x/_pytest/a.py | | run
/x/pluggy/a.py | | run
/x/phpunit/a.php | | run
/usr/local/go/src/a.c | | run
/rustc/9f/a.rs | | run
/x/sysdeps/a.c | | run
/x/node_modules/jest/a.js | | run
/x/node_modules/@jest/a.js | | run
/x/node_modules/mocha/a.js | | run
/x/node_modules/jasmine/a.js | | run
/x/node_modules/vitest/a.js | | run
/x/lib/ruby/3.2/a.rb | | run
/x/minitest-5.1/a.rb | | run
/x/rspec-core-3.12.0/a.rb | | run
/x/test-unit-3/a.rb | | run
\\x\\_pytest\\a.py | | run
node:fs | | run
internal/a.js | | run
dart:async | | run
<internal:array> | Array | run
a.go | net/http | Run
a.go | runtime | Run
a.go | os.X | Run
"""
OTHERS = """
| Systematic.X | Run
| Microsoft.Data.X | Run
| acme.System.X | Run
| acme::std::x | run
| stdx::y | run
| | clone34
| | clone_x
| | my_start
| std.x | run
/x/lib/python3.12/site-packages/a.py | | run
/x/lib/python3.12/dist-packages/a.py | | run
/x/phpunits/a.php | | run
/x/node_modules/jesting/a.js | | run
/x/node_modules/express/a.js | | run
/x/minitest/a.rb | | run
/x/minitest-5x/a.rb | | run
/x/lib/rubyx/a.rb | | run
/s/node:fs | | run
a.go | netx/http | Run
a.go | github.com/net | Run
a.py | net | Run
"""


def frame(line: str) -> Frame:
    """`file | module | function`."""
    file, module, function = (part.strip() or None for part in f" {line}".split("|"))
    return Frame(function or "", file, 7, module)


@pytest.mark.parametrize(("table", "verdict"), [(RUNTIMES, "runtime"), (OTHERS, "counts")])
def test_a_runtime_frame_does_not_count(table: str, verdict: str) -> None:
    """A language's runtime and a test runner stand around every failure."""
    own = Frame("own", "/srv/own.py", 1)
    for line in table.strip("\n").split("\n"):
        told = next(one for one in weighed((own, frame(line))) if one.frame is not own)
        assert (line, told.verdict) == (line, verdict)


def test_a_runtime_counts_where_nothing_else_is() -> None:
    """And a library does where nothing is ours."""
    runtime, library = Frame("run", "/x/_pytest/a.py", 1, None, in_app=False), Frame("get", "/x/flask/b.py", 2, None, in_app=False)

    assert counted((runtime,)) == ("a:run",)
    assert counted((runtime, library)) == ("b:get",)
    assert counted((library, Frame("own", "c.py"), runtime)) == ("c:own",)
    assert counted(()) == ()


def test_each_function_counts_once_and_three_in_all() -> None:
    """The innermost, in the order of the trace."""
    names = [Frame(name, f"{name}.py", 1) for name in "abcde"]
    told = [(one.name, one.verdict) for one in weighed((*names, names[4], Frame("<listcomp>", "e.py", 2)))]

    assert counted((*names, names[4], names[3])) == ("c:c", "e:e", "d:d")
    assert told == [
        ("", "generated"),
        ("e:e", "counts"),
        ("e:e", "repeated"),
        ("d:d", "counts"),
        ("c:c", "counts"),
        ("b:b", "further out"),
        ("a:a", "further out"),
    ]


@pytest.mark.parametrize("depth", [49, 50, 51, 500])
def test_a_recursion_counts_its_functions(depth: int) -> None:
    """However deep, in the order in which they failed."""
    ping, pong = Frame("ping", "a.py", 1), Frame("pong", "b.py", 2)

    assert counted((Frame("main", "m.py"), *((ping, pong) * depth))) == ("m:main", "a:ping", "b:pong")
    assert counted((Frame("main", "m.py"), *((ping, pong) * depth), ping)) == ("m:main", "b:pong", "a:ping")


def test_a_frame_far_down_a_long_path_is_known() -> None:
    """By the end of its path."""
    assert [one.verdict for one in weighed((Frame("own", "o.py"), Frame("run", f"/{'x' * 400}/_pytest/a.py", 1)))] == ["runtime", "counts"]
