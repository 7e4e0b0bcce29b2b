"""Made-up source files: functions of statements that any of eight languages can write, in the layout of one formatter or another."""

import random
import re
from dataclasses import dataclass, replace

from bench.regression_languages import Language

OBJECTS = ["ledger", "wallet", "session", "inventory", "mailer", "gateway", "quota", "catalog", "billing", "roster", "archive", "courier", "payouts", "refunds"]
VERBS = ["load", "reserve", "settle", "charge", "lookup", "publish", "expire", "attach", "reconcile", "allocate", "dispatch", "verify", "archive", "measure"]
NOUNS = ["account", "order", "invoice", "parcel", "tenant", "batch", "voucher", "leaf", "shipment", "customer", "contract", "ticket", "balance", "window"]
ERRORS = ["MissingRecord", "LimitExceeded", "InvalidState", "NotReady", "StaleRead"]
WORDS = ["insufficient funds", "no such record", "limit reached", "not ready yet", "must not be empty", "already settled", "out of range"]


@dataclass(frozen=True)
class Statement:
    """`kind`: assign, call, guard, limit, give, nothing, lock, note, off (commented out). `inner` are the statements of a lock."""

    kind: str
    var: str = ""
    target: str = ""
    verb: str = ""
    args: tuple[str, ...] = ()
    error: str = ""
    words: str = ""
    inner: tuple["Statement", ...] = ()


@dataclass(frozen=True)
class Function:
    """A name, parameters and statements."""

    name: str
    params: tuple[str, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Code:
    """A file: constants, then functions."""

    constants: tuple[tuple[str, str], ...]
    functions: tuple[Function, ...]

    def function(self, name: str) -> Function:
        """The function of that name."""
        return next(one for one in self.functions if one.name == name)

    def with_function(self, name: str, changed: Function | None) -> "Code":
        """With that function changed, or without it."""
        found = [one if one.name != name else changed for one in self.functions]
        return replace(self, functions=tuple(one for one in found if one is not None))


@dataclass(frozen=True)
class Style:
    """What formatters disagree on."""

    indent: str = "    "
    quote: str = '"'
    split: int = 200
    trailing: bool = False
    airy: bool = False
    newline: str = "\n"
    own_brace: bool = False


def rendered(code: Code, language: Language, style: Style) -> str:
    """The text of a file."""
    lines = list(language.head)
    lines += [_filled(language.constant, name=name, value=value) for name, value in code.constants]
    for function in code.functions:
        lines += ["", *_braced(_filled(language.begin, name=function.name, params=", ".join(function.params)), style, "")]
        for statement in function.body:
            lines += _written(statement, language, style, style.indent) + ([""] if style.airy else [])
        lines += [language.end] if language.end else []
    text = style.newline.join(lines) + style.newline
    return text.replace('"', style.quote) if language.quotes else text


def _written(statement: Statement, language: Language, style: Style, margin: str) -> list[str]:
    if statement.kind == "note":
        return [f"{margin}{language.comment} {statement.words}"]
    if statement.kind == "off":
        return [f"{margin}{language.comment} {line[len(margin) :]}" for line in _written(statement.inner[0], language, style, margin)]
    if statement.kind == "lock":
        inner = [line for one in statement.inner for line in _written(one, language, style, margin + style.indent)]
        end = [margin + language.lock[1]] if language.lock[1] else []
        return [*_braced(_filled(language.lock[0], target=statement.target), style, margin), *inner, *end]
    shapes = getattr(language, statement.kind)
    lines = []
    for shape in (shapes,) if isinstance(shapes, str) else shapes:
        depth = len(shape) - len(shape.lstrip("."))
        plain = _filled(
            shape.lstrip("."),
            var=statement.var,
            target=statement.target,
            verb=statement.verb,
            args=", ".join(statement.args),
            error=statement.error,
            words=statement.words,
        )
        lines += _braced(plain, style, margin + style.indent * depth, statement)
    return lines


def _filled(shape: str, **values: str) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda match: values[match[1]], shape)


def _braced(line: str, style: Style, margin: str, statement: Statement | None = None) -> list[str]:
    if style.own_brace and line.endswith(") {"):
        return [f"{margin}{line[:-2]}", f"{margin}{{"]
    if statement is None or len(margin) + len(line) <= style.split or "(" not in line or line.endswith(("{", ":")) or not statement.args:
        return [margin + line]
    head, _, rest = line.partition("(")
    inner, _, tail = rest.rpartition(")")
    args = inner.split(", ")
    ends = [","] * (len(args) - 1) + ["," if style.trailing else ""]
    return [f"{margin}{head}(", *(f"{margin}{style.indent}{arg}{end}" for arg, end in zip(args, ends, strict=True)), f"{margin}){tail}"]


class Author:
    """Writes made-up code; every name is drawn from a seed."""

    def __init__(self, seed: random.Random) -> None:
        self.seed = seed
        self._number = 0

    def name(self) -> str:
        """A variable."""
        self._number += 1
        return f"{self.seed.choice(NOUNS)}_{self.seed.choice(NOUNS)}"

    def assign(self, var: str | None = None) -> Statement:
        """`x = y.z(a, b)`."""
        args = [self.seed.choice([self.name(), f"{self.seed.choice(NOUNS)}_id", str(self.seed.randint(2, 900))]) for _ in range(self.seed.randint(1, 3))]
        return Statement("assign", var or self.name(), self.seed.choice(OBJECTS), self.seed.choice(VERBS), tuple(args))

    def call(self) -> Statement:
        """`y.z(a)`."""
        made = self.assign()
        return Statement("call", target=made.target, verb=made.verb, args=made.args)

    def guard(self, var: str) -> Statement:
        """Raise when it is missing."""
        return Statement("guard", var, error=self.seed.choice(ERRORS), words=self.seed.choice(WORDS))

    def limit(self, var: str) -> Statement:
        """Raise when it is too large."""
        return Statement("limit", var, args=(str(self.seed.randint(10, 5000)),), error=self.seed.choice(ERRORS), words=self.seed.choice(WORDS))

    def statement(self) -> Statement:
        """Any."""
        kind = self.seed.choice(["assign", "assign", "call", "call", "guard", "limit", "note", "nothing"])
        if kind == "note":
            return Statement("note", words=f"{self.seed.choice(VERBS)} the {self.seed.choice(NOUNS)} first")
        if kind == "nothing":
            return Statement("nothing", self.name())
        if kind in ("guard", "limit"):
            return self.guard(self.name()) if kind == "guard" else self.limit(self.name())
        return self.assign() if kind == "assign" else self.call()

    def function(self, name: str, size: int = 0) -> Function:
        """A function that begins by getting something and ends by giving it back."""
        var = self.name()
        body = [self.assign(var), *(self.statement() for _ in range(size or self.seed.randint(3, 7))), Statement("give", var)]
        return Function(name, (self.seed.choice(NOUNS), f"{self.seed.choice(NOUNS)}_key"), tuple(body))

    def code(self, names: list[str]) -> Code:
        """A file of these functions."""
        constants = tuple((f"{self.seed.choice(NOUNS).upper()}_{what}", str(self.seed.randint(3, 90))) for what in ("LIMIT", "RETRIES", "SECONDS"))
        return Code(constants, tuple(self.function(name) for name in names))
