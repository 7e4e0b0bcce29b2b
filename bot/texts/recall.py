"""The words around an alert that a reviewed entry answers at once: the decision, the request that only counts, the line below the answer."""

import re

from bot.core.entry.entry import Entry, path_of
from bot.core.entry.instant_answers import InstantAnswer
from bot.core.entry.meta import EntryMeta
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.request.pull_request_marks import BEGIN, END
from bot.core.signature.heading import called, what_and_where
from bot.model import Case, Diagnosis, PullRequest, Recalled, Verdict
from bot.regex import regex
from bot.texts import markdown, mrkdwn
from bot.texts.markdown import code, fence, inline, link, sentence
from bot.texts.response_time import within

COUNTED = "## Seen again, answered at once"
LABEL = "answered-at-once"
MOST_ROWS = 15
MOST_REASONS = 12
_HIDDEN = regex(r"^<!-- errata:[^\n]{0,4000} -->$\n?", re.MULTILINE)
_PART = regex(re.escape(BEGIN) + r"(.*?)" + re.escape(END), re.DOTALL)


def decision(recalled: Recalled) -> str:
    """For the job's log: whether the entry answers, and every reason."""
    head = "answered at once from" if recalled.fits else "not answered at once from"
    return "\n".join((f"{head} {recalled.signature}:", *(f"  - {cut(one_line(reason), 400)}" for reason in recalled.reasons[:MOST_REASONS])))


def instead(signature: str) -> str:
    """Why the rules diagnosed an alert that was to be answered at once."""
    return f"the entry {signature} was to answer it, but as it stands on the default branch now it does not fit any more; so the rules diagnosed it"


def section(diagnosis: Diagnosis) -> str:
    """For the pull request of a diagnosis: why its entry did not answer at once; empty where none was weighed."""
    recalled = diagnosis.recalled
    if recalled is None or recalled.fits:
        return ""
    reasons = "\n".join(f"- {_line(reason)}" for reason in recalled.reasons[:MOST_REASONS])
    return f"<details>\n<summary>Why the entry did not answer at once</summary>\n\n{reasons}\n\n</details>"


def title(case: Case) -> str:
    """Of a request that only counts."""
    return markdown.title(f"Seen again, answered at once: {called(case.signature, case.alert.message or '')}", 140)


def commit_message(case: Case, occurrences: int) -> str:
    """Subject and one sentence, both plain words."""
    subject = markdown.commit_message(f"Count {what_and_where(case.signature)} (occurrence {occurrences})", 100)
    return f"{subject}\n\nAnswered at once from the reviewed entry; only counts change.\n"


def labels(diagnosis: Diagnosis, before: tuple[str, ...]) -> tuple[str, ...]:
    """Those that the open request has from us, and ours."""
    wanted = (f"severity:{diagnosis.assessment.severity}", f"category:{diagnosis.category}", LABEL)
    return tuple(dict.fromkeys((*before, *wanted))) if before else wanted


def body(earlier: str, entry: Entry, waiting: tuple[InstantAnswer, ...], recalled: Recalled, *, local: bool = False) -> str:
    """What the request says. `earlier` is its whole description so far: what it tells of a diagnosis stays, and the count comes last.

    `local` says that the request is a branch on this machine.
    """
    told = _told_before(earlier)
    counted = counted_section(entry, waiting, recalled)
    return f"{told}\n\n{counted}" if told else f"{counted}\n\n{_merging(entry, local=local)}"


def counted_section(entry: Entry, waiting: tuple[InstantAnswer, ...], recalled: Recalled | None = None) -> str:
    """How often, which alerts, and by what the entry fitted the last time; empty where nothing was counted."""
    if not waiting:
        return ""
    times = "once more" if len(waiting) == 1 else f"{len(waiting)} times more"
    who = _reviewers(entry.meta.reviewed_by, entry.meta.reviewed_at)
    rows = tuple(
        (str(one.number), one.time, link("alert", one.url) if one.url.startswith("https://") else code(one.url, in_table=True)) for one in waiting[:MOST_ROWS]
    )
    more = f"\n\nand {len(waiting) - MOST_ROWS} more." if len(waiting) > MOST_ROWS else ""
    reasons = "\n".join(f"- {_line(reason)}" for reason in recalled.reasons[:MOST_REASONS]) if recalled else ""
    fitted = f"\n\nWhy the entry fitted the latest one:\n\n{reasons}" if reasons else ""
    return (
        f"{COUNTED}\n\nSeen **{times}**, answered from the reviewed entry ({who}). No model was asked. There is nothing to review in it but the count."
        f"\n\n{markdown.table(('No.', 'Time', 'Alert'), rows)}{more}{fitted}"
    )


