"""Histories in which the fix stands in the end, whatever happened to it on the way."""

from dataclasses import replace

from bench.regression_code import Statement
from bench.regression_history import Fate, Tale
from bench.regression_kinds import another_layout, ends, fixed, kind, moved_out, on_a_branch, renamed, some_noise, undone_at


@kind
def untouched(tale: Tale) -> None:
    """Nothing happens to it."""
    fixed(tale)
    ends(tale, "stands")


@kind
def much_noise_and_copies(tale: Tale) -> None:
    """The same statement comes into other functions."""
    fixed(tale)
    for _ in range(3):
        tale.noise(near=True)
    ends(tale, "stands")


@kind
def copies_elsewhere_go(tale: Tale) -> None:
    """A copy in another function goes; the fix stays."""
    tale.noise(near=True)
    name = next((one.name for one in tale.code(tale.path).functions if one.name.startswith("extra_")), "")
    fixed(tale)
    some_noise(tale)
    if name in [one.name for one in tale.code(tale.path).functions]:
        tale.change(tale.path, tale.code(tale.path).with_function(name, None))
        tale.commit("drop what nobody calls")
    ends(tale, "stands")


@kind
def formatted(tale: Tale) -> None:
    """Another formatter."""
    fixed(tale)
    some_noise(tale)
    tale.style = another_layout(tale)
    tale.commit("Run the formatter")
    ends(tale, "stands")


@kind
def line_ends_changed(tale: Tale) -> None:
    """LF becomes CRLF."""
    fixed(tale)
    tale.style = replace(tale.style, newline="\r\n")
    tale.commit("Normalise line ends")
    ends(tale, "stands")


@kind
def file_renamed(tale: Tale) -> None:
    """The file has another name."""
    fixed(tale)
    some_noise(tale)
    renamed(tale, tale.path, f"{tale.folder}/gamma{tale.language.suffix}")
    tale.commit("Better names")
    ends(tale, "stands", wording="moved")


@kind
def folder_renamed_twice(tale: Tale) -> None:
    """The folder has another name, and another."""
    fixed(tale)
    for folder in ("lib/inner", "packages/deep/inner"):
        for path in [path for path in tale.tree if path.endswith(tale.language.suffix) and not path.startswith("tests")]:
            renamed(tale, path, f"{folder}/{path.rpartition('/')[2]}")
        tale.commit(f"Move to {folder}")
        some_noise(tale)
    ends(tale, "stands", wording="moved")


@kind
def function_moved(tale: Tale) -> None:
    """The function with the fix goes into another file."""
    fixed(tale)
    some_noise(tale)
    moved_out(tale)
    tale.commit("Split the module")
    ends(tale, "stands", wording="moved")


@kind
def copied_then_dropped(tale: Tale) -> None:
    """The function is copied first; the original goes later."""
    fixed(tale)
    before = dict(tale.tree)
    there = moved_out(tale)
    after = dict(tale.tree)
    tale.tree = {**before, there: after[there]}
    tale.commit("Prepare the split")
    tale.tree = {**tale.tree, tale.path: after[tale.path]}
    tale.commit("Finish the split")
    ends(tale, "stands", wording="moved")


@kind
def reverted_and_reapplied(tale: Tale) -> None:
    """A revert, and the revert of that."""
    fixed(tale)
    some_noise(tale)
    undone_at(tale, tale.path, 'Revert "Guard the case (#41)" (#42)')
    some_noise(tale)
    tale.apply()
    tale.commit('Reapply "Guard the case" (#43)')
    ends(tale, "stands")


@kind
def variable_renamed(tale: Tale) -> None:
    """A variable has another name in the whole function."""
    old = tale.code(tale.path).function("handle_case").body[0].var
    while tale.edit.statement is None or old not in (tale.edit.statement.var, *[one.var for one in tale.edit.statement.inner]):
        tale.edit = tale.new_fix()  # a tale for this kind needs a fix that uses the variable
    fixed(tale)

    def other(one: Statement) -> Statement:
        return replace(one, var="found_entry" if one.var == old else one.var, inner=tuple(other(inner) for inner in one.inner))

    function = tale.code(tale.path).function("handle_case")
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=tuple(other(one) for one in function.body))))
    tale.commit("Clearer names")
    tale.running = len(tale.commits)
    in_line = tale.edit.statement.kind in ("guard", "limit")  # another argument may stand on a line of its own, which keeps its words
    tale.fate = Fate("stands", wording="reworded" if in_line else "")


