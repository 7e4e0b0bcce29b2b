"""What a file that cannot be read as an entry still says of whose it is, so that its error gets no second entry while it waits to be mended."""

import re
from collections.abc import Iterator

from bot.core.entry.entry import name_in
from bot.regex import regex

_FRONT = 20_000  # characters: the front matter, and some of the body where nothing ends it
_NAMES = regex(r"^(?:signature|aliases):([^\r\n]{0,5000}(?:\r?\n[ \t]{0,20}-[ \t][^\r\n]{0,500}){0,200})", re.MULTILINE)
_NAME = regex(r"[A-Za-z0-9._-]{2,120}")
_PRINT = regex(r"^fingerprint:[ \t]{0,20}[\"']?(v\d{1,4}:[0-9a-f]{32})\b", re.MULTILINE)


def claims(text: str, path: str) -> Iterator[str]:
    """Names (that of its file first) and fingerprints, as the lines of its front matter have them; of both sides of a conflict."""
    yield name_in(path)
    front = text[:_FRONT]
    for names in _NAMES.findall(front):
        yield from _NAME.findall(names)
    yield from _PRINT.findall(front)
