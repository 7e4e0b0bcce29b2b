"""An error that was diagnosed, and its post-mortem."""

from msgspec.structs import replace

from bot.core.alert.thread_words import Spoken, ThreadWords
from bot.core.entry.entry import Entry, amended
from bot.core.knowledge import postmortem
from bot.core.knowledge.postmortem_facts import incident
from bot.model import Permalink, Prevention
from bot.texts import postmortem_page
from bot.texts.entry_page import new_entry
from tests.occurrences import FIRST, occurrence, signature

NAME = signature().name
PAGE = f"knowledge/postmortems/2025-12-12-{NAME}.md"
THREAD = Permalink("acme.slack.com", "C0ALERTS1", FIRST)


def diagnosed(**changes: object) -> Entry:
    """The entry of one critical occurrence, with advice."""
    one = occurrence(severity="critical")
    told = replace(
        one.diagnosis,
        prevention=Prevention(test="Two transfers at once", check="", alert="Balances below zero"),
        long_term_fix="Take the lock again.",
        blast_radius="All transfers of tenant a.",
        root_cause=replace(one.diagnosis.root_cause, five_whys=("Why? The lock.", "Why? The refactoring.")),
    )
    return amended(new_entry(signature(), replace(one, diagnosis=told)), changes)  # type: ignore[arg-type]


def page(entry: Entry | None = None, thread: ThreadWords | None = None) -> str:
    """A new post-mortem."""
    told = incident(entry or diagnosed(), "", None, thread)
    return postmortem.rendered(postmortem_page.title(told), postmortem_page.introduction(), postmortem_page.parts(told), postmortem_page.theirs())


def said(*texts: str) -> ThreadWords:
    """A thread in which one person says these."""
    return ThreadWords(THREAD.url, tuple(Spoken(f"17655265{number:02}.000000", "person 1", text) for number, text in enumerate(texts, 70)))
