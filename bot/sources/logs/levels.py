"""Whether the beginning of a log file tells levels that are known."""

import re
from collections.abc import Mapping
from itertools import islice

from bot.core.logs.carrier import is_carrier
from bot.core.logs.document import FieldNames, document_in
from bot.core.logs.field_values import scalar
from bot.core.logs.line import documented
from bot.core.logs.time import Dating
from bot.core.plain_text.plain_text import one_line
from bot.regex import regex

_LINES = 200
_NAME = regex(r"[\w.@-]{0,40}(?:level|lvl|severity)[\w.@-]{0,40}", re.IGNORECASE)
_LETTER = 1
"""A level of one letter is taken as it is, and means nothing."""


def unknown_level(sample: str, fields: FieldNames, dating: Dating) -> str:
    """The field that tells the level of JSON lines by a value which means none (`level: 3`); "" where a level is known, or no field seems to be one."""
    unknown = ""
    for line in islice(sample.splitlines(), _LINES):
        if line[:1] != "{" or is_carrier(line):
            continue
        found, broken = documented(line, fields, "", dating)
        if found is not None and len(found.level) > _LETTER:
            return ""
        if found is not None and not broken and not unknown:
            unknown = _seeming(document_in(line) or {})
    return unknown


def _seeming(document: Mapping[str, object]) -> str:
    within = ((f"{name}.{key}", value) for name, inner in document.items() if isinstance(inner, Mapping) for key, value in inner.items())
    named = ((name, scalar(value)) for name, value in (*document.items(), *within) if _NAME.fullmatch(name))
    return next((one_line(f"{name}: {text[:20]}") for name, text in named if text), "")
