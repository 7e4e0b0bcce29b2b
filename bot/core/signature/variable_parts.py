"""One word of a message becomes what stays the same about it: `10.1.4.7:9735,` is `<host>,` and `worker-7` is `worker-<n>`.

A word is what stands between spaces, in lower case. Logs repeat their words, so each is worked out once and remembered.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.core.remembered import Answered

PLACEHOLDER = r"<[a-z]{1,6}>"
LONGEST = 120
"""Characters kept of one word."""
_ROUNDS = 8
_REMEMBERED = 20_000
_SHORT = 120
"""What is longer is seldom seen twice, and is not remembered."""

_NAMES_WITH_DIGITS = (
    "ipv4 ipv6 http2 http3 h2 h2c utf8 utf16 utf-8 utf-16 utf-32 md5 sha1 sha2 sha3 sha256 sha384 sha512 sha-1 sha-256 sha-512 base32 base64 ascii85 "
    "s3 ec2 k8s oauth1 oauth2 x86 x64 x86_64 x86-64 amd64 arm64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 i32 i64 u8 u16 u32 u64 "
    "f32 f64 win32 win64 log4j log4j2 slf4j neo4j db2 route53 l2 l3 l4 l7 web3 x509 x.509 rs256 hs256 es256 ed25519 mp3 mp4 h264 h265 bzip2 lz4 2fa 3ds "
    "python3 es6 iso-8859-1 windows-1252 p2p b2b i18n l10n a11y e2e"
)
NAMED = frozenset(_NAMES_WITH_DIGITS.split())
"""Names that are words although they hold digits."""
NOTHING = frozenset(("null", "none", "nil", "undefined", "nan", "empty", "missing", "(null)", "n/a", "unknown"))
"""Values that tell a problem: that there is none."""
TELLING = re.compile(
    r"err(?!upt)|reason|cause|exce|(?:msg|message|event)(?!_?id)|detail|status|stat\b|state\b|code\b|type|kind|result|action|level|phase|method|operation|category"
)
"""Keys whose value is a word that tells problems apart."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?"
_ZONE = r"(?:z|[+-]\d\d:?\d\d)?"
_TOP = (
    r"(?:com|net|org|edu|gov|mil|int|info|biz|io|dev|app|cloud|tech|xyz|online|site|local|localdomain|internal|intranet|lan|corp|svc|example|invalid|onion|arpa"
    r"|(?:com?|ac|edu|gov|net|org|or|ne|go)\.[a-z]{2}|ar|be|br|ca|ch|cl|cn|cz|de|dk|es|eu|fi|fr|gr|hk|hu|ie|il|jp|kr|mx|nl|nz|pt|ro|ru|se|sg|tr|tw|ua|uk|za)"
)
_STEP = r"[^\s/\\\"'`<>|,;:()\[\]{}=?]{1,255}"
_END = r"(?!\w)"

