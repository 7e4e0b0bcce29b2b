"""What else goes on in a repository: changes that do no harm, many of them to the very function that fails."""

import random
import re
from collections.abc import Callable

from bench.history_code import Function, Source, Statement
from bench.history_story import OTHERS, Story, let, when

Noise = Callable[[Story, random.Random], str | None]
_NAMES = ["data", "current", "picked", "chosen", "latest", "known", "actual", "found_one", "given", "plain", "base", "inner", "outer"]


def _target(made: Story, rng: random.Random) -> tuple[str, Source, Function]:
    """A function: as often as not one that the failure runs through or rests on."""
    near = [
        made.failing,
        made.failing,
        made.failing,
        made.middle,
        made.middle,
        made.entry,
        made.load,
        made.owner,
        made.convert,
        made.pending,
        made.split,
        made.reserve,
    ]
    every = [(path, source, function) for path, source in made.world.code.items() for function in source.functions]
    wanted = rng.choice(near) if rng.random() < 0.5 else ""
    return next((one for one in every if one[2].name == wanted), None) or rng.choice(every)


def _place(rng: random.Random, function: Function) -> int:
    return rng.randint(0, max(0, len(function.body) - 1))


def logs(made: Story, rng: random.Random) -> str | None:
    """A log line more."""
    _, _, function = _target(made, rng)
    known = [*function.parameters, *(one.name for one in function.body[:1] if one.kind == "let")]
    function.body.insert(min(1, len(function.body)), Statement("log", f"{rng.choice(['start', 'seen', 'about to run'])} {function.name}", rng.choice(known)))
    return f"Log {function.name}"


def comments(made: Story, rng: random.Random) -> str | None:
    """A comment more."""
    _, _, function = _target(made, rng)
    function.body.insert(
        _place(rng, function),
        Statement("note", rng.choice(["see the runbook", "the order matters here", "agreed with the partners", "slow for large tenants"])),
    )
    return rng.choice(["Explain", "Comments", f"Document {function.name}"])


def renames_variable(made: Story, rng: random.Random) -> str | None:
    """A local variable gets another name, everywhere in its function."""
    _, _, function = _target(made, rng)
    names = [one.name for one, _ in function.all() if one.kind == "let"]
    if not names:
        return None
    old = rng.choice(names)
    new = f"{rng.choice(_NAMES)}_{old}"[:30]
    pattern = re.compile(rf"(?<![\w\".]){re.escape(old)}(?![\w\"(])")
    for one, _ in function.all():
        one.name = new if one.name == old and one.kind == "let" else one.name
        one.expression = pattern.sub(new, one.expression) if one.kind != "raise" else one.expression
    return rng.choice([f"Clearer names in {function.name}", "Rename variables", "Naming"])


def computes(made: Story, rng: random.Random) -> str | None:
    """Something more is computed and counted."""
    _, _, function = _target(made, rng)
    given = rng.choice(function.parameters)
    name = f"{rng.choice(['weight', 'size', 'kind', 'stamp'])}_{rng.randint(1, 99)}"
    function.body[min(1, len(function.body)) : min(1, len(function.body))] = [
        let(name, f"describe({given}, {rng.randint(1, 9)})"),
        Statement("do", "", f'metrics.count("{function.name}", {name})'),
    ]
    return rng.choice([f"Measure {function.name}", "More metrics", f"Count what {function.name} sees"])


def guards(made: Story, rng: random.Random) -> str | None:
    """A check more, which never refuses what is right."""
    _, _, function = _target(made, rng)
    given = rng.choice(function.parameters)
    function.body.insert(
        0, when(f"{given}.{rng.choice(['locked', 'frozen', 'banned', 'stale'])} == 1", Statement("return", "", "NOTHING"), tag=f"harmless{rng.randint(1, 999)}")
    )
    return rng.choice([f"Skip what is locked in {function.name}", "Leave frozen ones alone", "Be careful"])


