"""Secrets known by the place they stand in: headers, cookies, URLs, web hooks."""

import re
from collections.abc import Iterator

from bot.core.redaction.span import CODE_LIKE, SEPARATOR, Span, found
from bot.regex import regex

# Behind the name of a header: as text, as JSON, as a list of pairs, as a map of lists (`Cookie:[a=b]`, `("Cookie", "a=b")`), as name and value.
_HEADER = (
    rf"(?:{SEPARATOR}|\\{{0,3}}[\"']\s{{0,4}},\s{{0,4}}(?:\\{{0,3}}[\"']value\\{{0,3}}[\"']\s{{0,4}}:\s{{0,4}})?b?)(?:\\{{0,3}}[\"'`]|[\[(]|b(?=[\"'])){{0,3}}"
)
_GAP = r"(?:[ \t]|%20|\\u0020){1,4}"
_SCHEME = (
    r"(?P<scheme>(?:Basic|Bearer|Token|Digest|Negotiate|NTLM|ApiKey(?:-v1)?|Api-Key|Key|AWS4-HMAC-SHA256|AWS|SharedKey|GoogleLogin|OAuth|Splunk|FlyV1|Snowflake"
    r"|DPoP|GenieKey|Hawk|SSWS|JWT|sso-key)"
    rf"(?:{_GAP}|\\{{0,3}}[\"'][ ]{{0,2}},[ ]{{0,2}}\\{{0,3}}[\"'])(?:Token=)?){{0,2}}"
)
_PARAMETERS = r"\w{1,40}=(?:\\{0,3}\"[^\"\\\n]{0,2000}\\{0,3}\"|[^\s,\"'\\]{1,2000})"
_AUTHORIZATION = regex(
    rf"{_HEADER}{_SCHEME}(?P<value>{_PARAMETERS}(?:[ ]{{0,2}},[ ]{{0,2}}{_PARAMETERS}){{1,20}}"
    rf"|[^\s\"'`\\,}}\]]{{4,8000}}(?:,[^\s\"'`\\}}\]]{{8,8000}})?)",
    re.IGNORECASE,
)
_NO_CREDENTIAL = frozenset(("none", "null", "missing", "required", "invalid", "expired", "failed", "bearer", "basic", "header", "error", "token"))
# `authorization: user12345 lacks permission`: a name with its number, and words behind it.
_PROSE = regex(r"[A-Za-z]{2,20}[_-]?[0-9]{1,10} [a-z]{2,20}(?=[\s.,;]|$)")
# A scheme that is not in the list (`Bot`, `Client-ID`): what stands behind it must be long, with a digit, the last of its line, and not the id of
# somebody who was refused.
_OTHER_SCHEME = regex(
    rf"{_HEADER}[A-Za-z][A-Za-z-]{{1,30}}[ ](?![0-9a-fA-F]{{8}}-|arn:|[\w-]{{1,40}}=\w)"
    r"(?P<value>(?=[A-Za-z_.~+/=:-]{0,400}[0-9])[A-Za-z0-9_.~+/=:-]{16,8000}+)(?=[\"'`\\,\])}&]|\s{0,4}(?:\n|$))"
)
_BEARER = regex(rf"{_GAP}(?P<value>[A-Za-z0-9._~+/=:-]{{16,8000}})")
COOKIE = r"[\w.%$-]{1,100}=[^;\s\"'\\\]]{0,4000}"
_COOKIES = regex(rf"(?:s(?=[=:]))?{_HEADER}(?P<value>{COOKIE}(?:;[ \t]{{0,2}}{COOKIE}){{0,60}})")
# As programs print them: `cookies={'session': '…'}`, `<Cookie session=… for host/>`.
_COOKIE_MAP = regex(rf"s?{SEPARATOR}\{{(?P<value>[^{{}}\n]{{1,8000}})\}}|[ ](?P<one>{COOKIE}) for ")

_COOKIE_VALUE = regex(r"(?<![\w%.+/-])(?=[A-Za-z_%.+/-]{0,400}[0-9])[\w%.+/-]{12}")


