"""Personal data in logs: e-mail addresses, cards, bank accounts, telephone and social security numbers."""

import re
from collections.abc import Iterator

from bot.core.redaction.span import Span, found, standing
from bot.regex import regex

_LOCAL = regex(r"[A-Za-z0-9._%+'\u00c0-\u024f-]{1,64}")
_DOMAIN = regex(r"(?P<domain>(?:[A-Za-z0-9\u00c0-\u024f-]{1,63}\.){1,8}(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}))(?![\w@])")
_AT = regex(r"(?:(?<=[\w.%+'-])@|(?<=[\w.+'-])(?:%40|\\u0040))(?=[A-Za-z0-9\u00c0-\u024f])")
_IN_URL = regex(r"://[^\s/@]{0,130}:\Z")
# systemd units (user@1000.service), packages and pictures (icon@2x.png) are written alike; so is the field of whole values that OpenSearch
# makes beside each text: Data Prepper's `service@name.keyword`.
_NO_DOMAIN = regex(
    r"keyword|service|socket|timer|target|mount|slice|scope|device|path|swap|tgz"
    r"|zip|gz|m?js|css|png|jpe?g|svg|gif|webp|py|java|go|rs|so|dll|exe|jar"
)


def email(text: str, lowered: str) -> Iterator[Span]:
    r"""E-mail addresses, also with `%40` or `\u0040` for the at sign. `git@host` is how SSH remotes are written and stays."""
    if not any(sign in text for sign in ("@", "%40", "\\u0040")):
        return
    for at in _AT.finditer(text):
        match = _DOMAIN.match(text, at.end())
        if match is None or not _host(match.group("domain")):
            continue
        before = _LOCAL.match(text[max(0, at.start() - 64) : at.start()][::-1])
        if before is None:
            continue
        start = at.start() - before.end()
        start += len(text[start : at.start()]) - len(text[start : at.start()].lstrip(".'%+-"))  # in a diff `+@app.get` is a decorator
        local = text[start : at.start()]
        if local and local.lower() != "git" and not _IN_URL.search(lowered, max(0, start - 140), start):
            yield Span(start, match.end(), "email")


def _host(domain: str) -> bool:
    return _NO_DOMAIN.fullmatch(domain.rsplit(".", 1)[1].lower()) is None and re.match(r"\d{1,10}\.\d", domain) is None


# One pass for everything that begins like a number: card, social security, Korean registration, telephone.
# Dates are left out of the runs that are looked at: there is one in every line of a log.
_RUN = regex(r"[+(0-9](?<![A-Za-z0-9_.].)(?!(?<=[0-9])(?:[0-9]{3}-[0-9][0-9]-[0-9][0-9](?![0-9])|[0-9]{0,11}(?![0-9 ().-])))[0-9 ().-]{8,400}+")
# Written with 0-9, which the engine tells much faster than a class that knows every script's digits.
_NUMBER = regex(
    r"(?<![A-Za-z0-9_.])(?:(?P<grouped>[3-6][0-9]{3}([ -])[0-9]{4}\2[0-9]{4}\2[0-9]{1,7}|3[47][0-9]{2}([ -])[0-9]{6}\3[0-9]{5})(?![\w-])"
    r"|(?P<card>[2-6][0-9]{12,18})(?![\w-]|\.[0-9])"
    r"|(?P<ssn>(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4})(?![\w-])"
    r"|(?P<rrn>[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])-[1-8][0-9]{6})(?![\w-])"
    r"|(?P<american>(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))[2-9][0-9]{2}[.-][0-9]{4})(?![\w-]|\.[0-9])"
    r"|(?P<plus>\+[1-9][0-9]{0,2}(?:[ .-]?\(?[0-9]{1,4}\)?){2,6})(?![\w.:-]))"
)
_KINDS = {"grouped": "card", "card": "card", "ssn": "national-number", "rrn": "national-number", "american": "phone", "plus": "phone"}
_CARD_WORDS = regex(r"card|(?<![a-z])pan(?![a-z])|visa|amex|credit|debit|(?<![a-z])cc(?![a-z])|payment|charge")
_ISSUERS = regex(r"4|5[1-5]|2[2-7]|3[47068]|6(?:011|4[4-9]|5|2)")
# A word that says what the number behind it is: `phone: …`, `passport number is …`, `otp=…`. Kind, words, and what the number looks like.
_SAID = r"[\"'_ a-z]{0,12}(?:\.?[:=]|(?<=[ a-z])is|number|no\.|(?<=[a-z]) )[ \"':=]{0,4}"
_SAYINGS = (  # `~`: not in the middle of a word
    ("phone", "phone|mobile|msisdn|~tel|~fax|~sms|whatsapp", r"[+(]?[0-9](?:[ ().-]{0,2}[0-9]){7,14}"),
    ("national-number", "~ssn|social security|national insurance|~nino|pesel|~tfn|~rrn|~tax id|national id", r"[a-z]{0,2} ?[0-9](?:[ -]?[0-9]){7,12} ?[a-z]?"),
    ("national-number", "passport|travel document|license number|licence number", r"[a-z]{0,2}[0-9]{6,9}"),
    (
        "code",
        "~otp|~totp|~cvc|~cvv|verification code|verification_code|2fa code|mfa code|mfa_code|login code|sms code|security code|security_code|one-time code",
        r"[0-9]{3,8}",
    ),
)
_BY_WORD = {
    word: (kind, pattern)
    for kind, words, value in _SAYINGS
    for pattern in [regex(rf"(?:{words.replace('~', '(?<![a-z])')}){_SAID}(?P<value>{value})(?![\w-])")]
    for word in words.replace("~", "").split("|")
}
_COMMON = ("code", "number", "national", "otp")
_WORDS = {part: [word for word in _BY_WORD if part in word] for part in _COMMON}
_WORDS |= {word: [word] for word in _BY_WORD if not any(part in word for part in _COMMON)}


def numbered(text: str, lowered: str) -> Iterator[Span]:
    """Cards that pass the Luhn check, social security and registration numbers, telephone numbers.

    A card number without separators needs a telling word before it, since every tenth number passes; a telephone number needs a plus sign, the
    North American form, or a telling word.
    """
    for match in (match for run in _RUN.finditer(text) for match in _NUMBER.finditer(text, run.start(), run.end() + 2)):
        group = next(name for name in _KINDS if match.group(name))
        if _holds(group, match, lowered):
            yield Span(match.start(), match.end(group), _KINDS[group])
    for word in standing(_WORDS, lowered):
        kind, pattern = _BY_WORD[word]
        for match in filter(None, (pattern.match(lowered, at) for at in found(word, lowered))):
            yield Span(match.start("value"), match.end("value"), kind)


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
_LETTERED = regex(
    r"[A-Z](?<![A-Za-z0-9].)[A-Z](?:(?P<iban>\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?))"
    r"|(?P<fiscal>[A-Z]{4}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z])|(?P<nino> ?\d{2} ?\d{2} ?\d{2} ?[A-D]))(?![A-Za-z0-9])"
)


_SAID_IBAN = regex(r"iban[\"']?(?: is| no\.?| number)?[:= ]{1,3}[\"']?(?P<value>[a-z]{2}[0-9]{2}[a-z0-9]{11,30})(?![a-z0-9])")


def lettered(text: str, lowered: str) -> Iterator[Span]:
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
    if "iban" in lowered:
        for match in _SAID_IBAN.finditer(lowered):
            if _mod97(match.group("value")):
                yield Span(match.start("value"), match.end("value"), "iban")


def _mod97(account: str) -> bool:
    turned = account[4:] + account[:4]
    return 15 <= len(account) <= 34 and int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
