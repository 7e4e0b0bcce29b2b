"""A runbook: what people do about a kind of failure, with the scope in its front matter by which it is chosen."""

import re
from typing import Annotated, Literal

import msgspec

from bot.core.entry.yaml_tree import YamlFault, record, tree
from bot.core.rules.phrase import fault
from bot.core.rules.rule import FactName
from bot.errors import BadEntry
from bot.model import Category, Record
from bot.regex import regex

LARGEST = 100_000
"""Characters of a runbook; what is longer nobody reads at night."""
System = Literal[
    "cloudwatch", "code", "databases", "deployments", "digitalocean", "files", "github_activity", "kubernetes", "opensearch", "redis", "sentry", "slack_history"
]
"""Kinds of sources, by the names that the configuration has for them."""
RunbookFact = FactName | Literal["after_deploy"]
_NAMES: dict[str, System] = {
    "cloudwatch": "cloudwatch",
    "code": "code",
    "database": "databases",
    "error": "databases",
    "deployments": "deployments",
    "digitalocean": "digitalocean",
    "files": "files",
    "github": "github_activity",
    "kubernetes": "kubernetes",
    "opensearch": "opensearch",
    "redis": "redis",
    "sentry": "sentry",
    "slack": "slack_history",
}
_OPENING = regex(r"\ufeff?---[ \t]*\r?\n")
_CLOSING = regex(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\A[A-Za-z0-9_@][A-Za-z0-9_. /@:-]*\*?\Z")]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"\A[^`|<>\n]+\Z")]
Phrase = Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)]


class _Front(Record, frozen=True):
    """The front matter as it is written."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    services: Names = ()
    environments: Names = ()
    categories: tuple[Category, ...] = ()
    error_types: Names = ()
    codes: Annotated[tuple[Code, ...], msgspec.Meta(max_length=100)] = ()
    says: Annotated[tuple[Phrase, ...], msgspec.Meta(max_length=50)] = ()
    facts: tuple[RunbookFact, ...] = ()
    helps: tuple[System, ...] = ()
    skip: tuple[System, ...] = ()
    owners: Names = ()


class Runbook(Record, frozen=True):
    """`path` is relative to the repository. A name may end with `*`; `says` are phrases as rules of diagnosis have them."""

    path: str
    front: _Front
    body: str

    @property
    def title(self) -> str:
        """What people call it."""
        return self.front.title

    @property
    def marks(self) -> bool:
        """Whether it names something of the error itself: then one such thing must be seen."""
        front = self.front
        return bool(front.codes or front.error_types or front.says or front.facts)

    @property
    def scoped(self) -> bool:
        """Whether anything can choose it."""
        front = self.front
        return self.marks or bool(front.services or front.environments or front.categories)


def parse(text: str, path: str) -> Runbook:
    """The runbook in a file's text. Raises BadEntry with the line."""
    try:
        return _read(text, path)
    except YamlFault as error:
        raise BadEntry(f"reading {path}", f"line {error.line}: {error.cause}", error.remedy) from error


def system_of(source: str) -> System | None:
    """The kind of a source, by the name that it calls itself."""
    return _NAMES.get(source.partition(" ")[0])


def _read(text: str, path: str) -> Runbook:
    if len(text) > LARGEST:
        raise YamlFault(1, f"larger than {LARGEST // 1_000} kB", "keep the steps, and link to the rest")
    opening = _OPENING.match(text)
    if opening is None:
        raise YamlFault(1, "no front matter: the first line is not `---`", "begin with `---`, `title: …`, a scope such as `categories: [database]`, and `---`")
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise YamlFault(1, "the front matter is not closed", "add a line `---` after the last key")
    data, lines = tree(text[opening.end() : closing.start()], 2)
    if not isinstance(data, dict):
        raise YamlFault(2, "the front matter is no list of `key: value` lines", "write one key on each line, `title` first")
    front = record(_Front, {key: _listed(key, value) for key, value in data.items()}, lines)
    _check(front, lines)
    body = text[closing.end() :]
    if not body.strip():
        raise YamlFault(text.count("\n", 0, closing.end()) + 1, "nothing stands below the front matter", "write what to do, or delete the file")
    return Runbook(path, front, body)


def _listed(key: str, value: object) -> object:
    """A single value may be written without a list, and none at all as an empty line."""
    if key == "title" or not isinstance(value, str):
        return value
    return [value] if value else []


def _check(front: _Front, lines: dict[str, int]) -> None:
    both = sorted(set(front.helps) & set(front.skip))
    if both:
        raise YamlFault(lines["skip"], f"{both[0]} stands in `helps` and in `skip`", "keep it in one of them")
    for number, phrase in enumerate(front.says):
        wrong = fault(phrase)
        if wrong:
            line = lines.get(f"says[{number}]", lines["says"])
            raise YamlFault(line, f"`says`: {wrong}", "write words as the log has them; `...` stands for anything between")
