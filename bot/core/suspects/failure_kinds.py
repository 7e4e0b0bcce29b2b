"""Kinds of failure, and the kind of change that makes them: what an error message says, and what then stands in the changed lines."""

import re
from typing import NamedTuple

from bot.regex import regex


class FailureKind(NamedTuple):
    """`said` is searched in type and message, `changed` in the changed lines, `because` joins the two in a reason."""

    said: re.Pattern[str]
    changed: re.Pattern[str]
    because: str


def _kind(said: str, changed: str, because: str) -> FailureKind:
    return FailureKind(regex(said, re.IGNORECASE), regex(changed), because)


MISSING_VALUE = _kind(
    r"NoneType|\bnull\b|\bnil\b|undefined \(reading|is undefined|None\b|NullPointer|Optional|unwrap|NoMethodError|missing value|not set",
    r"\b(?:None|null|nil|undefined|Optional|NULL)\b|\.get\(|\?\.|(?<!export )\bdefault|\breturn;?\s{0,9}$|\b(?:first|find|orElse|pop)\b",
    "touches where a value can be missing, and a missing value is what failed",
)

KINDS = (
    MISSING_VALUE,
    _kind(
        r"division by zero|ZeroDivision|divide by zero|/ by zero|divided by 0",
        r"\b0\b|\blen\b|count|size|default|\btotal",
        "touches what can be zero, and a division by zero failed",
    ),
    _kind(
        r"out of range|out of bounds|OutOfBounds|IndexError|RangeError|index \d|slice bounds",
        r"[+-]\s{0,2}1\b|[<>]=?|\blen\b|range|size|length|\[[^\]]{0,80}\]|\blimit\b|\bpage",
        "touches bounds, and an index was out of bounds",
    ),
    _kind(
        r"unsupported operand|must be str|not (?:str|int|a number)|invalid literal|ClassCast|cannot be cast|mismatched types|TypeError"
        r"|can't convert|implicit conversion"
        r"|NumberFormat|could not convert|invalid syntax for|not iterable|not callable|not subscriptable|unmarshal|cannot unpack",
        r"\b(?:int|str|float|Decimal|Number|String|parseInt|parse|json|Integer|to_s|to_i|to_f|strconv|Itoa|Atoi|toString|valueOf|format|Sprint\w{0,5}|Stringify|cast|list|dict|tuple|bytes)\b",
        "touches a conversion, and a value of the wrong type failed",
    ),
    _kind(
        r"timed? ?out|timeout|deadline",
        r"(?i)timeout|deadline|retr(?:y|ies)|_ms\b|seconds|\bttl\b|interval",
        "touches a time limit, and a time limit was exceeded",
    ),
    _kind(
        r"refused|unreachable|resolve|ENOTFOUND|getaddrinfo|no such host|certificate|handshake",
        r"(?i)host|\bport\b|\burl\b|uri|address|endpoint|tls|ssl|\.(?:internal|local|svc)\b",
        "touches an address, and a connection failed",
    ),
    _kind(
        r"No module named|cannot find module|is not defined|NameError|ReferenceError|uninitialized constant|ImportError|cannot import|ClassNotFound"
        r"|NoClassDef|undefined: ",
        r"\b(?:import|require|from|use|using|export|include|require_relative)\b",
        "touches what is imported, and a name was not found",
    ),
    _kind(
        r"unexpected keyword|positional argument|wrong number of arguments|given \d|takes \d|missing \d|not enough arguments|too many arguments",
        r"\b(?:def|func|function|fn)\b|\w\([^)]{0,200}\)",
        "touches a call or its parameters, and the arguments did not fit",
    ),
    _kind(
        r"denied|forbidden|unauthori[sz]ed|\b40[13]\b|permission",
        r"(?i)role|scope|permission|token|policy|auth|grant|admin|secret",
        "touches rights, and access was denied",
    ),
    _kind(
        r"deadlock|insufficient|conflict|duplicate|concurrent|serializ|already (?:exists|reserved|locked)|stale|lock",
        r"(?i)lock|for_update|transaction|mutex|synchronized|atomic|unique|commit\(",
        "touches a lock, and work got in each other's way",
    ),
    _kind(
        r"exhausted|too many|out of memory|OutOfMemory|heap|no space|limit reached|QueuePool|max(?:imum)? ",
        r"(?i)pool|size|limit|max|close|cache|workers|\bwith\b|defer",
        "touches a limit, and something ran out",
    ),
    _kind(
        r"column|relation|no such table|unknown field|doesn't exist|does not exist|constraint",
        r"(?i)alter|drop|rename|column|table|create|add|migrat",
        "touches the schema, and the schema did not fit",
    ),
)
GUARD = regex(
    r"\b(?:if|unless|raise|throw|assert|except|rescue|catch|lock|Lock|for_update|with_for_update|synchronized|mutex|timeout|retry|retries|guard|require|validate\w{0,40}|check\w{0,40}"
    r"|ensure\w{0,40}|try|transaction|atomic|is None|isinstance|strip|escape|(?<!export )default)\b|[!=]==? (?:nil|null|undefined|None)|\?\?|\?\.|\.get\("
)
"""Lines that stand between an odd value and its failure."""

RETURNS = regex(r"\s{0,200}(?:return|yield)\b")
TAKES_AWAY = regex(
    r"\s{0,200}(?:ALTER\s.{1,120}\s)?(?:DROP|RENAME|DELETE|REMOVE|drop|remove|delete|rename|del|unset|undef)(?:_column|_table|Column)?\b|.{0,200}\s(?:DROP|RENAME)\s"
)
"""Lines that, once added, take something away."""


def kind_of(error: str) -> tuple[FailureKind, ...]:
    """The kinds that an error's type and message speak of."""
    return tuple(kind for kind in KINDS if kind.said.search(error[:4000]))
