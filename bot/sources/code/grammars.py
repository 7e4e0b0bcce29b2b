"""Syntax trees by tree-sitter, read into scopes and statements; imported only in a process of its own, which `syntax_reading` starts and may end."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Literal

import msgspec
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from bot.core.code.languages import ATTACHED, BLOCKS, WRAPPERS, Language, language
from bot.core.code.syntax import ANONYMOUS, MAX_SCOPES, Scope, Syntax

_HIGHEST = 400
"""Parents that are climbed from a line to its statement."""
_LONGEST_STATEMENT = 60
_DOUBTFUL = 50
_ELIXIR = {
    "def": "function",
    "defp": "function",
    "defmacro": "function",
    "defmacrop": "function",
    "defmodule": "type",
    "defimpl": "type",
    "defprotocol": "type",
}
_UNNAMED = {
    "anonymous_initializer": "init",
    "companion_object": "Companion",
    "computed_property": ANONYMOUS,
    "deinit_declaration": "deinit",
    "init_declaration": "init",
    "secondary_constructor": "constructor",
    "static_initializer": "<clinit>",
    "subscript_declaration": "subscript",
}
_NAMING_PARENTS = {
    "variable_declarator": "name",
    "pair": "key",
    "assignment_expression": "left",
    "public_field_definition": "name",
    "field_definition": "property",
}


class Wanted(msgspec.Struct):
    """What the process is asked: one text, its language, the line whose statement is wanted (0: none)."""

    language: str
    text: str
    line: int


def main() -> None:
    """Reads one Wanted from standard input, writes its Syntax to standard output."""
    sys.setrecursionlimit(200)  # nothing here recurses
    wanted = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Wanted)
    sys.stdout.buffer.write(msgspec.msgpack.encode(syntax(wanted)))


def syntax(wanted: Wanted) -> Syntax:
    """The syntax of a text. Its time is bounded by whoever started the process: some grammars take minutes for hostile text."""
    nodes = language(wanted.language)
    grammar = Grammar(getattr(import_module(nodes.package), nodes.entry)())
    root = Parser(grammar).parse(wanted.text.encode("utf-8", "surrogatepass")).root_node
    statement = _statement(root, wanted) if wanted.line else None
    return Syntax(_scopes(root, grammar, nodes, wanted.language), statement, _doubtful(root, grammar))


def _captured(root: Node, grammar: Grammar, kinds: frozenset[str]) -> list[Node]:
    known = sorted(kind for kind in kinds if grammar.id_for_node_kind(kind, True) is not None)
    if not known:
        return []
    query = Query(grammar, f"[{' '.join(f'({kind})' for kind in known)}] @found")
    found = QueryCursor(query).captures(root).get("found", [])
    return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))


def _doubtful(root: Node, grammar: Grammar) -> tuple[tuple[int, int], ...]:
    """The lines of syntax errors, of the innermost where one holds another."""
    if not root.has_error:
        return ()
    errors = QueryCursor(Query(grammar, "[(ERROR) (MISSING)] @found")).captures(root).get("found", [])
    spans = sorted({(node.start_point.row + 1, node.end_point.row + 1) for node in errors}, key=lambda span: (span[1] - span[0], span[0]))
    return tuple(spans[:_DOUBTFUL])


def _scopes(root: Node, grammar: Grammar, nodes: Language, name: str) -> tuple[Scope, ...]:
    found: list[Scope] = []
    open_scopes: list[tuple[int, str, list[int]]] = []  # where it ends, its name, the lines of its fields
    fields: dict[int, list[int]] = {}
    for node in _captured(root, grammar, nodes.functions | nodes.types | nodes.fields):
        while open_scopes and open_scopes[-1][0] <= node.start_byte:
            open_scopes.pop()
        kind = _kind(node, nodes, name)
        if kind is None or len(found) >= MAX_SCOPES:
            if node.type in nodes.fields and open_scopes and len(open_scopes[-1][2]) < 100:
                open_scopes[-1][2].append(node.start_point.row + 1)
            continue
        last = _last(node)
        qualified = ".".join(part for part in (open_scopes[-1][1] if open_scopes else "", _name(node, name)) if part)
        fields[len(found)] = []
        open_scopes.append((last.end_byte, qualified, fields[len(found)]))
        found.append(Scope(kind, qualified, _first(node), _end_row(last), _name_line(node)))
    own = (msgspec.structs.replace(scope, fields=tuple(fields[at]) if scope.kind == "type" else ()) for at, scope in enumerate(found))
    return tuple(sorted(own, key=lambda scope: (scope.first, -scope.last)))


def _kind(node: Node, nodes: Language, name: str) -> Literal["function", "type"] | None:
    if name == "elixir":
        target = node.child_by_field_name("target")
        word = _ELIXIR.get(_text(target)) if node.type == "call" and target else "function" if node.type == "anonymous_function" else None
        return "function" if word == "function" else "type" if word == "type" else None
    if name in ("c", "cpp") and node.type.endswith("_specifier") and not node.child_by_field_name("body"):
        return None  # `struct Leaf *leaf` only names the type
    if node.type in ("block", "do_block") and name == "ruby" and node.parent is not None and node.parent.type == "lambda":
        return None
    if name == "csharp" and node.type == "property_declaration" and not (node.child_by_field_name("accessors") or node.child_by_field_name("value")):
        return None
    return "function" if node.type in nodes.functions else "type" if node.type in nodes.types else None


def _text(node: Node | None) -> str:
    return (node.text or b"")[:200].decode("utf-8", "replace") if node else ""


def _name(node: Node, name: str) -> str:
    """The name that the node itself says, its class included where it is written outside of it."""
    if node.type in _UNNAMED:
        return _UNNAMED[node.type]
    if name == "elixir":
        return _elixir_name(node)
    if name in ("c", "cpp") and node.type == "function_definition":
        return _declared(node)
    said = node.child_by_field_name("type") if node.type == "impl_item" else node.child_by_field_name("name")
    if said is None and name in ("javascript", "typescript", "tsx"):
        return _assigned(node)
    word = re.sub(r"<.{0,200}|\(.{0,200}", "", _text(said), flags=re.DOTALL).replace("::", ".").strip(" \"'") or ANONYMOUS
    if node.type == "method_declaration" and name == "go":
        receiver = re.search(r"(\w{1,100})\s{0,5}(?:\[[^\]]{0,100}\])?\s{0,5}\)$", _text(node.child_by_field_name("receiver")))
        return f"{receiver[1]}.{word}" if receiver else word
    return _all_names(node, word) if node.type == "constructor_signature" else word


def _all_names(node: Node, word: str) -> str:
    parts = [_text(part) for part in node.children_by_field_name("name") if part.is_named]
    return ".".join(parts[1:]) if len(parts) > 1 else word


def _elixir_name(node: Node) -> str:
    arguments = next((child for child in node.named_children[:4] if child.type == "arguments"), None)
    words = re.match(r"\s{0,20}([\w.]{1,150}[?!]?)", _text(arguments))
    return words[1] if words else ANONYMOUS


def _declared(node: Node) -> str:
    inner: Node | None = node
    for _ in range(20):
        below = inner.child_by_field_name("declarator") if inner is not None else None
        if below is None:
            break
        inner = below
    word = re.sub(r"<[^<>]{0,200}>", "", _text(inner)).replace("::", ".").partition("(")[0].strip()
    return word if inner is not node and word else ANONYMOUS


def _assigned(node: Node) -> str:
    parent = node.parent
    field = _NAMING_PARENTS.get(parent.type) if parent is not None else None
    said = _text(parent.child_by_field_name(field)) if parent is not None and field else ""
    word = said.strip("\"'[]#").rpartition(".")[2]
    return word if re.fullmatch(r"[\w$-]{1,100}", word) else ANONYMOUS


def _first(node: Node) -> int:
    """The line where it begins, with what is attached to it."""
    outer = node
    parent = node.parent
    while parent is not None and (parent.type in WRAPPERS or (parent.type == "method_signature" and parent.start_byte == outer.start_byte)):
        outer, parent = parent, parent.parent
    before, first = outer.prev_named_sibling, outer.start_point.row
    for _ in range(20):
        if before is None or before.type not in ATTACHED or before.end_point.row < first - 1:
            break
        first, before = before.start_point.row, before.prev_named_sibling
    return first + 1


def _last(node: Node) -> Node:
    """The node that ends it: Dart's bodies stand beside their signatures."""
    if not node.type.endswith("_signature"):
        return node
    outer = node.parent if node.parent is not None and node.parent.type == "method_signature" else node
    after = outer.next_named_sibling
    return after if after is not None and after.type == "function_body" else outer


