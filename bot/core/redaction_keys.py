"""Secrets known by the key they stand under: `password=…`, `"api_key": "…"`, `DB_TOKEN: …`, `<secret>…</secret>`, `--password …`."""

import re
from collections.abc import Iterator

from bot.core.redaction_span import CODE_LIKE, SEPARATOR, Span, found

_QUOTED = r"\\{0,3}\"(?P<double>(?:[^\"\\\n]|\\[^\"\n]){1,8000})|\\{0,3}'(?P<single>[^'\n]{1,8000})|&quot;(?P<entity>[^&\n]{1,8000})|`(?P<tick>[^`\n]{1,8000})"
_BARE = (
    r"(?P<bare>(?:[^\s\"'`<>,;&\\)}]|[,;&](?![\s\"']|$|[\w.-]{1,60}[=:])|\\(?![nrt\"'u\\])"
    r"|[)}](?=[^\s,;)}\]\"'])){1,8000})"
)
_WORDS = ("token", "secret", "passw", "pwd", "passphrase", "passcode", "credential", "jsessionid", "phpsessid", "sharedaccesssignature", "cvv", "_sk_live")
_OWNERS = re.compile(
    r"(?:api|access|private|signing|encryption|encrypt|account|shared|master|sdk|app|application|auth|service|storage|license|subscription|role|session"
    r"|project|webhook|instrumentation)[_-]?\Z"
)
_PASSWORDS = ("passw", "pwd", "passphrase", "passcode", "cvv")
_AFTER_KEY = re.compile(rf"(?P<rest>[\w.-]{{0,24}})(?: string)?{SEPARATOR}(?:{_QUOTED}|(?:(?:Bearer|Basic|Token|FlyV1) )?{_BARE})")
_ARGUMENT = re.compile(r"(?P<rest>[\w.-]{0,24})\\{0,3}[\"'],[ ]{0,4}(?:\"(?P<argument>[^\"\n]{1,8000})\"|'(?P<other>[^'\n]{1,8000})')")
_ELEMENT = re.compile(r"(?P<rest>[\w.-]{0,24})>(?P<bare>[^<>\n]{1,8000})</")
_OPTION = re.compile(r"(?P<rest>[\w-]{0,24})[ \t]{1,4}(?P<option>[^\s\"'`<>-][^\s\"'`<>]{0,8000})")
_APART = re.compile(r"(?P<rest>s?)(?:[ ]{2,20}|\t{1,4}| )(?P<apart>[A-Za-z0-9][\w!.~+/=-]{11,8000})")
_PATTERNS = (_AFTER_KEY, _ELEMENT, _ARGUMENT, _OPTION, _APART)
_HARMLESS_REST = re.compile(
    r"(?:s|[_.-]?(?:type|count|limit|expir\w{0,8}|name|ur[il]|uri|endpoint|length|size|file|path|arn|policy|provider|ttl|age|usage|used|ids?|version|bucket"
    r"|manager|service|class|field|error|status|kind|index|position|reset|required|valid|refresh|ized?|izer|hash_algorithm|number|tokens?_used))",
    re.IGNORECASE,
)
_HARMLESS_BEFORE = re.compile(
    r"(?:next|page|continuation|cancell?ation|sync|pagination|syntax|unexpected|max|min|total|prompt|completion|input|output|by)[_ .-]?(?:page)?[_ ]?\Z"
)
_PLAIN = re.compile(
    r"true|false|null|none|nil|undefined|required|optional|missing|invalid|expired|str|string|int|bool|bytes|object|any|yes|no|empty|redacted|filtered|hidden"
    r"|masked|unset|error|incorrect|wrong|failed|failure|denied|not|is|was|found|the|an?|and|or|of|for|in|with|has|bearer|basic|password|secret|token|default|changeme",
    re.IGNORECASE,
)
_NAME_LIKE = re.compile(r"[a-z_.-]{1,200}|[A-Z_]{1,200}|[A-Za-z_]{1,200}\.[\w.]{1,200}")
_IN_QUERY = re.compile(r"[?&][\w-]{0,40}\Z")
_LONG_OPTION = re.compile(r"--[\w-]{0,40}\Z")


def keyed(text: str, lowered: str) -> Iterator[Span]:
    """Values under a telling key. Numbers, plain words, paths and code under the same keys stay."""
    end = 0
    for start, word in _keys(lowered):
        before = lowered[max(0, start - 42) : start]
        if start < end or _HARMLESS_BEFORE.search(before):
            continue
        for pattern in _PATTERNS:
            match = pattern.match(text, start + len(word))
            group = (match.lastgroup or "bare") if match else ""
            if match and not _harmless(word, match.group("rest")) and _telling(word, before, match, group):
                end = match.end(group)
                yield Span(match.start(group), end, _kind_of(word))
                break


def _harmless(word: str, rest: str) -> bool:
    """`token_type` holds no token, `tokens` are counted; `credentials` are meant."""
    return _HARMLESS_REST.fullmatch(rest) is not None and (word, rest.lower()) != ("credential", "s")


def _keys(lowered: str) -> list[tuple[int, str]]:
    """Where telling words stand, in order; `key` only tells something behind its owner (`api_key`)."""
    places = [(at, word) for word in _WORDS for at in found(word, lowered)]
    places += [(at, "key") for at in found("key", lowered) if _OWNERS.search(lowered[max(0, at - 20) : at])]
    places += [(at, "private") for at in found("private=", lowered)]
    return sorted(places)


def _telling(word: str, before: str, match: re.Match[str], group: str) -> bool:
    value = match.group(group)
    password = word in _PASSWORDS
    if len(value) < (3 if password else 6) or _PLAIN.fullmatch(value) or CODE_LIKE.fullmatch(value):
        return False
    if group == "bare":
        between = match.string[match.start() : match.start(group)]
        if password:
            return not (_plain_word(value) and re.search(r":\s", between))
        return _IN_QUERY.search(before) is not None or _unlike_words(value, between)
    digits = any(c.isdigit() for c in value)
    quoted = password or (len(value) >= 8 and (" " not in value or digits))
    rules = {
        "option": _LONG_OPTION.search(before) is not None,
        "apart": digits and value.lower() != value and "/" not in value[:-1] and "." not in value,
        "argument": digits and len(value) >= 8,
        "other": digits and len(value) >= 8,
    }
    return rules.get(group, quoted)


def _unlike_words(value: str, between: str) -> bool:
    """Whether an unquoted value is neither a number, a word, a path nor a name of code."""
    if value.isdigit():
        return len(value) >= 12
    if value.startswith(("/", "./", "../", "arn:")) and "=" not in between:
        return False
    return any(c.isdigit() for c in value) or not (_plain_word(value) or _NAME_LIKE.fullmatch(value))


def _plain_word(value: str) -> bool:
    return value.isalpha() and (value.islower() or value.isupper() or value[1:].islower() or len(value) < 10)


def _kind_of(word: str) -> str:
    if word in _PASSWORDS:
        return "password"
    return "token" if word == "token" or "sess" in word else "key"
