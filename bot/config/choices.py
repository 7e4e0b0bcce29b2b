"""The words that a key of the configuration file takes, where it takes only some."""

from functools import cache

from msgspec import inspect

from bot.config.configuration import Configuration
from bot.regex import regex

_STEP = regex(r"\.(?P<field>\w{1,100})|\[(?:\d{1,9}|\.\.\.)\]")


def choices(where: str, of_key: bool = False) -> tuple[str, ...]:
    """By the place as msgspec tells it, such as `$.opensearch[...].auth`; with `of_key`, those of the keys of that mapping. Empty where it takes others too."""
    kinds: tuple[inspect.Type, ...] = (_whole(),)
    for step in _STEP.finditer(where):
        kinds = tuple(inner for kind in kinds for one in _plain(kind) for inner in _within(one, step["field"]))
    plain = tuple(one for kind in kinds for one in _plain(kind))
    if of_key:
        plain = tuple(one for kind in plain if isinstance(kind, inspect.DictType) for one in _plain(kind.key_type))
    return tuple(str(word) for kind in plain if isinstance(kind, inspect.LiteralType) for word in kind.values)


@cache
def _whole() -> inspect.Type:
    return inspect.type_info(Configuration)


def _plain(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    """Without what is only said of a type; of a choice between types, each."""
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    return tuple(one for part in kind.types for one in _plain(part)) if isinstance(kind, inspect.UnionType) else (kind,)


def _within(kind: inspect.Type, field: str | None) -> tuple[inspect.Type, ...]:
    """The type of a field, or of what a mapping or a list holds."""
    if isinstance(kind, inspect.StructType):
        return tuple(one.type for one in kind.fields if one.encode_name == field)
    if field is not None:
        return ()
    if isinstance(kind, inspect.DictType):
        return (kind.value_type,)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return (kind.item_type,)
    return ()
