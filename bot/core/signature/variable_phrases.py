"""What varies over several words of a message: dates, numbers with their units, quoted values, lists, users, bodies in JSON."""

import re

from bot.core.signature.variable_parts import NOTHING, PLACEHOLDER, TELLING

_VERBS = frozenset(("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "select", "insert", "update"))
_WORDS_OF_A_VALUE = 3

_MONTHS = "january february march april may june july august september october november december sept"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_ZONES = "utc gmt z am pm est edt cst cdt mst mdt pst pdt cet cest bst ist jst msk"
_TIMES = (
    "s ms us ns sec secs second seconds msec msecs millisecond milliseconds millis microsecond microseconds nanosecond nanoseconds "
    "min mins minute minutes hr hrs hour hours day days week weeks month months year years"
)
_SIZES = "b kb mb gb tb pb kib mib gib tib byte bytes kilobytes megabytes gigabytes kb/s mb/s gb/s kbps mbps gbps percent %"
_ENDS = ("", ",", ".", ")", "]", "),", ").", ");", "):", ";", ":")
CALENDAR = frozenset(f"{start}{name}{end}" for full in f"{_MONTHS} {_DAYS}".split() for name in (full, full[:3]) for start in ("", "(", "[") for end in _ENDS)
MEASURES = CALENDAR | frozenset(f"{name}{end}" for name in f"{_TIMES} {_SIZES} {_ZONES}".split() for end in _ENDS)
"""The words by which a text may hold a date or a measure over several words."""
_MONTH = rf"\b(?:{'|'.join((*_MONTHS.split(), r'[a-z]{3}(?<=jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)'))})\b"
_DAY = rf"\b(?:{'|'.join((*_DAYS.split(), r'[a-z]{3}(?<=mon|tue|wed|thu|fri|sat|sun)'))})\b"
_ZONE = rf"(?:{'|'.join(_ZONES.split())})\b"
_DATE = re.compile(rf"(?:{_DAY},? )?(?:{_MONTH}\.? <n>,?|<n> {_MONTH}\.?,?)(?: <n>)?(?:,? <time>)?(?: {_ZONE})?(?: <n>)?|{_DAY},? <time>")
_MEASURE = re.compile(rf"<n> (?:(?P<time>{'|'.join(_TIMES.split())})|{'|'.join(_SIZES.split())})(?![\w%/])|(?P<moment><time>)[ ,]{_ZONE}")
_RUN = re.compile(rf"({PLACEHOLDER})(?:(?: [-|]|[,;])? \1){{1,400}}")
_QUOTED = re.compile(
    r"(?<![\w'])'(?P<single>[^\s'](?:[^'\n]{0,198}[^\s'])?)'(?![\w'])|\"(?P<double>[^\"\n]{1,200})\"|`(?P<tick>[^`\n]{1,200})`|[“«„](?P<curly>[^“”«»„\n]{1,200})[”»“]"
)
# What stands before or after a name that a programmer chose, not a user.
_NAMING = re.compile(
    r"\b(?:attribute|property|properties|field|column|table|relation|index|constraint|for key|module|class|type|function|method|variable|argument|parameter"
    r"|reading|state) $"
)
_LONGEST_NAMING = len("x properties ")
_TELLS = re.compile(rf"(?:{TELLING.pattern})[\w.-]{{0,20}} ?[:=] ?$")
_NAMED = re.compile(r" (?:object|is not defined|is not a function|has no )")
_IDENTIFIER = re.compile(r"[a-z_$][a-z_$.]{0,80}")
# Rust and Go name code in backticks; other quotes hold values more often than names.
_CODE = re.compile(r"(?:[a-z_]{1,80}(?:::|\.)){0,6}[a-z_]{1,80}(?:::[a-z_]{1,80}|\(\))|err|ok|none|some")
# PostgreSQL's details: `Key (email)=(mira@example.com) already exists`, `Failing row contains (1, null, mira)`.
_DETAIL = re.compile(r"(?P<kept>\w\)=|\brow contains )\([^\n]{1,1000}?\)(?= (?:already exists|is not present|is still referenced|conflicts with)|\.(?: |$)|$)")
_SPACED_PAIR = re.compile(r"(?:(?<=[\w)\]]) = ?|(?<=[\w)\]])= )(?P<value>[^\s,;&|\"'<>(){}\[\]=]{1,300})(?![^\s,;])")
_KEY = re.compile(r"[\w.$-]{1,60}$")
_LIST = re.compile(r"\[(?P<items>[^\[\]]{1,400})\]")
_WHOLE = re.compile(PLACEHOLDER)
_ITEM = re.compile(r" ?[^\s,=:]{1,80}(?: [^\s,=:]{1,80})? ?")
_NO_NAMES = (
    "not unknown does is was are were has had can cannot name names agent id data input session sessions account accounts profile profiles authentication "
    "authorization authenticated credentials interface mode space service services group groups role roles error errors request requests token tokens password "
    "level defined the a an this that from by with and or in on to of at for all any no access exists type info information details settings preferences"
)
_NOT_A_USER = frozenset(_NO_NAMES.split())
_USER = re.compile(r"(?:user(?:name)?|log(?:ged )?in as) (?P<user>[\w.@$\\-]{1,64})(?P<from> (?:from|by|logged|is locked)\b)?(?=[\s,;:)\]]|$)")
_BEFORE_USER = re.compile(r"\b(?:for|by|as|of|invalid|illegal|unknown) $")
_LOGIN = re.compile(r"(?:password|accepted [\w/-]{1,40}|failed [\w/-]{1,40}) for (?P<user>[\w.@$\\-]{1,64})(?= from )")
_BODY = re.compile(r"[{\[] ?(?:\{ ?)?(?:\"[^\"\n]{1,100}\"|'[^'\n]{1,100}') ?:")
_IN_BODY = re.compile(r"\"(?:[^\"\\]|\\.){0,4000}\"|[{}\[\]]")
_TOLD_IN_BODY = re.compile(r"[\"'](?P<key>[\w.-]{1,60})[\"'] ?: ?[\"'](?P<value>[^\"'\n]{1,200})[\"']")


def settled(text: str, hints: frozenset[str]) -> str:
    """The text after one pass of each rule that has anything to look at; `hints` are the words of it that are in MEASURES."""
    if "{" in text:
        text = without_bodies(text)
    if '"' in text or "'" in text or "`" in text or not text.isascii():
        text = _QUOTED.sub(_quoted, text)
    if ")=(" in text or "row contains (" in text:
        text = _DETAIL.sub(r"\g<kept>(<value>)", text)
    if "= " in text:
        text = _SPACED_PAIR.sub(_spaced_pair, text)
    if "[" in text and "," in text:
        text = _LIST.sub(_list, text)
    if "user" in text or "log" in text:
        text = _USER.sub(_user, text)
    if " for " in text and " from " in text:
        text = _LOGIN.sub(_login, text)
    if hints and "<" in text:
        if not CALENDAR.isdisjoint(hints):
            text = _DATE.sub("<time>", text)
        text = _MEASURE.sub(_measure, text)
    if "> <" in text or ">, <" in text or ">; <" in text or "> - <" in text or "> | <" in text:
        text = _RUN.sub(r"\1", text)
    return text


def without_bodies(text: str) -> str:
    """Each body in JSON is one placeholder, with the words in it that tell a problem."""
    if "{" not in text or not ('":' in text or "':" in text or '" :' in text):
        return text
    kept, start = [], 0
    while body := _BODY.search(text, start):
        end = _end_of_body(text, body.start())
        told = [f"{match['key']}={match['value']}" for match in _TOLD_IN_BODY.finditer(text, body.start(), end) if TELLING.search(match["key"])]
        kept += [text[start : body.start()], " ".join(("<json>", *told[:5]))]
        start = end
    return "".join((*kept, text[start:]))


def _end_of_body(text: str, start: int) -> int:
    """Where its last bracket closes; a body that was cut ends with the text."""
    depth = 0
    for part in _IN_BODY.finditer(text, start):
        if part[0] in "{[":
            depth += 1
        elif part[0] in "}]":
            depth -= 1
            if depth <= 0:
                return part.end()
    return len(text)


def _quoted(quoted: re.Match[str]) -> str:
    """A value goes; a sentence, a request line, and what a programmer named tell problems apart and stay."""
    text, inner = quoted.string, quoted[quoted.lastgroup or 0].strip()
    before, words = text[max(0, quoted.start() - 60) : quoted.start()], inner.split()
    stays = (
        len(words) > _WORDS_OF_A_VALUE
        or (len(words) > 1 and words[0] in _VERBS)
        or inner in NOTHING
        or not any(character.isalnum() for character in inner)
        or len(quoted[0]) == len(text)
        or (before.rstrip().endswith((":", "=")) and _TELLS.search(before))
        or (quoted["tick"] and _CODE.fullmatch(inner))
        or (_IDENTIFIER.fullmatch(inner) and (_NAMING.search(before[-_LONGEST_NAMING:]) or _NAMED.match(text, quoted.end())))
    )
    return quoted[0] if stays else "<value>"


def _spaced_pair(pair: re.Match[str]) -> str:
    key = _KEY.search(pair.string[max(0, pair.start() - 60) : pair.start()])
    stays = key is None or pair["value"] in NOTHING or TELLING.search(key[0])
    return pair[0] if stays else f"{pair[0].removesuffix(pair['value'])}<value>"


def _list(found: re.Match[str]) -> str:
    items = found["items"].split(",")
    if len(items) < 2 or not all(_ITEM.fullmatch(item) for item in items):
        return found[0]
    distinct = {item.strip() for item in items}
    only = distinct.pop()
    return f"[{only}]" if not distinct and _WHOLE.fullmatch(only) else "[<value>]"


def _user(found: re.Match[str]) -> str:
    told = found["from"] or found[0].startswith("log") or _BEFORE_USER.search(found.string[max(0, found.start() - 10) : found.start()])
    return found[0] if not told or found["user"] in _NOT_A_USER else found[0].replace(f" {found['user']}", " <user>", 1)


def _login(found: re.Match[str]) -> str:
    return found[0] if found["user"] in _NOT_A_USER else f"{found[0].removesuffix(found['user'])}<user>"


def _measure(found: re.Match[str]) -> str:
    return "<time>" if found["time"] or found["moment"] else "<n>"