# Order matters: the first that fits is taken, and what it took is not looked at again. Letters beyond ASCII are words wherever they stand.
_KINDS: tuple[tuple[str, str], ...] = (
    ("kept", PLACEHOLDER),
    ("word", r"[a-z]{1,200}(?![\w.~$=:/@\\+-])"),
    ("url", r"[a-z][a-z0-9+.-]{1,15}://[^\s\"'`<>]{0,2000}[^\s\"'`<>.,;:!?)\]}]"),
    ("email", rf"[\w.+-]{{1,64}}@(?:[\w-]{{1,63}}\.){{1,6}}[a-z]{{2,24}}{_END}"),
    ("size", r"\d{2,5}x\d{1,5}(?!\w)"),
    ("id", rf"\{{?[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}{_END}\}}?|0x[0-9a-f]{{1,64}}{_END}|[0-9][0-9a-hjkmnp-tv-z]{{25}}{_END}"),
    (
        "time",
        rf"\d{{4}}[-/.]\d\d?[-/.]\d\d?(?:[t_:-]?\d\d?[:.,]\d\d(?:[:.,]\d\d(?:[.,:]\d{{1,9}})?)?{_ZONE})?{_END}"
        rf"|\d{{8}}t\d{{4,6}}(?:\.\d{{1,9}})?{_ZONE}{_END}"
        rf"|\d{{1,2}}[/.-](?:\d{{1,2}}|{_MONTH})[/.-](?:\d\d)?\d\d(?::{_CLOCK})?(?![\w.])"
        rf"|(?<![\d:]){_CLOCK}(?:[ap]m|{_ZONE})(?![\w:])|(?<![\d:])\d{{1,2}}:\d\d(?:[ap]m)?(?![\w:])"
        r"|(?:\d{1,4}[dhm]){0,3}\d{1,9}(?:\.\d{1,9})?(?:[mun]?s|msecs?|secs?|mins?|hrs?|hours?|days?)(?!\w|\.\w)|(?:\d{1,4}[dhm]){1,4}(?!\w|\.\w)"
        r"|pt?(?:\d{1,9}(?:\.\d{1,9})?[dhms]t?){1,5}(?!\w)",
    ),
    (
        "host",
        rf"(?:[0-9a-f]{{2}}[:-]){{5}}[0-9a-f]{{2}}{_END}"
        r"|(?<![\w~.])(?<![a-z_]-)\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:/\d{1,2})?(?!\w|\.\w)"
        r"|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?:%\w{1,16})?(?:/\d{1,3})?(?![\w:])"
        r"|(?<![\w:])(?=[a-f:]{0,40}\d)(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?:%\w{1,16})?(?:/\d{1,3})?(?![\w:])"
        rf"|(?<![\w.-])(?:[\w-]{{1,63}}\.){{1,9}}{_TOP}(?::\d{{1,5}})?(?![\w(-]|\.\w)|localhost(?::\d{{1,5}})?(?![\w.-])",
    ),
    (
        "path",
        r"[a-z]:[\\/][^\s\"'`<>|,;()\[\]]{0,1000}|\\\\[^\s\"'`<>|,;()\[\]]{1,1000}|[\w.$-]{1,100}(?:\\[\w.$~-]{1,100}){2,30}"
        rf"|(?<![\w)\]<>./])(?:~|\.{{1,2}})?(?:/(?!\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b){_STEP}){{1,40}}/?(?:\?[^\s\"'`<>]{{0,1000}})?(?::\d{{1,7}}){{0,2}}"
        r"|[\w.+@-]{1,100}(?:/[\w.+@-]{1,100}){1,30}\.[a-z]\w{0,5}(?::\d{1,7}){0,2}(?!\w|/|\.\w)",
    ),
    ("pair", r"[\w.$-]{1,60}=(?:\"[^\"\s]{0,200}\"|'[^'\s]{0,200}'|<[^<>\s]{1,200}>|[^\s,;&|\"'<>(){}\[\]=][^\s,;&|\"'<>(){}\[\]]{0,300})"),
    (
        "n",
        r"(?:(?<![^(\[])[<>~]=?|(?<![\w)\]>])[-+])?\d{1,40}(?:[.,_:]\d{1,40}){0,20}(?:e[-+]?\d{1,3})?(?:%|[kmgtp]?i?b(?:ps|/s)?|bytes?|x|st|nd|rd|th)?(?!\w)",
    ),
    ("hex", r"(?<![\w:])(?=[0-9a-f:.]{0,60}\d)[0-9a-f]{1,4}(?:[:.][0-9a-f]{1,4}){2,8}(?![\w:])"),
    ("name", r"[\w$]{1,200}(?:[-~.]{1,2}[\w$]{1,200}){0,40}"),
)
_EQUAL_DIGITS = str.maketrans("123456789", "000000000")
_EQUAL_ASCII_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_EQUAL_HEX = re.compile(r"(?<!\w)0x[0-9a-f]{1,64}(?!\w)|(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)")
_NO_UUID = "00000000-0000-0000-0000-000000000000"
_NAMED = re.compile(rf"(?<![a-z0-9])({'|'.join(re.escape(name) for name in sorted(NAMED, key=len, reverse=True))})(?![a-z0-9])")
_OF_NAMED = frozenset(re.split(r"[^a-z0-9]", name.translate(_EQUAL_DIGITS))[0] for name in NAMED)
# What each kind can begin with: trying it only there, and naming it by an empty group at its end (a branch that begins with a set of characters
# is refused without being entered), took the words of logs from 7.5 to 4.6 microseconds.
_FIRST = {"letter": r"(?=[a-z])", "digit": r"(?=[0-9])", "sign": r"(?=[A-Z<>{:_\\~./$@+-])"}
_BEGINS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("email", "host", "path", "pair", "name"), tuple(_FIRST)),
    **dict.fromkeys(("word", "url"), ("letter",)),
    **dict.fromkeys(("time", "hex"), ("digit", "letter")),
    "id": ("digit", "letter", "sign"),
    "n": ("digit", "sign"),
    "size": ("digit",),
    "kept": ("sign",),
}


