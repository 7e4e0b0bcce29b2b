"""The tokens and entities of Slack's mrkdwn: spoken as text, and the web links they carry."""

import re
from collections.abc import Iterator

from bot.regex import regex

_ANGLED = r"<(?:(?P<sigil>[@#!])(?P<id>[^<>|\n]{1,500})|(?P<url>[A-Za-z][A-Za-z0-9+.-]{0,30}:[^<>|\s]{1,8000}))(?:\|(?P<label>[^<>]{0,4000}))?>"
_BARE = r"\bhttps?://[^\s<>\"`\x00-\x1f\x7f]{1,8000}"
_SPOKEN_TOKEN = regex(_ANGLED)
_TOKEN_OR_BARE = regex(f"{_ANGLED}|{_BARE}")
_LINK = regex(r"https?://[^\s<>\"\x00-\x1f\x7f]{1,8000}", re.IGNORECASE)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def decode(text: str) -> str:
    """Slack's mrkdwn as its reader sees it: tokens spoken, then `&amp; &lt; &gt;` resolved once (`&amp;lt;` is the text `&lt;`).

    | `<https://x.io/a|logs>` | `<https://x.io/a>` | `<@U024BE7LH>` | `<#C024BE91L|alerts>` | `<!here>` | `<!subteam^S1|@oncall>` | `<!date^1^{date}|May 1>` |
    |-------------------------|--------------------|----------------|-----------------------|-----------|-------------------------|--------------------------|
    | `logs`                  | `https://x.io/a`   | `@user`        | `#alerts`             | `@here`   | `@oncall`               | `May 1`                  |

    An id without a name becomes a constant, so that the same alert reads the same whoever it mentions. Source: docs.slack.dev, formatting.
    """
    return resolve(_SPOKEN_TOKEN.sub(_spoken, text))


def _spoken(token: re.Match[str]) -> str:
    label = token["label"] or ""
    if token["url"]:
        return label or str(token["url"])
    name = str(token["id"])
    match token["sigil"]:
        case "@":
            return f"@{label.lstrip('@') or 'user'}"
        case "#":
            return f"#{label.lstrip('#') or 'channel'}"
    if name.startswith("date^"):
        return label or name.split("^")[1]
    if name.startswith("subteam^"):
        return f"@{label.lstrip('@') or 'group'}"
    return f"@{name}"


def resolve(text: str) -> str:
    """`&lt;`, `&gt;` and, last so that nothing is resolved twice, `&amp;`; Slack escapes nothing else."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def web_link(url: str) -> str | None:
    """An http link that a person can open, entities resolved; None for any other string."""
    url = resolve(url).strip()
    return url if _LINK.fullmatch(url) else None


def links_in(text: str) -> Iterator[str]:
    """The web links of a text as Slack sends it, in its order: `<url|label>` tokens and bare links."""
    for found in _TOKEN_OR_BARE.finditer(text):
        if found["url"]:
            link = web_link(found["url"])
        else:
            bare = None if found["sigil"] else _LINK.match(resolve(found[0]))
            link = _trimmed(bare[0]) if bare else None
        if link:
            yield link


def _trimmed(url: str) -> str:
    """A bare link without the punctuation of the sentence around it; brackets that it opened itself stay (Discover links have them)."""
    surplus = {closing: url.count(closing) - url.count(opening) for closing, opening in _CLOSING.items()}
    end = len(url)
    while end and (url[end - 1] in ".,;:!?*'" or surplus.get(url[end - 1], 0) > 0):
        if url[end - 1] in surplus:
            surplus[url[end - 1]] -= 1
        end -= 1
    return url[:end]