def drops_harmless_check(made: Story, rng: random.Random) -> str | None:
    """A check goes that was not needed."""
    found = [(function, one) for source in made.world.code.values() for function in source.functions for one in function.body if one.tag.startswith("harmless")]
    if not found:
        return None
    function, one = rng.choice(found)
    function.body.remove(one)
    return rng.choice([f"Simplify {function.name}", "Remove a feature flag", "Less code"])


def numbers(made: Story, rng: random.Random) -> str | None:
    """Another number where it does not matter."""
    _, _, function = _target(made, rng)
    found = [one for one, _ in function.all() if not one.tag and one.kind == "let" and re.search(r", \d+\)$", one.expression)]
    if not found:
        return None
    one = rng.choice(found)
    one.expression = re.sub(r", \d+\)$", f", {rng.randint(2, 400)})", one.expression)
    return rng.choice(["Tune", f"Another limit in {function.name}", "Numbers from last month"])


def constants(made: Story, rng: random.Random) -> str | None:
    """Another value of a constant that nobody fails of."""
    source = next(source for source in made.world.code.values() if made.minimum in source.constants)
    name = rng.choice([name for name in source.constants if name != made.minimum])
    source.constants[name] = str(rng.randint(4, 5000))
    return rng.choice([f"Adjust {name}", "New limits", "Limits for the season"])


def formats(made: Story, rng: random.Random) -> str | None:
    """A formatter was at work."""
    some = list(made.world.code.values()) if rng.random() < 0.4 else [_target(made, rng)[1]]
    indent, quotes, wrapped = rng.choice([2, 4]), rng.random() < 0.5, rng.random() < 0.5
    for source in some:
        source.indent, source.single_quotes, source.wrapped = indent, quotes, wrapped
    return rng.choice(["Format", "Run the formatter", "style: indentation and quotes"])


def moves_file(made: Story, rng: random.Random) -> str | None:
    """A file goes to another folder."""
    path = rng.choice(list(made.world.code))
    root = path.split("/")[0]
    new = f"{root}/{rng.choice(['core', 'modules', 'internal', 'platform'])}/{path.rpartition('/')[2]}"
    if new in made.world.code:
        return None
    made.world.code = {new if one == path else one: source for one, source in made.world.code.items()}
    return rng.choice([f"Move {path.rpartition('/')[2]}", "Folders by domain", "Tidy the tree"])


def moves_function(made: Story, rng: random.Random) -> str | None:
    """A function goes to another file of those that know it."""
    path, source, function = _target(made, rng)
    others = [one for other, one in made.world.code.items() if other != path and (path.rpartition("/")[2].partition(".")[0] not in one.imports)]
    if len(source.functions) < 2 or not others:
        return None
    other = rng.choice(others)
    source.functions.remove(function)
    other.functions.append(function)
    new = next(name for name, one in made.world.code.items() if one is other)
    old_stem, new_stem = (name.rpartition("/")[2].partition(".")[0] for name in (path, new))
    other.imports += [name for name in source.imports if name not in other.imports and name != new_stem]
    for one in made.world.code.values():
        if one is not other and (old_stem in one.imports or one is source) and new_stem not in one.imports:
            one.imports.append(new_stem)
    return rng.choice([f"Move {function.name} where it belongs", f"Split {old_stem}", "Refactor"])


def adds_function(made: Story, rng: random.Random) -> str | None:
    """A function that is new."""
    _, source, near = _target(made, rng)
    name = f"{rng.choice(['preview', 'explain', 'estimate', 'sample', 'mirror'])}_{near.name.partition('_')[2] or 'all'}_{rng.randint(1, 99)}"
    value = rng.choice(["owner", "amount", "rows", "limit"])
    source.functions.insert(
        rng.randint(0, len(source.functions)),
        Function(name, [value, "session"], [let("kept", f"pick({value}, {rng.randint(2, 99)})"), Statement("return", "", "kept")]),
    )
    return rng.choice([f"Add {name}", "First part of the new view", "Groundwork"])


