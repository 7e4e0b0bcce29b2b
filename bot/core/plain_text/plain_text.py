"""Text from outside reduced to what a reader can see: no control, bidirectional, zero-width or tag characters."""

import unicodedata

from bot.regex import regex

# C0 and C1 controls but tab and newline, DEL, soft hyphen, combining grapheme joiner, invisible letters (Arabic letter mark, Hangul fillers,
# Mongolian separators), zero-width and bidirectional marks, invisible operators, byte order mark, interlinear marks, lone surrogates,
# non-characters, musical formatting, tags and the supplementary variation selectors.
_INVISIBLE = regex(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_ENDS = regex("\r\n?|[\x85\u2028\u2029]")
_TERMINAL = regex("(?:\x1b\\[|\x9b)[0-?]{0,32}[ -/]{0,8}[@-~]|(?:\x1b\\]|\x9d)[^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\\\)?|\x1b[ -~]?")
_ODD = regex("[^\n\t -~]")
_SELECTORS = regex("\ufe0f{2,}")


def visible(text: str) -> str:
    """The same text without what cannot be seen, line ends as newlines, composed (NFC). Terminal escape sequences go whole."""
    if _ODD.search(text) is None:
        return text
    text = _TERMINAL.sub("", text)
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _SELECTORS.sub("\ufe0f", text))


def encodable(text: str) -> str:
    """The same text with `?` for lone halves of surrogate pairs: JSON may hold them, no file and no address can."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """Visible text on one line, every run of white space one space."""
    return " ".join(visible(text).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word where one is near, the cut shown by an ellipsis."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return text[: max(limit, 0)]
    head = text[: limit - 1]
    space = max(head.rfind(" "), head.rfind("\n"))
    if not text[limit - 1].isspace() and space >= (limit * 3) // 4:
        head = head[:space]
    return head.rstrip() + "…"
