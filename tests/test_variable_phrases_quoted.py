"""What stands in quotes: a value goes, what a programmer named and what tells problems apart stays; `words → what stays of them`."""

from bot.core.signature.normalization import normalised

QUOTES = """
leaf 'bob' fell → leaf <value> fell
leaf "bob" fell → leaf <value> fell
leaf `bob` fell → leaf <value> fell
leaf “bob” fell → leaf <value> fell
leaf «bob» fell → leaf <value> fell
leaf „bob“ fell → leaf <value> fell
leaf 'b' fell → leaf <value> fell
leaf 'bob may' fell → leaf <value> fell
leaf 'bob may be' fell → leaf <value> fell
leaf 'bob may be here' fell → leaf 'bob may be here' fell
don't and can't → don't and can't
leaf 'it's' fell → leaf 'it's' fell
leaf 'get /x' fell → leaf 'get <path>' fell
leaf 'post /x' fell → leaf 'post <path>' fell
leaf 'put it' fell → leaf 'put it' fell
leaf 'patch it' fell → leaf 'patch it' fell
leaf 'delete it' fell → leaf 'delete it' fell
leaf 'head it' fell → leaf 'head it' fell
leaf 'options it' fell → leaf 'options it' fell
leaf 'trace it' fell → leaf 'trace it' fell
leaf 'connect it' fell → leaf 'connect it' fell
leaf 'select it' fell → leaf 'select it' fell
leaf 'insert it' fell → leaf 'insert it' fell
leaf 'update it' fell → leaf 'update it' fell
leaf 'select' fell → leaf <value> fell
leaf 'null' fell → leaf 'null' fell
leaf 'none' fell → leaf 'none' fell
leaf 'nil' fell → leaf 'nil' fell
leaf 'undefined' fell → leaf 'undefined' fell
leaf 'nan' fell → leaf 'nan' fell
leaf 'empty' fell → leaf 'empty' fell
leaf 'missing' fell → leaf 'missing' fell
leaf '(null)' fell → leaf '(null)' fell
leaf 'n/a' fell → leaf 'n/a' fell
leaf 'unknown' fell → leaf 'unknown' fell
leaf '..' fell → leaf '..' fell
'bob' → 'bob'
leaf `a::b` fell → leaf `a::b` fell
leaf `std::fmt` fell → leaf `std::fmt` fell
leaf `a.b::c()` fell → leaf `a.b::c()` fell
leaf `run()` fell → leaf `run()` fell
leaf `err` fell → leaf `err` fell
leaf `ok` fell → leaf `ok` fell
leaf `some` fell → leaf `some` fell
leaf `okay` fell → leaf <value> fell
leaf `run() 7` fell → leaf <value> fell
leaf 'run()' fell → leaf <value> fell
attribute 'bob' fell → attribute 'bob' fell
the property 'bob' fell → the property 'bob' fell
properties 'bob' fell → properties 'bob' fell
field 'bob' fell → field 'bob' fell
field 'bob' and this goes on for more than sixty characters behind it all → field 'bob' and this goes on for more than sixty characters behind it all
column "bob" fell → column "bob" fell
table "bob" fell → table "bob" fell
relation "bob" fell → relation "bob" fell
index 'bob' fell → index 'bob' fell
constraint "bob" fell → constraint "bob" fell
for key 'bob' fell → for key 'bob' fell
key 'bob' fell → key <value> fell
module 'bob.x' fell → module 'bob.x' fell
class 'bob' fell → class 'bob' fell
subclass 'bob' fell → subclass <value> fell
type 'bob' fell → type 'bob' fell
function 'bob' fell → function 'bob' fell
method 'bob' fell → method 'bob' fell
variable 'bob' fell → variable 'bob' fell
argument 'bob' fell → argument 'bob' fell
parameter 'bob' fell → parameter 'bob' fell
reading 'bob' fell → reading 'bob' fell
state 'bob' fell → state 'bob' fell
state of 'bob' fell → state of <value> fell
type is 'bob' now → type is <value> now
the 'bob' object → the 'bob' object
the 'bob' is not defined → the 'bob' is not defined
the 'bob' is not a function → the 'bob' is not a function
the 'bob' has no key → the 'bob' has no key
the 'bob' has a key → the <value> has a key
the 'bob-x' has no key → the <value> has no key
error: 'bob' fell → error: 'bob' fell
reason='bob' fell → reason='bob' fell
status_of_x: "bob" fell → status_of_x: "bob" fell
status fell: "bob" fell → status fell: <value> fell
leaf: "bob" fell → leaf: <value> fell
"""


def test_what_stands_in_quotes() -> None:
    """A value goes, a name of code, a sentence, a request and a word for nothing stay."""
    rows = [tuple(line.split(" → ")) for line in QUOTES.strip("\n").split("\n")]

    assert [(words, normalised(words)) for words, _ in rows] == rows
