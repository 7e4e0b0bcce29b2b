"""What an entry, its stub and a pull request say when an entry is resolved, renamed, joined, split or withdrawn."""

from bot.core.entry.entry import Entry, path_of
from bot.core.entry.meta import EntryMeta
from bot.core.entry.occurrence_block import sealed_in_short
from bot.core.entry.sections import CAUSES, HISTORY, IN_SHORT, PLACEHOLDER, RELATED, RESOLUTIONS, SIGNATURE, blocks, find
from bot.core.links.resolution_reference import commits, pull_requests
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.texts import markdown
from bot.texts.markdown import code, inline, link, sentence
from bot.texts.numbers import times

MAX_WORDS = 600
_UNPROVEN = (
    "No commit or pull request is named. **Before merging**, write into `resolution` what ended it, with the commit where there is one:"
    " only then can the next diagnosis look whether it still stands."
)
_DONE = {"rename": "renamed to", "merge": "merged into"}


def came_back(known: Entry | None, entry: Entry) -> str:
    """What a reviewer is told of a regression: what had ended it, and what the entry makes of it; empty where it is none."""
    if known is None or known.meta.status != "resolved" or entry.meta.status != "regressed":
        return ""
    meta = known.meta
    raised = f" Its severity rises from **{meta.severity}** to **{entry.meta.severity}**." if meta.severity != entry.meta.severity else ""
    ended = words_of(meta.resolution) if meta.resolution.strip() else "nobody wrote down by what"
    return f"## It came back\n\nThe entry was resolved on {inline(meta.resolved_at[:10]) or 'an unknown day'} ({ended}), and is `regressed` with this.{raised}"


def withdrawn_meanwhile(known: Entry | None, entry: Entry) -> str:
    """What a reviewer of a request that waited is told where the default branch took the entry (`known`) out of use; empty where it did not."""
    if known is None or known.meta.status != "withdrawn" or entry.meta.status == "withdrawn":
        return ""
    return (
        "## It was withdrawn\n\nOn the default branch the entry is `withdrawn`. Where that was decided while this request waited, git leaves it so when this"
        f" is merged: set its `status` to `{entry.meta.status}` afterwards if it is wanted again, or close this request."
    )


def title_line(entry: Entry) -> str:
    """The heading that the bot gives an entry's page."""
    return f"# {inline(entry.meta.title)}"


def stub_body(entry: Entry, target: str, how: str) -> str:
    """The page under an old name. `how` is `rename` or `merge`."""
    return f"\n{title_line(entry)}\n\nThis entry was {_DONE[how]} [{inline(target)}]({target}.md). Everything that was known of it stands there.\n"


def withdrawn_notice(day: str, because: str) -> str:
    """The line below the title of an entry that is no longer used."""
    return f"**Withdrawn on {day}:** {words_of(because)}"


def words_of(because: str) -> str:
    """What a person gave as the reason, on one line, as Markdown."""
    return sentence(cut(one_line(Redactor().text(because)), MAX_WORDS))


def split_body(entry: Entry, day: str, known: EntryMeta | None = None) -> str:
    """The page of an entry that was split from another, before its history is put in; `known` is what its page says, where it was an entry before."""
    mine, title = entry.meta.signature, inline((known or entry.meta).title)
    section = find(entry.body, SIGNATURE)
    own = next((one for one in blocks(entry.body, section) if known and one.title == f"From {known.signature}"), section) if section else None
    signature = entry.body[own.content : own.end].replace("\r\n", "\n").strip() if own else PLACEHOLDER
    told = f"- **How to recognise it:** not described yet: on {day} its alerts were split from [{inline(mine)}]({mine}.md). Say here what tells the two apart."
    parts = {IN_SHORT: sealed_in_short(told), SIGNATURE: signature, RELATED: f"- [{inline(mine)}]({mine}.md)"}
    sections = (f"## {name}\n\n{parts.get(name) or PLACEHOLDER}\n" for name in (IN_SHORT, SIGNATURE, HISTORY, CAUSES, RESOLUTIONS, RELATED))
    return f"\n# {title}\n\n" + "\n".join(sections)


class Request:
    """Title, body and commit message of a request; `facts` are lines of ready Markdown."""

    def __init__(self, subject: str, facts: tuple[str, ...]) -> None:
        self.title = markdown.title(subject, 140)
        self.commit_message = f"{markdown.commit_message(subject, 100)}\n"
        self.body = "\n\n".join(fact for fact in facts if fact)


