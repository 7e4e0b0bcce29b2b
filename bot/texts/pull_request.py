"""The pull request as a reviewer meets it: title, labels, commit message, and a body that begins with the answer."""

import re

from bot.core.alert.place import vendor_of
from bot.core.grounding.leads import is_lead
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.signature.heading import called, what_and_where
from bot.core.sql.approvable_query import SECTION
from bot.core.suspects.failing_owners import authors_of, owners_of
from bot.core.suspects.told_commits import commits_of
from bot.model import AffectedCode, Case, CodePlace, Diagnosis, Evidence, Permalink, Recurrence, Verdict
from bot.texts import markdown, recall, verified
from bot.texts.commit_links import linked
from bot.texts.entry_occurrence import hint_line
from bot.texts.guidance import new_codes_section, runbooks_row
from bot.texts.markdown import code, fence, inline, link, prose, sentence
from bot.texts.pull_request_evidence import evidence_section, found_at, gaps_section, named_otherwise, numbered_snippet
from bot.texts.pull_request_past import past_section
from bot.texts.pull_request_queries import queries_section
from bot.texts.response_time import within

# GitHub refuses 65,536 characters; what people write around the bot's part needs room too.
MAX_BODY = 60_000
MAX_PROSE = 4_000
MAX_LINE = 600
_ALERTS: dict[Verdict, str] = {"act now": "CAUTION", "fix soon": "WARNING", "watch": "NOTE", "no action": "TIP", "unclear": "IMPORTANT"}
_RECURRENCES: dict[Recurrence, str] = {"new": "New", "recurring": "Recurring", "regression": "Regression", "new variant": "New variant"}


def title(case: Case, diagnosis: Diagnosis) -> str:
    """One line: how it relates to the past, what failed where, and what it said."""
    return markdown.title(f"{_RECURRENCES[diagnosis.history.recurrence]}: {called(case.signature, case.alert.message or '')}", 140)


def commit_message(case: Case, diagnosis: Diagnosis, occurrences: int) -> str:
    """Subject and one paragraph; both are read raw by GitHub, so both are plain words."""
    subject = markdown.commit_message(f"Record {what_and_where(case.signature)} (occurrence {occurrences})", 100)
    answer = markdown.title(f"{diagnosis.verdict.capitalize()}, severity {diagnosis.assessment.severity}: {diagnosis.summary}", 400)
    return f"{subject}\n\n{answer}\n"


def labels(case: Case, diagnosis: Diagnosis) -> tuple[str, ...]:
    """Labels within GitHub's 50 characters, of letters, digits and `. _ / : -` only."""
    service = case.alert.service
    wanted = (
        f"severity:{diagnosis.assessment.severity}",
        f"category:{diagnosis.category}",
        f"service:{service.replace(':', '-')}" if service else "",  # one colon: the label stands in a squash message, where `skip-checks:` counts
        diagnosis.history.recurrence.replace(" ", "-"),
    )
    safe = (re.sub(r"[^A-Za-z0-9._/:-]+", "-", one_line(label))[:50].strip("-") for label in wanted)
    return tuple(label for label in safe if label and not label.endswith(":"))


def body(
    case: Case,
    diagnosis: Diagnosis,
    *,
    entry_path: str,
    owners: tuple[str, ...] = (),
    tracking_reason: str | None = None,
    tracking_issue: str = "",
    local: bool = False,
) -> str:
    """The description, at most 60,000 characters; when it is longer, whole sections give way, the least needed first.

    `owners` are the handles that the entry names;
    `tracking_reason` completes "a tracking issue is opened, because …"; `local` says that the request is a branch on this machine.
    """
    merging = (0, "What merging does", _merging(case, entry_path, _tracking(tracking_reason, tracking_issue), local=local))
    return _within([*_sections(case, diagnosis, owners), merging], MAX_BODY)


def report(case: Case, diagnosis: Diagnosis) -> str:
    """The same without what merging would do: for a reader before anything is proposed."""
    return _within(_sections(case, diagnosis), MAX_BODY)


def _sections(case: Case, diagnosis: Diagnosis, owners: tuple[str, ...] = ()) -> list[tuple[int, str, str]]:
    """Rank (the higher, the earlier it gives way), name and text."""
    sections = (
        (0, "summary", _summary(case, diagnosis, owners)),
        (1, "Root cause", _root_cause(diagnosis, case)),
        (3, "Affected code", _affected(diagnosis.affected_code, case)),
        (2, "Since the last diagnosis", past_section(case, diagnosis)),
        (2, "Fix", _fix(diagnosis)),
        (2, "Next steps", _next_steps(diagnosis)),
        (3, "New error codes", new_codes_section(case)),
        (2, SECTION, queries_section(diagnosis.wanted_queries, case.alert.environment)),
        (3, "Why the entry did not answer at once", recall.section(diagnosis)),
        (4, "What could not be seen", gaps_section(case.gaps)),
        (6, "Evidence", evidence_section(case, diagnosis)),
    )
    return [(rank, name, linked(text, commits_of(case))) for rank, name, text in sections if text]


