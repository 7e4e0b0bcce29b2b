"""The one client of the Messages API: a request goes out as a stream and comes back as blocks that can be sent again untouched."""

import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import anthropic
import httpx2

from bot.config import Settings
from bot.core.plain_text.plain_text import cut, one_line
from bot.diagnosers.claude_blocks import Blocks, Reply
from bot.diagnosers.claude_refusals import NoAnswer, Usage, cut_off, refusal, too_long, took_too_long
from bot.errors import BadConfiguration
from bot.model import Record

_SILENCE = 120.0
"""Seconds without a byte; the vendor sends pings while the model thinks."""
_BYTES_PER_CHARACTER = 50
"""More than any reply has, with all that a stream puts around a few characters."""
_DOING = "choosing who diagnoses"


class Model(Record, frozen=True):
    """What the vendor says of a model."""

    lifecycle: str
    structured: bool
    efforts: tuple[str, ...] | None = None
    """None where the vendor does not say."""


class _Watched(httpx2.SyncByteStream):
    """A stream whose bytes are looked at as they come: pings, comments and endless lines never become an event that could be counted."""

    def __init__(self, stream: httpx2.SyncByteStream, watch: Callable[[bytes], None]) -> None:
        self._stream, self._watch = stream, watch

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._watch(chunk)
            yield chunk

    def close(self) -> None:
        self._stream.close()


class ModelClient:
    """One provider's door. `monotonic` gives seconds."""

    def __init__(self, client: Any, refused: tuple[type[Exception], ...] = (), monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client, self._monotonic = client, monotonic
        self._refused: tuple[type[Exception], ...] = (*refused, anthropic.AnthropicError, RuntimeError)

    def send(self, request: Mapping[str, Any], seconds: float, most_characters: int) -> Reply:
        """The reply, read as it comes, within `seconds` and `most_characters`. Raises NoAnswer, with what was used up to then."""
        ends = self._monotonic() + seconds
        blocks = Blocks(most_characters)
        timeout = httpx2.Timeout(max(min(seconds, _SILENCE), 0.1), connect=max(min(seconds, 10.0), 0.1))
        try:
            with self._client.messages.create(**request, stream=True, timeout=timeout) as events:
                self._watch(events.response, blocks, ends, most_characters * _BYTES_PER_CHARACTER)
                for event in events:
                    blocks.take(event.to_dict(warnings=False))  # a block that is newer than the client is none of the reader's business
        except anthropic.APITimeoutError as error:
            raise took_too_long(blocks.usage) from error
        except anthropic.APIStatusError as error:
            raise refusal(_facts(error), blocks.usage) from error
        except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
            raise (took_too_long if isinstance(error, httpx2.TimeoutException) else cut_off)(blocks.usage) from error
        except self._refused as error:
            cause = f"the client refused ({type(error).__name__}): {cut(one_line(str(error)), 200)}"
            raise NoAnswer(cause, "look at the credentials of the provider: docs/setup.md", usage=blocks.usage) from error
        except (AttributeError, IndexError, KeyError, TypeError, UnicodeError, ValueError) as error:
            cause = f"what came back was not the Messages API's ({type(error).__name__})"
            raise NoAnswer(cause, "look at ANTHROPIC_BASE_URL: it must name a server of the Messages API", usage=blocks.usage) from error
        if not blocks.finished:
            raise cut_off(blocks.usage)
        return blocks.reply()

    def _watch(self, response: Any, blocks: Blocks, ends: float, most: int) -> None:
        """Ends the reading of a response, with what was used up to then."""
        room = most

        def watch(chunk: bytes) -> None:
            nonlocal room
            room -= len(chunk)
            if self._monotonic() > ends:
                raise took_too_long(blocks.usage)
            if room < 0:
                raise too_long(f"{most:,} bytes", blocks.usage)

        response.stream = _Watched(response.stream, watch)

    def model(self, name: str) -> Model:
        """What the vendor knows of a model: one harmless call. Raises NoAnswer."""
        try:
            info = self._client.models.retrieve(name, timeout=15)
        except anthropic.APIStatusError as error:
            raise refusal(_facts(error), Usage()) from error
        except anthropic.APIConnectionError as error:
            raise cut_off(Usage()) from error
        able = info.to_dict().get("capabilities") or {}
        structured = able.get("structured_outputs", {}).get("supported", True)
        return Model(str(info.lifecycle or "active"), bool(structured), _efforts(able["effort"]) if "effort" in able else None)


def _efforts(told: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, one in told.items() if isinstance(one, dict) and one.get("supported")) if told.get("supported") else ()


def connect(settings: Settings) -> ModelClient:
    """The client of the configured provider, without a call; repeats are ours, so that every one keeps to the ceilings.

    Raises BadConfiguration when its credentials or libraries are missing.
    """
    claude = settings.configuration.claude
    if claude.provider == "bedrock":
        refused = (_raised(claude.provider, "botocore.exceptions", "BotoCoreError", "boto3"),)
        try:
            return ModelClient(anthropic.AnthropicBedrock(aws_region=claude.region or None, **_plain()), refused)
        except ValueError as error:
            raise BadConfiguration(_DOING, "Bedrock has no region", "set `claude: region:`, or AWS_REGION") from error
    if claude.provider == "vertex":
        refused = (_raised(claude.provider, "google.auth.exceptions", "GoogleAuthError", "google-auth[requests]"),)
        if not claude.region or not claude.project:
            raise BadConfiguration(_DOING, "Vertex needs a region and a project", "set `region` and `project` under `claude:`")
        return ModelClient(anthropic.AnthropicVertex(region=claude.region, project_id=claude.project, **_plain()), refused)
    key = settings.secret("ANTHROPIC_API_KEY")
    if key is None:
        raise BadConfiguration(_DOING, "ANTHROPIC_API_KEY is not set", "set it, or `diagnoser: rules`; docs/setup.md says where a key comes from")
    return ModelClient(anthropic.Anthropic(api_key=key.reveal(), base_url=_address(settings.anthropic_base_url), **_plain()))


def _address(url: str) -> str:
    """As it is, when it names a server; else it is not repeated, for it may hold a password."""
    try:
        parsed = httpx2.URL(url)
        named = parsed.scheme in ("http", "https") and bool(parsed.host)
    except httpx2.InvalidURL:
        named = False
    if not named:
        raise BadConfiguration(_DOING, "ANTHROPIC_BASE_URL is not the address of a server", "set it to one that begins with https://, or unset it")
    return url


def _plain() -> dict[str, Any]:
    """No repeats, no tracing of what is sent, no redirect: a case goes to the configured address or nowhere."""
    return {"max_retries": 0, "open_telemetry": False, "http_client": anthropic.DefaultHttpxClient(follow_redirects=False)}


def _raised(provider: str, module: str, name: str, package: str) -> type[Exception]:
    """What the cloud's own library raises; loaded by name, since only one provider is ever in use."""
    try:
        kind: type[Exception] = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise BadConfiguration(_DOING, f"{provider} needs {package}, which is not installed", f"pip install '{package}'") from error
    return kind


def _facts(error: anthropic.APIStatusError) -> tuple[int, str, str, str, str]:
    """Status, type, code, `retry-after`, and what the vendor says to people. A stream that breaks off carries its error under status 200."""
    return (error.status_code, error.type or "", error.error_code or "", error.response.headers.get("retry-after", ""), str(error.api_message or ""))
