"""The one Slack client, for the chat and for what was said before: rate limits waited out, reads repeated, writes sent once, every failure named."""

import logging
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.config import Secret
from bot.slack_refusals import THROTTLED, Failure, Lost, Refusal, refusal

REPLY_EVENT = "knowledge_reply"
"""Metadata of this event type marks our own answers (docs.slack.dev, message metadata)."""
LONGEST_WAIT = 60.0
_PAGE = 200  # Slack recommends no more
_READ_PAUSES = (1.0, 3.0)

# What the SDK raises when an answer is not JSON of Slack's shape: a list, an unknown charset, nesting without end.
_GARBLED = (AttributeError, LookupError, TypeError, ValueError, RecursionError, SlackClientError)


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_asked: Any, **_named: Any) -> None:
        return None


class _Client(WebClient):
    """The SDK's client without its redirects: it would take token and message along to whatever host the answer names."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        if not url.lower().startswith(("http://", "https://")):
            raise SlackRequestError(f"Invalid URL detected: {url}")
        proxies = [ProxyHandler({"http": self.proxy, "https": self.proxy})] if self.proxy else []
        with build_opener(_NoRedirect(), HTTPSHandler(context=self.ssl), *proxies).open(req, timeout=self.timeout) as answer:
            body = answer.read().decode(answer.headers.get_content_charset() or "utf-8")
            return {"status": answer.code, "headers": answer.headers, "body": body}


class Answer(NamedTuple):
    """The body of a good answer, and its headers with their names in lower case."""

    body: Mapping[str, object]
    headers: Mapping[str, str]


class SlackWeb:
    """One token's door to the Web API at `base_url`; `timeout` in seconds. `patience` says how many seconds a call may still spend waiting."""

    def __init__(
        self, token: Secret, base_url: str, sleep: Callable[[float], None], timeout: int = 30, patience: Callable[[], float] = lambda: LONGEST_WAIT
    ) -> None:
        # The SDK logs whole answers when its logger has no level.
        quiet = logging.getLogger(f"{__name__}.sdk")
        quiet.setLevel(logging.CRITICAL)
        # Without retry_handlers=[] the SDK repeats a post whose answer was lost, and the thread reads it twice.
        self._client = _Client(token.reveal(), base_url=base_url, timeout=timeout, retry_handlers=[], logger=quiet)
        self._sleep, self._timeout, self._patience = sleep, timeout, patience

    def read(self, method: str, **arguments: str | int | bool) -> Answer:
        """A call that changes nothing, repeated twice when the answer is lost. Raises Failure."""
        for pause in _READ_PAUSES:
            try:
                return self._patiently(method, params=arguments)
            except Failure as failure:
                if not failure.unclear or pause >= self._patience():
                    raise
            self._sleep(pause)
        return self._patiently(method, params=arguments)

    def pages(self, method: str, most: int, **arguments: str | int | bool) -> Iterator[Answer]:
        """Up to `most` pages of a list, of 200 where Slack gives so many. Raises Failure at the page that fails."""
        cursor = ""
        for _ in range(most):
            answer = self.read(method, **{"limit": _PAGE, **arguments, **({"cursor": cursor} if cursor else {})})
            yield answer
            metadata = answer.body.get("response_metadata")
            following = metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
            if not isinstance(following, str) or following in ("", cursor):
                return
            cursor = following

    def write(self, method: str, arguments: Mapping[str, object]) -> Answer:
        """A call that takes effect at most once. Raises Failure; look before you repeat one that is `unclear`."""
        return self._patiently(method, json=dict(arguments))

    def _patiently(self, method: str, params: dict[str, str | int | bool] | None = None, json: dict[str, object] | None = None) -> Answer:
        """A throttled call has no effect, so it is safe to repeat; it is waited for as long as patience lasts."""
        waited, patience = 0.0, self._patience()
        while True:
            answer = self._once(method, params, json)
            if isinstance(answer, Answer):
                return answer
            pause = _retry_after(answer.headers)
            waited += pause
            if waited > patience:
                raise Refusal("ratelimited", 429)
            self._sleep(pause)

    def _once(self, method: str, params: dict[str, str | int | bool] | None, json: dict[str, object] | None) -> "Answer | _Throttled":
        self._client.timeout = max(1, int(min(self._timeout, self._patience())))
        try:
            response = self._client.api_call(method, params=params, json=json)
        except SlackApiError as error:
            return _throttled_or_raise(error.response)
        except (OSError, HTTPException) as error:
            raise _lost(error) from None
        except _GARBLED:
            raise Lost("what came back is not Slack's") from None
        if not isinstance(response.data, dict):
            raise Lost("what came back is not Slack's")
        return Answer(response.data, _lower(response.headers))


def messages(answer: Answer) -> Iterator[Mapping[str, object]]:
    """The messages of a page, whatever else stands among them."""
    found = answer.body.get("messages")
    return (message for message in found if isinstance(message, Mapping)) if isinstance(found, list) else iter(())


def marker_of(message: Mapping[str, object]) -> object:
    """What marks a message as an answer of ours; None for any other. It comes with `include_all_metadata` only."""
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != REPLY_EVENT:
        return None
    payload = metadata.get("event_payload")
    return payload.get("marker") if isinstance(payload, Mapping) else None


class _Throttled(NamedTuple):
    headers: Mapping[str, str]


def _throttled_or_raise(response: SlackResponse) -> _Throttled:
    """Nothing of the response but status, codes and headers goes on; its text may hold a message."""
    body = response.data if isinstance(response.data, dict) else {}
    refused = refusal(response.status_code, body)
    if response.status_code != 429 and refused.code not in THROTTLED:
        raise refused from None
    return _Throttled(_lower(response.headers))


def _lower(headers: Mapping[str, object]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in headers.items()}


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds, at least one: zero would turn waiting into hammering."""
    value = headers.get("retry-after", "")
    return float(max(1, int(value))) if value.isascii() and value.isdigit() and len(value) < 10 else 1.0


def _lost(error: OSError | HTTPException) -> Lost:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return Lost("it took too long", late=True)
    told = reason.strerror if isinstance(reason, OSError) else None
    return Lost(told or "the connection was closed")
