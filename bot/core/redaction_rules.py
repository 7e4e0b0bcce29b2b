"""Secrets known by where they stand: headers, `key=value`, URLs, private keys, JSON Web Tokens.

A rule takes the text and the same text in lower case (same length) and yields spans. It looks for literal words first and matches patterns only
there; every quantifier is bounded. So a long line costs time in proportion to its length, whatever it holds.
"""

import re
from collections.abc import Callable, Iterator

from bot.core.redaction_personal import email, lettered, numbered
from bot.core.redaction_span import Span
from bot.core.redaction_tokens import prefixed

Rule = Callable[[str, str], Iterator[Span]]


def found(needle: str, text: str) -> Iterator[int]:
    """Every place where the needle begins."""
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + len(needle))


_SEPARATOR = r"(?:\\{0,3}[\"'`]|&quot;|\]|%22)?[ \t]{0,8}(?::=|=>|[:=]|%3[AaDd])[ \t]{0,8}"
_QUOTED = r"\\{0,3}\"(?P<double>(?:[^\"\\\n]|\\[^\"\n]){1,8000})|\\{0,3}'(?P<single>[^'\n]{1,8000})|&quot;(?P<entity>[^&\n]{1,8000})|`(?P<tick>[^`\n]{1,8000})"
_BARE = r"(?P<bare>(?:[^\s\"'`<>,;&\\)}]|[,;&](?![\s\"']|$|[\w.-]{1,60}[=:])|\\(?![nrt\"'u\\])|[)}](?=[^\s,;)}\]\"'])){1,8000})"

_STEMS = ("token", "secret", "passw", "pwd", "key", "credential", "passphrase", "passcode", "sessid", "sessionid", "sharedaccess", "cvv")
_KEY = re.compile(
    r"token|secret|passw|pwd|pass(?:phrase|code)|credential|(?:j|php)sessionid|phpsessid|sharedaccesssignature|cvv|_sk_live|_private(?==)"
    r"|(?:api|access|private|signing|encryption|encrypt|account|shared|master|sdk|app|application|auth|service|storage|license|subscription|role|session|project|webhook|instrumentation)[_-]?key"
)
_AFTER_KEY = re.compile(rf"(?P<rest>[\w.-]{{0,24}})(?: string)?{_SEPARATOR}(?:{_QUOTED}|{_BARE})")
_ARGUMENT = re.compile(r"(?P<rest>[\w.-]{0,24})\\{0,3}[\"'],[ ]{0,4}(?:\"(?P<double>[^\"\n]{1,8000})\"|'(?P<single>[^'\n]{1,8000})')")
_APART = re.compile(r"(?P<rest>s?)(?:[ ]{2,20}|\t{1,4}| )(?P<apart>[A-Za-z0-9][\w!.~+/=-]{11,8000})")
_ELEMENT = re.compile(r"(?P<rest>[\w.-]{0,24})>(?P<bare>[^<>\n]{1,8000})</")
_HARMLESS_REST = re.compile(
    r"(?:s|[_.-]?(?:type|count|limit|expir\w{0,8}|name|ur[il]|uri|endpoint|length|size|file|path|arn|policy|provider|ttl|age|usage|used|ids?|version|bucket"
    r"|manager|service|class|field|error|status|kind|index|position|reset|required|valid|refresh|ized?|izer|hash_algorithm|number|tokens?_used))",
    re.IGNORECASE,
)
_HARMLESS_BEFORE = re.compile(
    r"(?:next|page|continuation|cancell?ation|sync|pagination|syntax|unexpected|max|min|total|prompt|completion|input|output|by)[_ .-]?(?:page)?[_ ]?$"
)
_CODE_LIKE = re.compile(
    r"(?:self|this|os|process|env|config|settings|req|request|args|options|params|ctx|secrets|var|data|local|github|cls)\.[\w.\[\]()\"']{1,200}"
    r"|\$?\{{1,2}[^}\n]{0,200}\}{0,2}|\$\(?[A-Za-z_]\w{0,100}\)?|%[sdrv]|%\(\w{1,60}\)s|<[^>\n]{0,80}>?|\w{0,60}\([^\n]{0,200}|[*x.•…#-]{2,200}|\[[A-Za-z][\w :-]{0,60}\]?.{0,20}",
    re.IGNORECASE,
)
_WORDS = frozenset(
    "true false null none nil undefined required optional missing invalid expired str string int bool bytes object any yes no empty redacted filtered hidden masked unset"
    " error incorrect wrong failed failure denied not is was was not found the a an and or of for in with has bearer basic password secret token default changeme".split()
)


def keyed(text: str, lowered: str) -> Iterator[Span]:
    """`password=…`, `"api_key": "…"`, `DB_TOKEN: …`, `<secret>…</secret>`, `?access_token=…`, `--password …`: values under a telling key."""
    if not any(stem in lowered for stem in _STEMS):
        return
    end = 0
    for key in _KEY.finditer(lowered):
        if key.start() < end:
            continue
        match = next(filter(None, (pattern.match(text, key.end()) for pattern in (_AFTER_KEY, _ELEMENT, _ARGUMENT, _OPTION_VALUE, _APART))), None)
        if match is None or _HARMLESS_REST.fullmatch(match.group("rest")) or _HARMLESS_BEFORE.search(lowered, max(0, key.start() - 24), key.start()):
            continue
        group = match.lastgroup or "bare"
        if _telling(lowered, key, match, group):
            end = match.end(group)
            yield Span(match.start(group), end, _kind_of(key.group()))