def _end_row(node: Node) -> int:
    """Its last line: a node that ends before the first character of a line (indentation languages) ends on the line before."""
    row = node.end_point.row + 1
    if node.end_point.column == 0 and row > node.start_point.row + 1:
        row -= 1
    inside = (node.text or b"").rstrip()
    return min(row, node.start_point.row + 1 + inside.count(b"\n"))


def _name_line(node: Node) -> int:
    said = node.child_by_field_name("name") or node.child_by_field_name("declarator")
    return (said or node).start_point.row + 1


def _statement(root: Node, wanted: Wanted) -> tuple[int, int]:
    """The statement that holds the line; of a compound one (`if`, `for`, a function) its head."""
    lines = wanted.text.split("\n")
    line = lines[wanted.line - 1] if wanted.line <= len(lines) else ""
    bare = line.strip()
    if not bare:
        return wanted.line, wanted.line
    start = len(line[: len(line) - len(line.lstrip())].encode("utf-8", "surrogatepass"))
    end = start + len(bare.encode("utf-8", "surrogatepass"))
    row = wanted.line - 1
    node = root.descendant_for_point_range((row, start), (row, end))
    for held in _up(node):
        parent = held.parent
        if held.type in BLOCKS:
            break
        if parent is None or parent.type in BLOCKS:
            return _headed(held, wanted.line)
    return wanted.line, wanted.line


def _up(node: Node | None) -> Iterator[Node]:
    for _ in range(_HIGHEST):
        if node is None:
            return
        yield node
        node = node.parent


def _headed(node: Node, line: int) -> tuple[int, int]:
    first, last = node.start_point.row + 1, _end_row(node)
    blocks = [child for child in node.named_children[:200] if child.type in BLOCKS or child.type.endswith("_body")]
    if blocks:
        at = blocks[0].start_point
        alone = at.row + 1 > first and not (node.text or b"").split(b"\n")[at.row + 1 - first][: at.column].strip()
        last = min(last, at.row if alone else at.row + 1)
    return (first, last) if first <= line <= last and last - first < _LONGEST_STATEMENT else (line, line)
