"""What keeps the model from answering, in words, and whether asking once more may help.

Source: docs.anthropic.com, "Errors", and anthropic 2.12: 429 with the code of a spending limit lasts until the limit is raised.
"""

import re

from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import BotError
from bot.model import Record
from bot.regex import regex

_LIMITS = frozenset({"enforced_spend_limit_reached", "contract_spend_limit_reached"})
_TOO_LONG = regex(r"too (?:long|large)|too many tokens|context (?:window|length)|maximum (?:context|number of tokens)", re.IGNORECASE)
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_KEY = "make a new key in the Anthropic console and set ANTHROPIC_API_KEY"
_REFUSED = {
    401: ("the key is not valid", _KEY),
    402: ("the account has no credit left", "add credit in the Anthropic console, under Billing"),
    403: ("the key may not use this model", "give its workspace the model in the Anthropic console, or set `claude: model:`"),
    404: ("there is no such model", "set `claude: model:` to an id of docs.anthropic.com; `bot doctor` tries it"),
}
_PASSING = {429: "too many requests were made in a short time", 529: "the vendor is overloaded"}
_LATER = "run it again later; status.anthropic.com says how the vendor is"


class Usage(Record, frozen=True):
    """Tokens as the vendor counts them: `input` without what was read from the cache or written to it."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class NoAnswer(BotError):
    """The model gave none. `again` says that the same request may succeed, after `wait` seconds where the vendor names them;
    `too_large` that a smaller one may. `usage` is what was used all the same."""

    def __init__(self, cause: str, remedy: str, *, again: bool = False, too_large: bool = False, wait: float = 0.0, usage: Usage | None = None) -> None:
        super().__init__("asking the model", cause, remedy)
        self.again, self.too_large, self.wait, self.usage = again, too_large, wait, usage or Usage()


def refusal(facts: tuple[int, str, str, str, str], usage: Usage) -> NoAnswer:
    """From status, type, code, `retry-after` and the vendor's words. The words decide nothing but whether a smaller packet is tried."""
    told, kind, code, retry_after, words = facts
    status = told if told >= 300 else _STATUS.get(kind, 500)
    if code in _LIMITS:
        return NoAnswer("the account has reached its spending limit (429)", "raise the limit in the Anthropic console, under Limits", usage=usage)
    if status == 413 or (status == 400 and _TOO_LONG.search(words[:2_000])):
        return NoAnswer(f"the case is larger than the model takes ({status})", "lower `limits: evidence_tokens:`", too_large=True, usage=usage)
    if status == 429 or status in (408, 409) or status >= 500:
        cause = _PASSING.get(status, "the vendor's server failed")
        return NoAnswer(f"{cause} ({status})", _LATER, again=True, wait=_seconds(retry_after), usage=usage)
    if 300 <= status < 400:
        return NoAnswer(f"the address leads elsewhere ({status})", "set ANTHROPIC_BASE_URL to where it leads; no redirect is followed", usage=usage)
    said = cut(one_line(words), 200) or kind or "without a reason"
    cause, remedy = _REFUSED.get(status, ("the vendor refused the request", "look at `claude:` in the configuration"))
    return NoAnswer(f"{cause} ({status})" if status in _REFUSED else f"{cause} ({status}): {said}", remedy, usage=usage)


def cut_off(usage: Usage) -> NoAnswer:
    """No connection, or one that ended in the middle."""
    return NoAnswer(
        "the connection to the vendor failed or broke off", "look at the network and at ANTHROPIC_BASE_URL, then run it again", again=True, usage=usage
    )


def took_too_long(usage: Usage) -> NoAnswer:
    """Not within the time that was left."""
    return NoAnswer("the model took too long", "raise `claude: seconds:`, or lower `claude: effort:`", again=True, usage=usage)


def too_long(most: str, usage: Usage) -> NoAnswer:
    """More than a reply can have."""
    remedy = "look at ANTHROPIC_BASE_URL: the vendor does not send more than was asked for"
    return NoAnswer(f"the reply was longer than {most}", remedy, usage=usage)


def _seconds(retry_after: str) -> float:
    return float(retry_after) if re.fullmatch(r"[0-9]{1,5}(?:\.[0-9]{1,3})?", retry_after) else 0.0
