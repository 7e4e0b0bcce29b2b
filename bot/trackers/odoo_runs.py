"""The records of Odoo's quality module that the bot reads, and the mark by which its steps are found again."""

import msgspec

from bot.regex import regex

RUN, STEP, DOCUMENT = "qms.sop.run", "qms.sop.run.step", "qms.sop.document"
MARK = regex(r"\[errata:run=[A-Za-z0-9._/#-]{1,200}\]")


class Document(msgspec.Struct, frozen=True):
    """A procedure and its steps, in their order."""

    id: int
    step_ids: list[int] = []


class Run(msgspec.Struct, frozen=True):
    """A run. `create_date` is `2025-12-17 09:12:44`, in UTC."""

    id: int
    state: str | bool = ""
    create_date: str | bool = ""


class RunStep(msgspec.Struct, frozen=True):
    """A step of a run. Odoo writes a reference as id and name, and what is empty as false."""

    id: int
    run_id: tuple[int, str] | int | bool = False
    step_id: tuple[int, str] | int | bool = False
    state: str | bool = ""
    actual_result: str | bool = ""


def ident(reference: tuple[int, str] | int | bool) -> int:
    """The id of a reference."""
    return reference[0] if isinstance(reference, tuple) else int(reference)
