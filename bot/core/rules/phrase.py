"""The phrases of rules: words with slots and gaps, found in time linear in the text, whoever wrote them.

No regular expressions: a rule may come from anyone's pull request, and a backtracking engine lets one line of it cost hours.
A phrase is found by its fixed words, each piece once, none taken back.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from bot.model import Record
from bot.regex import regex

GAP = 80
"""Characters that `...` may stand for, all of one line."""
LONGEST_SLOT = 120
LONGEST_PHRASE = 200
MOST_PIECES = 12
_MOST_TRIED = 200
"""Places of a text that a phrase is tried at."""
_PIECES = regex(r"\{(\w{1,30})(?::(\w{1,20}))?\}|(\.\.\.)|(\*)")
_REGULAR = regex(r"\\[a-zA-Z.\\()\[\]{}*+?|^$]|\.[*+?]|\(\?|\{\d{0,9},?\d{0,9}\}|\[\^|\[(?:[a-zA-Z]-[a-zA-Z]|\d-\d)|\)[*+?]|\][*+?]|\w[+?](?:\s|$|[*+?])")
_SPACE = regex(r"[ \t\r\f\v\u00a0]+")
_VALUE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@+#%=~[]*")
_DIGITS = frozenset("0123456789")
_SETTING = regex(r"[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,80}")
_ADDRESS = regex(r"[\w.:\[\]@/-]{1,110}:\d{2,5}")
Kind = Literal["words", "slot", "gap", "rest"]
_KINDS = ("", "number", "setting", "address")


class Piece(NamedTuple):
    """Fixed words, a slot for a value, a gap, or the rest of a word; `text` is the words in lower case, or the slot's name."""

    kind: Kind
    text: str = ""
    of: str = ""


class Phrase(Record, frozen=True):
    """A phrase in pieces; the first or the second is fixed words."""

    pieces: tuple[Piece, ...]
    first: int
    lead: str
    """The first fixed words, which stand in every text that the phrase stands in."""


class Found(NamedTuple):
    """Where a phrase stands, as the text has it, and the values of its slots."""

    words: str
    slots: tuple[tuple[str, str], ...]


class Text(NamedTuple):
    """A text ready to be searched: blanks joined, and the same in lower case, letter for letter."""

    plain: str
    lower: str


def text(raw: str, longest: int = 20_000) -> Text:
    """The beginning of a text, ready to be searched; lines stay lines."""
    plain = _SPACE.sub(" ", raw[:longest])
    lower = plain.lower()
    return Text(plain, lower if len(lower) == len(plain) else "".join(one.lower() if len(one.lower()) == 1 else one for one in plain))


def fault(phrase: str) -> str | None:
    """Why a phrase cannot be used; None when it can."""
    if not phrase.strip() or len(phrase) > LONGEST_PHRASE:
        return f"is empty or longer than {LONGEST_PHRASE} characters"
    if _REGULAR.search(phrase):
        return "is a regular expression, which rules do not take"
    pieces = parsed(phrase).pieces
    fixed = sum(len(piece.text.strip()) for piece in pieces if piece.kind == "words")
    if fixed < 3 or len(pieces) > MOST_PIECES:
        return f"needs 3 characters of fixed words at least, and has at most {MOST_PIECES} pieces"
    if any(piece.of not in _KINDS for piece in pieces):
        return "has a slot of an unknown kind; there are number, setting and address"
    names = [piece.text for piece in pieces if piece.kind == "slot"]
    kinds = [piece.kind for piece in pieces]
    first = kinds.index("words")
    pairs = pairwise(kinds)
    joined = first > 2 or any(one != "words" and other != "words" and (one, other) != ("slot", "gap") for one, other in pairs)
    if joined or kinds[0] in ("gap", "rest") or kinds[-1] == "gap" or len(set(names)) < len(names):
        return "has two slots or gaps side by side, a slot twice, or begins or ends with a gap"
    return None


@lru_cache(maxsize=4096)
def parsed(phrase: str) -> Phrase:
    """A phrase in pieces."""
    pieces: list[Piece] = []
    end = 0
    for match in _PIECES.finditer(phrase):
        if match.start() > end:
            pieces.append(Piece("words", text(phrase[end : match.start()]).lower))
        kind: Kind = "slot" if match[1] else "gap" if match[3] else "rest"
        pieces.append(Piece(kind, match[1] or "", match[2] or ""))
        end = match.end()
    if end < len(phrase):
        pieces.append(Piece("words", text(phrase[end:]).lower))
    kept = tuple(_trimmed(pieces))
    first = next((number for number, piece in enumerate(kept) if piece.kind == "words"), 0)
    return Phrase(kept, first, kept[first].text)


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """Blanks beside a gap belong to it."""
    kept = []
    for number, piece in enumerate(pieces):
        words = piece.text
        if piece.kind == "words":
            words = words.lstrip() if number == 0 or pieces[number - 1].kind == "gap" else words
            words = words.rstrip() if number + 1 == len(pieces) or pieces[number + 1].kind == "gap" else words
        if words or piece.kind != "words":
            kept.append(piece if words == piece.text else Piece("words", words))
    return kept


