"""What is said of alerts that an alerting system sent."""

from bot.core.alert.place import vendor_of
from bot.core.plain_text.plain_text import visible
from bot.model import Message, Permalink


def accepted(count: int, repeats: int, ended: int, left_out: int, unreadable: int) -> str:
    """One line for the log of the job."""
    counts = (
        (repeats, "repeat them"),
        (ended, "resolved, closed or acknowledged"),
        (left_out, "more than one payload may bring, left out"),
        (unreadable, "not readable"),
    )
    more = "".join(f"; {number:,} {words}" for number, words in counts if number)
    return f"{count:,} {'alert' if count == 1 else 'alerts'} to diagnose{more}"


def message(one: Message) -> str:
    """The place of an alert and what it is read from, each line behind a bar."""
    told = "\n".join(f"| {line}" for line in visible(one.text).splitlines())
    return f"{one.permalink.url} ({vendor_of(one.permalink)}, {one.permalink.time:%Y-%m-%d %H:%M:%S} UTC)\n{told}\n"


def known(place: Permalink) -> str:
    """An alert that was sent again."""
    return f"{place.url} is recorded already: not diagnosed again"
