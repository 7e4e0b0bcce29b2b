"""A page that a search found."""

from bot.model import Record


class Hit(Record, frozen=True):
    """`name` is the signature of an entry; of a runbook, or of a file that is no entry, the name of its file, the rest empty.

    `line` is the line that holds most of what was looked for; times are as the entry has them.
    """

    path: str
    name: str
    title: str
    line: str
    status: str = ""
    severity: str = ""
    last_seen: str = ""
    occurrences: int = 0
