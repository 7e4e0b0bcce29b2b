"""The words of a knowledge entry: an occurrence becomes the Markdown that the entry keeps."""

import re

import msgspec

from bot.core.code.handles import handles
from bot.core.entry import recording
from bot.core.entry.entry import Entry
from bot.core.entry.library import prints_of
from bot.core.entry.occurrence_block import Note, in_short_words
from bot.core.entry.sections import IN_SHORT, PLACEHOLDER, RELATED, SIGNATURE, find
from bot.core.entry.standing_row import standing_row
from bot.core.entry.times import iso
from bot.core.fix.regression import as_regression
from bot.core.grounding.leads import is_lead
from bot.core.knowledge.related import easily_mistaken
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.core.signature.recased import recased
from bot.core.signature.signature import fingerprint
from bot.model import Diagnosis, Occurrence, Signature
from bot.regex import regex
from bot.texts.commit_links import linked
from bot.texts.entry_occurrence import occurrence_block
from bot.texts.markdown import code, inline, sentence

__all__ = ["new_entry", "occurrence_block", "record_occurrence", "resolution_words", "summary_of", "worked"]

MAX_LINE = 500
RECOGNISED = "How to recognise it"
NOTHING_ALIKE = "nothing known so far; name it in `related` when you meet it."
"""For whoever edits the entry; where it is only read, the row says nothing."""
_COMMENT = regex(r"<!--.*?-->", re.DOTALL)


def new_entry(signature: Signature, occurrence: Occurrence, said: str = "") -> Entry:
    """The entry of an error that the knowledge folder does not hold yet. `said` is the message as the alert has it: names keep its capitals."""
    title = recording.title_of(signature, said)
    recognised = _recognised(signature.error_type, signature.culprit, recased(signature.message, said))
    sections = ((SIGNATURE, signature_section(signature)),)
    note = _note(occurrence, in_short(recognised, occurrence.diagnosis, ()), "", sections)
    return recording.begin(signature, note, title, inline(title))


def record_occurrence(entry: Entry, occurrence: Occurrence, signature: Signature | None = None) -> Entry:
    """The entry with one more occurrence; the very same text when there is nothing new. Raises BadEntry.

    With the error's `signature`, an entry that was made by an earlier algorithm is given today's fingerprint; its name stays.
    """
    meta = entry.meta
    status = recording.status_after(meta, iso(occurrence.time))
    occurrence = msgspec.structs.replace(occurrence, diagnosis=as_regression(occurrence.diagnosis, status))
    message = meta.title.partition(": ")[2] or meta.title
    sections = (
        (SIGNATURE, _signature_rows(meta.culprit, meta.error_type, message, (), meta.fingerprint)),
        (RELATED, _entries(meta.related, "\n") or PLACEHOLDER),
    )
    resolved = worked(meta.resolution, meta.resolved_at) if meta.resolution.strip() else ""
    standing = standing_row(status, resolution_words(meta.resolution), meta.resolved_at)
    summary = in_short(_recognised_before(entry) or _recognised(meta.error_type, meta.culprit, message), occurrence.diagnosis, easily_mistaken(entry))
    summary = f"{standing}\n{summary}" if standing else summary
    note = _note(occurrence, summary, resolved, sections)
    return recording.record(entry, note if signature is None else msgspec.structs.replace(note, fingerprints=prints_of(signature)))


def signature_section(signature: Signature) -> str:
    """What makes this error this error."""
    return _signature_rows(signature.culprit, signature.error_type, signature.message, signature.frames, fingerprint(signature))


def in_short(recognised: str, diagnosis: Diagnosis, alike: tuple[str, ...]) -> str:
    """Four sentences for a reader at three in the morning. `recognised` is Markdown, `alike` are names of entries."""
    cause = diagnosis.root_cause
    unproven = "Not proven:" if is_lead(cause) else "Not known yet."
    why = f"{_line(cause.statement)} ({cause.confidence} confidence)" if cause.known else f"{unproven} {_line(cause.statement)}".strip()
    step = diagnosis.next_steps[0] if diagnosis.next_steps else ""
    rows = (
        (RECOGNISED, recognised),
        ("Why it happens", why),
        ("What to do", _line(_action(diagnosis.immediate_fix, step)) or "read the latest diagnosis below."),
        ("Easily mistaken for", _entries(alike, ", ") or NOTHING_ALIKE),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in rows)