def headers(text: str, lowered: str) -> Iterator[Span]:
    """Authorization, cookies, and `Bearer …` wherever it stands."""
    end = cost = 0
    for at in found("authorization", lowered):
        if at < end:
            continue
        match = _AUTHORIZATION.match(text, at + 13)
        value = match.group("value") if match else ""
        cost += len(value)
        unread = cost > 2 * at + 100_000  # a value that holds the word over and over is read again from each
        telling = match and (unread or match.group("scheme") or any(c.isdigit() for c in value))  # else it is a type annotation
        prose = match and not match.group("scheme") and _PROSE.match(text, match.start("value"))
        if match and telling and not prose and value.lower() not in _NO_CREDENTIAL and not CODE_LIKE.fullmatch(value):
            end = match.end("value")
            yield Span(match.start("value"), end, "authorization")
        elif other := _OTHER_SCHEME.match(text, at + 13):
            end = other.end("value")
            yield Span(other.start("value"), end, "authorization")
    for at in found("bearer", lowered):
        match = _BEARER.match(text, at + 6)
        if match and any(c.isdigit() for c in match.group("value")):
            yield Span(match.start("value"), match.end("value"), "authorization")
    for at in found("cookie", lowered):
        match = _COOKIES.match(text, at + 6)
        if match:
            yield Span(match.start("value"), match.end("value"), "cookie")
        elif (match := _COOKIE_MAP.match(text, at + 6)) and _COOKIE_VALUE.search(match.group()):
            group = match.lastgroup or "value"
            yield Span(match.start(group), match.end(group), "cookie")


_USER = regex(r"(?P<user>[^\s:/@\"'<>]{0,100}):(?P<value>[^\s/\"'<>]{1,200})@")
# In a connection string people leave any character unescaped; it reaches to the last at sign before a host.
_CONNECTION = regex(r"(?P<user>[^\s:/@\"'`<>]{0,100}):(?P<value>(?:(?!://)[^\s\"'`]){1,200})@(?=[\w\[][\w.:\]-]{0,255}(?:[/?,;&\s\"'`)\]}]|$))")
_DATABASES = (
    "mongodb",
    "mongodb+srv",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "ldap",
    "ldaps",
    "smtp",
    "smtps",
    "ftp",
)
_USER_ONLY = regex(r"(?P<user>)(?P<value>(?=[A-Za-z_.-]{0,399}[0-9])[A-Za-z0-9_.-]{16,400})@")
_SIGNED = regex(
    r"(?:[?&]|&amp;|\\u0026|%26)(?:sig|signature|hmac|code|auth|key|x-amz-signature|x-amz-credential|x-goog-signature|x-amz-security-token|code_verifier)(?:=|%3D)"
    r"(?P<value>[^\s&\"'<>#\\]{8,4000})",
    re.IGNORECASE,
)
# The first field of a form: `code=…&grant_type=authorization_code`.
_FORM = regex(r"(?<![\w.&?-])code=(?P<value>[^\s&\"'<>\\]{8,4000})&")
# A session's id, in which a diagnosis could be interested, is hex, a UUID, a number or one of Twilio's; what is made of both cases opens it.
_SESSION = regex(
    r"[?&](?:sid|session)=(?![A-Z]{2}[0-9a-f]{32}(?![\w-]))(?P<value>(?=[^\s&a-z]{0,40}[a-z])(?=[^\s&A-Z]{0,40}[A-Z])(?=[^\s&0-9]{0,40}[0-9])[\w.%~+/-]{16,2000})(?![\w.%~+/-])"
)
_NAME_OF_A_ROW = regex(r"[A-Za-z]{1,40}[:_.-][0-9]{1,12}|[a-z]{4,20}[0-9]{1,2}")  # `?key=order:12345678`, `?auth=required1`
_WEBHOOK = regex(
    r"(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks|[\w-]\.webhook\.office\.com"
    r"|outlook\.office(?:365)?\.com/webhook|maker\.ifttt\.com/trigger/[\w-]{1,100}/(?:json/)?with/key"
    r"|events\.pagerduty\.com/integration|hook(?:\.[a-z]{2}\d)?\.make\.com|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook)"
    r"/(?P<value>[\w/@.+-]{20,400})"
)
# Zapier, and Mattermost and Rocket.Chat, which run under any name.
_HOOK = regex(r"/(?P<value>catch/\d{4,10}/\w{5,20}|(?=[a-z]{0,25}[0-9])[a-z0-9]{26}(?![\w/])|[A-Za-z0-9]{17,24}/[A-Za-z0-9]{40,64}(?![\w/]))")
_RESET = regex(
    r"(?:reset[_-]?password|password[_/-]?reset|magic[_-]?link)/(?P<value>(?=[A-Za-z_.~-]{0,400}[0-9])[\w.~-]{16,4000})",
    re.IGNORECASE,
)
# There ids stand, too: what opens is made of both cases, or as long as a digest.
_INVITED = regex(
    r"/(?i:(?:shared[_-]?)?invit(?:e|ation)s?(?:/accept)?|accept[_-]?invite|(?:verify|confirm)[_/-]?email|email[_/-]?(?:verification|confirmation))"
    r"/(?P<value>(?=[A-Za-z_.~-]{0,400}[0-9])(?:(?=[^\s/a-z]{0,40}[a-z])(?=[^\s/A-Z]{0,40}[A-Z])|(?=[0-9a-f]{32}))[\w.~-]{16,4000})"
)
# ODBC quotes with braces: `Driver={ODBC Driver 18};Uid=app;Pwd={…};`. Letters alone are the name of a variable.
_BRACED = regex(r"\b(?:pwd|password)\s?=\s?\{(?P<value>(?![A-Za-z_.]{1,200}\}(?!\}))(?:[^{}\n\"]|\}\}){3,200})\}(?=;|\\?[\"']|\s|$)", re.IGNORECASE)
_BEFORE_HOST = regex(r"(?P<value>[^\s\"'`:]{1,100}):[\w.%-]")  # read backwards
_THIN = regex(r"[\w.-]{1,60}/(?P<value>[^@\s/\"']{1,100})@")