def _within(sections: list[tuple[int, str, str]], limit: int) -> str:
    while sum(len(text) + 2 for _, _, text in sections) > limit:
        rank, name, text = max((section for section in sections if len(section[2]) > 200), key=lambda section: (section[0], len(section[2])))
        where = sections.index((rank, name, text))
        sections[where] = (
            0,
            name,
            f"## {name}\n\n_Left out, because this text would be longer than GitHub takes; it stands in the diagnosis artifact of the run._",
        )
    return "\n\n".join(text for _, _, text in sections)


def _summary(case: Case, diagnosis: Diagnosis, owners: tuple[str, ...]) -> str:
    alert, assessment = case.alert, diagnosis.assessment
    where = " · ".join(filter(None, (_short(alert.environment), _short(alert.service or ""), code(cut(one_line(alert.release or ""), 80), in_table=True))))
    rows = (
        ("Where", where),
        ("Blast radius", _line(diagnosis.blast_radius)),
        ("Why this severity", _line(assessment.reason)),
        ("Escalate to", _line(assessment.escalation)),
        ("Owners of the failing code", _owners(case)),
        ("Owners of the entry", "" if set(owners) == set(owners_of(case)) else _handles(owners)),
        ("Runbooks", runbooks_row(case)),
        ("Alert", _thread(alert.permalink, f"{alert.time:%Y-%m-%d %H:%M} UTC")),
        ("Logs", ", ".join(code(target, in_table=True) for target in alert.log_links[:3])),
        ("Traces", ", ".join(code(cut(one_line(trace), 80), in_table=True) for trace in alert.trace_ids[:5])),
        ("Kind", f"{diagnosis.history.recurrence}; {diagnosis.category}, {diagnosis.bug_class}"),
        ("Signature", code(case.signature.name, in_table=True)),
        ("Why this name", named_otherwise(case)),
        ("Diagnosed by", verified.diagnosed_by(diagnosis)),
        ("Verified", verified.verified(diagnosis.verified)),
        ("Cost", verified.cost(diagnosis.spend, diagnosis.diagnoser)),
        *(("After a hint", hint_line(hint, in_table=True)) for hint in diagnosis.hints[:5]),
    )
    # GitHub draws an empty head as a stripe: the first row is the head.
    head, *more = ((name, words) for name, words in rows if words)
    return "\n\n".join(part for part in (_answer(diagnosis), markdown.table(head, tuple(more), left=True), verified.unfounded(diagnosis.verified)) if part)


def _answer(diagnosis: Diagnosis) -> str:
    """What somebody has to know who reads nothing else: verdict and answer, how grave and by when, the first thing to do."""
    assessment = diagnosis.assessment
    by = f", respond within {within(_line(assessment.response_time))}" if assessment.response_time.strip() else ""
    step = next((_line(step) for step in diagnosis.next_steps if step.strip()), "")
    lines = (
        f"**{diagnosis.verdict.capitalize()}.** {_line(diagnosis.summary)}",
        f"Severity **{assessment.severity}**{by}.",
        f"**First:** {step}" if step else "",
    )
    return f"> [!{_ALERTS[diagnosis.verdict]}]\n> " + "\n>\n> ".join(line for line in lines if line)


def _owners(case: Case) -> str:
    """Code spans, so that nobody is called by a table; the forge asks them for a review."""
    names = ", ".join(filter(None, (_short(name) for name in authors_of(case))))
    return _handles(owners_of(case)) or (f"CODEOWNERS names none; it was written by {names}" if names else "")


def _handles(owners: tuple[str, ...]) -> str:
    return ", ".join(code(f"@{owner}", in_table=True) for owner in owners)


def _root_cause(diagnosis: Diagnosis, case: Case) -> str:
    cause = diagnosis.root_cause
    known = {evidence.id: evidence for evidence in case.evidence}
    quotes = "\n".join(f"- {_cited(known.get(name), name)}: {words}" for name, words in verified.quotes(cause.citations))
    unproven = "**Not proven: a lead to check first.**" if is_lead(cause) else "**The cause is not known.**"
    title = verified.confidence(diagnosis) if cause.known else unproven
    rivals = verified.rivals(cause.rivals)
    parts = (
        f"## Root cause\n\n{title}",
        _prose(cause.statement),
        f"{'Because the' if cause.known else 'The'} evidence says:\n\n{quotes}" if quotes else "",
        _found_then(case) if not cause.known else "",
        _numbered("Why, step by step:", cause.five_whys),
        f"Also possible:\n\n{rivals}" if rivals else "",
        _listed("What would settle it:", cause.unsettled),
        verified.rules(diagnosis.rules),
    )
    return "\n\n".join(part for part in parts if part)


def _found_then(case: Case) -> str:
    """What people found when it happened before, where today's evidence says nothing."""
    past = next((past for past in case.history if past.relation != "similar" and past.root_cause.strip()), None)
    return f"**What was found the last time** ({past.last_seen:%Y-%m-%d}): {_line(past.root_cause)}" if past else ""


