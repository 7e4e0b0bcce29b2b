"""Secrets known by the key they stand under: `password=…`, `"api_key": "…"`, `DB_TOKEN: …`, `<secret>…</secret>`, `--password …`."""

import re
from collections.abc import Iterator

from bot.core.redaction.span import CODE_LIKE, SEPARATOR, STANDS_IN, Span, found, standing
from bot.regex import regex

_QUOTED = r"\\{0,3}\"(?P<double>(?:[^\"\\\n]|\\[^\"\n]){1,8000})|\\{0,3}'(?P<single>[^'\n]{1,8000})|&quot;(?P<entity>[^&\n]{1,8000})|`(?P<tick>[^`\n]{1,8000})"
_BARE = (
    r"(?P<bare>(?:[^\s\"'`<>,;&\\)}]{1,4000}+|[,;&](?![\s\"']|$|[\w.-]{1,60}[=:])|\\(?![nrt\"'u\\])"
    r"|[)}](?=[^\s,;)}\]\"'])){1,400})"
)
_SESSIONS = ("_session", "sessionid", "connect.sid")
_ALONE = (
    *("token", "secret", "pwd", "contraseña", "kennwort", "senha", "credential", "jwt", "code_verifier", "sharedaccesssignature", "cvv"),
    *("_sk_live", "samlresponse", "connect.sid"),
)
_WORDS = {
    **{word: (word,) for word in _ALONE},
    "pass": ("passw", "passphrase", "passcode", "mot de passe"),
    "sess": ("phpsessid", "_session", "sessionid"),
}
_OWNERS = regex(
    r"(?:api|access|private|signing|encryption|encrypt|account|shared|master|sdk|app|application|auth|service|storage|license|subscription|role|session"
    r"|project|webhook|instrumentation|hmac|admin|functions|openai|gemini|mistral|stripe)[_ -]?\Z"
)
_UNQUOTED = ("bare", "option")
_BEFORE_KEY = frozenset("_ -cdeghiklnprst")
_PASSWORDS = ("passw", "pwd", "passphrase", "passcode", "mot de passe", "contraseña", "kennwort", "senha", "cvv", "pass", "pw")
_AFTER_KEY = regex(rf"(?P<rest>[\w.-]{{0,80}}+)(?: string)?{SEPARATOR}(?:{_QUOTED}|(?:(?:Bearer|Basic|Token|FlyV1) )?{_BARE})")
_ARGUMENT = regex(r"(?P<rest>[\w.-]{0,80}+)\\{0,3}[\"'],[ ]{0,4}(?:\"(?P<argument>[^\"\n]{1,8000})\"|'(?P<other>[^'\n]{1,8000})')")
_ELEMENT = regex(r"(?P<rest>[\w.-]{0,80}+)[\"']?(?: [\w:.-]{1,60}=\"[^\"\n]{0,300}\"){0,6}>(?P<bare>[^<>\n]{1,8000})</")
# `{"name": "DB_PASSWORD", "value": "…"}`, `<add key="Password" value="…"/>`, and the same over two lines of YAML.
_PAIR = regex(
    r"(?P<rest>[\w.-]{0,80}+)\\{0,3}[\"']?(?:\s{0,4},\s{0,40}|\s{1,40})\\{0,3}[\"']?[Vv]alue\\{0,3}[\"']?[ \t]{0,4}[:=][ \t]{0,4}"
    rf"(?:{_QUOTED}|(?P<bare>[^\s\"'<>,}}]{{1,8000}}))"
)
_OPTION = regex(r"(?P<rest>[\w-]{0,80}+)[ \t]{1,4}(?P<option>[^\s\"'`<>-][^\s\"'`<>]{0,8000})")
_APART = regex(r"(?P<rest>(?:ord)?s?)(?: is| was)?(?:[ ]{1,20}|\t{1,4})[\"']?(?P<apart>[A-Za-z0-9][\w!.~+/=-]{11,8000})")
# `PASSWORD '…'`, `password "…"`, `the password is …`
_PASSWORD_BESIDE = regex(
    r"(?P<rest>(?:ord|ort|d)?)[ \t]{1,4}(?:(?:is|was) )?(?:[\"'](?P<beside>[^\s\"']{3,200})[\"']"
    r"|(?<=(?:is|as) )(?P<told>[A-Za-z0-9][^\s\"'`<>,;()/.:]{5,200}))",
    re.IGNORECASE,
)
# What a language prints or writes around a value: Rust's `Some("…")`, PHP's `string(8) "…"` and `s:8:"…"`, Java's `Optional[…]`, a list (Go's maps of
# headers), an annotation, YAML's `!!str` and blocks, CDATA.
_WRAPPED = regex(
    rf"(?P<rest>[\w.-]{{0,80}}+)(?:{SEPARATOR}"
    r"(?:(?:Some|Just|Secret|SecretString|Option|Optional)[(\[]|\s{0,20}string\(\d{1,6}\) |!!str |(?:str|[Ss]tring) ?= ?"
    rf"|[|>][+-]?\n[ ]{{1,20}}|\[{{1,2}})|\\{{0,3}}[\"'];s:\d{{1,6}}:|>\s?<!\[CDATA\[)(?:{_QUOTED}|(?P<wrapped>[^\s\"'`<>,;&(){{}}\[\]]{{1,8000}}+))"
)
# PostgreSQL's `Key (token)=(…) already exists`, Spring's `on field 'password': rejected value [...]`.
_REFUSED = regex(r"(?P<rest>[\w.-]{0,80}+)(?:[^\n=]{0,100}?\)=\((?P<row>[^)\n]{1,2000})\)|': rejected value \[(?P<rejected>[^\]\n]{1,2000})\])")
_PART = regex(r"(?P<rest>[\w.-]{0,80}+)\\{0,3}\"(?:\r?\n|\\{1,2}r\\{1,2}n|\\{1,2}n){2}(?P<part>[^\s\\][^\r\n\\]{0,2000})")
_PART_NAME = regex(r"name=\\{0,3}\"[\w.-]{0,30}\Z")
# `setPassword("…")`, SQL's `= PASSWORD('…')`
_CALL = regex(r"(?P<rest>(?i:ord)?)\(\\{0,3}[\"'](?P<called>[^\\\"'\n]{1,200})")
_CALLED = regex(r"(?:set|with|[ =.])\Z")
# MySQL names the key behind its value.
_DUPLICATE = regex(r"Duplicate entry '(?P<value>(?=[^'\n\d]{0,400}\d)[^'\s]{16,1000})' for key '(?P<key>[^'\n]{1,200})'")
_MNEMONIC = regex(
    r"(?:mnemonic|(?:seed|recovery)[ _-]?(?:phrase|words))\\{0,3}[\"']?(?:[ ]?[:=]| is)[ ]?\\{0,3}[\"']?(?P<value>[a-z]{3,8}(?: [a-z]{3,8}){11,23})(?![a-z])"
)
_LEADS_ON = regex(r"[\w.-]{0,80}+[\\\"'`&\]%:=>, \t\r\n()]")
_READ_AGAIN = 100_000  # characters of values that are read more than twice
_PATTERNS = (_WRAPPED, _AFTER_KEY, _ELEMENT, _PAIR, _ARGUMENT, _OPTION, _APART, _REFUSED, _PART)
_BESIDE_PATTERNS = (*_PATTERNS, _PASSWORD_BESIDE, _CALL)
_HARMLESS_REST = regex(
    r"(?:s(?:manager|_used)?|(?:ord)?[_.-]?(?:hasher|hashing|encoder|type|count|limit|expir\w{0,8}|name|ur[il]|endpoint|length|size|file|path|arn|policy|provider|ttl|age|usage|used|ids?|version|bucket"
    r"|manager|service|class|field|error|status|kind|index|position|reset|required|valid|refresh|ized?|izer|hash_algorithm|encryption|number))",
    re.IGNORECASE,
)
# More than 24 signs behind the telling word: the name of a variable, and not of a class or of a sentence.
_LONG_NAME = regex(r"[a-z0-9_]{25,}|[A-Z0-9_]{25,}")
# Words before `token` that make it a place in a list, a count or a piece of syntax; whole ones: an `ADMIN_TOKEN` is none.
_NO_TOKEN = regex(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
    r"(?i:next|page|continuation|cancell?ation|sync|pagination|syntax|unexpected|max|min|total|prompt|completion|input|output|by)[_ .-]?\Z"
)
_ACCOUNT = regex(r":[0-9]{12}:\Z")  # of an ARN, whose rest is a name
_PASS = regex(r"(?<![a-z])pass(?=\\{0,3}[\"']?\s?[:=])")
_CAMEL_PASS = regex(r"(?i:db|user|login|root|admin|mysql|pg|smtp|ftp|ldap|proxy|auth|mail|redis)(?P<pass>Pass)(?=\\{0,3}[\"']?\s?[:=])")
_AUTH = regex(r"(?<=[_\"'])auth(?=\\{0,3}[\"']?\s?[:=])")
# `bindpw=`, `db_pw:`
_PW = regex(r"(?<![a-z])(?:bind|db|root|smtp|ldap|user)?_?(?P<pw>pw)(?=\\{0,3}[\"']?\s?[:=])")
_UUID = regex(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLAIN = regex(
    r"true|false|null|none|nil|undefined|required|optional|missing|invalid|expired|str|string|int|bool|bytes|object|any|yes|empty|redacted|filtered|hidden"
    r"|masked|unset|error|incorrect|wrong|failed|failure|denied|not|was|found|the|and|for|with|has|bearer|basic|password|secret|token|default|changeme|optional\.empty",
    re.IGNORECASE,
)
# How Laravel, Joi and their like say what a field must be.
_CHECK = regex(
    r"(?:min|max|size|len|length|between|digits|gte?|lte?)(?:_?(?:length|digits|between))?[:=_(]?\d{1,3}(?:,\d{1,3})?\)?"
    r"|(?:regex|not_regex|same|different|required_(?:if|with|without|unless)|unique|exists|current_password|starts_with|ends_with):.{0,400}",
    re.IGNORECASE,
)
_HASH_NAME = regex(r"(?:sha|md|bcrypt|scrypt|argon|pbkdf)[\w-]{0,12}\d", re.IGNORECASE)
_NAME_LIKE = regex(r"[a-z_.-]{1,200}|[A-Z_]{1,200}|[A-Za-z_]{1,200}\.[\w.]{1,200}")
_IN_QUERY = regex(r"[?&][\w-]{0,40}\Z")
_LONG_OPTION = regex(r"--[\w-]{0,40}\Z")


def keyed(text: str, lowered: str) -> Iterator[Span]:
    """Values under a telling key. Numbers, plain words, paths and code under the same keys stay.

    What looks like a value is read again from each key that stands in it. Where that costs too much, the text is no log: values count as secrets unread.
    """
    end = cost = 0
    for start, word in _keys(text, lowered):
        if start < end or not _LEADS_ON.match(text, start + len(word)) or _ACCOUNT.search(text, max(0, start - 14), start):
            continue
        if word == "token" and _NO_TOKEN.search(text, max(0, start - 42), start):
            continue
        for pattern in _BESIDE_PATTERNS if word == "passw" else _PATTERNS:
            match = pattern.match(text, start + len(word))
            if match is None or (_harmless(word, match.group("rest")) and not _secret_id(word, match)):
                continue
            group = str(match.lastgroup)
            cost += match.end() - match.start()
            if cost > 2 * start + _READ_AGAIN or _telling(word, lowered[max(0, start - 42) : start], match, group):
                end = match.end(group)
                yield Span(match.start(group), end, _kind_of(word))
                break
    if "Duplicate entry" in text:
        for match in _DUPLICATE.finditer(text):
            if _keys(match.group("key"), match.group("key").lower()):
                yield Span(match.start("value"), match.end("value"), "key")
    if "mnemonic" in lowered or "phrase" in lowered:
        for match in _MNEMONIC.finditer(lowered):
            yield Span(match.start("value"), match.end("value"), "key")


def _harmless(word: str, rest: str) -> bool:
    """`token_type` holds no token, `tokens` are counted; `credentials` are meant."""
    if len(rest) > 24:
        return _LONG_NAME.fullmatch(rest) is None or _HARMLESS_REST.fullmatch(rest.rpartition("_")[2]) is not None
    return _HARMLESS_REST.fullmatch(rest) is not None and (word, rest.lower()) != ("credential", "s")


def _secret_id(word: str, match: re.Match[str]) -> bool:
    """Whether it is the secret half of a role or a token (Vault, Consul): `secret_id` with a UUID. Elsewhere that is the name of a secret."""
    return word == "secret" and match.group("rest").lower().strip("_.-") == "id" and _UUID.fullmatch(match.group(match.lastgroup or "rest")) is not None


def _keys(text: str, lowered: str) -> list[tuple[int, str]]:
    """Where telling words stand, in order; `key` only tells something behind its owner (`api_key`)."""
    places = [(at, word) for word in standing(_WORDS, lowered) for at in found(word, lowered)]
    if "pass" in lowered:
        places += [(match.start(), "pass") for match in _PASS.finditer(lowered)]
    if "Pass" in text:
        places += [(match.start("pass"), "pass") for match in _CAMEL_PASS.finditer(text)]
    if "pw" in lowered:
        places += [(match.start("pw"), "pw") for match in _PW.finditer(lowered)]
    if "auth" in lowered:
        places += [(match.start(), "pw" if lowered.endswith("rediscli_", 0, match.start()) else "auth") for match in _AUTH.finditer(lowered)]
    if "key" in lowered:
        places += [(at, "key") for at in found("key", lowered) if lowered[at - 1 : at] in _BEFORE_KEY and _OWNERS.search(lowered[max(0, at - 20) : at])]
    if "private=" in lowered:
        places += [(at, "private") for at in found("private=", lowered)]
    return sorted(places)


def _telling(word: str, before: str, match: re.Match[str], group: str) -> bool:
    value = match.group(group)
    password = word in _PASSWORDS
    counted = word == "pass" and value.isdigit()  # how many tests passed
    unsure = len(match.group("rest")) > 24 and not (len(value) >= 8 and _random(value))
    if unsure or len(value) < (3 if password else 6) or counted or _PLAIN.fullmatch(value) or (CODE_LIKE if group in _UNQUOTED else STANDS_IN).fullmatch(value):
        return False
    if word in _SESSIONS or word in ("auth", "jwt"):
        return len(value) >= 16 and _random(value)
    if group == "bare":
        between = match.string[match.start() : match.start(group)]
        if password:
            return not (_plain_word(value) and re.search(r":\s", between)) or _no_word(value)
        return _IN_QUERY.search(before) is not None or _unlike_words(value, between)
    digits = any(c.isdigit() for c in value)
    if "[" in match.string[match.start() : match.start(group)] and group != "rejected":
        return digits and " " not in value and _listed(value, password)
    quoted = password or (len(value) >= 8 and (" " not in value or digits))
    rules = {
        "option": _LONG_OPTION.search(before) is not None,
        "apart": digits and value.lower() != value and "/" not in value[:-1] and "." not in value,
        "argument": digits and len(value) >= 8 and " " not in value,
        "beside": digits,
        "told": digits and any(c.isalpha() for c in value) and not _HASH_NAME.match(value),
        "wrapped": digits and _listed(value, password),
        "row": password or (digits and len(value) >= 8),
        "rejected": password or (digits and len(value) >= 8),
        "part": _PART_NAME.search(before) is not None and (password or (digits and len(value) >= 8)),
        "called": digits and len(value) >= 6 and _CALLED.search(before) is not None,
        "other": digits and len(value) >= 8 and " " not in value,
    }
    return rules.get(group, quoted)


def _listed(value: str, password: bool) -> bool:
    """Whether a value within brackets is one: there stand names, too, and what is wrong with a field or asked of it (`["is too short"]`, `["min:8"]`)."""
    return any(c.isalpha() for c in value) and not _CHECK.fullmatch(value) and (password or value.lower() != value or len(value) >= 24)


def _random(value: str) -> bool:
    """Whether a value is what gives access, and not the id of a session, which a diagnosis needs."""
    return (
        " " not in value and any(c.isdigit() for c in value) and any(c.isalpha() for c in value) and not value.startswith("0x") and not _UUID.fullmatch(value)
    )


def _unlike_words(value: str, between: str) -> bool:
    """Whether an unquoted value is neither a number, a word, a path nor a name of code."""
    if value.isdigit():
        return len(value) >= 12
    if value.startswith(("/", "./", "../", "arn:")) and "=" not in between:
        return False
    return any(c.isdigit() for c in value) or not (_plain_word(value) or _NAME_LIKE.fullmatch(value))


def _plain_word(value: str) -> bool:
    return value.isalpha() and (value.isupper() or value[1:].islower() or len(value) < 10)


def _no_word(value: str) -> bool:
    """Whether letters alone are too random for a word: sixteen of them with hardly a vowel, as made by mail providers."""
    return len(value) >= 12 and 5 * sum(c in "aeiouyäöüAEIOUY" for c in value) < len(value)


def _kind_of(word: str) -> str:
    if word in _PASSWORDS:
        return "password"
    return "token" if word in ("token", "jwt", "auth", "connect.sid") or "sess" in word else "key"
