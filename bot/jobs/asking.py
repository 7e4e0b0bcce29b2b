"""A question about a case becomes calls to sources, or a page of the knowledge folder; one that cannot be asked so is a gap that says why."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

import msgspec

from bot.core.knowledge import error_codes, shelf
from bot.core.knowledge.code_catalogue import KnownCode
from bot.core.logs.trace_id import is_trace_id
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import PLACEHOLDER
from bot.errors import BadEntry
from bot.jobs.gathering import Call, side_by_side
from bot.jobs.lookups import Lookups
from bot.model import Alert, Case, Deploy, Evidence, Findings, Gap, Inquiry
from bot.model.questions import (
    MOST_MINUTES,
    MOST_WORDS,
    FindInCode,
    FindKnowledge,
    FollowTrace,
    LookUpErrorCode,
    Question,
    ReadCode,
    ReadHistory,
    SearchLogs,
)
from bot.ports import CodeReader
from bot.regex import regex

BOT = "bot"
_LONGEST_WORD, _LONGEST_NAME = 100, 100
_ODD = regex(r"[\x00-\x1f\x7f\ud800-\udfff]")
_MOST_DEPLOYS = 20


def findings(question: Question, case: Case, lookups: Lookups, seconds: float) -> dict[str, Findings]:
    """What each source says, by its name. Raises nothing for a question that cannot be asked: its gap stands under the bot's own name."""
    refusal = _refusal(question)
    if refusal is not None:
        return {BOT: Findings(gaps=(refusal,))}
    if isinstance(question, FindKnowledge):
        return {shelf.SOURCE: _knowledge(question, lookups)}
    if isinstance(question, LookUpErrorCode):
        return {shelf.SOURCE: _codes(question, lookups)}
    if lookups.replayed:
        return {BOT: Findings(gaps=(Gap(BOT, "what the sources would answer", "replayed without sources", "diagnose the alert by its link"),))}
    if isinstance(question, SearchLogs | FollowTrace):
        return _logs(question, case, lookups, seconds)
    return _code(question, case, lookups, seconds)


def told(question: Question) -> str:
    """The question in words, for where no query ran."""
    given = ", ".join(f"{name} {value}" for name in question.__struct_fields__ if (value := getattr(question, name)) not in ("", ()))
    return cut(one_line(f"{str(question.__struct_config__.tag).replace('_', ' ')}: {given}"), 300)


def cleaned(question: Question) -> Question:
    """The question as it is asked: words without white space around them, none twice, minutes within their bounds."""
    if isinstance(question, SearchLogs):
        before, after = (min(max(minutes, 0), MOST_MINUTES) for minutes in (question.minutes_before, question.minutes_after))
        return SearchLogs(_words(question.words), before, after if before or after else 1, question.service.strip())
    if isinstance(question, FindKnowledge):
        return FindKnowledge(_words(question.words))
    changes = {name: value.strip() for name in question.__struct_fields__ if isinstance(value := getattr(question, name), str) and name != "path"}
    return msgspec.structs.replace(question, **changes)


def _words(words: Sequence[str]) -> tuple[str, ...]:
    # Ten thousand of them are refused by their number; one more than the limit shows it.
    return tuple(dict.fromkeys(word.strip() for word in words[: 2 * MOST_WORDS] if word.strip()))


def _refusal(question: Question) -> Gap | None:
    """The gap of a question that is not asked; None for one that is."""
    words = question.words if isinstance(question, SearchLogs | FindKnowledge) else ()
    texts = (*words, *(value for name in question.__struct_fields__ if isinstance(value := getattr(question, name), str)))
    return next((Gap(BOT, told(question), cause, remedy) for wrong, cause, remedy in _faults(question, words, texts) if wrong), None)


