"""From a trace or an alert's text to the names of the errors in it, and why they have them. Nothing is fetched and nothing written."""

import codecs
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from bot.config import Configuration
from bot.core.alert.alert import alerts
from bot.core.alert.slack_message import collect, saved
from bot.core.entry.library import Library
from bot.core.knowledge.signature_account import Account, account
from bot.errors import BadCommand
from bot.jobs.redacting import redactor_of
from bot.model import Alert, Message, Permalink

MAX_BYTES = 4_000_000
MAX_ERRORS = 20
STDIN = "-"
_NOWHERE = Permalink("", "", "0000000000.000000")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def explain(text: str, library: Library, configuration: Configuration, own_secrets: tuple[str, ...] = ()) -> tuple[Account, ...]:
    """One account for each error that the text speaks of, redacted as a diagnosis would be; a message saved as JSON is read as what it says in Slack."""
    redactor = redactor_of(configuration, own_secrets)
    message = saved(text)
    said, links = collect(message) if message is not None else (text, ())
    found = alerts(Message(_NOWHERE, said, links), configuration.environments, configuration.default_environment, MAX_ERRORS)
    told = [account(_timeless(redactor.record(alert)), library) for alert in found]
    return tuple(msgspec.structs.replace(one, near=tuple(redactor.record(near) for near in one.near)) for one in told)


def read_text(name: str, stdin: BinaryIO) -> str:
    """What a file holds, or standard input for `-`: UTF-8, or UTF-16 with its mark; what is neither becomes the replacement character.

    Raises BadCommand for what is not there, is a folder, holds no text, or is larger than 4 MB.
    """
    doing = "reading the text from standard input" if name == STDIN else f"reading {name}"
    data = stdin.read(MAX_BYTES + 1) if name == STDIN else _bytes(name, doing)
    if len(data) > MAX_BYTES:
        raise BadCommand(doing, "it is larger than 4 MB", "cut out the lines of the error: `grep -n -A 80 Traceback app.log | bot signature -`")
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8-sig")
    text = data.decode(encoding, "replace").replace("\0", "\ufffd")
    if not text.strip("\ufffd \t\r\n") or _binary(text):
        raise BadCommand(doing, "there is no text in it", "give it a stack trace, or an alert's text as it was posted")
    return text


def _binary(text: str) -> bool:
    """Three tenths of what it begins with cannot be text: an archive or a picture, not a log in another encoding."""
    start = text[:8_000]
    return sum(char == "\ufffd" or (char < " " and char not in "\t\r\n\x1b\f") for char in start) * 10 > len(start) * 3


def _bytes(name: str, doing: str) -> bytes:
    path = Path(name)
    if path.is_dir():
        raise BadCommand(doing, "it is a folder", "name a file, or `-` for standard input")
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise BadCommand(
            doing, getattr(error, "strerror", None) or "it is no name of a file", "name a file that you can read, or `-` for standard input"
        ) from error


def _timeless(alert: Alert) -> Alert:
    return msgspec.structs.replace(alert, time=_NEVER)
