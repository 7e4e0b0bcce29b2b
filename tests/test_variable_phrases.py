"""Each alternative of what varies over several words of a message: one line each, `words → what stays of them`."""

import pytest

from bot.core.signature.normalization import normalised

DATES = """
at january 6 2025 it fell → at <time> it fell
at february 6, 2025 it fell → at <time> it fell
at 6 march 2025 it fell → at <time> it fell
at 6 april it fell → at <time> it fell
at may 6 it fell → at <time> it fell
at june 6 it fell → at <time> it fell
at july 6 it fell → at <time> it fell
at august 6 it fell → at <time> it fell
at september 6 it fell → at <time> it fell
at sept 6 it fell → at <time> it fell
at sept. 6 it fell → at <time> it fell
at october 6 it fell → at <time> it fell
at november 6 it fell → at <time> it fell
at december 6 it fell → at <time> it fell
at jan 6 it fell → at <time> it fell
at feb. 6 it fell → at <time> it fell
at mar 6 it fell → at <time> it fell
at apr 6 it fell → at <time> it fell
at jun 6 it fell → at <time> it fell
at jul 6 it fell → at <time> it fell
at aug 6 it fell → at <time> it fell
at sep 6 it fell → at <time> it fell
at oct 6 it fell → at <time> it fell
at nov 6 it fell → at <time> it fell
at dec 6 it fell → at <time> it fell
at tuesday, 6 may 2025 10:01:02 utc it fell → at <time> it fell
at tuesday 6 may 2025, 10:01:02 it fell → at <time> it fell
at mon may 6 10:01:02 est 2025 it fell → at <time> it fell
at monday, 10:01:02 it fell → at <time> it fell
at tue 10:01:02 it fell → at <time> it fell
at wed 10:01:02 it fell → at <time> it fell
at wednesday 10:01:02 it fell → at <time> it fell
at thu 10:01:02 it fell → at <time> it fell
at thursday 10:01:02 it fell → at <time> it fell
at fri 10:01:02 it fell → at <time> it fell
at friday 10:01:02 it fell → at <time> it fell
at sat 10:01:02 it fell → at <time> it fell
at saturday 10:01:02 it fell → at <time> it fell
at sun 10:01:02 it fell → at <time> it fell
at sunday 10:01:02 it fell → at <time> it fell
at (may 6) it fell → at (<time>) it fell
at [6 may] it fell → at [<time>] it fell
at 6 mays it fell → at <n> mays it fell
"""
MEASURES = """
7 s → <time>
7 ms → <time>
7 us → <time>
7 ns → <time>
7 µs → <n> μs
7 sec → <time>
7 secs → <time>
7 second → <time>
7 seconds → <time>
7 msec → <time>
7 msecs → <time>
7 millisecond → <time>
7 milliseconds → <time>
7 millis → <time>
7 microsecond → <time>
7 microseconds → <time>
7 nanosecond → <time>
7 nanoseconds → <time>
7 min → <time>
7 mins → <time>
7 minute → <time>
7 minutes → <time>
7 hr → <time>
7 hrs → <time>
7 hour → <time>
7 hours → <time>
7 day → <time>
7 days → <time>
7 week → <time>
7 weeks → <time>
7 month → <time>
7 months → <time>
7 year → <time>
7 years → <time>
7 minutes, → <time>,
7 weekly → <n> weekly
7 b → <n>
7 kb → <n>
7 mb → <n>
7 gb → <n>
7 tb → <n>
7 pb → <n>
7 kib → <n>
7 mib → <n>
7 gib → <n>
7 tib → <n>
7 byte → <n>
7 bytes → <n>
7 kilobytes → <n>
7 megabytes → <n>
7 gigabytes → <n>
7 kb/s → <n>
7 mb/s → <n>
7 gb/s → <n>
7 kbps → <n>
7 mbps → <n>
7 gbps → <n>
7 percent → <n>
7 % → <n>
7 leaves → <n> leaves
10:01:02 utc → <time>
10:01:02 gmt → <time>
10:01:02 z → <time>
10:01:02 am → <time>
10:01:02 pm → <time>
10:01:02 est → <time>
10:01:02 edt → <time>
10:01:02 cst → <time>
10:01:02 cdt → <time>
10:01:02 mst → <time>
10:01:02 mdt → <time>
10:01:02 pst → <time>
10:01:02 pdt → <time>
10:01:02 cet → <time>
10:01:02 cest → <time>
10:01:02 bst → <time>
10:01:02 ist → <time>
10:01:02 jst → <time>
10:01:02 msk → <time>
10:01:02, utc → <time>, utc
10:01:02 leaf → <time> leaf
"""
RUNS = """
ids 1 2 3 gone → ids <n> gone
ids 1, 2, 3 gone → ids <n> gone
ids 1; 2 gone → ids <n> gone
ids 1 - 2 gone → ids <n> gone
ids 1 | 2 gone → ids <n> gone
ids 1 / 2 gone → ids <n> / <n> gone
ids [1, 2] gone → ids [<n>] gone
ids [a7, 30s] gone → ids [<value>] gone
names [bob, eve] gone → names [<value>] gone
ports [1!, 2!] gone → ports [<value>] gone
names [bob may, eve b] gone → names [<value>] gone
names [bob] gone → names [bob] gone
names [bob may be, eve] gone → names [bob may be, eve] gone
names [bob=1, eve] gone → names [bob=<value>, eve] gone
names [a:b, eve] gone → names [a:b, eve] gone
"""
TELLING = """
err=leaf → err=leaf
errupt=leaf → errupt=<value>
reason=leaf → reason=leaf
cause=leaf → cause=leaf
exception=leaf → exception=leaf
msg=leaf → msg=leaf
message=leaf → message=leaf
event=leaf → event=leaf
event_id=leaf → event_id=<value>
msgid=leaf → msgid=<value>
detail=leaf → detail=leaf
status=leaf → status=leaf
stat=leaf → stat=leaf
stats=leaf → stats=<value>
state=leaf → state=leaf
states=leaf → states=<value>
code=leaf → code=leaf
codec=leaf → codec=<value>
type=leaf → type=leaf
kind=leaf → kind=leaf
result=leaf → result=leaf
action=leaf → action=leaf
level=leaf → level=leaf
phase=leaf → phase=leaf
method=leaf → method=leaf
operation=leaf → operation=leaf
category=leaf → category=leaf
other=leaf → other=<value>
other = leaf → other = <value>
other = leaf and this goes on for more than sixty characters behind it all → other = <value> and this goes on for more than sixty characters behind it all
other =leaf → other =leaf
other =leaf b = c → other =<value> b = <value>
other= leaf → other= <value>
kind = leaf → kind = leaf
other = null → other = null
a(b) = leaf → a(b) = leaf
a[b] = leaf, → a[b] = leaf,
x, = leaf → x, = leaf
"""
USERS = """
for user bob x → for user <user> x
by user bob x → by user <user> x
as user bob x → as user <user> x
as user bob and this goes on for more than sixty characters behind it all → as user <user> and this goes on for more than sixty characters behind it all
of user bob x → of user <user> x
invalid user bob x → invalid user <user> x
illegal user bob x → illegal user <user> x
unknown user bob x → unknown user <user> x
the user bob x → the user bob x
user bob from x → user <user> from x
user bob by x → user <user> by x
user bob logged x → user <user> logged x
user bob is locked x → user <user> is locked x
user bob is here x → user bob is here x
for username bob x → for username <user> x
for user bob, x → for user <user>, x
for user bob/x → for user bob/x
login as bob x → login as <user> x
log in as bob x → log in as bob x
logged in as bob x → logged in as <user> x
for user name x → for user name x
password for bob from x → password for <user> from x
accepted public-key for bob from x → accepted public-key for <user> from x
failed a/b for bob from x → failed a/b for <user> from x
leaf for bob from x → leaf for bob from x
password for bob at x → password for bob at x
password for account from x → password for account from x
"""
NO_NAMES = (
    "not unknown does is was are were has had can cannot name names agent id data input session sessions account accounts profile profiles authentication "
    "authorization authenticated credentials interface mode space service services group groups role roles error errors request requests token tokens password "
    "level defined the a an this that from by with and or in on to of at for all any no access exists type info information details settings preferences"
)
BODIES = """
key (a)=(bob) already exists → key (a)=(<value>) already exists
key (a)=(bob) is not present → key (a)=(<value>) is not present
key (a)=(bob) is still referenced → key (a)=(<value>) is still referenced
key (a)=(bob) conflicts with → key (a)=(<value>) conflicts with
key (a)=(bob) was → key (a)=(bob) was
key (a)=(bob). it → key (a)=(<value>). it
key (a)=(bob). → key (a)=(<value>).
key (a)=(bob).x → key (a)=(bob).x
key (a)=(bob) → key (a)=(<value>)
row contains (bob). → row contains (<value>).
arrow contains (bob). → arrow contains (bob).
got {"a": 7} x → got <json> x
got {'a': 7} x → got <json> x
got [{"a": {"b": 7}}] x → got <json> x
got { "a" : 7} x → got <json> x
got {"error": "refused", "a": "b"} x → got <json> error=refused x
got {"code":"e1","type":"e2","kind":"e","state":"x","phase":"y","level":"z"} x → got <json> code=<n> type=<n> kind=e state=x phase=y x
got {"a": "}"} x → got <json> x
got {"a": "\\""} x → got <json> x
got {"a": 7 → got <json>
got {"a": 7} or {"b": 8} x → got <json> or <json> x
got {a: 7} x → got {a: <n>} x
"""


