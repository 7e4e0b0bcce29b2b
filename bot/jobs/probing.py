"""Answers what a diagnoser looks up about one case: bounded, redacted, numbered, remembered; what was found is part of the case from then on."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from time import monotonic

import msgspec

from bot.core.logs.compaction import evidence_of
from bot.core.logs.log_trends import NOT_SHOWN
from bot.core.plain_text.plain_text import cut
from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature as signatures
from bot.jobs.asking import BOT, cleaned, findings, told
from bot.jobs.lookups import Lookups
from bot.model import Case, CodePlace, Commit, Evidence, Findings, Gap, LogEvent, Search, Trend
from bot.model.questions import Answer, FollowTrace, Question

MOST_QUESTIONS = 100
"""Different ones about one case."""
MOST_BYTES, LARGEST_PIECE = 48_000, 12_000
"""UTF-8 of the evidence of one answer, and of one piece of it."""
_LOG_TOKENS = 2_000
_LONGEST_QUERY = 600


class CaseProbe:
    """The probe of one case. Questions may be asked from several threads; a source is asked one at a time.

    `redactor` is the one that the case was closed with, so that a secret has the same placeholder in what is looked up. All look-ups
    together end with the diagnosis' own time (`claude.seconds`), each with `limits.source_seconds`.
    """

    def __init__(self, case: Case, lookups: Lookups, redactor: Redactor, clock: Callable[[], float] = monotonic) -> None:
        self._case, self._lookups, self._redactor, self._clock = case, lookups, redactor, clock
        self._until = clock() + lookups.configuration.claude.seconds
        self._lock = threading.Lock()
        self._answers: dict[Question, Future[Answer]] = {}
        self._numbers = {_identity(evidence): evidence for evidence in case.evidence}
        self._closed = True

    @property
    def case(self) -> Case:
        """The case with everything that was looked up so far. What a look-up showed to be a secret is one in all of it."""
        with self._lock:
            if not self._closed:
                self._case, self._closed = self._reclosed(self._case), True
            return self._case

    def ask(self, question: Question) -> Answer:
        """Never raises for a question that cannot be answered: that is a gap. The same question is looked up once."""
        asked = cleaned(question)
        with self._lock:
            known = self._answers.get(asked)
            spent = known is None and len(self._answers) >= MOST_QUESTIONS
            mine = Future[Answer]()
            if known is None and not spent:
                self._answers[asked] = mine
        if known is not None:
            return known.result()
        if spent:
            return self._taken(asked, {BOT: _spent(asked, f"{MOST_QUESTIONS} questions were asked about this case already")})
        try:
            mine.set_result(self._taken(asked, self._found(asked)))
        finally:
            if not mine.done():  # what broke is raised here; whoever waits for the same answer is told
                mine.set_result(Answer(told(asked), gaps=(Gap(BOT, told(asked), "the look-up broke off", "see the log of the job"),)))
        return mine.result()

    def _found(self, question: Question) -> dict[str, Findings]:
        left, limits = self._until - self._clock(), self._lookups.configuration.limits
        if left <= 0:
            return {BOT: _spent(question, f"the {self._lookups.configuration.claude.seconds:g} seconds of this case are over")}
        return findings(question, self._case, self._lookups, min(left, limits.source_seconds))

    def _taken(self, question: Question, found: dict[str, Findings]) -> Answer:
        """What came back, redacted, numbered, and added to the case."""
        with self._lock:
            withheld = self._redactor.gaps()
            clean = {name: self._redactor.record(_clipped(one)) for name, one in found.items()}
            pieces = [piece for name, one in clean.items() for piece in _pieces(name, one, question)]
            left = [piece.text for piece in pieces if _tells_rest(piece)]
            shown, more = self._within([piece for piece in pieces if not _tells_rest(piece)])
            gaps = tuple(dict.fromkeys(gap for one in clean.values() for gap in one.gaps))
            gaps += tuple(gap for gap in self._redactor.gaps() if gap not in withheld)
            ran = [Search(name, query.removeprefix(f"{name}: ")) for name, one in clean.items() for query in one.queries]
            self._add(shown, gaps, ran)
            left += [f"{more} more pieces that were found: ask more narrowly"] if more else []
            asked = "; ".join(f"{search.source}: {search.query}" for search in ran) or self._redactor.text(told(question))
            return Answer(cut(asked, _LONGEST_QUERY * max(1, len(ran))), tuple(shown), gaps, "\n".join(left))

    def _within(self, pieces: Iterable[Evidence]) -> tuple[list[Evidence], int]:
        """The pieces that fit into one answer, each as the case has it, and how many do not."""
        shown, room, more = dict[str, Evidence](), MOST_BYTES, 0
        for piece in pieces:
            one = self._numbered(piece)
            room -= len(one.text.encode("utf-8", "replace")) if one.id not in shown else 0
            if room < 0:
                more += 1
                continue
            shown[one.id] = one
            self._numbers[_identity(one)] = one
        return list(shown.values()), more

    def _numbered(self, piece: Evidence) -> Evidence:
        known = self._numbers.get(_identity(piece))
        if known is not None:
            return known
        highest = max((int(one.id[1:]) for one in self._numbers.values() if one.id[1:].isdecimal()), default=0)
        return msgspec.structs.replace(_bounded(piece), id=f"E{highest + 1}")

    def _add(self, shown: Iterable[Evidence], gaps: Iterable[Gap], ran: Iterable[Search]) -> None:
        case = self._case
        there = {evidence.id for evidence in case.evidence}
        new = [evidence for evidence in shown if evidence.id not in there]
        self._case = msgspec.structs.replace(
            case,
            evidence=(*case.evidence, *new),
            gaps=tuple(dict.fromkeys((*case.gaps, *gaps))),
            searches=tuple(dict.fromkeys((*case.searches, *ran))),
        )
        self._closed = self._closed and not new

    def _reclosed(self, case: Case) -> Case:
        """Redacted as a whole. Only where the alert itself holds what is known for a secret by now is its name worked out anew, as its reader will."""
        closed = self._redactor.record(case)
        # Not as the redactor leaves it: in a normalised message even a placeholder can look like a secret.
        signature = case.signature if closed.alert == case.alert else signatures.of(closed.alert)
        return msgspec.structs.replace(closed, signature=signature)


def _spent(question: Question, cause: str) -> Findings:
    return Findings(gaps=(Gap(BOT, told(question), cause, "decide with what there is; `claude.seconds` gives more time"),))


def _pieces(name: str, found: Findings, question: Question) -> list[Evidence]:
    """Log events become a page of their own; what a search found is no trace."""
    page = evidence_of(None, (), found.events, name, _LOG_TOKENS)
    if not isinstance(question, FollowTrace):
        page = tuple(msgspec.structs.replace(piece, kind="log") if piece.kind == "trace" else piece for piece in page)
    query = "; ".join(found.queries)
    return [*(msgspec.structs.replace(piece, query=piece.query or cut(query, _LONGEST_QUERY)) for piece in page), *found.evidence]


def _tells_rest(piece: Evidence) -> bool:
    return isinstance(piece.detail, Trend) and piece.detail.statement.startswith(NOT_SHOWN)


def _identity(evidence: Evidence) -> tuple[object, ...]:
    """By what a piece is known again: the line of a log, the commit and file, the place in the code; else its own words."""
    detail = evidence.detail
    if isinstance(detail, LogEvent):
        return "log", detail.place, detail.time
    if isinstance(detail, Commit):
        return "commit", detail.repository, detail.sha, detail.path
    if isinstance(detail, CodePlace):
        return "code", detail.repository, detail.commit, detail.path, detail.line, detail.first_line, detail.snippet
    return evidence.kind, evidence.source, evidence.place, evidence.text


def _clipped(found: Findings) -> Findings:
    """Without what no answer has room for; cut far behind what is shown, so that no half of a secret is."""
    long = any(len(one.text) > 4 * LARGEST_PIECE for one in found.evidence)
    pieces = (msgspec.structs.replace(one, text=one.text[: 4 * LARGEST_PIECE]) for one in found.evidence)
    return msgspec.structs.replace(found, evidence=tuple(pieces)) if long else found


def _bounded(piece: Evidence) -> Evidence:
    if len(piece.text.encode("utf-8", "replace")) <= LARGEST_PIECE:
        return piece
    text = piece.text.encode("utf-8", "replace")[: LARGEST_PIECE - 3].decode("utf-8", "ignore")
    return msgspec.structs.replace(piece, text=f"{text}…")
