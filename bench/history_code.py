"""Made-up programs in five languages: a model of files, functions and statements that can be changed and written out again and again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

EXTENSIONS = {"python": "py", "javascript": "js", "go": "go", "java": "java", "ruby": "rb"}
_NOTHING = {"python": "None", "javascript": "null", "go": "nil", "java": "null", "ruby": "nil"}
_IMPORTS = {
    "python": "from {folder} import {name}",
    "javascript": 'const {name} = require("../{path}");',
    "go": 'import "acme/{path}"',
    "java": "import acme.{dotted};",
    "ruby": 'require_relative "../{path}"',
}


@dataclass
class Statement:
    """A statement: `kind` is let, do, if, for, raise, return, log or note; `tag` names it for the story."""

    kind: str
    name: str = ""
    expression: str = ""
    body: list["Statement"] = field(default_factory=list)
    tag: str = ""


@dataclass
class Function:
    """A function of a file."""

    name: str
    parameters: list[str]
    body: list[Statement]

    def all(self) -> Iterator[tuple[Statement, list[Statement]]]:
        """Every statement with the list that holds it."""
        waiting = [self.body]
        while waiting:
            block = waiting.pop()
            for statement in block:
                yield statement, block
                if statement.body:
                    waiting.append(statement.body)

    def tagged(self, tag: str) -> tuple[Statement, list[Statement]] | None:
        """The statement of that tag, with the list that holds it."""
        return next((pair for pair in self.all() if pair[0].tag == tag), None)

    def named(self, tag: str) -> tuple[Statement, list[Statement]]:
        """The same; raises LookupError where there is none."""
        found = self.tagged(tag)
        if found is None:
            raise LookupError(tag)
        return found


@dataclass
class Source:
    """A file of code: what it imports (stems of other files, or packages), constants, functions; how it is formatted."""

    language: str
    imports: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    indent: int = 4
    single_quotes: bool = False
    wrapped: bool = False


@dataclass
class World:
    """Everything tracked: code by path, other files by path as text."""

    language: str
    code: dict[str, Source] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def home(self, function: str) -> tuple[str, Function]:
        """Where a function is now, and the function."""
        return next((path, one) for path, source in self.code.items() for one in source.functions if one.name == function)

    def files(self) -> dict[str, str]:
        """Every file as it is written."""
        return {**{path: written(self, source, path)[0] for path, source in self.code.items()}, **self.texts}

    def line(self, function: str, tag: str) -> tuple[str, int]:
        """Path and line of a tagged statement."""
        path, _ = self.home(function)
        return path, written(self, self.code[path], path)[1][(function, tag)]


def written(world: World, source: Source, path: str) -> tuple[str, dict[tuple[str, str], int]]:
    """The text of a file, and the lines of its tagged statements."""
    lines: list[str] = []
    places: dict[tuple[str, str], int] = {}
    language, step = source.language, " " * source.indent
    lines += [_import(world, language, name) for name in source.imports]
    outer = language == "java"
    lines += ["", f"public class {class_of(path)} {{"] if outer else [""]
    lines += [_pad(_constant(language, name, value), step if outer else "") for name, value in source.constants.items()]
    for function in source.functions:
        lines += ["", *(_pad(line, step if outer else "") for line in _head(language, function, source.wrapped, step))]
        _block(function, function.body, step * (2 if outer else 1), source, lines, places)
        lines += _close(language, step if outer else "", "end")
    lines += ["}"] if outer else []
    text = "\n".join(lines).strip("\n") + "\n"
    lead = next((number for number, line in enumerate(lines) if line), 0)
    text = text.replace('"', "'") if source.single_quotes and language in {"python", "javascript", "ruby"} else text
    return text, {key: number - lead for key, number in places.items()}


def class_of(path: str) -> str:
    """The class a Java file holds."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return "".join(part.capitalize() for part in stem.split("_"))


def _pad(line: str, by: str) -> str:
    return by + line if line else line


def _import(world: World, language: str, name: str) -> str:
    home = next((path for path in world.code if path.rpartition("/")[2].partition(".")[0] == name), "")
    if not home:
        return {"python": f"import {name}", "javascript": f'const {name} = require("{name}");', "go": f'import "{name}"', "java": f"import {name}.*;"}.get(
            language, f'require "{name}"'
        )
    stem = home.partition(".")[0]
    return _IMPORTS[language].format(name=name, path=stem, dotted=stem.replace("/", "."), folder=stem.rpartition("/")[0].replace("/", "."))


def _constant(language: str, name: str, value: str) -> str:
    form = {"python": "{0} = {1}", "javascript": "const {0} = {1};", "go": "const {0} = {1}", "java": "static final int {0} = {1};", "ruby": "{0} = {1}"}
    return form[language].format(name, expression(language, value))


