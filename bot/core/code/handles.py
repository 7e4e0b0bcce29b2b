"""GitHub handles: which texts can be one, and which address gives one away without giving away a person's e-mail."""

import re

from bot.regex import regex

_USER = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:_[A-Za-z0-9]{1,20})?"
_HANDLE = regex(rf"@?({_USER}(?:/[A-Za-z0-9](?:[._-]?[A-Za-z0-9]){{0,99}})?)", re.ASCII)
_NOREPLY = regex(rf"(?:\d{{1,20}}\+)?({_USER})@users\.noreply\.github\.com", re.ASCII | re.IGNORECASE)


def handle(text: str) -> str | None:
    """A user (`mira`) or team (`acme/transfers`) without its `@`; None for what GitHub cannot have given to anybody."""
    match = _HANDLE.fullmatch(text.strip()[:200])
    return match[1] if match and len(match[1].partition("/")[0]) <= 60 else None


def handles(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the texts that are handles, each once."""
    return tuple(dict.fromkeys(found for text in texts if (found := handle(text))))


def login_of(address: str) -> str | None:
    """The login in a noreply address of GitHub's (`12345+mira@users.noreply.github.com`); None for any other address, and for bots.

    docs.github.com, "Setting your commit email address".
    """
    match = _NOREPLY.fullmatch(address.strip()[:200])
    return match[1] if match else None
