"""Error codes as their standards define them: SQLSTATE classes and conditions, HTTP and gRPC statuses, system errors; a team's own beside them."""

import re

from bot.core.knowledge.code_catalogue import Catalogue, look_up
from bot.core.knowledge.error_code_tables import ERRNO, GRPC, HTTP, HTTP_CLASSES, SQL_CLASSES, SQL_STATES
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Record
from bot.regex import regex

LONGEST_CODE = 80
_WRITTEN = regex(r"(?:(?P<family>sqlstate|http|grpc|errno)[\s:=_-]{0,3}(?:status|code)?[\s:=_-]{0,3})?(?P<code>[A-Za-z0-9_.:-]{1,60})", re.IGNORECASE)


class CodeMeaning(Record, frozen=True):
    """What one catalogue says of a code."""

    catalogue: str
    code: str
    meaning: str


def meanings(written: str, own: Catalogue) -> tuple[CodeMeaning, ...]:
    """What the catalogues say of a code, the team's own first; a bare number may be of several. Nothing where none knows it."""
    if len(written) > LONGEST_CODE:
        return ()
    plain = one_line(written)
    mine = look_up(plain, own)
    found = [CodeMeaning("knowledge/codes.yml", mine[0], cut(mine[1].told, 2_000))] if mine is not None else []
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        return tuple(found)
    family, code = (match["family"] or "").lower(), match["code"].upper()
    catalogues = {"sqlstate": _sqlstate, "http": _http, "grpc": _grpc, "errno": _errno}
    return (*found, *(one for name, look in catalogues.items() if family in ("", name) and (one := look(code, named=family == name)) is not None))


def _sqlstate(code: str, *, named: bool) -> CodeMeaning | None:
    kind = SQL_CLASSES.get(code[:2])
    if len(code) != 5 or not code.isalnum() or (kind is None and not named) or (code.isdigit() and code not in SQL_STATES and not named):
        return None
    group = f"class {code[:2]}: {kind}" if kind else f"class {code[:2]} is not of the standard nor of PostgreSQL"
    return CodeMeaning("SQLSTATE", code, f"{SQL_STATES[code]} ({group})" if code in SQL_STATES else f"a condition of {group}")


def _http(code: str, *, named: bool) -> CodeMeaning | None:
    if not (code.isdecimal() and len(code) == 3):
        return None
    kind, said = HTTP_CLASSES.get(code[0]), HTTP.get(int(code))
    if kind is None or not (said or named):
        return None
    return CodeMeaning("HTTP", code, f"{said or 'not a registered status'} ({kind})")


def _grpc(code: str, *, named: bool) -> CodeMeaning | None:
    """By number only where gRPC is named: a bare 5 is no status."""
    names = list(GRPC)
    name = names[int(code)] if named and code.isdigit() and len(code) <= 2 and int(code) < len(names) else code
    return CodeMeaning("gRPC", name, f"status {names.index(name)}: {GRPC[name]}") if name in GRPC else None


def _errno(code: str, *, named: bool) -> CodeMeaning | None:  # noqa: ARG001 - as the others are called
    return CodeMeaning("system error", code, ERRNO[code]) if code in ERRNO else None
