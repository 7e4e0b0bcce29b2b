"""Words that are looked for in logs: compared as they are, whatever their case; nothing in them is a pattern or a query."""

from collections.abc import Iterable

from bot.model import LogEvent
from bot.regex import regex

_RUN = regex(r"[a-z0-9_.-]{3,200}")


class LogWords:
    """All of these words; with a `service`, only in what that service logged.

    `signs` are runs of characters that every encoding writes alike: a document that holds the words holds these, the longest first.
    None where a word is too short or too foreign for one.
    """

    def __init__(self, words: Iterable[str], service: str = "") -> None:
        self.words = tuple(dict.fromkeys(words))
        self.service = service
        self._lowered = tuple(word.lower() for word in self.words)
        runs = [max(_RUN.findall(word), key=len, default="") for word in self._lowered]
        self.signs = tuple(sorted(filter(None, runs), key=len, reverse=True))

    def in_text(self, lowered: str) -> bool:
        """Whether a text in lower case holds all of them."""
        return all(word in lowered for word in self._lowered)

    def may_be_in(self, lowered: str) -> bool:
        """Whether an encoded text in lower case can hold all of them: `é` may stand there as an escape."""
        return all(sign in lowered for sign in self.signs)

    def in_event(self, event: LogEvent, *, held: bool = False) -> bool:
        """Whether an event of the service holds all of them, or its line did (`held`)."""
        if self.service and event.service.lower() != self.service.lower():
            return False
        said = (event.message, event.stack, event.error_type, event.service, event.level, event.trace_id, event.release, event.user, event.tenant)
        return held or self.in_text("\n".join(filter(None, said)).lower())

    def __str__(self) -> str:
        of = f" of {self.service}" if self.service else ""
        if self.words == (self.service,):
            return f"events{of}"
        return f"events{of} that hold {' and '.join(f'“{word}”' for word in self.words)}"
