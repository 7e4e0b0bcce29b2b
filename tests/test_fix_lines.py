"""The lines of a fix followed from one version to the next, without git: what formatters, renamers and removers do to them."""

import pytest

from bot.core.code.active_code import active_lines
from bot.core.code.alignment import aligned
from bot.core.code.text import CodeText, header_of
from bot.core.code.tokens import tells, tokens
from bot.core.fix.change import followed_lines
from bot.core.fix.lines import Step, carried
from bot.core.fix.verdict import Verdict, verdict

OLD = """import logging


def select(session, wanted):
    leaves = session.query(Leaf).filter(Leaf.tree == wanted).all()
    if not leaves:
        raise ValueError("insufficient")
    return leaves


def other(session):
    session.refresh(lock="row", wait=True)
    return 1
"""
FIXED = OLD.replace("    if not leaves:", '    session.refresh(lock="row", wait=True)\n    if not leaves:')


def fate(*versions: dict[str, str] | str, before: str = OLD, after: str = FIXED, path: str = "a.py") -> Verdict:
    """What is said of the fix (before → after) when these versions follow."""
    cache: dict[tuple[str, str], CodeText] = {}

    def texts(version: dict[str, str] | str) -> dict[str, CodeText | None]:
        files = version if isinstance(version, dict) else {path: version}
        return {name: cache.setdefault((name, text), CodeText.read(text, name)) for name, text in files.items()}

    first = texts(after)
    wanted, standings = followed_lines([(CodeText.read(before, path), first[path])], "fix")
    assert wanted
    for number, version in enumerate(versions):
        following = texts(version)
        standings = carried(standings, wanted, Step(first, following, f"c{number}"))
        first = following
    return verdict(wanted, standings, "fix")


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (FIXED, "stands"),
        (FIXED.replace("\n", "\r\n"), "stands"),
        (FIXED.replace('lock="row", wait=True', "\n        lock='row',\n        wait=True,\n    "), "stands"),
        (FIXED.replace("    ", "\t"), "stands"),
        (FIXED.replace("wait=True)\n    if", "wait=True, of=Leaf)\n    if"), "stands"),
        (FIXED.replace("session", "transaction"), "reworded"),
        (FIXED.replace("import logging\n", "import json\nimport logging\n"), "stands"),
        ("def third():\n    return 3\n\n\n" + FIXED, "stands"),
        (FIXED.replace("    session.refresh", "    # session.refresh", 1), "commented out"),
        (FIXED.replace("    session.refresh", '    """\n    session.refresh', 1).replace("\n    if not", '\n    """\n    if not'), "commented out"),
        (FIXED.replace("wait=True)\n    if", "wait=False)\n    if"), "lost"),
        (OLD, "lost"),
        (OLD.replace("return 1", 'session.refresh(lock="row", wait=True)\n    return 1'), "lost"),
        (FIXED.partition("def select")[0] + "def other" + FIXED.partition("def other")[2], "gone with its function"),
    ],
)
def test_what_is_said_after_one_more_version(later: str, state: str) -> None:
    """Layout, renames and additions keep a fix; comments, flipped values and removal lose it, whatever copies stand elsewhere."""
    found = fate(later)
    assert found.state == state
    assert found.by == ("" if found.stands else "c0")


def test_a_removal_that_was_reverted_counts_as_standing_and_the_next_removal_as_lost() -> None:
    """Only the last thing that happened counts, and its commit."""
    assert fate(OLD, FIXED).stands
    assert fate(OLD, FIXED, OLD).by == "c2"
    assert not fate(OLD, OLD.replace("return 1", 'session.refresh(lock="row", wait=True)\n    return 1')).stands


def test_a_move_into_another_file_is_followed() -> None:
    """With its function or alone; and what happens to it there counts."""
    body = FIXED[FIXED.index("def select") : FIXED.index("def other")]
    split = {"a.py": FIXED.replace(body, ""), "b.py": body}
    found = fate(split)
    assert (found.state, found.moved_to) == ("moved", "b.py")
    lost = fate(split, {"a.py": split["a.py"], "b.py": body.replace('    session.refresh(lock="row", wait=True)\n', "")})
    assert (lost.state, lost.by, lost.path) == ("lost", "c1", "b.py")
    assert fate({"c.py": FIXED}).moved_to == "c.py"
    assert fate({}).state == "gone with its file"


