"""The page beside the entries that says what their front matter may hold, generated from the schema in code."""

from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from bot.core.entry.front_patch import quoted
from bot.core.entry.meta import KEYS, OPTIONAL, TIMES, EntryMeta
from bot.texts.markdown import code, table


@cache
def schema_page() -> str:
    """`knowledge/SCHEMA.md`, generated from the schema in code."""
    rows = tuple(_schema_row(key) for key in KEYS)
    example = "\n".join(f"{key}: {_example(key)}" for key in KEYS)
    return "\n".join(
        (
            "# The schema of an entry",
            "",
            "Generated from the code by `bot check knowledge --fix`; do not edit it here.",
            "",
            "An entry is `knowledge/errors/<signature>.md`: a front matter between two lines `---`, then the sections"
            " In short, Error Signature, Diagnosis History, Common Causes, Resolution Patterns and Related Errors.",
            "The front matter is flat. Put every text in double quotes, or YAML reads `no` as false and `0123` as 83.",
            "What you write anywhere in an entry stays as you wrote it when the bot updates the file.",
            "",
            table(("Key", "Mandatory", "Takes", "Meaning"), rows),
            "",
            "## Every key once",
            "",
            "```yaml",
            "---",
            example,
            "---",
            "```",
            "",
        )
    )


def _schema_row(key: str) -> tuple[str, ...]:
    notes = _notes(key)
    return code(key), "no" if key in OPTIONAL else "yes", _takes(key), str(notes.description)


def _takes(key: str) -> str:
    kind: Any = get_args(_hints()[key])[0]
    if get_origin(kind) is Literal:
        return ", ".join(code(str(choice)) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of texts"
    if key in TIMES:
        return "a time in UTC"
    return f"a whole number from {_notes(key).ge}" if kind is int else "text"


def _example(key: str) -> str:
    value = (_notes(key).examples or [""])[0]
    if isinstance(value, list):
        return f"[{', '.join(quoted(item) for item in value)}]"
    return quoted(value) if isinstance(value, str) else str(value)


def _notes(key: str) -> msgspec.Meta:
    notes: msgspec.Meta = _hints()[key].__metadata__[0]
    return notes


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(EntryMeta, include_extras=True)