def slots_of(phrase: str) -> frozenset[str]:
    """The names of a phrase's slots."""
    return frozenset(piece.text for piece in parsed(phrase).pieces if piece.kind == "slot")


def find(phrase: str, where: Text) -> Found | None:
    """The first place at which the phrase stands."""
    known = parsed(phrase)
    at = where.lower.find(known.lead)
    for _ in range(_MOST_TRIED):
        if at < 0:
            return None
        if found := _found_at(known.pieces, known.first, at, where):
            return found
        at = where.lower.find(known.lead, at + 1)
    return None


def _found_at(pieces: tuple[Piece, ...], first: int, at: int, where: Text) -> Found | None:
    """The phrase with its first fixed words at this place; a slot may stand before them, with a gap between."""
    begin, slots = at, dict[str, str]()
    if first:
        before = _value_before(pieces[0], at, where.plain, gap=first == 2)
        if before is None:
            return None
        begin, slots[pieces[0].text] = before
    elif _joined_before(where.plain, at):
        return None
    end = _rest_of(pieces[first:], at, where, slots)
    return Found(" ".join(where.plain[begin:end].split()), tuple(slots.items())) if end is not None else None


def _value_before(slot: Piece, at: int, plain: str, *, gap: bool) -> tuple[int, str] | None:
    """The nearest value of the slot's kind before these words, and where it begins."""
    edge = max(0, at - GAP) if gap else at
    end = at
    while end >= edge:
        begin = end
        while begin > max(0, end - LONGEST_SLOT) and plain[begin - 1] in _VALUE:
            begin -= 1
        value = _value(slot, plain[begin:end]) if begin < end else None
        if value is not None:
            return begin, value
        end = begin - 1
        if end < edge or plain[end] == "\n":
            return None
    return None


def _rest_of(pieces: tuple[Piece, ...], at: int, where: Text, slots: dict[str, str]) -> int | None:
    """The end of the pieces that begin here, None where they do not stand; fills the slots."""
    gap = False
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        if piece.kind == "gap":
            gap = True
        elif piece.kind == "words":
            found = _words_at(piece.text, at, where.lower, gap)
            if found is None:
                return None
            at, gap = found + len(piece.text), False
        elif piece.kind == "rest":
            at = _run(where.plain, at, 40, word=True)
        else:
            end = _slot_end(following, at, where)
            value = _value(piece, where.plain[at:end]) if end is not None else None
            if end is None or value is None:
                return None
            slots[piece.text], at = value, end
    last = pieces[-1]
    return None if last.kind == "words" and _joined_after(where.plain, at) else at


def _words_at(words: str, at: int, lower: str, gap: bool) -> int | None:
    if not gap:
        return at if lower.startswith(words, at) else None
    line_end = lower.find("\n", at, at + GAP)
    found = lower.find(words, at, (line_end if line_end >= 0 else at + GAP) + len(words))
    return found if found >= 0 and (line_end < 0 or found < line_end) else None


def _slot_end(following: Piece | None, at: int, where: Text) -> int | None:
    """A value ends where its characters do, or where the words after it begin."""
    end = _run(where.plain, at, LONGEST_SLOT)
    if following is not None and following.kind == "words":
        stop = where.lower.find(following.text, at + 1, end + len(following.text))
        return stop if stop >= 0 else None
    while end > at and where.plain[end - 1] in ".:,":
        end -= 1
    return end


def _run(plain: str, at: int, most: int, *, word: bool = False) -> int:
    end = at
    while end < min(len(plain), at + most) and ((plain[end].isalnum() or plain[end] == "_") if word else plain[end] in _VALUE):
        end += 1
    return end


def _value(slot: Piece, value: str) -> str | None:
    """A slot's value if it is of its kind."""
    value = value.strip(".,:")
    if not value or len(value) > LONGEST_SLOT:
        return None
    if slot.of == "number":
        return value if set(value) <= _DIGITS else None
    if slot.of == "setting":
        return value if _SETTING.fullmatch(value) else None
    if slot.of == "address":
        return value if _ADDRESS.fullmatch(value) else None
    return value if any(one.isalnum() for one in value) else None


def _joined_before(plain: str, at: int) -> bool:
    """Whether the words go on to the left of their first letter."""
    return at > 0 and _in_word(plain[at]) and _in_word(plain[at - 1])


def _joined_after(plain: str, end: int) -> bool:
    return 0 < end < len(plain) and _in_word(plain[end - 1]) and _in_word(plain[end])


def _in_word(one: str) -> bool:
    return one.isalnum() or one == "_"
