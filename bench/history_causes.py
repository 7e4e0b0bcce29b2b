"""The ways in which a change makes the service fail, each with what its runtime would say."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bench.history_code import Function, Statement
from bench.history_story import Story, when
from bench.history_words import missing_member, own_error, said


@dataclass(frozen=True)
class Failure:
    """What the runtime reports: in which function and at which tagged statement, with type and message, and the subject of the change."""

    function: str
    tag: str
    error_type: str
    message: str
    subjects: tuple[str, ...]


Cause = Callable[[Story, random.Random], Failure]


def _function(made: Story, name: str) -> Function:
    return made.world.home(name)[1]


def _change(made: Story, function: str, tag: str, old: str, new: str) -> None:
    found = _function(made, function).tagged(tag)
    if found:
        found[0].expression = found[0].expression.replace(old, new)


def guard_removed(made: Story, _: random.Random) -> Failure:
    """The check for nothing goes away."""
    function = _function(made, made.failing)
    found = function.tagged("guard")
    if found:
        found[1].remove(found[0])
    variable = _name(function, "owner")
    return Failure(
        made.failing,
        "trait",
        *missing_member(made, variable, made.trait),
        (f"Simplify {made.failing}", "Drop a check that never fires", "Early returns are confusing"),
    )


def _name(function: Function, tag: str) -> str:
    found = function.tagged(tag)
    return found[0].name if found else tag


def wrong_default(made: Story, _: random.Random) -> Failure:
    """A default becomes zero in what is called."""
    _change(made, made.split, "default", '"parts", 1)', '"parts", 0)')
    kind = said(
        made,
        python="ZeroDivisionError|division by zero",
        javascript="RangeError|Division by zero",
        go="runtime.Error|integer divide by zero",
        java="java.lang.ArithmeticException|/ by zero",
        ruby="ZeroDivisionError|divided by 0",
    )
    return Failure(made.failing, "division", *kind, ("Count only what was asked for", f"Clearer defaults in the {made.part} store"))


def renamed_key(made: Story, _: random.Random) -> Failure:
    """The rows carry another key than the one that is read."""
    old, new = made.key, f"{made.key.partition('_')[0]}_reference"
    _change(made, made.load, "record", f'"{old}"', f'"{new}"')
    kind = said(
        made,
        python=f"KeyError|'{old}'",
        javascript=f"TypeError|Missing property '{old}' in row",
        go=f'panic|key "{old}" not found in row',
        java=f"java.util.NoSuchElementException|No value for {old}",
        ruby=f'KeyError|key not found: "{old}"',
    )
    return Failure(made.failing, "key", *kind, ("Speak the words of the new schema", f"Name the columns of {made.part}s alike"))


def changed_type(made: Story, _: random.Random) -> Failure:
    """A conversion returns text."""
    function = _function(made, made.convert)
    found = function.tagged("result")
    if found:
        found[0].expression = f"TEXT({found[0].expression})"
    kind = said(
        made,
        python='TypeError|can only concatenate str (not "int") to str',
        javascript="TypeError|Cannot mix strings and other types",
        go="runtime.Error|interface conversion: interface {} is string, not int",
        java="java.lang.ClassCastException|class java.lang.String cannot be cast to class java.lang.Integer",
        ruby="TypeError|no implicit conversion of Integer into String",
    )
    return Failure(made.failing, "sum", *kind, ("Exact amounts on the wire", "Keep the digits of amounts"))


def changed_setting(made: Story, rng: random.Random) -> Failure:
    """A setting of the library that is called gets a bad value."""
    text, system = made.world.texts["config/settings.yaml"], made.system
    line = next(line for line in text.splitlines() if line.strip().startswith("timeout") and text.index(line) < text.index("database:"))
    if rng.random() < 0.5:
        made.world.texts["config/settings.yaml"] = text.replace(line, "  timeout: 1", 1)
        kind = said(
            made, python=f"TimeoutError|{system} did not answer: timed out after 1 s", go=f"error|Post {system}: context deadline exceeded (timeout 1s)"
        )
        return Failure(made.failing, "post", *kind, ("Fail faster", "Tune the clients"))
    host = f"{system}-v2.internal"
    made.world.texts["config/settings.yaml"] = text.replace(f"{system}.internal", host)
    kind = said(
        made,
        python=f"ConnectionError|connection to {host}:8443 refused",
        javascript=f"Error|connect ECONNREFUSED {host}:8443",
        go=f"error|dial tcp {host}:8443: connect: connection refused",
    )
    return Failure(made.failing, "post", *kind, (f"Prepare the move of {system}", "New hosts"))


def off_by_one(made: Story, _: random.Random) -> Failure:
    """The loop runs one too far."""
    function = _function(made, made.failing)
    found = function.tagged("loop")
    if found:
        found[0].expression += " + 1"
    kind = said(
        made,
        python="IndexError|list index out of range",
        javascript="TypeError|Cannot read properties of undefined (reading '0')",
        go="runtime.Error|index out of range [7] with length 7",
        java="java.lang.IndexOutOfBoundsException|Index 7 out of bounds for length 7",
        ruby="NoMethodError|undefined method `[]' for nil:NilClass",
    )
    return Failure(
        made.failing,
        "key" if made.world.language in {"javascript", "ruby"} else "index",
        *kind,
        (f"Include the last {made.part}", f"{made.part}s: count as the others do"),
    )


def nothing_passed(made: Story, rng: random.Random) -> Failure:
    """The caller passes nothing on."""
    function = _function(made, made.middle)
    found = function.tagged("limit" if rng.random() < 0.5 else "call")
    if found and found[0].tag == "limit":
        found[0].expression = f'option({function.parameters[0]}, "limit", NOTHING)'
    elif found:
        found[0].expression = found[0].expression.rpartition(",")[0] + ", NOTHING)"
    kind = said(
        made,
        python="TypeError|unsupported operand type(s) for *: 'NoneType' and 'int'",
        javascript="TypeError|Cannot convert undefined or null to object",
        go="runtime.Error|invalid memory address or nil pointer dereference",
        java='java.lang.NullPointerException|Cannot invoke "java.lang.Integer.intValue()" because "limit" is null',
        ruby="NoMethodError|undefined method `*' for nil:NilClass",
    )
    return Failure(made.failing, "bound", *kind, ("Limits are optional", f"No page limit for a {made.noun}"))


def deleted_import(made: Story, _: random.Random) -> Failure:
    """An import that looked unused."""
    path, _function_there = made.world.home(made.failing)
    source = made.world.code[path]
    source.imports = [name for name in source.imports if name != "json"]
    kind = said(
        made,
        python="NameError|name 'json' is not defined",
        javascript="ReferenceError|json is not defined",
        go="error|undefined: json",
        java="java.lang.NoClassDefFoundError|json",
        ruby="NameError|uninitialized constant json",
    )
    return Failure(made.failing, "dump", *kind, ("Remove unused imports", "Lint"))


def lock_dropped(made: Story, _: random.Random) -> Failure:
    """Rows are no longer locked in what is called."""
    found = _function(made, made.reserve).tagged("lock")
    if found:
        found[1].remove(found[0])
    return Failure(
        made.failing, "conflict", *own_error(made, "ConflictError", f"insufficient {made.part} balance"), ("perf: fewer round trips", f"Faster {made.reserve}")
    )


def renamed_function(made: Story, _: random.Random) -> Failure:
    """A function has a new name, its caller the old one."""
    path, function = made.world.home(made.pending)
    old, module = function.name, path.rpartition("/")[2].partition(".")[0]
    function.name = made.pending = f"sum_of_{old.partition('_')[0]}"
    kind = said(
        made,
        python=f"AttributeError|module '{module}' has no attribute '{old}'",
        javascript=f"TypeError|{old} is not a function",
        go=f"panic|undefined: {module}.{old}",
        java=f"java.lang.NoSuchMethodError|'java.lang.Object {old}(Object, Object)'",
        ruby=f"NoMethodError|undefined method `{old}' for main:Object",
    )
    return Failure(made.failing, "sum", *kind, ("Names that say what they sum", f"Consistent names in the {made.part} store"))


def new_validation(made: Story, rng: random.Random) -> Failure:
    """A new check refuses what is right."""
    function = _function(made, made.failing)
    words = f"{made.noun} has no {made.column.replace('_', ' ')}"
    at = rng.randint(2, len(function.body) - 1)
    function.body.insert(at, when(f"{function.parameters[0]}.{made.column} == NOTHING", Statement("raise", "ValidationError", words, tag="new")))
    return Failure(made.failing, "new", *own_error(made, "ValidationError", words), ("Check what partners send", f"Stricter {made.noun}s"))


def library_upgrade(made: Story, _: random.Random) -> Failure:
    """A library takes other arguments in its next version."""
    manifest = next(path for path, text in made.world.texts.items() if f"{made.system}-client==" in text)
    text = made.world.texts[manifest]
    line = next(line for line in text.splitlines() if line.startswith(f"{made.system}-client=="))
    made.world.texts[manifest] = text.replace(line, f"{made.system}-client==3.0.0")
    client = f"{made.system.capitalize()}Client"
    kind = said(
        made,
        python=f"TypeError|{client}.post() takes 3 positional arguments but 4 were given",
        javascript=f"TypeError|{client}.post: expected an options object, received number",
        go=f"error|not enough arguments in call to {made.system}_client.Post",
        java=f"java.lang.NoSuchMethodError|{client}.post(String, Object, int)",
        ruby="ArgumentError|wrong number of arguments (given 3, expected 2)",
    )
    return Failure(made.failing, "post", *kind, (f"Bump {made.system}-client to 3.0.0", "Upgrade clients"))


def dropped_column(made: Story, _: random.Random) -> Failure:
    """A migration takes a column away that is still selected."""
    number = sum(path.startswith("migrations/") for path in made.world.texts) + 1
    made.world.texts[f"migrations/{number:04}_tidy.sql"] = f"ALTER TABLE {made.part}s DROP COLUMN {made.column};\n"
    kind = said(
        made,
        python=f'ProgrammingError|column "{made.column}" does not exist',
        java=f'org.postgresql.util.PSQLException|ERROR: column "{made.column}" does not exist',
    )
    return Failure(made.load, "select", *kind, ("Tidy the schema", "Migration: columns nobody reads"))


def flipped_condition(made: Story, rng: random.Random) -> Failure:
    """A comparison is turned around."""
    found = _function(made, made.failing).tagged("condition")
    if found:
        found[0].expression = found[0].expression.replace(" < ", rng.choice([" > ", " >= "]))
    return Failure(
        made.failing, "refused", *own_error(made, "ValidationError", f"{made.noun} amount below minimum"), ("Readable conditions", f"Bounds of a {made.noun}")
    )


def changed_unit(made: Story, _: random.Random) -> Failure:
    """A conversion converts no more."""
    found = _function(made, made.convert).tagged("scale")
    if found:
        found[0].expression = _function(made, made.convert).parameters[0]
    return Failure(
        made.failing,
        "refused",
        *own_error(made, "ValidationError", f"{made.noun} amount below minimum"),
        ("Amounts come in minor units now", "One unit everywhere"),
    )


def changed_constant(made: Story, _: random.Random) -> Failure:
    """A limit gets another value."""
    source = next(source for source in made.world.code.values() if made.minimum in source.constants)
    source.constants[made.minimum] = "10000"
    return Failure(made.failing, "refused", *own_error(made, "ValidationError", f"{made.noun} amount below minimum"), ("New limits", "Limits as agreed"))


def stricter_query(made: Story, _: random.Random) -> Failure:
    """What is called finds nothing any more, and nobody checks."""
    found = _function(made, made.owner).tagged("query")
    if found:
        found[0].expression += '.where("active", 1)'
    function = _function(made, made.failing)
    guard = function.tagged("guard")
    if guard:
        guard[0].expression = guard[0].expression.replace("== NOTHING", "== 0")
    return Failure(made.failing, "trait", *missing_member(made, _name(function, "owner"), made.trait), ("Only active owners", "Ignore closed accounts"))


CAUSES: dict[str, Cause] = {
    one.__name__: one
    for one in (
        *(guard_removed, wrong_default, renamed_key, changed_type, changed_setting, off_by_one, nothing_passed, deleted_import, lock_dropped),
        *(renamed_function, new_validation, library_upgrade, dropped_column, flipped_condition, changed_unit, changed_constant, stricter_query),
    )
}
