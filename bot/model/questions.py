"""What a diagnoser may look up while it thinks about a case, and what it is told: closed questions with bounded answers."""

from bot.model.evidence import Evidence, Gap
from bot.model.record import Record

MOST_WORDS = 8
MOST_MINUTES = 24 * 60


class SearchLogs(Record, frozen=True, tag="search_logs"):
    """Log events around the alert that hold all of the words, errors or not. Minutes are counted from the alert's time; a service narrows, or stands alone."""

    words: tuple[str, ...] = ()
    minutes_before: int = 30
    minutes_after: int = 5
    service: str = ""


class FollowTrace(Record, frozen=True, tag="follow_trace"):
    """Everything that carries a trace id."""

    trace_id: str


class ReadCode(Record, frozen=True, tag="read_code"):
    """The function around a line of a file, at the commit that ran."""

    path: str
    line: int = 1
    service: str = ""


class FindInCode(Record, frozen=True, tag="find_in_code"):
    """The places where a literal text stands in the code, at the commit that ran."""

    text: str
    service: str = ""


class ReadHistory(Record, frozen=True, tag="read_history"):
    """Who changed a place last and why: blame of its lines and the last commits of its function."""

    path: str
    line: int = 1
    service: str = ""


class FindKnowledge(Record, frozen=True, tag="find_knowledge"):
    """Entries and runbooks of the knowledge folder that are nearest to the words."""

    words: tuple[str, ...]


class LookUpErrorCode(Record, frozen=True, tag="look_up_error_code"):
    """What the catalogues say of an error code: a SQLSTATE, an HTTP or gRPC status, a code of `knowledge/codes.yml`."""

    code: str


Question = SearchLogs | FollowTrace | ReadCode | FindInCode | ReadHistory | FindKnowledge | LookUpErrorCode


class Answer(Record, frozen=True):
    """What came of a question. `evidence` is numbered as part of the case; `asked` is the query as it ran, with its window.

    No evidence and no gap means that there is no such thing; a gap means that it could not be looked up.
    """

    asked: str
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    left_out: str = ""
    """What was found and not told, for it was too much; empty when all was told."""
