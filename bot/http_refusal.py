"""Why a system that is asked over HTTP did not answer, in words that say what to do."""

from collections.abc import Mapping

import msgspec
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from bot.core.plain_text.plain_text import cut as shortened
from bot.core.plain_text.plain_text import one_line
from bot.errors import SourceError
from bot.model import Record
from bot.regex import regex

_TOLD = ("detail", "message", "error", "error_description", "errorMessage", "reason")
_TLS = regex(r"(certificate verify failed: [^(\n]{1,120}|[A-Z][A-Z_]{4,60})")


class System(Record, frozen=True):
    """How errors speak of a system, and what a person sets for it: `address` and `token` name a key or a variable."""

    name: str
    address: str
    token: str
    permission: str
    """A whole remedy: "give the token the scope event:read"."""
    names: str = ""
    """Where the names come from that may be wrong when nothing is found: "`sentry: organization:`"."""
    authority: str = ""
    """The key that names the authority of a certificate, where there is one: "`sentry: ca_file:`"."""
    secret_address: bool = False
    """Whether errors must not show where it is."""


class HttpRefusal(SourceError):
    """No usable answer. `status` is that of the answer, None when there was none; `passing` whether the next try may do better."""

    def __init__(self, doing: str, cause: str, remedy: str, status: int | None = None, *, passing: bool = False) -> None:
        super().__init__(doing, cause, remedy)
        self.status, self.passing = status, passing


def answered(doing: str, status: int, headers: Mapping[str, str], body: bytes, system: System) -> HttpRefusal:
    """The refusal that an answer from HTTP 300 on is. Only its status and its one sentence are quoted: the rest may hold anything."""
    where, page = f"{doing} ({system.name})", is_page(headers, body)
    if status < 400:
        return HttpRefusal(where, f"HTTP {status}: it redirects, as login pages do", f"set {system.address} to the address of the API itself", status)
    remedies = {
        401: f"make a new token and set {system.token}: this one is unknown, revoked or expired",
        403: f"check {system.address}: a login page or a proxy answers there" if page else system.permission,
        404: f"check {system.names or system.address}, and that the token may see it: {system.permission}",
        407: "a proxy wants a password: check the network",
        429: "it has too many requests: wait and run it again",
    }
    unwell = "it is not well: see its status page or its logs, then run it again"
    remedy = remedies.get(status) or (unwell if status >= 500 else f"check {system.names or system.address}")
    told = " with a web page" if page else f": {words}" if (words := reason(body)) else ""
    return HttpRefusal(where, f"HTTP {status}{told}", remedy, status)


def unusable(doing: str, headers: Mapping[str, str], body: bytes, system: System, *, cut: bool = False) -> HttpRefusal:
    """The refusal that a successful answer is when it cannot be read."""
    where = f"{doing} ({system.name})"
    if cut:
        return HttpRefusal(where, f"an answer of more than {len(body):,} bytes", "narrow what is asked: `window:`, and the names in the configuration", 200)
    if is_page(headers, body):
        remedy = f"set {system.address} to the address of the API, not of a page that people sign in at"
        return HttpRefusal(where, "a web page instead of data (a login page?)", remedy, 200)
    return HttpRefusal(where, "an answer that is not JSON, or is cut off", f"check that {system.address} is the address of the API itself", 200)


def too_late(doing: str, system: System) -> HttpRefusal:
    """The refusal when the deadline came first."""
    return HttpRefusal(f"{doing} ({system.name})", "no answer within the deadline", "raise `limits: source_seconds:`, or narrow `window:`")


def reason(body: bytes) -> str:
    """The one sentence that a refusal says in JSON, on one line; empty when it says none."""
    try:
        told = msgspec.json.decode(body[:100_000])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return ""
    for _ in range(3):
        if isinstance(told, dict):
            listed = told.get("errors")  # GraphQL's
            told = next((told[key] for key in _TOLD if told.get(key)), listed[0] if isinstance(listed, list) and listed else "")
    return shortened(one_line(told), 300) if isinstance(told, str) else ""


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is a page for people where data was wanted."""
    return "text/html" in headers.get("content-type", "") or body[:200].lstrip()[:1] == b"<"


def broken(doing: str, error: BaseException, system: System, base: str, *, late: bool) -> HttpRefusal:
    """The refusal that a failed connection is. urllib3's own words are not quoted: they may hold the whole address."""
    if isinstance(error, MaxRetryError) and error.reason is not None:
        error = error.reason
    if late or isinstance(error, ReadTimeoutError):
        return too_late(doing, system)
    where = f"{doing} ({system.name})"
    there, ask = ("its address", "") if system.secret_address else (base, f": `curl {base}`")
    if isinstance(error, SSLError):
        match = _TLS.search(str(error))
        key = f" as {system.authority}" if system.authority else ""
        remedy = f"name the authority that signed its certificate{key}; if it speaks plain HTTP, begin {system.address} with http://"
        return HttpRefusal(where, f"no secure connection to {there}: {match[1].strip() if match else 'TLS failed'}", remedy)
    told = next((words for kind, words in _BROKEN if isinstance(error, kind)), type(error).__name__)
    return HttpRefusal(where, f"{there}: {told}", f"check {system.address}, the network and VPN{ask}", passing=told == _CUT)


_CUT = "the connection broke in the middle of the answer"
_BROKEN: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "its name is not known"),
    (LocationParseError, "its name is not known"),
    (NewConnectionError, "the connection was refused"),
    (ConnectTimeoutError, "it does not answer"),
    (ProtocolError, _CUT),
    (OSError, _CUT),
)
