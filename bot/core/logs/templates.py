"""Log lines of a batch become templates: what varies is `<*>`, read off the shape of a word and off how many words stand in one place.

Lines are first made alike in one go (figures, then the patterns below over the lines that still differ), so the costly steps see each shape
once. Then words that vary without a figure (names, hosts, files) are found as Brain and IPLoM do, by columns: where many lines agree in
all words but one, that word varies. A template depends on its batch: it folds lines for a reader and is never kept.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.regex import regex

VARIABLE = "<*>"
MAX_LINE = 2_000
"""Characters of a line that are compared; what tells lines apart stands early."""

_FIGURES = bytes.maketrans(b"123456789", b"0" * 9)
# A run of figures is one 0 by now, and so is whatever these find in a word. Every quantifier is bounded.
_VARYING = tuple(
    (held, regex(pattern, re.ASCII))
    for held, pattern in (
        ("://", r"\b[a-z][a-z+]{1,10}://[^\s\"'<>]{1,500}"),
        ("/", r"(?<![\w<.:/-])/[\w.@%+~-]{1,100}(?:/[\w.@%+~-]{0,100}){0,30}(?:\?[^\s\"'<>]{0,500})?"),
        ("@", r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
        (".", r"\b(?:[\w-]{1,63}\.){1,6}(?:com|net|org|edu|gov|io|dev|local|internal|de|uk|jp|cn|hk|br|fr|ru|nl|pl|au|ca|ch|tw|kr|eu)\b(?![.(\w])"),
        (":", r"(?<![\w:])(?:[a-fA-F0]{1,4}::?){2,7}[a-fA-F0]{1,4}(?![\w:])"),
    )
)
_HEX = regex(r"[a-f0-]{8,64}", re.ASCII)
_APART = regex(r"([,()\[\]'\"<>;]|(?<=[A-Za-z_]):(?=[^:\s])|:$|(?<==))")
_TIMES = frozenset("Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec AM PM UTC GMT EST EDT CET CEST PST PDT".split())  # noqa: SIM905
_UNIT_WORDS = (
    "B KB MB GB TB kB KiB MiB GiB TiB bytes byte b kb mb gb ns us ms s sec secs second seconds msec msecs milliseconds "
    "min mins minute minutes h hour hours day days %"
)
_UNITS = frozenset(f"{unit}{end}" for unit in _UNIT_WORDS.split() for end in ("", "."))
_TRUTHS = frozenset(("true", "false", "True", "False", "null", "None", "nil"))
_BEFORE_USER = frozenset(("for", "by", "invalid", "Invalid"))
_PLAIN_WORD = regex(r"[A-Za-z]?[a-z'-]{0,40}[.,:;!?]?$|[A-Z]{1,40}$")

_FEWEST = 5
"""So many different words in one place are needed before the place is said to vary."""
_OFTEN, _VERY_OFTEN = 2, 8
"""Words that come back so often each are more likely the few states of something than names, and need to be more of them."""
_PASSES = 2
_MOST_SHAPES, _MOST_WORDS = 4_000, 60
"""Merging is bounded: shapes beyond these stay as they are, so a hostile batch costs no more than a long one."""

Shape = tuple[str, ...]


def templates(messages: Sequence[str]) -> list[str]:
    """The template of each message, in the same order; equal templates are lines of the same statement."""
    if not messages:
        return []
    lines = _without_figures(messages)
    counts = Counter(lines)
    shapes = dict(zip(counts, _shapes(counts), strict=True))
    weights = Counter[Shape]()
    for line, shape in shapes.items():
        weights[shape] += counts[line]
    merged = _merged(weights)
    texts = {line: " ".join(merged[shape]) for line, shape in shapes.items()}
    return [texts[line] for line in lines]


def _without_figures(messages: Sequence[str]) -> list[str]:
    """Each message as one line with every run of figures written 0."""
    blob = "\n".join(messages)
    if blob.count("\n") != len(messages) - 1 or len(blob) > MAX_LINE:
        blob = "\n".join([message[:MAX_LINE].replace("\n", " ") for message in messages])
    blob = blob.encode("utf-8", "replace").translate(_FIGURES).decode("utf-8")
    while "00" in blob:
        blob = blob.replace("00", "0")
    return blob.split("\n")


class _Parts(dict[str, Shape]):
    """What stands between two spaces as words with the marks apart, worked out once for each; `0` is what varies."""

    def __missing__(self, text: str) -> Shape:
        # `<0 sec`, `~0`: about a figure is a figure.
        varying = text[1:] if text[:2] in ("<0", ">0", "~0") and ">" not in text[1:] else text
        for held, pattern in _VARYING:
            if held in varying:
                varying = pattern.sub("0", varying)
        words = tuple("0" if _HEX.fullmatch(word) else word for word in _APART.split(varying) if word)
        self[text] = words
        return words


def _shapes(lines: Iterable[str]) -> list[Shape]:
    parts = _Parts()
    return [_shape([word for text in line.split() for word in parts[text]]) for line in lines]


def _shape(words: list[str]) -> Shape:
    """The words of a line; what varies is one word, with its unit and with commas between."""
    kept: list[str] = []
    varied, before, last = False, "", ""
    for word in words:
        if "0" in word or word in _TIMES or (last[-1:] == "=" and _is_value(last, word)) or (last == "user" and before in _BEFORE_USER):
            if not varied:
                kept.append(VARIABLE)
            varied = True
        elif not (varied and (word == "," or word in _UNITS)):
            kept.append(word)
            varied = False
        before, last = last, word
    return tuple(kept)


def _is_value(key: str, word: str) -> bool:
    return word in _TRUTHS or (key == "user=" and word.isalpha())


def _merged(weights: Counter[Shape]) -> dict[Shape, Shape]:
    """What each shape has become once the places that vary without a figure are known."""
    final = {shape: shape for shape in weights}
    current = Counter(dict(weights.most_common(_MOST_SHAPES)))
    for _ in range(_PASSES):
        changed = _one_pass(current)
        if not changed:
            break
        final = {shape: changed.get(now, now) for shape, now in final.items()}
        following = Counter[Shape]()
        for shape, count in current.items():
            following[changed.get(shape, shape)] += count
        current = following
    return final


def _one_pass(current: Counter[Shape]) -> dict[Shape, Shape]:
    changed: dict[Shape, Shape] = {}
    for place, members in _agreeing(current):
        shapes = [shape for shape in members if shape not in changed]
        if len(shapes) >= _FEWEST and _varies(shapes, place, current):
            whole = shapes[0]
            merged = (*whole[:place], VARIABLE, *whole[place + 1 :])
            changed.update(dict.fromkeys(shapes, merged))
    return changed


def _agreeing(current: Iterable[Shape]) -> list[tuple[int, list[Shape]]]:
    """Shapes that agree in all words but the one at a place, the largest groups first. Sums of hashes stand for the other words."""
    groups: dict[tuple[int, int, int], list[Shape]] = {}
    for shape in current:
        if not 2 <= len(shape) <= _MOST_WORDS:
            continue
        hashes = [hash(pair) for pair in enumerate(shape)]
        whole = sum(hashes)
        for place, word in enumerate(shape):
            if len(word) > 1 or word.isalnum():
                groups.setdefault((len(shape), place, whole - hashes[place]), []).append(shape)
    found = [(key[1], members) for key, members in groups.items() if len(members) >= _FEWEST]
    return sorted(found, key=lambda group: -len(group[1]))


def _varies(shapes: list[Shape], place: int, weights: Counter[Shape]) -> bool:
    """Whether the words at this place are values: a figure among them, odd spellings, or many that come seldom."""
    whole = shapes[0]
    if not any(len(word) > 2 and word != VARIABLE for number, word in enumerate(whole) if number != place):
        return False
    words, lines = [shape[place] for shape in shapes], sum(weights[shape] for shape in shapes)
    plain = sum(1 for word in words if _PLAIN_WORD.match(word))
    odd = len(words) - plain
    if place == 0:
        return odd > plain
    if VARIABLE in words or odd >= plain:
        return True
    return len(words) >= _FEWEST + 2 * (lines > _OFTEN * len(words)) + 6 * (lines > _VERY_OFTEN * len(words))
