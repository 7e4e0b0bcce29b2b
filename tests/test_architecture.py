"""The house keeps its floors: imports only go down, the core touches nothing outside, heavy clients stay in their adapters."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from bot import ports

BOT = Path(__file__).resolve().parent.parent / "bot"
MODULES = sorted(BOT.rglob("*.py"))
FLOORS = {
    "model": 0,
    "errors": 0,
    "__init__": 0,
    "core": 1,
    "texts": 1.5,
    "source_config": 1,
    "config": 1.5,
    "ports": 2,
    "github_client": 2,
    "slack_refusals": 1.5,
    "slack_client": 2,
    "http_refusal": 1.5,
    "http_client": 2,
    "sources": 3,
    "diagnosers": 3,
    "forges": 3,
    "chat": 3,
    "trackers": 3,
    "jobs": 4,
    "source_registry": 4.5,
    "wiring": 5,
    "cli": 5.5,
    "__main__": 6,
}
HEAVY: dict[str, str | tuple[str, ...]] = {
    "anthropic": "diagnosers/claude.py",
    "boto3": "sources/aws_session.py",
    "botocore": "sources/aws_session.py",
    "opensearchpy": "sources/opensearch",
    "urllib3": ("http_client.py", "http_refusal.py"),
    "github": ("forges/github", "trackers/github", "github_client.py"),
    "slack_sdk": "slack_client.py",
    "git": ("sources/", "forges/local"),
    "redis": "sources/redis_server.py",
    "psycopg": "sources/database_postgresql.py",
    "tree_sitter": "sources/grammars.py",
    "zstandard": "sources/log_opening.py",
    "ahocorasick_rs": "sources/log_sought.py",
}
OUTSIDE = {"os", "subprocess", "socket", "urllib.request", "http", "time", "random", "secrets", "threading", "shutil", "tempfile", "logging"}
BROAD = ("Exception", "BaseException")


def room(path: Path) -> str:
    """The room a module is in, or its own name on the ground of `bot/`."""
    relative = path.relative_to(BOT)
    return relative.parts[0].removesuffix(".py")


class Facts(NamedTuple):
    """What the rules ask of a file; its syntax tree is not kept, which would cost more than reading it."""

    imports: tuple[tuple[str, int], ...]
    """Every imported module, wherever the import stands, with its line."""
    catches_everything: bool
    reads_environment: bool


@cache
def facts(path: Path) -> Facts:
    """Read once, for all rules."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    inside = list(statements(tree))
    broad = any(isinstance(node, ast.ExceptHandler) and getattr(node.type, "id", "" if node.type else "Exception") in BROAD for node in inside)
    return Facts(tuple(_imports(path, inside)), broad, re.search("environ|getenv", text) is not None and any(map(_environment, ast.walk(tree))))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement, handler and case, however deep; expressions, where no import stands, are left out."""
    yield node
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        inner = getattr(node, name, None)
        for child in inner if isinstance(inner, list) else ():
            yield from statements(child)


def _imports(path: Path, inside: list[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in inside:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield from ((f"{node.module}.{alias.name}" if node.module == "bot" else str(node.module), node.lineno) for alias in node.names)


def _environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and getattr(node.value, "id", "") == "os"


def test_imports_only_go_down() -> None:
    """A module imports from its own room or from a lower floor, never sideways and never up."""
    wrong = []
    for path in MODULES:
        here = room(path)
        for name, line in facts(path).imports:
            there = name.split(".")[1] if name.startswith("bot.") else here
            if there not in (here, "__version__") and FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{path}:{line} imports {name}")

    assert wrong == []


def test_the_core_is_pure() -> None:
    """Core and texts read no clock, no environment, no file and no network; PurePath is arithmetic on names, Path touches the disk."""
    pure = [path for path in MODULES if room(path) in ("core", "texts", "model", "errors")]
    wrong = [f"{path}:{line} imports {name}" for path in pure for name, line in facts(path).imports if name in OUTSIDE or name.split(".")[0] in HEAVY]
    wrong += [str(path) for path in pure if re.search(r"^from pathlib import .*\bPath\b", path.read_text(encoding="utf-8"), re.MULTILINE)]

    assert len(pure) > 30
    assert wrong == []


def test_heavy_clients_stay_in_their_adapters() -> None:
    """A client library is imported by the one adapter that speaks to its system."""
    wrong = []
    for path in MODULES:
        for name, line in facts(path).imports:
            allowed = HEAVY.get(name.split(".")[0])
            if allowed is not None and not str(path.relative_to(BOT)).startswith(allowed):
                wrong.append(f"{path}:{line} imports {name}")

    assert wrong == []


def test_only_the_door_catches_everything() -> None:
    """No broad except outside `__main__`, and no reader of the environment outside `config`."""
    assert {path.name for path in MODULES if facts(path).catches_everything} == {"__main__.py"}
    assert {path.name for path in MODULES if facts(path).reads_environment} == {"config.py"}


@pytest.mark.parametrize("name", ["Source", "Diagnoser", "Forge", "Chat", "Tracker"])
def test_a_port_has_at_most_five_members(name: str) -> None:
    """A Protocol that grows beyond five methods is two Protocols."""
    members = [member for member in vars(getattr(ports, name)) if not member.startswith("_")]

    assert 1 <= len(members) <= 5


@pytest.mark.slow
def test_help_loads_no_client_library() -> None:
    """`bot --help` imports nothing of anthropic, boto3, opensearchpy, github, slack_sdk or git."""
    script = "import sys\nfrom bot import cli\ntry:\n    cli.run(['--help'])\nexcept SystemExit:\n    pass\nprint(sorted(set(sys.modules) & set(sys.argv[1:])))"
    done = subprocess.run([sys.executable, "-c", script, *HEAVY], capture_output=True, text=True, check=True, cwd=BOT.parent)

    assert done.stdout.splitlines()[-1] == "[]"
