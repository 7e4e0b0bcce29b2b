"""The time at the beginning of a plain log line, in the forms of the usual loggers, and what stands beside it."""

import re
from datetime import datetime
from typing import NamedTuple

from bot.core.logs.time import Dating, moment, nearest_day, nearest_year
from bot.core.plain_text.plain_text import visible
from bot.regex import regex

WORDS = r"TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|FATAL|D?PANIC|ALERT|EMERG(?:ENCY)?"
SHORT_LEVELS = {"VRB": "TRACE", "TRC": "TRACE", "DBG": "DEBUG", "INF": "INFO", "WRN": "WARN", "FTL": "FATAL", "PNC": "PANIC"}
"""Those of Serilog and of zerolog's console that are nobody else's words."""
THREE_LETTERS = "|".join(SHORT_LEVELS)
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)(?!\w|:\d))?"
_ISO = rf"\d{{4}}[-/.]\d\d[-/.]\d\d[T _-]\d\d:\d\d:\d\d(?:[.,:]\d{{1,9}})?{_ZONE}"
_COMPACT = rf"\d{{8}}(?:T\d{{6}}|[- T]\d\d:\d\d:\d\d)(?:[.,:]\d{{1,9}})?{_ZONE}"
_SHORT_YEAR = r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_NAMED = (
    rf"\d{{1,2}}[ /-]{_MONTH}[ /-]\d{{4}}[ :]\d\d:\d\d:\d\d(?:[.,]\d{{1,9}})?{_ZONE}"
    rf"|(?:[A-Z][a-z]{{2}} )?{_MONTH} {{1,2}}\d{{1,2}}(?:, \d{{4}}(?: @)?,?)? \d{{1,2}}:\d\d:\d\d(?:[.,]\d{{1,9}})?(?: [AP]M)?(?: \d{{4}}(?=\]))?"
)
_AMERICAN = r"\d{1,2}/\d{1,2}/\d{4}, \d{1,2}:\d\d:\d\d[ \u202f][AP]M"
_EPOCH = r"1\d{9}(?:\.\d{1,9})?(?=[\s|,])|1\d{12}(?=[\s|,])|1\d{15}(?=[\s|,])|1\d{18}(?=[\s|,])"
# What a runtime, a shipper or a terminal puts before the line: `api-1  | `, `0|api  | `, `[pod/api-7d9f/api] `, `api-7d9f-x2x4z api `;
# NestJS puts `[Nest] 1  - ` there, Redis `1:M `.
_SENDER = (
    r"(?:(?:\d{1,3}\|)?(?P<piped>[\w./-]{1,80}) {0,40}\| |\[\w{1,40}\] {1,3}\d{1,10} {1,3}- |\d{1,10}:[XCSM] "
    r"|\[?(?=[\w/.]{0,80}[-/._])(?P<sender>[A-Za-z][\w./-]{3,120})\]? (?:[a-z][\w-]{0,60} )?)"
)
_LINE = regex(
    rf"{_SENDER}?(?:[DIWEFA], )?(?:\[(?=[^\]]{{8,50}}\] ?)|\W{{0,3}})(?:\[?(?P<level>{WORDS})\b\W{{1,4}})?"
    rf"(?P<time>{_ISO}|{_COMPACT}|{_SHORT_YEAR}|{_NAMED}|{_AMERICAN}|{_EPOCH})(?![\w])(?: #\d{{1,10}}\])?(?P<rest>[^\n]*)"
)
_KLOG = regex(r"(?P<level>[IWEF])(?P<month>\d\d)(?P<day>\d\d) (?P<clock>\d\d:\d\d:\d\d\.\d{1,9})\s{1,8}\d{1,8} (?P<rest>[^\n]*)")
_KLOG_LEVELS = {"I": "INFO", "W": "WARN", "E": "ERROR", "F": "FATAL"}
_CLOCK_ONLY = (
    r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?=(?: (?:\[[^\]\n]{1,80}\]|[\w.]{1,40}=[^\s]{1,80})){0,8} {1,3}"
    rf"(?:(?:{WORDS}|{THREE_LETTERS})[\s:\]]|\[(?:{WORDS}|{WORDS.lower()}) {{0,8}}\]))"
    rf"|\d{{1,2}}:\d\d[AP]M(?= (?:{THREE_LETTERS}|ERR) )"
)
_CLOCK = regex(rf"\[?(?P<time>{_CLOCK_ONLY})(?P<rest>[^\n]*)")
"""A time without its date, as Elixir, Logback, WildFly, Serilog and zerolog print it: a level behind it tells it from any other clock."""
DAYLESS = regex(rb"^\[?(?:" + _CLOCK_ONLY.encode() + rb")", re.MULTILINE)
"""The bytes of a line that begins with one."""
_PRIORITY = regex(r"<(?P<priority>\d{1,3})>(?P<version>[1-9]\d? )?")
_SYSLOG_LEVELS = ("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG")
_SYSLOG = regex(r" ?(?:[\w.:-]{1,255} |(?=[\w./@-]{1,100}\[\d{1,10}\]: ))(?P<program>[\w./@-]{1,100}(?:\([\w.]{1,60}\))?)(?:\[\d{1,10}\])?: ?")
# As rsyslog writes it since 8: with a time of ISO 8601, the number of the process and no priority.
_SYSLOG_ISO = regex(rf" (?!(?:{WORDS})\b)[\w.-]{{1,255}} (?P<program>[\w./@-]{{1,100}})\[\d{{1,10}}\]: ?")
_SYSLOG_FIELDS = regex(
    r" \S{1,255} (?P<program>\S{1,60}) \S{1,128} \S{1,60} (?:-|(?:\[(?:[^\]\"]|\"(?:[^\"\\]|\\.){0,2000}\"){0,200}\]){1,10})(?: \ufeff?(?=\S))?"
)
_ACCESS = regex(rf"(?P<before>[\w.:,-]{{1,200}} \S{{1,60}} \S{{1,100}} )\[(?P<time>\d{{1,2}}/{_MONTH}/\d{{4}}:\d\d:\d\d:\d\d [+-]\d{{4}})\] (?P<rest>[^\n]*)")
_STATUS = regex(r"\"[^\"\n]{0,4000}\" (?P<status>[1-5]\d\d) ")
_REQUESTED = regex(r"\]? \"[A-Z]{3,10} [^\"\n]{1,4000} HTTP/[\d.]{1,3}\" (?P<status>[1-5]\d\d) ")
"""Envoy's access log, Istio's too: the request right behind the time."""
_PROXIED = regex(rf"\S{{1,100}} \[\d{{1,2}}/{_MONTH}/\d{{4}}:[\d:.]{{8,16}}\] \S{{1,100}} \S{{1,200}} [-+\d/]{{5,80}} (?P<status>[1-5]\d\d) ")
"""HAProxy's HTTP log: client, time, frontend, backend/server, timers, status."""
_POD_HASH = regex(r"-[0-9a-f]{6,10}-[0-9a-z]{5}$|-\d{1,3}$")
_BEGIN = (
    rb"[\[<(\"' ]{0,3}(?:[A-Z]{4,9}\W{1,4})?"
    rb"(?:\d{4}[-/.]\d\d|\d{8}[T -]|\d\d/\d\d/\d\d|\d{1,2}/\d{1,2}/\d{4}, |\d{1,2}[ /-][A-Z][a-z]{2}[ /-]"
    rb"|(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2}[ ,]|1\d{9})"
)
COLOURS = regex(r"\x1b\[[0-9;]{0,20}m")
"""What a terminal is told before and behind a coloured word."""
HEAD = regex(
    rb"(?:\x1b\[[0-9;]{0,20}m){0,3}(?:[DIWEFA], (?=\[\d)|\[\w{1,40}\] {1,3}\d{1,10} {1,3}- (?:\x1b\[[0-9;]{0,20}m)?(?=\d)|\d{1,10}:[XCSM] (?=\d))?"
    rb"(?:\{|[\[,]\s?\{|(?:[\w./|\[-]{1,120}\]? {1,20}(?:[\w-]{1,60} )?(?:\| )?(?=\W?\d{4}[-/]\d\d))?"
    + _BEGIN
    + rb"|\[?(?:"
    + _CLOCK_ONLY.encode()
    + rb")|[IWEF]\d{4} \d\d:|<\d{1,3}>|(?:time|ts|timestamp|level|lvl)=|[\w.:,-]{1,200} \S{1,60} \S{1,100} \[\d{1,2}/[A-Z])"
)
"""The bytes with which an event begins, told cheaply and rather too rarely than too often:
what is wrongly taken for one would lose its event the stack below."""