def expression(language: str, text: str) -> str:
    """An expression in the language: NOTHING, SIZE(x), HELD(x, key), TEXT(x) and ALL(a, b) are spelled as it spells them."""
    text = text.replace("NOTHING", _NOTHING[language])
    size = {"python": r"len(\1)", "javascript": r"\1.length", "go": r"len(\1)", "java": r"\1.size()", "ruby": r"\1.size"}[language]
    held = {"python": r"\1[\2]", "javascript": r"\1[\2]", "go": r"\1[\2]", "java": r"\1.get(\2)", "ruby": r"\1[\2]"}[language]
    as_text = {"python": r"str(\1)", "javascript": r"String(\1)", "go": r"fmt.Sprint(\1)", "java": r"String.valueOf(\1)", "ruby": r"\1.to_s"}[language]
    text = re.sub(r"SIZE\(([\w.]+)\)", size, text)
    text = re.sub(r"HELD\(([\w.]+), ([^()]+)\)", held, text)
    return re.sub(r"TEXT\((.+)\)", as_text, text)


def _head(language: str, function: Function, wrapped: bool, step: str) -> list[str]:
    typed = {"go": "{} any", "java": "Object {}"}.get(language, "{}")
    parameters = [typed.format(name) for name in function.parameters]
    start = {"python": "def {}(", "javascript": "function {}(", "go": "func {}(", "java": "public Object {}(", "ruby": "def {}("}[language].format(
        function.name
    )
    end = {"python": "):", "javascript": ") {", "go": ") any {", "java": ") {", "ruby": ")"}[language]
    if wrapped and len(parameters) > 1:
        return [start, *(f"{step}{name}{',' if name != parameters[-1] else ''}" for name in parameters), end]
    return [start + ", ".join(parameters) + end]


def _close(language: str, pad: str, word: str) -> list[str]:
    return [] if language == "python" else [f"{pad}{word if language == 'ruby' else '}'}"]


def _block(function: Function, block: list[Statement], pad: str, source: Source, lines: list[str], places: dict[tuple[str, str], int]) -> None:
    language = source.language
    for statement in block:
        places[(function.name, statement.tag)] = len(lines) + 1
        head = _statement(language, statement.kind, statement.name, statement.expression)
        if source.wrapped and statement.kind in {"let", "do"} and head.count(",") > 1 and language in {"python", "javascript", "java"} and head.count("(") == 1:
            start, _, rest = head.partition("(")
            lines += [f"{pad}{start}(", f"{pad}{' ' * source.indent}{rest.rpartition(')')[0]}", f"{pad}){rest.rpartition(')')[2]}"]
        else:
            lines.append(pad + head)
        if statement.kind in {"if", "for"}:
            _block(function, statement.body, pad + " " * source.indent, source, lines, places)
            lines += _close(language, pad, "end")


_LET = {"python": "{0} = {1}", "javascript": "const {0} = {1};", "go": "{0} := {1}", "java": "var {0} = {1};", "ruby": "{0} = {1}"}
_RETURN = {"python": "return {1}", "javascript": "return {1};", "go": "return {1}", "java": "return {1};", "ruby": "return {1}"}
_DO = {"python": "{1}", "javascript": "{1};", "go": "{1}", "java": "{1};", "ruby": "{1}"}
_IF = {"python": "if {1}:", "javascript": "if ({1}) {{", "go": "if {1} {{", "java": "if ({1}) {{", "ruby": "if {1}"}
_FOR = {
    "python": "for {0} in range(0, {1}):",
    "javascript": "for (let {0} = 0; {0} < {1}; {0}++) {{",
    "go": "for {0} := 0; {0} < {1}; {0}++ {{",
    "java": "for (int {0} = 0; {0} < {1}; {0}++) {{",
    "ruby": "for {0} in 0...({1})",
}
_RAISE = {
    "python": 'raise {0}("{1}")',
    "javascript": 'throw new {0}("{1}");',
    "go": 'panic(New{0}("{1}"))',
    "java": 'throw new {0}("{1}");',
    "ruby": 'raise {0}, "{1}"',
}
_LOG = {
    "python": 'logger.info("{0}", {1})',
    "javascript": 'logger.info("{0}", {1});',
    "go": 'log.Printf("{0}", {1})',
    "java": 'log.info("{0}", {1});',
    "ruby": 'logger.info("{0}", {1})',
}
_NOTE = {"python": "# {0}", "javascript": "// {0}", "go": "// {0}", "java": "// {0}", "ruby": "# {0}"}
_FORMS = {"let": _LET, "return": _RETURN, "do": _DO, "if": _IF, "for": _FOR, "raise": _RAISE, "log": _LOG, "note": _NOTE}


@cache
def _statement(language: str, kind: str, name: str, text: str) -> str:
    value = text if kind == "raise" else expression(language, text)
    return _FORMS[kind][language].format(name, value)
