"""What to do: now, for good, to prove it, and so that it does not come back. Every line rests on something of the case."""

import shlex

from bot.core.knowledge.told_guidance import codes_of, runbooks_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.signature.signature import normalised
from bot.diagnosers.causes import names_mechanism, suspect
from bot.diagnosers.clues import Clues
from bot.diagnosers.past import fragments, lost_fix, put_back
from bot.model import BugClass, Commit, FixCheck, Prevention
from bot.regex import regex

_TESTS: dict[BugClass, str] = {
    "race condition": "A test that runs {function} from two transactions at the same time",
    "missing value": "A test that calls {function} without the value that was missing",
    "timeout": "A test that makes the call of {function} slower than its limit",
    "resource leak": "A test that makes {function} fail and counts what stays open",
    "external service": "A test of {function} with the other side down",
    "invalid input": "A test that gives {function} the input of the failing request",
}
_LANGUAGES = {
    "py": "python",
    "js": "javascript",
    "ts": "typescript",
    "go": "go",
    "java": "java",
    "rb": "ruby",
    "kt": "kotlin",
    "rs": "rust",
    "cs": "csharp",
    "php": "php",
}

_BEGINNING = 80
_LOGGED_BEFORE = regex(r"^(?:\[[^\]]{0,200}\]\s{0,3}){1,6}")
"""Thread, trace and logger in brackets, as Logback and Log4j write them."""


def immediate_fix(clues: Clues) -> str:
    """What stops it now; for a lost fix the revert and the very lines. Markdown, its first paragraph stands alone."""
    if (check := _lost(clues)) and check.removed_by:
        language = _LANGUAGES.get(check.fix.path.rpartition(".")[2], "")
        lines = "\n".join(check.missing)
        return (
            f"Revert {_named(check.removed_by)}, or restore what it removed from {check.fix.path}:\n\n```{language}\n{lines}\n```\n\n"
            f"{_revert(check.removed_by)}"
        )
    if (back := put_back(clues)) and (culprit := back.detail.removed_by):
        return f"Revert {_named(culprit)}: it put back what the earlier fix had taken out.\n\n{_revert(culprit)}"
    usual = clues.rule.sentence(clues.rule.rule.fix.immediate) if clues.rule else ""
    if clues.rule and clues.rule.explains:
        return f"{usual} First check {clues.rule.settle}." if usual else f"First check {clues.rule.settle}."
    often = f"{usual} That often stops a failure of this kind; that it does here is not proven." if usual else ""
    if clues.rule and names_mechanism(clues.rule):
        return " ".join(part for part in (often, _undoing(clues)) if part)
    return _undoing(clues) or often


def _undoing(clues: Clues) -> str:
    """To take back the first suspect, for want of better; never what only brought the code: before it there was none."""
    suspected = suspect(clues)
    if suspected is None or suspected.detail.relation == "brought the failing code":
        return ""
    how = " (a merge: with `-m 1`)" if suspected.detail.merge else ""
    return f"Revert {_named(suspected.detail)}{how}, which {suspected.detail.relation}, if it must stop now: that this ends it is not proven."


def long_term_fix(clues: Clues) -> str:
    """What keeps it from returning; empty where the cause is not known."""
    check = _lost(clues)
    if check is None or check.removed_by is None:
        return clues.rule.sentence(clues.rule.rule.fix.long_term) if clues.rule and clues.rule.explains and not put_back(clues) else ""
    return f"Keep what {check.fix.sha[:7]} added, with a comment that says why it is there, and reach the aim of {_named(check.removed_by)} in another way."


def verification(clues: Clues) -> str:
    """How to see that it is over."""
    quiet = f"No event {clues.shape} in {clues.service or 'the logs'} ({clues.case.alert.environment}) after the deployment"
    if (check := _lost(clues)) and check.removed_by:
        hours = max(1, round((clues.case.alert.time - check.removed_by.time).total_seconds() / 3600))
        return f"`{_search(check)}` finds the line again. {quiet}, for at least the {f'{hours} hours' if hours > 1 else 'hour'} that it took to come back."
    proof = clues.rule.sentence(clues.rule.rule.verification) if clues.rule and clues.rule.explains and not put_back(clues) else ""
    return f"{proof} {quiet}, for at least as long as it took to appear.".strip()


def prevention(clues: Clues, bug_class: BugClass) -> Prevention:
    """A test, a check and an alert that would have caught it; only what the case gives reason for."""
    function = f"{clues.place.function}()" if clues.place else ""
    template = _TESTS.get(bug_class, "A test that makes {function} fail in this way")
    test = template.format(function=function) if function else ""
    check = _lost(clues)
    if check is None:
        return _usual_prevention(clues, f"{test}." if test else "")
    test = f"{test}; it must fail without {fragments(check.missing, 1)}." if test else ""
    return Prevention(
        test=test,
        check=f"A check in CI, or an owner in CODEOWNERS, for changes that remove {fragments(check.missing, 1)} from {check.fix.path}.",
        alert=f"The first {clues.shape} after a deployment of {clues.service or 'the service'}: it is known, and known to be a regression.",
    )


def _usual_prevention(clues: Clues, test: str) -> Prevention:
    """What the rule says, where it is of this failure and not of many."""
    match = clues.rule
    if match is None or match.rule.general or put_back(clues):
        return Prevention(test=test)
    usual = match.rule.prevention
    scene = match.sentence(usual.test)
    of = f"A test of {clues.place.function}(): " if clues.place and match.category == "application" else ""
    return Prevention(f"{of}{scene}" if scene else test, match.sentence(usual.check), match.sentence(usual.alert))


