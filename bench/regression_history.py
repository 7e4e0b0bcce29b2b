"""Made-up repositories: commits over made-up code, written by `git fast-import`, with a fix in them whose fate is known."""

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.regression_code import Author, Code, Function, Statement, Style, rendered
from bench.regression_languages import Language

Content = Code | bytes
Tree = dict[str, Content]
PEOPLE = [
    ("Mira Okafor", "12+mira@users.noreply.github.com"),
    ("Jon Berg", "jon@example.com"),
    ("Priya Raman", "priya@example.com"),
    ("Zoë Łuk", "zoe@example.com"),
]
_EPOCH = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp())


@dataclass
class Commit:
    """A commit to be written: its mark, its parents' marks, its whole tree."""

    mark: int
    parents: tuple[int, ...]
    tree: dict[str, bytes]
    subject: str
    body: str
    person: tuple[str, str]
    links: dict[str, str] = field(default_factory=dict)


@dataclass
class Fate:
    """What is true of the fix at the commit that ran. `remover` and `carrier` are marks; `wording` is the finer state where there is one."""

    state: str
    remover: int | None = None
    carrier: int | None = None
    wording: str = ""


@dataclass(frozen=True)
class Edit:
    """The fix as it changes a function (or, without one, a constant), and the way back."""

    path: str
    function: str
    do: Callable[[Code], Code]
    undo: Callable[[Code], Code]
    statement: Statement | None = None


class Tale:
    """One history in the making: `tree` is what the next commit will hold."""

    def __init__(self, seed: random.Random, language: Language) -> None:
        self.seed, self.language, self.author = seed, language, Author(seed)
        self.style = Style(indent=seed.choice(["    ", "  "]), split=seed.choice([60, 80, 200]), trailing=seed.random() < 0.5)
        self.commits: list[Commit] = []
        self.folder = f"src/{seed.choice(['shop', 'core', 'pay'])}"
        self.path = f"{self.folder}/alpha{language.suffix}"
        self.other = f"{self.folder}/beta{language.suffix}"
        self.tree: Tree = {
            self.path: self.author.code(["open_case", "handle_case", "close_case", "audit_case"]),
            self.other: self.author.code(["start_run", "finish_run", "cancel_run"]),
            "README.md": b"# Shop\n",
            f"tests/test_alpha{language.suffix}": self.author.code(["test_one", "test_two"]),
        }
        self.encoding = "utf-8"
        self.fix = self.running = 0
        self.named = ""
        self.fate = Fate("stands")
        self.edit = self.new_fix()
        self._copies_elsewhere()
        self.commit("first version")
        for _ in range(seed.randint(0, 2)):
            self.noise()

    def commit(self, subject: str, *parents: int, body: str = "", style: Style | None = None, links: dict[str, str] | None = None) -> int:
        """Writes down the tree as a commit, on top of the last one unless parents are given; returns its mark."""
        mark = len(self.commits) + 1
        known = parents or ((mark - 1,) if self.commits else ())
        tree = {path: self._bytes(content, style or self.style) for path, content in self.tree.items()}
        self.commits.append(Commit(mark, known, tree, subject, body, self.seed.choice(PEOPLE), links or {}))
        return mark

    def code(self, path: str) -> Code:
        """The made-up code of a path."""
        content = self.tree[path]
        if not isinstance(content, Code):
            raise TypeError(path)
        return content

    def change(self, path: str, changed: Code | None) -> None:
        """Puts other code there; None takes the file away."""
        self.tree = {name: content for name, content in self.tree.items() if name != path}
        if changed is not None:
            self.tree[path] = changed

    def apply(self) -> None:
        """The fix goes in."""
        self.change(self.edit.path, self.edit.do(self.code(self.edit.path)))

    def undo(self, path: str = "") -> None:
        """The fix goes out."""
        self.change(path or self.edit.path, self.edit.undo(self.code(path or self.edit.path)))

    def noise(self, *, near: bool = False) -> int:
        """A commit that has nothing to do with the fix; `near` puts a copy of the fix's statement into another function."""
        kinds = ["function", "statement", "file", "readme", "drop", "constant", "here"]
        kind = "function" if near else self.seed.choice(kinds)
        path = next((one for one in (self.edit.path, self.path) if one in self.tree), self.other)
        if kind == "readme" or not isinstance(self.tree.get(path), Code):
            readme = self.tree["README.md"]
            self.tree = {**self.tree, "README.md": (readme if isinstance(readme, bytes) else b"") + f"{self.author.name()}\n".encode()}
        elif kind == "file":
            self.change(f"{self.folder}/extra{len(self.commits)}{self.language.suffix}", self.author.code(["one_more", "and_more"]))
        else:
            self.change(path, self._noisy(self.code(path), kind, near=near))
        return self.commit(self.seed.choice(["tidy", "more of the same", "feature", "chore", "faster"]) + f" {len(self.commits)}")

    def _noisy(self, code: Code, kind: str, *, near: bool) -> Code:
        if kind == "constant":
            name, value = code.constants[-1]
            return replace(code, constants=(*code.constants[:-1], (name, str(int(value) + 1))))
        others = [one for one in code.functions if one.name != self.edit.function]
        if kind == "drop" and len(others) > 2:
            return code.with_function(self.seed.choice(others).name, None)
        if kind == "statement" and others:
            one = self.seed.choice(others)
            return code.with_function(one.name, _with(one, self.seed.randint(0, len(one.body)), self.author.statement()))
        if kind == "here" and self.edit.function in [one.name for one in code.functions]:
            one = code.function(self.edit.function)
            return code.with_function(one.name, _with(one, self.seed.choice([0, len(one.body)]), self.author.call()))
        made = self.author.function(f"extra_{len(self.commits)}")
        if (near or self.seed.random() < 0.3) and self.edit.statement:
            made = _with(made, self.seed.randint(1, len(made.body)), self.edit.statement)
        at = self.seed.choice([0, len(code.functions)])
        return replace(code, functions=(*code.functions[:at], made, *code.functions[at:]))

    def new_fix(self) -> Edit:
        """A change to `handle_case` in the tale's file, or to a constant there."""
        function, path = "handle_case", self.path
        kind = self.seed.choice(["guard", "limit", "call", "args", "constant", "lock", "both"])
        body = self.code(path).function(function).body
        if kind == "constant":
            (name, value), more = self.code(path).constants[0], str(self.seed.randint(100, 900))
            return Edit(path, function, lambda code: _constant(code, name, more), lambda code: _constant(code, name, value))
        if kind in ("args", "lock"):
            old = body[0]
            new = replace(old, args=(*old.args, self.author.name())) if kind == "args" else Statement("lock", target=f"{self.author.name()}_gate", inner=(old,))
            return self._swap(path, function, old, new)
        at = self.seed.randint(1, len(body) - 1)
        new = {"guard": lambda: self.author.guard(body[0].var), "limit": lambda: self.author.limit(body[0].var)}.get(kind, self.author.call)()
        made = (new, self.author.assign()) if kind == "both" else (new,)
        return Edit(
            path,
            function,
            lambda code: code.with_function(function, _with(code.function(function), at, *made)),
            lambda code: code.with_function(function, _without(code.function(function), made)),
            new,
        )

    def _swap(self, path: str, function: str, old: Statement, new: Statement) -> Edit:
        def swapped(code: Code, one: Statement, other: Statement) -> Code:
            inside = code.function(function)
            return code.with_function(function, replace(inside, body=tuple(other if statement == one else statement for statement in inside.body)))

        return Edit(path, function, lambda code: swapped(code, old, new), lambda code: swapped(code, new, old), new)

    def _copies_elsewhere(self) -> None:
        """Before the fix already, other functions may hold the same statement, or one that is nearly the same."""
        new = self.edit.statement
        if new is None or self.seed.random() < 0.4:
            return
        near = replace(new, args=(*new.args[:-1], self.author.name())) if new.args else replace(new, var=self.author.name())
        for statement in (new, near):
            where = self.seed.choice([one for one in self.code(self.path).functions if one.name != self.edit.function])
            self.change(self.path, self.code(self.path).with_function(where.name, _with(where, self.seed.randint(1, len(where.body)), statement)))

    def _bytes(self, content: Content, style: Style) -> bytes:
        return content if isinstance(content, bytes) else rendered(content, self.language, style).encode(self.encoding, "replace")


