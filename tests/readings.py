"""Readings of real repositories, for tests that are about code and not about which commit ran."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Codebase
from bot.core.code.frame_path import by_name
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import Reading

NOON = datetime(2025, 12, 10, 12, tzinfo=UTC)


def committed(folder: Path, files: dict[str, str | bytes]) -> str:
    """A repository of one commit that holds these files, made in two git processes; its SHA."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", "--template=", "."], cwd=folder, check=True)
    stream = [b"commit refs/heads/main\nmark :1\ncommitter Mira <mira@example.com> %d +0000\ndata 5\nfirst\n" % int(NOON.timestamp())]
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
    command = ["git", "fast-import", "--quiet", "--cat-blob-fd=1"]
    done = subprocess.run(command, cwd=folder, input=b"".join([*stream, b"get-mark :1\n"]), capture_output=True, check=True)
    return done.stdout.decode().strip()


def reading(place: Path, files: dict[str, str | bytes], **settings: object) -> Reading:
    """What is read of a new repository with these files; `settings` are the codebase's."""
    committed(place, files)
    codebase = Codebase(**{"name": place.name, "path": place.name, "url": f"https://github.com/acme/{place.name}", **settings})  # type: ignore[arg-type]
    checkout = Checkout(place, place.name)
    head = checkout.commit("HEAD") or ""
    return Reading(codebase, checkout, head, NOON, by_name(checkout.files(head)))
