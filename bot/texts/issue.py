"""The tracking issue of an entry: what the work is, why it is tracked, where the knowledge stands."""

import re

from bot.core.entry import Entry
from bot.core.plain_text import cut
from bot.core.sections import IN_SHORT, find
from bot.model import IssueDraft, TrackingIssue
from bot.texts import markdown
from bot.texts.markdown import code, inline, link
from bot.texts.pull_request_past import times

MAX_SUMMARY = 20_000
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_RELATIVE = re.compile(r"\]\(([A-Za-z0-9._-]{1,130}\.md)\)")


def draft(entry: Entry, reason: str, *, entry_url: str, pull_request: str | None, earlier: TrackingIssue | None) -> IssueDraft:
    """The issue for an entry as it was merged. `reason` completes "tracked, because …"; `earlier` is a closed issue of the same error."""
    meta = entry.meta
    summary = find(entry.body, IN_SHORT)
    # A relative link of the entry would be dead in an issue.
    folder = entry_url.rpartition("/")[0]
    words = _COMMENT.sub("", entry.body[summary.content : summary.end]).strip() if summary else ""
    words = _RELATIVE.sub(lambda match: f"]({folder}/{match.group(1)})", words)
    links = [_where("Entry", entry_url), _where("Pull request", pull_request or ""), _where("Earlier issue, closed", earlier.url if earlier else "")]
    facts = (
        f"- Severity **{meta.severity}**, category {meta.category}, recorded {times(meta.occurrences)}, last {inline(meta.last_seen)}",
        f"- Services: {', '.join(code(service) for service in meta.services)}" if meta.services else "",
        *links,
        *(f"- Alert: {link(thread, thread)}" for thread in meta.threads[-5:]),
    )
    parts = (
        f"Tracked, because {inline(reason)}.",
        words if len(words) <= MAX_SUMMARY else "The summary stands in the entry.",
        "\n".join(fact for fact in facts if fact),
        "Closing this issue does not close the entry: set `status`, `resolution` and `resolved_at` there, so that the next alert is told what ended it.",
    )
    return IssueDraft(markdown.title(cut(meta.title, 200)), "\n\n".join(part for part in parts if part), meta.signature, (f"severity:{meta.severity}",))


def _where(name: str, target: str) -> str:
    return f"- {name}: {link(target, target)}" if target else ""