def next_steps(clues: Clues) -> tuple[str, ...]:
    """In this order."""
    back = put_back(clues)
    check = _lost(clues) or (back.detail if back else None)
    if check and check.removed_by:
        aim = f"Tell {check.removed_by.author or 'the author'}, and ask what {check.removed_by.sha[:7]} was for before it is tried again."
        test = f"Add a test that fails {'with' if check.state == 'put back' else 'without'} {fragments(check.missing, 1)}."
        return (
            f"Revert {_named(check.removed_by)} in {check.removed_by.repository} and deploy {clues.service or 'it'}{_where(check.removed_by)}.",
            aim,
            test,
            "Watch the logs as said under Verification.",
            *_runbooks(clues),
        )
    steps = []
    if clues.origin:
        steps.append(f"Start in {clues.origin.detail.service}, where the trace failed first ({clues.origin.evidence.id}).")
    if clues.rule:
        steps.append(f"Check {clues.rule.settle}.")
        steps += [clues.rule.sentence(step) for step in clues.rule.rule.next_steps]
        steps += [f"Follow the runbook: {clues.rule.rule.runbook}"] if clues.rule.rule.runbook.startswith("https://") else []
    steps += _runbooks(clues)
    if suspected := suspect(clues):
        steps.append(f"Read {_named(suspected.detail)}, which {suspected.detail.relation} ({suspected.evidence.id}){_where(suspected.detail)}.")
    if clues.place:
        steps.append(f"Read {clues.place.function}() at {clues.place.path}:{clues.place.line} with the values of the failing request.")
    steps += [f"Make visible: {one_line(gap.wanted)}. {one_line(gap.remedy)[:1].upper()}{one_line(gap.remedy)[1:]}." for gap in clues.case.gaps[:2]]
    return tuple(steps) or ("Find the log event behind the alert, then run the diagnosis again.",)


def _revert(commit: Commit) -> str:
    """The command that undoes a commit. git refuses a merge without the parent to keep: the first is the branch that it was merged into."""
    if not commit.merge:
        return f"```sh\ngit revert --no-edit {commit.sha[:12]}\n```"
    command = f"```sh\ngit revert --no-edit -m 1 {commit.sha[:12]}\n```"
    return f"{command}\n\nIt is a merge: `-m 1` keeps the branch that it was merged into and takes back all that the merge brought there."


def _where(commit: Commit) -> str:
    """The address of its pull request, so that the entry and the reply lead there too; its own is behind its name."""
    address = commit.pull_request or ""
    return f" ({address})" if address.startswith("https://") else ""


def resolution_tips(clues: Clues) -> tuple[str, ...]:
    """For whoever meets it again."""
    tips = []
    if check := _lost(clues):
        tips.append(f"When this error appears, look first whether the fix is still there: `{_search(check)}`")
    if clues.failing and clues.failing.detail.trace_id:
        tips.append(f"The failing request is trace {one_line(clues.failing.detail.trace_id)}; its events in order show what each service saw.")
    hint = next((seen for seen in clues.trace if clues.rule and clues.rule.words and clues.rule.words in one_line(seen.detail.message)), None)
    if clues.rule and hint and hint is not clues.failing:
        tips.append(f'A line like "{cut(one_line(hint.detail.message), 120)}" just before it tells what it was: {clues.rule.name}.')
    history = next((seen.evidence.query for seen in clues.commits if seen.evidence.query), "")
    if history:
        tips.append(f"Who changed the function: `{history}`")
    return (*tips, *(f"What people wrote of the code {one.code} ({one.evidence}): {one.words}" for one in codes_of(clues.case)))


def _runbooks(clues: Clues) -> list[str]:
    """Those that were chosen for the case; a rule's own is among them where the knowledge folder has it."""
    return [f"Follow the runbook `{one.path}` ({one.title}), {one.reason} ({one.evidence})." for one in runbooks_of(clues.case)]


def blast_radius(clues: Clues) -> str:
    """How far it reached, counted in the evidence only."""
    span = f"between {clues.case.start:%H:%M} and {clues.case.end:%H:%M} UTC"
    times = {1: "once", 2: "twice"}.get(clues.events, f"{clues.events} times")
    parts = [f"Seen {times} {span} in {clues.service or 'an unnamed service'}." if clues.events else f"No event of it was found {span}."]
    services = list(dict.fromkeys(seen.detail.service for seen in clues.trace if seen.detail.service))
    if len(services) > 1:
        first = (clues.origin or clues.failing or clues.trace[0]).detail
        parts.append(f"The failing request (trace {one_line(first.trace_id or '')}) ran through {', '.join(services)}; {first.service} failed first.")
    shapes = {(seen.detail.service, normalised(seen.detail.message)) for seen in clues.trace}
    others = [seen.detail for seen in clues.others if (seen.detail.service, normalised(seen.detail.message)) not in shapes]
    if others:
        named = [f"{event.service or 'a service'}: {_begun(event.message)}" for event in others[:3]]
        parts.append(f"Other errors of that time, not shown to be connected: {'; '.join(named)}.")
    return " ".join(parts)


def _begun(message: str) -> str:
    """The beginning of a message behind what its logger put there, cut between words: half an identifier is one that no evidence has."""
    words = one_line(message)
    words = _LOGGED_BEFORE.sub("", words) or words
    return words if len(words) <= _BEGINNING else f"{words[:_BEGINNING].rpartition(' ')[0] or words[: _BEGINNING - 1]}…"


def _lost(clues: Clues) -> FixCheck | None:
    seen = lost_fix(clues)
    return seen.detail if seen else None


def _search(check: FixCheck) -> str:
    """The command that looks for the first missing line."""
    first = next(iter(check.missing), "")
    return f"git grep -nF -e {shlex.quote(first.strip())} -- {shlex.quote(check.fix.path)}"


def _named(commit: Commit) -> str:
    return f'{commit.sha[:7]} ("{cut(commit.subject, 120)}")'
