"""One line of a log file, read by itself: a JSON document, also behind a prefix or cut off, logfmt, or plain text behind a time."""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from bot.core.logs import lambda_lines
from bot.core.logs.carrier import Carried, carried_by, documents_in, sender_of
from bot.core.logs.document import MAX_TEXT, FieldNames, assembled, document_in, event, level, shortened
from bot.core.logs.field_values import scalar
from bot.core.logs.named_trace import named_trace
from bot.core.logs.stack_lines import PANICS, kind_of
from bot.core.logs.stamp import SHORT_LEVELS, THREE_LETTERS, WORDS, Stamp, stamped
from bot.core.logs.time import OTHER_NAMES, Dating, moment
from bot.core.logs.trace_id import is_trace_id
from bot.core.plain_text.plain_text import one_line
from bot.model import LogEvent
from bot.regex import regex

_LEVEL = regex(
    rf"(?<![\w.])(?:(?P<plain>{WORDS})(?:/[\w.-]{{1,60}}\]|!)?|\[(?:[\w-]{{1,20}}:)?(?P<boxed>{WORDS.lower()}) {{0,8}}\]"
    rf"|(?:(?<!.)|(?<=\] ))(?P<lead>{WORDS.lower()})(?=:)|(?<!.)(?P<short>trce|dbug|fail)(?=: )|(?<!.)\[?(?P<three>{THREE_LETTERS})(?=[\] ])"
    rf"|(?<!.npm )(?<=npm )(?P<npm>error|warn)(?= )|(?<!.)\w{{1,40}}\.(?P<channel>{WORDS})(?=:)|level=\"?(?P<named>[a-z]{{3,12}})\"?)(?![\w.])"
)
"""Behind a plain word: Celery's process (`ERROR/ForkPoolWorker-1]`), npm's `ERR!`."""
_RUNNER = regex(r"##\[(?P<level>error|warning|notice|debug)\]")
"""As the runner of GitHub Actions marks its own lines."""
_PAIR = regex(r"([A-Za-z_][\w.-]{0,60})=(\"(?:[^\"\\]|\\.){0,20000}\"|[^\s\"]{0,2000})")
_LOGFMT = regex(r"(?:time|ts|timestamp|level|lvl)=\S")
_SERVICE = regex(r"\b(?:service|app)=\"?([\w.-]{1,80})", re.ASCII)
_SENT = regex(r"[\w./\[\]|:-]{2,120}(?: {1,40}[\w./|-]{1,60})?\s{1,3}(?=\{\")")
_BEFORE_DOCUMENT = regex(r"[\s:|,\]-]{0,5}(?P<word>\[?[\w./$@:\[\]-]{1,256} {1,3})?(?=\{)")
_SEPARATORS = " \t-:|]"
_SHORT = {**SHORT_LEVELS, "trce": "TRACE", "dbug": "DEBUG", "fail": "ERROR"}
"""With those of .NET's console (Microsoft.Extensions.Logging) that are nobody else's words."""
_OWN_CLOCK = regex(r"^\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: |$)")
"""What a program without dates wrote of the time that its carrier told."""
_UNCHOSEN = frozenset({"INFO", "NOTICE"})
"""What systemd and syslog's `logger` give any line of an output."""
_ITEM_ENDS = ("},", "}]", "},]", "}],")


def documented(line: str, fields: FieldNames, place: str, dating: Dating, inside: Carried | None = None) -> tuple[LogEvent | None, bool]:
    """The event of a JSON line (bare, a search hit, an element of an array, or carried), and whether the JSON is broken."""
    text = inside.text if inside is not None else line.lstrip(" \t[,")
    document = document_in(text)
    if document is None and text.rstrip().endswith(_ITEM_ENDS):
        document = document_in(text.rstrip().rstrip(",]"))
    if document is None:
        return event(_saved(line, fields), fields, place, inside.time if inside else None, dating), True
    if inside is None and (carrier := carried_by(document, dating)) is not None:
        return of_carried(carrier, fields, place, dating), False
    if "_source" in document:
        document = dict(documents_in(document)[0])
    found = of_document(document, fields, place, dating, inside.time if inside else None)
    return (_served(found, inside.service) if found and inside else found), False


def of_document(document: Mapping[str, object], fields: FieldNames, place: str, dating: Dating, fallback: datetime | None = None) -> LogEvent | None:
    """The event of a whole document, its time under any name that loggers use; a plain line within it is read."""
    found = event(document, fields, place, fallback, dating)
    if found is None and (other := _other_time(document, dating)) is not None:
        found = event(document, fields, place, other, dating)
    return with_line_inside(found, dating) if found else None