def urls(text: str, lowered: str) -> Iterator[Span]:
    """Passwords in connection strings, signed URLs, web hooks."""
    for at in found("://", text):
        database = lowered.endswith(_DATABASES, 0, at)
        match = (_CONNECTION.match(text, at + 3) if database else None) or _USER.match(text, at + 3) or _USER_ONLY.match(text, at + 3)
        if match and not CODE_LIKE.fullmatch(match.group("value")):
            # On the web the user name is half of the secret; in a connection string it says which role failed.
            web = lowered.endswith(("http", "https"), 0, at) and any(c.isdigit() for c in match.group("user"))
            yield Span(match.start("user" if web else "value"), match.end("value"), "password")
    for at in found(":thin:", lowered):
        match = _THIN.match(text, at + 6)
        if match:
            yield Span(match.start("value"), match.end("value"), "password")
    if "={" in text and ("driver" in lowered or "dsn" in lowered):
        for match in _BRACED.finditer(text):
            yield Span(match.start("value"), match.end("value"), "password")
    yield from _queries(text, lowered)
    yield from _addresses_that_open(text, lowered)


def _queries(text: str, lowered: str) -> Iterator[Span]:
    """What opens as a parameter of a URL or as a field of a form."""
    if "?" in text or "&" in text or "%26" in text:
        for match in _SIGNED.finditer(text):
            if any(c.isdigit() for c in match.group("value")) and not _NAME_OF_A_ROW.fullmatch(match.group("value")):
                yield Span(match.start("value"), match.end("value"), "signature")
        for match in _SESSION.finditer(text) if "sid=" in text or "session=" in text else ():
            yield Span(match.start("value"), match.end("value"), "token")
    if "grant_type" in lowered:
        for match in _FORM.finditer(text):
            if any(c.isdigit() for c in match.group("value")):
                yield Span(match.start("value"), match.end("value"), "signature")


def _addresses_that_open(text: str, lowered: str) -> Iterator[Span]:
    """Whoever has the address may post, or is let in."""
    if "hook" in lowered or "maker.ifttt.com" in lowered or "events.pagerduty.com" in lowered:
        for match in _WEBHOOK.finditer(text):
            yield Span(match.start("value"), match.end("value"), "webhook")
        for at in found("/hooks", lowered):
            if hook := _HOOK.match(text, at + 6):
                yield Span(hook.start("value"), hook.end("value"), "webhook")
    if "reset" in lowered or "magic" in lowered:
        for match in _RESET.finditer(text):
            yield Span(match.start("value"), match.end("value"), "token")
    if "invit" in lowered or "email" in lowered:
        for match in _INVITED.finditer(text):
            yield Span(match.start("value"), match.end("value"), "token")
    # How the MySQL driver of Go writes it: `user:password@tcp(host:3306)/database`.
    for way in ("@tcp(", "@unix(") if "@" in text else ():
        for at in found(way, text):
            if password := _BEFORE_HOST.match(text[max(0, at - 200) : at][::-1]):
                yield Span(at - password.end("value"), at, "password")
