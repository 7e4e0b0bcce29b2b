"""Traces of Python and PHP as they are printed, each read as a person reads it."""

import pytest

from tests.stack_cases import Case, check

CASES = (
    Case(
        "python direct cause",
        """\
2025-12-16 06:01:25,113 ERROR transfers.api request failed
Traceback (most recent call last):
  File "/srv/app/transfers/store.py", line 88, in leaves
    return self.cursor.execute(QUERY, (wallet,))
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/site-packages/psycopg/cursor.py", line 732, in execute
    raise ex.with_traceback(None)
psycopg.errors.UndefinedColumn: column "balance" does not exist
LINE 1: SELECT balance FROM leaves
               ^

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/transfers/api.py", line 31, in post
    leaves = store.leaves(wallet)
  File "/srv/app/transfers/store.py", line 90, in leaves
    raise StoreError("cannot read leaves") from error
transfers.errors.StoreError: cannot read leaves
""",
        "psycopg.errors.UndefinedColumn",
        'column "balance" does not exist LINE 1: SELECT balance FROM leaves',
        (
            "+ post /srv/app/transfers/api.py:31",
            "+ leaves /srv/app/transfers/store.py:88",
            "- execute /usr/local/lib/python3.12/site-packages/psycopg/cursor.py:732",
        ),
        "/srv/app/transfers/store.py leaves",
        chain=("transfers.errors.StoreError", "psycopg.errors.UndefinedColumn"),
        language="python",
    ),
    Case(
        "python group",
        """\
  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/worker.py", line 14, in <module>
  |     asyncio.run(main())
  |   File "/usr/lib/python3.12/asyncio/runners.py", line 194, in run
  |     return runner.run(main)
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/leaves.py", line 9, in fetch
    |     node = nodes[leaf.owner]
    |            ~~~~~^^^^^^^^^^^^
    | KeyError: 'ln-7'
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/leaves.py", line 12, in fetch
    |     raise ValueError("late")
    | ValueError: late
    +------------------------------------
""",
        "KeyError",
        "'ln-7'",
        ("+ fetch /srv/app/leaves.py:9",),
        "/srv/app/leaves.py fetch",
        chain=("ExceptionGroup", "KeyError"),
        language="python",
    ),
    Case(
        "python recursion",
        """\
Traceback (most recent call last):
  File "main.py", line 9, in <module>
    walk(tree)
  File "tree.py", line 4, in walk
    return walk(node.parent)
  File "tree.py", line 4, in walk
    return walk(node.parent)
  [Previous line repeated 996 more times]
RecursionError: maximum recursion depth exceeded
""",
        "RecursionError",
        "maximum recursion depth exceeded",
        (
            "+ <module> main.py:9",
            "+ walk tree.py:4",
            "+ walk tree.py:4",
        ),
        "tree.py walk",
        language="python",
    ),
    Case(
        "python syntax",
        """\
Traceback (most recent call last):
  File "/srv/app/run.py", line 1, in <module>
    import rules
  File "/srv/app/rules.py", line 7
    if x = 3:
       ^^^^^
SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?
""",
        "SyntaxError",
        "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
        (
            "+ <module> /srv/app/run.py:1",
            "+ <module> /srv/app/rules.py:7",
        ),
        "/srv/app/rules.py <module>",
        language="python",
    ),
    Case(
        "python status",
        """\
Traceback (most recent call last):
  File "/srv/app/rates/client.py", line 40, in latest
    response.raise_for_status()
  File "/venv/lib/python3.11/site-packages/requests/models.py", line 1021, in raise_for_status
    raise HTTPError(http_error_msg, response=self)
requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: https://rates.example.com/v1
""",
        "requests.exceptions.HTTPError",
        "503 Server Error: Service Unavailable for url: https://rates.example.com/v1",
        (
            "+ latest /srv/app/rates/client.py:40",
            "- raise_for_status /venv/lib/python3.11/site-packages/requests/models.py:1021",
        ),
        "/srv/app/rates/client.py latest",
        language="python",
    ),
    Case(
        "php",
        """\
[16-Dec-2025 06:01:25 UTC] PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /srv/app/src/Store.php:21
Stack trace:
#0 /srv/app/src/Store.php(21): PDO->__construct('mysql:host=db', 'app', Object(SensitiveParameterValue))
#1 /srv/app/vendor/laravel/framework/src/Illuminate/Container/Container.php(80): Acme\\Store->connect()
#2 {main}

Next Acme\\StoreException: store is down in /srv/app/src/Store.php:25
Stack trace:
#0 /srv/app/public/index.php(9): Acme\\Store->connect()
#1 [internal function]: {closure}()
#2 {main}
  thrown in /srv/app/src/Store.php on line 25
""",
        "PDOException",
        "SQLSTATE[HY000] [2002] Connection refused",
        (
            "- {main} /srv/app/vendor/laravel/framework/src/Illuminate/Container/Container.php:80",
            "+ Acme\\Store connect /srv/app/src/Store.php:21",
            "- PDO __construct ?",
        ),
        "Acme\\Store connect",
        chain=("Acme\\StoreException", "PDOException"),
        language="php",
    ),
    Case(
        "php laravel",
        """\
[2025-12-16 06:01:25] production.ERROR: no leaf {"exception":"[object] (RuntimeException(code: 0): no leaf at /srv/app/app/Leaves.php:7)
[stacktrace]
#0 /srv/app/app/Http/TransferController.php(31): App\\\\Leaves->select()
#1 /srv/app/vendor/laravel/framework/src/Illuminate/Routing/Controller.php(54): App\\\\Http\\\\TransferController->post()
#2 {main}
"}
""",
        "RuntimeException",
        "no leaf",
        (
            "- {main} /srv/app/vendor/laravel/framework/src/Illuminate/Routing/Controller.php:54",
            "+ App\\Http\\TransferController post /srv/app/app/Http/TransferController.php:31",
            "+ App\\Leaves select /srv/app/app/Leaves.php:7",
        ),
        "App\\Leaves select",
        language="php",
    ),
    Case(
        "php laravel, an exception of a namespace, whose code is an SQLSTATE",
        """\
[2025-12-16 06:01:25] production.ERROR: SQLSTATE[42S22]: Column not found {"exception":"[object] (Illuminate\\\\Database\\\\QueryException(code: 42S22): \
SQLSTATE[42S22]: Column not found at /srv/app/vendor/laravel/framework/src/Illuminate/Database/Connection.php:829)
[stacktrace]
#0 /srv/app/app/Leaves.php(12): Illuminate\\\\Database\\\\Connection->select()
#1 /srv/app/app/Http/TransferController.php(31): App\\\\Leaves->select()
#2 {main}

[previous exception] [object] (PDOException(code: 42S22): \
SQLSTATE[42S22]: Column not found at /srv/app/vendor/laravel/framework/src/Illuminate/Database/Connection.php:423)
[stacktrace]
#0 /srv/app/vendor/laravel/framework/src/Illuminate/Database/Connection.php(423): PDO->prepare()
#1 /srv/app/app/Leaves.php(12): Illuminate\\\\Database\\\\Connection->select()
#2 /srv/app/app/Http/TransferController.php(31): App\\\\Leaves->select()
#3 {main}
"}
""",
        "PDOException",
        "SQLSTATE[42S22]: Column not found",
        (
            "+ {main} /srv/app/app/Http/TransferController.php:31",
            "+ App\\Leaves select /srv/app/app/Leaves.php:12",
            "- Illuminate\\Database\\Connection select /srv/app/vendor/laravel/framework/src/Illuminate/Database/Connection.php:423",
            "- PDO prepare ?",
        ),
        "App\\Leaves select",
        chain=("Illuminate\\Database\\QueryException", "PDOException"),
        language="php",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_trace_is_read_as_printed(case: Case) -> None:
    """Type, message, chain, frames, what is ours, and the frame to look at first."""
    check(case)
