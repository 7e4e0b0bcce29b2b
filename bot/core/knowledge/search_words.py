"""What a person types to find an entry, as words; never as the syntax of a query language."""

from collections.abc import Iterable, Sequence

from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.regex import regex

MOST_WORDS, LONGEST_WORD = 12, 60
_TYPED = 2_000
_SHOWN = 200
_WORD = regex(r"[^\W_]+")
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARTS = regex(r"[^\W_]{2,}")


def words_of(typed: str) -> tuple[str, ...]:
    """The first twelve different words, in small letters; marks between them only part them."""
    found = (word[:LONGEST_WORD] for word in _WORD.findall(visible(typed[:_TYPED]).casefold()))
    return tuple(dict.fromkeys(found))[:MOST_WORDS]


def all_of(words: Sequence[str]) -> str:
    """An FTS5 expression: every word stands there, whole or as the beginning of a longer one."""
    return " AND ".join(_term(word) for word in words)


def any_of(words: Sequence[str]) -> str:
    """An FTS5 expression: one of the words stands there, whole."""
    return " OR ".join(f'"{word}"' for word in words)


def spelled_out(text: str) -> str:
    """Names with their parts: `NullPointerException in load_user` is found by "pointer", too."""
    names = visible(text).replace("_", " ").replace(".", " ").replace("-", " ")
    parts = [part for name in _PARTS.findall(names) if not name.islower() and len(pieces := _HUMP.split(name)) > 1 for part in pieces]
    return " ".join((names, *parts))


def line_with(text: str, words: Iterable[str]) -> str:
    """The first of the lines that hold most of the words, as one short line without its marks of a list; empty where none holds any."""
    wanted, best, most = tuple(words), "", 0
    for line in text.splitlines():
        held = line.casefold()
        count = sum(word in held for word in wanted)
        if count > most and not held.lstrip().startswith("<!--"):
            best, most = line, count
            if most == len(wanted):
                break
    return cut(one_line(best).lstrip("-*+#>| "), _SHOWN)


def _term(word: str) -> str:
    # The beginning of a word would be looked up in every word of the folder that begins so; one or two letters begin too many.
    return f'("{word}" OR "{word}" *)' if len(word) > 3 else f'"{word}"'