_OPTION_VALUE = re.compile(r"(?P<rest>[\w-]{0,24})[ \t]{1,4}(?P<option>[^\s\"'`<>-][^\s\"'`<>]{0,8000})")


def _telling(lowered: str, key: re.Match[str], match: re.Match[str], group: str) -> bool:
    """Whether what stands under such a key can be a secret, or is a word, a number, a path or a piece of code."""
    value, before = match.group(group), lowered[max(0, key.start() - 42) : key.start()]
    password = key.group().startswith(("passw", "pwd", "passphrase", "passcode", "cvv"))
    if len(value) < (3 if password else 6) or value.lower() in _WORDS or _CODE_LIKE.fullmatch(value):
        return False
    if group == "option":
        return re.search(r"--[\w-]{0,40}$", before) is not None
    if group == "apart":
        return any(c.isdigit() for c in value) and any(c.isupper() for c in value) and "/" not in value[:-1] and "." not in value
    if group != "bare":
        return password or (len(value) >= 8 and (" " not in value or any(c.isdigit() for c in value)))
    if password:
        return not (_plain_word(value) and re.search(r":\s", match.string[match.start() : match.start(group)]))
    if re.search(r"[?&][\w-]{0,40}$", before):
        return True
    if value.isdigit():
        return len(value) >= 12
    if value.startswith(("/", "./", "../", "arn:")) and "=" not in match.string[match.start() : match.start(group)]:
        return False
    return any(c.isdigit() for c in value) or (not _plain_word(value) and re.fullmatch(r"[a-z_.-]{1,200}|[A-Za-z_]{1,200}\.[\w.]{1,200}", value) is None)


def _plain_word(value: str) -> bool:
    return value.isalpha() and (value.islower() or value.isupper() or value[1:].islower() or len(value) < 10)


def _kind_of(key: str) -> str:
    if key.startswith(("passw", "pwd", "passphrase", "passcode")):
        return "password"
    return "token" if "token" in key or "sess" in key else "key"


_SCHEME = r"(?:(?:Basic|Bearer|Token|Digest|Negotiate|NTLM|ApiKey|Api-Key|Key|AWS4-HMAC-SHA256|SharedKey|GoogleLogin|OAuth|Splunk|FlyV1|Snowflake)[ \t]{1,4}(?:Token=)?)?"
_AUTHORIZATION = re.compile(
    rf"{_SEPARATOR}(?:\\{{0,3}}[\"'`\[]){{0,2}}{_SCHEME}(?P<value>[^\s\"'`\\,}}\]]{{4,8000}}(?:,[^\s\"'`\\}}\]]{{8,8000}})?)", re.IGNORECASE
)
_BEARER = re.compile(r"[ \t]{1,4}(?P<value>[A-Za-z0-9._~+/=:-]{16,8000})")
_COOKIES = re.compile(
    rf"{_SEPARATOR}(?:\\{{0,3}}[\"'`])?(?P<value>[\w.%$-]{{1,100}}=[^;\s\"'\\]{{0,4000}}(?:;[ \t]{{0,2}}[\w.%$-]{{1,100}}=[^;\s\"'\\]{{0,4000}}){{0,60}})"
)
_CURL_USER = re.compile(
    r"(?:-u|--user|--proxy-user)[ =]?(?P<value>(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'|[^\s\"'-][^\s\"':]{0,200})(?::(?:\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"']{1,400}))?)"
)


def headers(text: str, lowered: str) -> Iterator[Span]:
    """Authorization, cookies, `Bearer …` wherever it stands, and curl's `-u name:password`."""
    for at in found("authorization", lowered):
        match = _AUTHORIZATION.match(text, at + 13)
        if match and match.group("value").lower() not in _WORDS and not _CODE_LIKE.fullmatch(match.group("value")):
            yield Span(match.start("value"), match.end("value"), "authorization")
    for at in found("bearer", lowered):
        match = _BEARER.match(text, at + 6)
        if match and any(c.isdigit() for c in match.group("value")):
            yield Span(match.start("value"), match.end("value"), "authorization")
    for at in found("cookie", lowered):
        match = _COOKIES.match(text, at + 6)
        if match:
            yield Span(match.start("value"), match.end("value"), "cookie")
    if "curl" in lowered:
        for match in _CURL_USER.finditer(text):
            if ":" in match.group("value") and not _CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                yield Span(match.start("value"), match.end("value"), "password")


