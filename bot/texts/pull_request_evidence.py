"""The folded part of a pull request: what was seen, with links, and what could not be seen."""

from collections import Counter
from pathlib import PurePosixPath

from bot.core.logs.matching import failing_event, type_in_logs
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.suspicion import only_brought
from bot.model import Case, CodePlace, Commit, Diagnosis, Evidence, Gap, LogEvent
from bot.regex import regex
from bot.texts import markdown
from bot.texts.markdown import code, fence, inline, link, sentence

MAX_EVIDENCE = 24_000
MAX_PIECE = 1_500
MAX_CITED = 4_000
AROUND = 8
_TOUCHES = regex(r"touches (.{1,300}), which the failing code uses\Z")
_LANGUAGES = {
    "py": "python",
    "js": "js",
    "ts": "ts",
    "go": "go",
    "java": "java",
    "rb": "ruby",
    "rs": "rust",
    "kt": "kotlin",
    "php": "php",
    "cs": "csharp",
    "sql": "sql",
}


def evidence_section(case: Case, diagnosis: Diagnosis) -> str:
    """Every piece folded away, the cited ones first and longest, until the budget is used; the rest is counted."""
    if not case.evidence:
        return "## Evidence\n\nNone was found; what could not be seen is listed above."
    cited = {citation.evidence for citation in diagnosis.root_cause.citations}
    order = sorted(case.evidence, key=lambda evidence: evidence.id not in cited)
    pieces, used = list[str](), 0
    for evidence in order:
        piece = _piece(evidence, MAX_CITED if evidence.id in cited else MAX_PIECE)
        if used + len(piece) > MAX_EVIDENCE:
            break
        pieces.append(piece)
        used += len(piece)
    counts = ", ".join(f"{count} {kind}" for kind, count in Counter(evidence.kind for evidence in case.evidence).items())
    more = len(order) - len(pieces)
    rest = (f"{more} more pieces stand in the diagnosis artifact of the run.",) if more else ()
    inner = "\n\n".join((*pieces, *rest))
    return f"## Evidence\n\n<details>\n<summary>{len(order)} {'piece' if len(order) == 1 else 'pieces'}: {counts}</summary>\n\n{inner}\n\n</details>"


def named_otherwise(case: Case) -> str:
    """Why the signature does not name what the logs, and so the diagnosis, tell of; empty where both give the error one type."""
    seen = {id(evidence.detail): (evidence, evidence.detail) for evidence in case.evidence if isinstance(evidence.detail, LogEvent)}
    failing = failing_event(case.alert, [event for _, event in seen.values()])
    theirs = type_in_logs(case.alert, failing) if failing else ""
    if failing is None or not theirs:
        return ""
    ours, theirs = (inline(cut(one_line(name), 120)) for name in (case.alert.error_type or "", theirs))
    return f"It is named after the alert, which says {ours}; the log event behind it ({seen[id(failing)][0].id}) says {theirs}."


def gaps_section(gaps: tuple[Gap, ...]) -> str:
    """What was wanted, what came back, what to do."""
    rows = tuple((inline(cut(one_line(gap.source), 80)), _cell(gap.wanted), _cell(gap.cause), _cell(gap.remedy)) for gap in gaps[:40])
    more = f"\n\n{len(gaps) - len(rows)} more gaps are left out here." if len(gaps) > len(rows) else ""
    words = markdown.table(("Source", "Wanted", "What came back", "What to do"), rows)
    return f"## What could not be seen\n\n{words}{more}" if rows else ""


def numbered_snippet(place: CodePlace) -> str:
    """The lines around the place, numbered, the place itself marked."""
    lines = list(enumerate(place.snippet.split("\n"), start=place.first_line))
    near = [(number, text) for number, text in lines if abs(number - place.line) <= AROUND] or lines[: 2 * AROUND]
    words = "\n".join(f"{'→' if number == place.line else ' '} {number:>5} | {cut(text, 300)}" for number, text in near)
    return fence(words, _LANGUAGES.get(PurePosixPath(place.path).suffix.removeprefix("."), ""))


def diff(commit: Commit) -> str:
    """The lines that a commit took out and put in."""
    lines = (*(f"-{line}" for line in commit.removed[:15]), *(f"+{line}" for line in commit.added[:15]))
    return fence("\n".join(cut(line, 300) for line in lines), "diff") if lines else ""


def commit_line(commit: Commit) -> str:
    """One commit in a sentence, with its links."""
    shown = link(commit.sha[:10], commit.permalink) if commit.permalink else code(commit.sha[:10])
    request = f", {link('pull request', commit.pull_request)}" if commit.pull_request else ""
    return f"{shown} “{inline(cut(one_line(commit.subject), 200))}” by {inline(cut(one_line(commit.author), 80))}, {commit.time:%Y-%m-%d %H:%M} UTC{request}"


def found_at(evidence: Evidence) -> str:
    """Where a person can look: the permalink when there is one."""
    detail = evidence.detail
    return (detail.permalink if isinstance(detail, CodePlace | Commit) else None) or evidence.place


def _piece(evidence: Evidence, limit: int) -> str:
    detail = evidence.detail
    place = found_at(evidence)
    where = link("open", place) if place.startswith(("https://", "file:")) else code(cut(one_line(place), 300))
    when = f"{evidence.time:%Y-%m-%d %H:%M:%S} UTC" if evidence.time else ""
    head = " · ".join(filter(None, (f"**{inline(evidence.id)}**", evidence.kind, inline(cut(one_line(evidence.source), 80)), when, where)))
    found = f"\n\nFound by {code(cut(one_line(evidence.query), 300))}" if evidence.query else ""
    if isinstance(detail, CodePlace):
        # The first line says how the place was found, and what to know of it.
        return f"{head}{found}\n\n{sentence(cut(one_line(evidence.text.partition(chr(10))[0]), 400))}\n\n{numbered_snippet(detail)}"
    if isinstance(detail, Commit):
        return "\n\n".join(filter(None, (f"{head}{found}", f"{commit_line(detail)}, {detail.relation}{_reasons(detail)}", diff(detail))))
    return f"{head}{found}\n\n{fence(cut(evidence.text, limit))}"


def reasons_of(commit: Commit) -> list[str]:
    """What speaks for a suspect; names that it touches are told together."""
    told: list[str] = []
    for reason in commit.reasons:
        touched = _TOUCHES.match(reason)
        before = _TOUCHES.match(told[-1]) if told and touched else None
        if touched and before:
            told[-1] = f"touches {before[1]}, {touched[1]}, which the failing code uses"
        else:
            told.append(reason)
    return told


def _reasons(commit: Commit) -> str:
    if not commit.reasons:
        return ""
    told = "Listed because it" if only_brought(commit.relation, commit.reasons) else "Suspected:"
    return f". {told} {sentence(cut(one_line('; '.join(reasons_of(commit))), 600))}"


def _cell(text: str) -> str:
    return sentence(cut(one_line(text), 400), in_table=True)
