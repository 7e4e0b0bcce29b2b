"""The state of a page of Dashboards as its link holds it: rison in the fragment, decoded within bounds, since a link may hold anything."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import rison
from rison.decoder import ParserException

State = Mapping[str, Any]

IN_SESSION = "h@"
"""How a value begins that only stands for what a browser keeps (`expand_hashed_url.ts`)."""
_DEEPEST = 40
_LINE_BREAK = "'\ue000"
_PLAIN = "-._~/?!$'()*,;:@="
"""What stands in a fragment as it is (RFC 3986); `&` and `+` would be read otherwise, and `%` begins an escape."""


def read(parameters: str) -> tuple[dict[str, State], set[str]]:
    """The states `_g`, `_a` and `_q` among the parameters of a link, and what is wrong with those that cannot be read (IN_SESSION among it)."""
    states: dict[str, State] = {}
    problems: set[str] = set()
    for parameter in parameters.split("&")[:50]:
        name, _, value = parameter.partition("=")
        if name not in ("_g", "_a", "_q") or not value:
            continue
        # Once, and a plus stays a plus: Discover writes spaces as %20.
        text = unquote(value)
        if text.startswith(IN_SESSION):
            problems.add(IN_SESSION)
            continue
        state = _decoded(text)
        if isinstance(state, Mapping):
            states[name] = state
        else:
            problems.add("unreadable")
    return states, problems


def _decoded(text: str) -> object:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        return None
    try:
        return rison.loads(text)
    except (ParserException, IndexError, TypeError, ValueError, RecursionError):
        return None


def written(state: object) -> str:
    """A state as it stands in the fragment of a link."""
    return quote(rison.dumps(_marked(state)).replace(f"!{_LINE_BREAK}", "\n"), safe=_PLAIN)


def _marked(state: object) -> object:
    """The library writes a text with a line break bare, which no reader takes; a mark that holds a quote makes it a quoted one."""
    if isinstance(state, str):
        return state.replace("\n", _LINE_BREAK)
    if isinstance(state, Mapping):
        return {key: _marked(value) for key, value in state.items()}
    return [_marked(value) for value in state] if isinstance(state, list | tuple) else state
