"""Readers of text from outside, and how hostile inputs for them are made: pieces of good inputs, cut, repeated, mixed with what breaks readers."""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Inputs for each reader; 0 for the few of every run, which are always the same."""
FUZZ = settings(max_examples=EXAMPLES or 12, derandomize=not EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
LONG = 20_000 if EXAMPLES else 2_000
"""Characters of one piece repeated: what is not linear takes minutes with so many."""

_PIECES = re.compile(r"[A-Za-z0-9_]{1,40}|\s{1,8}|[^\sA-Za-z0-9_]{1,3}")
_ODD = (
    *("\x00", "\x1b[31m", "\x85", "\u2028", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufe0f", "e\u0301", "\U0001f600", "\ue000", "ß", "İ", "\xa0", "\uff0f"),
    *("\n", "\r\n", "\r", "\t", "\n\n", "    ", "\n---\n", "\n...\n", "```\n", "~~~", "<!--", "-->", "<!-- errata:", "<details>", "|", "\\", '"', "'", "`"),
    *("(", ")", "[", "]", "{", "}", "<", ">", "&", "*", "!", "%", "%00", "%zz", "%2e%2e/", "../", "--option", "-", ":", ";", ",", "=", "@", "#", "/", "?"),
    *("0", "-1", "9" * 30, "1e999", "NaN", "²", "٣", "0x", "true", "null", "~", "10000000000000000000000", "4294967296"),
    *("0000-00-00T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "2024-02-30T25:61:61Z", "now-999999y", "now/d"),
    *("https://", "http://[::1", "//evil.example/", "javascript:", "\\u0000", "\\ud800", "\\x1b", "{{", "${", "$(", "; DROP TABLE x", "/*", "*/"),
)
_JUNK: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(_ODD)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("type", "text", "value", "id", "time", "")), inner, max_size=3),
    max_leaves=5,
)
_EDIT = st.tuples(st.sampled_from(("put", "put", "cut", "twice", "swap")), st.integers(0, 10_000), st.integers(1, 200), st.integers(0, 2_000))
_PUT = st.text(max_size=6) | st.sampled_from(_ODD)


@dataclass(frozen=True)
class Reader:
    """A reader of outside text: `read` takes it, passes over the refusals that are promised, and asserts what is promised of the rest.

    `seeds` are good inputs. `documents` says that they are JSON, so that values are exchanged as well as characters. `longest` is as much as
    the reader is ever given where that is less than it is given here; 0 where its time is bounded by somebody else.
    """

    name: str
    read: Callable[[str], object]
    seeds: tuple[str, ...]
    documents: bool = False
    longest: int = LONG

    def keeps_its_promises(self, text: str) -> bool:
        """Reads the text; what is broken is told by what is raised."""
        self.read(text)
        return True


def bounded(texts: Iterable[str | None], most: int) -> None:
    """Every text can be written to a file and has at most so many characters."""
    for text in texts:
        assert len(text or "") <= most
        (text or "").encode()


def seen(*texts: str | None) -> None:
    """Nothing in these texts is a control or bidirectional character."""
    for text in texts:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]", text or ""), text


def decoded(text: str) -> Any:
    """What a JSON text says; None for one that whoever decodes it refuses."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def inputs(reader: Reader) -> st.SearchStrategy[str]:
    """Any text, and good inputs that were edited."""
    pieces = sorted({piece for seed in reader.seeds for piece in _PIECES.findall(seed)})
    edited = st.builds(_edited, st.sampled_from(reader.seeds), st.lists(st.tuples(_EDIT, _PUT | st.sampled_from(pieces)), max_size=8))
    mixed = st.lists(st.sampled_from(pieces) | _PUT, max_size=30).map("".join)
    if not reader.documents:
        return edited | mixed | st.text(max_size=60)
    values = st.builds(_exchanged, st.sampled_from(reader.seeds), st.lists(st.tuples(st.integers(0, 10_000), _JUNK), max_size=5))
    return values | values | edited


def repeated(reader: Reader) -> Iterator[str]:
    """Each piece of a good input over and over, alone and behind the whole input."""
    length = min(LONG, reader.longest)
    if not length:
        return
    pieces = dict.fromkeys(piece for seed in reader.seeds for piece in _PIECES.findall(seed))
    chosen = list(pieces)[:: max(1, len(pieces) // 12)]
    for piece in (*chosen, " ", "\n", "(", "[", "{", '"', "\\", "a", "0", ".", "-", "<!--", "`", ": ", "a b", "%2"):
        yield (piece * length)[:length]
        yield reader.seeds[0][: length // 2] + (piece * length)[: length // 2]
    for seed in reader.seeds:
        yield (seed * length)[:length]
    for opening in ("[", '{"a":', "(", "> ", "- ", "<"):
        yield (opening * length)[:length]


def _edited(seed: str, edits: list[tuple[tuple[str, int, int, int], str]]) -> str:
    text = seed
    for (kind, at, length, other), piece in edits:
        begin = at % (len(text) + 1)
        if kind == "put":
            text = text[:begin] + piece + text[begin:]
        elif kind == "cut":
            text = text[:begin] + text[begin + length :]
        elif kind == "twice":
            text = text[:begin] + text[begin : begin + length] * (2 + other % 5) + text[begin + length :]
        else:
            text = text[:begin] + piece + text[begin + len(piece) :]
    return text


def _exchanged(seed: str, changes: list[tuple[int, object]]) -> str:
    document: Any = {"": json.loads(seed)}
    for number, value in changes:
        places = list(_places(document))
        holder, key = places[number % len(places)]
        holder[key] = value
    return json.dumps(document[""])


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])
