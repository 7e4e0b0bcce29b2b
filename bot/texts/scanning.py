"""What a scan says: for the log of the job, and on the page of its run."""

from collections.abc import Sequence

from bot.core.alert.incident import Incident
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Permalink
from bot.texts.markdown import code, link

MOST_SHOWN = 50


def taken(place: Permalink, name: str, repeats: int) -> str:
    """An alert that this scan took."""
    return f"taken: {place.url} ({name}{f', and {_times(repeats)}' if repeats else ''})"


def taken_by_another(place: Permalink) -> str:
    """Two scans at once."""
    return f"another scan has it: {place.url}"


def unmarked(place: Permalink, cause: str) -> str:
    """A message that cannot be taken."""
    return f"passed over, since it takes no mark of ours: {place.url}: {cut(one_line(cause), 300)}"


def not_the_same(place: Permalink) -> str:
    """A message that was said to repeat another."""
    return f"{place.url} does not say the same as the alert: it is left to a diagnosis of its own"


def not_taken_along(link: str, cause: str) -> str:
    """A message that cannot be looked at."""
    return f"{cut(one_line(link), 200)} is not taken along: {cut(one_line(cause), 300)}"


def too_many_along(count: int, most: int) -> str:
    """More links than one diagnosis takes."""
    return f"{_count(count, 'alert is', 'alerts are')} left to another diagnosis: one takes {most} along"


def told(
    taken: Sequence[tuple[Permalink, str, int]],
    incidents: Sequence[Incident],
    read: tuple[int, int, int, int, int],
    given_up: Sequence[Permalink],
    unmarked: Sequence[Permalink] = (),
) -> str:
    """The summary, as Markdown. `read` counts messages, alerts among them, repeats that go along, those that wait, and what is left."""
    messages, alerts, repeats, waiting, left = read
    lines = [f"## Scan: {_count(len(taken), 'alert', 'alerts')} to diagnose", "", f"{messages:,} messages read, {alerts:,} of them alerts."]
    lines += [f"{_count(repeats, 'message repeats', 'messages repeat')} one of these within the hour, and is recorded with it."] if repeats else []
    words = "an error that was taken already: taken together when its hour is over, at most so many at a time."
    lines += [f"{_count(waiting, 'message repeats', 'messages repeat')} {words}"] if waiting else []
    lines += [f"**{_count(left, 'message is', 'messages are')} left to the next scan** (`scan: most`), the oldest of them first."] if left else []
    if taken:
        lines += ["", *(f"- {_place(place)}: {code(name)}{f', and {_times(count)}' if count else ''}" for place, name, count in taken[:MOST_SHOWN])]
    if incidents:
        lines += ["", "### Errors that look like one incident", "", *map(incident, incidents)]
    if given_up:
        lines += ["", "### Taken twice, and never finished", "", "Diagnose them by hand, with the link; the runs that failed say why.", ""]
        lines += [f"- {_place(place)}" for place in given_up[:MOST_SHOWN]]
    if unmarked:
        lines += ["", "### Passed over, since Slack takes no mark of ours there", "", "Diagnose them by hand, with the link; the log says why.", ""]
        lines += [f"- {_place(place)}" for place in unmarked[:MOST_SHOWN]]
    return "\n".join(lines) + "\n"


def incident(one: Incident) -> str:
    """One line."""
    names = ", ".join(code(name) for name in dict.fromkeys(sighting.name for sighting in one.sightings))
    return f"- {one.sightings[0].time:%Y-%m-%d %H:%M} UTC, {code(one.sightings[0].environment)}: {names}: {code(one.reason)}"


def _place(place: Permalink) -> str:
    return link(f"{place.time:%Y-%m-%d %H:%M} UTC in {place.channel}", place.url)


def _times(count: int) -> str:
    return f"{_count(count, 'more message', 'more messages')} of the same"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
