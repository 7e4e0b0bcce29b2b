"""What a reader of marked-up text sees: a quotation and what it is of are compared without the markup of either."""

import re

from bot.core.alert.slack_tokens import decode, links_in
from bot.regex import regex

# Begins with the one character that is looked for, and looks back from there: so a search passes over the rest of a text quickly.
_AROUND = r"{0}(?<![\w{0}]{0}){0}{1}(?=[^\s{0}/.,)]){2}(?<![\s(\[/]){0}{0}{1}(?![\w{0}])"
_EMPHASIS = tuple(
    (mark, regex(_AROUND.format(re.escape(mark), *parts)))
    for mark, *parts in (("*", "{0,2}", r"([^*\n]{1,300})"), ("_", "{0}", r"((?:[^_\n]|(?<=\w)_(?=\w)){1,300})"), ("~", "{0,1}", r"([^~\n]{1,300})"))
)
"""Marks that stand right around words and within none: `2 * 3`, `snake_case` and `**options` hold none."""
_LAYERS = 2
_LINK = regex(r"\[([^\[\]\n]{1,300})\]\(https?://[^\s()<>]{1,2000}\)")
_MENTION = regex(r"<[@#!]")


def unmarked(text: str) -> str:
    """The text without what Markdown and Slack's mrkdwn put around words: emphasis, backticks, links of which the label stays, entities."""
    text = decode(_LINK.sub(r"\1", text) if "](" in text else text).replace("`", "")
    for _ in range(_LAYERS):
        before = text
        for mark, pattern in _EMPHASIS:
            text = pattern.sub(r"\1", text) if mark in text else text
        if text == before:
            break
    return text


def unmarked_quote(quote: str, said: str) -> str:
    """A quotation from a text as its reader sees it; with its markup where that leads somewhere else than the text, or mentions somebody."""
    foreign = _MENTION.search(quote) or ("://" in quote and any(link not in said for link in links_in(quote)))
    return quote if foreign else unmarked(quote)