def _any_of(kinds: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    tried = {first: "|".join(f"(?:{pattern})(?P<{kind}_{first}>)" for kind, pattern in kinds if first in _BEGINS[kind]) for first in _FIRST}
    return re.compile("|".join(f"{_FIRST[first]}(?:{patterns})" for first, patterns in tried.items()), re.ASCII)


_MARKED = frozenset(("url", "email", "path", "pair"))
_PART = _any_of(_KINDS)
# Most words hold none of the marks, and half the patterns take half the time.
_UNMARKED_PART = _any_of([(kind, pattern) for kind, pattern in _KINDS if kind not in _MARKED])
_MARK = re.compile(r"[@/\\=]")
_VARIES = re.compile(r"[0-9@\\/=]|localhost|::|\.[a-z]")
# Without any of these, and with no two placeholders to be joined, a word that was rewritten once would be left as it is.
_MAY_VARY = re.compile(rf"{_VARIES.pattern}|[0-9a-f][:-][0-9a-f]{{1,4}}[:-]|<[^<]{{0,{LONGEST}}}<")
_LOCAL = len("localhost")
_SEGMENT = re.compile(r"[a-z0-9]{1,200}")
_DIGITS = re.compile(r"[0-9]+")
_LETTERS = re.compile(r"[a-z]+")
_BLOB = re.compile(r"[a-z0-9+_-][a-z0-9+/_-]{31,4000}={0,2}")
_POD = re.compile(r"[a-z0-9.-]{1,200}-(?=[a-z]{0,10}\d)[a-z0-9]{8,10}-(?:[bcdfghjklmnpqrstvwxz0-9]{5}|(?=[a-z]{0,4}0)[a-z0-9]{5})")
_WHOLE = re.compile(PLACEHOLDER)
_TURN = re.compile(r"[0-9]{1,4}[a-z]")
_SIGN = re.compile(r"(?<=[_:=#(\[/~.])[-+]<n>")
_REPEATED = re.compile(rf"({PLACEHOLDER})(?:[,;:|/#+*.&~x_-]{{0,2}}\1|[-_~.:](?:[a-z]{{1,2}}[-_~.])\1){{1,200}}")


def _of_shape(shape: str) -> str:
    """Nothing for one whose digits may make a name."""
    if shape.isalpha() and len(shape) < _LOCAL:
        return shape
    if "0" not in shape or _OF_NAMED.isdisjoint(_SEGMENT.findall(shape)):
        return _settled(_EQUAL_HEX.sub(_equal_hex, shape) if "0x" in shape or shape.count("-") > 3 else shape)
    return ""


_SHAPES = Answered(_of_shape, _REMEMBERED, _SHORT)


def shape_of(text: str) -> str:
    """The text with its digits made equal."""
    return text.encode().translate(_EQUAL_ASCII_DIGITS).decode() if text.isascii() else text.translate(_EQUAL_DIGITS)


def stable_words(text: str, shape: str) -> tuple[list[str], list[str], bool]:
    """The words of a text in lower case; the same with a placeholder for each part that varies: never empty, at most LONGEST long, idempotent.

    What is worked out is worked out for a shape, as `shape_of` gives it, for no rule asks which digit one is, unless a known name holds it:
    then the last of the answer is true. Where no digit matters the words, too, are shapes.
    """
    shapes = shape.split()
    found = list(map(_SHAPES.__getitem__, shapes))
    if "" not in found:
        return shapes, found, False
    words = text.split()
    return words, [after or _named(word) for word, after in zip(words, found, strict=True)], True


def _stable(word: str) -> str:
    return stable_words(word, shape_of(word))[1][0]


@lru_cache(1_000)
def _named(word: str) -> str:
    """The known names in it keep their digits. Not among the shapes: that of `base99` is that of `base64`, which is to ask here too."""
    parts = _NAMED.split(_EQUAL_HEX.sub(_equal_hex, word) if word.count("-") > 3 else word)
    return _settled("".join(part if number % 2 else part.translate(_EQUAL_DIGITS) for number, part in enumerate(parts)))


def _equal_hex(found: re.Match[str]) -> str:
    return "0x0" if found[0].startswith("0x") else _NO_UUID


def _settled(word: str) -> str:
    if not _VARIES.search(word) and len(word) <= LONGEST:
        return word
    seen = word
    for _ in range(_ROUNDS):
        after = _cut(_rewritten(seen))
        if after == seen or not _MAY_VARY.search(after) or _SHAPES.get(after) == after:
            return after
        seen = after
    return "<data>"


def _rewritten(word: str) -> str:
    if len(word) >= 32 and _BLOB.fullmatch(word) and _alternates(word):
        return "<id>"
    after = (_PART if _MARK.search(word) else _UNMARKED_PART).sub(_placeholder, word)
    if "<" in after:
        after = _REPEATED.sub(r"\1", _SIGN.sub("<n>", after))
    return after


def _cut(word: str) -> str:
    """Never through a placeholder: half of one would be a word of its own."""
    if len(word) <= LONGEST:
        return word
    opened = word.rfind("<", LONGEST - 7, LONGEST)
    return word[: opened if word.find(">", opened, opened + 8) >= LONGEST else LONGEST]


def _placeholder(part: re.Match[str]) -> str:
    kind, found = (part.lastgroup or "").partition("_")[0], part[0]
    if kind in ("word", "kept"):
        return found
    if kind == "name":
        return _name(found)
    if kind == "pair":
        return _pair(*found.split("=", 1))
    return found if found in NAMED else "<n>" if kind in ("hex", "size") else f"<{kind}>"


def _pair(key: str, value: str) -> str:
    """The key stays; its value does when it is a word that tells a problem, or that there is none."""
    told = value.strip("\"'")
    if _WHOLE.fullmatch(value) or told in NOTHING:
        return f"{_stable(key)}={told}"
    return f"{_stable(key)}={_stable(value) if TELLING.search(key) else '<value>'}"


def _name(name: str) -> str:
    """What an identifier is of stays, which one of them it is does not; a name that holds a hash is of one thing only."""
    if name in NAMED or not _DIGITS.search(name):
        return name
    if _POD.fullmatch(name):
        return "<pod>"
    if any(_is_hash(segment) for segment in _SEGMENT.findall(name)):
        return "<n>" if len(name) <= 16 and name.isalnum() else "<id>"
    return _SEGMENT.sub(_segment, name)


def _segment(found: re.Match[str]) -> str:
    segment = found[0]
    if segment in NAMED or segment.isalpha():
        return segment
    letters = _LETTERS.findall(segment)
    # `eth0` and `http2server` are words with a number, `a8`, `an142` and `467f` are labels.
    if segment[0].isdigit() or any(len(run) < 3 for run in letters):
        return "<n>"
    return _DIGITS.sub("<n>", segment)


def _is_hash(segment: str) -> bool:
    return len(segment) >= 8 and not segment.isdigit() and len(_DIGITS.findall(segment)) >= (2 if set(segment) <= set("0123456789abcdef") else 3)


def _alternates(text: str) -> bool:
    """Whether letters and digits take turns as in base64, and not as in words with numbers."""
    return len(_TURN.findall(text)) * 16 >= len(text)
