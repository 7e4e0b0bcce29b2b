"""What a change really changes: how much each of its lines means once formatting, comments, moves, log lines and mere renames are seen through."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from bot.core.code.hunks import Hunk
from bot.core.code.words import introduced, names_of
from bot.regex import regex

FileKind = Literal["code", "tests", "docs", "dependencies", "configuration", "generated"]
MOVED, LOGGED, RENAMED = 0.1, 0.2, 0.15
"""What a line that only moved, only logs, or only carries a new name still counts."""
_TESTS = regex(
    r"(?:^|/)(?:tests?|spec|specs|__tests__|testdata|fixtures|e2e)/|(?:^|/)(?:test_[^/]{1,100}|conftest\.py|[^/]{1,100}[._-](?:test|spec|tests)\.\w{1,5}|[^/]{1,100}Tests?\.(?:java|kt|cs|scala))$"
)
_DEPENDENCIES = regex(
    r"(?:^|/)(?:requirements[^/]{0,40}\.(?:txt|in)|setup\.(?:py|cfg)|pyproject\.toml|Pipfile|package\.json|go\.mod|Cargo\.toml|Gemfile|[^/]{1,60}\.gemspec"
    r"|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|[^/]{1,60}\.[cfv][sb]proj|Directory\.Packages\.props|packages\.config|libs\.versions\.toml|mix\.exs|pubspec\.yaml|Dockerfile[^/]{0,40})$"
)
_GENERATED = regex(
    r"(?:^|/)(?:node_modules|vendor|third_party|dist|\.idea)/|\.min\.(?:js|css)$|\.(?:lock|sum|map|svg|png|jpe?g|gif|ico|pdf|woff2?|snap|pb\.go)$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json)$|_pb2\.pyi?$"
)
_DOCS = frozenset({".md", ".rst", ".txt", ".adoc"})
_CONFIGURATION = frozenset({".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".env", ".properties", ".tf", ".hcl", ".xml"})
_COMMENT = regex(r"\s{0,200}(?:#(?!include|define|if|endif|else|undef|pragma|\[|!\[)|//|/\*|\*(?:\s|/|$)|--\s|<!--|\"\"\"|''')")
_TRAILING = regex(r"\s(?:#|//)\s.{0,300}$")
_LOGS = regex(
    r"\s{0,200}(?:await )?(?:self\.|this\.|s\.|@)?_?(?:log|logger|logging|console|slog|Rails\.logger|LOG|LOGGER|metrics|statsd|tracer|span|print|puts|fmt)\.?"
    r"(?:Print\w{0,4}|[a-zA-Z_]{1,20})?\s?[(\s\"']",
)
_TOKEN = regex(r"[A-Za-z_$][\w$]{0,200}|\d[\w.]{0,60}|\"(?:[^\"\\\n]|\\.){0,400}\"|'(?:[^'\\\n]|\\.){0,400}'|\S")
_IMPORT = regex(r"\s{0,200}(?:import|from|require|require_relative|use|using|include)\b|.{0,120}\brequire\(")
_WORD = regex(r"[A-Za-z_$][\w$]{0,200}")
_MEANT = frozenset(
    {"None", "null", "nil", "undefined", "True", "False", "true", "false", "and", "or", "not", "if", "else", "is", "in", "return", "raise", "throw"}
)
_LARGEST_PAIR = 40
_TELLING = 12
_LONGEST = 400
_WRAPPED = regex(r"((?:[^=()]{1,120}:?=|return))\(([^\n]{1,390})\)")
_STRING = regex(r"\"(?:[^\"\\\n]|\\.){0,400}\"|'(?:[^'\\\n]|\\.){0,400}'")


@dataclass(frozen=True)
class Line:
    """A changed line that means something: whether it was added, its text, and how much it counts."""

    added: bool
    text: str
    weight: float


@dataclass(frozen=True)
class Piece:
    """What remains of one run of changed lines."""

    hunk: Hunk
    lines: tuple[Line, ...]
    renames: tuple[tuple[str, str], ...] = ()
    """Old and new names where only names changed."""

    @property
    def weight(self) -> float:
        """That of its weightiest line, 0 when nothing is left."""
        return max((line.weight for line in self.lines), default=0.0)

    @cached_property
    def stayed(self) -> frozenset[str]:
        """The names that stand in it as often after as before, where others do not: those the change is about. Empty where all stand as often."""
        balance: Counter[str] = Counter()
        for line in self.lines:
            for name in names_of(line.text):
                balance[name] += 1 if line.added else -1
        return frozenset(name for name, count in balance.items() if count == 0) if any(balance.values()) else frozenset()


def file_kind(path: str) -> FileKind:
    """What a file is for, as its path tells."""
    if _GENERATED.search(path):
        return "generated"
    if _TESTS.search(path):
        return "tests"
    if _DEPENDENCIES.search(path):
        return "dependencies"
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _DOCS or path.startswith("docs/") or "CHANGELOG" in path or "CODEOWNERS" in path:
        return "docs"
    return "configuration" if suffix in _CONFIGURATION or PurePosixPath(path).name.startswith(".env") else "code"


def pieces(changed: Sequence[Hunk]) -> tuple[Piece, ...]:
    """The runs of changed lines with what counts in them. A file whose tokens are the same before and after has none."""
    told = [hunk for hunk in changed if file_kind(hunk.path) not in {"tests", "docs", "generated"}]
    same = _reformatted(told)
    moved = _moved(told)
    old = {name for hunk in told for line in _logical(hunk.removed) for name in introduced(line)}
    new = {name for hunk in told for line in _logical(hunk.added) for name in introduced(line)}
    return tuple(_piece(hunk, moved, old, new) if hunk.path not in same else Piece(hunk, ()) for hunk in told)


def _moved(told: Sequence[Hunk]) -> set[str]:
    """Lines that went from one place to another. A few short ones that are in both are chance."""
    gone = Counter(_plain(line) for hunk in told for line in _logical(hunk.removed) if not is_import(line))
    come = Counter(_plain(line) for hunk in told for line in _logical(hunk.added) if not is_import(line))
    both = {line for line in gone if come[line] >= gone[line]}
    return both if sum(len(line) > _TELLING for line in both) >= 2 else {line for line in both if len(line) > _TELLING}


def meaningless(changed: Sequence[Hunk]) -> bool:
    """Whether changed lines of code are formatting and comments only."""
    return bool(changed) and not any(piece.lines for piece in pieces(changed))


def is_import(line: str) -> bool:
    """Whether a line brings a name in from elsewhere."""
    return _IMPORT.match(line[:400]) is not None


def alike(one: str, other: str) -> bool:
    """Whether two lines are versions of each other: most of their tokens are the same."""
    left, right = Counter(_TOKEN.findall(one[:_LONGEST])), Counter(_TOKEN.findall(other[:_LONGEST]))
    return (left & right).total() >= 0.6 * max(left.total(), right.total(), 1)


def _reformatted(changed: Sequence[Hunk]) -> set[str]:
    """Files in which only white space, quotes and line breaks differ."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for hunk in changed:
        before.setdefault(hunk.path, []).extend(hunk.removed)
        after.setdefault(hunk.path, []).extend(hunk.added)
    return {path for path, lines in before.items() if lines and _joined(lines) == _joined(after[path])}


