"""A message becomes the words that tell problems apart: lower case, and a placeholder for what varies between occurrences.

Dropped are ids, hosts, paths, times, figures with their units, quoted values, lists, users and bodies in JSON: word by word in `variable_parts`, over
several words in `variable_phrases`. Kept are what names a problem although it has digits (`ipv4`, `status code 503`) or no value (`null`).
"""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from bot.core.remembered import Remembered
from bot.core.signature.variable_parts import PLACEHOLDER, shape_of, stable_words
from bot.core.signature.variable_phrases import MEASURES, settled, without_bodies

_MOST_READ = 4_000
_MOST_KEPT = 300
_ROUNDS = 12
_PLACEHOLDER = re.compile(PLACEHOLDER)
_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,20}[a-z]", re.IGNORECASE)
_ODD = re.compile(r"[^\x20-\x7e]")
# `status code 503` and `status code 404` are two problems, `503 rows` and `404 rows` are one.
_CODES = frozenset(("code", "code:", "errno", "errno:", "[errno", "(errno", "sqlstate", "sqlstate:", "signal", "signal:", "http"))
_OF_CODE = frozenset(("status", "exit", "error", "response", "return", "result", "http", "reason", "failure", "with"))
_CODE = re.compile(r"[0-9]{1,5}[.,;:)\]]{0,3}")
_HINTS = MEASURES | _CODES


def normalised(message: str) -> str:
    """The words of a message as they are at every occurrence, at most 300 characters. Idempotent, and of bounded cost whatever its length.

    Logs repeat their lines but for digits, which mostly do not matter: the answer is remembered for all of them, and found in a tenth of the time.
    """
    text = without_bodies(_cleaned(message[:_MOST_READ]))
    shape = shape_of(text)
    known = _KNOWN.get(shape)
    return _worked_out(text, shape) if known is None else known


_KNOWN: Remembered[str, str] = Remembered(most=10_000, longest=400)


def _worked_out(text: str, shape: str) -> str:
    text, hints, digits_matter = _replaced(text, shape)
    answer = _settled(text, hints)
    return answer if digits_matter else _KNOWN.remember(shape, answer)


def _settled(text: str, hints: frozenset[str]) -> str:
    for _ in range(_ROUNDS):
        after = settled(text, hints)
        if after == text:
            if len(text) <= _MOST_KEPT:
                return text
            # Cut between words: half a placeholder would be a word of its own.
            after = text[: text.rfind(" ", 0, _MOST_KEPT + 1)]
        text, hints, _ = _replaced(after, shape_of(after))
    return "<data>"


def readable(normalised: str) -> str:
    """A normalised message for people: what varies is an ellipsis."""
    return _PLACEHOLDER.sub("…", normalised)


def dropped(message: str) -> tuple[tuple[str, str], ...]:
    """What a placeholder stands for in the normalised message, in its order: (text as it was but for its case, kind)."""
    before, after = _cleaned(message[:_MOST_READ]).split(), normalised(message).split()
    found: list[tuple[str, str]] = []
    for change, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if change == "replace":
            found += _within(" ".join(before[a:b]), " ".join(after[c:d]))
    return tuple(found)


def _within(before: str, after: str) -> list[tuple[str, str]]:
    """The gaps that the unchanged parts of a phrase leave in it."""
    literals, kinds = _PLACEHOLDER.split(after), [kind[1:-1] for kind in _PLACEHOLDER.findall(after)]
    start = len(literals[0]) if before.startswith(literals[0]) else 0
    found = []
    for number, (kind, literal) in enumerate(zip(kinds, literals[1:], strict=True), 1):
        end = len(before.removesuffix(literal)) if number == len(kinds) else before.find(literal, start + 1)
        if before.startswith(f"<{kind}>", start):
            end = start + len(kind) + 2
        end = end if end >= start else len(before)
        found.append((before[start:end].strip(), kind))
        start = end + len(literal)
    return [(text, kind) for text, kind in found if text and text != f"<{kind}>"]


def _replaced(text: str, shape: str) -> tuple[str, frozenset[str], bool]:
    """Each word by itself, those that ask to look at several together, and whether other digits would have given other words."""
    words, stayed, digits_matter = stable_words(text, shape)
    hints = _HINTS.intersection(words)
    if hints and not _CODES.isdisjoint(hints):
        words, digits_matter = text.split(), True
        stayed = [word if _is_code(words, number) else after for number, (word, after) in enumerate(zip(words, stayed, strict=True))]
    text = " ".join(stayed)
    return (text if text.isascii() else _cleaned(text)), hints, digits_matter


def _is_code(words: list[str], number: int) -> bool:
    if number == 0 or words[number - 1] not in _CODES or not _CODE.fullmatch(words[number]):
        return False
    before = words[number - 1].strip("[(:")
    digits = words[number].rstrip(".,;:)]")
    return before not in ("code", "http") or (len(digits) == 3 if before == "http" else number > 1 and words[number - 2] in _OF_CODE)


def _cleaned(message: str) -> str:
    """Lower case, printable, and one spelling for what Unicode can spell in several ways."""
    if message.isascii() and message.isprintable():
        return message.lower()
    text = unicodedata.normalize("NFKC", _COLOUR.sub("", message))[:_MOST_READ].lower()
    return unicodedata.normalize("NFKC", _ODD.sub(lambda found: _character(found[0]), text))[:_MOST_READ]


@lru_cache(4_096)
def _character(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.digit(character))
    # What cannot be seen tells nothing: controls are space, joiners and directions are nothing; a lone surrogate cannot be written.
    return {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "\ufffd", "Cn": "\ufffd"}.get(kind, character)
