"""The documents of mongod and mongos since 4.4 (mongodb.com/docs/manual/reference/log-messages): short names, the level a letter, the time an object."""

from collections.abc import Mapping

_LEVELS = {"F": "FATAL", "E": "ERROR", "W": "WARN", "I": "INFO", "D": "DEBUG"}
NAMES = ("t", "s", "c", "attr")
"""Fields that `opened` looks at."""


def opened(document: Mapping[str, object]) -> Mapping[str, object]:
    """The document under the names that others use, the error of its attributes beside the message; any other as it is."""
    time, severity, attributes = document.get("t"), document.get("s"), document.get("attr")
    if not isinstance(time, Mapping) or "$date" not in time or not isinstance(severity, str):
        return document
    error = attributes.get("error") if isinstance(attributes, Mapping) else None
    told = {"time": time["$date"], "level": _LEVELS.get(severity[:1], ""), "service": "mongodb"}
    return {**told, **document, **({"error": error} if isinstance(error, str) else {})}
