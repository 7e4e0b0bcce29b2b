"""The records of Odoo's quality module that the bot reads, and the mark by which its steps are found again."""

import re
from datetime import UTC, datetime

import msgspec

from bot.regex import regex

RUN, STEP, DOCUMENT = "qms.sop.run", "qms.sop.run.step", "qms.sop.document"
OPENS = "[errata:run="
MARK = regex(r"\[errata:run=[A-Za-z0-9._/#-]{1,200}\]")


class Document(msgspec.Struct, frozen=True):
    """A procedure and its steps, in their order."""

    id: int
    step_ids: list[int] = []


class Run(msgspec.Struct, frozen=True):
    """A run. Its times are `2025-12-17 09:12:44`, in UTC."""

    id: int
    state: str | bool = ""
    create_date: str | bool = ""
    end_time: str | bool = ""


class RunStep(msgspec.Struct, frozen=True):
    """A step of a run. Odoo writes a reference as id and name, and what is empty as false."""

    id: int
    run_id: tuple[int, str] | int | bool = False
    step_id: tuple[int, str] | int | bool = False
    state: str | bool = ""
    actual_result: str | bool = ""


def moment(words: str | bool) -> datetime | None:
    """A time as Odoo writes it; None where there is none that can be read."""
    if not isinstance(words, str) or not re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", words):
        return None
    try:
        return datetime.fromisoformat(words[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None


def ident(reference: tuple[int, str] | int | bool) -> int:
    """The id of a reference."""
    return reference[0] if isinstance(reference, tuple) else int(reference)
