"""A real bare git repository for the fake GitHub: real ids, real history, `git log`, `git clone` and `git push` work on it."""

import hashlib
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

Files = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Commit:
    """A commit as it is stored."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    time: int
    message: str


class BareRepository:
    """Objects and branches, written loose and without starting git. Commits are a second apart, whatever the clock says."""

    def __init__(self, folder: Path) -> None:
        for name in ("objects", "refs/heads"):
            (folder / name).mkdir(parents=True)
        (folder / "HEAD").write_text("ref: refs/heads/main\n")
        (folder / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
        self.path = folder
        self._clock = 1_790_000_000
        self._known: dict[str, tuple[str, bytes]] = {}

    def head(self, branch: str) -> str | None:
        """The commit of a branch."""
        file = self.path / "refs" / "heads" / branch
        return file.read_text().strip() if file.is_file() else None

    def point(self, branch: str, commit: str | None) -> None:
        """Set a branch, whatever it pointed at; None removes it."""
        file = self.path / "refs" / "heads" / branch
        if commit is None:
            file.unlink()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{commit}\n")

    def has(self, sha: str, kind: str) -> bool:
        """Whether an object of that kind is there."""
        try:
            return self._read(sha)[0] == kind
        except LookupError:
            return False

    def blob(self, content: bytes) -> str:
        """Store a blob."""
        return self._store("blob", content)

    def content(self, blob: str) -> bytes:
        """Read a blob."""
        return self._read(blob)[1]

    def entries(self, tree_ish: str) -> list[tuple[str, str, str]]:
        """Mode, name and id of the children of one tree."""
        kind, data = self._read(tree_ish)
        if kind == "commit":
            return self.entries(self.read(tree_ish).tree)
        found = []
        while data:
            head, _, data = data.partition(b"\0")
            mode, _, name = head.decode().partition(" ")
            found.append((mode.zfill(6), name, data[:20].hex()))
            data = data[20:]
        return found

    def files(self, tree_ish: str | None) -> Files:
        """Path → (mode, blob) of everything in a commit or tree."""
        found: Files = {}
        for mode, name, sha in self.entries(tree_ish) if tree_ish else []:
            if mode == "040000":
                found |= {f"{name}/{path}": value for path, value in self.files(sha).items()}
            else:
                found[name] = (mode, sha)
        return found

    def tree(self, files: Files) -> str:
        """Store a tree, with its folders."""
        children: dict[str, tuple[str, str]] = {name: value for name, value in files.items() if "/" not in name}
        for folder in {path.partition("/")[0] for path in files if "/" in path}:
            below = {path.partition("/")[2]: value for path, value in files.items() if path.startswith(f"{folder}/")}
            children[folder] = ("40000", self.tree(below))
        ordered = sorted(children, key=lambda name: f"{name}/" if children[name][0] == "40000" else name)
        return self._store("tree", b"".join(f"{children[name][0]} {name}".encode() + b"\0" + bytes.fromhex(children[name][1]) for name in ordered))

    def commit(self, tree: str, parents: list[str], message: str, author: str = "errata") -> str:
        """Store a commit."""
        self._clock += 1
        who = f"{author} <{author}@users.noreply.example> {self._clock} +0000"
        head = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {who}", f"committer {who}"]
        return self._store("commit", ("\n".join(head) + f"\n\n{message}").encode())

    def read(self, commit: str) -> Commit:
        """A commit."""
        head, _, message = self._read(commit)[1].decode().partition("\n\n")
        fields = [line.split(" ", 1) for line in head.splitlines() if " " in line]
        who = next(value for key, value in fields if key == "author")
        time = next(value for key, value in fields if key == "committer").rsplit(" ", 2)[1]
        parents = tuple(value for key, value in fields if key == "parent")
        return Commit(commit, fields[0][1], parents, who.partition(" <")[0], int(time), message)

    def resolve(self, name: str) -> str | None:
        """A branch name or a commit id, as an id."""
        name = name.removeprefix("refs/").removeprefix("heads/")
        return self.head(name) or (name if self.has(name, "commit") else None)

    def ancestors(self, commit: str) -> list[str]:
        """The commit and everything before it, newest first."""
        found: dict[str, Commit] = {}
        waiting = [commit]
        while waiting:
            sha = waiting.pop()
            if sha not in found:
                found[sha] = self.read(sha)
                waiting += found[sha].parents
        return sorted(found, key=lambda sha: found[sha].time, reverse=True)

    def merge_base(self, one: str, other: str) -> str:
        """Their nearest common ancestor."""
        seen = set(self.ancestors(one))
        return next(sha for sha in self.ancestors(other) if sha in seen)

    def changes(self, before: str, after: str) -> list[dict[str, str]]:
        """The files that differ, as the compare endpoint tells them; git itself recognises the renames."""
        words = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "T": "changed"}
        found = []
        for line in self._git("diff-tree", "-r", "-M", "--no-abbrev", before, after).decode().splitlines():
            head, *paths = line.split("\t")
            old, new, status = head.split()[2:5]
            one = {"filename": paths[-1], "status": words[status[0]], "sha": old if status == "D" else new}
            found.append({**one, "previous_filename": paths[0]} if status[0] == "R" else one)
        return found

    def _store(self, kind: str, data: bytes) -> str:
        whole = f"{kind} {len(data)}".encode() + b"\0" + data
        sha = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        file = self.path / "objects" / sha[:2] / sha[2:]
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(zlib.compress(whole, 1))
        return sha

    def _read(self, sha: str) -> tuple[str, bytes]:
        """Kind and content; what bears a name never changes."""
        if sha not in self._known:
            self._known[sha] = self._stored(sha)
        return self._known[sha]

    def _stored(self, sha: str) -> tuple[str, bytes]:
        file = self.path / "objects" / sha[:2] / sha[2:]
        if file.is_file():
            head, _, data = zlib.decompress(file.read_bytes()).partition(b"\0")
            return head.decode().partition(" ")[0], data
        try:  # a push of many objects comes as a pack
            kind = self._git("cat-file", "-t", sha).decode().strip()
            return kind, self._git("cat-file", kind, sha)
        except subprocess.CalledProcessError as error:
            raise LookupError(sha) from error

    def _git(self, *arguments: str) -> bytes:
        return subprocess.run(["git", "--git-dir", str(self.path), *arguments], capture_output=True, check=True).stdout
