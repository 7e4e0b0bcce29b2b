"""A message, the errors it speaks of, and their names."""

from datetime import UTC, datetime

from bot.model.record import Number, Record


class Permalink(Record, frozen=True):
    """Where a Slack message is. `ts` names the message, `thread_ts` its parent when the message is a reply.

    An alert that came without a message has a place too (`core/alert/place.py`): its host is `alert:<vendor>`, and its url no link.
    """

    host: str
    channel: str
    ts: str
    thread_ts: str | None = None

    @property
    def url(self) -> str:
        """The canonical link a person can open; the name of its place where there is no message."""
        if not self.in_chat:
            return f"{self.host}/{self.channel}/p{self.ts.replace('.', '')}"
        base = f"https://{self.host}/archives/{self.channel}/p{self.ts.replace('.', '')}"
        return f"{base}?thread_ts={self.thread_ts}&cid={self.channel}" if self.thread_ts else base

    @property
    def identity(self) -> str:
        """`channel/ts`: one alert, by whatever link to it somebody came."""
        return f"{self.channel}/{self.ts}"

    @property
    def in_chat(self) -> bool:
        """Whether there is a message, whose thread can be answered."""
        return not self.host.startswith("alert:")

    @property
    def parent_ts(self) -> str:
        """The ts a reply must be threaded under: never a reply's own ts (Slack discourages it)."""
        return self.thread_ts or self.ts

    @property
    def time(self) -> datetime:
        """When the message was posted, to the microsecond."""
        seconds, micros = self.ts.split(".")
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros))


class Message(Record, frozen=True):
    """A chat message as posted: its text collected from text, blocks, attachments and files, tokens decoded, links apart."""

    permalink: Permalink
    text: str
    links: tuple[str, ...] = ()


class Frame(Record, frozen=True):
    """One line of a stack trace. The tuple that holds frames has the failing frame LAST, as Python prints it."""

    function: str
    file: str | None = None
    line: Number | None = None
    module: str | None = None
    in_app: bool = True


class Alert(Record, frozen=True):
    """One error of one message: what it says of itself, nothing concluded."""

    permalink: Permalink
    time: datetime
    environment: str
    text: str
    log_links: tuple[str, ...] = ()
    error_type: str | None = None
    culprit: str | None = None
    message: str | None = None
    key_terms: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    service: str | None = None
    release: str | None = None
    trace_ids: tuple[str, ...] = ()


class Signature(Record, frozen=True):
    """The name of an error. `fingerprint` is the whole digest behind the short name; `version` that of the algorithm.

    `earlier` is what older algorithms called it, fingerprint and name in turn, so that entries of that time are found.
    """

    name: str
    fingerprint: str
    culprit: str
    error_type: str
    message: str
    frames: tuple[str, ...] = ()
    version: Number = 1
    earlier: tuple[str, ...] = ()
