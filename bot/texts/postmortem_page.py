"""The words of a post-mortem: what is known of one occurrence, in parts that the bot keeps up, and questions that are people's to answer."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.core.entry.entry import path_of as entry_path
from bot.core.entry.times import instant
from bot.core.knowledge.postmortem import ACTIONS, SUMMARY, Part
from bot.core.knowledge.postmortem_facts import Incident, Moment
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.regex import regex
from bot.texts import markdown
from bot.texts.commit_links import linked_to
from bot.texts.markdown import code, inline, link, sentence

MAX_WORDS = 400
_SIBLING = regex(r"\]\(([A-Za-z0-9._-]{1,130}\.md)(#[\w-]{0,100})?\)")
_WHYS, _FIVE = "Why, step by step:", 5
_UNKNOWN = "Not known to the bot."
_INTRODUCTION = (
    "Parts that begin with a hidden mark are the bot's: it keeps them up until you change them, and then never touches them again."
    " What it does not know it says; nothing here is guessed."
)
_QUESTIONS = (
    "What went well?",
    "What went badly, or took longer than it had to?",
    "Where were we lucky?",
    "What did we believe that was not so?",
    "Who should read this?",
)


def title(told: Incident) -> str:
    """The heading."""
    return f"Post-mortem: {inline(told.entry.meta.title)}"


def introduction() -> str:
    """Whose parts are whose."""
    return _INTRODUCTION


def parts(told: Incident) -> tuple[Part, ...]:
    """The bot's parts, in their order; each says what is not known. Secrets are taken out once more: people wrote into entry and thread."""
    redact = Redactor().text
    made = (
        Part(SUMMARY, _summary(told)),
        Part("Impact", _impact(told)),
        Part("Timeline", _timeline(told)),
        Part("Root cause", _root_cause(told)),
        Part("Detection", _detection(told)),
        Part("Resolution", _resolution(told)),
        Part("Prevention", _prevention(told)),
        Part(ACTIONS, _actions(told)),
    )
    return tuple(Part(one.title, redact(one.words)) for one in made)


def theirs() -> tuple[Part, ...]:
    """What only people can say."""
    asked = "\n\n".join(f"**{question}**\n\n_Yours to fill in._" for question in _QUESTIONS)
    return (Part("Lessons learned", f"These are for people to answer; the bot never writes here.\n\n{asked}"),)


def request_body(told: Incident, path: str) -> str:
    """The pull request's description."""
    meta = told.entry.meta
    lines = (
        f"A post-mortem of {code(meta.signature)}, for the alert of {told.time:%Y-%m-%d %H:%M} UTC.",
        "Built from the entry and what was read with it. Run again, it brings up to date what nobody changed, and leaves what people wrote.",
        f"- Please fill in **Lessons learned** in {code(path)}, and correct the rest: your words stay when this is run again.",
        f"- Each open box under **{ACTIONS}** becomes an issue once this is merged, where issues are tracked. Strike what is not worth one.",
        f"- {sentence(told.thread_missing)}" if told.thread_missing else "- The thread was read: people are numbered there, not named.",
    )
    return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:])


def request_title(told: Incident, *, exact: bool = False) -> str:
    """Of the pull request; `exact` where the day has another one."""
    return markdown.title(f"Post-mortem of {told.time:{'%Y-%m-%d %H:%M' if exact else '%Y-%m-%d'}}: {told.entry.meta.title}", 140)


def _summary(told: Incident) -> str:
    meta = told.entry.meta
    rows = (
        ("Error", f"[{inline(meta.signature)}](../errors/{entry_path(meta.signature).rpartition('/')[2]})"),
        ("Alert", _alert(told)),
        ("Severity", f"**{meta.severity}**, category {meta.category}"),
        ("Services", ", ".join(code(service) for service in meta.services[:20])),
        ("Environments", ", ".join(code(one) for one in meta.environments[:20])),
        ("Duration", _duration(told)),
        ("Occurrences of this error", str(meta.occurrences)),
        ("State", meta.status),
    )
    head = _moved(told.headline) or f"{inline(meta.title)}. No diagnosis of this occurrence stands in the entry."
    return f"{head}\n\n" + "\n".join(f"- **{name}:** {words}" for name, words in rows if words)


def _alert(told: Incident) -> str:
    when = f"{told.time:%Y-%m-%d %H:%M} UTC"
    return link(when, told.alert.url) if told.alert and told.alert.url.startswith("https://") else when


def _duration(told: Incident) -> str:
    ended = next((one.time for one in told.moments if one.kind == "end"), None)
    begun = told.first_event or told.time
    if ended is None:
        return "not known: the entry does not say that it was resolved"
    return f"{_span(ended - begun)}, from the {'first event' if told.first_event else 'alert'} to the resolution"


def _impact(told: Incident) -> str:
    blast = _quoted(told, "Blast radius")
    reason = next((line for line in told.said.get("Severity", "").split("\n") if line.startswith("- **Reason:**")), "")
    known = "\n\n".join(part for part in (blast, _moved(reason)) if part)
    return known + ("\n\n" if known else "") + "How many users were hit, for how long, and what it cost: not known to the bot, unless it stands above."


def _timeline(told: Incident) -> str:
    rows = tuple((f"{one.time:%Y-%m-%d %H:%M:%S}", _moment(one, told.links)) for one in told.moments)
    notes = [told.thread_missing] if told.thread_missing else []
    if not any(one.kind == "event" for one in told.moments):
        notes.append("The log events were not at hand: with the proposal directory of the diagnosis (`--case`), the first and the last one stand here.")
    if not any(one.kind == "review" for one in told.moments):
        notes.append("When the diagnosis was approved is not known.")
    table = markdown.table(("UTC", "What happened"), rows)
    return "\n\n".join((table, "\n".join(f"- {sentence(note)}" for note in notes))) if notes else table


