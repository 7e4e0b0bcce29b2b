"""What compilers, proxies and bundlers add to names, each form by itself: `function | module | file → name`."""

import pytest

from bot.core.signature.frame_name import name_of, plain, stem
from bot.model import Frame

GENERATED = """
access$000 | Foo | Foo.java →
access$123456 | Foo | Foo.java →
access$x | Foo | Foo.java → Foo:access$x
<listcomp> | | a.py →
<dictcomp> | | a.py →
<setcomp> | | a.py →
<genexpr> | | a.py →
lambda_method | | →
lambda_method12 | | →
lambda_methods | | → lambda_methods
{{vtable.shim}} | | →
$deserializeLambda$ | Foo | Foo.java →
run | com.sun.proxy.$Proxy | →
run | com.sun.proxy.$Proxy123 | →
run | a.$Proxy1x | → $Proxy1x:run
run | a.Foo$$FastClass$$1 | →
run | a.Foo$$Lambda$14/0x8 | →
invoke | a.GeneratedMethodAccessor17 | →
invoke | a.GeneratedConstructorAccessor17 | →
invoke | a.GeneratedSerializationConstructorAccessor1 | →
invoke | a.GeneratedCode | → GeneratedCode:invoke
run | a.DynamicClass | →
run | a.DynamicClasses | → DynamicClasses:run
a.$Proxy12.run | | →
run | | <string> →
run | | <attrs generated init a> →
run | | <stdin> → <stdin>:run
run | | <console> → <console>:run
run | | <ipython-input-1> → <ipython-input-1>:run
run | | <generated> → <generated>:run
run | | <unknown> → <unknown>:run
run | | <cell 1> → <cell 1>:run
run | a.Foo | <string> → Foo:run
"""
SCRIPTS = """
run | | /s/main.js → main:run
run | Foo | /s/main.js → main:run
run | Foo | /s/main.mjs → main:run
run | Foo | /s/main.cjs → main:run
run | Foo | /s/main.jsx → main:run
run | Foo | /s/main.ts → main:run
run | Foo | /s/main.mts → main:run
run | Foo | /s/main.cts → main:run
run | Foo | /s/main.tsx → main:run
run | Foo | /s/main.vue → main:run
run | Foo | /s/main.svelte → main:run
run | Foo | /s/main.bundle → main:run
run | Foo | /s/main.jsbundle → main:run
run | Foo | /s/main.js?v=2 → main:run
run | Foo | /s/main.py → Foo:run
Foo.run | | /s/main.js → main:run
t | | /s/main.4f3a2b1c.js → main
tt | | /s/main.4f3a2b1c.js → main
ttt | | /s/main.4f3a2b1c.js → main:ttt
t | | /s/main.js → main:t
t | | /s/main.min.js?v=2 → main
t | | C:\\s\\main.min.js → main
t | | /s.min/main.js → main:t
t | | C:\\a.min.b\\main.js → main:t
t | | /s/min.js → min
t | | bundle.js?x → bundle
async run | | /s/a.js → a:run
new Foo | | /s/a.js → a:Foo
static run | | → run
virtual run | | → run
bound run | | → run
function run | | → run
async static run | | → run
handle [as run] | | → handle
Foo.handle [as a.b] | | → Foo:handle
run/< | | /s/a.js → a:run
run/</< | | /s/a.js → a:run
run<< | | /s/a.js → a:run
_callee | | /s/a.js → a:<anonymous>
_callee12 | | /s/a.js → a:<anonymous>
_callees | | /s/a.js → a:_callees
<anonymous> | | /s/a.js → a:<anonymous>
anonymous | | /s/a.js → a:<anonymous>
(anonymous) | | /s/a.js → a:<anonymous>
? | | /s/a.js → a:<anonymous>
?? | | /s/a.js → a:<anonymous>
<unknown> | | /s/a.js → a:<anonymous>
unknown | | /s/a.js → a:<anonymous>
null | | /s/a.js → a:<anonymous>
default | | /s/a.js → a:<anonymous>
unknown | a.Foo | a.py → Foo:<anonymous>
default | a.Foo | a.py → Foo:<anonymous>
"""
RUBY_ELIXIR_SWIFT = """
block in load | | a/books.rb → books:load
rescue in load | | a/books.rb → books:load
ensure in load | | a/books.rb → books:load
block (12 levels) in load | | a/books.rb → books:load
block in ensure in load | | a/books.rb → books:load
Foo#load | | a/books.rb → Foo:load
anonymous fn/2 in Foo.run | | → Foo:run
anonymous fn/12 in Foo.run | | → Foo:run
-run/1-fun-0- | foo | foo.erl → foo:run/1
-run/12-fun-10- | foo | foo.erl → foo:run/12
-run/1-lc$^0/1-0- | foo | foo.erl → foo:run/1-lc$^0/1-0
-run/1-lc-12- | foo | foo.erl → foo:run/1
-run/1-lbc-0- | foo | foo.erl → foo:run/1
-run/1-inlined-0- | foo | foo.erl → foo:run/1
closure #1 in Foo.run() | | → Foo:run
closure #12 in Foo.run() | | → Foo:run
implicit closure #1 in Foo.run() | | → Foo:run
closure #1 (Swift.Int) -> () in Foo.run() | | → Foo:run
closure #1 () in Foo.run() | | → Foo:run
closure #1 -> Int in Foo.run() | | → Foo:run
closure #1 in closure #2 in Foo.run() | | → Foo:run
partial apply for Foo.run() | | → Foo:run
specialized Foo.run() | | → Foo:run
generic specialized Foo.run() | | → Foo:run
@objc Foo.run() | | → Foo:run
"""
NATIVE = """
run [clone .cold] | | a.c → a:run
run [clone .part.0] [clone .isra.1] | | a.c → a:run
run.isra.0 | | a.c → a:run
run.part.12 | | a.c → a:run
run.constprop.0 | | a.c → a:run
run.cold | | a.c → a:run
run.lto_priv.0 | | a.c → a:run
run.llvm.12345678 | | a.c → a:run
run.isra.0.cold.1 | | a.c → a:run
a::run::h0123456789abcdef | | → a:run
a::run::h0123456789abcde | | → run:h0123456789abcde
a::run::{{closure}} | | → a:run
a::run::{closure} | | → a:run
a::run::{closure#12} | | → a:run
a::run::{{closure}}::{{closure}} | | → a:run
a::run::{impl#1} | | → a:run
a::run::{constant#0} | | → a:run
a::run::{async_fn#0} | | → a:run
a::run::{async_block_env#12} | | → a:run
a::<impl b::Foo for a::Bar>::run | | → Bar:run
<a::Bar as b::Foo>::run | | → Bar:run
(anonymous namespace)::Foo::run | | → Foo:run
Foo<int>::run<long> | | → Foo:run
Foo<A<B<C>>>::run | | → Foo:run
Foo::<T>::run | | → Foo:run
run(int, char) | | a.cc → a:run
Foo::run(std::vector<X>) | | a.cc → Foo:run
"""
DOTNET = """
Acme.Foo.<>c.<Run>b__3_0 | | → Foo:Run
Acme.Foo.<>c+<Run>b__3_0 | | → Foo:Run
Acme.Foo.<>c__DisplayClass12_10.<Run>b__0 | | → Foo:Run
Acme.Foo.<>c__DisplayClass1_0`1.<Run>b__0 | | → Foo:Run
Acme.Foo.<>c__DisplayClass1_0`12[T].<Run>b__0 | | → Foo:Run
Acme.Foo.<Run>g__Local|0_1 | | → Foo:Local
Acme.Foo.<Run>g__Local|12_10 | | → Foo:Local
Acme.Foo.<Run>g__Local|12 | | → Foo:Local
Acme.Foo.<Run>d__3.MoveNext | | → Foo:Run
Acme.Foo.<Run>d__12`1.MoveNext | | → Foo:Run
Acme.Foo.<Run>d__12`12.MoveNext | | → Foo:Run
Acme.Foo.<Run>b__12_10 | | → Foo:Run
Acme.Foo`1.Run | | → Foo:Run
Acme.Foo`12.Run | | → Foo:Run
Acme.Foo`1[System.Int32].Run | | → Foo:Run
Acme.Foo`1[].Run | | → Foo:Run
"""
GO = """
func1 | a/b.(*Server).Run | /x/s.go → Server:Run
func12 | a/b.Run | /x/s.go → b:Run
gowrap1 | a/b.Run | /x/s.go → b:Run
deferwrap1 | a/b.Run | /x/s.go → b:Run
func1-range1 | a/b.Run | /x/s.go → b:Run
func1-range12 | a/b.Run | /x/s.go → b:Run
1 | a/b.Run.func1 | /x/s.go → b:Run
12 | a/b.Run.func1 | /x/s.go → b:Run
2 | a/b.Run.gowrap1.2 | /x/s.go → b:Run
2 | a/b.Run.deferwrap12 | /x/s.go → b:Run
func2 | a/b.Run.func1.1 | /x/s.go → b:Run
func1x | a/b.Run | /x/s.go → Run:func1x
(*Server).Run | a/b | /x/s.go → Server:Run
(**Server).Run | a/b | /x/s.go → Server:Run
(*Server[...]).Run | a/b | /x/s.go → Server:Run
(*Server[int]).Run | a/b | /x/s.go → Server:Run
Run[...] | a/b | /x/s.go → b:Run
Run.func1 | a/b | /x/s.go → b:Run
Run.func12.3.45 | a/b | /x/s.go → b:Run
Run.gowrap1 | a/b | /x/s.go → b:Run
Run.deferwrap12 | a/b | /x/s.go → b:Run
Run-fm | a/b | /x/s.go → b:Run
Run-range1 | a/b | /x/s.go → b:Run
Run-range12 | a/b | /x/s.go → b:Run
Run | github.com/acme/store | /x/s.go → store:Run
Run | a.func1 | → a:Run
"""
PHP_JVM = r"""
{closure:App\Foo::run():12} | | /s/a.php → Foo:run
{closure:App\Foo::run():1234567} | | /s/a.php → Foo:run
{closure} | | /s/a.php → a:<anonymous>
App\Foo->App\{closure} | | /s/a.php → Foo:<anonymous>
App\{closure#2} | | /s/a.php → a:<anonymous>
class@anonymous/s/a.php:3$0->run | | /s/b.php → b:class
Foo.<locals>.run | | a.py → Foo:run
run.<locals>.inner | | a.py → run:inner
Foo.run.<anonymous closure> | | a.dart → Foo:run
Foo.run.<fn> | | a.dart → Foo:run
<fn> | | a.dart → a:<anonymous>
<anonymous closure> | | a.dart → a:<anonymous>
lambda$run$3 | a.Foo | Foo.java → Foo:run
lambda$run$123456 | a.Foo | Foo.java → Foo:run
CGLIB$run$12 | a.Foo | Foo.java → Foo:run
$anonfun$run$1 | a.Foo | Foo.scala → Foo:run
$anonfun$run$12$adapted | a.Foo | Foo.scala → Foo:run
a$Foo$$anonfun$run$1 | a.Foo | Foo.scala → Foo:run
run$default$2 | a.Foo | Foo.scala → Foo:run
run$default$12 | a.Foo | Foo.scala → Foo:run
run$adapted( | a.Foo | Foo.scala → Foo:run
run$adaptedLoop( | a.Foo | Foo.scala → Foo:run$adaptedLoop
run$mcI$sp( | a.Foo | Foo.scala → Foo:run
run$mcVIJD$sp( | a.Foo | Foo.scala → Foo:run
run | a.Foo$$EnhancerBySpringCGLIB$$1a | → Foo:run
run | a.Foo$1 | → Foo:run
run | a.Foo$Bar | → Foo$Bar:run
run | a.Foo$Bar- | → Foo$Bar:run
run | a.Foo$HibernateProxy$x1- | → Foo:run
run | a.Foo$MockitoMock$12- | → Foo:run
run | a.Foo$ByteBuddy$x1- | → Foo:run
run | a.Foo$auxiliary$x1- | → Foo:run
run | a.Foo_$$_jvst12- | → Foo:run
run | a.Foo$- | → Foo:run
run | a.Foo$ | → Foo:run
run$mcI$spx( | a.Foo | Foo.scala → Foo:run$mcI$spx
run | a.Foo$1$2 | → Foo:run
run | a.b.Foo | → Foo:run
run | a/b.Foo | → Foo:run
"""
STEMS = {
    "/a/b/main.py": "main",
    "C:\\a\\main.cs": "main",
    "/a/main.py/": "main",
    "/a/main.js?x=/b.js": "main",
    "/a/main.js#x/b.js": "main",
    "main.min.js": "main",
    "main.bundle.js": "main",
    "main.chunk.js": "main",
    "main.prod.js": "main",
    "main.production.js": "main",
    "main.esm.js": "main",
    "main.umd.js": "main",
    "main.cjs.js": "main",
    "main.esnext.js": "main",
    "main.module.js": "main",
    "main.modern.js": "main",
    "main.legacy.js": "main",
    "main-legacy.js": "main",
    "main-min.js": "main",
    "main.service.ts": "main.service",
    "main.4f3a2b.js": "main",
    "main.4f3a2.js": "main.4f3a2",
    "main.abcdef.js": "main.abcdef",
    "main.1234.js": "main",
    "main.123.js": "main.123",
    "main.123456789012345678901.js": "main.123456789012345678901",
    "main.BxK3a9Zq.js": "main",
    "main.BxK3a9Z.js": "main.BxK3a9Z",
    "main.bxk3a9zq.js": "main.bxk3a9zq",
    "main.BXK3A9ZQ.js": "main.BXK3A9ZQ",
    "main.BxKaaaZq.js": "main.BxKaaaZq",
    "main-BxK3a9Zq.js": "main",
    "main-4f3a2b1c.js": "main",
    "-4f3a2b1c.js": "-4f3a2b1c",
    "main-page.js": "main-page",
    "<stdin>": "<stdin>",
    "Makefile": "Makefile",
    "": "",
}


