"""What makes a change suspect, from its lines alone: each signal with its reason, and what is seen through."""

import pytest

from bot.core.code.hunks import Hunk, hunks
from bot.core.code.words import basis, named_in
from bot.core.suspects.change_nature import file_kind, meaningless, pieces
from bot.core.suspects.failure_scene import Candidate
from bot.core.suspects.suspicion import MOST, Suspicion, circumstantial, ranked, strong
from tests.suspicion_scene import CHARGE, FAILING, LEDGER, LOG, PAY, candidate, hunk, scene


def first(*candidates: Candidate, **about: object) -> Suspicion:
    """The first suspect beside the rival."""
    return ranked(scene(**about), [LOG, *candidates])[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (hunk(LEDGER, '    return {"ledger_id": one}', '    return {"ledger_ref": one}', "load_rows"), "took out `ledger_id`, which the message names"),
        (hunk(LEDGER, "    return query.all()", "    return query.first()", "load_rows"), "changed `load_rows`, which the failing code uses"),
        (hunk(LEDGER, "def load_rows(session, owner):", "def read_rows(session, owner):"), "took away `load_rows`, which the failing code still uses"),
        (hunk(PAY, "from pay.ledger import post", ""), "took away the import of `post`, which the failing code uses"),
        (hunk("migrations/7.sql", "", "ALTER TABLE rows DROP COLUMN ledger_id;"), "took out `ledger_id`, which the message names"),
        (hunk("config/app.yaml", "  ledger_id: 7", "  ledger_id: 8", "rows"), "touches `ledger_id`, which the message names"),
    ],
    ids=["key", "callee", "renamed", "import", "migration", "setting"],
)
def test_a_change_elsewhere_is_known_by_the_names_it_shares(changed: Hunk, reason: str) -> None:
    """It stands before a newer change of the failing function itself, and says why."""
    found = first(candidate("cause", changed))
    assert found.candidate.sha == "cause"
    assert reason in found.reasons


def test_blame_of_the_failing_line_settles_most() -> None:
    """The line itself, then what it rests on: its loop and where its variable comes from."""
    line = candidate("line", hunk(PAY, '        ref = row["id"]', '        ref = row["ledger_id"]', "charge"), blamed=frozenset({(0, FAILING)}))
    loop = candidate("loop", hunk(PAY, "    for row in seen:", "    for row in rows:", "charge"), blamed=frozenset({(0, 15)}))
    assert [one.candidate.sha for one in ranked(scene(), [loop, line, LOG])] == ["line", "loop", "log"]
    assert first(line).relation == "changed the failing lines"
    assert f"changed the failing line {FAILING} itself" in first(line).reasons
    assert "changed line 15, which the failing line rests on" in first(loop).reasons


@pytest.mark.parametrize("brought", [frozenset({PAY}), frozenset()], ids=["the file", "the function"])
def test_what_brought_the_code_comes_after_what_changed_it(brought: frozenset[str]) -> None:
    """Blame gives it every line, yet it is no strong reason; a change since then of what is used comes first."""
    origin = candidate("origin", hunk(PAY, "", "\n".join(CHARGE)), days=9, blamed=frozenset({(0, FAILING)}), brought=brought)
    later = candidate("later", hunk(LEDGER, "    return query.all()", "    return query.first()", "load_rows"), days=0.5)
    one, other = (found for found in ranked(scene(), [origin, later]))
    assert (one.candidate.sha, other.candidate.sha) == ("later", "origin")
    assert other.relation == "brought the failing code"
    assert other.reasons[0] == "brought `charge`, as a whole"
    assert not any(strong(reason) for reason in other.reasons)


def test_a_function_that_moved_was_not_brought() -> None:
    """It stood elsewhere before."""
    moved = candidate("moved", hunk(LEDGER, "\n".join(CHARGE), ""), hunk(PAY, "", "\n".join(CHARGE)), blamed=frozenset({(0, FAILING)}))
    assert all(found.relation != "brought the failing code" for found in ranked(scene(), [moved]))


def test_a_removed_guard_counts_against_the_failure_it_guarded() -> None:
    """A check for None, where None failed; a check of something else is only near."""
    guard = candidate("guard", hunk(PAY, "    if rows is None:\n        return None", "", "charge"))
    other = candidate("other", hunk(PAY, "    if limit.frozen:\n        return None", "", "charge"), days=0.2)
    order = ranked(scene("'NoneType' object is not subscriptable", "TypeError"), [other, guard, LOG])
    assert order[0].candidate.sha == "guard"
    assert "removed a guard: `if rows is None:`" in order[0].reasons


def test_what_was_only_taken_out_is_known_by_where_it_stood() -> None:
    """No line is left to blame: the lines on both sides are those on which the failing line rests."""
    gone = Hunk(PAY, PAY, ("charge",), ("        settle(row)",), (), ("for row in rows:", 'ref = row["ledger_id"]'))
    far = Hunk(PAY, PAY, ("charge",), ("        settle(row)",), (), ("post(ref)", "return rows"))
    order = ranked(scene(), [candidate("gone", gone), candidate("far", far, days=1)])
    assert [one.candidate.sha for one in order] == ["gone", "far"]
    assert "took out what stood after line 15, amid what the failing line rests on" in order[0].reasons


