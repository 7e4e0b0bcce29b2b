"""Why a job could not do its part, handed on to the job that answers."""

from pathlib import Path

import msgspec

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.errors import BotError
from bot.model import Record

FILE = "failure.json"
MAX_BYTES = 20_000


class FailureNote(Record, frozen=True):
    """The three parts of an error, each on one line."""

    doing: str
    cause: str
    remedy: str


def note_of(error: BotError, own_secrets: tuple[str, ...] = ()) -> FailureNote:
    """The error, redacted and short."""
    redactor = Redactor(own=own_secrets)
    return FailureNote(*(cut(one_line(redactor.text(part)), 600) for part in (error.doing, error.cause, error.remedy)))


def leave(folder: Path, note: FailureNote) -> None:
    """Beside what else the job leaves; where even that fails, the job's log tells it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(msgspec.json.encode(note))
    except OSError:
        return


def find(folder: Path | None, own_secrets: tuple[str, ...] = ()) -> FailureNote | None:
    """The note in a folder, read as hostile data; None where there is none."""
    path = folder / FILE if folder is not None else None
    try:
        if path is None or path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        note = Redactor(own=own_secrets).record(msgspec.json.decode(path.read_bytes(), type=FailureNote))
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return FailureNote(*(cut(one_line(part), 600) for part in (note.doing, note.cause, note.remedy)))
