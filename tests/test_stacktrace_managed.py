"""Traces of the JVM, .NET, Dart and the BEAM as they are printed, each read as a person reads it."""

import pytest

from bot.core.stacktrace.stacktrace import read
from tests.stack_cases import Case, check

CASES = (
    Case(
        "java spring",
        """\
2025-12-16T06:01:25.113Z ERROR 1 --- [nio-8080-exec-7] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() threw exception
org.springframework.web.util.NestedServletException: Request processing failed; nested exception is java.lang.RuntimeException: transfer failed
\tat org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014)
\tat javax.servlet.http.HttpServlet.service(HttpServlet.java:529)
\tat java.base/java.lang.Thread.run(Thread.java:829)
Caused by: java.lang.RuntimeException: transfer failed
\tat com.acme.transfers.TransferService.transfer(TransferService.java:57)
\tat com.acme.transfers.TransferService$$EnhancerBySpringCGLIB$$8f2c1e0a.transfer(<generated>)
\tat com.acme.transfers.TransferController.lambda$post$0(TransferController.java:31)
\tat jdk.internal.reflect.GeneratedMethodAccessor81.invoke(Unknown Source)
\tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:197)
\t... 2 more
Caused by: java.lang.IllegalArgumentException: leaf must not be null
\tat com.google.common.base.Preconditions.checkArgument(Preconditions.java:145)
\tat com.acme.transfers.Leaves.select(Leaves.java:88)
\tat com.acme.transfers.TransferService.transfer(TransferService.java:55)
\t... 6 common frames omitted
\tSuppressed: java.io.IOException: close failed
\t\tat com.acme.io.Pool.close(Pool.java:3)
\tCaused by: java.net.SocketException: reset
\t\tat com.acme.io.Sock.close(Sock.java:9)
""",
        "java.lang.IllegalArgumentException",
        "leaf must not be null",
        (
            "- java.lang.Thread run Thread.java:829",
            "- javax.servlet.http.HttpServlet service HttpServlet.java:529",
            "- org.springframework.web.method.support.InvocableHandlerMethod doInvoke InvocableHandlerMethod.java:197",
            "- jdk.internal.reflect.GeneratedMethodAccessor81 invoke ?",
            "+ com.acme.transfers.TransferController post TransferController.java:31",
            "- com.acme.transfers.TransferService transfer ?",
            "+ com.acme.transfers.TransferService transfer TransferService.java:55",
            "+ com.acme.transfers.Leaves select Leaves.java:88",
            "- com.google.common.base.Preconditions checkArgument Preconditions.java:145",
        ),
        "com.acme.transfers.Leaves select",
        chain=("org.springframework.web.util.NestedServletException", "java.lang.RuntimeException", "java.lang.IllegalArgumentException"),
        language="java",
    ),
    Case(
        "kotlin coroutine",
        """\
Exception in thread "DefaultDispatcher-worker-1" java.lang.IllegalStateException: no leaf for wallet 7
\tat com.acme.LeavesKt.select(Leaves.kt:21)
\tat com.acme.Transfers$transfer$2.invokeSuspend(Transfers.kt:44)
\tat kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)
\tat kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:106)
""",
        "java.lang.IllegalStateException",
        "no leaf for wallet 7",
        (
            "- kotlinx.coroutines.DispatchedTask run DispatchedTask.kt:106",
            "- kotlin.coroutines.jvm.internal.BaseContinuationImpl resumeWith ContinuationImpl.kt:33",
            "+ com.acme.Transfers transfer Transfers.kt:44",
            "+ com.acme.LeavesKt select Leaves.kt:21",
        ),
        "com.acme.LeavesKt select",
        language="java",
    ),
    Case(
        "scala",
        """\
java.util.NoSuchElementException: None.get
\tat scala.None$.get(Option.scala:627)
\tat com.acme.Leaves$.select(Leaves.scala:14)
\tat com.acme.Leaves$.$anonfun$all$1(Leaves.scala:9)
\tat scala.collection.immutable.List.map(List.scala:246)
\tat com.acme.Main$.main(Main.scala:5)
\tat com.acme.Main.main(Main.scala)
""",
        "java.util.NoSuchElementException",
        "None.get",
        (
            "+ com.acme.Main main Main.scala",
            "+ com.acme.Main main Main.scala:5",
            "- scala.collection.immutable.List map List.scala:246",
            "+ com.acme.Leaves all Leaves.scala:9",
            "+ com.acme.Leaves select Leaves.scala:14",
            "- scala.None get Option.scala:627",
        ),
        "com.acme.Leaves select",
        language="java",
    ),
    Case(
        "java only library",
        """\
java.lang.NullPointerException: Cannot invoke "String.length()" because "str" is null
\tat org.apache.commons.lang3.StringUtils.replaceEach(StringUtils.java:3676)
\tat org.apache.commons.lang3.StringUtilsTest.testReplace(StringUtilsTest.java:1039)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:568)
\tat org.junit.runners.ParentRunner.run(ParentRunner.java:363)
""",
        "java.lang.NullPointerException",
        'Cannot invoke "String.length()" because "str" is null',
        (
            "- org.junit.runners.ParentRunner run ParentRunner.java:363",
            "- java.lang.reflect.Method invoke Method.java:568",
            "+ org.apache.commons.lang3.StringUtilsTest testReplace StringUtilsTest.java:1039",
            "+ org.apache.commons.lang3.StringUtils replaceEach StringUtils.java:3676",
        ),
        "org.apache.commons.lang3.StringUtils replaceEach",
        language="java",
    ),
    Case(
        "java root first",
        """\
java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)
\tat com.acme.ledger.LedgerClient.post(LedgerClient.java:61)
Wrapped by: com.acme.ledger.LedgerUnavailable: ledger:8080
\tat com.acme.ledger.LedgerClient.post(LedgerClient.java:66)
\tat com.acme.Main.main(Main.java:5)
""",
        "java.net.ConnectException",
        "Connection refused",
        (
            "+ com.acme.ledger.LedgerClient post LedgerClient.java:61",
            "- sun.nio.ch.Net pollConnect ?",
        ),
        "com.acme.ledger.LedgerClient post",
        chain=("com.acme.ledger.LedgerUnavailable", "java.net.ConnectException"),
        language="java",
    ),
    Case(
        "java execution",
        """\
java.util.concurrent.ExecutionException: com.acme.NoLeafException: wallet 7 has no leaf
\tat java.base/java.util.concurrent.FutureTask.report(FutureTask.java:122)
\tat com.acme.Batch.await(Batch.java:40)
""",
        "com.acme.NoLeafException",
        "wallet 7 has no leaf",
        (
            "+ com.acme.Batch await Batch.java:40",
            "- java.util.concurrent.FutureTask report FutureTask.java:122",
        ),
        "com.acme.Batch await",
        chain=("java.util.concurrent.ExecutionException", "com.acme.NoLeafException"),
        language="java",
    ),
    Case(
        "c#",
        """\
Unhandled exception. System.AggregateException: One or more errors occurred. (no leaf)
 ---> Acme.Errors.NoLeafException: no leaf
   at Acme.Transfers.Leaves.<>c__DisplayClass3_0.<Select>b__0(Leaf leaf) in /src/Acme/Leaves.cs:line 17
   at System.Linq.Enumerable.WhereListIterator`1.ToList()
   at Acme.Transfers.Leaves.<SelectAsync>d__3.MoveNext() in /src/Acme/Leaves.cs:line 15
--- End of stack trace from previous location ---
   at Acme.Transfers.Service.<Run>g__Local|4_0(Int32 x) in C:\\build\\Acme\\Service.cs:line 9
   --- End of inner exception stack trace ---
   at System.Threading.Tasks.Task.Wait(Int32 millisecondsTimeout, CancellationToken token)
   at Acme.Program.Main(String[] args) in /src/Acme/Program.cs:line 5
""",
        "Acme.Errors.NoLeafException",
        "no leaf",
        (
            "+ Acme.Program Main /src/Acme/Program.cs:5",
            "- System.Threading.Tasks.Task Wait ?",
            "+ Acme.Transfers.Service Local C:\\build\\Acme\\Service.cs:9",
            "+ Acme.Transfers.Leaves SelectAsync /src/Acme/Leaves.cs:15",
            "- System.Linq.Enumerable.WhereListIterator ToList ?",
            "+ Acme.Transfers.Leaves Select /src/Acme/Leaves.cs:17",
        ),
        "Acme.Transfers.Leaves Select",
        chain=("System.AggregateException", "Acme.Errors.NoLeafException"),
        language="csharp",
    ),
    Case(
        "c# old",
        """\
System.Web.HttpUnhandledException: Unhandled in a page. ---> System.NullReferenceException: Object reference not set to an instance.
   at Acme.Cart.Total[T](List`1 items, Func`2 price) in c:\\Acme\\Cart.cs:line 31
   at Acme.Cart..ctor(Int32 id)
   --- End of inner exception stack trace ---
   at System.Web.UI.Page.HandleError(Exception e)
""",
        "System.NullReferenceException",
        "Object reference not set to an instance.",
        (
            "- System.Web.UI.Page HandleError ?",
            "+ Acme.Cart .ctor ?",
            "+ Acme.Cart Total c:\\Acme\\Cart.cs:31",
        ),
        "Acme.Cart Total",
        chain=("System.Web.HttpUnhandledException", "System.NullReferenceException"),
        language="csharp",
    ),
    Case(
        "dart flutter",
        """\
══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞═══════════════════════════════════════════════════════════
The following _TypeError was thrown building LeafRow(dirty):
type 'Null' is not a subtype of type 'String'

When the exception was thrown, this was the stack:
#0      LeafRow.build (package:acme/widgets/leaf_row.dart:21:7)
#1      StatelessElement.build (package:flutter/src/widgets/framework.dart:5550:49)
#2      new Leaf.fromJson.<anonymous closure> (package:acme/leaf.dart:9:3)
(elided 3 frames from dart:async)
""",
        "TypeError",
        "type 'Null' is not a subtype of type 'String'",
        (
            "+ Leaf fromJson package:acme/leaf.dart:9",
            "- StatelessElement build package:flutter/src/widgets/framework.dart:5550",
            "+ LeafRow build package:acme/widgets/leaf_row.dart:21",
        ),
        "LeafRow build",
        language="dart",
    ),
    Case(
        "elixir",
        """\
** (exit) an exception was raised:
    ** (KeyError) key :owner not found in: %{id: 7}
        (transfers 0.4.1) lib/transfers/leaves.ex:31: anonymous fn/2 in Transfers.Leaves.select/1
        (elixir 1.15.7) lib/enum.ex:2510: Enum."-reduce/3-lists^foldl/2-0-"/3
        (transfers 0.4.1) lib/transfers_web/controllers/api.ex:12: TransfersWeb.Api.post/2
        (phoenix 1.7.10) lib/phoenix/router.ex:432: Phoenix.Router.__call__/5
""",
        "KeyError",
        "key :owner not found in: %{id: 7}",
        (
            "- Phoenix.Router __call__/5 lib/phoenix/router.ex:432",
            "+ TransfersWeb.Api post/2 lib/transfers_web/controllers/api.ex:12",
            "- Enum reduce/3 lib/enum.ex:2510",
            "+ Transfers.Leaves select/1 lib/transfers/leaves.ex:31",
        ),
        "Transfers.Leaves select/1",
        chain=("exit", "KeyError"),
        language="elixir",
    ),
    Case(
        "elixir genserver",
        """\
[error] GenServer Transfers.Worker terminating
** (FunctionClauseError) no function clause matching in Transfers.Leaf.owner/1
    (transfers 0.4.1) lib/transfers/leaf.ex:9: Transfers.Leaf.owner(nil)
    (stdlib 5.1) gen_server.erl:1123: :gen_server.try_dispatch/4
Last message: :tick
""",
        "FunctionClauseError",
        "no function clause matching in Transfers.Leaf.owner/1",
        (
            "- gen_server try_dispatch/4 gen_server.erl:1123",
            "+ Transfers.Leaf owner/1 lib/transfers/leaf.ex:9",
        ),
        "Transfers.Leaf owner/1",
        language="elixir",
    ),
    Case(
        "erlang",
        """\
{badmatch,{error,enoent}}, [{leaves,select,1,[{file,"src/leaves.erl"},{line,21}]},{gen_server,handle_msg,6,[{file,"gen_server.erl"},{line,711}]}]
""",
        "badmatch",
        "{badmatch,{error,enoent}}",
        (
            "- gen_server handle_msg/6 gen_server.erl:711",
            "+ leaves select/1 src/leaves.erl:21",
        ),
        "leaves select/1",
        language="erlang",
    ),
    Case(
        "erlang shell",
        """\
** exception error: no match of right hand side value {error,enoent}
     in function  leaves:select/1 (src/leaves.erl, line 21)
     in call from api:post/2 (src/api.erl, line 9)
""",
        "badmatch",
        "no match of right hand side value {error,enoent}",
        (
            "+ api post/2 src/api.erl:9",
            "+ leaves select/1 src/leaves.erl:21",
        ),
        "leaves select/1",
        language="erlang",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_trace_is_read_as_printed(case: Case) -> None:
    """Type, message, chain, frames, what is ours, and the frame to look at first."""
    check(case)


def test_a_wrapper_that_was_cut_short_still_says_who_called() -> None:
    """A logger that prints few frames leaves out more than it shows: what is shown is shared but for the frame that made the wrapper."""
    trace = read(
        """org.springframework.jdbc.CannotGetJdbcConnectionException: Failed to obtain JDBC Connection
\tat org.springframework.jdbc.datasource.DataSourceUtils.getConnection(DataSourceUtils.java:84)
\tat org.springframework.jdbc.core.JdbcTemplate.execute(JdbcTemplate.java:653)
\tat com.acme.reports.ReportRepository.count(ReportRepository.kt:10)
\tat com.acme.reports.ReportController.count(ReportController.kt:12)
Caused by: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available
\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:179)
\tat org.springframework.jdbc.datasource.DataSourceUtils.fetchConnection(DataSourceUtils.java:160)
\t... 61 common frames omitted"""
    )
    assert trace.error_type == "java.sql.SQLTransientConnectionException"
    assert [frame.function for frame in trace.frames] == ["count", "count", "execute", "fetchConnection", "getConnection"]