def test_a_library_that_the_failing_code_uses() -> None:
    """Another version of it, but not of any other."""
    wanted = candidate("ours", hunk("requirements.txt", "ledger-client==2.4", "ledger-client==3.0"))
    other = candidate("other", hunk("requirements.txt", "web==2.4", "web==3.0"))
    about = {"message": "LedgerClient.post() got an unexpected keyword argument 'ref'", "error": "TypeError", "imports": frozenset({"ledger_client"})}
    assert first(wanted, other, **about).candidate.sha == "ours"
    assert "changed the dependency `ledger_client`, which the failing code uses" in first(wanted, **about).reasons


@pytest.mark.parametrize(
    "changed",
    [
        hunk(PAY, '    rows = load_rows(session, owner)\n    note("x")', "  rows = load_rows(\n    session,\n    owner,\n  )\n  note('x')", "charge"),
        hunk(PAY, "", "    # the ledger_id is the partner's\n    # and not ours", "charge"),
        hunk(PAY, "    rows = load_rows(session, owner)", "    rows = (load_rows(session, owner))", "charge"),
    ],
    ids=["wrapped and quoted", "comments", "brackets"],
)
def test_formatting_and_comments_mean_nothing(changed: Hunk) -> None:
    """They are the last of all, and say what they are."""
    assert meaningless([changed])
    found = ranked(scene(), [candidate("style", changed, blamed=frozenset({(0, FAILING)})), LOG])
    assert found[-1].candidate.sha == "style"
    assert "changed only formatting or comments" in found[-1].reasons


def test_moving_a_function_is_not_changing_it() -> None:
    """Its lines went from one file to the other; changes that it had in the old file still count for it."""
    lines = "\n".join(CHARGE)
    moved = candidate("moved", hunk("old/all.py", lines, ""), hunk(PAY, "", lines), days=1)
    before = candidate("before", hunk("old/all.py", "    rows = load_rows(session)", "    rows = load_rows(session, owner)", "charge"), days=5)
    order = ranked(scene(), [moved, before])
    assert [one.candidate.sha for one in order] == ["before", "moved"]
    assert "changed `charge`, the failing function" in order[0].reasons


def test_a_renamed_variable_is_not_a_changed_one() -> None:
    """But another function, or another attribute, in its place is."""
    renamed = hunk(PAY, "    seen = load_rows(session, owner)\n    for row in seen:", "    rows = load_rows(session, owner)\n    for row in rows:", "charge")
    swapped = hunk(PAY, "    rows = find_rows(session, owner)", "    rows = load_rows(session, owner)", "charge")
    assert pieces([renamed])[0].weight < 0.3
    assert pieces([swapped])[0].weight == 1
    assert [one.candidate.sha for one in ranked(scene(), [candidate("name", renamed, days=1), candidate("call", swapped)])] == ["call", "name"]


@pytest.mark.parametrize("path", ["tests/test_charge.py", "docs/charge.md", "package-lock.json"])
def test_what_does_not_run_breaks_nothing(path: str) -> None:
    """Tests, documents and lock files that speak of the very key."""
    found = ranked(scene(), [candidate("beside", hunk(path, "ledger_id", "", "load_rows")), LOG])
    assert [one.candidate.sha for one in found] == ["log"]


def test_time_and_release_decide_among_likes_and_never_alone() -> None:
    """What ran before this release, or for weeks, is behind; what touches nothing of it is no suspect, however new; what is later never."""
    change = hunk(LEDGER, "    return query.all()", "    return query.first()", "load_rows")
    new, ran = candidate("new", change, released=True), candidate("ran", change, released=False, days=1)
    order = ranked(
        scene(since="abc1234"), [ran, new, candidate("else", hunk("other/x.py", "", "y = 1"), released=True, days=0.01), candidate("later", change, days=-1)]
    )
    assert [one.candidate.sha for one in order] == ["new", "ran"]
    assert "was first deployed with this release (after abc1234)" in order[0].reasons
    old, young = candidate("old", change, days=60), candidate("young", change, days=10)
    assert [one.candidate.sha for one in ranked(scene(), [old, young])] == ["young", "old"]


def test_reverts_say_so_and_ignored_commits_are_last() -> None:
    """A revert is a change like others, only that it brings old lines back."""
    change = hunk(LEDGER, "    return query.all()", "    return query.first()", "load_rows")
    revert = candidate("revert", change, undoes="0123456789abcdef")
    assert "reverts 0123456 and so brings old lines back" in first(revert).reasons
    ignored = ranked(scene(), [candidate("listed", change, ignored=True), LOG])[-1]
    assert ignored.reasons[-1] == "is listed in .git-blame-ignore-revs"


