"""Secrets in what people type into a shell: options of curl, of database clients, of archivers, of `kubectl create secret`."""

import re
from collections.abc import Iterator

from bot.core.redaction.places import COOKIE
from bot.core.redaction.span import CODE_LIKE, Span
from bot.regex import regex

_CURL_COOKIE = regex(rf"(?:-b|--cookie)[ =]?[\"']?(?P<value>{COOKIE}(?:;[ \t]{{0,2}}{COOKIE}){{0,60}})")
_NAME = r"(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'|[^\s\"'-][^\s\"':]{0,200})"
_DATABASE_PASSWORD = regex(
    r"(?:sshpass[ \t]{1,4}-p[ \t]{0,4}|(?:(?:mysql|mariadb)[a-z_-]{0,20}|\b7z[arz]?)[ \t](?:[^\n]{0,200}?[ \t])?-p)"
    r"(?P<value>\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"'-]\S{3,400})"
)
_VALUE = r"(?P<value>\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"'`;|-][^\s\"'`;|]{3,400})"
# What a line of a configuration, of SQL or of a shell gives a password to, and the literal words it is looked for by.
_GIVEN = tuple(
    (words, regex(rf"{pattern}[ \t]{{1,4}}{_VALUE}", re.IGNORECASE))
    for words, pattern in (
        ("requirepass", r"\brequirepass"),
        ("masterauth", r"\bmasterauth"),
        ("identified", r"\bidentified(?: with [\w'\"]{1,60})? (?:by|as)(?: password)?"),
        (" login", r"\bvault login(?: -[\w=/-]{1,60}){0,4}(?=[ \t]{1,4}(?=[A-Za-z._-]{0,99}[0-9])[\w.-]{20})"),
        ("machine ", r"\bmachine \S{1,253} login \S{1,253} password"),
        ("net use ", r"\bnet use (?:[^\n|;]{0,200}?/user:\S{1,100}|(?:[a-z]: )?\\{2,8}\S{1,200}(?=[^\n]{1,200} /user:))(?=[ \t]{1,4}[^\s/])"),
        ("hello ", r"\bhello [23] auth \S{1,200}"),
    )
)
# The same behind an option. Of `name:password` and `name%password` the name stays.
_WITH_OPTIONS = _GIVEN + tuple(
    (words, regex(pattern + _VALUE, re.IGNORECASE))
    for words, pattern in (
        ("redis-cli", r"redis-cli[^\n|;]{0,200}? (?:-a|--pass)[ \t]{1,4}"),
        (" login", r"\b(?:docker|podman|az|helm registry|nerdctl|oc|skopeo|buildah) login[^\n|;]{0,200}? (?:-p|--password)[ \t]{1,4}"),
        ("ldap", r"\bldap(?:search|add|modify|delete|passwd|whoami|compare)[^\n|;]{0,200}? -w[ \t]{1,4}"),
        ("storepass", r"(?<=[ \t])-(?:src|dest)?(?:store|key)pass[ \t]{1,4}"),
        ("zip ", r"\b(?:un)?zip [^\n|;]{0,200}?(?-i:-P)[ \t]{1,4}"),
        ("openssl ", r"\bopenssl [a-z0-9-]{2,20}[^\n|;]{0,200}? -k[ \t]{1,4}"),
        (
            "htpasswd ",
            r"\bhtpasswd (?-i:-[a-zA-Z]{0,6}b[a-zA-Z]{0,6})(?: -\S{1,12}){0,5}(?: [^\s-]\S{0,200}){1,2}[ \t]{1,4}(?![|;&<>])",
        ),
        ("smb", r"\bsmb(?:client|get|map|cacls)\b[^\n|;]{0,200}? (?:-U|--user)[ =]?[\"']?[^\s%\"']{1,100}%"),
        ("http", r"(?<![\w/.-])https? (?:[^\n|;]{0,200}? )?(?:-a|--auth)[ =][\"']?[^\s:\"']{1,100}:"),
    )
)
# One of several options of one command, which may go on over line ends.
_CREATED_SECRET = regex(r"create secret (?:[^\n]|(?<=\\)\n){1,2000}")
_LITERAL = regex(r"--from-literal[ =][\"']?[\w.-]{1,200}=[\"']?(?P<value>[^\s\"'`]{3,2000})")
# Redis (in SMTP, a mechanism in capitals follows): the whole line, what is typed behind a prompt, or as MONITOR and SLOWLOG print each word.
_REDIS_AUTH = regex(
    r"(?:^|(?<=> ))AUTH (?:(?![A-Z0-9-]{1,100} )[\w.-]{1,100} )?(?P<value>(?=[^\s0-9]{0,200}[0-9])(?=[^\sa-z]{0,200}[a-z])[^\s\"']{8,400})[ \t]{0,4}$"
    r"|(?<=\"(?i:AUTH)\" )(?:\"[^\"\n]{1,100}\" )?\"(?P<word>(?=[^\"\n0-9]{0,200}[0-9])[^\"\n]{3,400})\"(?! \")",
    re.MULTILINE,
)
_PIPED = regex(r"\becho (?:-n )?[\"']?(?P<value>[^\s\"'|$]{4,400})[\"']? ?\|[^\n|]{0,200}--password-stdin")
_SMTP_LOGIN = regex(r"\bAUTH (?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5) (?P<value>(?=[A-Za-z+/]{0,4000}[0-9=])[A-Za-z0-9+/]{8,4000}={0,2})(?![\w-])")
_CURL_USER = regex(
    rf"(?:(?<![\w-])-[a-zA-Z]{{0,8}}u|--user|--proxy-user)[ =]?(?P<value>{_NAME}(?::(?:\"[^\"\n]{{1,400}}\"|'[^'\n]{{1,400}}'|[^\s\"']{{1,400}}))?)"
)

_SQLPLUS = regex(r"\bsqlplus (?:-\w{1,8} ){0,4}[\"']?\w{1,100}/(?P<value>[^\s@\"'/$&%<{][^\s@\"']{2,200})")


def commands(text: str, lowered: str) -> Iterator[Span]:
    """What is typed into a shell or a database: `curl -u name:password`, `mysql -p…`, `docker login -p …`, `IDENTIFIED BY '…'`, `AUTH …`."""
    if " -p" in text and any(program in lowered for program in ("mysql", "mariadb", "sshpass", "7z")):
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
    for words, pattern in _WITH_OPTIONS if " -" in text or "\t-" in text else _GIVEN:
        if words in lowered:
            for match in pattern.finditer(text):
                if not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                    yield Span(match.start("value"), match.end("value"), "password")
    for words, pattern in (("password-stdin", _PIPED), ("auth", _SMTP_LOGIN), ("auth", _REDIS_AUTH)):
        if words in lowered:
            for match in pattern.finditer(text):
                yield Span(*match.span(match.lastgroup or "value"), "password")
    for command in _CREATED_SECRET.finditer(text) if "create secret" in lowered else ():
        for match in _LITERAL.finditer(text, *command.span()):
            if not CODE_LIKE.fullmatch(match.group("value")):
                yield Span(match.start("value"), match.end("value"), "password")
