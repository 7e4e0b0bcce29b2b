"""Slack's mrkdwn made of untrusted text: no mention, no link, no broken code block.

Every text object that these go into must carry `"verbatim": true`, which stops Slack from linking bare URLs and channel names
(docs.slack.dev, "Text object").
"""

import re
from urllib.parse import quote, urlsplit

from bot.core.plain_text.plain_text import cut, one_line, visible

_TICK = "\u02cb"
_SAFE_URL = "-._~:/?#[]@!$'()*+,;=%&"


def escape(text: str, limit: int | None = None) -> str:
    """Untrusted text for mrkdwn, its lines kept. Cut first, then `&`, `<`, `>` in this order, so that no entity is ever halved.

    A backtick becomes a grave accent: Slack knows no escape for it, and three would open a code block.
    """
    words = visible(text).replace("`", _TICK)
    return _entities(cut(words, limit) if limit is not None else words)


def line(text: str, limit: int | None = None) -> str:
    """As `escape`, on one line, and without the marks that would make it bold, struck, quoted or code."""
    words = one_line(text)
    words = cut(words, limit) if limit is not None else words
    return _entities(re.sub(r"(?<!\w)[*_~](?=\S)|(?<=\S)[*_~](?!\w)", _unformatted, words).replace("`", _TICK))


def code(text: str, limit: int | None = None) -> str:
    """A code span; a backtick inside becomes a grave accent, because Slack has no longer fence for spans. Empty text gives an empty string."""
    words = one_line(text)
    words = cut(words, limit) if limit is not None else words
    return f"`{_entities(words.replace('`', _TICK))}`" if words else ""


def fence(text: str, limit: int | None = None) -> str:
    """A code block; cut inside the fence, so that it is always closed."""
    words = visible(text).strip("\n").rstrip()
    words = cut(words, limit) if limit is not None else words
    return f"```\n{_entities(words.replace('`', _TICK))}\n```" if words else ""


def link(url: str, label: str, limit: int = 150) -> str:
    """A link to an https URL; any other target gives the label alone."""
    words = line(label, limit).replace("|", "/")
    target = one_line(url)
    try:
        parts = urlsplit(target)
    except ValueError:
        return words
    if parts.scheme != "https" or not parts.netloc or "@" in parts.netloc:
        return words
    return f"<{quote(target, safe=_SAFE_URL).replace('&', '&amp;')}|{words or 'link'}>"


def shortened(words: str, limit: int) -> str:
    """Ready mrkdwn cut at a space, never inside an entity, a link, a code span or an open code block."""
    if len(words) <= limit:
        return words
    head = words[: limit - 10]
    while head.endswith("`") and words[len(head)] == "`":  # not in the middle of a fence
        head = head[:-1]
    if head.count("```") % 2:
        before, _, inside = head.rpartition("```")
        shown = inside.rpartition("\n")[0].strip("\n") or (re.sub(r"&[a-z]{0,4}\Z", "", inside) if len(inside) > 200 else "")
        return f"{before}```\n{shown}\n…\n```" if shown else f"{before.rstrip()} …"
    if head.rfind("<") > head.rfind(">"):
        head = head[: head.rfind("<")]
    if head.rpartition("\n")[2].replace("```", "").count("`") % 2:
        head = head[: head.rfind("`")]
    head = re.sub(r"&[a-z]{0,4}\Z", "", head)
    space = max(head.rfind(" "), head.rfind("\n"))
    at_word = space > len(head) // 2 and not re.search(r"[`>]", head[space:])  # a space inside code or a label is no place to cut
    return (head[:space] if at_word else head).rstrip() + " …"


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unformatted(match: re.Match[str]) -> str:
    """Look-alikes that Slack does not read as format: asterisk operator, low line, tilde operator."""
    return {"*": "\u2217", "_": "\uff3f", "~": "\u223c"}[match.group()]
