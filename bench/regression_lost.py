"""Histories in which the fix is lost in the end, and by which commit."""

from dataclasses import replace

from bench.regression_code import Statement
from bench.regression_history import Tale
from bench.regression_kinds import another_layout, ends, fixed, kind, moved_out, on_a_branch, renamed, some_noise, undone_at
from bench.regression_stands import file_renamed, formatted, merged_as_a_pull_request, picked_into_a_release, reverted_and_reapplied, squashed


@kind
def taken_out(tale: Tale) -> None:
    """A commit takes it out."""
    fixed(tale)
    some_noise(tale)
    remover = undone_at(tale, tale.path, "perf: fewer checks (#60)")
    ends(tale, "lost", remover)


@kind
def reverted_three_times(tale: Tale) -> None:
    """Reverted, reapplied, reverted."""
    reverted_and_reapplied(tale)
    remover = undone_at(tale, tale.path, 'Revert "Reapply "Guard the case"" (#44)')
    ends(tale, "lost", remover)


@kind
def taken_out_while_copied_elsewhere(tale: Tale) -> None:
    """The same commit series brings the statement into other functions and takes it out of its own."""
    fixed(tale)
    tale.noise(near=True)
    remover = undone_at(tale, tale.path)
    tale.noise(near=True)
    ends(tale, "lost", remover)


@kind
def formatted_then_lost(tale: Tale) -> None:
    """Another formatter, then taken out."""
    formatted(tale)
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover)


@kind
def lost_then_formatted(tale: Tale) -> None:
    """Taken out, then another formatter goes over the rest."""
    taken_out(tale)
    remover = tale.fate.remover
    tale.style = another_layout(tale)
    tale.commit("Run the formatter")
    ends(tale, "lost", remover)


@kind
def renamed_then_lost(tale: Tale) -> None:
    """Another file name, then taken out."""
    file_renamed(tale)
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover)


@kind
def renamed_and_lost_at_once(tale: Tale) -> None:
    """One commit renames the file and takes the fix out."""
    fixed(tale)
    tale.undo()
    renamed(tale, tale.path, f"{tale.folder}/gamma{tale.language.suffix}")
    remover = tale.commit("Rename and simplify")
    ends(tale, "lost", remover)


@kind
def moved_then_lost(tale: Tale) -> None:
    """The function goes into another file; there the fix is taken out."""
    fixed(tale)
    there = moved_out(tale)
    tale.commit("Split the module")
    some_noise(tale)
    remover = undone_at(tale, there)
    ends(tale, "lost", remover)


@kind
def lost_then_renamed_and_reapplied(tale: Tale) -> None:
    """Taken out, the file renamed, put in again under the new name."""
    fixed(tale)
    undone_at(tale, tale.path)
    renamed(tale, tale.path, f"{tale.folder}/gamma{tale.language.suffix}")
    tale.commit("Better names")
    tale.change(tale.path, tale.edit.do(tale.code(tale.path)))
    tale.commit('Reapply "Guard the case"')
    ends(tale, "stands")


@kind
def commented_out(tale: Tale) -> None:
    """Its lines are comments now."""
    while tale.edit.statement is None or tale.edit.statement.kind in ("lock",) or tale.edit.statement in tale.code(tale.path).function("handle_case").body:
        tale.edit = tale.new_fix()  # a constant or a lock is not commented out like this
    fixed(tale)
    wanted = tale.edit.statement
    function = tale.code(tale.path).function("handle_case")
    body = tuple(Statement("off", inner=(one,)) if one == wanted else one for one in function.body)
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", replace(function, body=body)))
    remover = tale.commit("Switch it off for now")
    ends(tale, "lost", remover)


@kind
def function_deleted(tale: Tale) -> None:
    """The function goes as a whole."""
    while tale.edit.statement is None:
        tale.edit = tale.new_fix()  # a constant does not go with its function
    fixed(tale)
    some_noise(tale)
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", None))
    remover = tale.commit("Drop the old way")
    ends(tale, "lost", remover, "gone with its function")


@kind
def function_rewritten(tale: Tale) -> None:
    """The function keeps its name and nothing else."""
    while tale.edit.statement is None:
        tale.edit = tale.new_fix()  # a constant stands outside of it
    fixed(tale)
    tale.change(tale.path, tale.code(tale.path).with_function("handle_case", tale.author.function("handle_case", 6)))
    remover = tale.commit("Rewrite")
    ends(tale, "lost", remover)


@kind
def file_deleted(tale: Tale) -> None:
    """The file goes."""
    fixed(tale)
    some_noise(tale)
    tale.change(tale.path, None)
    remover = tale.commit("Remove the module")
    ends(tale, "lost", remover, "gone with its file")


@kind
def squashed_then_lost(tale: Tale) -> None:
    """As a squash, and then taken out."""
    squashed(tale)
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover, carrier=tale.fate.carrier)


@kind
def picked_and_lost_in_the_release(tale: Tale) -> None:
    """The release line loses its cherry-pick; the main line keeps the fix."""
    picked_into_a_release(tale)
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover, carrier=tale.fate.carrier)


@kind
def merge_named_by_number_and_lost(tale: Tale) -> None:
    """Only the pull request is named; its lines go later."""
    merged_as_a_pull_request(tale)
    tale.named = "#41"
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover)


@kind
def merge_request_named_and_lost(tale: Tale) -> None:
    """GitLab's way."""

    def work() -> int:
        tale.apply()
        return tale.commit("guard")

    main, tip = on_a_branch(tale, work)
    tale.apply()
    tale.fix = tale.commit("Merge branch 'guard' into 'main'", main, tip, body="Guard it\n\nSee merge request acme/shop!12")
    tale.named = "!12"
    remover = undone_at(tale, tale.path)
    ends(tale, "lost", remover)


@kind
def octopus_merge_drops_it(tale: Tale) -> None:
    """Three branches come together, and the fix is forgotten."""
    base, before = len(tale.commits), dict(tale.tree)
    fixed(tale)
    first, good = tale.fix, dict(tale.tree)
    tips = []
    for name in ("left", "right"):
        tale.tree = {**before, f"notes/{name}.md": b"x\n"}
        tips.append(tale.commit(name, base))
    tale.tree = {**good, tale.path: before[tale.path], "notes/left.md": b"x\n", "notes/right.md": b"x\n"}
    remover = tale.commit("Merge branches 'left' and 'right'", first, *tips)
    ends(tale, "lost", remover)