@kind
def function_renamed(tale: Tale) -> None:
    """The function has another name; a new one takes its old one."""
    fixed(tale)
    function = tale.code(tale.path).function("handle_case")
    code = tale.code(tale.path).with_function("handle_case", replace(function, name="handle_case_strictly"))
    tale.change(tale.path, code)
    tale.edit = replace(tale.edit, function="handle_case_strictly")
    tale.commit("Say what it does")
    tale.change(tale.path, replace(code, functions=(*code.functions, tale.author.function("handle_case"))))
    tale.commit("A simple front for it")
    ends(tale, "stands")


@kind
def squashed(tale: Tale) -> None:
    """The fix was made on a branch; the main line has it as a squash, with other changes."""
    base = len(tale.commits)
    main = dict(tale.tree)
    fixed(tale, "wip: guard")
    tale.tree = main
    first = tale.seed.random() < 0.5
    if first:
        tale.change(tale.other, tale.author.code(["start_run", "renewed_run"]))
    on = tale.commit("meanwhile", base)
    tale.apply()
    tale.change(f"{tale.folder}/more{tale.language.suffix}", tale.author.code(["added_too"]))
    carrier = tale.commit("Guard all cases (#77)", on)
    ends(tale, "stands", carrier=carrier)


@kind
def picked_into_a_release(tale: Tale) -> None:
    """The release line has a cherry-pick."""
    base = len(tale.commits)
    before = dict(tale.tree)
    tale.noise()
    fixed(tale)
    tale.tree = before
    tale.commit("Begin release 1", base)
    tale.apply()
    carrier = tale.commit("Guard the case (#41)", body="(cherry picked from commit 0123456789012345678901234567890123456789)")
    ends(tale, "stands", carrier=carrier)


@kind
def rebased(tale: Tale) -> None:
    """The named commit was rebased away; its equal stands on another base."""
    base = len(tale.commits)
    main = dict(tale.tree)
    fixed(tale)
    tale.tree = main
    tale.change(tale.path, replace(tale.code(tale.path), functions=(tale.author.function("entirely_new"), *tale.code(tale.path).functions)))
    on = tale.commit("on the main line", base)
    tale.apply()
    carrier = tale.commit("Guard the case (#41)", on)
    ends(tale, "stands", carrier=carrier)


@kind
def merged_as_a_pull_request(tale: Tale) -> None:
    """The merge commit is the fix that is named."""

    def work() -> int:
        tale.apply()
        return tale.commit("guard")

    main, tip = on_a_branch(tale, work)
    tale.apply()
    tale.fix = tale.commit("Merge pull request #41 from acme/guard", main, tip)
    ends(tale, "stands")


@kind
def squash_named_by_number(tale: Tale) -> None:
    """Only the pull request is named; a revert's subject quotes its number too."""
    fixed(tale, "Guard the case (#41)")
    some_noise(tale)
    undone_at(tale, tale.path, 'Revert "Guard the case (#41)" (#50)')
    tale.apply()
    tale.commit('Reapply "Guard the case (#41)" (#51)')
    tale.named = "https://github.com/acme/shop/pull/41"
    ends(tale, "stands")


@kind
def octopus_merge_keeps_it(tale: Tale) -> None:
    """Three branches come together."""
    fixed(tale)
    base, before = len(tale.commits), dict(tale.tree)
    tale.change(tale.other, tale.author.code(["start_run", "left_run"]))
    left = tale.commit("left")
    kept = dict(tale.tree)
    tale.tree = dict(before)
    tale.change(f"{tale.folder}/right{tale.language.suffix}", tale.author.code(["right_run"]))
    right = tale.commit("right", base)
    tale.tree = {**before, "README.md": b"third\n"}
    third = tale.commit("third", base)
    tale.tree = {**kept, f"{tale.folder}/right{tale.language.suffix}": b"x\n", "README.md": b"third\n"}
    tale.commit("Merge branches 'left', 'right' and 'third'", left, right, third)
    ends(tale, "stands")
