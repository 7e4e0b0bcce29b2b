"""The text and the links of a raw Slack message, gathered from every place where Slack keeps them."""

import json
from collections.abc import Callable, Iterator, Mapping

from bot.core.alert.slack_tokens import decode, links_in, resolve, web_link
from bot.regex import regex

__all__ = ["collect", "decode", "opened", "saved"]

_TS = regex(r"\d{10}\.\d{6}")
_FORMATTING = regex(r"[*_~`>•]+")

# Slack cuts a message's text at 40,000 characters; the rest is our own bound on what a hostile message can make us do.
_LONGEST_PIECE = 40_000
_LONGEST_TEXT = 200_000
_MOST_PIECES = 500
_MOST_LINKS = 200
_MOST_NODES = 10_000
_DEEPEST = 12

# Where block kinds keep what they say, in the order in which Slack shows it. Kinds yet unknown are read by the same keys.
_SPEAKING_KEYS = ("title", "subtitle", "text", "description", "body", "fields", "elements", "blocks", "accessory", "actions")
_BUTTONS = frozenset({"button", "workflow_button", "icon_button", "overflow", "feedback_buttons"})


def collect(message: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """Text and links of one message: its text, blocks, attachments and files, in this order, Slack's tokens decoded.

    What one part says whole in another is said once. Never raises, whatever the shape; at most 200,000 characters and 200 links.
    """
    gathering = _Gathering()
    gathering.mrkdwn(message.get("text"))
    gathering.blocks(message.get("blocks"))
    for attachment in _maps(message.get("attachments")):
        gathering.attachment(attachment)
    gathering.files(message.get("files"))
    return gathering.text, tuple(gathering.links)


def opened(content: object) -> tuple[Mapping[str, object], Mapping[str, object]] | None:
    """What stands beside a message that was saved as JSON, and the message: alone, or under `message`. None for what is no mapping."""
    if not isinstance(content, dict):
        return None
    inner = content.get("message")
    return (content, inner) if isinstance(inner, dict) else ({}, content)


def saved(text: str) -> Mapping[str, object] | None:
    """The message that a text holds as JSON, known by Slack's `ts`; None for every other text."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = opened(json.loads(text))
    except (ValueError, RecursionError):
        return None
    ts = found[1].get("ts") if found else None
    return found[1] if found and isinstance(ts, str) and _TS.fullmatch(ts) else None


def _text(value: object) -> str:
    """A string that UTF-8 can carry; JSON lets lone surrogates through."""
    if not isinstance(value, str):
        return ""
    return value[:_LONGEST_PIECE].encode("utf-8", "replace").decode("utf-8")


def _maps(value: object) -> Iterator[Mapping[str, object]]:
    items = value if isinstance(value, list | tuple) else ()
    return (item for item in items[:_MOST_NODES] if isinstance(item, Mapping))


def _key(text: str) -> str:
    """The lines without formatting and spacing: mrkdwn, rich text and plain text of one sentence are equal in it."""
    lines = (" ".join(_FORMATTING.sub("", line).split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _moment(element: Mapping[str, object]) -> str:
    timestamp = element.get("timestamp")
    return _text(element.get("fallback")) or (str(timestamp) if isinstance(timestamp, int) and abs(timestamp) < 1 << 62 else "")


# Rich text without a text of its own, spoken as `decode` speaks the token of the same kind.
_INLINE: dict[str, Callable[[Mapping[str, object]], str]] = {
    "link": lambda element: resolve(_text(element.get("url"))),
    "user": lambda _: "@user",
    "usergroup": lambda _: "@group",
    "channel": lambda _: "#channel",
    "broadcast": lambda element: f"@{_text(element.get('range')) or 'here'}",
    "emoji": lambda element: f":{_text(element.get('name'))}:",
    "date": _moment,
}


class _Gathering:
    def __init__(self) -> None:
        self.links: dict[str, None] = {}
        self._pieces: list[tuple[str, str]] = []
        self._room = _LONGEST_TEXT
        self._nodes = _MOST_NODES

    @property
    def text(self) -> str:
        """The pieces by line, without those that another one holds whole."""
        framed = [f"\n{key}\n" for key, _ in self._pieces]
        said_elsewhere = {
            number
            for number, own in enumerate(framed)
            for other, whole in enumerate(framed)
            if other != number and own in whole and (own != whole or other < number)
        }
        return "\n".join(text for number, (_, text) in enumerate(self._pieces) if number not in said_elsewhere)

    @property
    def _full(self) -> bool:
        return self._room <= 0 or len(self._pieces) >= _MOST_PIECES

    def _say(self, text: str) -> None:
        text = text.strip("\n")[: self._room]
        if text.strip() and not self._full:
            self._pieces.append((_key(text), text))
            self._room -= len(text)

    def _link(self, url: object) -> None:
        self._keep(web_link(_text(url)))

    def _links_in(self, text: str) -> None:
        for url in links_in(text):
            self._keep(url)

    def _keep(self, url: str | None) -> None:
        if url and len(self.links) < _MOST_LINKS:
            self.links.setdefault(url)

    def mrkdwn(self, value: object) -> None:
        text = "" if self._full else _text(value)
        self._links_in(text)
        self._say(decode(text))

    def plain(self, value: object) -> None:
        text = "" if self._full else _text(value)
        self._links_in(text)
        self._say(resolve(text))

    def _verbatim(self, value: object) -> None:
        text = "" if self._full else _text(value)
        self._links_in(text)
        self._say(text)

    def blocks(self, value: object, depth: int = 0) -> None:
        for block in _maps(value):
            self._block(block, depth)

    def _block(self, block: Mapping[str, object], depth: int) -> None:
        self._nodes -= 1
        if depth > _DEEPEST or self._nodes < 0 or self._full:
            return
        for key in ("url", "title_url"):
            self._link(block.get(key))
        match block.get("type"):
            case str(kind) if kind in _BUTTONS:
                for option in _maps(block.get("options")):
                    self._link(option.get("url"))
            case "rich_text":
                self._say("\n".join(self._within_room(self._rich_lines(block, depth))))
            case "table" | "data_table":
                self._table(block.get("rows"), depth)
            case "plain_text" | "raw_text":
                self.plain(block.get("text"))
            case _:
                self._speaking_keys(block, depth)

    def _speaking_keys(self, block: Mapping[str, object], depth: int) -> None:
        for key in _SPEAKING_KEYS:
            value = block.get(key)
            if isinstance(value, str):
                self.mrkdwn(value)
            elif isinstance(value, Mapping):
                self._block(value, depth + 1)
            else:
                self.blocks(value, depth + 1)

    def _table(self, rows: object, depth: int) -> None:
        for row in rows[:_MOST_NODES] if isinstance(rows, list | tuple) else ():
            cells = row.get("cells") if isinstance(row, Mapping) else row
            spoken = (self._cell(cell, depth + 1) for cell in _maps(cells))
            self._say(" | ".join(text for text in spoken if text))

    def _cell(self, cell: Mapping[str, object], depth: int) -> str:
        if cell.get("type") == "rich_text":
            return " ".join(self._rich_lines(cell, depth))
        text = _text(cell.get("text"))
        self._links_in(text)
        return resolve(text)

    def _rich_lines(self, node: Mapping[str, object], depth: int) -> Iterator[str]:
        """Lines of a rich text: sections, lists, quotes and preformatted text as they look, indentation kept."""
        if depth > _DEEPEST:
            return
        for element in _maps(node.get("elements")):
            match element.get("type"):
                case "rich_text_list":
                    yield from self._list_lines(element, depth + 1)
                case "rich_text_quote":
                    yield from (f"> {line}" for line in self._inline(element).splitlines())
                case _:
                    yield self._inline(element).rstrip("\n")

    def _within_room(self, lines: Iterator[str]) -> Iterator[str]:
        room = self._room
        for line in lines:
            yield line
            room -= len(line) + 1
            if room <= 0:
                return

    def _list_lines(self, element: Mapping[str, object], depth: int) -> Iterator[str]:
        indent = element.get("indent")
        margin = "  " * min(max(indent, 0), 8) if isinstance(indent, int) else ""
        for number, item in enumerate(_maps(element.get("elements")), start=1):
            bullet = f"{number}." if element.get("style") == "ordered" else "•"
            lines = [self._inline(item)] if item.get("type") == "rich_text_section" else list(self._rich_lines({"elements": [item]}, depth))
            yield from (f"{margin}{bullet} {line}" for line in lines)

    def _inline(self, node: Mapping[str, object]) -> str:
        pieces: list[str] = []
        room = self._room
        for element in _maps(node.get("elements")):
            if room <= 0 or self._nodes <= 0:
                break
            self._nodes -= 1
            pieces.append(self._inline_piece(element))
            room -= len(pieces[-1])
        return "".join(pieces)

    def _inline_piece(self, element: Mapping[str, object]) -> str:
        kind, text = element.get("type"), resolve(_text(element.get("text")))
        if kind == "link":
            self._link(element.get("url"))
        else:
            self._links_in(_text(element.get("text")))
        if text or not isinstance(kind, str):
            return text
        spoken = _INLINE.get(kind)
        return spoken(element) if spoken else ""

    def attachment(self, attachment: Mapping[str, object], depth: int = 0) -> None:
        before = len(self._pieces)
        for key in ("title_link", "from_url"):
            self._link(attachment.get(key))
        for key in ("pretext", "title", "text"):
            self.mrkdwn(attachment.get(key))
        for field in _maps(attachment.get("fields")):
            said = (_text(field.get("title")), _text(field.get("value")))
            self.mrkdwn(": ".join(part for part in said if part))
        self.blocks(attachment.get("blocks"), depth)
        self.blocks(attachment.get("actions"), depth)
        # A forwarded message brings its blocks along in an envelope of its own.
        for envelope in _maps(attachment.get("message_blocks")):
            forwarded = envelope.get("message")
            self.blocks(forwarded.get("blocks") if isinstance(forwarded, Mapping) else None, depth)
        self.files(attachment.get("files"))
        if len(self._pieces) == before:
            self.mrkdwn(attachment.get("fallback"))
        self.mrkdwn(attachment.get("footer"))

    def files(self, value: object) -> None:
        """Names and previews of files; `plain_text` (e-mails) is the whole of which `preview` is the beginning."""
        for file in _maps(value):
            self.plain(file.get("title"))
            self.plain(file.get("name"))
            self._verbatim(file.get("plain_text") or file.get("preview"))
