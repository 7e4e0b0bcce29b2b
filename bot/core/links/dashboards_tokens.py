"""The words of the languages of Discover's search bar: DQL (which links call kuery), Lucene, and of PPL what stands behind `where`."""

import re
from typing import Literal, NamedTuple

from bot.regex import regex

Language = Literal["kuery", "lucene", "PPL"]

_QUOTED = r'(?P<quoted>"(?:[^"\\]|\\.){0,2000}")'
_TOKENS: dict[Language, re.Pattern[str]] = {
    # What is an operator in one language is part of a word in another.
    "kuery": regex(rf"{_QUOTED}|(?P<op><=|>=|[():<>{{}}])|(?P<word>(?:[^\s():<>{{}}\"\\]|\\.){{1,1000}})", re.DOTALL),
    "lucene": regex(rf"{_QUOTED}|(?P<op>&&|\|\||<=|>=|[():<>{{}}\[\]^~/!=+-])|(?P<word>(?:[^\s():<>{{}}\[\]^~/!=\"\\]|\\.){{1,1000}})", re.DOTALL),
    "PPL": regex(
        rf"{_QUOTED}|(?P<single>'(?:[^'\\]|\\.){{0,2000}}')|(?P<tick>`[^`\s]{{1,128}}`)|(?P<op><=|>=|!=|==|[()<>=,])|(?P<word>[^\s()<>=,!|\"'`\\]{{1,1000}})",
        re.DOTALL,
    ),
}
_SPACE = regex(r"\s{1,4000}")
ESCAPED = regex(r"\\(.)", re.DOTALL)
_PPL_SHOWS = ("fields", "sort", "head", "dedup")
"""Commands of PPL that change what is shown of the documents, not which are found (`dedup` shows fewer of the same)."""
_PPL_SOURCE = regex(r"(?:search\s{1,20})?source\s{0,20}=\s{0,20}[`\"']?[\w.*:,-]{1,200}[`\"']?\s{0,20}", re.IGNORECASE | re.ASCII)


class Unreadable(ValueError):
    """A query that is not taken over; its words say why."""


class Token(NamedTuple):
    """A word, a quoted text, or an operator of the language."""

    kind: str
    text: str


def tokens(text: str, language: Language) -> list[Token]:
    """Raises Unreadable at what the language has no word for."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        if space := _SPACE.match(text, at, end):
            at = space.end()
        match = _TOKENS[language].match(text, at, end)
        if match is None or match.lastgroup is None:
            raise Unreadable(f"{text[at : at + 20].strip()!r} is not understood")
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def plain(token: Token) -> str:
    """Without quotes and escapes."""
    text = token.text[1:-1] if token.kind in ("quoted", "single", "tick") else token.text
    return ESCAPED.sub(r"\1", text)


def ppl_conditions(text: str) -> list[str]:
    """What stands behind each `where`."""
    conditions = []
    for number, command in enumerate(_ppl_commands(text)):
        name, _, rest = command.partition(" ")
        if name.lower() == "where":
            conditions.append(rest)
        elif command and not (number == 0 and _PPL_SOURCE.fullmatch(command)) and name.lower() not in _PPL_SHOWS:
            raise Unreadable(f"the PPL command {name[:40]!r} is not taken over")
    return conditions


def _ppl_commands(text: str) -> list[str]:
    """Cut at each `|` outside of quotes."""
    commands, start, quote = [], 0, ""
    for number, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character == "|":
            commands.append(text[start:number].strip())
            start = number + 1
    return [*commands, text[start:].strip()]
