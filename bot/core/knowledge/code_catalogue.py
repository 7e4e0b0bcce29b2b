"""`knowledge/codes.yml`: a team's error codes, each a line of text or a record with category, severity, causes and resolution."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from bot.core.entry.yaml_tree import YamlFault, record, tree
from bot.errors import BadEntry
from bot.model import Category, Record, Severity
from bot.regex import regex

MAX_CHARACTERS = 400_000
MAX_CODES = 5_000
LONGEST_CODE = 80
_MAX_MEANING = 2_000
_REMEDY = "write each code as one line, `E1042: what it means`, or as a record with `meaning:`; docs/runbooks.md shows both"
_NAME = regex(r"[^\s`|<>\[\]][^`|<>\[\]\n\r\t]{0,79}")
_STEM = regex(r"([A-Za-z]{2,20})[_-]")

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(max_length=20)]


class KnownCode(Record, frozen=True):
    """What the team wrote of a code. `family` groups it on the page; `source` says whose code it is."""

    meaning: Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_MEANING)]
    category: Category = "unknown"
    severity: Severity | None = None
    causes: Lines = ()
    resolution: Lines = ()
    family: Annotated[str, msgspec.Meta(max_length=60)] = ""
    source: Annotated[str, msgspec.Meta(max_length=200)] = ""

    @property
    def told(self) -> str:
        """All of it, as a quotation of what people wrote; category and severity only as a hint."""
        parts = (
            self.meaning.strip() if self == KnownCode(self.meaning) else f"{self.meaning.strip().rstrip('.')}.",
            f"Usual causes: {_listed(self.causes)}." if self.causes else "",
            f"What usually resolves it: {_listed(self.resolution)}." if self.resolution else "",
            f"Usually of the category {self.category}." if self.category != "unknown" else "",
            f"Usually of severity {self.severity}." if self.severity else "",
        )
        return " ".join(part for part in parts if part)


Catalogue = Mapping[str, KnownCode]


def _listed(items: tuple[str, ...]) -> str:
    return "; ".join(item.strip().rstrip(".") for item in items)


def parse(text: str, name: str = "knowledge/codes.yml") -> dict[str, KnownCode]:
    """Code → what is known of it, in the order of the file. `LLM_*` speaks of a family. Raises BadEntry with the line."""
    doing = f"reading {name}"
    if len(text) > MAX_CHARACTERS:
        raise BadEntry(doing, f"larger than {MAX_CHARACTERS // 1_000} kB", "keep one short record for each code")
    try:
        return dict(_codes(text))
    except YamlFault as fault:
        raise BadEntry(doing, f"line {fault.line}: {fault.cause}", fault.remedy) from fault


def _codes(text: str) -> Iterator[tuple[str, KnownCode]]:
    data, lines = tree(text)
    if data in (None, ""):
        return
    if not isinstance(data, dict):
        raise YamlFault(1, "no list of `code: meaning`", _REMEDY)
    if len(data) > MAX_CODES:
        raise YamlFault(lines[list(data)[MAX_CODES]], f"more than {MAX_CODES:,} codes", "keep those that your services raise")
    folded: dict[str, str] = {}
    for code, written in data.items():
        if not _NAME.fullmatch(code) or len(code) > LONGEST_CODE:
            raise YamlFault(lines[code], f"`{code[:40]}` is no code", "write the code as the logs have it, at most 80 characters of one line, in double quotes")
        if (other := folded.setdefault(code.casefold(), code)) != code:
            raise YamlFault(lines[code], f"`{code}` and `{other}` (line {lines[other]}) are one code", "keep one of them")
        if isinstance(written, list):
            raise YamlFault(lines[code], f"`{code}` is a list", _REMEDY)
        yield code, record(KnownCode, {"meaning": written} if isinstance(written, str) else written, lines, code)


def look_up(code: str, catalogue: Catalogue) -> tuple[str, KnownCode] | None:
    """The code as the catalogue writes it, whatever its case; else the longest family (`LLM_*`) that it is of."""
    plain = code.casefold()
    exact = next((name for name in catalogue if name.casefold() == plain), None)
    families = sorted((name for name in catalogue if name.endswith("*") and len(name) > 2), key=lambda name: (-len(name), name))
    found = exact or next((name for name in families if plain.startswith(name[:-1].casefold())), None)
    return (found, catalogue[found]) if found else None


def family_of(code: str, known: KnownCode) -> str:
    """What a code is grouped under: its own family, else its first word, else its category."""
    stem = _STEM.match(code)
    return known.family or (stem[1].lower() if stem else known.category)


def stems(catalogue: Catalogue) -> frozenset[str]:
    """The beginnings (`LLM_`, `AUTH-`) that two codes of the catalogue share, or that it names as a family."""
    found: dict[str, int] = {}
    for code in catalogue:
        match = _STEM.match(code)
        if match and match[1].isupper():
            found[match.group()] = found.get(match.group(), 0) + (2 if code.endswith("*") else 1)
    return frozenset(stem for stem, count in found.items() if count > 1)
