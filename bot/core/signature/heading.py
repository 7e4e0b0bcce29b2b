"""How an error is called in headings: what failed where, and what it said, without what nobody knows and without a chat's decoration."""

from bot.core.plain_text.plain_text import one_line
from bot.core.signature.normalization import readable
from bot.core.signature.recased import recased
from bot.model import Signature
from bot.regex import regex

_NOT_KNOWN = "unknown"
_EMOJI = regex(r"(?::[a-z0-9_+-]{1,60}: ?){1,9}(?=\S)")
# Both asterisks, or none: `*http.Request` and `char*` are pointers.
_BOLD = regex(r"(?<!\S)\*(?=[\w\[(])([^*\n]{1,400})(?<=[\w\]):…])\*(?!\w)")


def what_and_where(signature: Signature) -> str:
    """`ValidationError in transfer_handler`; `TypeError` where nothing names a place, `error in ledger` where nothing names a type."""
    kind = "error" if signature.error_type in ("", _NOT_KNOWN) else signature.error_type
    return one_line(kind if signature.culprit in ("", _NOT_KNOWN) else f"{kind} in {signature.culprit}")


def called(signature: Signature, said: str) -> str:
    """One line: what failed where, and its message in the letters in which it was `said`."""
    message = message_of(signature, said)
    return f"{what_and_where(signature)}: {message}" if message else what_and_where(signature)


def message_of(signature: Signature, said: str) -> str:
    """The message as its next event will say it: what varies is an ellipsis."""
    return undecorated(recased(one_line(readable(signature.message)), one_line(said)))


def undecorated(headline: str) -> str:
    """A line without the emoji that a chat's message begins with (`:warning:`) and the asterisks that make its words bold."""
    begins = _EMOJI.match(headline)
    return _BOLD.sub(r"\1", headline[begins.end() :] if begins else headline)