def summary_of(body: str) -> str:
    """The summary as readers elsewhere are told it: without hidden marks, and without the row that only waits for a name."""
    section = find(body, IN_SHORT)
    words = _COMMENT.sub("", body[section.content : section.end]).strip() if section else ""
    return words.replace(f"- **Easily mistaken for:** {NOTHING_ALIKE}", "").rstrip()


def resolution_words(resolution: str) -> str:
    """What ended an error, as Markdown on one line; a secret that a person left in the front matter is not said a second time."""
    return _line(Redactor().text(resolution)) if resolution.strip() else ""


def worked(resolution: str, resolved_at: str) -> str:
    """The bullet of what ended it, for the list of resolutions."""
    return f"Worked before: {resolution_words(resolution)}" + (f" (resolved {resolved_at[:10]})" if resolved_at else "")


def _note(occurrence: Occurrence, summary: str, resolved: str, sections: tuple[tuple[str, str], ...]) -> Note:
    diagnosis = occurrence.diagnosis
    return Note(
        identity=occurrence.permalink.identity,
        url=occurrence.permalink.url,
        time=iso(occurrence.time),
        environment=occurrence.environment,
        service=occurrence.service,
        severity=diagnosis.assessment.severity,
        category=diagnosis.category,
        text=occurrence_block(occurrence),
        in_short=linked(summary, occurrence.commits),
        causes=tuple(linked(cause, occurrence.commits) for cause in _causes(diagnosis)),
        resolutions=tuple(linked(words, occurrence.commits) for words in _resolutions(diagnosis, resolved)),
        sections=sections,
        owners=tuple(f"@{one}" for one in handles(occurrence.owners)),
    )


def _causes(diagnosis: Diagnosis) -> tuple[str, ...]:
    cause = diagnosis.root_cause
    return (_line(cause.statement),) if cause.known and cause.statement.strip() else ()


def _resolutions(diagnosis: Diagnosis, resolved: str) -> tuple[str, ...]:
    """What worked, as the front matter says; and what is proposed, named as such until somebody has tried it."""
    proposed = _action(diagnosis.long_term_fix or diagnosis.immediate_fix, "")
    known = (resolved,) if resolved else ()
    return (*known, f"Proposed, not yet proven: {_line(proposed)}") if diagnosis.root_cause.known and proposed else known


def _signature_rows(culprit: str, error_type: str, message: str, frames: tuple[str, ...], fingerprint: str) -> str:
    rows = (
        ("Culprit", code(culprit)),
        ("Type", code(error_type)),
        ("Message, normalised", code(message)),
        ("Frames, innermost last", ", ".join(code(frame) for frame in frames)),
        ("Fingerprint", code(fingerprint)),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in rows if words)


def _recognised(error_type: str, culprit: str, message: str) -> str:
    what = " in ".join(code(part) for part in (error_type, culprit) if part != "unknown") or "an error"
    return f"{what}, saying {code(cut(message, 200))}" if message else what


def _recognised_before(entry: Entry) -> str:
    """How the summary says it already, in the error's own words: the title, of which it would be made anew, holds them with the variable parts left out."""
    begins = f"- **{RECOGNISED}:** "
    rows = (in_short_words(entry.body) or "").split("\n")
    said = next((row.removeprefix(begins) for row in rows if row.startswith(begins)), "")
    return said if said.startswith(_recognised(entry.meta.error_type, entry.meta.culprit, "")) else ""


def _entries(names: tuple[str, ...], between: str) -> str:
    """Links to other entries of the same folder; the schema allows no other characters in their names."""
    mark = "- " if between == "\n" else ""
    return between.join(f"{mark}[{inline(name)}]({name}.md)" for name in names)


def _action(fix: str, step: str) -> str:
    """The first paragraph of the fix; where that only announces code, the first step says more."""
    first = fix.strip().replace("\r\n", "\n").partition("\n\n")[0].partition("```")[0].strip()
    return first if first and not first.endswith(":") else step or first.removesuffix(":")


def _line(text: str) -> str:
    return sentence(cut(one_line(text), MAX_LINE))
