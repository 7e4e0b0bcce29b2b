"""Which nodes of a syntax tree are functions, types, fields and blocks, language by language; the names are those of the tree-sitter grammars."""

from bot.model import Record


class Language(Record, frozen=True):
    """A grammar (`package`, and the function of it that gives the language) and the nodes that count in its trees."""

    package: str
    functions: frozenset[str]
    types: frozenset[str]
    fields: frozenset[str] = frozenset()
    entry: str = "language"


BLOCKS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "block body_statement class_body compound_statement constructor_body declaration_list do_block else_block after_block rescue_block case_block "
        "enum_body field_declaration_list function_body indented_block module program source_file source translation_unit compilation_unit statement_block "
        "statement_list statements switch_block_statement_group switch_case switch_section template_body then else do begin block_body ensure rescue "
        "interface_body object_body enum_class_body expression_case default_case communication_case body stab_clause"
    ).split()
)
"""What statements stand in, in any language."""
ATTACHED = frozenset({"decorator", "attribute_item", "annotation", "marker_annotation", "attribute_list"})
"""What is written before a definition and belongs to it."""
WRAPPERS = frozenset({"decorated_definition", "template_declaration", "export_statement"})
"""What holds a definition and begins before it."""


def _language(package: str, functions: str, types: str, fields: str = "", entry: str = "language") -> Language:
    return Language(package, frozenset(functions.split()), frozenset(types.split()), frozenset(fields.split()), entry)


_SCRIPT_FUNCTIONS = "function_declaration generator_function_declaration function_expression generator_function arrow_function method_definition"
_TS_TYPES = "class_declaration class abstract_class_declaration interface_declaration enum_declaration internal_module"
_TS_FIELDS = "public_field_definition property_signature"
_C_TYPES = "struct_specifier union_specifier enum_specifier"

_LANGUAGES = {
    "c": _language("tree_sitter_c", "function_definition", _C_TYPES, "field_declaration"),
    "cpp": _language("tree_sitter_cpp", "function_definition lambda_expression", f"{_C_TYPES} class_specifier namespace_definition", "field_declaration"),
    "csharp": _language(
        "tree_sitter_c_sharp",
        "method_declaration constructor_declaration destructor_declaration operator_declaration local_function_statement property_declaration "
        "indexer_declaration lambda_expression anonymous_method_expression",
        "class_declaration struct_declaration interface_declaration record_declaration enum_declaration",
        "field_declaration",
    ),
    "dart": _language(
        "tree_sitter_dart",
        "function_signature getter_signature setter_signature constructor_signature factory_constructor_signature operator_signature function_expression",
        "class_definition class_declaration mixin_declaration extension_declaration enum_declaration",
        "declaration",
    ),
    "elixir": _language("tree_sitter_elixir", "call anonymous_function", "", "unary_operator"),
    "go": _language("tree_sitter_go", "function_declaration method_declaration func_literal", "type_spec", "field_declaration"),
    "java": _language(
        "tree_sitter_java",
        "method_declaration constructor_declaration compact_constructor_declaration static_initializer lambda_expression",
        "class_declaration interface_declaration enum_declaration record_declaration annotation_type_declaration",
        "field_declaration constant_declaration",
    ),
    "javascript": _language("tree_sitter_javascript", _SCRIPT_FUNCTIONS, "class_declaration class", "field_definition"),
    "kotlin": _language(
        "tree_sitter_kotlin",
        "function_declaration secondary_constructor anonymous_initializer anonymous_function lambda_literal",
        "class_declaration object_declaration companion_object",
        "property_declaration",
    ),
    "php": _language(
        "tree_sitter_php",
        "function_definition method_declaration anonymous_function anonymous_function_creation_expression arrow_function",
        "class_declaration trait_declaration interface_declaration enum_declaration",
        "property_declaration const_declaration",
        "language_php",
    ),
    "python": _language("tree_sitter_python", "function_definition lambda", "class_definition", ""),
    "ruby": _language("tree_sitter_ruby", "method singleton_method block do_block lambda", "class module", "assignment call"),
    "rust": _language("tree_sitter_rust", "function_item closure_expression", "impl_item trait_item mod_item struct_item enum_item", "field_declaration"),
    "scala": _language(
        "tree_sitter_scala",
        "function_definition lambda_expression",
        "class_definition object_definition trait_definition enum_definition",
        "val_definition var_definition",
    ),
    "swift": _language(
        "tree_sitter_swift",
        "function_declaration init_declaration deinit_declaration subscript_declaration computed_property lambda_literal",
        "class_declaration protocol_declaration",
        "property_declaration",
    ),
    "tsx": _language("tree_sitter_typescript", _SCRIPT_FUNCTIONS, _TS_TYPES, _TS_FIELDS, "language_tsx"),
    "typescript": _language("tree_sitter_typescript", _SCRIPT_FUNCTIONS, _TS_TYPES, _TS_FIELDS, "language_typescript"),
}
_ENDINGS = {
    "c": "c",
    "cpp": "cc cpp cxx c++ h hh hpp hxx ino cu",
    "csharp": "cs csx",
    "dart": "dart",
    "elixir": "ex exs",
    "go": "go",
    "java": "java",
    "javascript": "js jsx mjs cjs",
    "kotlin": "kt kts",
    "php": "php phtml",
    "python": "py pyi",
    "ruby": "rb rake gemspec",
    "rust": "rs",
    "scala": "scala sc sbt",
    "swift": "swift",
    "tsx": "tsx",
    "typescript": "ts mts cts",
}
_BY_ENDING = {ending: name for name, endings in _ENDINGS.items() for ending in endings.split()}


def language_of(path: str) -> str | None:
    """The language of a file, by its ending: a key of `language`; None where there is no grammar."""
    return _BY_ENDING.get(path.rpartition("/")[2].rpartition(".")[2].lower())


def language(name: str) -> Language:
    """The grammar of a language."""
    return _LANGUAGES[name]


def code_file(path: str) -> bool:
    """Whether the file is code that a stack trace can name."""
    return language_of(path) is not None or path.rpartition(".")[2].lower() in _OTHER_CODE


_OTHER_CODE = frozenset("clj cljs cljc coffee erl f90 fs fsx groovy hs jl lua m mm ml nim pas pl pm ps1 r sh sql svelte vb vue zig gleam cr d bas".split())  # noqa: SIM905
