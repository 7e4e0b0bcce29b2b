"""Whether the function around a line is the one that a frame names, in the many ways in which runtimes print a function."""

import re

from bot.core.code.enclosing import TOP, Enclosure
from bot.core.code.syntax import ANONYMOUS, Syntax
from bot.core.signature.frame_name import plain
from bot.model import Frame
from bot.regex import regex

_NAMELESS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "<module> <lambda> <listcomp> <genexpr> <dictcomp> <setcomp> <anonymous> <main> <eval> <unknown> <init> <clinit> anonymous ? ?? .ctor .cctor ctor "
        "cctor {main} {closure} {{closure}} operator()"
    ).split()
)
"""What runtimes print where there is no name."""
_SYNTHETIC = frozenset(
    (  # noqa: SIM905 - as above
        "constructor __construct initialize init new closure lambda invoke invokeSuspend invoke0 apply applyOrElse call call_once call_mut MoveNext Invoke "
        "poll next step fulfilled rejected _callee eval"
    ).split()
)
"""Names that compilers give to functions of their own; a person may have given them too."""
_SCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")
_WORD = regex(r"[A-Za-z_$][\w$]{0,200}[?!]?")


def function_name(frame: Frame) -> str:
    """The bare name of the frame's function; empty where the runtime has none for it, or only a compiler's."""
    if frame.function in _NAMELESS:
        return ""
    words = plain(frame.function[:300]).partition("(")[0].partition("/")[0]
    last = re.split(r"::|->|[.#\\:]", words)[-1].strip().partition("$")[0]
    return "" if last in _NAMELESS or not _WORD.fullmatch(last) else last


def qualified_name(frame: Frame) -> str:
    """`Ledger.save` where the frame says the class, else the bare name."""
    name = function_name(frame)
    owner = re.split(r"::|->|[.#\\:/$]", plain(frame.module or frame.function.rpartition(name)[0])[:300].strip(".:#>-\\$"))[-1]
    return f"{owner}.{name}" if owner and owner != name else name


def is_named_by(around: Enclosure, frame: Frame, path: str, syntax: Syntax | None) -> bool:
    """True where the frame's function holds the line, or its name cannot be compared; code of a class body runs under the class's name."""
    name = function_name(frame)
    if not around.exact or not name:
        return True
    own = [part for part in (*around.around, around.function) if part not in (TOP, ANONYMOUS)]
    if name.lower() in {one.rpartition(".")[2].lower() for one in own}:
        return True
    # A bundler's names stand in no source, and engines print the object's class; a compiler's own functions stand in none either.
    doubtful = name in _SYNTHETIC or path.endswith(_SCRIPT)
    return doubtful and (len(name) <= 2 or syntax is None or not any(scope.own_name == name for scope in syntax.scopes))
