"""A git repository as a person uses it, with real git."""

import subprocess
from pathlib import Path


class WorkTree:
    """The folder of a checkout; call it to run git there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def begun(cls, folder: Path) -> "WorkTree":
        """An empty repository on the branch main, made with its folder, of a person with a name."""
        folder.mkdir(parents=True, exist_ok=True)
        tree = cls(folder)
        tree("init", "--quiet", "--initial-branch=main", "--template=")
        tree("config", "user.name", "Ada Tester")
        tree("config", "user.email", "ada@example.com")
        return tree

    def __call__(self, *arguments: str) -> str:
        """Run git, as the person would."""
        return subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True).stdout.strip()

    def commits(self, files: dict[str, str], message: str = "by hand") -> str:
        """Commit in the work tree."""
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        self("add", "--all")
        self("commit", "--quiet", "-m", message)
        return self("rev-parse", "HEAD")

    def on(self, branch: str, files: dict[str, str]) -> str:
        """A commit on another branch, and back."""
        self("switch", "--quiet", branch)
        commit = self.commits(files)
        self("switch", "--quiet", "main")
        return commit
