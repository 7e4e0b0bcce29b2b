"""Made-up source files: functions of statements that any of eight languages can write, in the layout of one formatter or another."""

import random
import re
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class Language:
    """How one language writes the statements. `{…}` are filled in; a line's indentation is its leading dots."""

    suffix: str
    begin: str
    end: str
    assign: str
    call: str
    guard: tuple[str, ...]
    limit: tuple[str, ...]
    give: str
    nothing: tuple[str, ...]
    lock: tuple[str, str]
    constant: str
    comment: str
    head: tuple[str, ...] = ()
    quotes: bool = False


def _braces(suffix: str, begin: str, assign: str, raised: str, none: str, lock: tuple[str, str], constant: str, *head: str) -> Language:
    """A language with braces; `none` is its test for a missing value."""
    return Language(
        suffix,
        begin,
        "}",
        assign,
        assign.partition("= ")[2],
        (f"if ({none}) {{", f".{raised}", "}"),
        ("if ({var} > {args}) {", f".{raised}", "}"),
        "return {var};",
        (f"if ({none}) {{", ".return null;", "}"),
        lock,
        constant,
        "//",
        head,
        quotes=suffix in (".js", ".ts"),
    )


LANGUAGES = (
    Language(
        ".py",
        "def {name}({params}):",
        "",
        "{var} = {target}.{verb}({args})",
        "{target}.{verb}({args})",
        ("if {var} is None:", '.raise {error}("{words}")'),
        ("if {var} > {args}:", '.raise {error}("{words}")'),
        "return {var}",
        ("if not {var}:", ".return None"),
        ("with {target}.guard():", ""),
        "{name} = {value}",
        "#",
        ("import logging", "from shop import storage"),
        quotes=True,
    ),
    Language(
        ".rb",
        "def {name}({params})",
        "end",
        "{var} = {target}.{verb}({args})",
        "{target}.{verb}({args})",
        ("if {var}.nil?", '.raise {error}.new("{words}")', "end"),
        ("if {var} > {args}", '.raise {error}.new("{words}")', "end"),
        "return {var}",
        ("unless {var}", ".return nil", "end"),
        ("{target}.synchronize do", "end"),
        "{name} = {value}",
        "#",
        ('require "json"',),
        quotes=True,
    ),
    _braces(
        ".js",
        "async function {name}({params}) {",
        "const {var} = await {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} === null",
        ("await {target}.exclusively(async () => {", "});"),
        "const {name} = {value};",
        'import fs from "fs";',
        'import { storage } from "./storage";',
    ),
    _braces(
        ".ts",
        "export function {name}({params}) {",
        "const {var} = this.{target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} === undefined",
        ("{target}.run(() => {", "});"),
        "export const {name} = {value};",
    ),
    _braces(
        ".java",
        "public Object {name}({params}) {",
        "var {var} = {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} == null",
        ("synchronized ({target}) {", "}"),
        "static final int {name} = {value};",
    ),
    _braces(
        ".cs",
        "public object {name}({params}) {",
        "var {var} = {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} is null",
        ("lock ({target}) {", "}"),
        "const int {name} = {value};",
    ),
    Language(
        ".go",
        "func {name}({params}) (any, error) {",
        "}",
        "{var} := {target}.{verb}({args})",
        "{target}.{verb}({args})",
        ("if {var} == nil {", '.return nil, {error}("{words}")', "}"),
        ("if {var} > {args} {", '.return nil, {error}("{words}")', "}"),
        "return {var}, nil",
        ("if err != nil {", ".return nil, err", "}"),
        ("{target}.Do(func() {", "})"),
        "const {name} = {value}",
        "//",
        ("package shop",),
    ),
    Language(
        ".rs",
        "fn {name}({params}) -> Outcome {",
        "}",
        "let {var} = {target}.{verb}({args});",
        "{target}.{verb}({args});",
        ("if {var}.is_none() {", '.return Err({error}("{words}"));', "}"),
        ("if {var} > {args} {", '.return Err({error}("{words}"));', "}"),
        "return {var};",
        ("if {var}.is_err() {", ".return None;", "}"),
        ("{target}.locked(|| {", "});"),
        "const {name}: u32 = {value};",
        "//",
    ),
)


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


@dataclass(frozen=True)
class Language:
    """How one language writes the statements. `{…}` are filled in; a line's indentation is its leading dots."""

    suffix: str
    begin: str
    end: str
    assign: str
    call: str
    guard: tuple[str, ...]
    limit: tuple[str, ...]
    give: str
    nothing: tuple[str, ...]
    lock: tuple[str, str]
    constant: str
    comment: str
    head: tuple[str, ...] = ()
    quotes: bool = False


