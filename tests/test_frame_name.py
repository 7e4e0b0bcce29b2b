"""A frame of a stack trace by name: two builds of one source give the same."""

import pytest

from bot.core.signature.frame_name import name_of, stem
from bot.model import Frame


@pytest.mark.parametrize(
    ("function", "module", "file", "name"),
    [
        ("lambda$run$3", "com.acme.Foo$Bar", "Foo.java", "Foo$Bar:run"),
        ("run", "com.acme.Foo$$Lambda$14/0x0008", "Foo.java", ""),
        ("call", "com.sun.proxy.$Proxy12", None, ""),
        ("run", "com.acme.Foo$$SpringCGLIB$$0", "<generated>", "Foo:run"),
        ("invoke", "sun.reflect.GeneratedMethodAccessor17", None, ""),
        ("access$000", "com.acme.Foo", "Foo.java", ""),
        ("$anonfun$run$1$adapted", "com.acme.Foo$", "Foo.scala", "Foo:run"),
        ("Acme.Foo.<Run>d__3.MoveNext", None, "Foo.cs", "Foo:Run"),
        ("Acme.Foo.<>c.<Run>b__3_0", None, None, "Foo:Run"),
        ("Acme.Foo`1.<Main>g__Local|0_1", None, None, "Foo:Local"),
        ("Layer.handle [as handle_request]", None, "/app/layer.js", "layer:handle"),
        ("t", None, "https://a.example/main.4f3a2b1c.chunk.js", "main"),
        ("func1", "github.com/acme/transfers/handler.(*Server).Run", "/x/server.go", "Server:Run"),
        ("(*Server[...]).Run.func1.2", "github.com/acme/transfers/handler", "/x/server.go", "Server:Run"),
        ("block (2 levels) in load", None, "a/books.rb", "books:load"),
        ("App\\Foo->App\\{closure}", None, "/srv/Foo.php", "Foo:<anonymous>"),
        ("acme::handler::run::{{closure}}::h0123456789abcdef", None, "src/handler.rs", "handler:run"),
        ("<acme::Foo as core::Bar>::baz", None, None, "Foo:baz"),
        ("ns::Foo<int, std::vector<X>>::bar(int)", None, "a.cc", "Foo:bar"),
        ("foo.constprop.0", None, "a.c", "a:foo"),
        ("closure #1 in Foo.bar()", None, "Foo.swift", "Foo:bar"),
        ("-run/1-fun-0-", "foo", "foo.erl", "foo:run/1"),
        ("-range1/2-fun-0-", "foo", "foo.erl", "foo:range1/2"),
        ("-fm/1-lc-0-", "foo", "foo.erl", "foo:fm/1"),
        ("-range1/12-fun-0-", "foo", "foo.erl", "foo:range1/12"),
        ("-main", "acme.core", "core.clj", "core:main"),
        ("swap-", "acme.core", "core.clj", "core:swap-"),
        ("operator new (unsigned long)", None, "a.cc", "a:operator new"),
        ("func1", "main.run", "/x/s.go", "main:run"),
        ("gowrap1", "main.run", "/x/s.go", "main:run"),
        ("deferwrap2", "main.run", "/x/s.go", "main:run"),
        ("run", "acme.Foo$123456", None, "Foo:run"),
        ("run", "acme.Foo$12$x", None, "Foo$x:run"),
        ("on_callee", None, "/s/a.js", "a:on_callee"),
        ("_callee12", "acme.Foo", "a.py", "Foo:<anonymous>"),
        ("<listcomp>", None, "/srv/a.py", ""),
        ("", None, None, "<anonymous>"),
    ],
)
def test_a_frame_goes_by_its_name(function: str, module: str | None, file: str | None, name: str) -> None:
    """Without what compilers, proxies and bundlers add; empty for what is generated as a whole."""
    assert name_of(Frame(function, file, 3, module)) == name


def test_a_name_is_read_up_to_300_characters() -> None:
    """Of a function and of a module their beginning, also where both are plain words."""
    assert name_of(Frame("f" * 300, None, 3, "a.Foo")) == f"Foo:{'f' * 300}"
    assert name_of(Frame("f" * 301, None, 3, "a.Foo")) == f"Foo:{'f' * 300}"
    assert name_of(Frame("run", None, 3, f"{'a' * 200}.{'b' * 99}")) == f"{'b' * 99}:run"
    assert name_of(Frame("run", None, 3, f"{'a' * 200}.{'b' * 100}")) == f"{'b' * 99}:run"


def test_the_stem_of_a_file() -> None:
    """No folder, extension, query or hash."""
    files = ("C:\\build\\Leaves.cs", "https://a.example/s/main-BxK3a9Zq.js?v=2", "webpack:///./src/user.service.ts?ab12", "main.4f3a2b1c.chunk.js")

    assert [stem(file) for file in files] == ["Leaves", "main", "user.service", "main"]
    assert stem("/static/leaf-list-4f3a2b1c.js") == "leaf-list"


def test_arguments_end_a_name() -> None:
    """What stands in brackets on an earlier line than the last is a part of it."""
    assert name_of(Frame("run(int)", None, 3, "a.Foo")) == "Foo:run"
    assert name_of(Frame("run(int)\nx", None, 3, "a.Foo")) == "Foo:run(int)\nx"