class Stamp(NamedTuple):
    """A line's time, as it was written and as a moment, the level word beside it (empty: look in `rest`), who sent it, and the text after it.

    `priority` is the level that syslog gave it.
    """

    time: datetime
    written: str
    level: str
    sender: str
    rest: str
    priority: str = ""


def stamped(line: str, dating: Dating) -> Stamp | None:
    """The stamp of a line that begins with a time, with a level before its time, or with its sender; None for any other."""
    if match := _PRIORITY.match(line):
        return _syslog(line, match, dating)
    if match := _LINE.match(line):
        time = moment(match["time"], dating)
        if time is None:
            return None
        sender = service_of(match["piped"] or match["sender"] or "")
        rest = match["rest"]
        syslog = _SYSLOG if match["time"][:1].isalpha() else _SYSLOG_ISO if "T" in match["time"] else None
        if syslog is not None and not sender and (program := syslog.match(rest)):
            rest = rest[program.end() :]
            return Stamp(time, match["time"], match["level"] or _level_of_status(_PROXIED.match(rest)), visible(program["program"]), rest)
        return Stamp(time, match["time"], match["level"] or _level_of_status(_REQUESTED.match(rest)), sender, rest)
    return _klog(line, dating) or _clock(line, dating) or _access(line, dating)