def _joined(lines: Iterable[str]) -> str:
    return "".join(_plain(line) for line in lines if not _COMMENT.match(line)).replace(",", "").replace(";", "")


def _plain(line: str) -> str:
    """A line without what formatters change: white space, the kind of quotes, a comma at the end, brackets around a whole value."""
    text = "".join(_TRAILING.sub("", line).split()).replace("'", '"').replace("`", '"').rstrip(",;")
    wrapped = _WRAPPED.fullmatch(text[:_LONGEST])
    text = f"{wrapped[1]}{wrapped[2]}" if wrapped and _balanced(wrapped[2]) else text
    return text.replace(",)", ")").replace(",]", "]").replace(",}", "}")


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def _logical(lines: Iterable[str]) -> Iterable[str]:
    """Statements that were broken over several lines, joined again; comments left out."""
    held: list[str] = []
    depth = 0
    for line in lines:
        if _COMMENT.match(line):
            continue
        text = _STRING.sub("s", line)
        depth += sum(map(text.count, "([")) - sum(map(text.count, ")]"))
        held.append(line if not held else line.strip())
        if depth <= 0 or len(held) >= 20:
            yield " ".join(held)
            held, depth = [], 0
    if held:
        yield " ".join(held)


def _piece(hunk: Hunk, moved: set[str], old: set[str], new: set[str]) -> Piece:
    """`old` and `new` are the names that the commit took away and brought: only between these is a name changed and nothing else."""
    if _joined(hunk.removed) == _joined(hunk.added):
        return Piece(hunk, ())
    before, after = list(_logical(hunk.removed)), list(_logical(hunk.added))
    renames = _renamed(before, after)
    renames = renames if renames.keys() <= old and set(renames.values()) <= new else {}
    lines = tuple(_lines(before, after, moved, bool(renames)))
    return Piece(hunk, lines, tuple(sorted(renames.items())) if lines else ())


def _lines(before: Sequence[str], after: Sequence[str], moved: set[str], renamed: bool) -> Iterable[Line]:
    both = Counter(map(_plain, before)) & Counter(map(_plain, after))
    for is_added, lines in ((False, before), (True, after)):
        left = Counter(both)
        for text in lines:
            plain = _plain(text)
            if left[plain] > 0:
                left[plain] -= 1
            elif plain.strip("(){}[]"):
                yield Line(is_added, text, _weight(text, plain, moved, renamed))


def _weight(text: str, plain: str, moved: set[str], renamed: bool) -> float:
    if _LOGS.match(text):
        return LOGGED
    return MOVED if plain in moved else RENAMED if renamed else 1.0


def _renamed(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    """Old name → new name when statements differ from those they replaced by names only, each for one other; else nothing."""
    there, back = dict[str, str](), dict[str, str]()
    if not 0 < len(before) == len(after) <= _LARGEST_PAIR:
        return {}
    for old, new in zip(before, after, strict=True):
        left, right = _TOKEN.findall(old), _TOKEN.findall(new)
        if len(left) != len(right):
            return {}
        for one, other in zip(left, right, strict=True):
            if one == other:
                continue
            if not (_WORD.fullmatch(one) and _WORD.fullmatch(other)) or {one, other} & _MEANT:
                return {}
            if there.setdefault(one, other) != other or back.setdefault(other, one) != one:
                return {}
    return there
