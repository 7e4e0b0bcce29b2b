"""PostgreSQL's server log writes what belongs to an error as lines of their own, each with the prefix of the error's line.

One call writes all of them, with one time (elog.c, `send_message_to_server_log`); only `%l` of `log_line_prefix` counts on from line to line.
"""

from bot.regex import regex

_BEGINS = regex(r"(?P<prefix>[^\n]{1,400}?)(?:DEBUG|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC):  ")
_MORE = regex(r"(?P<prefix>[^\n]{1,400}?)(?P<more>(?:DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|BACKTRACE):  [\s\S]*)")
_COUNTED = regex(r"\[\d{1,12}-\d{1,12}\]")


def more_of(first: str, line: str) -> str:
    """What a line adds to the message that `first` began (`STATEMENT:  UPDATE …`); empty when it is no such line, or another message's."""
    if ":  " not in line or (more := _MORE.match(line)) is None or (begins := _BEGINS.match(first)) is None:
        return ""
    return more["more"] if _COUNTED.sub("", more["prefix"]) == _COUNTED.sub("", begins["prefix"]) else ""
