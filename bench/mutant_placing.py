"""A mutant put where it takes effect: into functions that are loaded already, into constants and whoever imported them, or into an import to come."""

import ast
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import types
from collections import defaultdict
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path

from bench.mutations import Mutant, mutated
from bot.core.remembered import Remembered

SURVIVED, KILLED, INVALID, AGAIN = 0, 1, 2, 3


def functions(prefix: str) -> dict[str, list[types.FunctionType]]:
    """Every function of the room that is in memory, by file; what they remember is forgotten."""
    gc.unfreeze()
    found: dict[str, list[types.FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__code__.co_filename.startswith(prefix):
            found[thing.__code__.co_filename].append(thing)
        elif isinstance(thing, _lru_cache_wrapper):
            thing.cache_clear()
        elif isinstance(thing, Remembered):
            thing.clear()
    return found


def put(source: str, mutant: Mutant, loaded: dict[str, list[types.FunctionType]]) -> int | None:
    """Place a mutant in what is loaded already; a verdict where that alone decides, None where tests must."""
    path = str(Path(mutant.path).resolve())
    tree = mutated(source, mutant)
    if mutant.scope == "constant":
        return _rebind(path, tree, mutant)
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compile(tree, path, "exec"))}
    placed = False
    for function in loaded[path]:
        old = function.__code__
        new = codes.get((old.co_qualname, old.co_firstlineno))
        if new is not None and new != old:
            if len(new.co_freevars) != len(old.co_freevars):
                return AGAIN
            function.__code__ = new
            placed = True
    return None if placed else AGAIN


def _rebind(path: str, tree: ast.Module, mutant: Mutant) -> int | None:
    """Run the changed assignment and those after it again (`|=` of a table too), and give every module that imported one of their names the new value."""
    module = next(one for one in list(sys.modules.values()) if getattr(one, "__file__", None) == path)
    before = dict(vars(module))
    again: list[ast.stmt] = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign | ast.AugAssign) and one.lineno >= mutant.first]
    try:
        exec(compile(ast.Module(again, []), path, "exec"), vars(module))  # noqa: S102 - our own code with one fault
        for value in vars(module).values():
            re.compile(getattr(value, "pattern", ""), getattr(value, "flags", 0))
    except Exception:  # noqa: BLE001 - a pattern that is none any more, a table with a double key
        return INVALID
    for name, old in before.items():
        new = vars(module)[name]
        if new is not old:
            for other in [one for key, one in list(sys.modules.items()) if key.startswith(("bot.", "tests."))]:
                if vars(other).get(name) is old:
                    setattr(other, name, new)
    return None


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def module_of(path: str) -> str:
    """The dotted name of a file's module."""
    return path.removesuffix(".py").replace("/", ".")


class Mutated(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):  # type: ignore[misc] # the two agree where it matters
    """Imports one module with its fault."""

    def __init__(self, mutant: Mutant, source: str) -> None:
        super().__init__(module_of(mutant.path), str(Path(mutant.path).resolve()))
        self._code = compile(mutated(source, mutant), self.path, "exec")

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:  # noqa: ARG002 - as importlib calls it
        """Ours for this module only."""
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname: str) -> types.CodeType:  # noqa: ARG002 - as importlib calls it
        """The code with the fault."""
        return self._code