def service_of(sender: str) -> str:
    """The name behind a pod's or a container's: `pod/api-7d9f8c6b5-x2x4z/main` and `api-1` are `api`."""
    parts = [part for part in visible(sender).strip("[]").split("/") if part not in ("pod", "")]
    return _POD_HASH.sub("", parts[0]) if parts else ""


def _syslog(line: str, priority: re.Match[str], dating: Dating) -> Stamp | None:
    """RFC 5424 has a version after the priority, RFC 3164 none; section 6.2.1: the severity is the priority modulo 8."""
    level = _SYSLOG_LEVELS[int(priority["priority"]) % 8]
    match = _LINE.match(line, priority.end())
    time = moment(match["time"], dating) if match else None
    if match is None or time is None:
        return None
    about = (_SYSLOG_FIELDS if priority["version"] else _SYSLOG).match(match["rest"])
    program, rest = (about["program"], match["rest"][about.end() :]) if about else ("", match["rest"])
    return Stamp(time, match["time"], _level_of_status(_PROXIED.match(rest)), "" if program == "-" else visible(program), rest, level)


def _klog(line: str, dating: Dating) -> Stamp | None:
    match = _KLOG.match(line)
    time = nearest_year(f"{match['month']}-{match['day']}T{match['clock']}", dating) if match else None
    return Stamp(time, line[1:14], _KLOG_LEVELS[match["level"]], "", match["rest"]) if match and time else None


def _clock(line: str, dating: Dating) -> Stamp | None:
    match = _CLOCK.match(line)
    time = nearest_day(match["time"], dating) if match else None
    return Stamp(time, match["time"], "", "", match["rest"]) if match and time else None


def _access(line: str, dating: Dating) -> Stamp | None:
    """Apache's and nginx's access log: a status of 500 and above is the server's own failure."""
    match = _ACCESS.match(line)
    time = moment(match["time"], dating) if match else None
    if match is None or time is None:
        return None
    return Stamp(time, match["time"], _level_of_status(_STATUS.match(match["rest"])), "", match["before"] + match["rest"])


def _level_of_status(status: re.Match[str] | None) -> str:
    return {"5": "ERROR", "4": "WARN"}.get(status["status"][:1], "INFO") if status else ""


def uncoloured(text: str) -> str:
    """The text without what colours it in a terminal; all of it else, so that a line begins where its first character stands."""
    return COLOURS.sub("", text) if "\x1b[" in text else text