_USER = re.compile(r"[^\s:/@\"'<>]{0,100}:(?P<value>[^\s/\"'<>]{1,200})@")
_USER_ONLY = re.compile(r"(?P<value>[A-Za-z0-9_.-]{16,400})@")
_SIGNED = re.compile(
    r"[?&](?:sig|signature|hmac|code|auth|key|x-amz-signature|x-amz-credential|x-goog-signature|x-amz-security-token)=(?P<value>[^\s&\"'<>#]{8,4000})",
    re.IGNORECASE,
)
_WEBHOOK = re.compile(
    r"(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks|[\w-]{1,60}\.webhook\.office\.com)/(?P<value>[\w/@.+-]{20,400})"
)
_THIN = re.compile(r"[\w.-]{1,60}/(?P<value>[^@\s/\"']{1,100})@")


def urls(text: str, lowered: str) -> Iterator[Span]:
    """Passwords in connection strings, signed URLs, web hooks."""
    for at in found("://", text):
        match = _USER.match(text, at + 3) or _USER_ONLY.match(text, at + 3)
        if match and not _CODE_LIKE.fullmatch(match.group("value")):
            # On the web the user name is half of the secret; in a connection string it says which role failed.
            whole = (
                lowered[max(0, at - 5) : at].endswith(("http", "https"))
                and match.start("value") > at + 4
                and any(c.isdigit() for c in text[at + 3 : match.start("value")])
            )
            yield Span(at + 3 if whole else match.start("value"), match.end("value"), "password")
    for at in found(":thin:", lowered):
        match = _THIN.match(text, at + 6)
        if match:
            yield Span(match.start("value"), match.end("value"), "password")
    if "?" in text or "&" in text:
        for match in _SIGNED.finditer(text):
            if any(c.isdigit() for c in match.group("value")):
                yield Span(match.start("value"), match.end("value"), "signature")
    if "hooks.slack.com" in lowered or "webhook" in lowered:
        for match in _WEBHOOK.finditer(text):
            yield Span(match.start("value"), match.end("value"), "webhook")


_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?P<value>(?:(?:\\{1,2}[rn]|\s){1,4}[A-Za-z-]{4,20}: [^\n\\]{0,100}){0,4}"
    r"(?:(?:\\{1,2}[rn]|\s){0,4}(?:[A-Za-z0-9+/=]{16,20000}|(?<=[\sn])[A-Za-z0-9+/]{1,15}(?=={0,2}\s{0,2}(?:\\|-----END|$)))){0,2000}={0,2})"
)
_PEM_END = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY")
_LINE_END = re.compile(r"(?<=\n)|(?<=\\n)")
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{1,100}")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,20000}(?:\.[A-Za-z0-9_-]{0,20000}){0,4}")


def private_keys(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """The body of a PEM private key, with real or escaped line ends, also when its end, or its beginning, was cut off."""
    if "PRIVATE KEY" not in text:
        return
    end = 0
    for match in _PEM.finditer(text):
        if match.group("value").strip():
            yield Span(match.start("value"), match.end("value"), "private-key")
    for match in _PEM_END.finditer(text):
        start = match.start()
        for line in reversed(_LINE_END.split(text[max(end, start - 8000) : start])):
            bare = line.replace("\\n", "").replace("\\r", "").strip()
            if bare and not _PEM_LINE.fullmatch(bare):
                break
            start -= len(line)
        if start < match.start():
            yield Span(start, match.start(), "private-key")
        end = match.end()


def json_web_tokens(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """JSON Web Tokens, also cut ones: `eyJ` is how `{"` begins in base64."""
    if "eyJ" not in text:
        return
    for match in _JWT.finditer(text):
        words = match.group().rstrip(".")
        if "." in words or words.startswith(("eyJhbGciOi", "eyJ0eXAiOi", "eyJraWQiOi")):
            yield Span(match.start(), match.start() + len(words), "jwt")


_AIRTABLE = re.compile(r"(?<!\w)pat[A-Za-z0-9]{14}\.[0-9a-f]{64}")
_TELEGRAM = re.compile(r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{32,36}(?![\w-])")
_MAILCHIMP = re.compile(r"(?<![\w])[0-9a-f]{32}-us\d{1,2}(?!\w)")
_AZURE = re.compile(r"(?<![\w~])[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}")
_FACEBOOK = re.compile(r"(?<!\w)\d{15,16}\|[A-Za-z0-9_-]{20,40}")


def shaped(text: str, lowered: str) -> Iterator[Span]:
    """Tokens with a telling shape but no prefix: Telegram, Mailchimp, Azure client secrets, Facebook."""
    for needle, pattern, kind in (
        (":AA", _TELEGRAM, "telegram-token"),
        ("-us", _MAILCHIMP, "mailchimp-key"),
        ("Q~", _AZURE, "azure-secret"),
        ("pat", _AIRTABLE, "airtable-token"),
        ("|", _FACEBOOK, "facebook-token"),
    ):
        if needle in (text if needle != "-us" else lowered):
            for match in pattern.finditer(text):
                yield Span(match.start(), match.end(), kind)


RULES: tuple[Rule, ...] = (private_keys, prefixed, json_web_tokens, shaped, headers, urls, keyed, email, lettered, numbered)