def plain_line(
    text: str,
    place: str,
    dating: Dating = Dating(),  # noqa: B008 - a constant
    fields: FieldNames | None = None,
    inside: Carried | None = None,
    stamp: Stamp | None = None,
) -> LogEvent | None:
    """The event of a line that begins with a time (its level before or after it), is written in logfmt or was carried; None for any other.

    With `fields`, a JSON document behind the time or behind its sender's name is opened. `stamp`: the line's, where it was read before.
    """
    if inside is not None:
        return of_carried(inside, fields, place, dating)
    whole, text = text, text[: 2 * MAX_TEXT]
    if _LOGFMT.match(text):
        return _logfmt(text, place, dating)
    if fields is not None and (match := _SENT.match(text)) is not None and (document := document_in(whole[match.end() :])) is not None:
        found = event(document, fields, place, _other_time(document, dating), dating)
        if found is not None:
            return _served(found, sender_of(match[0]))
    stamp = stamp or stamped(text, dating)
    if stamp is None:
        return None
    if fields is not None and (opened := _document_behind(stamp, whole, fields, place, dating)) is not None:
        return opened
    rest = lambda_lines.without_stream(stamp.rest.lstrip(f"{_SEPARATORS},"))
    said, message = _leveled(stamp, rest)
    if not said and ("Task timed out" in text or "Runtime" in text) and lambda_lines.ended_badly(text):
        said = "ERROR"
    found = _told(LogEvent(stamp.time, message, place, said, stamp.sender), text)
    return _with_document_after(found, whole, fields) if fields is not None and '"' in text and "tack" in whole else found


def _document_behind(stamp: Stamp, whole: str, fields: FieldNames, place: str, dating: Dating) -> LogEvent | None:
    """The event of a document that stands behind the time, at most a word (a level, a log stream) between them."""
    before = _BEFORE_DOCUMENT.match(stamp.rest)
    document = document_in(whole[whole.index(stamp.rest) + before.end() :]) if before else None
    found = event(document, fields, place, stamp.time, dating) if document is not None else None
    if before is None or found is None or (before["word"] and found.message.startswith("{")):
        return None
    said = found.level or level(stamp.level or _level_apart(before[0])[0] or stamp.priority)
    return _served(msgspec.structs.replace(found, level=said), stamp.sender)


def _with_document_after(found: LogEvent, whole: str, fields: FieldNames) -> LogEvent:
    """With the error of a document that stands behind the message, as Lambda's runtime for Node.js writes it (`Invoke Error {"errorType": …}`), and winston."""
    at = whole.find('{"')
    document = document_in(whole[at:].rstrip()) if at >= 0 else None
    inner = event(document, fields, found.place, found.time) if document is not None else None
    if inner is None or not inner.stack or (said := found.message.find('{"')) < 0:
        return found
    told = scalar(document.get("errorMessage") or document.get("message")) if document is not None else ""
    message = ": ".join(filter(None, (found.message[:said].strip(_SEPARATORS), told)))
    return msgspec.structs.replace(
        found, message=shortened(message), stack=inner.stack, error_type=inner.error_type or found.error_type, trace_id=found.trace_id or inner.trace_id
    )


def of_carried(inside: Carried, fields: FieldNames | None, place: str, dating: Dating) -> LogEvent | None:
    """The event of a line that a carrier brought: the carrier's time where the line has no document with its own. Further lines belong to it."""
    text, _, more = inside.text.partition("\n")
    if text.lstrip()[:1] == "{" and fields is not None and (document := document_in(inside.text)) is not None:
        found = event(document, fields, place, inside.time, dating)
        if found is None:
            return None
        return _served(msgspec.structs.replace(found, trace_id=found.trace_id or inside.trace_id, level=found.level or inside.level), inside.service)
    found = plain_line(text, place, dating, fields)
    if found is None and inside.time is not None and _LOGFMT.match(text):
        found = _logfmt(text, place, dating, inside.time)
    if found is None and inside.time is not None:
        word, message = _level_apart(text[: 2 * MAX_TEXT].strip())
        found = _told(LogEvent(inside.time, message, place, level(word)), text)
    if found is None:
        return None
    said = found.level or _by_carrier(inside.level, text)
    found = msgspec.structs.replace(found, time=inside.time or found.time, level=said, trace_id=found.trace_id or inside.trace_id)
    if more:
        found = assembled(msgspec.structs.replace(found, message=f"{found.message}\n{more}"))
    return _served(found, inside.service)


def is_by_default(carrier_level: str, line: str) -> bool:
    """Whether a line has its level from its carrier only because any line has it: its program wrote none."""
    return carrier_level in _UNCHOSEN and not _level_apart(line)[0]


def with_line_inside(found: LogEvent, dating: Dating = Dating()) -> LogEvent:  # noqa: B008 - a constant
    """The event of a document that a shipper put around a plain line: where it names no level, what the line says of time and level is read."""
    if found.level:
        return found
    line, _, more = found.message.partition("\n")
    inner = plain_line(line, found.place, dating)
    said, message = (inner.level, inner.message) if inner is not None else _level_apart(line)
    if not level(said) or not message:
        return found
    error_type = found.error_type or (inner.error_type if inner is not None else None)
    return assembled(msgspec.structs.replace(found, level=level(said), message=f"{message}\n{more}" if more else message, error_type=error_type))


