"""What a lint rule is given, and how rules are registered: a rule is a function whose docstring is the rule."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from bot.core.entry import front_matter
from bot.core.entry.entry import FOLDER, README
from bot.core.entry.outline import Outline, outline
from bot.model import Record
from bot.regex import regex

_CODE_SPAN = regex(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)")


class Finding(Record, frozen=True, omit_defaults=True):
    """One thing to mend: where (line from 1), which rule, what, and how. A `notice` is told, and fails no check."""

    path: str
    line: int
    rule: str
    message: str
    remedy: str
    notice: bool = False


class Page:
    """A file of the knowledge folder as rules see it."""

    def __init__(self, path: str, text: str, exists: Callable[[str], bool], find_secrets: Callable[[str], Iterable[tuple[int, str]]]) -> None:
        self.path, self.text = path, text
        self.exists, self.find_secrets = exists, find_secrets
        self.name = path.rpartition("/")[2]
        self.in_folder = f"/{path}".rpartition("/")[0].endswith(f"/{FOLDER.rpartition('/')[2]}") and self.name != README
        self.is_entry = self.in_folder or self.name == "EXAMPLE.md"
        self.reading = front_matter.read(text) if self.is_entry else None
        block = self.reading.block if self.reading else None
        self.body = text[block.body :] if block else text
        self.body_line = text[: block.body].count("\n") + 1 if block else 1

    @cached_property
    def outline(self) -> Outline:
        """Headings and lines of the body."""
        return outline(self.body)

    def prose(self) -> Iterator[tuple[int, str]]:
        """Lines outside code and comments, by their number in the file, code spans blanked."""
        for number, line in enumerate(self.outline.lines, start=self.body_line):
            if line.kind in ("prose", "html"):
                yield number, _CODE_SPAN.sub(lambda span: " " * len(span.group()), line.text)

    def line_at(self, offset: int) -> int:
        """The line of an offset in the file."""
        return self.text.count("\n", 0, offset) + 1

    def key_line(self, key: str) -> int:
        """The line of a front-matter key, the first when it is not there."""
        value = self.reading.values.get(key) if self.reading else None
        return value.line if value else 1


class Found(NamedTuple):
    """What a rule yields; an empty remedy stands for the rule's own."""

    line: int
    message: str
    remedy: str = ""


PageCheck = Callable[[Page], Iterator[Found]]
FolderCheck = Callable[[Mapping[str, Page]], Iterator[tuple[str, Found]]]


class Rule(NamedTuple):
    """A registered rule; `text` is its docstring."""

    id: str
    text: str
    remedy: str
    of_page: PageCheck | None = None
    of_folder: FolderCheck | None = None


class Rules:
    """A group of rules in the order of their ids."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def page(self, rule: str, remedy: str) -> Callable[[PageCheck], PageCheck]:
        """Register a rule that looks at one file."""

        def register(check: PageCheck) -> PageCheck:
            self.rules.append(Rule(rule, str(check.__doc__), remedy, of_page=check))
            return check

        return register

    def folder(self, rule: str, remedy: str) -> Callable[[FolderCheck], FolderCheck]:
        """Register a rule that looks at all files together."""

        def register(check: FolderCheck) -> FolderCheck:
            self.rules.append(Rule(rule, str(check.__doc__), remedy, of_folder=check))
            return check

        return register
