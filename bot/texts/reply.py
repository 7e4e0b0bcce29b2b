"""The answer in the alert's thread: what the reviewer merged, word for word, in Slack blocks.

Limits (slack_sdk block models; bolt-js issue 2509 for the total): 50 blocks, 3,000 characters for a section, about 13,200 for the whole message.
"""

import re

from bot.core.entry import Entry
from bot.core.occurrence_block import MARK, occurrence_blocks
from bot.core.outline import outline
from bot.core.sections import IN_SHORT, find
from bot.model import Permalink, Reply, TrackingIssue
from bot.texts import mrkdwn, slack_markdown

MAX_SECTION = 2_900
MAX_TOTAL = 10_000
MAX_TEXT = 1_000
MAX_OWNERS = 5
# In the order a reader needs them; what else the block holds comes after, as far as there is room.
_FIRST = ("Root cause", "Affected code", "Immediate fix", "Long-term fix", "Historical context", "Severity", "Next steps")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def reply(
    entry: Entry,
    thread: Permalink,
    *,
    marker: str,
    entry_url: str,
    pull_request: str | None,
    approved_by: tuple[str, ...],
    tracked: TrackingIssue | None,
) -> Reply:
    """The answer for one thread of an entry. Its first line is verdict and answer; an occurrence that was edited away gives the entry's summary."""
    headline, parts = _parts(entry, thread)
    links = _links(entry_url, pull_request, tracked)
    approved = f"Reviewed and merged by {', '.join(mrkdwn.line(name, 80) for name in approved_by[:5])}." if approved_by else "Reviewed and merged by a person."
    owners = ", ".join(mrkdwn.code(owner, 120) for owner in entry.meta.owners[:MAX_OWNERS])
    approved = f"Owners of the failing code: {owners}. {approved}" if owners else approved
    closing: list[dict[str, object]] = [
        _section(links),
        {"type": "context", "elements": [_text(mrkdwn.shortened(f"{approved} The entry is the place for corrections.", 1_500))]},
    ]
    room = MAX_TOTAL - len(links) - 1_600
    blocks = [_section(words) for words in _fitting([headline, *parts], room)]
    return Reply(mrkdwn.shortened(headline, MAX_TEXT), (*blocks, *closing), marker)


def _parts(entry: Entry, thread: Permalink) -> tuple[str, list[str]]:
    """The headline, and the titled parts that follow it, as mrkdwn."""
    identity = f"{thread.channel}/{thread.ts}"
    block = next((block for block in occurrence_blocks(entry.body) if block.identity == identity), None)
    title = mrkdwn.line(entry.meta.title, 300)
    if block is None:
        summary = find(entry.body, IN_SHORT)
        words = _COMMENT.sub("", entry.body[summary.content : summary.end]) if summary else ""
        return f"*{title}* · severity *{entry.meta.severity}*", [_joined(words)] if words.strip() else []
    written = _COMMENT.sub("", MARK.sub("\n", entry.body[block.span.content : block.span.end]))
    headings = [heading for heading in outline(written).headings if heading.level == 4]
    ends = [heading.start for heading in headings[1:]] + [len(written)]
    titled = [(heading.title, written[heading.end : end]) for heading, end in zip(headings, ends, strict=True)]
    order = sorted(titled, key=lambda part: _FIRST.index(part[0]) if part[0] in _FIRST else len(_FIRST))
    intro = list(slack_markdown.blocks(written[: headings[0].start] if headings else written))
    headline = intro[0] if intro else f"*{title}*"
    added = "\n".join(piece for piece in intro[1:] if not piece.startswith("• *"))  # the facts stand in the entry; a person's words do not wait
    return headline, [*([added] if added else []), *(f"*{mrkdwn.line(name)}*\n{_joined(words)}" for name, words in order if words.strip())]


def _joined(markdown: str) -> str:
    return "\n".join(slack_markdown.blocks(markdown))


def _fitting(parts: list[str], room: int) -> list[str]:
    """Parts within the limits of a section and of the message; a long one is shortened, and none is split inside a code block."""
    out: list[str] = []
    for part in parts:
        words = mrkdwn.shortened(part, min(MAX_SECTION, room))
        if room < 200 or len(out) >= 40:
            break
        out.append(words)
        room -= len(words)
    return out


def _links(entry_url: str, pull_request: str | None, tracked: TrackingIssue | None) -> str:
    shown = [_link("entry", entry_url)]
    if pull_request:
        shown.append(_link("pull request", pull_request))
    if tracked is not None:
        shown.append(_link(f"tracking issue {tracked.reference}" + ("" if tracked.open else " (closed)"), tracked.url))
    return mrkdwn.shortened("*More:* " + " · ".join(shown), MAX_SECTION)


def _link(label: str, target: str) -> str:
    linked = mrkdwn.link(target, label)
    return linked if linked.startswith("<") else f"{linked} {mrkdwn.code(target, 300)}"


def _section(words: str) -> dict[str, object]:
    return {"type": "section", "text": _text(words)}


def _text(words: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": words, "verbatim": True}
