"""IP addresses, for those who may not let them out; engineers need them, so the configuration decides."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from bot.core.redaction.span import Span
from bot.regex import regex

_FOUR = regex(r"(?<![0-9A-Za-z_.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z_]|\.[0-9])")
_SIX = regex(r"(?<![0-9A-Za-z_:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![0-9A-Za-z_:])", re.IGNORECASE)


def addresses(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """Each IPv4 and IPv6 address but those that say nothing of anybody: loopback and unspecified ones."""
    for match in (*_FOUR.finditer(text), *_SIX.finditer(text)):
        if _telling(match.group()):
            yield Span(match.start(), match.end(), "ip")


def _telling(word: str) -> bool:
    try:
        address = ip_address(word)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)
