"""The tracking issue of an entry: what the work is, why it is tracked, where the knowledge stands."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from bot.core.entry.entry import Entry
from bot.core.plain_text.plain_text import cut
from bot.model import IssueDraft, Permalink, Record, TrackingIssue
from bot.regex import regex
from bot.texts import markdown
from bot.texts.entry_page import summary_of
from bot.texts.markdown import code, inline, link
from bot.texts.numbers import times
from bot.texts.response_time import within

MAX_SUMMARY = 20_000
_RELATIVE = regex(r"\]\(([A-Za-z0-9._-]{1,130}\.md)\)")
_REFERENCE = regex(r"/issues/(\d{1,12})/?\Z|/issue/([A-Z][A-Z0-9]{0,9}-\d{1,9})(?:/|\Z)|/([0-9]{4}-[a-z0-9-]{1,80})\.md\Z|[#&?]id=(\d{1,12})(?:&|\Z)")
_TIME, _TS = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z"), regex(r"https://[^/]{1,200}/archives/\w{1,30}/p(\d{10})\d{6}")
_NUMBER = regex(r"/(?:pull|issues)/(\d{1,12})\Z")
CLOSING = (
    "Close this issue when the work is done, and say in its last comment what ended the error: the entry is then proposed as resolved."
    " Closed as not planned, it stays closed when the error comes back."
)


class About(Record, frozen=True):
    """What stands around the words. `earlier` is an issue of the same error that is closed or gone; times and escalation are the configuration's words."""

    entry_url: str
    pull_request: str | None = None
    earlier: TrackingIssue | None = None
    response_time: str = ""
    escalation: str = ""


def draft(entry: Entry, reason: str, about: About) -> IssueDraft:
    """The issue for an entry as it was merged. `reason` completes "tracked, because …"."""
    meta = entry.meta
    # A relative link of the entry would be dead in an issue.
    folder = about.entry_url.rpartition("/")[0]
    words = _RELATIVE.sub(lambda match: f"]({folder}/{match.group(1)})", markdown.reviewed(summary_of(entry.body)))
    parts = (
        f"Tracked, because {inline(reason)}.",
        words if len(words) <= MAX_SUMMARY else "The summary stands in the entry.",
        "\n".join(fact for fact in _facts(entry, about) if fact),
        CLOSING,
    )
    links = (
        ("Entry", about.entry_url),
        ("Pull request", about.pull_request or ""),
        *(("Alert", thread) for thread in meta.threads[-1:] if thread.startswith("https://")),
    )
    return IssueDraft(
        markdown.title(cut(meta.title, 200)),
        "\n\n".join(part for part in parts if part),
        meta.signature,
        (f"severity:{meta.severity}",),
        meta.severity,
        links=tuple((name, url) for name, url in links if url.startswith("https://")),
    )


def came_back(made: IssueDraft, reason: str, threads: Sequence[Permalink]) -> IssueDraft:
    """The same as a comment on the issue that is opened again; its mark names the newest alert, so that it is said once for it."""
    newest = max(threads, key=lambda thread: thread.ts)
    alerts = "\n".join(f"- Alert: {link(thread.url, thread.url)}" for thread in threads[-5:])
    body = f"**It came back.** Opened again, because {inline(reason)}.\n\n{alerts}\n\n{made.body.partition(chr(10) * 2)[2].removesuffix(CLOSING).rstrip()}"
    return msgspec.structs.replace(made, body=body, marker=f"{made.marker}/{newest.identity}")


def named(url: str) -> TrackingIssue | None:
    """The issue that an entry names, without asking the tracker."""
    found = _REFERENCE.search(url)
    numbered = found is not None and found[1] is not None
    reference = next((group for group in found.groups() if group), "") if found else ""
    return TrackingIssue(f"#{reference}" if numbered else reference, url, open=True) if url else None


def _facts(entry: Entry, about: About) -> tuple[str, ...]:
    meta, earlier = entry.meta, about.earlier
    return (
        f"- Severity **{meta.severity}**, category {meta.category}, recorded {times(meta.occurrences)}, last {inline(_minute(meta.last_seen))}",
        f"- Respond within {inline(within(about.response_time))}; escalation: {inline(about.escalation)}" if about.response_time else "",
        f"- Services: {', '.join(code(service) for service in meta.services)}" if meta.services else "",
        f"- Owners: {', '.join(code(owner) for owner in meta.owners)}" if meta.owners else "",
        _where("Entry", about.entry_url, meta.signature),
        _where("Pull request", about.pull_request or ""),
        _where("Earlier issue, closed" if earlier and not earlier.open else "Earlier issue, not found any more", earlier.url if earlier else ""),
        *(_where("Alert", thread, _posted(thread)) for thread in meta.threads[-5:]),
    )


def _where(name: str, target: str, label: str = "") -> str:
    """A row with a link; an address is no label where a name or a number says the same."""
    number = _NUMBER.search(target)
    return f"- {name}: {link(label or (number[1] if number else target), target)}" if target else ""


def _posted(thread: str) -> str:
    """When the alert of a Slack link was posted; empty for any other place."""
    found = _TS.match(thread)
    return f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M} UTC" if found else ""


def _minute(time: str) -> str:
    return f"{time[:10]} {time[11:16]} UTC" if _TIME.match(time) else time
