"""How eight languages write the few statements that made-up code consists of."""

from dataclasses import dataclass


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


def _braces(suffix: str, begin: str, assign: str, raised: str, none: str, *more: str) -> Language:
    """A language with braces; `none` is its test for a missing value, `more` the two lines of a lock, a constant, and the head of a file."""
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
        (more[0], more[1]),
        more[2],
        "//",
        more[3:],
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
        "await {target}.exclusively(async () => {",
        "});",
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
        "{target}.run(() => {",
        "});",
        "export const {name} = {value};",
    ),
    _braces(
        ".java",
        "public Object {name}({params}) {",
        "var {var} = {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} == null",
        "synchronized ({target}) {",
        "}",
        "static final int {name} = {value};",
    ),
    _braces(
        ".cs",
        "public object {name}({params}) {",
        "var {var} = {target}.{verb}({args});",
        'throw new {error}("{words}");',
        "{var} is null",
        "lock ({target}) {",
        "}",
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
