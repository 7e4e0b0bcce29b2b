"""What a reviewer wants to know of the past: when it was last seen, what was done, whether that still stands, what is different now."""

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.suspicion import only_brought
from bot.model import Case, Commit, Diagnosis, FixCheck, PastEntry
from bot.regex import regex
from bot.texts.markdown import code, link, sentence
from bot.texts.numbers import times
from bot.texts.pull_request_evidence import commit_line, diff, reasons_of

MAX_LINE = 600
MOST_SUSPECTS, MOST_OTHERS, MOST_REASONS = 3, 3, 3
"""What a reader takes in; everything stands in the evidence."""
_ADDRESS = regex(r"https://[^\s()<>]{1,2000}")


def past_section(case: Case, diagnosis: Diagnosis) -> str:
    """Empty when nothing of the past is known and nothing changed lately."""
    known = next((past for past in case.history if past.relation != "similar"), None)
    similar = [past for past in case.history if past.relation == "similar"]
    checks = [evidence.detail for evidence in case.evidence if isinstance(evidence.detail, FixCheck)]
    # A fix that is gone is no suspect, and the commit that undid it is told beside it.
    told = {commit.sha for check in checks for commit in (check.removed_by, check.carried_by, None if check.stands else check.fix) if commit}
    commits = [evidence.detail for evidence in case.evidence if isinstance(evidence.detail, Commit) and evidence.detail.sha not in told]
    parts = (
        _known(known, diagnosis) if known else "",
        *(_check(check) for check in checks[:5]),
        _lately(commits, proved=any(check.removed_by for check in checks)),
        _similar(similar),
    )
    words = "\n\n".join(part for part in parts if part)
    title = "What changed since the last diagnosis" if known else "Recent changes" if commits else "What is known of the past"
    return f"## {title}\n\n{words}" if words else ""


def _known(past: PastEntry, diagnosis: Diagnosis) -> str:
    history, told = diagnosis.history, (past.path, *_ADDRESS.findall(past.resolution))
    resolved = f" ({past.resolved_at:%Y-%m-%d})" if past.resolved_at else ""
    rows = (
        ("Known as", f"{code(past.signature)}, {past.status}, recorded {times(past.occurrences)}, last {past.last_seen:%Y-%m-%d %H:%M} UTC"),
        ("What ended it then", f"{_line(past.resolution)}{resolved}" if past.resolution else ""),
        ("Does that apply now" if past.resolution else "Until now", _line(history.applies)),
        ("Cause then", _line(past.root_cause) if diagnosis.root_cause.known else ""),  # else it stands beside today's
        ("Severity", f"{past.severity} → {diagnosis.assessment.severity}" if past.severity != diagnosis.assessment.severity else ""),
        ("Reference", link(history.reference, history.reference) if history.reference and history.reference not in told else ""),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in rows if words)


def _check(check: FixCheck) -> str:
    fix = commit_line(check.fix)
    carried = f" It came into what ran as {commit_line(check.carried_by)}." if check.carried_by else ""
    if check.stands:
        how = {"moved": f", now in {code(check.moved_to or '')}", "reworded": ", in other words"}.get(check.state, "")
        return f"The earlier fix still stands{how}: {fix}.{carried}"
    if check.state in ("not deployed", "never there"):
        coming = f" It comes with {commit_line(check.carried_by)}." if check.carried_by else ""
        return f"**The earlier fix {_ABSENT[check.state]}**: {fix}.{coming}"
    lost = f"{len(check.missing)} of its {_lines(check.followed)} are gone" if check.state == "partly lost" else _LOST.get(check.state, "no longer stands")
    removed = f" {_DID.get(check.state, 'It was removed by')} {commit_line(check.removed_by)}." if check.removed_by else ""
    shown = diff(check.removed_by) if check.removed_by else ""
    head = f"**Of the earlier fix {lost}**" if check.state == "partly lost" else f"**The earlier fix {lost}**"
    return f"{head}: {fix}.{carried}{removed}" + (f"\n\n{shown}" if shown else "")


_ABSENT = {"not deployed": "was not deployed yet when the alert came", "never there": "was never in what ran"}
_LOST = {
    "commented out": "is commented out",
    "put back": "is undone: what it had taken out is there again",
    "gone with its function": "no longer stands: its function is gone",
    "gone with its file": "no longer stands: its file is gone",
}
_DID = {"put back": "It was put back by", "commented out": "It was commented out by"}


def _lately(commits: list[Commit], *, proved: bool) -> str:
    """The suspects in their order, each with what speaks for it; where it is proved which commit did it, the others are only named."""
    if proved:
        return _titled("Other changes to the failing code:", [commit_line(commit) for commit in commits[:MOST_OTHERS]], len(commits))
    suspects = [commit for commit in commits if not only_brought(commit.relation, commit.reasons)]
    told = suspects or commits
    lines = [f"{commit_line(commit)}: {_line('; '.join(reasons_of(commit)[:MOST_REASONS]) or commit.relation)}" for commit in told[:MOST_SUSPECTS]]
    ranked = any(commit.reasons for commit in suspects)
    title = "Suspected changes, the likeliest first:" if ranked else "Changed lately:" if suspects else "Where the failing code comes from:"
    return _titled(title, lines, len(commits))


def _titled(title: str, lines: list[str], count: int) -> str:
    left = count - len(lines)
    more = [f"and {left} more, {'which stands' if left == 1 else 'which stand'} in the evidence"] if left else []
    return f"{title}\n\n" + "\n".join(f"- {line}" for line in (*lines, *more)) if lines else ""


def _similar(entries: list[PastEntry]) -> str:
    lines = "\n".join(
        f"- {code(past.signature)}: {_line(past.title)}, {past.status}{f'; {_line(past.resolution)}' if past.resolution else ''}" for past in entries[:5]
    )
    return f"Similar entries, other errors by their names; where one is this very error, `bot merge` the two:\n\n{lines}" if lines else ""


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _line(text: str) -> str:
    return sentence(cut(one_line(text), MAX_LINE))
