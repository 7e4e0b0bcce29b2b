"""Secrets known by the place they stand in: headers, cookies, URLs, web hooks."""

import re
from collections.abc import Iterator

from bot.core.redaction_span import CODE_LIKE, SEPARATOR, Span, found

_SCHEME = (
    r"(?P<scheme>(?:Basic|Bearer|Token|Digest|Negotiate|NTLM|ApiKey|Api-Key|Key|AWS4-HMAC-SHA256|SharedKey|GoogleLogin|OAuth|Splunk|FlyV1|Snowflake)"
    r"[ \t]{1,4}(?:Token=)?){0,2}"
)
_AUTHORIZATION = re.compile(
    rf"{SEPARATOR}(?:\\{{0,3}}[\"'`\[]){{0,2}}{_SCHEME}(?P<value>[^\s\"'`\\,}}\]]{{4,8000}}(?:,[^\s\"'`\\}}\]]{{8,8000}})?)", re.IGNORECASE
)
_NO_CREDENTIAL = frozenset(("none", "null", "missing", "required", "invalid", "expired", "failed", "bearer", "basic", "header", "error", "token"))
_BEARER = re.compile(r"[ \t]{1,4}(?P<value>[A-Za-z0-9._~+/=:-]{16,8000})")
_COOKIES = re.compile(
    rf"{SEPARATOR}(?:\\{{0,3}}[\"'`])?(?P<value>[\w.%$-]{{1,100}}=[^;\s\"'\\]{{0,4000}}(?:;[ \t]{{0,2}}[\w.%$-]{{1,100}}=[^;\s\"'\\]{{0,4000}}){{0,60}})"
)
_NAME = r"(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'|[^\s\"'-][^\s\"':]{0,200})"
_CURL_USER = re.compile(rf"(?:-u|--user|--proxy-user)[ =]?(?P<value>{_NAME}(?::(?:\"[^\"\n]{{1,400}}\"|'[^'\n]{{1,400}}'|[^\s\"']{{1,400}}))?)")


def headers(text: str, lowered: str) -> Iterator[Span]:
    """Authorization, cookies, `Bearer …` wherever it stands, and curl's `-u name:password`."""
    for at in found("authorization", lowered):
        match = _AUTHORIZATION.match(text, at + 13)
        value = match.group("value") if match else ""
        telling = match and (match.group("scheme") or any(c.isdigit() for c in value))  # else it is a type annotation
        if match and telling and value.lower() not in _NO_CREDENTIAL and not CODE_LIKE.fullmatch(value):
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
            if ":" in match.group("value") and not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                yield Span(match.start("value"), match.end("value"), "password")


_USER = re.compile(r"(?P<user>[^\s:/@\"'<>]{0,100}):(?P<value>[^\s/\"'<>]{1,200})@")
_USER_ONLY = re.compile(r"(?P<user>)(?P<value>[A-Za-z0-9_.-]{16,400})@")
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
        if match and not CODE_LIKE.fullmatch(match.group("value")):
            # On the web the user name is half of the secret; in a connection string it says which role failed.
            web = lowered[max(0, at - 5) : at].endswith(("http", "https")) and any(c.isdigit() for c in match.group("user"))
            yield Span(match.start("user" if web else "value"), match.end("value"), "password")
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