def _cases(table: str) -> list[tuple[str, str]]:
    return [(words, stays) for words, _, stays in (line.partition(" → ") for line in table.strip("\n").split("\n"))]


@pytest.mark.parametrize("table", [DATES, RUNS, TELLING, USERS, BODIES])
def test_what_varies_over_several_words(table: str) -> None:
    """What varies is gone, what tells problems apart is still there."""
    assert [(words, normalised(words)) for words, _ in _cases(table)] == _cases(table)


def test_a_run_of_any_length_is_one_value() -> None:
    """Also where a list can only be read once the numbers in it are one."""
    assert normalised(f"names [rows {'7 ' * 1_980}, bob] missing") == "names [<value>] missing"


def test_each_measure_belongs_to_its_number() -> None:
    """A unit that stands beside its number."""
    rows = _cases(MEASURES)

    assert [(words, normalised(f"took {words} again")) for words, _ in rows] == [(words, f"took {stays} again") for words, stays in rows]


@pytest.mark.parametrize("end", ["", ",", ".", ")", "]", "),", ").", ");", "):", ";", ":"])
def test_what_ends_a_sentence_ends_a_measure(end: str) -> None:
    """A unit or a month is one with the brackets and signs behind it."""
    begin = {")": "(", "]": "["}.get(end[:1], "")
    kept = "" if end in (",", ".") else end

    assert normalised(f"took {begin}7 s{end} again") == f"took {begin}<time>{end} again"
    assert normalised(f"at {begin}6 may{end} it fell") == f"at {begin}<time>{kept} it fell"


def test_what_stands_after_user_and_is_no_name_stays() -> None:
    """`user name`, `user does not exist`."""
    said = [f"for user {word} x" for word in NO_NAMES.split()]

    assert [normalised(one) for one in said] == said