def _braces(suffix: str, begin: str, assign: str, raised: str, none: str, lock: tuple[str, str], constant: str, *head: str) -> Language:
    """A language with braces; `none` is its test for a missing value."""
    return Language(
        suffix,
        begin,
        "}",
        assign,
        assign.partition("= ")[2],
        (f"if ({none}) {{", f".{raised}", "}"),
        ("if ({var} > {args}) {", f".{raised}", "}"),
        "return {var};",
        (f"if ({none}) {{", ".return null;", "}"),
        lock,
        constant,
        "//",
        head,
        quotes=suffix in (".js", ".ts"),
    )


LANGUAGES = (
    Language(
        ".py",
        "def {name}({params}):",
        "",
        "{var} = {target}.{verb}({args})",
        "{target}.{verb}({args})",
        ("if {var} is None:", '.raise {error}("{words}")'),
        ("if {var} > {args}:", '.raise {error}("{words}")'),
        "return {var}",
        ("if not {var}:", ".return None"),
        ("with {target}.guard():", ""),
        "{name} = {value}",
        "#",
        ("import logging", "from shop import storage"),
        quotes=True,
    ),
    Language(
        ".rb",
        "def {name}({params})",
        "end",
        "{var} = {target}.{verb}({args})",
        "{target}.{verb}({args})",
        ("if {var}.nil?", '.raise {error}.new("{words}")', "end"),
        ("if {var} > {args}", '.raise {error}.new("{words}")', "end"),
        "return {var}",
        ("unless {var}", ".return nil", "end"),
        ("{target}.synchronize do", "end"),
        "{name} = {value}",
        "#",
        ('require "json"',),
        quotes=True,
    ),
    _braces(
        ".js",
        "async function {name}({params}) {",
        "const {var} = await {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} === null",
        ("await {target}.exclusively(async () => {", "});"),
        "const {name} = {value};",
        'import fs from "fs";',
        'import { storage } from "./storage";',
    ),
    _braces(
        ".ts",
        "export function {name}({params}) {",
        "const {var} = this.{target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} === undefined",
        ("{target}.run(() => {", "});"),
        "export const {name} = {value};",
    ),
    _braces(
        ".java",
        "public Object {name}({params}) {",
        "var {var} = {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} == null",
        ("synchronized ({target}) {", "}"),
        "static final int {name} = {value};",
    ),
    _braces(
        ".cs",
        "public object {name}({params}) {",
        "var {var} = {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} is null",
        ("lock ({target}) {", "}"),
        "const int {name} = {value};",
    ),
    Language(
        ".go",
        "func {name}({params}) (any, error) {",
        "}",
        "{var} := {target}.{verb}({args})",
        "{target}.{verb}({args})",
        ("if {var} == nil {", '.return nil, {error}("{words}")', "}"),
        ("if {var} > {args} {", '.return nil, {error}("{words}")', "}"),
        "return {var}, nil",
        ("if err != nil {", ".return nil, err", "}"),
        ("{target}.Do(func() {", "})"),
        "const {name} = {value}",
        "//",
        ("package shop",),
    ),
    Language(
        ".rs",
        "fn {name}({params}) -> Outcome {",
        "}",
        "let {var} = {target}.{verb}({args});",
        "{target}.{verb}({args});",
        ("if {var}.is_none() {", '.return Err({error}("{words}"));', "}"),
        ("if {var} > {args} {", '.return Err({error}("{words}"));', "}"),
        "return {var};",
        ("if {var}.is_err() {", ".return None;", "}"),
        ("{target}.locked(|| {", "});"),
        "const {name}: u32 = {value};",
        "//",
    ),
)


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
        return {"assign": self.assign, "call": self.call, "guard": lambda: self.guard(self.name()), "limit": lambda: self.limit(self.name())}[kind]()

    def function(self, name: str, size: int = 0) -> Function:
        """A function that begins by getting something and ends by giving it back."""
        var = self.name()
        body = [self.assign(var), *(self.statement() for _ in range(size or self.seed.randint(3, 7))), Statement("give", var)]
        return Function(name, (self.seed.choice(NOUNS), f"{self.seed.choice(NOUNS)}_key"), tuple(body))

    def code(self, names: list[str]) -> Code:
        """A file of these functions."""
        constants = tuple((f"{self.seed.choice(NOUNS).upper()}_{what}", str(self.seed.randint(3, 90))) for what in ("LIMIT", "RETRIES", "SECONDS"))
        return Code(constants, tuple(self.function(name) for name in names))
