"""Histories of several files, of merges that lose, of removals, of fixes that what ran never had or not yet, and of changes that prove nothing."""

from dataclasses import replace

from bench.regression_code import Statement, Style
from bench.regression_history import Fate, Tale
from bench.regression_kinds import ends, fixed, kind, moved_out, on_a_branch, renamed, some_noise, undone_at


@kind
def lost_by_a_merge(tale: Tale) -> None:
    """Neither side took it out; the merge commit did."""
    base, before = len(tale.commits), dict(tale.tree)
    fixed(tale)
    good = dict(tale.tree)
    tale.tree = {**before, "notes/side.md": b"x\n"}
    tale.change(tale.other, tale.author.code(["start_run", "side_run"]))
    side = tale.commit("side work", base)
    tale.tree = {**good, tale.path: before[tale.path], tale.other: tale.tree[tale.other], "notes/side.md": b"x\n"}
    parents = (tale.fix, side) if tale.seed.random() < 0.5 else (side, tale.fix)
    remover = tale.commit("Merge branch 'side'", *parents)
    ends(tale, "lost", remover)


@kind
def lost_by_a_merge_that_took_one_side(tale: Tale) -> None:
    """`git merge -s ours`: the whole branch with the fix was thrown away by the merge."""
    main, tip = on_a_branch(tale, lambda: fixed(tale))
    remover = tale.commit("Merge branch 'guard'", main, tip)
    ends(tale, "lost", remover)


@kind
def lost_on_a_branch_that_was_merged(tale: Tale) -> None:
    """The commit on the branch took it out, not the merge."""
    fixed(tale)
    base, before = len(tale.commits), dict(tale.tree)
    remover = undone_at(tale, tale.path, "cleanup on the branch")
    cleaned = dict(tale.tree)
    tale.tree = before
    tale.change(tale.other, tale.author.code(["start_run", "newer_run"]))
    main = tale.commit("meanwhile", base)
    tale.tree = {**tale.tree, tale.path: cleaned[tale.path]}
    tale.commit("Merge pull request #90 from acme/cleanup", main, remover)
    ends(tale, "lost", remover)


@kind
def lost_on_a_branch_that_was_not_merged(tale: Tale) -> None:
    """Another branch took it out; what ran did not."""
    fixed(tale)
    base, before = len(tale.commits), dict(tale.tree)
    undone_at(tale, tale.path, "experiment")
    tale.tree = before
    tale.change(tale.other, tale.author.code(["start_run", "newer_run"]))
    tale.commit("meanwhile", base)
    ends(tale, "stands")


@kind
def partly_lost(tale: Tale) -> None:
    """One of several statements goes."""
    new = (tale.author.call(), tale.author.assign(), tale.author.call())
    function = tale.code(tale.path).function("handle_case")
    body = (*function.body[:1], new[0], new[1], *function.body[1:-1], new[2], function.body[-1])
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=body)))
    tale.fix = tale.commit("Settle it in order (#41)")
    some_noise(tale)
    function = tale.code(tale.path).function("handle_case")
    gone = tale.seed.choice(new)
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=tuple(one for one in function.body if one != gone))))
    remover = tale.commit("Not needed any more")
    ends(tale, "lost", remover, "partly lost")


@kind
def one_of_two_files_lost_it(tale: Tale) -> None:
    """The fix was made in two files."""
    second = Statement("call", target="mailer", verb="settle", args=(tale.author.name(), "44"))
    function = tale.code(tale.other).function("finish_run")
    tale.change(tale.other, tale.code(tale.other).with_function("finish_run", replace(function, body=(second, *function.body))))
    fixed(tale)
    some_noise(tale)
    function = tale.code(tale.other).function("finish_run")
    tale.change(tale.other, tale.code(tale.other).with_function("finish_run", replace(function, body=tuple(one for one in function.body if one != second))))
    remover = tale.commit("Do it once")
    ends(tale, "lost", remover, "partly lost")


def _removal(tale: Tale) -> Statement:
    """The fix takes a statement out."""
    bad = tale.author.call()
    function = tale.code(tale.path).function("handle_case")
    at = tale.seed.randint(1, len(function.body) - 1)
    with_bad = replace(function, body=(*function.body[:at], bad, *function.body[at:]))
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", with_bad))
    tale.commit("a feature")
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", function))
    tale.fix = tale.commit("Do not do that (#41)")
    return bad


@kind
def removal_stands(tale: Tale) -> None:
    """A fix that only takes lines out; they stay out, though another function gets one like it."""
    bad = _removal(tale)
    one = tale.author.function("quite_another")
    code = tale.code(tale.path)
    tale.change(tale.path, replace(code, functions=(*code.functions, replace(one, body=(one.body[0], bad, *one.body[1:])))))
    tale.commit("a new function")
    ends(tale, "stands")


@kind
def removal_undone(tale: Tale) -> None:
    """What the fix took out is put back; the file may have been renamed."""
    bad = _removal(tale)
    some_noise(tale)
    if tale.seed.random() < 0.5:
        renamed(tale, tale.path, f"{tale.folder}/gamma{tale.language.suffix}")
        tale.commit("Better names")
    function = tale.code(tale.path).function("handle_case")
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=(function.body[0], bad, *function.body[1:]))))
    remover = tale.commit('Revert "Do not do that"')
    ends(tale, "lost", remover, "put back")


