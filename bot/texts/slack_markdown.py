"""An entry's Markdown as Slack's mrkdwn, so that the thread is told what the reviewer approved, word for word.

Read by a CommonMark parser; HTML and images are left out, a link stays a link when it is https, everything else is escaped text.
"""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.texts import mrkdwn

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_MARKS = {"strong_open": "*", "strong_close": "*", "em_open": "_", "em_close": "_", "s_open": "~", "s_close": "~"}


def blocks(markdown: str) -> Iterator[str]:
    """Paragraphs, list items, quotes and code blocks, each as one piece of mrkdwn that must not be cut inside."""
    yield from _blocks(_PARSER.parse(markdown), 0)


def text(markdown: str) -> str:
    """The same as one text."""
    return "\n".join(blocks(markdown))


def links(markdown: str) -> tuple[str, ...]:
    """Where its live links lead, in order: what stands in code, or is escaped, only looks like one."""
    inner = (child for token in _PARSER.parse(markdown) for child in token.children or ())
    return tuple(str(child.attrGet("href")) for child in inner if child.type == "link_open")


def _blocks(tokens: Sequence[Token], depth: int) -> Iterator[str]:
    lists: list[str] = []
    numbers: list[int] = []
    quote = depth
    fresh = False
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append("•" if token.type.startswith("bullet") else "1.")
            numbers.append(int(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            numbers.pop()
        elif token.type == "list_item_open":
            fresh = True
        elif token.type == "blockquote_open":
            quote += 1
        elif token.type == "blockquote_close":
            quote -= 1
        elif token.type in ("fence", "code_block"):
            yield mrkdwn.fence(token.content)
        elif token.type == "inline":
            lead, fresh = _lead(lists, numbers, fresh), False
            words = _inline(token.children or [])
            if words.strip():
                yield ("> " if quote else "") + lead + words


def _lead(lists: list[str], numbers: list[int], fresh: bool) -> str:
    if not lists:
        return ""
    indent = "    " * (len(lists) - 1)
    if not fresh:
        return f"{indent}  "
    if lists[-1] == "•":
        return f"{indent}• "
    numbers[-1] += 1
    return f"{indent}{numbers[-1] - 1}. "


def _inline(tokens: Sequence[Token]) -> str:
    out, links = list[str](), list[tuple[int, str]]()
    for token in tokens:
        if token.type == "link_open":
            links.append((len(out), str(token.attrGet("href") or "")))
        elif token.type == "link_close" and links:
            at, target = links.pop()
            label = "".join(out[at:])
            out[at:] = [_link(target, label)]
        elif token.type == "code_inline":
            out.append(mrkdwn.code(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif token.type == "text":
            out.append(mrkdwn.escape(token.content))
        elif token.type in _MARKS:
            out.append(_MARKS[token.type])
    return "".join(out)


def _link(target: str, label: str) -> str:
    # The label is mrkdwn already: only the target still has to be checked and escaped.
    made = mrkdwn.link(target, "label")
    plain = label.replace("|", "/").replace("`", "").replace("\n", " ")
    return f"{made.rpartition('|')[0]}|{plain}>" if made.startswith("<") else label