def told_level(line: str) -> str:
    """The level word that a line begins with: `SEVERE: disk full`."""
    match = _LEVEL.match(line[:40].lstrip())
    return level((match["channel"] or match[0]).strip("[]:=")) if match and match["named"] is None else ""


def _other_time(document: Mapping[str, object], dating: Dating) -> datetime | None:
    return next((at for name in OTHER_NAMES if (at := moment(document.get(name), dating))), None)


def _served(found: LogEvent, service: str) -> LogEvent:
    return found if found.service or not service else msgspec.structs.replace(found, service=service[:200])


def _told(draft: LogEvent, text: str) -> LogEvent:
    """With the trace and the service that the text names; most lines name none, and looking for a word is far cheaper than for a pattern."""
    named = named_trace(text)
    service = _SERVICE.search(text) if "service=" in text or "app=" in text else None
    service_name = service[1] if service else named.service or draft.service
    # A request of Lambda is followed as a trace is: all that it logged bears its id.
    trace_id = named.trace_id or (lambda_lines.request_id(text) if text[:1] in ("2", "[") else None)
    return assembled(msgspec.structs.replace(draft, trace_id=trace_id, span_id=named.span_id, service=service_name))


def _saved(line: str, fields: FieldNames) -> dict[str, object]:
    """What can be read from a JSON line that was cut: the fields whose names stand in it as they are."""
    saved: dict[str, object] = {}
    for name in (*fields.time, *fields.level, *fields.message, *fields.service, *fields.trace, *fields.error_type, *fields.stack):
        match = re.search(rf'"{re.escape(name)}"\s{{0,5}}:\s{{0,5}}(?:"(?P<text>(?:[^"\\]|\\.){{0,{MAX_TEXT}}})|(?P<number>\d{{1,20}}))', line)
        if match:
            opened = document_in(f'{{"it":"{match["text"]}"}}') if match["text"] is not None else {"it": match["number"]}
            saved[name] = opened["it"] if opened else ""
    return saved


def _level_apart(rest: str) -> tuple[str, str]:
    """Level and message; what stood before the level (a logger's name, a thread) stays in front of the message."""
    if runner := _RUNNER.match(rest):
        return runner["level"], rest[runner.end() :]
    match = _LEVEL.search(rest[:160])
    if match is None:
        return "", rest
    before, after = rest[: match.start()].rstrip(f"{_SEPARATORS}[").lstrip(_SEPARATORS), rest[match.end() :].lstrip(_SEPARATORS)
    if before.count("[") > before.count("]"):  # the last bracket went with the separators: one alone goes whole, `[main]` is `main`
        before = before[1:] if before.startswith("[") and "]" not in before else f"{before}]"
    before = _OWN_CLOCK.sub("", before)
    word = next(filter(None, match.groups()))
    return _SHORT.get(word, word), f"{before}: {after}" if before and after else after or before


def _leveled(stamp: Stamp, rest: str) -> tuple[str, str]:
    """Level and message of what stands behind a stamp. A priority that somebody chose stands above any word of the line."""
    given = level(stamp.priority)
    if given and given not in _UNCHOSEN:
        return given, rest
    word, message = (stamp.level, rest) if stamp.level else _level_apart(rest)
    return level(word) or _by_carrier(given, rest), message


def _by_carrier(given: str, line: str) -> str:
    """The level of a line whose program wrote none. Where a trace begins with it, what any line is given says nothing."""
    kind = kind_of(line) if given in _UNCHOSEN else ""
    return ("PANIC" if kind in PANICS else "ERROR") if kind else given


def _logfmt(text: str, place: str, dating: Dating, fallback: datetime | None = None) -> LogEvent | None:
    pairs: dict[str, str] = {}
    for name, value in _PAIR.findall(text):
        pairs.setdefault(name.lower(), value[1:-1].replace('\\"', '"').replace("\\n", "\n") if value[:1] == '"' else value)
    time = next((at for name in ("time", "timestamp", "ts") if (at := moment(pairs.get(name), dating))), fallback)
    if time is None:
        return None
    said = [pairs[name] for name in ("msg", "message", "error", "err") if pairs.get(name)]
    trace_id = next((pairs[name] for name in ("trace_id", "traceid", "trace.id") if is_trace_id(pairs.get(name, ""))), None)
    service = one_line(pairs.get("service") or pairs.get("app") or "")
    return assembled(LogEvent(time, ": ".join(said[:2]) or text, place, level(pairs.get("level") or pairs.get("lvl") or ""), service[:200], trace_id=trace_id))
