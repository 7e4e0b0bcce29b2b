"""Secrets known by their own shape: private keys, JSON Web Tokens, tokens without a prefix."""

import re
from collections.abc import Iterator

from bot.core.redaction_span import Span, found

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


_AIRTABLE = re.compile(r"pat(?<!\wpat)[A-Za-z0-9]{14}\.[0-9a-f]{64}")
_TELEGRAM = re.compile(r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{32,36}(?![\w-])")
_MAILCHIMP = re.compile(r"(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)")
_AZURE = re.compile(r"(?<![\w~])[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}")
_FACEBOOK = re.compile(r"(?<!\w)\d{15,16}\|[A-Za-z0-9_-]{20,40}")
_SHAPES = (
    (":AA", 10, _TELEGRAM, "telegram-token"),
    ("-us", 32, _MAILCHIMP, "mailchimp-key"),
    ("Q~", 4, _AZURE, "azure-secret"),
    ("|", 16, _FACEBOOK, "facebook-token"),
)


def shaped(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """Tokens with a telling shape but no prefix: Telegram, Mailchimp, Azure client secrets, Facebook, Airtable."""
    for needle, width, pattern, kind in _SHAPES:
        for at in found(needle, text):
            if not text[at - 1 : at].isalnum():
                continue
            match = pattern.search(text, max(0, at - width), at + 80)
            if match:
                yield Span(match.start(), match.end(), kind)
    for match in _AIRTABLE.finditer(text):
        yield Span(match.start(), match.end(), "airtable-token")