def _cited(evidence: Evidence | None, name: str) -> str:
    return link(name, found_at(evidence)) if evidence is not None and found_at(evidence).startswith("https://") else inline(name)


def _affected(places: tuple[AffectedCode, ...], case: Case) -> str:
    read = {(detail.path, detail.line): detail for detail in (evidence.detail for evidence in case.evidence) if isinstance(detail, CodePlace)}
    shown = []
    for place in places[:10]:
        where = f"{cut(one_line(place.path), 300)}:{place.line}"
        head = f"{link(where, place.permalink) if place.permalink else code(where)} in {code(cut(one_line(place.function), 200)) or 'the module'}"
        shown.append(f"{head}: {_line(place.issue)}".rstrip(": "))
    if not shown:
        return ""
    # Only the place itself is shown with its lines: those of the others stand in the evidence.
    snippet = read.get((places[0].path, places[0].line))
    lines = numbered_snippet(snippet) if snippet else ""
    others = "\n".join(f"- {one}" for one in shown[1:])
    return "\n\n".join(part for part in ("## Affected code", shown[0], lines, others) if part)


def _fix(diagnosis: Diagnosis) -> str:
    prevention = diagnosis.prevention
    if not (diagnosis.immediate_fix.strip() or diagnosis.long_term_fix.strip()):
        return ""  # how to verify a fix that nobody knows helps nobody
    named = (
        ("Now", _prose(diagnosis.immediate_fix)),
        ("For good", _prose(diagnosis.long_term_fix)),
        ("How to verify", _prose(diagnosis.verification)),
        ("A test that would have caught it", _line(prevention.test)),
        ("A check in CI", _line(prevention.check)),
        ("An alert", _line(prevention.alert)),
    )
    parts = [f"**{name}**\n\n{words}" for name, words in named if words]
    return "\n\n".join(("## Fix", *parts)) if parts else ""


def _next_steps(diagnosis: Diagnosis) -> str:
    parts = (_numbered("", diagnosis.next_steps), _listed("Tips:", diagnosis.resolution_tips))
    words = "\n\n".join(part for part in parts if part)
    return f"## Next steps\n\n{words}" if words else ""


def _tracking(reason: str | None, issue: str) -> str:
    if issue:
        return f"The tracking issue is there already: {link(issue, issue)}."
    if reason:
        return f"A tracking issue is opened, because {_line(reason)}."
    return "No tracking issue is opened: the policy (`tracking` in `.github/knowledge-bot.yml`) does not ask for one."


def commands(branch: str, *, local: bool, edit: bool = True) -> str:
    """What a reviewer types: to accept, to change it before, to say no."""
    accept, change, refuse = (
        (f"git merge --no-ff {branch}", f"git switch {branch}", f"git branch -D {branch}")
        if local
        else (f"gh pr merge {branch} --squash", f"gh pr checkout {branch}", f"gh pr close {branch}")
    )
    return fence("\n".join((f"{accept}  # publish it", *((f"{change}  # change the entry first",) if edit else ()), f"{refuse}  # say no")), "sh")


def _merging(case: Case, entry_path: str, tracking: str, *, local: bool) -> str:
    branch = f"kb/{entry_path.rpartition('/')[2].removesuffix('.md')}"
    return "\n".join(
        (
            "## What merging does",
            "",
            f"- The alert is answered {_answered(case.alert.permalink)} with what the entry says then.",
            f"- {tracking}",
            "- The index of the knowledge folder is rebuilt.",
            "",
            "Or else:",
            "",
            f"- Edit {code(entry_path)} here first: your words are kept, and the thread is told them.",
            "- Comment `/rediagnose <what you know>`; `/help` says what else the bot hears here.",
            "- Close it without merging: that is a “no”, and the same diagnosis is not proposed again.",
            "",
            commands(branch, local=local),
        )
    )


def _answered(permalink: Permalink) -> str:
    vendor = vendor_of(permalink)
    return f"in the configured channel (it came from {vendor}, {code(permalink.url)})" if vendor else _thread(permalink, "in its thread")


def _thread(permalink: Permalink, words: str) -> str:
    return link(words, permalink.url)


def _numbered(head: str, items: tuple[str, ...]) -> str:
    lines = "\n".join(f"{number}. {_line(item)}" for number, item in enumerate((item for item in items[:20] if item.strip()), start=1))
    return (f"{head}\n\n{lines}" if head else lines) if lines else ""


def _listed(head: str, items: tuple[str, ...]) -> str:
    lines = "\n".join(f"- {_line(item)}" for item in items[:20] if item.strip())
    return f"{head}\n\n{lines}" if lines else ""


def _short(text: str) -> str:
    return inline(cut(one_line(text), 80))


def _line(text: str) -> str:
    return sentence(cut(one_line(text), MAX_LINE), in_table=True)


def _prose(text: str) -> str:
    return prose(cut(text.strip(), MAX_PROSE))
