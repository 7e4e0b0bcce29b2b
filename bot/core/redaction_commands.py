"""Secrets in what people type into a shell: options of curl, of database clients and of sshpass."""

import re
from collections.abc import Iterator

from bot.core.redaction_places import COOKIE
from bot.core.redaction_span import CODE_LIKE, Span

_CURL_COOKIE = re.compile(rf"(?:-b|--cookie)[ =]?[\"']?(?P<value>{COOKIE}(?:;[ \t]{{0,2}}{COOKIE}){{0,60}})")
_NAME = r"(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'|[^\s\"'-][^\s\"':]{0,200})"
_DATABASE_PASSWORD = re.compile(
    r"(?:sshpass[ \t]{1,4}-p[ \t]{0,4}|(?:mysql|mariadb)[a-z_-]{0,20}[ \t](?:[^\n]{0,200}?[ \t])?-p)"
    r"(?P<value>\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"'-]\S{3,400})"
)
_CURL_USER = re.compile(rf"(?:-u|--user|--proxy-user)[ =]?(?P<value>{_NAME}(?::(?:\"[^\"\n]{{1,400}}\"|'[^'\n]{{1,400}}'|[^\s\"']{{1,400}}))?)")


def commands(text: str, lowered: str) -> Iterator[Span]:
    """`curl -u name:password` and `-b name=value`, `mysql -p…`, `sshpass -p …`."""
    if " -p" in text and ("mysql" in lowered or "mariadb" in lowered or "sshpass" in lowered):
        for match in _DATABASE_PASSWORD.finditer(text):
            if not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                yield Span(match.start("value"), match.end("value"), "password")
    if "curl" in lowered:
        for match in _CURL_COOKIE.finditer(text):
            yield Span(match.start("value"), match.end("value"), "cookie")
        for match in _CURL_USER.finditer(text):
            if ":" in match.group("value") and not CODE_LIKE.fullmatch(match.group("value").strip("\"'")):
                yield Span(match.start("value"), match.end("value"), "password")