def answered_headline(meta: EntryMeta, verdict: Verdict | None) -> str:
    """How the first line of an answer given at once begins, as mrkdwn: the verdict as people reviewed it; the cause follows."""
    head = f"*{verdict.capitalize()}*" if verdict else "*Known*"
    return f"{head} · severity *{meta.severity}* · seen before"


def answered_line(meta: EntryMeta, response_time: str) -> str:
    """What stands below the headline of an answer given at once, as mrkdwn: what to do by when, whose words these are, and how to object."""
    who = ", ".join(mrkdwn.line(name, 80) for name in meta.reviewed_by[:5]) or "a person"
    return (
        f"Respond within {mrkdwn.line(within(response_time), 80)}. _Answered at once from what {who} reviewed on {mrkdwn.line(meta.reviewed_at[:10], 20)};"
        " nobody has looked at this alert yet. A 👍 says that it helped, a 👎 that it is wrong: then the next alert is diagnosed in full._"
    )


def foreign(claimed: str, link: str) -> str:
    """A directory that names another thread than the one that was asked about."""
    return f"{cut(one_line(claimed), 200)} is not the alert of {link}: nothing is posted there"


def overtaken() -> str:
    """Somebody pushed meanwhile."""
    return "the default branch changed meanwhile; the records follow with the next run (by hand: bot trust)"


def counted(request: PullRequest, occurrences: int) -> str:
    """An alert is counted, and nothing has to be reviewed but that."""
    return f"pull request {request.url} counts it ({occurrences} occurrences); its words are those that were reviewed"


def merged(name: str, sha: str) -> str:
    """A request that only counted was merged by policy."""
    return f"{name}: nothing but counts, merged as {sha[:12]} (`recurrence: merge_counts:`)"


def not_merged(name: str, cause: str) -> str:
    """It waits for a person, and why."""
    return f"{name}: the count is not merged by itself: {cut(one_line(cause), 300)}; a person may merge it"


def scored(name: str, held: int, failed: int) -> str:
    """The record of an entry changed."""
    return f"{name}: {held} {'answer' if held == 1 else 'answers'} held, {failed} failed"


def scores_message(count: int) -> str:
    """The commit that writes records."""
    return f"Record how the answers of {count} {'entry' if count == 1 else 'entries'} held\n"


def _merging(entry: Entry, *, local: bool) -> str:
    path = path_of(entry.meta.signature)
    branch = f"kb/{entry.meta.signature}"
    accept, refuse = (f"git merge --no-ff {branch}", f"git branch -D {branch}") if local else (f"gh pr merge {branch} --squash", f"gh pr close {branch}")
    lines = (
        "## What merging does",
        "",
        f"- The count in {code(path)} goes up; its words stay as they were reviewed.",
        "- The threads have their answers already; none is told twice.",
        "",
        "Closing without merging leaves these alerts out of the count, until the entry is reviewed again. An answer was wrong? Correct the entry here, or in a"
        " pull request of your own: what was told from the old words counts as failed.",
        "",
        fence(f"{accept}  # count them\n{refuse}  # do not", "sh"),
    )
    return "\n".join(lines)


def _told_before(description: str) -> str:
    """The bot's earlier words without their hidden marks and without an earlier count; empty where they only counted."""
    found = _PART.search(description)
    told = _HIDDEN.sub("", found.group(1)).strip() if found else ""
    return told.partition(COUNTED)[0].strip()


def _reviewers(names: tuple[str, ...], at: str) -> str:
    who = ", ".join(inline(cut(one_line(name), 80)) for name in names[:5]) or "a person"
    return f"reviewed by {who} on {inline(at[:10])}"


def _line(text: str) -> str:
    return sentence(cut(one_line(text), 400), in_table=True)
