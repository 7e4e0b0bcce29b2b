"""How trackers that speak JSON over HTTP are asked: one conversation for each task, every refusal a TrackerError."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from bot.errors import SourceError, TrackerError
from bot.http_client import HttpClient, System

SECONDS = 30.0
T = TypeVar("T")


class Unclear(TrackerError):
    """No answer came, so what was asked for may have been done: look before it is asked again."""


class Door:
    """One system at one address. `seconds` is what one task may take, waiting included."""

    def __init__(self, url: str, system: System, headers: Mapping[str, str], seconds: float = SECONDS) -> None:
        self.system = system
        self._url, self._headers, self._seconds = url, headers, seconds

    def post(self, path: str, body: object, doing: str) -> Any:
        """The decoded answer. Raises TrackerError; Unclear where the answer was lost."""
        with refused():
            return HttpClient(self._url, self.system, self._seconds, headers=self._headers).post_json(path, body, doing=doing)

    def unusable(self, doing: str) -> TrackerError:
        """For an answer of another shape."""
        return TrackerError(f"{doing} ({self.system.name})", f"the answer was not one that {self.system.name} gives", f"check {self.system.address}")

    def read(self, answer: object, kind: type[T], doing: str) -> T:
        """An answer as a record; what else it holds is left out. Raises TrackerError."""
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError as error:
            raise self.unusable(doing) from error


@contextmanager
def refused() -> Iterator[None]:
    """The refusals of the HTTP client as a tracker's. A status of 500 and more, or none, leaves open what was done."""
    try:
        yield
    except SourceError as error:
        status = getattr(error, "status", 400)
        kind = Unclear if status is None or status >= 500 else TrackerError
        raise kind(error.doing, error.cause, error.remedy) from error
