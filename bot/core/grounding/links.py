"""Links and images in a written text: one survives when it is a link of the case, or stands below a configured address."""

import re

from bot.core.grounding.case import Known, bare
from bot.core.plain_text.plain_text import cut
from bot.regex import regex

_LINK = regex(
    r"!?\[([^\[\]\n]{0,300})\]\(\s{0,4}<?([^\s()<>]{1,2000})>?(?:\s{1,4}[\"'][^()\n]{0,300})?\s{0,4}\)|"
    r"<(https?://[^\s<>]{1,2000})>|"
    r"((?:https?|ftp|file|data|javascript|mailto|vbscript):[^\s<>()\[\]`|\"'“”]{1,2000})",
    re.IGNORECASE,
)
_LOCAL = regex(
    r"https?://(?:localhost|127\.0\.0\.1|\[::1\]|[\w-]{1,60}\.(?:svc|internal|local)(?:\.[\w-]{1,40}){0,4}|[\w-]{1,60}(?=[:/]))(?:[:/]|\Z)", re.IGNORECASE
)
_CLIMBS = regex(r"/\.{1,2}(?:/|\Z)|%2e|%2f|%5c|[\\\s\x00-\x1f]", re.IGNORECASE)
GONE = "(link left out)"


def without_foreign_links(text: str, known: Known) -> tuple[str, tuple[str, ...]]:
    """The text without links that are not the case's, and these links; of a written link its words stay."""
    if ":" not in text and "](" not in text:
        return text, ()
    foreign = list[str]()

    def kept(match: re.Match[str]) -> str:
        target = match[2] or match[3] or match[4]
        if is_known(target, known):
            return match.group()
        if match[2] is None and _LOCAL.match(target):
            return match.group()  # `http://localhost:8080` in a command leads nobody anywhere
        foreign.append(cut(target, 160))
        return match[1] if match[2] is not None and match[1].strip() else GONE

    return _LINK.sub(kept, text), tuple(dict.fromkeys(foreign))


def is_known(link: str, known: Known) -> bool:
    """Whether the case holds it, or it stands below a configured address."""
    target = link.rstrip(".,;:!?")
    if _CLIMBS.search(target) or link.rstrip(",;:!?").endswith("/.."):
        return False
    if any(f"{target}/".startswith(address) for address in known.addresses):
        return True
    return bare(target) in known.links or ("://" in target and any(index.says(bare(target)) for index in (known.today, known.past)))