def test_a_value_that_is_set_back_is_a_lost_fix_and_another_value_is_not() -> None:
    """What the fix had replaced is there again."""
    old, new = "TIMEOUT_SECONDS = 5\n", "TIMEOUT_SECONDS = 30\n"
    assert fate(old, before=old, after=new).state == "lost"
    assert fate("TIMEOUT_SECONDS = 40\n", before=old, after=new).state == "reworded"


def test_lines_that_a_formatter_joins_all_stand() -> None:
    """They share a line then, also two that are the same."""
    old = "start()\nend()\n"
    new = "start()\nmerged = combine(\n    left_side,\n    left_side,\n    right_side,\n)\nend()\n"
    assert fate("start()\nmerged = combine(left_side, left_side, right_side)\nend()\n", before=old, after=new).state == "stands"


def test_an_argument_that_a_fix_added_is_the_fix() -> None:
    """Without it the line is as before, though all of it stood in the fixed one too."""
    old, new = "rows = load(wanted, limit)\nprint(rows)\n", "rows = load(wanted, limit, rows)\nprint(rows)\n"
    assert fate(old, before=old, after=new).state == "lost"
    assert fate(new.replace("limit", "most"), before=old, after=new).stands


def test_a_fix_that_only_removes_holds_until_its_lines_are_back() -> None:
    """In their function; a line like it in another one does not count."""
    elsewhere = OLD + '\n\ndef third(session):\n    session.refresh(lock="row", wait=True)\n'
    assert fate(elsewhere, before=FIXED, after=OLD).state == "stands"
    back = fate(elsewhere, FIXED, before=FIXED, after=OLD)
    assert (back.state, back.by) == ("put back", "c1")


def test_part_of_a_fix_can_go() -> None:
    """Then it says which lines, and by which commit most of them went."""
    after = FIXED.replace("    return leaves", "    metrics.count(leaves)\n    audit.record(wanted)\n    return leaves")
    found = fate(after.replace("    audit.record(wanted)\n", ""), after=after)
    assert (found.state, len(found.undone), found.followed) == ("partly lost", 1, 3)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return None", False),
        ("}", False),
        ("if err != nil {", False),
        ("return nil, err", False),
        ("import threading", False),
        ("else:", False),
        ("with self._lock:", True),
        ("timeout = 30", True),
        ("    .with_for_update(skip_locked=True)", True),
        ("if (user == null) return;", True),
    ],
)
def test_only_some_lines_tell_something(line: str, expected: bool) -> None:
    """What stands in every file proves nothing."""
    assert tells(line) is expected


def test_comments_are_no_code_in_any_language() -> None:
    """Strings stay, also those that look like comments; a string that is a statement is a comment."""
    assert active_lines('a = "#1" # b\n"""c\nd"""\ne = f(\n    """#f"""\n)', "x.py") == ['a = "#1"  ', "", "", "e = f(", '    """#f"""', ")"]
    assert active_lines('x("//"); // y\n/* z\n*/ a();', "x.ts") == ['x("//");  ', "", " a();"]
    assert active_lines("#if 0\na();\n#endif\nb();", "x.c") == ["", "", "", "b();"]
    assert active_lines("a -- b\n", "x.sql") == ["a  ", ""]
    assert active_lines("# a\nb # c", "x.unknown") == [" ", "b # c"]


def test_tokens_do_not_see_layout_and_quotes() -> None:
    """Brackets, commas, semicolons and kinds of quotes belong to the formatter."""
    assert tokens("x = f('a', {'b': 1_000},);") == tokens('x = f(\n "a", {b: 1000}\n)')
    assert tokens("f('it\\'s')") == tokens('f("it\'s")')
    assert tokens("x = f(a)") != tokens("x = g(a)")


def test_headers_of_functions_are_told_from_calls() -> None:
    """In the languages that people write."""
    headers = ["def f(a):", "async function f(a) {", "func (s *Server) f(id string) error {", "  f(a, b) {", "public void f(int a)", "const f = async (x) => {"]
    assert [header_of(line) for line in headers] == ["f"] * 6
    assert [header_of(line) for line in ("  session.query()", "x = f(a)", "return f(a)", "} else if (f(b)) {", "f(a)")] == [""] * 5


def test_alignment_finds_what_is_common() -> None:
    """Also where lines repeat, and where everything differs."""
    assert aligned("abcd", "abxcd") == [(0, 0, 2), (2, 3, 2)]
    assert aligned("", "abc") == []
    assert sum(block.size for block in aligned(["x"] * 500, ["x"] * 300)) == 300
