"""Runs one query that a person approved, once and read-only, and hands its rows on as evidence."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.core.sql.approvable_query import ApprovableQuery
from bot.core.sql.query_result import QueryResult, table
from bot.core.sql.sql import guarded
from bot.errors import BadProposal, BotError
from bot.model import Evidence, Record

FILE = "query.json"
MAX_BYTES = 2_000_000
MAX_TEXT = 20_000
"""Characters of rows that are handed on."""
Ask = Callable[[str], QueryResult]


class QueryRun(Record, frozen=True):
    """What came of an approval: evidence when the query ran, else cause and remedy; then it may be approved once more."""

    digest: str
    database: str
    evidence: Evidence | None = None
    cause: str = ""
    remedy: str = ""


def run_query(query: ApprovableQuery, connected: Callable[[str], Ask], redactor: Redactor, approved_by: str) -> QueryRun:
    """Ask the database of that name. A database that cannot be asked, and a query that the guard refuses, are told, not raised."""
    try:
        result = connected(query.database)(guarded(query.sql))
    except BotError as error:
        cause, remedy = (cut(one_line(redactor.text(words)), 600) for words in (error.cause, error.remedy))
        return QueryRun(query.digest, query.database, cause=cause, remedy=remedy)
    source = f"database {query.database}"
    who = f"approved by {approved_by}" if approved_by else "approved"
    text = f"{one_line(query.purpose)} ({who}, digest {query.digest})\n{_bounded(table(result))}"
    return QueryRun(query.digest, query.database, redactor.record(Evidence("query result", source, source, text, query=query.sql)))


def write_run(folder: Path, run: QueryRun) -> None:
    """For the next job. Raises BadProposal."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(run)))
    except OSError as error:
        raise BadProposal(f"writing the answer of the database to {folder}", error.strerror or "the disk refused", "name another folder with --out") from error


def read_run(folder: Path, own_secrets: tuple[str, ...] = ()) -> QueryRun | None:
    """What the job before left, read as hostile data and redacted once more; None when it left nothing. Raises BadProposal."""
    path, doing = folder / FILE, f"reading the answer of the database in {folder}"
    again = "approve the query once more"
    try:
        if not path.exists():
            return None
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise BadProposal(doing, "it is no file, or too large", again)
        run = Redactor(own=own_secrets).record(msgspec.json.decode(path.read_bytes(), type=QueryRun))
    except OSError as error:
        raise BadProposal(doing, error.strerror or "the disk refused", again) from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadProposal(doing, str(error), again) from error
    evidence = run.evidence
    if evidence is None:
        return run
    # Only the words are taken over: what it is and where it is from is ours to say.
    source = f"database {cut(one_line(run.database), 100)}"
    text = "\n".join(_bounded(evidence.text).split("\n"))
    return msgspec.structs.replace(run, evidence=Evidence("query result", source, source, text, query=evidence.query))


def _bounded(rows: str) -> str:
    """Whole lines only, and what was left out."""
    if len(rows) <= MAX_TEXT:
        return rows
    kept = rows[:MAX_TEXT].rpartition("\n")[0] or rows[:MAX_TEXT]
    return f"{kept}\n({rows.count(chr(10)) - kept.count(chr(10))} more rows are not shown here)"