def resolved(entry: Entry, words: str, time: str, seen: str, source: str, waiting: str) -> Request:
    """Of a resolution. `time` is when it ended (empty where nobody knows), `seen` when the error was last seen; `source` says where the end was told;
    `waiting` is the address of a diagnosis of the same error that nobody merged yet."""
    unproven = "" if commits(words) or pull_requests(words) else _UNPROVEN
    proof = "" if unproven else " looks whether that still stands,"
    later = (
        f"**It was seen after that end** ({time}), at {seen}: the fix may have been deployed only then. Merge this only if it is over since;"
        f" `resolved_at` is {seen}, so that what happens later is a regression."
    )
    name = entry.meta.signature
    return Request(
        f"Resolve {name}",
        (
            f"Merging this marks {code(name)} as resolved on {max(time, seen)[:10]}: {words_of(words)}",
            f"Told by {source}." if source else "",
            unproven,
            later if time and seen > time else "",
            f"A diagnosis of the same error waits in {link(waiting, waiting)}: merge or close that one first." if waiting else "",
            f"When it happens again after that, the next diagnosis is told what ended it,{proof} and raises the severity by one step.",
        ),
    )


def reopened(entry: Entry, source: str) -> Request:
    """Of an entry whose tracking issue was opened again."""
    name = entry.meta.signature
    facts = (f"The tracking issue of {code(name)} was opened again ({source}), so the entry is no longer resolved.", _KEPT)
    return Request(f"Reopen {name}", facts)


def nothing_left(entry: Entry, source: str) -> Request:
    """Of a resolution that waited for review while its issue was opened again."""
    name = entry.meta.signature
    return Request(
        f"Resolve {name}", (f"The tracking issue of {code(name)} was opened again ({source}). **Close this request**: it changes nothing any more.",)
    )


_KEPT = "What had ended it stays written down in `resolution`."


def renamed(old: str, new: str) -> Request:
    """Of a new name."""
    facts = (
        f"{code(old)} becomes {code(new)}.",
        _file(new),
        f"Links to {code(path_of(old))} keep working: that page leads to the new one, and alerts find it by either name.",
    )
    return Request(f"Rename {old} to {new}", facts)


def merged(gone: Entry, kept: Entry, outcome: Entry) -> Request:
    """Of two entries that become one."""
    old, new = gone.meta.signature, kept.meta.signature
    both = gone.meta.tracking_issue and kept.meta.tracking_issue and gone.meta.tracking_issue != kept.meta.tracking_issue
    other = gone.meta.tracking_issue
    facts = (
        f"{code(old)} (seen {times(gone.meta.occurrences)}) goes into {code(new)} (seen {times(kept.meta.occurrences)}):"
        f" {outcome.meta.occurrences} occurrences together.",
        _file(new),
        "Occurrences are numbered by time. What people wrote in either entry stands in the outcome, in the same words; "
        f"what had no place of its own stands under “From {inline(old)}”.",
        f"{code(old)} had a tracking issue of its own, {link(other, other)}: close it, or link the two." if both else "",
        f"Links to {code(path_of(old))} keep working: that page leads here.",
    )
    return Request(f"Merge {old} into {new}", facts)


def withdrawn(entry: Entry, because: str) -> Request:
    """Of an entry that is taken out of use."""
    name = entry.meta.signature
    facts = (
        f"{code(name)} is withdrawn: {words_of(because)}",
        "It is no longer offered as an answer. The page stays, and the next alert of this error brings it back.",
    )
    return Request(f"Withdraw {name}", facts)


def split(entry: Entry, name: str, count: int, *, comes_back: bool = False) -> Request:
    """Of alerts that become an entry of their own, or go back to the one that they had: then new alerts of that error follow them."""
    mine = entry.meta.signature
    where = f"of that signature go to {code(name)} again" if comes_back else f"go to {code(mine)} as before, unless their signature is another one"
    facts = (
        f"{count} {'alert' if count == 1 else 'alerts'} of {code(mine)} {'goes' if count == 1 else 'go'} to {code(name)}.",
        f"**Before merging**, say in {code(path_of(name))}, under In short, what tells the two apart. Does the summary of {code(mine)} still hold?",
        f"New alerts {where}: `bot merge {name} {mine}` takes the split back.",
    )
    return Request(f"Split {name} from {mine}", facts)


def _file(name: str) -> str:
    return f"The entry: {code(path_of(name))}."


def left_alone(name: str, why: str) -> str:
    """A line for the log: nothing was proposed, and why."""
    return f"{name}: {why}"


def declined_elsewhere(names: list[str]) -> str:
    """A line for the log, of entries whose issues a person ended without a fix; empty where there are none."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"tracking issues that were called off: {', '.join(names[:5])}{more}; their entries stay as they are" if names else ""


def more_to_ask(count: int) -> str:
    """A line for the log, of what the next run does; empty where nothing is left."""
    return f"{count} more tracking issues ended; the next run goes on: merge or close what waits" if count > 0 else ""


def not_all_seen() -> str:
    """A line for the log: the tracker holds more than is asked for."""
    return "only the latest tracking issues were looked at; resolve what ended before by hand: bot resolve <signature> --because …"
