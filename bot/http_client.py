"""HTTP for sources whose vendor has no client: one host, one deadline, patience when told to wait, and no trust in what comes back."""

import re
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from bot.errors import SourceError
from bot.http_refusal import HttpRefusal, System, answered, broken, is_page, too_late, unusable
from bot.model import Record
from bot.regex import regex

Query = Mapping[str, object] | Iterable[tuple[str, object]]

MOST_BYTES = 20_000_000
_ATTEMPTS = 3
_PAUSE = 1.0
"""Seconds to wait when the server does not say how many."""
_CHUNK = 65_536
_BUSY = {"GET": (429, 502, 503, 504), "POST": (429, 503)}
"""Refusals that pass. A POST may have taken effect behind a gateway that gave up (502, 504): it is not sent again."""
_RESETS = ("x-sentry-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")
"""Headers that hold the moment, in epoch seconds, from which on requests are taken again."""
_SENDABLE = regex(r"[\x20-\x7e]{0,8000}")
_PATH = regex(r"[\w.~!$&'()*+,;=:@%/-]{0,4000}", re.ASCII)


class HttpAnswer(Record, frozen=True):
    """A successful answer. `headers` have lower-case names; `cut` says that more than the wanted bytes were there."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: bool = False

    @property
    def text(self) -> str:
        """The body as text, whatever bytes it holds."""
        return self.body.decode("utf-8", "replace")


class HttpClient:
    """One conversation with one host, of at most `seconds` from now on. May be used by several threads at once.

    Every method raises SourceError: HttpRefusal, with the status, where the server answered. A path is relative to `base_url`, whose
    own path is kept before it; build it with `segment`. Nothing is sent to another host: redirects are refused. `doing` begins with
    a verb in -ing ("reading the issue") and leads the error. `through` is where a tunnel to that host begins: it is connected to instead,
    while the certificate is still to be the host's and the request names it.
    """

    def __init__(  # noqa: PLR0913 - the three at the end are for tests
        self,
        base_url: str,
        system: System,
        seconds: float,
        *,
        headers: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        through: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.system = system
        self._base = checked_base(base_url, system)
        self._clock, self._sleep, self._now = clock, sleep, now
        self._until = clock() + seconds
        host = urlsplit(self._base)
        self._way = self._base if through is None else f"{checked_base(through, system)}{host.path}"
        named = {"Host": host.netloc} if through is not None else {}
        self._headers = {"Accept": "application/json", "User-Agent": "errata", **named, **(headers or {})}
        if not all(_SENDABLE.fullmatch(value) for value in self._headers.values()):
            raise SourceError(f"signing in ({system.name})", "the token holds characters that no token has", f"set {system.token} again, on one line")
        credentials = self._headers.get("Authorization", "").rpartition(" ")[2]
        self._secrets = (credentials.encode(),) if credentials else ()
        self._pool = _pool(system, self._way, ca_file, None if through is None else host.hostname)

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._until - self._clock()

    def get_json(self, path: str, query: Query = (), *, doing: str = "asking") -> Any:
        """The decoded body."""
        return self.get(path, query, doing=doing)[0]

    def get(self, path: str, query: Query = (), *, doing: str = "asking") -> tuple[Any, HttpAnswer]:
        """The decoded body, and the answer with its headers, for those who follow pages."""
        answer = self._patiently("GET", self._url(path, query), None, doing)
        return self._decoded(answer, doing), answer

    def get_text(self, path: str, query: Query = (), *, doing: str = "asking", most_bytes: int = MOST_BYTES) -> HttpAnswer:
        """The beginning of a plain text, a log say; `cut` tells whether it goes on."""
        answer = self._patiently("GET", self._url(path, query), None, doing, most_bytes)
        if is_page(answer.headers, answer.body):
            raise unusable(doing, answer.headers, answer.body, self.system)
        return answer

    def post_json(self, path: str, body: object, *, doing: str = "asking") -> Any:
        """The decoded answer to a JSON body. For questions: it is sent again when the server was busy."""
        answer = self._patiently("POST", self._url(path, ()), msgspec.json.encode(body), doing)
        return self._decoded(answer, doing)

    def _url(self, path: str, query: Query) -> str:
        if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            raise SourceError(f"asking {self.system.name}", "a name in the address is none that this system gives", "check the names in the configuration")
        pairs = urlencode(list(query.items() if isinstance(query, Mapping) else query))
        return f"{self._way}/{path.lstrip('/')}{'?' if pairs else ''}{pairs}"

    def _patiently(self, method: str, url: str, body: bytes | None, doing: str, most_bytes: int = MOST_BYTES) -> HttpAnswer:
        for attempt in range(1, _ATTEMPTS + 1):
            if self.left <= 0:
                break
            try:
                answer = self._once(method, url, body, most_bytes)
            except (HTTPError, OSError, ValueError) as error:
                lost = broken(doing, error, self.system, self._base, late=self.left <= 0)
                if method != "GET" or attempt > 1 or not lost.passing:
                    raise lost from error
                continue
            if answer.status < 300:
                return answer
            pause = self._pause(answer) if answer.status in _BUSY[method] else None
            if pause is None or attempt == _ATTEMPTS or pause >= self.left:
                raise answered(doing, answer.status, answer.headers, self._discreet(answer.body), self.system)
            self._sleep(pause)
        raise too_late(doing, self.system)

    def _once(self, method: str, url: str, body: bytes | None, most_bytes: int) -> HttpAnswer:
        timeout = urllib3.Timeout(connect=min(10.0, self.left), read=self.left)
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        response = self._pool.request(method, url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False, preload_content=False)
        try:
            content = self._content(response, most_bytes)
        finally:
            # A connection whose answer was read to its end is back in the pool by now; no other may serve again.
            response.close()
        names = {name.lower()[:100]: value[:2000] for name, value in response.headers.items()}
        return HttpAnswer(response.status, names, content[:most_bytes], len(content) > most_bytes)

    def _content(self, response: urllib3.BaseHTTPResponse, most_bytes: int) -> bytes:
        """At most one chunk more than `most_bytes`. A timeout is for one piece of the body only, so it shrinks with the time that is left."""
        content = bytearray()
        while len(content) <= most_bytes and (part := response.read1(_CHUNK)):
            content += part
            sock = getattr(response.connection, "sock", None)
            if self.left <= 0:
                raise ReadTimeoutError(self._pool.connection_from_url(self._way), self._way, "the body came too slowly")
            if sock is not None:
                sock.settimeout(self.left)
        return bytes(content)

    def _discreet(self, body: bytes) -> bytes:
        """The body without our own credentials, which some proxies send back."""
        for secret in self._secrets:
            body = body.replace(secret, b"(hidden)")
        return body

    def _pause(self, answer: HttpAnswer) -> float:
        told = answer.headers.get("retry-after", "")
        if re.fullmatch(r"\d{1,5}(?:\.\d{1,6})?", told):
            return float(told)
        reset = next((answer.headers[name] for name in _RESETS if name in answer.headers), "")
        if re.fullmatch(r"\d{9,11}(?:\.\d{1,6})?", reset):
            return max(float(reset) - self._now(), 0.0) + 0.1
        return _PAUSE

    def _decoded(self, answer: HttpAnswer, doing: str) -> Any:
        if answer.cut:
            raise unusable(doing, answer.headers, answer.body, self.system, cut=True)
        try:
            return msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise unusable(doing, answer.headers, answer.body, self.system) from error


def segment(name: str) -> str:
    """A name as one segment of a path, whatever it holds: slashes and dots do not lead elsewhere. Raises ValueError for `.` and `..`."""
    if name in ("", ".", ".."):
        raise ValueError("no name for a segment of a path")
    return quote(name, safe="").replace("~", "%7E")


def checked_base(url: str, system: System) -> str:
    """The address without a slash at its end. Raises SourceError when it is none, or holds credentials or a query."""
    try:
        parts = urlsplit(url.strip())
        fits = url.isprintable() and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, fits = urlsplit(""), False
    doing, remedy = f"connecting ({system.name})", f"set {system.address} to something like https://host.example.net"
    if not fits or parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise SourceError(doing, "its address is none", remedy)
    if parts.username is not None or parts.password is not None:
        raise SourceError(doing, "its address holds credentials", f"take them out of {system.address}; set {system.token} instead")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _pool(system: System, base: str, ca_file: str | None, server_name: str | None = None) -> urllib3.PoolManager:
    if base.startswith("http://"):
        return urllib3.PoolManager(maxsize=8)  # reading the machine's authorities takes its time
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            cause = f"{ca_file} holds no certificate that can be read"
            raise SourceError(f"connecting ({system.name})", cause, "name a file with the authority's certificate in PEM form") from error
    return urllib3.PoolManager(maxsize=8, ssl_context=context, server_hostname=server_name)


__all__ = ["HttpAnswer", "HttpClient", "HttpRefusal", "System", "checked_base", "segment"]