def _with(function: Function, at: int, *statements: Statement) -> Function:
    return replace(function, body=(*function.body[:at], *statements, *function.body[at:]))


def _without(function: Function, statements: tuple[Statement, ...]) -> Function:
    body = list(function.body)
    for statement in statements:
        if statement in body:
            body.remove(statement)
    return replace(function, body=tuple(body))


def _constant(code: Code, name: str, value: str) -> Code:
    return replace(code, constants=tuple((one, value if one == name else other) for one, other in code.constants))


def written(tale: Tale, folder: Path) -> dict[int, str]:
    """The repository on disk, with `main` at the last commit; the SHA of each mark."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch=main", "--template=", ".")
    stream = bytearray()
    for commit in tale.commits:
        stream += _stream(commit)
    marks = folder / "marks"
    stream += b"reset refs/heads/main\nfrom :%d\n\n" % len(tale.commits)
    _git(folder, "fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=bytes(stream))
    return {int(line.split()[0][1:]): line.split()[1] for line in marks.read_text().splitlines()}


def _stream(commit: Commit) -> bytes:
    message = f"{commit.subject}\n\n{commit.body}".encode()
    name, address = commit.person
    when = b"%s <%s> %d +0000" % (name.encode(), address.encode(), _EPOCH + 7200 * commit.mark)
    out = bytearray(b"commit refs/heads/mark-%d\nmark :%d\nauthor %s\ncommitter %s\n" % (commit.mark, commit.mark, when, when))
    out += b"data %d\n%s\n" % (len(message), message)
    for number, parent in enumerate(commit.parents):
        out += b"%s :%d\n" % (b"merge" if number else b"from", parent)
    out += b"deleteall\n"
    for path, data in commit.tree.items():
        raw = path.encode("utf-8", "surrogateescape")
        out += b'M 100644 inline "%s"\ndata %d\n%s\n' % (b"".join(b"\\%03o" % byte for byte in raw), len(data), data)
    for path, sha in commit.links.items():
        out += b"M 160000 %s %s\n" % (sha.encode(), path.encode())
    return bytes(out)


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    return subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True).stdout.decode().strip()
