"""The part of a source file that runs: its lines with every comment taken out, so that a line commented out counts as gone."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from bot.regex import regex

_DOUBLE = r'"(?:\\.|[^"\\\n])*+"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*+'?"
_LETTER = r"'(?:\\.|[^'\\\n])'"
_TEMPLATE = r"`(?:\\.|[^`\\])*+`?"
_TRIPLE = r'(?:[rRbBuUfF]{1,2})?(?:"""(?s:.*?)(?:"""|\Z)|' + r"'''(?s:.*?)(?:'''|\Z))"
_SLASHES = r"//[^\n]*+"
_BLOCK = r"/\*(?s:.*?)(?:\*/|\Z)"
_HASH = r"(?<![^\s;)}\]])#[^\n]*+"
_DISABLED = r"^[ \t]{0,80}#[ \t]{0,80}if[ \t]{1,80}0\b(?s:.*?)(?:^[ \t]{0,80}#[ \t]{0,80}(?:endif|else|elif)\b[^\n]*+|\Z)"


class _Grammar(NamedTuple):
    """What is a string, what is a comment. `prose`: a string that is a statement of its own is a comment."""

    strings: tuple[str, ...]
    comments: tuple[str, ...]
    prose: str = ""

    def compiled(self) -> re.Pattern[str]:
        """The three as one pattern, tried from left to right."""
        groups = [("prose", (self.prose,) if self.prose else ()), ("string", self.strings), ("comment", self.comments)]
        return regex("|".join(f"(?P<{name}>{'|'.join(parts)})" for name, parts in groups if parts), re.MULTILINE)


_C = _Grammar((_DOUBLE, _SINGLE), (_BLOCK, _SLASHES, _DISABLED))
_BRACES = _Grammar((_DOUBLE, _SINGLE, _TEMPLATE), (_BLOCK, _SLASHES))
_GRAMMARS: dict[str, _Grammar] = {
    ".py .pyi .pyx": _Grammar((_DOUBLE, _SINGLE), (r"#[^\n]*+",), _TRIPLE),
    ".c .h .cc .cpp .cxx .hpp .hh .m .mm .cs": _C,
    ".java .kt .kts .scala .groovy .gradle .js .mjs .cjs .jsx .ts .mts .cts .tsx .go .swift .dart .proto .css .scss .less .zig .sol": _BRACES,
    ".rs": _Grammar((_DOUBLE, _LETTER), (_BLOCK, _SLASHES)),
    ".php": _Grammar((_DOUBLE, _SINGLE), (_BLOCK, _SLASHES, _HASH)),
    ".rb .rake .cr": _Grammar((_DOUBLE, _SINGLE), (r"^=begin\b(?s:.*?)(?:^=end\b[^\n]*+|\Z)", _HASH)),
    ".sh .bash .zsh .yaml .yml .toml .tf .hcl .pl .pm .r .ex .exs .jl .nix .conf .cfg .properties .env .mk": _Grammar((_DOUBLE, _SINGLE), (_HASH,)),
    ".sql": _Grammar((_DOUBLE, _SINGLE), (_BLOCK, r"--[^\n]*+")),
    ".lua": _Grammar((_DOUBLE, _SINGLE), (r"--\[\[(?s:.*?)(?:\]\]|\Z)", r"--[^\n]*+")),
    ".hs .elm": _Grammar((_DOUBLE, _LETTER), (r"\{-(?s:.*?)(?:-\}|\Z)", r"--[^\n]*+")),
    ".fs .fsx .ml .mli": _Grammar((_DOUBLE, _LETTER), (r"\(\*(?s:.*?)(?:\*\)|\Z)", _SLASHES)),
    ".clj .cljs .el .lisp .scm .ini": _Grammar((_DOUBLE,), (r";[^\n]*+",)),
    ".erl .hrl": _Grammar((_DOUBLE,), (r"%[^\n]*+",)),
    ".html .htm .xml .vue .svelte": _Grammar((_DOUBLE,), (r"<!--(?s:.*?)(?:-->|\Z)", _BLOCK, r"(?<![:\w])//[^\n]*+")),
}
_PATTERNS = {ending: grammar.compiled() for endings, grammar in _GRAMMARS.items() for ending in endings.split()}
_UNKNOWN = regex(r"(?P<comment>^[ \t]{0,200}(?:#(?!\s{0,8}(?:include|define|if|endif|else))|//|--\s|;|%)[^\n]*+)", re.MULTILINE)
_EXPRESSION = regex(r"(?:[(\[{,=+%\\|&:?]|\b(?:return|yield|in|and|or|not|await))\Z")


def active_lines(text: str, path: str) -> list[str]:
    """The lines of a file, comments blanked out, everything else as it stands. Line ends count as git counts them."""
    pattern = _PATTERNS.get(PurePosixPath(path).suffix.lower(), _UNKNOWN)
    plain = text.replace("\r\n", "\n")
    return pattern.sub(_kept, plain).split("\n")


def _kept(match: re.Match[str]) -> str:
    kind = match.lastgroup
    words = match.group()
    if kind == "comment" or (kind == "prose" and _is_statement(match)):
        return "\n" * words.count("\n") or " "
    return words


def _is_statement(match: re.Match[str]) -> bool:
    """Whether a string begins its line, and no expression of the line before waits for it."""
    before = match.string[max(0, match.start() - 400) : match.start()]
    line = before.rpartition("\n")[2]
    last = before.rstrip()
    return not line.strip() and (not _EXPRESSION.search(last) or (last.endswith(":") and not last.endswith("::")))