def test_at_most_five_and_always_the_same_order() -> None:
    """Equal suspects stand in the order of their time, then of their names."""
    change = hunk(LEDGER, "    return query.all()", "    return query.first()", "load_rows")
    many = [candidate(f"c{number}", change) for number in range(9)]
    found = [one.candidate.sha for one in ranked(scene(), many)]
    assert len(found) == MOST
    assert found == [one.candidate.sha for one in ranked(scene(), list(reversed(many)))] == sorted(found)


def test_reasons_are_told_apart() -> None:
    """What is only circumstance cannot carry a cause."""
    assert circumstantial("was made 3 hours before the failure")
    assert not circumstantial("changed `load_rows`, which the failing code uses")
    assert strong("took out `x`, which the message names")
    assert not strong("changed `load_rows`, which the failing code uses")


def test_reasons_hold_code_as_harmless_words() -> None:
    """Lines of code are cut and cannot end the code they are shown in."""
    hostile = hunk(PAY, "    if rows is None: `rm` \x1b[31m" + "x" * 5000, "", "charge")
    reasons = first(candidate("cause", hostile), message="'NoneType' object is not subscriptable", error="TypeError").reasons
    guard = next(reason for reason in reasons if reason.startswith("removed a guard"))
    assert guard.count("`") == 2
    assert "\x1b" not in guard
    assert len(guard) < 120


@pytest.mark.slow
def test_huge_and_odd_lines_take_no_time() -> None:
    """Every pattern is bounded: lines of hundreds of kilobytes, thousands of brackets."""
    for line in ("(" * 400_000, "a." * 200_000, " " * 400_000 + "=", "x = " * 100_000, '"' * 399_999, "a_" * 200_000):
        odd = candidate("odd", *hunks(f"--- a/{PAY}\n+++ b/{PAY}\n@@ -1 +1 @@ def charge(\n-{line}\n+{line[1:]}1\n"))
        assert len(ranked(scene(message=line, error=line), [odd, LOG])) == 2


def test_what_a_line_rests_on() -> None:
    """Its own names most, its loop and its variables' origin less, the rest of the function not at all."""
    found = basis(CHARGE, 10, (FAILING, FAILING))
    assert found.lines == {16: 1.0, 15: 0.8, 14: 0.7, 11: 0.45}
    assert found.words["ledger_id"] == 1
    assert found.words["load_rows"] == 0.7
    assert found.words["find_owner"] == 0.45
    assert "post" not in found.words
    assert {"order", "session", "limit", "owner", "rows", "row", "ref"} == found.local


def test_what_a_message_names() -> None:
    """Names of code and numbers; words of every language's errors are none."""
    assert named_in("'NoneType' object has no attribute 'ledger_id'").names >= {"ledger_id"}
    assert named_in("Cannot read properties of undefined (reading 'accountRef')").names == {"accountRef"}
    assert named_in("connect to ledger.internal:8443 timed out").numbers == {"8443"}
    assert "balance" in named_in("insufficient balance").plain


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/a_test.go", "tests"),
        ("web/cart.spec.ts", "tests"),
        ("docs/x.md", "docs"),
        ("requirements-dev.txt", "dependencies"),
        ("go.sum", "generated"),
        ("config/app.yml", "configuration"),
        ("src/latest.py", "code"),
        ("contest/main.rs", "code"),
    ],
)
def test_files_are_known_by_their_paths(path: str, kind: str) -> None:
    """What runs, what only accompanies it."""
    assert file_kind(path) == kind


def test_a_patch_is_read_with_what_its_lines_stand_in() -> None:
    """Functions, classes and keys around a run, in several languages, heads that are broken over lines included."""
    patch = """diff --git a/pay/Pay.java b/pay/Charge.java
--- a/pay/Pay.java
+++ b/pay/Charge.java
@@ -3,9 +3,8 @@ public class Pay {
     public Object charge(
         Object order
     ) {
         var x = 1;
         if (x == 1) {
-            lock(order);
             run(order);
         }
     }
--- a/config/app.yml
+++ b/config/app.yml
@@ -1,3 +1,3 @@
 ledger:
-  timeout: 30
+  timeout: 3
   retries: 2
"""
    java, yaml = hunks(patch)
    assert java.within[:1] == ("charge",)
    assert (java.path, java.old_path) == ("pay/Charge.java", "pay/Pay.java")
    assert (java.removed, java.added) == (("            lock(order);",), ())
    assert yaml.within == ("ledger",)
    assert (yaml.removed, yaml.added) == (("  timeout: 30",), ("  timeout: 3",))


def test_what_a_module_exports_by_default_is_no_default_of_a_value() -> None:
    """A new file of settings beside the code (`export default [];`) is no suspect when a value was missing."""
    settings = candidate("settings", hunk("eslint.config.js", "", "export default [];"), days=0.5)
    fallback = candidate("fallback", hunk("pay/rates.py", "", "rate = rates.get(key, default)"), days=0.5)
    found = ranked(scene("Cannot read properties of undefined (reading 'value')", "TypeError"), [settings, fallback])

    assert [one.candidate.sha for one in found] == ["fallback"]
