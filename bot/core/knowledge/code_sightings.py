"""Error codes in what an alert says: those that the catalogue knows, and those that look like codes and stand in no catalogue yet."""

import re
from collections.abc import Iterator

from bot.core.knowledge import error_codes
from bot.core.knowledge.code_catalogue import Catalogue, stems
from bot.core.knowledge.shelf import SOURCE
from bot.model import Gap, Record
from bot.regex import regex

MOST_KNOWN, MOST_NEW = 5, 5
_SEARCHED = 20_000
_TOKEN = regex(r"(?<![\w-])\w{1,80}(?:-\w{1,40}){0,4}(?![\w-])")
# A word such as `rate_limit` is a code where software puts one: in quotes or brackets, or after a colon or an equals sign.
_PLACED = regex(r"(?<=[\"'`(\[])[a-z0-9_]{3,80}(?=[\"'`)\]])|(?<=[:=] )[a-z0-9_]{3,80}(?![\w-])|(?<=[:=])[a-z0-9_]{3,80}(?![\w-])")
# A code stands where software puts one: after the word, or first in the line before a colon.
_ANNOUNCED = regex(
    r"(?i:\b(?:error|err|fault|failure|reason|status|result)?[_ -]?code)[\"']?\s{0,3}(?:[:=#]|\bis\b|\bwas\b)?\s{0,3}[\"'`(\[]{0,2}"
    r"(?P<code>[A-Za-z][A-Za-z0-9_-]{2,59})(?![\w./-])"
    r"|(?:^|\n|(?i:error|exception|failed)[:(\[]? ?)[\[(]?(?P<head>[A-Z][A-Z0-9]{0,11}[_-]?[A-Z0-9_]{0,30}[_-]?\d{3,5})[\])]?:"
)
_OTHER_CODE = regex(
    r"(?i)\b(?:post(?:al)?|zip|country|currency|languages?|locale|promo|coupon|product|discount|area|dial(?:ling)?|bar|qr|source|voucher|booking|tracking|item|sort|region"
    r"|swift|bic|iata|colou?r|key|status)[ _-]{0,2}\Z"
)
_SHAPED = regex(r"(?<![\w./:-])(?:ERR_[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){0,6}|[A-Z][A-Z0-9]{1,20}(?:_[A-Z0-9]{1,30}){1,6})(?![\w./-]|=)")
_LIKE_A_CODE = regex(r"[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,30}){1,6}|[A-Z]{1,10}-\d{3,5}|[A-Z]{1,3}\d{3,5}")
_FAILS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "FAILED FAILURE FAIL FAULT ERROR ERR TIMEOUT EXPIRED INVALID DENIED MISSING BLOCKED DISABLED REFUSED REJECTED UNAVAILABLE EXCEEDED LIMITED MISMATCH "
        "LEAK DEADLOCK FORBIDDEN UNAUTHORIZED UNAUTHORISED CONFLICT DUPLICATE CORRUPT OVERFLOW EXHAUSTED OUTAGE ABORTED CRASHED LOST UNKNOWN UNSUPPORTED DOWN"
    ).split()
)
_NEGATED = regex(r"(?:^|_)(?:NOT|NO|TOO|CANNOT|UN)_")
# Letters and a number that are no error: articles, orders, tickets, standards, ciphers.
_NO_CODES = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "SKU ORD ORDER INV PO REQ ID UTF ISO SHA MD AES RSA RFC CVE TLS SSL DIN EN HTTP HTTPS PR GH JIRA TICKET CASE ISSUE PID TID V ART ITEM REF TX TXN"
    ).split()
)
_WANTED = "what the error code {} means"
_GAP = regex(r"what the error code (\S{1,80}) means")


class Sighting(Record, frozen=True):
    """Codes as they are written: those of the catalogue, in its spelling, and new ones."""

    known: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def sighted(text: str, catalogue: Catalogue) -> Sighting:
    """The codes of a text, in the order in which they stand there. Linear in its length."""
    words = text[:_SEARCHED]
    known = dict.fromkeys(_known(words, catalogue))
    taken = {code.casefold() for code in catalogue}
    new = (code for code in dict.fromkeys(_new(words, catalogue)) if code.casefold() not in taken and not error_codes.meanings(code, {}))
    return Sighting(tuple(known)[:MOST_KNOWN], tuple(new)[:MOST_NEW])


def gap(code: str) -> Gap:
    """A code that no catalogue knows, as something that could not be seen."""
    return Gap(SOURCE, _WANTED.format(code), "knowledge/codes.yml does not know it", f"add `{code}` to knowledge/codes.yml")


def new_code(one: Gap) -> str | None:
    """The code of such a gap; None for any other."""
    match = _GAP.fullmatch(one.wanted) if one.source == SOURCE else None
    return match[1] if match and _LIKE_A_CODE.fullmatch(match[1]) else None


def _known(text: str, catalogue: Catalogue) -> Iterator[str]:
    """Written as the catalogue has it. A bare number is no code: it is a duration, a port or an amount as often."""
    codes = [code for code in catalogue if not code.endswith("*") and not code.isdigit()]
    words = {code for code in codes if _TOKEN.fullmatch(code)}
    plain = {code for code in words if code.islower()}
    yield from (match.group() for match in _TOKEN.finditer(text) if match.group() in words and match.group() not in plain)
    yield from (match.group() for match in _PLACED.finditer(text) if match.group() in plain)
    # Codes with signs or blanks of their own are looked for as they are.
    yield from (code for code in codes if code not in words and len(code) > 3 and code in text)


def _new(text: str, catalogue: Catalogue) -> Iterator[str]:
    families = stems(catalogue)
    found = list[tuple[int, str]]()
    for match in _ANNOUNCED.finditer(text):
        if match["code"] and not _OTHER_CODE.search(text, max(0, match.start() - 20), match.start()):
            found.append((match.start("code"), match["code"]))
        elif match["head"] and _is_no_ticket(match["head"], families):
            found.append((match.start("head"), match["head"]))
    found += [(match.start(), match.group()) for match in _SHAPED.finditer(text) if _of_a_family(match.group(), families)]
    for _, code in sorted(found):
        stem = re.match(r"[A-Z]+", code)
        if _LIKE_A_CODE.fullmatch(code) and len(code) <= error_codes.LONGEST_CODE and stem is not None and stem.group() not in _NO_CODES:
            yield code


def _is_no_ticket(code: str, families: frozenset[str]) -> bool:
    """`PROJ-123:` opens a line of text as often as `AUTH-001:`: only a leading zero, an E, or a stem of the team's codes tells."""
    return re.fullmatch(r"[A-Z][A-Z0-9_]{0,30}[_-]?0\d{2,4}|E\d{3,5}|ERR[_-]?[A-Z0-9_]{0,30}\d{3,5}", code) is not None or any(map(code.startswith, families))


def _of_a_family(code: str, families: frozenset[str]) -> bool:
    """`ERR_…` says what it is; one that begins like the team's codes must also speak of a failure, for `DB_HOST` is a setting."""
    if code.startswith("ERR_"):
        return True
    fails = not _FAILS.isdisjoint(code.split("_")) or _NEGATED.search(code) is not None
    return fails and any(code.startswith(stem) for stem in families)
