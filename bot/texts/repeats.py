"""The words around alerts that said the same as one that was diagnosed, and were recorded with it."""

from collections.abc import Sequence

from bot.core.entry.times import iso
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Alert, Permalink
from bot.texts.markdown import code, link, table

TITLE = "## The same error, more than once"
MOST_ROWS = 15


def words(leader: Alert) -> str:
    """What a row of the entry says, after its beginning: with which alert it was taken, and where it happened."""
    return f"{iso(leader.time)}, by the alert's own words, in {code(cut(one_line(leader.environment), 100), in_table=True) or 'no known environment'}"


def section(places: Sequence[Permalink]) -> str:
    """For the pull request: which alerts come with this one; empty where none does."""
    if not places:
        return ""
    rows = tuple((iso(place.time), link("alert", place.url)) for place in places[:MOST_ROWS])
    more = f"\n\nand {len(places) - MOST_ROWS} more." if len(places) > MOST_ROWS else ""
    times = "One more alert says" if len(places) == 1 else f"{len(places)} more alerts say"
    told = f"{times} the same as this one. Each is counted in the entry, and its thread is answered after the merge."
    return f"{TITLE}\n\n{told}\n\n{table(('Time', 'Alert'), rows)}{more}"


def elsewhere(place: Permalink) -> str:
    """An alert of a channel that is not the bot's."""
    return f"{place.url} stands in no channel under `channels:`, and not in that of the alert: it is not recorded with it"
