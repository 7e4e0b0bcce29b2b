"""Personal data in logs: e-mail addresses, cards, bank accounts, telephone and social security numbers."""

import re
from collections.abc import Iterator

from bot.core.redaction_span import Span

_LOCAL = re.compile(r"[A-Za-z0-9._%+'\u00c0-\u024f-]{1,64}")
_DOMAIN = re.compile(r"(?P<domain>(?:[A-Za-z0-9\u00c0-\u024f-]{1,63}\.){1,8}(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}))(?![\w@])")
_IN_URL = re.compile(r"://[^\s/@]{0,130}:\Z")
# systemd units (user@1000.service), packages and pictures (icon@2x.png) are written alike.
_NO_DOMAIN = re.compile(
    r"service|socket|timer|target|mount|slice|scope|device|path|swap|tgz|zip|gz|m?js|css|png|jpe?g|svg|gif|webp|py|java|go|rs|so|dll|exe|jar"
)


def email(text: str, lowered: str) -> Iterator[Span]:
    """E-mail addresses, also with `%40` for the at sign. `git@host` is how SSH remotes are written and stays."""
    for needle in ("@", "%40"):
        at = lowered.find(needle)
        while at >= 0:
            before = _LOCAL.match(text[max(0, at - 64) : at][::-1])
            start = at - before.end() if before else at
            start += len(text[start:at]) - len(text[start:at].lstrip(".'%+-"))  # in a diff `+@app.get` is a decorator
            match = _DOMAIN.match(text, at + len(needle))
            local = text[start:at]
            if local and match and local.lower() != "git" and _host(match.group("domain")) and not _IN_URL.search(lowered, max(0, start - 140), start):
                yield Span(start, match.end(), "email")
            at = lowered.find(needle, at + len(needle))


def _host(domain: str) -> bool:
    return _NO_DOMAIN.fullmatch(domain.rsplit(".", 1)[1].lower()) is None and re.match(r"\d{1,10}\.\d", domain) is None


# One pass for everything that begins like a number: card, social security, Korean registration, telephone.
# Dates are left out of the runs that are looked at: there is one in every line of a log.
_RUN = re.compile(r"[+(\d](?<!\d.)(?!\d{3}-\d\d-\d\d(?!\d))[\d ().-]{8,400}\d")
_NUMBER = re.compile(
    r"(?<![\w.])(?:(?P<grouped>[3-6]\d{3}([ -])\d{4}\2\d{4}\2\d{1,7}|3[47]\d{2}([ -])\d{6}\3\d{5})(?![\w-])"
    r"|(?P<card>[2-6]\d{12,18})(?![\w-]|\.\d)"
    r"|(?P<ssn>(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\w-])"
    r"|(?P<rrn>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6})(?![\w-])"
    r"|(?P<american>(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([.-]))[2-9]\d{2}[.-]\d{4})(?![\w-]|\.\d)"
    r"|(?P<plus>\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,6})(?![\w.:-]))"
)
_KINDS = {"grouped": "card", "card": "card", "ssn": "national-number", "rrn": "national-number", "american": "phone", "plus": "phone"}
_CARD_WORDS = re.compile(r"card|(?<![a-z])pan(?![a-z])|visa|mastercard|amex|credit|debit|(?<![a-z])cc(?![a-z])|payment|charge")
_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[47068]|6(?:011|4[4-9]|5|2)")
_PHONE_WORD = re.compile(r"(?:phone|mobile|msisdn|tel|fax|sms)[\"'_ a-z]{0,12}[:=][ \"']{0,3}(?P<value>[+(]?\d[\d ().-]{5,18}\d)")
_PHONE_STEMS = ("phone", "mobile", "msisdn", "tel", "fax", "sms")


def numbered(text: str, lowered: str) -> Iterator[Span]:
    """Cards that pass the Luhn check, social security and registration numbers, telephone numbers.

    A card number without separators needs a telling word before it, since every tenth number passes; a telephone number needs a plus sign, the
    North American form, or a telling key.
    """
    for match in (match for run in _RUN.finditer(text) for match in _NUMBER.finditer(text, run.start(), run.end() + 2)):
        group = next(name for name in _KINDS if match.group(name))
        if _holds(group, match, lowered):
            yield Span(match.start(), match.end(group), _KINDS[group])
    if any(stem in lowered for stem in _PHONE_STEMS):
        for match in _PHONE_WORD.finditer(lowered):
            yield Span(match.start("value"), match.end("value"), "phone")


def _holds(group: str, match: re.Match[str], lowered: str) -> bool:
    start = match.start()
    before = lowered[start - 1 : start]
    if group in ("card", "grouped"):
        digits = re.sub(r"[ -]", "", match.group(group))
        near = group == "grouped" or _CARD_WORDS.search(lowered, max(0, start - 48), start) is not None
        return before != "-" and near and _ISSUERS.match(digits) is not None and _luhn(digits)
    if group == "plus":
        apart = before not in ("+", "/", "=", "-", ":") or (before in ("=", ":") and lowered[start - 2 : start - 1].isalpha())
        return apart and 8 <= sum(c.isdigit() for c in match.group()) <= 15
    return before not in ("-", "+")


def _luhn(digits: str) -> bool:
    doubled = (2 * int(d) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


# One pass for everything that begins with capitals: bank account, Italian fiscal code, United Kingdom insurance number.
_LETTERED = re.compile(
    r"[A-Z](?<![A-Za-z0-9].)[A-Z](?:(?P<iban>\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?))"
    r"|(?P<fiscal>[A-Z]{4}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z])|(?P<nino> ?\d{2} ?\d{2} ?\d{2} ?[A-D]))(?![A-Za-z0-9])"
)


def lettered(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """Bank accounts whose check digits hold (ISO 13616), Italian fiscal codes, United Kingdom insurance numbers."""
    for match in _LETTERED.finditer(text):
        if match.lastgroup != "iban":
            yield Span(match.start(), match.end(), "national-number")
            continue
        words = match.group()
        while words and not _mod97(words.replace(" ", "")):
            words = words[: words.rfind(" ")] if " " in words else ""
        if words:
            yield Span(match.start(), match.start() + len(words), "iban")


def _mod97(account: str) -> bool:
    turned = account[4:] + account[:4]
    return 15 <= len(account) <= 34 and int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
