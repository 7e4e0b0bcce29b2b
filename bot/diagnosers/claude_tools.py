"""The tools of the model: one for each question that may be asked, and one that leaves a database query for a person to approve."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

import msgspec

from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.core.sql import sql
from bot.diagnosers.claude_answer import told
from bot.diagnosers.claude_packet import Block, piece
from bot.diagnosers.claude_schema import Schema, schema_of
from bot.errors import RefusedQuery
from bot.model import Record, WantedQuery
from bot.model.questions import MOST_MINUTES, MOST_WORDS, Answer, Question

MOST_QUERIES = 5
LONGEST_RESULT = 12_000
"""Characters of one tool result."""
_PROPOSE = "propose_query"
_BOUNDS = f"At most {MOST_WORDS} words, compared literally, whatever their case; at most {MOST_MINUTES} minutes to each side."


class ProposeQuery(Record, frozen=True, tag=_PROPOSE):
    """Leaves a PostgreSQL query for a person to approve. It is not run now, and you will not see its rows.

    Only one plain SELECT with named columns and a constant LIMIT is taken.
    """

    sql: str
    purpose: Annotated[str, told("Which open question it settles")]
    expected_rows: Annotated[str, told("How many rows are expected, and what they would mean")]


class Result(Record, frozen=True):
    """What a tool call came to. `failed` is told to the model as an error; finding nothing is none."""

    text: str
    failed: bool = False
    query: WantedQuery | None = None


def _tag(record: type) -> str:
    return str(record.__struct_config__.tag)  # type: ignore[attr-defined]


QUESTIONS: dict[str, type[Record]] = {_tag(record): record for record in get_args(Question)}


def definitions() -> list[Schema]:
    """The tools as the vendor takes them, always the same bytes in the same order: they are the beginning of every request."""
    return [*(_tool(name, record) for name, record in QUESTIONS.items()), _tool(_PROPOSE, ProposeQuery)]


def _tool(name: str, record: type[Record]) -> Schema:
    schema = schema_of(record, whole=False)
    description = " ".join((one_line(schema.pop("description", "")), *((_BOUNDS,) if name == "search_logs" else ())))
    return {"name": name, "description": description, "strict": True, "input_schema": schema}


def call(name: str, arguments: Mapping[str, Any], ask: Callable[[Question], Answer], block: Block, shown: str = "") -> Result:
    """One tool call answered. `arguments` is whatever the model wrote, `shown` all that it was sent: what stands there is not paid for again."""
    if name not in QUESTIONS and name != _PROPOSE:
        return Result(f"There is no tool of that name. There are: {', '.join((*QUESTIONS, _PROPOSE))}.", failed=True)
    if "type" in arguments:
        return Result("The arguments do not fit: there is no `type`.", failed=True)
    try:
        if name == _PROPOSE:
            return _proposed(msgspec.convert(dict(arguments), ProposeQuery))
        question: Question = msgspec.convert({**arguments, "type": name}, Question)
    except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
        return Result(f"The arguments do not fit: {one_line(str(error))[:300]}", failed=True)
    return _told(ask(question), block, shown)


def _proposed(wanted: ProposeQuery) -> Result:
    try:
        statement = sql.guarded(wanted.sql.strip().rstrip(";").rstrip())
    except RefusedQuery as error:
        return Result(f"Not recorded: {one_line(error.cause)[:300]}. To do: {error.remedy}.", failed=True)
    query = WantedQuery(statement, cut(one_line(wanted.purpose), 600), cut(one_line(wanted.expected_rows), 300))
    return Result("Recorded. A person decides whether it runs; go on without it.", query=query)


def _told(answer: Answer, block: Block, shown: str) -> Result:
    """What ran, what was found, what was left out, what could not be seen. A gap with nothing found is a failure; nothing at all is an answer."""
    parts, pieces = [f"asked: {cut(one_line(answer.asked), 600)}"], list[str]()
    room, left, again = LONGEST_RESULT, list[str](), list[str]()
    for evidence in answer.evidence:
        text = piece(evidence, 3_000)
        if block(text, evidence.id) in shown:
            again.append(evidence.id)
            continue
        if len(text) > room:
            left.append(evidence.id)
            continue
        room -= len(text)
        pieces.append(block(text, evidence.id))
    if not answer.evidence and not answer.gaps:
        parts.append("nothing was found: the places were searched, and hold no such thing")
    parts += [f"found, and stands above already: {', '.join(again)}"] if again else []
    parts += [f"could not be seen: {_short(gap.source)}: {_short(gap.wanted)}: {_short(gap.cause)}" for gap in answer.gaps[:20]]
    parts += [f"left out: {cut(visible(answer.left_out), 600)}"] if answer.left_out else []
    parts += [f"not shown for want of room: {', '.join(left)}"] if left else []
    return Result("\n".join((block("\n".join(parts)), *pieces)), failed=bool(answer.gaps) and not answer.evidence)


def _short(text: str) -> str:
    return cut(one_line(text), 300)
