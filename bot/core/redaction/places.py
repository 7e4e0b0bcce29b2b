"""Secrets known by the place they stand in: headers, cookies, URLs, web hooks."""

import re
from collections.abc import Iterator

from bot.core.redaction.span import CODE_LIKE, SEPARATOR, Span, found
from bot.regex import regex

# Behind the name of a header: as text, as JSON, as a list of pairs, as a map of lists (`Cookie:[a=b]`, `("Cookie", "a=b")`), as name and value.
_HEADER = (
    rf"(?:{SEPARATOR}|\\{{0,3}}[\"']\s{{0,4}},\s{{0,4}}(?:\\{{0,3}}[\"']value\\{{0,3}}[\"']\s{{0,4}}:\s{{0,4}})?b?)(?:\\{{0,3}}[\"'`]|[\[(]|b(?=[\"'])){{0,3}}"
)
_SCHEME = (
    r"(?P<scheme>(?:Basic|Bearer|Token|Digest|Negotiate|NTLM|ApiKey(?:-v1)?|Api-Key|Key|AWS4-HMAC-SHA256|SharedKey|GoogleLogin|OAuth|Splunk|FlyV1|Snowflake)"
    r"(?:[ \t]{1,4}|\\{0,3}[\"'][ ]{0,2},[ ]{0,2}\\{0,3}[\"'])(?:Token=)?){0,2}"
)
_PARAMETERS = r"\w{1,40}=(?:\\{0,3}\"[^\"\\\n]{0,2000}\\{0,3}\"|[^\s,\"'\\]{1,2000})"
_AUTHORIZATION = regex(
    rf"{_HEADER}{_SCHEME}(?P<value>{_PARAMETERS}(?:[ ]{{0,2}},[ ]{{0,2}}{_PARAMETERS}){{1,20}}"
    rf"|[^\s\"'`\\,}}\]]{{4,8000}}(?:,[^\s\"'`\\}}\]]{{8,8000}})?)",
    re.IGNORECASE,
)
_NO_CREDENTIAL = frozenset(("none", "null", "missing", "required", "invalid", "expired", "failed", "bearer", "basic", "header", "error", "token"))
_BEARER = regex(r"[ \t]{1,4}(?P<value>[A-Za-z0-9._~+/=:-]{16,8000})")
COOKIE = r"[\w.%$-]{1,100}=[^;\s\"'\\\]]{0,4000}"
_COOKIES = regex(rf"(?:s(?=[=:]))?{_HEADER}(?P<value>{COOKIE}(?:;[ \t]{{0,2}}{COOKIE}){{0,60}})")


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
        if match and telling and value.lower() not in _NO_CREDENTIAL and not CODE_LIKE.fullmatch(value):
            end = match.end("value")
            yield Span(match.start("value"), end, "authorization")
    for at in found("bearer", lowered):
        match = _BEARER.match(text, at + 6)
        if match and any(c.isdigit() for c in match.group("value")):
            yield Span(match.start("value"), match.end("value"), "authorization")
    for at in found("cookie", lowered):
        match = _COOKIES.match(text, at + 6)
        if match:
            yield Span(match.start("value"), match.end("value"), "cookie")


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
    r"[?&](?:sig|signature|hmac|code|auth|key|x-amz-signature|x-amz-credential|x-goog-signature|x-amz-security-token)=(?P<value>[^\s&\"'<>#]{8,4000})",
    re.IGNORECASE,
)
_WEBHOOK = regex(
    r"(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks|[\w-]\.webhook\.office\.com"
    r"|outlook\.office(?:365)?\.com/webhook|maker\.ifttt\.com/trigger/[\w-]{1,100}/(?:json/)?with/key)/(?P<value>[\w/@.+-]{20,400})"
)
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
    if "?" in text or "&" in text:
        for match in _SIGNED.finditer(text):
            if any(c.isdigit() for c in match.group("value")):
                yield Span(match.start("value"), match.end("value"), "signature")
    if "hooks.slack.com" in lowered or "webhook" in lowered or "maker.ifttt.com" in lowered:
        for match in _WEBHOOK.finditer(text):
            yield Span(match.start("value"), match.end("value"), "webhook")