def _faults(question: Question, words: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """What can be wrong with a question: whether it is, why, and what to do."""
    yield any(_ODD.search(text) for text in texts), "it holds control characters or half a character", "ask in plain text of one line"
    yield any(PLACEHOLDER.search(text) for text in texts), "a placeholder stands for a secret, which nothing is searched for", "ask for the words around it"
    long = len(words) > MOST_WORDS or any(len(word) > _LONGEST_WORD for word in words)
    yield long, f"more than {MOST_WORDS} words, or one longer than {_LONGEST_WORD} characters", "choose the words that tell most"
    yield len(getattr(question, "service", "")) > _LONGEST_NAME, f"the service's name is longer than {_LONGEST_NAME} characters", "name it as the evidence does"
    empty = isinstance(question, SearchLogs | FindKnowledge) and not (words or getattr(question, "service", ""))
    yield empty, "it holds no word", "name words, or for logs a service"
    yield isinstance(question, FollowTrace) and not is_trace_id(question.trace_id), "that is no trace id", "take one from the evidence"
    yield isinstance(question, LookUpErrorCode) and not question.code, "it names no code", "name a code as the evidence writes it"


def _logs(question: SearchLogs | FollowTrace, case: Case, lookups: Lookups, seconds: float) -> dict[str, Findings]:
    inquiry = _log_inquiry(question, case)
    calls = [lookups.in_turn(source, partial(source.gather, inquiry), seconds) for source in lookups.sources]
    answers = {name: found for name, found in side_by_side(calls, seconds).items() if found != Findings()}
    if answers:
        return answers
    where = cut(one_line(case.alert.environment), 60)
    remedy = f"configure a source of logs for {where}: docs/sources.md"
    return {BOT: Findings(gaps=(Gap(BOT, told(question), f"no source of logs answers for {where}", remedy),))}


def _log_inquiry(question: SearchLogs | FollowTrace, case: Case) -> Inquiry:
    alert = _bare(case.alert)
    if isinstance(question, FollowTrace):
        return Inquiry(alert, case.start, case.end, search=False, trace_ids=(question.trace_id,))
    start, end = alert.time - timedelta(minutes=question.minutes_before), alert.time + timedelta(minutes=question.minutes_after)
    # Without words, the service's name is the word: its lines hold it.
    return Inquiry(alert, start, end, search=False, words=question.words or (question.service,), service=question.service or None)


def _bare(alert: Alert) -> Alert:
    """Where and when; not what it says, which would have sources search for this error once more."""
    return msgspec.structs.replace(alert, text="", error_type=None, culprit=None, message=None, key_terms=(), frames=(), trace_ids=())


def _code(question: ReadCode | FindInCode | ReadHistory, case: Case, lookups: Lookups, seconds: float) -> dict[str, Findings]:
    reader = lookups.code
    if reader is None:
        return {BOT: Findings(gaps=(Gap(BOT, told(question), "no codebase is configured", "add `code:` to .github/knowledge-bot.yml"),))}
    name, call = lookups.in_turn(reader, _code_call(question, reader, _code_inquiry(question.service, case)), seconds)
    return side_by_side([(name, call)], seconds)


def _code_call(question: ReadCode | FindInCode | ReadHistory, reader: CodeReader, inquiry: Inquiry) -> Call:
    if isinstance(question, FindInCode):
        return partial(reader.find, question.text, inquiry)
    ask: Callable[[str, int, Inquiry], Findings] = reader.place if isinstance(question, ReadCode) else reader.history
    return partial(ask, question.path, question.line, inquiry)


def _code_inquiry(service: str, case: Case) -> Inquiry:
    """By what the commit is told that ran: the release only of the alert's own service, deploys of any."""
    alert = case.alert
    own = not service or service == alert.service
    deploys = tuple(evidence.detail for evidence in case.evidence if isinstance(evidence.detail, Deploy))[:_MOST_DEPLOYS]
    release = alert.release if own else None
    known = alert if own else msgspec.structs.replace(alert, service=service, release=None)
    return Inquiry(known, case.start, case.end, search=False, release=release, service=service or alert.service, deploys=deploys)


def _knowledge(question: FindKnowledge, lookups: Lookups) -> Findings:
    runbooks = lookups.shelf.runbooks() if lookups.shelf else {}
    found, more = shelf.nearest(question.words, shelf.pages(lookups.library.candidates(question.words), runbooks))
    rest = f", {more} more hold some of the words" if more else ""
    query = f"{shelf.SOURCE}: entries and runbooks nearest to {', '.join(question.words)} → {len(found)}{rest}"
    return Findings(evidence=tuple(shelf.quoted(page, question.words) for page in found), gaps=lookups.library.gaps(), queries=(query,))


def _codes(question: LookUpErrorCode, lookups: Lookups) -> Findings:
    gaps: tuple[Gap, ...] = ()
    own: dict[str, KnownCode] = {}
    try:
        own = lookups.shelf.codes() if lookups.shelf else {}
    except BadEntry as error:
        gaps = (Gap(shelf.SOURCE, "the team's own error codes", error.cause, error.remedy),)
    found = error_codes.meanings(question.code, own)
    evidence = tuple(
        Evidence("knowledge", shelf.SOURCE, f"{one.catalogue} {one.code}", f"{one.catalogue} {one.code} means: {one_line(one.meaning)}", query=question.code)
        for one in found
    )
    return Findings(evidence=evidence, gaps=gaps, queries=(f"{shelf.SOURCE}: what the catalogues say of {cut(question.code, 80)} → {len(found)}",))