def _cases(table: str) -> list[tuple[str, Frame, str]]:
    found = []
    for line in table.strip("\n").split("\n"):
        given, _, name = line.partition("→")
        function, module, file = (part.strip() or None for part in (given + "| ").split("|", 2)) if " | " in given else (given.strip(), None, None)
        found.append((line, Frame(function or "", (file or "").strip(" |") or None, 3, module), name.strip()))
    return found


@pytest.mark.parametrize("table", [GENERATED, SCRIPTS, RUBY_ELIXIR_SWIFT, NATIVE, GO, PHP_JVM])
def test_a_form_of_a_name(table: str) -> None:
    """Each by itself."""
    assert [(line, name_of(frame)) for line, frame, _ in _cases(table)] == [(line, name) for line, _, name in _cases(table)]


def test_a_form_of_dotnet() -> None:
    """They hold the sign that parts the columns of the others."""
    lines = [(line.partition(" | | → ")[0], line.partition(" | | → ")[2]) for line in DOTNET.strip("\n").split("\n")]

    assert [(function, name_of(Frame(function, None, 3, None))) for function, _ in lines] == lines


def test_the_stem_of_each_file() -> None:
    """No folder, extension, query or hash; what is a word stays."""
    assert {file: stem(file) for file in STEMS} == STEMS


def test_a_simple_name_is_itself() -> None:
    """Words, dots, a dash within."""
    for name in ("run", "a.b.run", "a::b", "a#b", "a-b", "Foo.functional", "a\\b"):
        assert plain(name) == name
