"""The documents of Serilog, in full and in its compact form (CLEF): a message is written out from its template, and an absent level means something."""

import json
import re
from collections.abc import Mapping
from itertools import islice

from bot.regex import regex

_TOKEN = regex(r"\{\{|\}\}|\{[@$]?(?P<name>\w{1,100})(?:,-?\d{1,4})?(?P<format>:[^{}\n]{1,100})?\}")
NAMES = ("@t", "@mt", "@r", "MessageTemplate", "Properties")
"""What is read of a document here, beside its level and message. The compact form's properties have any name, and are not among these."""
_MOST_TOKENS, _LONGEST = 100, 2_000
_ESCAPED = {"{{": "{", "}}": "}"}


def template(document: Mapping[str, object]) -> str:
    """The template of a document's message; "" where it has none."""
    found = document.get("@mt") or document.get("MessageTemplate")
    return found.strip() if isinstance(found, str) else ""


def rendered(document: Mapping[str, object]) -> str:
    """The template with the properties in their places; a name that is no property stays as it is."""
    compact = "@mt" in document
    properties = document if compact else document.get("Properties")
    if not isinstance(properties, Mapping):
        return template(document)
    # What a format made of a property stands apart, in the order of the places that have one.
    told = document.get("@r") if compact else None
    renderings = iter([text for text in islice(told, _MOST_TOKENS) if isinstance(text, str)] if isinstance(told, list) else ())

    def written(match: re.Match[str]) -> str:
        if match["name"] is None:
            return _ESCAPED[match[0]]
        formatted = next(renderings, None) if match["format"] else None
        if formatted is not None:
            return formatted[:_LONGEST]
        return _text(properties[match["name"]]) if match["name"] in properties else match[0]

    return _TOKEN.sub(written, template(document), count=_MOST_TOKENS)


def default_level(document: Mapping[str, object]) -> str:
    """The compact form leaves Information out."""
    return "Information" if "@t" in document and "@l" not in document and ("@mt" in document or "@m" in document) else ""


def _text(value: object) -> str:
    try:
        return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))[:_LONGEST]
    except (ValueError, RecursionError):
        return "…"
