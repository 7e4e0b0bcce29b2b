"""What the kinds of histories are made of: a fix, noise, other layouts, branches. Each kind plays one fate out and writes down what is true in the end."""

from collections.abc import Callable
from dataclasses import replace

from bench.regression_code import Code, Style
from bench.regression_history import Fate, Tale

Kind = Callable[[Tale], None]
KINDS: dict[str, Kind] = {}


def kind(play: Kind) -> Kind:
    """Registers a kind under its name."""
    KINDS[play.__name__.replace("_", " ")] = play
    return play


def fixed(tale: Tale, subject: str = "Guard the case (#41)", body: str = "") -> int:
    """The fix is committed."""
    tale.apply()
    tale.fix = tale.commit(subject, body=body)
    return tale.fix


def some_noise(tale: Tale, least: int = 0) -> None:
    """A few commits that do not matter."""
    for _ in range(tale.seed.randint(least, 3)):
        tale.noise()


def ends(tale: Tale, state: str, remover: int | None = None, wording: str = "", carrier: int | None = None) -> None:
    """Some noise more, then the last commit runs."""
    some_noise(tale)
    tale.running = len(tale.commits)
    tale.fate = Fate(state, remover, carrier, wording)


def another_layout(tale: Tale) -> Style:
    """What a formatter makes of it."""
    braces = tale.language.suffix in (".js", ".ts", ".java", ".cs")
    return Style(
        indent=tale.seed.choice(["  ", "\t", "        "]),
        quote="'" if tale.language.quotes and tale.language.suffix != ".rb" else '"',
        split=tale.seed.choice([20, 30, 200]),
        trailing=tale.seed.random() < 0.7,
        airy=tale.seed.random() < 0.5,
        own_brace=braces and tale.seed.random() < 0.5,
    )


def renamed(tale: Tale, old: str, new: str) -> None:
    """A file gets another path."""
    code = tale.code(old)
    tale.change(old, None)
    tale.change(new, code)
    if tale.path == old:
        tale.path = new


def undone_at(tale: Tale, path: str, subject: str = "Simplify") -> int:
    """The fix is taken out of a path."""
    tale.undo(path)
    return tale.commit(subject)


def moved_out(tale: Tale) -> str:
    """The function goes into another file."""
    there = f"{tale.folder}/delta{tale.language.suffix}"
    function = tale.code(tale.path).function(tale.edit.function)
    if tale.edit.statement is None:  # a constant moves with its function
        constants, tale_code = tale.code(tale.path).constants, tale.code(tale.path)
        tale.change(tale.path, replace(tale_code, constants=constants[1:]))
        made = Code(constants[:1], (tale.author.function("helper_one"), function))
    else:
        made = Code((), (tale.author.function("helper_one"), function, tale.author.function("helper_two")))
    tale.change(tale.path, tale.code(tale.path).with_function(function.name, None))
    tale.change(there, made)
    return there


def on_a_branch(tale: Tale, work: Callable[[], int]) -> tuple[int, int]:
    """Something on a branch while the main line goes on; heads of main line and branch, the tree being the main line's."""
    base, before = len(tale.commits), dict(tale.tree)
    tip = work()
    tale.tree = before
    tale.change(tale.other, tale.author.code(["start_run", f"run_{len(tale.commits)}"]))
    return tale.commit("meanwhile on main", base), tip