def wraps_call(made: Story, rng: random.Random) -> str | None:
    """A statement is written in another way that does the same, often one that matters."""
    _, _, function = _target(made, rng)
    found = [one for one, _ in function.all() if one.kind in {"let", "return"} and one.expression and not one.expression.startswith("(")]
    if not found:
        return None
    one = rng.choice(found)
    one.expression = f"({one.expression})"
    return rng.choice(["Cosmetics", f"Readability of {function.name}", "Please the linter"])


def extracts(made: Story, rng: random.Random) -> str | None:
    """An untold statement becomes a function of its own."""
    _, source, function = _target(made, rng)
    found = [one for one, _ in function.all() if one.kind == "let" and not one.tag and len(function.parameters) > 1]
    if not found:
        return None
    one = rng.choice(found)
    name = f"{one.name}_of_{function.name}"
    if any(other.name == name for other in source.functions):
        return None
    source.functions.insert(0, Function(name, list(function.parameters), [let("answer", one.expression), Statement("return", "", "answer")]))
    one.expression = f"{name}({', '.join(function.parameters)})"
    return rng.choice([f"Extract {name}", "Smaller functions", "Refactor"])


def settings(made: Story, rng: random.Random) -> str | None:
    """Another setting."""
    old = made.world.texts["config/settings.yaml"]
    found = [line for line in old.splitlines() if line.startswith(("  pool_size", "  retries", "  digest", "  new_"))]
    line = rng.choice(found)
    value = rng.choice(["true", "false"]) if "true" in line or "false" in line else str(rng.randint(2, 60))
    made.world.texts["config/settings.yaml"] = old.replace(line, f"{line.partition(':')[0]}: {value}")
    return rng.choice(["Tune settings", "Feature flags", f"Set {line.partition(':')[0].strip()}"])


def bumps(made: Story, rng: random.Random) -> str | None:
    """A bot raises the version of a library that has nothing to do with it."""
    path = next(path for path, text in made.world.texts.items() if "web-frame==" in text)
    name = rng.choice(["database", "yaml-reader", "web-frame"])
    lines = made.world.texts[path].splitlines()
    made.world.texts[path] = "".join(
        f"{name}=={rng.randint(1, 6)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}\n" if line.startswith(f"{name}==") else f"{line}\n" for line in lines
    )
    return f"Bump {name}"


def beside(made: Story, rng: random.Random) -> str | None:
    """Tests and documents, which speak of everything."""
    path = rng.choice([path for path in made.world.texts if path.startswith(("tests/", "docs/", "README"))])
    words = rng.choice([made.failing, made.owner, made.key, f"{made.load} and {made.key}", "the on-call rota", made.minimum])
    made.world.texts[path] += f"{words}\n"
    return rng.choice(["Tests", "Docs", f"Test {made.failing}", "README"])


def migrates(made: Story, rng: random.Random) -> str | None:
    """A migration that breaks nothing."""
    number = sum(path.startswith("migrations/") for path in made.world.texts) + 1
    about = rng.choice([made.part, made.noun, rng.choice(OTHERS)])
    made.world.texts[f"migrations/{number:04}_{about}.sql"] = f"ALTER TABLE {about}s ADD COLUMN note_{rng.randint(1, 99)} TEXT;\n"
    return rng.choice([f"Notes for {about}s", "Migration"])


NOISE: tuple[tuple[Noise, int], ...] = (
    *((logs, 8), (comments, 5), (renames_variable, 8), (computes, 9), (guards, 8), (drops_harmless_check, 6), (numbers, 7), (constants, 4), (formats, 4)),
    *((moves_file, 2), (moves_function, 3), (adds_function, 8), (wraps_call, 7), (extracts, 4), (settings, 5), (bumps, 5), (beside, 8), (migrates, 3)),
)
