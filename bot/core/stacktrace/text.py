"""Texts that carry a stack trace, as chats and logs hand them on, become plain lines again."""

import re

import msgspec

MAX_TEXT = 2_000_000
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_LEVEL = r"(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|SEVERE|CRITICAL|FATAL|PANIC|trace|debug|info|warn|error|fatal)"
_STAMP = (
    r"(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)"
)
# What each line carries in front: a time with what follows it, a container's or a syslog's name, Android's tag, a level in brackets.
_PREFIX = re.compile(
    rf"^(?:\d\d-\d\d \d\d:\d\d:\d\d\.\d{{3}} {{1,4}}\d{{1,7}} {{1,4}}\d{{1,7}} [VDIWEF] [\w.$-]{{1,60}} {{0,20}}: "
    rf"|(?:[\w.-]{{1,60}}\s{{0,20}}\| )?[\[(]?{_STAMP}[\])]?(?: std(?:out|err) [FP])?(?: [\w.-]{{1,80}} [\w./-]{{1,60}}(?:\[[\w.]{{1,20}}\])?:)?"
    rf"(?: {{1,3}}(?:\[[\w .,:/#-]{{1,80}}\]|{_LEVEL}(?=[\s:\]])|\d{{1,8}}(?= )|---|app\[[\w.]{{1,20}}\]:)){{0,6}}(?: [\w.$\[\]/]{{1,100}}"
    rf"(?: -| {{1,40}}:)(?=\s)| (?:[\w$]{{1,60}}\.){{0,8}}[a-z_][\w$]{{0,60}}:(?=\s))?:?[ ]?"
    rf"|[\w.-]{{1,60}}\s{{0,20}}\| |[VDIWEF]/[\w.$-]{{1,60}}\(\s{{0,6}}\d{{1,8}}\): |\[{_LEVEL}\] ?|> ?)",
    re.MULTILINE,
)
_NEWLINE = re.compile(r"(?<!\\)(\\{1,64})(?:n|u000[aA])")
_AT = re.compile(r"[\[{\"]")


def plain(text: str) -> str:
    """The text with newlines only, without colours, code fences and what stands before each of its lines."""
    if len(text) > MAX_TEXT:
        # Both ends matter: one language prints the failing frame first, the other last.
        text = f"{text[: MAX_TEXT // 2].rpartition(chr(10))[0]}\n{text[-MAX_TEXT // 2 :].partition(chr(10))[2]}"
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    if "`" in text and "```" in text:
        text = text.replace("```", "\n")
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if "\u00a0" in text:
        text = text.replace("\u00a0", " ")
    return _PREFIX.sub("", text) if _prefixed(text) else text


def _prefixed(text: str) -> bool:
    """Whether several lines begin with a time or a name: those of a bare trace do not."""
    lines = text[:4000].split("\n", 8)[:8]
    likely = [line for line in lines if line and line[0] not in " \t#" and not line.startswith(("at ", "Caused", "goroutine", "panic"))]
    if len(likely) < 2:
        return False
    least = max(2, (len(lines) - lines.count("") + 1) // 2)
    return len(likely) >= least and sum(_PREFIX.match(line[:400]) is not None for line in likely) >= least


def unescaped(text: str) -> str | None:
    """The text with its escaped newlines, tabs and quotes put back, however often they were escaped; None when it has none."""
    runs = [len(run) for run in _NEWLINE.findall(text)]
    if not runs:
        return None
    slash = r"\\" * min(runs)
    text = re.sub(rf"(?<!\\){slash}(?:r(?:{slash})?)?(?:n|u000[aA])", "\n", text)
    text = re.sub(rf"(?<!\\){slash}(?:t|u0009)", "\t", text)
    text = re.sub(r"(?<!\\)\\{1,64}([\"/'])", r"\1", text)
    return re.sub(r"\\\\{1,64}", r"\\", text).replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0027", "'")


def decoded(text: str) -> object:
    """The JSON value that a text is or that stands in it behind a prefix; None when there is none."""
    found = _AT.search(text[:2000])
    if found is None:
        return None
    for candidate in (text[found.start() :].strip(), text[found.start() : text.rfind("}") + 1]):
        try:
            return msgspec.json.decode(candidate.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            continue
    return None
