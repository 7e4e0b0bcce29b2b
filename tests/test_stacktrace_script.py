"""Traces of JavaScript and Ruby as they are printed, each read as a person reads it."""

import pytest

from tests.stack_cases import Case, check

CASES = (
    Case(
        "ruby 3.4",
        """\
app/models/leaf.rb:21:in 'Leaf.select': no leaf for wallet 7 (Leaf::Missing)
\tfrom app/services/transfer.rb:9:in 'block in Transfer#call'
\tfrom /usr/local/bundle/gems/activerecord-7.1.2/lib/active_record/transactions.rb:212:in 'ActiveRecord::Transactions#transaction'
\tfrom <internal:array>:54:in 'Array#each'
\tfrom bin/rails:4:in '<main>'
app/models/leaf.rb:19:in 'Hash#fetch': key not found: 7 (KeyError)
\tfrom app/models/leaf.rb:19:in 'Leaf.select'
\t ... 3 levels...
""",
        "KeyError",
        "key not found: 7",
        (
            "+ <main> bin/rails:4",
            "- Array each <internal:array>:54",
            "- ActiveRecord::Transactions transaction /usr/local/bundle/gems/activerecord-7.1.2/lib/active_record/transactions.rb:212",
            "+ Transfer call app/services/transfer.rb:9",
            "+ Leaf select app/models/leaf.rb:19",
            "- Hash fetch app/models/leaf.rb:19",
        ),
        "Leaf select",
        chain=("Leaf::Missing", "KeyError"),
        language="ruby",
    ),
    Case(
        "ruby rails",
        """\
ActiveRecord::RecordNotFound (Couldn't find Leaf with 'id'=7):

app/models/leaf.rb:21:in `find!'
app/controllers/leaves_controller.rb:9:in `show'
""",
        "ActiveRecord::RecordNotFound",
        "Couldn't find Leaf with 'id'=7",
        (
            "+ show app/controllers/leaves_controller.rb:9",
            "+ find! app/models/leaf.rb:21",
        ),
        "app/models/leaf.rb find!",
        language="ruby",
    ),
    Case(
        "ruby multi",
        """\
/srv/app/a.rb:3:in `f': first line (ArgumentError)
second line
\tfrom /srv/app/b.rb:9:in `rescue in g'
""",
        "ArgumentError",
        "first line second line",
        (
            "+ g /srv/app/b.rb:9",
            "+ f /srv/app/a.rb:3",
        ),
        "/srv/app/a.rb f",
        language="ruby",
    ),
    Case(
        "node cause",
        """\
/srv/app/src/leaves.js:21
    throw new Error('transfer failed', { cause: error });
    ^

Error: transfer failed
    at transfer (/srv/app/src/transfer.js:21:11)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async post (/srv/app/src/api.js:9:3) {
  [cause]: MongoServerError: E11000 duplicate key error collection: leaves
      at Connection.onMessage (/srv/app/node_modules/mongodb/lib/cmap/connection.js:202:26)
      at async Object.select [as leaves] (/srv/app/src/leaves.js:17:22)
      ... 4 lines matching cause stack trace ...
      at async transfer (/srv/app/src/transfer.js:19:5) {
    code: 11000
  }
}

Node.js v20.11.0
""",
        "MongoServerError",
        "E11000 duplicate key error collection: leaves",
        (
            "+ transfer /srv/app/src/transfer.js:19",
            "+ select /srv/app/src/leaves.js:17",
            "- Connection.onMessage /srv/app/node_modules/mongodb/lib/cmap/connection.js:202",
        ),
        "/srv/app/src/leaves.js select",
        chain=("Error", "MongoServerError"),
        language="javascript",
    ),
    Case(
        "chrome",
        """\
Uncaught (in promise) TypeError: Cannot read properties of undefined (reading 'owner')
    at LeafRow.render (webpack://acme-web/src/components/LeafRow.tsx?3f2a:31:18)
    at new LeafTable (https://cdn.acme.example/static/js/main.4f3a2b1c.js:2:184223)
    at https://cdn.acme.example/static/js/vendors~main.77aa.js:2:99812
    at Array.map (<anonymous>)
    at eval (eval at run (https://acme.example/x.js:1:2), <anonymous>:1:1)
""",
        "TypeError",
        "Cannot read properties of undefined (reading 'owner')",
        (
            "- eval ?",
            "- map ?",
            "- <anonymous> https://cdn.acme.example/static/js/vendors~main.77aa.js:2",
            "+ LeafTable https://cdn.acme.example/static/js/main.4f3a2b1c.js:2",
            "+ LeafRow.render webpack://acme-web/src/components/LeafRow.tsx?3f2a:31",
        ),
        "webpack://acme-web/src/components/LeafRow.tsx?3f2a LeafRow.render",
        language="javascript",
    ),
    Case(
        "firefox",
        """\
TypeError: leaf is undefined
render@https://acme.example/static/js/main.js:31:18
LeafTable/rows<@https://acme.example/static/js/main.js:44:9
@https://acme.example/index.html:9:1
""",
        "TypeError",
        "leaf is undefined",
        (
            "+ <anonymous> https://acme.example/index.html:9",
            "+ LeafTable/rows https://acme.example/static/js/main.js:44",
            "+ render https://acme.example/static/js/main.js:31",
        ),
        "https://acme.example/static/js/main.js render",
        language="javascript",
    ),
    Case(
        "safari",
        """\
ReferenceError: Can't find variable: leaf
selectLeaves@https://acme.example/app.js:1:23456
[native code]
promiseReactionJob@[native code]
global code@https://acme.example/app.js:1:99
""",
        "ReferenceError",
        "Can't find variable: leaf",
        (
            "+ <anonymous> https://acme.example/app.js:1",
            "- promiseReactionJob ?",
            "+ selectLeaves https://acme.example/app.js:1",
        ),
        "https://acme.example/app.js selectLeaves",
        language="javascript",
    ),
    Case(
        "react native",
        """\
Invariant Violation: Text strings must be rendered within a <Text> component.

This error is located at:
selectLeaves@index.android.bundle:1512:45
t@index.android.bundle:88:1201
""",
        "Invariant Violation",
        "Text strings must be rendered within a <Text> component.",
        (
            "+ t index.android.bundle:88",
            "+ selectLeaves index.android.bundle:1512",
        ),
        "index.android.bundle selectLeaves",
        language="javascript",
    ),
    Case(
        "node code",
        """\
node:internal/errors:496
    ErrorCaptureStackTrace(err);
    ^

TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string. Received undefined
    at new NodeError (node:internal/errors:405:5)
    at Object.join (node:path:1175:7)
    at load (file:///srv/app/dist/config.mjs:12:20)
""",
        "TypeError",
        'The "path" argument must be of type string. Received undefined',
        (
            "+ load file:///srv/app/dist/config.mjs:12",
            "- join node:path:1175",
            "- NodeError node:internal/errors:405",
        ),
        "file:///srv/app/dist/config.mjs load",
        language="javascript",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_trace_is_read_as_printed(case: Case) -> None:
    """Type, message, chain, frames, what is ours, and the frame to look at first."""
    check(case)
