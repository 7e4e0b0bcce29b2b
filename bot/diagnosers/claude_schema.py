"""A record becomes the JSON Schema that the vendor compiles: no references, every object closed, no bounds, which it does not take."""

from typing import Any

import msgspec

from bot.model import Record

Schema = dict[str, Any]
_KEPT = ("type", "enum", "description")


def schema_of(record: type[Record], *, whole: bool) -> Schema:
    """The schema of a record. With `whole` every field must be there; else those with a default may be left out."""
    (schema,), definitions = msgspec.json.schema_components((record,), ref_template="{name}")
    return _plain(schema, definitions, whole)


def _plain(schema: Schema, definitions: dict[str, Schema], whole: bool) -> Schema:
    said = {"description": schema["description"]} if "description" in schema else {}
    if "allOf" in schema:  # how msgspec describes a field whose type is a reference
        return _plain(schema["allOf"][0], definitions, whole) | said
    if "$ref" in schema:
        return _plain(definitions[schema["$ref"]], definitions, whole) | said
    plain: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if "enum" in plain:
        plain["type"] = "string"
    if "items" in schema:
        plain["items"] = _plain(schema["items"], definitions, whole)
    if "properties" in schema:
        fields = {name: _plain(inner, definitions, whole) for name, inner in schema["properties"].items() if name != "type"}
        needed = [name for name in fields if whole or name in schema.get("required", ())]
        plain |= {"properties": fields, "required": needed, "additionalProperties": False}
    return plain
