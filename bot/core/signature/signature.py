"""The name of an error: `<culprit>_<ErrorType>_<6 hex>`, the same for years, computed from the alert alone.

What counts is the culprit, the last part of the error type, the message with everything variable dropped, and our own
frames nearest to the failure, by name. Line numbers, ids, times, hosts, counts, folders, libraries and generated names do not:

| alert | signature |
|---|---|
| `ValidationError: insufficient leaf balance` in `transfer_handler` | `transfer_handler_ValidationError_848eac` |
| the same with `(needed 1500, had 1200)` | `transfer_handler_ValidationError_e30a5d` |
| the same with `(needed 9, had 3)` | `transfer_handler_ValidationError_e30a5d` |
| the same through `/srv/41/api.py:post > /srv/41/leaves.py:select` | `transfer_handler_ValidationError_7ff505` |
| the same through `/srv/42/api.py:post > /srv/42/leaves.py:select > site-packages/orm.py:lock` | `transfer_handler_ValidationError_7ff505` |
| the same through `/srv/42/api.py:post > /srv/42/leaves.py:reserve` | `transfer_handler_ValidationError_b5907a` |
| `TimeoutError: node 10.1.4.7:9735 did not answer in 30s` in `lightning_handler` | `lightning_handler_TimeoutError_d30321` |
| `TimeoutError: node ln-7.example.net did not answer in 5s` in `lightning_handler` | `lightning_handler_TimeoutError_d30321` |
| `TimeoutError: peer ln-7.example.net did not answer in 5s` in `lightning_handler` | `lightning_handler_TimeoutError_edaa4f` |
"""

import hashlib
import re
from functools import lru_cache

import msgspec

from bot.core.signature import v1 as signature_v1
from bot.core.signature.counted_frames import counted
from bot.core.signature.frame_name import plain, stem
from bot.core.signature.normalization import normalised, readable
from bot.model import Alert, Signature

__all__ = ["MAX_NAME", "SHORTEST_HEX", "VERSION", "current", "fingerprint", "last_name", "name_of", "normalised", "of", "place", "readable"]

VERSION = 2
MAX_NAME = 120
SHORTEST_HEX = 6
_SOURCE_FILE = re.compile(
    r"[^\n]{1,300}\.(?:py|pyx|[mc]?[jt]sx?|vue|svelte|rb|go|rs|java|kts?|scala|groovy|cljs?|php|cs|fs|vb|swift|mm?|dart|exs?|erl|c|cc|cpp|cxx|h|hpp|lua|p[lm])\Z"
)
_VALUES = re.compile(r"<[a-z]{1,6}>(?:[.:/_-]?<[a-z]{1,6}>){0,20}")
_UNSAFE = re.compile(r"(?:[^A-Za-z0-9.-]|\.{2,})+")
_TYPE_TAIL = re.compile(r"[<\[`( ].*\Z|\$\d{1,6}\Z", re.DOTALL)
_TYPE_PARTS = re.compile(r"[.:\\$+/]")
# A part of an endpoint that is an id: `/transfers/8812`, `/users/0199502d-9301-7790-8004-b77561fd6e44`.
_ID_PART = re.compile(r"(?=[\w-]{0,80}\d)(?:\d{1,40}|[0-9a-fA-F-]{7,80}|[0-9A-HJKMNP-TV-Z]{26})\Z")


def of(alert: Alert) -> Signature:
    """The signature of one alert, with what earlier algorithms called it; `unknown` stands where the alert says nothing."""
    return msgspec.structs.replace(current(alert), earlier=signature_v1.names(alert))


def current(alert: Alert) -> Signature:
    """The signature by this version alone."""
    where, what = place(alert.culprit or alert.service or ""), last_name(alert.error_type or "")
    message, frames = normalised(alert.message or ""), counted(alert.frames)
    # The whole words: of a name in Greek letters the file name keeps nothing. An id of digits alone reads as a number, so the kind of a value does not count.
    key = "\n".join((f"v{VERSION}", where, what, _VALUES.sub("<>", message), *frames))
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
    culprit, error_type = _part(where, 60), _part(what, 40)
    return Signature(name_of(culprit, error_type, digest, SHORTEST_HEX), digest, culprit, error_type, message, frames, VERSION)


def fingerprint(signature: Signature) -> str:
    """The whole digest with its version, as an entry keeps it: `v2:` and 32 hex digits."""
    return f"v{signature.version}:{signature.fingerprint}"


def name_of(culprit: str, error_type: str, fingerprint: str, digits: int) -> str:
    """The file-safe name with that many hex digits of the fingerprint; more digits tell colliding names apart."""
    tail = f"_{fingerprint[:digits]}"
    return f"{culprit}_{error_type}"[: MAX_NAME - len(tail)] + tail


@lru_cache(maxsize=4096)
def last_name(error_type: str) -> str:
    """`django.core.exceptions.ValidationError` and `ValidationError` are one type; so are `Outer$Refused` and `Refused`, `Result<Row>` and `Result`."""
    if error_type.isidentifier():
        return error_type
    if error_type.replace(" ", "").isalpha():
        # Swift and C say it in words: `Fatal error`, `Segmentation fault`.
        return "".join(f"{word[0].upper()}{word[1:]}" for word in error_type.split())
    bare = _TYPE_TAIL.sub("", error_type[:400])
    return next((part for part in reversed(_TYPE_PARTS.split(bare)) if part), error_type)


@lru_cache(maxsize=4096)
def place(culprit: str) -> str:
    """A culprit without folders and generated parts; an endpoint without the ids in it."""
    culprit = culprit.strip()[:400]
    if _SOURCE_FILE.match(culprit):
        return stem(culprit)
    if "/" in culprit:
        return "/".join(part for part in culprit.split("/") if not _ID_PART.match(part))
    return plain(culprit)


@lru_cache(maxsize=4096)
def _part(text: str, limit: int) -> str:
    # Two dots in a row are no part of a branch's name (git-check-ref-format), and look like a way out of the folder.
    text = text[:400]
    plain_words = text.isascii() and text.replace(".", "").isalnum() and ".." not in text
    safe = (text if plain_words else _UNSAFE.sub("_", text)).strip("._-")
    return safe[:limit].rstrip("._-") or "unknown"
