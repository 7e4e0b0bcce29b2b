"""Secrets in what people type into a shell: options of curl, of database clients and of sshpass."""

import re
from collections.abc import Iterator

from bot.core.redaction.places import COOKIE
from bot.core.redaction.span import CODE_LIKE, Span
from bot.regex import regex

_CURL_COOKIE = regex(rf"(?:-b|--cookie)[ =]?[\"']?(?P<value>{COOKIE}(?:;[ \t]{{0,2}}{COOKIE}){{0,60}})")
_NAME = r"(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'|[^\s\"'-][^\s\"':]{0,200})"
_DATABASE_PASSWORD = regex(
    r"(?:sshpass[ \t]{1,4}-p[ \t]{0,4}|(?:mysql|mariadb)[a-z_-]{0,20}[ \t](?:[^\n]{0,200}?[ \t])?-p)"
    r"(?P<value>\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"'-]\S{3,400})"
)
# What a line of a shell, of a configuration or of SQL gives a password to, and the literal words it is looked for by.
_GIVEN = tuple(
    (words, regex(pattern + r"[ \t]{1,4}(?P<value>\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"'`;|-][^\s\"'`;|]{3,400})", re.IGNORECASE))
    for words, pattern in (
        ("redis-cli", r"redis-cli[^\n|;]{0,200}? (?:-a|--pass)"),
        ("requirepass", r"\brequirepass"),
        ("masterauth", r"\bmasterauth"),
        ("identified", r"\bidentified(?: with [\w'\"]{1,60})? (?:by|as)(?: password)?"),
        (" login", r"\b(?:docker|podman|az|helm registry|nerdctl|oc|skopeo|buildah) login[^\n|;]{0,200}? (?:-p|--password)"),
        ("ldap", r"\bldap(?:search|add|modify|delete|passwd|whoami|compare)[^\n|;]{0,200}? -w"),
        ("storepass", r"(?<=[ \t])-(?:src|dest)?(?:store|key)pass"),
        ("machine ", r"\bmachine \S{1,253} login \S{1,253} password"),
    )
)
_PIPED = regex(r"\becho (?:-n )?[\"']?(?P<value>[^\s\"'|$]{4,400})[\"']? ?\|[^\n|]{0,200}--password-stdin")
_SMTP_LOGIN = regex(r"\bAUTH (?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5) (?P<value>(?=[A-Za-z+/]{0,4000}[0-9=])[A-Za-z0-9+/]{8,4000}={0,2})(?![\w-])")
_CURL_USER = regex(
    rf"(?:(?<![\w-])-[a-zA-Z]{{0,8}}u|--user|--proxy-user)[ =]?(?P<value>{_NAME}(?::(?:\"[^\"\n]{{1,400}}\"|'[^'\n]{{1,400}}'|[^\s\"']{{1,400}}))?)"
)

_SQLPLUS = regex(r"\bsqlplus (?:-\w{1,8} ){0,4}[\"']?\w{1,100}/(?P<value>[^\s@\"'/$&%<{][^\s@\"']{2,200})")


def commands(text: str, lowered: str) -> Iterator[Span]:
    """`curl -u name:password` and `-b name=value`, `mysql -p…`, `sshpass -p …`; `redis-cli -a …`, `docker login -p …`, `IDENTIFIED BY '…'`, `AUTH PLAIN …`."""
    if " -p" in text and ("mysql" in lowered or "mariadb" in lowered or "sshpass" in lowered):
        for match in _DATABASE_PASSWORD.finditer(text):
            if not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                yield Span(match.start("value"), match.end("value"), "password")
    yield from _given(text, lowered)
    if "sqlplus" in lowered:
        for match in _SQLPLUS.finditer(text):
            yield Span(match.start("value"), match.end("value"), "password")
    if "curl" in lowered:
        for match in _CURL_COOKIE.finditer(text):
            yield Span(match.start("value"), match.end("value"), "cookie")
        for match in _CURL_USER.finditer(text):
            if ":" in match.group("value") and not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                yield Span(match.start("value"), match.end("value"), "password")


def _given(text: str, lowered: str) -> Iterator[Span]:
    for words, pattern in _GIVEN:
        if words in lowered:
            for match in pattern.finditer(text):
                if not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                    yield Span(match.start("value"), match.end("value"), "password")
    for words, pattern in (("password-stdin", _PIPED), ("auth ", _SMTP_LOGIN)):
        if words in lowered:
            for match in pattern.finditer(text):
                yield Span(match.start("value"), match.end("value"), "password")
