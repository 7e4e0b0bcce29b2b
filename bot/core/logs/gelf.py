"""GELF, Graylog's format: fields of one's own begin with an underscore, the level is a number of syslog, and `version` is that of the format."""

from collections.abc import Mapping

SYSLOG_LEVELS = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")
"""Syslog's, by their numbers from 0 on."""
NAMES = ("short_message", "gl2_source_input", "version")
"""Fields that `opened` looks at, beside the level and those that begin with an underscore."""


def opened(document: Mapping[str, object]) -> Mapping[str, object]:
    """The document under the names that others use, its level as a word; any that is not GELF, nor a message that Graylog exported, as it is."""
    is_sent = "short_message" in document
    if not is_sent and "gl2_source_input" not in document:
        return document
    own = {name: value for name, value in document.items() if not (is_sent and name == "version")}
    told = {name[1:]: value for name, value in own.items() if name[:1] == "_"} | own
    number = str(told.get("level"))
    return {**told, "level": SYSLOG_LEVELS[int(number)]} if len(number) == 1 and number in "01234567" else told
