"""Regular expressions that are compiled when they are first used: nearly a thousand stand in the modules, and no command uses them all."""

import re
from collections.abc import Callable
from typing import Any, AnyStr, Generic, cast

_METHODS = ("match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, but what is wrong with the pattern is told at its first use."""
    # It is no re.Pattern, which nothing can be derived from; it answers for one wherever its methods are called.
    return cast(re.Pattern[AnyStr], _Late(pattern, flags))


class _Late(Generic[AnyStr]):
    """The first call of any method compiles; from then on the names below are the compiled pattern's own methods."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = pattern
        self.flags = flags

    def __repr__(self) -> str:
        return f"regex({self.pattern!r})"


def _first(name: str) -> Callable[..., Any]:
    def method(late: _Late[Any], *values: Any, **named: Any) -> Any:
        compiled = re.compile(late.pattern, late.flags)
        vars(late).update({each: getattr(compiled, each) for each in _METHODS})
        return getattr(compiled, name)(*values, **named)

    return method


for _name in _METHODS:
    setattr(_Late, _name, _first(_name))
