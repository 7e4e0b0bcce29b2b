"""Stack traces in several languages for tests, each a small failure as its runtime prints it."""

PYTHON = """\
Traceback (most recent call last):
  File "/srv/41/transfers/api.py", line 12, in post
    return handle(request)
  File "/usr/lib/python3.11/site-packages/sqlalchemy/engine.py", line 900, in execute
    raise error
  File "/srv/41/transfers/leaves.py", line 31, in select_leaves
    rows = [lock(leaf) for leaf in leaves]
acme.errors.LeafError: leaf 4411 is taken by transfer 0199502d-9301-7790-8004-b77561fd6e44
"""
JAVA = """\
java.lang.IllegalStateException: leaf 4411 is taken
\tat com.acme.transfers.Leaves.lambda$select$3(Leaves.java:31)
\tat com.acme.transfers.Leaves$$EnhancerBySpringCGLIB$$ab12cd34.select(<generated>)
\tat com.acme.transfers.$Proxy12.select(Unknown Source)
\tat org.springframework.cglib.proxy.MethodProxy.invoke(MethodProxy.java:218)
\tat sun.reflect.GeneratedMethodAccessor17.invoke(Unknown Source)
\tat com.acme.transfers.TransferApi.post(TransferApi.java:12)
\tat java.lang.Thread.run(Thread.java:750)
"""
NODE = """\
TypeError: Cannot read properties of undefined (reading 'leaf')
    at Leaves.select (/srv/41/dist/leaves.js:31:7)
    at async post (/srv/41/dist/api.js:12:3)
    at next (/srv/41/node_modules/express/lib/router/index.js:256:14)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
"""
BROWSER = """\
TypeError: t is undefined
    at e.selectLeaves (https://cdn.acme.example/static/main.4f3a2b1c.chunk.js:1:90123)
    at t (https://cdn.acme.example/static/main.4f3a2b1c.chunk.js:1:4411)
"""
GO = """\
panic: leaf 4411 is taken

goroutine 18 [running]:
github.com/acme/transfers/leaves.(*Store).Select.func1(0xc00001e0a0)
\t/srv/41/leaves/store.go:31 +0x1d
github.com/acme/transfers/leaves.(*Store).Select(0xc00001e0a0)
\t/srv/41/leaves/store.go:25 +0x9c
main.main()
\t/srv/41/main.go:9 +0x25
"""
RUST = """\
thread 'main' panicked at src/leaves.rs:31:5:
leaf 4411 is taken
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   1: core::panicking::panic_fmt
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/panicking.rs:76:14
   2: transfers::leaves::select::{{closure}}
             at ./src/leaves.rs:31:5
   3: transfers::main
             at ./src/main.rs:9:5
"""
RUBY = """\
/srv/41/app/leaves.rb:31:in `block in select': leaf 4411 is taken (LeafError)
\tfrom /srv/41/app/leaves.rb:25:in `select'
\tfrom /usr/lib/ruby/gems/3.2.0/gems/rack-2.2.8/lib/rack.rb:12:in `call'
\tfrom /srv/41/app/api.rb:12:in `post'
"""
PHP = """\
PHP Fatal error:  Uncaught RuntimeException: leaf 4411 is taken in /srv/41/src/Leaves.php:31
Stack trace:
#0 /srv/41/src/Api.php(12): Acme\\Leaves->select(4411)
#1 /srv/41/vendor/slim/slim/App.php(99): Acme\\Api->post(Object(Request))
#2 {main}
  thrown in /srv/41/src/Leaves.php on line 31
"""
CSHARP = """\
System.InvalidOperationException: leaf 4411 is taken
   at Acme.Transfers.Leaves.<SelectAsync>d__3.MoveNext() in C:\\build\\41\\Leaves.cs:line 31
--- End of stack trace from previous location where exception was thrown ---
   at System.Runtime.CompilerServices.TaskAwaiter.ThrowForNonSuccess(Task task)
   at Acme.Transfers.Api.<>c__DisplayClass5_0.<Post>b__0() in C:\\build\\41\\Api.cs:line 12
"""
DART = """\
Unhandled exception:
Bad state: leaf 4411 is taken
#0      Leaves.select.<anonymous closure> (package:transfers/leaves.dart:31:7)
#1      Leaves.select (package:transfers/leaves.dart:25:7)
#2      main (file:///srv/41/bin/main.dart:9:3)
#3      _startIsolate.<anonymous closure> (dart:isolate-patch/isolate_patch.dart:265)
"""
ELIXIR = """\
** (ArgumentError) leaf 4411 is taken
    (transfers 0.4.1) lib/transfers/leaves.ex:31: Transfers.Leaves.select/2
    (elixir 1.15.4) lib/enum.ex:1693: Enum."-map/2-lists^map/1-1-"/2
    (transfers 0.4.1) lib/transfers/api.ex:12: Transfers.Api.post/1
"""
CHAIN = """\
java.lang.RuntimeException: request 77 failed
\tat com.acme.transfers.TransferApi.post(TransferApi.java:14)
\tat java.lang.Thread.run(Thread.java:750)
Caused by: com.acme.LeafException: leaf 4411 is taken
\tat com.acme.transfers.Leaves.select(Leaves.java:31)
\tat com.acme.transfers.TransferApi.post(TransferApi.java:12)
\t... 1 more
"""
RECURSION = (
    "java.lang.StackOverflowError\n"
    + "\tat com.acme.Tree.walk(Tree.java:8)\n\tat com.acme.Tree.step(Tree.java:9)\n" * 40
    + "\tat com.acme.Main.main(Main.java:3)\n"
)
