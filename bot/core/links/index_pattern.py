"""Names of indices with wildcards: which of what a link asks for lies within what the configuration allows."""

import re
from collections.abc import Sequence

from bot.regex import regex

_PART = regex(r"[\w.*][\w.*@+-]{0,199}", re.ASCII)
"""No exclusion (a leading `-`), no other cluster (`remote:logs`), no date math (`<logs-{now/d}>`)."""
_MOST_PARTS = 50


def within(title: str, configured: Sequence[str]) -> tuple[str, ...]:
    """Where both patterns agree: the parts of `title` that lie within `configured`, and of that what lies within `title`. Exclusions stay."""
    allowed = [name for name in configured if not name.startswith("-")]
    found: list[str] = []
    for part in title.split(",")[:_MOST_PARTS]:
        wanted = part.strip()
        if not _PART.fullmatch(wanted):
            continue
        found += [wanted] if any(covers(name, wanted) for name in allowed) else [name for name in allowed if covers(wanted, name)]
    return (*dict.fromkeys(found), *(name for name in configured if name.startswith("-"))) if found else ()


def covers(pattern: str, name: str) -> bool:
    """Whether every index that `name` stands for is one that `pattern` stands for: a star of `name` needs one of `pattern`. Cost: product of lengths."""
    at, read, star, retry = 0, 0, -1, 0
    while read < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, retry, at = at, read, at + 1
        elif at < len(pattern) and pattern[at] == name[read]:
            at, read = at + 1, read + 1
        elif star >= 0:
            retry += 1
            at, read = star + 1, retry
        else:
            return False
    return pattern[at:].strip("*") == ""
