"""What a thread is told of an entry, before it is laid out: the first line, and the titled parts that follow it, as mrkdwn."""

import re
from collections.abc import Mapping

import msgspec

from bot.core.entry.entry import Entry
from bot.core.entry.library import root_cause_of
from bot.core.entry.occurrence_block import MARK, Block, in_short_span, occurrence_blocks
from bot.core.entry.sections import titled
from bot.model import Permalink, Record
from bot.regex import regex
from bot.texts import mrkdwn, slack_markdown
from bot.texts.entry_page import summary_of
from bot.texts.response_time import within

# In the order a reader needs them; what else the block holds comes after.
WHY = "How the cause was found"
FIRST = ("Root cause", "Affected code", "Immediate fix", "Long-term fix", "Historical context", "Severity", "Next steps")
_COMMENT = regex(r"<!--.*?-->", re.DOTALL)
_FACT = "• *"
_NEW = "- **Recurrence:** new"
_UNKNOWN, _UNPROVEN = " · cause unknown", ("**Not known.**", "**Not proven:**")
_STEP = regex(r"1\. ")
_RESPONSE = regex(r"^- \*\*Response time:\*\* (.{1,200})$", re.MULTILINE)
_VERDICT = regex(r"(\*[^*\n]{1,40}\* · severity \*[a-z]{1,20}\* · [^:\n]{1,100}): ")
_RUNBOOK = regex(r"\.\./runbooks/([A-Za-z0-9][\w.-]{0,119}\.md)")
# Of the summary, where nothing goes on below it.
_CAUSE = regex(r"^• \*Why it happens:\* ([^\n]{1,900})(?:\n(?=• )|\Z)", re.MULTILINE)
_HTTPS = regex(r"https://[^\s()<>]{1,2000}")
# What proves the cause is read after what is to be done; the words before these lists are its statement.
_PROOF = regex(r"^(?:Why, step by step:|Seen in the evidence [^\n]{0,80}:)\n\n(?:(?:\d{1,2}\.|-) [^\n]{1,4000}(?:\n|\Z)){1,60}", re.MULTILINE)


class Said(Record, frozen=True):
    """The words for one thread. Two that are equal say the same: links, owners and names of reviewers are no part of it.

    `first` is what to do before anything else, `by` when to begin. `recorded` says that the entry holds the occurrence whole; else the words
    are the entry's summary. `code` leads to the failing line; `runbooks` are the names of files that the words link to.
    """

    headline: str
    first: str = ""
    by: str = ""
    parts: tuple[str, ...] = ()
    recorded: bool = False
    code: str = ""
    runbooks: tuple[str, ...] = ()


def said(entry: Entry, thread: Permalink) -> Said:
    """What the entry says to this thread: the occurrence's own block; where it was folded or edited away, the summary."""
    identity = thread.identity
    block = next((block for block in occurrence_blocks(entry.body) if block.identity == identity), None)
    found = _summarised(entry) if block is None else _occurrence(entry, block)
    if entry.meta.status != "withdrawn":
        return found
    notice = "*Moved*" if entry.meta.replaced_by else "*Withdrawn*: what was said here does not stand any more. It was"
    return msgspec.structs.replace(found, headline=f"{notice} · {found.headline}")


def opened(words: Said, opening: str) -> Said:
    """With `opening` as the beginning of the first line. The summary's cause follows it there, as it was reviewed, and is not said a second time."""
    cause = next(filter(None, map(_CAUSE.search, words.parts)), None)
    if cause is None:
        return msgspec.structs.replace(words, headline=opening)
    left = (_CAUSE.sub("", part, count=1).rstrip() if part is cause.string else part for part in words.parts)
    return msgspec.structs.replace(words, headline=f"{opening}: {cause[1]}", parts=tuple(filter(None, left)))


def _summarised(entry: Entry) -> Said:
    meta = entry.meta
    status = " · regression" if meta.status == "regressed" else ""
    words = _summary(entry.body)
    return Said(f"*{mrkdwn.line(meta.title, 300)}* · severity *{meta.severity}*{status}", parts=(words,) if words else ())


def _occurrence(entry: Entry, block: Block) -> Said:
    written = _COMMENT.sub("", MARK.sub("\n", entry.body[block.span.content : block.span.end]))
    before, below = titled(written, 4)
    named = [part for title, words in below for part in _split(title, words)]
    order = sorted(named, key=lambda part: FIRST.index(part[0]) if part[0] in FIRST else len(FIRST))  # what proves the cause comes after the steps
    intro = list(slack_markdown.blocks(before))
    headline = intro[0] if intro else f"*{mrkdwn.line(entry.meta.title, 300)}*"
    added = "\n".join(piece for piece in intro[1:] if not piece.startswith(_FACT))  # the facts stand in the entry; a person's words do not wait
    # A summary that people put into words of their own is what they want to be read.
    theirs = f"*In short*\n{words}" if in_short_span(entry.body) is None and (words := _summary(entry.body)) else ""
    if theirs and (verdict := _VERDICT.match(headline)):
        headline = verdict[1]  # the answer is theirs now: what the bot had said of it stands in the block
    if theirs and block.intact and block.number == 1 and root_cause_of(entry):
        # They say the cause of this very occurrence, with which the entry began: that the bot did not know it is no part of the answer.
        headline = headline.removesuffix(_UNKNOWN)
        order = [part for part in order if part[0] != "Root cause" or not part[1].lstrip().startswith(_UNPROVEN)]
    told = ((name, words) for name, words in order if words.strip() and words.strip() != _NEW)
    parts = (theirs, added, *(f"*{mrkdwn.line(name)}*\n{slack_markdown.text(words)}" for name, words in told))
    code = next((words for name, words in named if name == "Affected code"), "")
    runbooks = (match[1] for target in slack_markdown.links(written) if (match := _RUNBOOK.fullmatch(target)))
    first, by = ("", "") if theirs else _first(dict(named))
    return Said(headline, first, by, tuple(part for part in parts if part), True, _code(code), tuple(dict.fromkeys(runbooks))[:3])


def _first(titled: Mapping[str, str]) -> tuple[str, str]:
    """The first of the steps, and by when somebody has to begin."""
    steps = (piece for piece in slack_markdown.blocks(titled.get("Next steps", "")) if _STEP.match(piece))
    step = _STEP.sub("", next(steps, ""))
    found = _RESPONSE.search(titled.get("Severity", ""))
    return f"*First:* {step}" if step else "", f"Respond within {mrkdwn.line(within(found[1]), 80)}." if found else ""


def _split(title: str, words: str) -> tuple[tuple[str, str], ...]:
    """A part; of the root cause, what proves it apart."""
    proof = _PROOF.findall(words) if title == "Root cause" else []
    return ((title, _PROOF.sub("", words)), (WHY, "\n\n".join(proof))) if proof else ((title, words),)


def _summary(body: str) -> str:
    words = summary_of(body)
    return slack_markdown.text(words) if words else ""


def _code(markdown: str) -> str:
    """Where the first link to code leads; empty where none does."""
    return next((target for target in slack_markdown.links(markdown) if _HTTPS.fullmatch(target)), "")