def _moment(one: Moment, links: Mapping[str, str]) -> str:
    """One cell: what outsiders said is inert, and shown as a quotation."""
    words = cut(one_line(one.words), MAX_WORDS)
    told, colon, said = words.partition(": ")
    if one.quoted and colon:
        return f"{inline(told)}: {code(said, in_table=True)}"
    return linked_to(inline(words), links) if one.kind == "end" else inline(words)


def _root_cause(told: Incident) -> str:
    """As the entry has it, five whys and all; where the whys end is where people go on."""
    said = _quoted(told, "Root cause")
    if not said:
        return f"{_UNKNOWN} The entry holds no diagnosis of this occurrence."
    whys = len(re.findall(r"^\d{1,2}\. ", said.partition(_WHYS)[2], re.MULTILINE)) if _WHYS in said else 0
    deep = f"The diagnosis asks why {whys} {'time' if whys == 1 else 'times'}" if whys else "The diagnosis asks why not once"
    return said if whys >= _FIVE else f"{said}\n\n**Five whys:** {deep}; what it leaves open is not known to the bot. Ask on from there, below."


def _detection(told: Incident) -> str:
    found = [f"The alert was posted at {told.time:%Y-%m-%d %H:%M:%S} UTC."]
    if told.first_event and told.first_event <= told.time:
        found.append(f"The first event in the evidence lies {_span(told.time - told.first_event)} before it.")
    else:
        found.append("How long it had gone on by then is not known.")
    if told.facts.get("Diagnosed by"):
        found.append(f"Diagnosed by {told.facts['Diagnosed by']}.")
    reviewed = next((one for one in told.moments if one.kind == "review"), None)
    if reviewed:
        found.append(f"From the alert to the reviewed answer: {_span(reviewed.time - told.time)}.")
    return "\n".join(f"- {line}" for line in found)


def _resolution(told: Incident) -> str:
    meta = told.entry.meta
    by = linked_to(inline(meta.resolution), told.links)
    if meta.resolution and not _is_over(told):
        when = inline(meta.resolved_at[:16].replace("T", " "))
        ended = f"Not resolved yet. What ended the earlier ones, on {when} UTC, did not last: {by}"
    elif meta.resolution:
        when = f" on {inline(meta.resolved_at[:16].replace('T', ' '))} UTC" if meta.resolved_at else ", when is not known"
        ended = f"Resolved{when}: {by}"
    else:
        ended = "What ended it is not known: the entry has no `resolution` yet. Once it has, run this again."
    return "\n\n".join(part for part in (ended, _titled("What the diagnosis advised at once", _quoted(told, "Immediate fix"))) if part)


def _is_over(told: Incident) -> bool:
    """Whether the entry names what ended it, and not from before this alert."""
    ended = instant(told.entry.meta.resolved_at)
    return bool(told.entry.meta.resolution) and (ended is None or ended >= told.time)


def _prevention(told: Incident) -> str:
    found = (
        _titled("For good", _quoted(told, "Long-term fix")),
        _titled("What would have caught it", _quoted(told, "Prevention")),
        _titled("How to verify", _quoted(told, "Verification")),
    )
    return "\n\n".join(part for part in found if part) or f"{_UNKNOWN} The entry proposes nothing."


def _actions(told: Incident) -> str:
    items = list(dict.fromkeys(_proposed(told)))
    lines = "\n".join(f"- [ ] {item}" for item in items)
    head = (
        "Where issues are tracked, each open box becomes one when this is merged, and its number is then written behind it. "
        "Add your own, strike what is not worth one."
    )
    return f"{head}\n\n{lines}" if lines else f"{head}\n\nThe diagnosis proposes none."


def action(head: str, words: str) -> str:
    """`Add a test that …`, where the words begin as the head ends; else with a colon between."""
    thing = head.removeprefix("Add ")
    rest = words[len(thing) :] if words.casefold().startswith(thing.casefold()) else ""
    return f"{head}{rest}" if rest[:1] in (" ", ",") else f"{head}: {words}"


def _proposed(told: Incident) -> Iterator[str]:
    """From the diagnosis alone: what would have caught it, and what mends it for good."""
    for line in told.said.get("Prevention", "").split("\n"):
        match = re.match(r"- \*\*(Test|Check in CI|Alert):\*\* (.{1,600})", line)
        if match:
            yield action("Add an alert" if match[1] == "Alert" else "Add a test" if match[1] == "Test" else "Add a check in CI", _moved(match[2]).rstrip("."))
    mend = told.said.get("Long-term fix", "").strip().partition("\n\n")[0]
    if mend and "```" not in mend:
        yield f"For good: {_moved(cut(one_line(mend), MAX_WORDS)).rstrip('.')}"
    if not _is_over(told):
        yield "Write into the entry what ended it (`resolution`), so that the next alert is told"


def _quoted(told: Incident, name: str) -> str:
    return _moved(told.said.get(name, "").strip())


def _moved(reviewed: str) -> str:
    """Markdown of the entry, which was reviewed, as it reads from the folder beside it: its headings fall away, its links lead back."""
    lines = (line for line in reviewed.split("\n") if not line.startswith("#"))
    return _SIBLING.sub(lambda match: f"](../errors/{match[1]}{match[2] or ''})", "\n".join(lines)).strip()


def _titled(name: str, words: str) -> str:
    return f"**{name}**\n\n{words}" if words else ""


def _span(length: timedelta) -> str:
    seconds = max(0, int(length.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3_600, seconds % 3_600 // 60
    told = (f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes and not days else "")
    return " ".join(part for part in told if part) or f"{seconds} s"
