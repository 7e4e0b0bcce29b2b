"""The Markdown pages of this project as a reader sees them: links, anchors, and what stands in code."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent


class Page:
    """One Markdown file; `path` is relative to the project's root."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.text = (ROOT / path).read_text(encoding="utf-8")

    def links(self) -> Iterator[str]:
        """Targets within the project, code left out."""
        for token in self._inline():
            target = str(token.attrs.get("href", "")) if token.type == "link_open" else ""
            if target and not re.match(r"[a-z][a-z0-9+.-]*:", target):
                yield target

    def anchors(self) -> set[str]:
        """What GitHub makes of the headings."""
        texts = [after.content for before, after in zip(self._tokens, self._tokens[1:], strict=False) if before.type == "heading_open"]
        return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", text).lower()).replace(" ", "-") for text in texts}

    def fences(self, language: str) -> list[str]:
        """Code blocks of a language, in their order."""
        return [token.content for token in self._tokens if token.type == "fence" and token.info == language]

    def code(self) -> Iterator[str]:
        """Every line of code: of fences, and each code span."""
        yield from (line for token in self._tokens if token.type == "fence" for line in token.content.splitlines())
        yield from (token.content for token in self._inline() if token.type == "code_inline")

    @cached_property
    def _tokens(self) -> list[Token]:
        return MarkdownIt("commonmark").enable("table").parse(self.text)

    def _inline(self) -> Iterator[Token]:
        return (child for token in self._tokens for child in token.children or ())


def pages() -> list[str]:
    """The pages that people read."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "knowledge").glob("*.md"), *(ROOT / ".github").glob("*.md")]
    told = (path.relative_to(ROOT).as_posix() for path in found)
    # The samples are pages of a knowledge base: their links lead to others of it.
    return sorted(path for path in told if not path.startswith("docs/samples/") or path == "docs/samples/README.md")