@kind
def only_on_another_branch(tale: Tale) -> None:
    """What ran never had it."""
    base, before = len(tale.commits), dict(tale.tree)
    fixed(tale)
    tale.tree = before
    tale.change(tale.other, tale.author.code(["start_run", "own_run"]))
    tale.commit("main goes on", base)
    some_noise(tale)
    tale.running = len(tale.commits)
    tale.fate = Fate("never there")


@kind
def merged_later(tale: Tale) -> None:
    """What ran did not have it yet; a merge after it brings it."""
    main, tip = on_a_branch(tale, lambda: fixed(tale))
    tale.running = main
    if tale.seed.random() < 0.5:
        tale.running = main = tale.noise()
    tale.apply()
    carrier = tale.commit("Merge pull request #41 from acme/guard", main, tip)
    some_noise(tale)
    tale.fate = Fate("not deployed", carrier=carrier)


@kind
def release_was_cut_before(tale: Tale) -> None:
    """The release line began before the fix and has commits of its own."""
    base, before = len(tale.commits), dict(tale.tree)
    tale.tree = {**before, "VERSION": b"1.0.1\n"}
    tale.change(tale.other, tale.author.code(["start_run", "patched_run"]))
    tale.running = tale.commit("Patch release", base)
    tale.tree = before
    tale.noise()
    tale.commits[-1].parents = (base,)
    fixed(tale)
    some_noise(tale)
    tale.fate = Fate("never there")


@kind
def not_deployed_yet(tale: Tale) -> None:
    """The fix is newer than what ran."""
    tale.running = len(tale.commits)
    some_noise(tale)
    fixed(tale)
    some_noise(tale)
    tale.fate = Fate("not deployed")


@kind
def tests_only(tale: Tale) -> None:
    """A change of tests and documents proves nothing."""
    path = f"tests/test_alpha{tale.language.suffix}"
    tale.change(path, tale.author.code(["test_one", "test_more"]))
    tale.tree = {**tale.tree, "docs/cases.md": b"Cases are guarded now.\n"}
    tale.fix = tale.commit("Test the guard (#41)")
    ends(tale, "nothing to prove")


@kind
def common_lines_only(tale: Tale) -> None:
    """`return None` and the like tell nothing."""
    known = {
        ".py": ("def f(a):\n", "    return None\n"),
        ".rb": ("def f(a)\n", "  return nil\n"),
        ".go": ("func f() {\n", "\tif err != nil {\n\t\treturn nil, err\n\t}\n"),
    }
    base, text = known.get(tale.language.suffix, ("switch (a) {\n", "  break;\n}\n"))
    path = f"{tale.folder}/tiny{tale.language.suffix}"
    tale.tree = {**tale.tree, path: base.encode()}
    tale.commit("tiny")
    tale.tree = {**tale.tree, path: (base + text).encode()}
    tale.fix = tale.commit("Return (#41)")
    ends(tale, "nothing to prove")


@kind
def comments_and_layout_only(tale: Tale) -> None:
    """A change of comments and white space proves nothing."""
    function = tale.code(tale.path).function("handle_case")
    note = Statement("note", words="settle the account before the ledger is closed")
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=(note, *function.body))))
    tale.style = Style(indent="\t", split=tale.style.split, trailing=tale.style.trailing)
    tale.fix = tale.commit("Explain (#41)")
    ends(tale, "nothing to prove")


@kind
def submodule_only(tale: Tale) -> None:
    """The fix moved a submodule."""
    tale.commit("add the library", links={"vendor/lib": "1" * 40})
    tale.fix = tale.commit("Update the library (#41)", links={"vendor/lib": "2" * 40})
    ends(tale, "nothing to prove")


@kind
def a_submodule_beside_it(tale: Tale) -> None:
    """A submodule moved along; the lines are what counts."""
    tale.apply()
    tale.fix = tale.commit("Guard, with the new library (#41)", links={"lib/inner": "2" * 40})
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover)


@kind
def strange_names_and_bytes(tale: Tale) -> None:
    """File names and contents that are not UTF-8."""
    tale.encoding = "latin-1"
    renamed(tale, tale.path, f'{tale.folder}/caf\udce9 "x"{tale.language.suffix}')
    tale.edit = replace(tale.edit, path=tale.path)
    function = tale.code(tale.path).function("handle_case")
    words = Statement("guard", function.body[0].var, error="NotReady", words="café fermé")
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=(*function.body[:1], words, *function.body[1:]))))
    tale.commit("odd names")
    fixed(tale)
    some_noise(tale)
    if tale.seed.random() < 0.5:
        ends(tale, "lost", undone_at(tale, tale.path))
    else:
        tale.encoding = "utf-8"
        tale.commit("UTF-8 everywhere")
        ends(tale, "stands")


@kind
def moved_renamed_formatted_and_lost(tale: Tale) -> None:
    """Many things, one after the other."""
    fixed(tale)
    there = moved_out(tale)
    tale.commit("Split the module")
    tale.style = Style(indent="\t", split=30, trailing=True)
    tale.commit("Run the formatter")
    renamed(tale, there, f"lib/{there.rpartition('/')[2]}")
    there = f"lib/{there.rpartition('/')[2]}"
    tale.commit("Move to lib")
    remover = undone_at(tale, there)
    ends(tale, "lost", remover)
