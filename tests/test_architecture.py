"""The house keeps its floors: imports only go down, the core touches nothing outside, heavy clients stay in their adapters."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot import ports

BOT = Path(__file__).resolve().parent.parent / "bot"
MODULES = sorted(BOT.rglob("*.py"))
FLOORS = {
    "model": 0,
    "errors": 0,
    "regex": 0,
    "__init__": 0,
    "core": 1,
    "texts": 1.5,
    "config": 1.5,
    "clock": 2,
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
    "command_line": 5,
    "commands": 5.25,
    "cli": 5.5,
    "__main__": 6,
}
NAMES = ("__version__", "CONFIGURATION")
"""What `bot` itself defines, for every floor."""
HEAVY: dict[str, str | tuple[str, ...]] = {
    "anthropic": "diagnosers/claude_client.py",
    "boto3": "sources/aws_session.py",
    "botocore": "sources/aws_session.py",
    "opensearchpy": "sources/opensearch",
    "urllib3": ("http_client.py", "http_refusal.py"),
    "github": ("forges/github", "trackers/github", "github_client.py"),
    "slack_sdk": "slack_client.py",
    "git": ("sources/", "forges/local"),
    "redis": "sources/redis_server.py",
    "psycopg": "sources/database/postgresql.py",
    "tree_sitter": "sources/code/grammars.py",
    "zstandard": "sources/logs/opening.py",
    "ahocorasick_rs": "sources/logs/sought.py",
    "mcp": "commands/mcp_server.py",
}
OUTSIDE = {"os", "subprocess", "socket", "urllib.request", "http", "time", "random", "secrets", "threading", "shutil", "tempfile", "logging"}
BROAD = ("Exception", "BaseException")
IMPORT = re.compile(r"^[ \t]*(?:import|from)\b[^\n(]*(?:\([^)]*\))?", re.MULTILINE)


def room(path: Path) -> str:
    """The room a module is in, or its own name on the ground of `bot/`."""
    relative = path.relative_to(BOT)
    return relative.parts[0].removesuffix(".py")


@cache
def text(path: Path) -> str:
    """A file as it stands."""
    return path.read_text(encoding="utf-8")


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every imported module of a file, wherever the import stands."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in _statements(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" if node.module == "bot" else str(node.module) for alias in node.names)


def _statements(path: Path) -> Iterator[ast.AST]:
    """Those that begin like an import, which the formatter puts on lines of their own: parsing whole files took a second."""
    try:
        return ast.walk(ast.parse("\n".join(found.strip() for found in IMPORT.findall(text(path)))))
    except SyntaxError:  # a sentence that begins alike
        return ast.walk(ast.parse(text(path)))


def catches_everything(path: Path) -> bool:
    """A bare `except`, or one of `Exception`."""
    nodes = ast.walk(ast.parse(text(path))) if re.search(r"\bexcept\s*:|\b(?:Base)?Exception\b", text(path)) else ()
    return any(isinstance(node, ast.ExceptHandler) and getattr(node.type, "id", "" if node.type else "Exception") in BROAD for node in nodes)


def reads_environment(path: Path) -> bool:
    """Names `os.environ` or `os.getenv`."""
    nodes = ast.walk(ast.parse(text(path))) if re.search(r"\b(?:environ|getenv)\b", text(path)) else ()
    return any(isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and getattr(node.value, "id", "") == "os" for node in nodes)


def test_imports_only_go_down() -> None:
    """A module imports from its own room or from a lower floor, never sideways and never up."""
    wrong = []
    for path in MODULES:
        here = room(path)
        for name in imports(path):
            there = name.split(".")[1] if name.startswith("bot.") else here
            if there not in (here, *NAMES) and FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{path} imports {name}")

    assert wrong == []


def test_rooms_of_the_core_lean_on_each_other_in_no_circle() -> None:
    """However many rooms it would go through."""
    leans = {room.name: _leans_on(room) for room in (BOT / "core").iterdir() if room.is_dir() and room.name != "__pycache__"}

    assert {name for name, others in leans.items() if any(name in _reached(other, leans) for other in others)} == set()


def _leans_on(room: Path) -> set[str]:
    """The other rooms that modules of a room of the core import from."""
    return {name.split(".")[2] for path in room.glob("*.py") for name in imports(path) if name.startswith("bot.core.")} - {room.name}


def _reached(name: str, leans: dict[str, set[str]]) -> set[str]:
    """The rooms that a room leans on, by however many others; itself among them."""
    found, ahead = {name}, [name]
    while ahead:
        new = leans.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return found


def test_the_core_is_pure() -> None:
    """Core and texts read no clock, no environment, no file and no network; PurePath is arithmetic on names, Path touches the disk."""
    pure = [path for path in MODULES if room(path) in ("core", "texts", "model", "errors")]
    wrong = [f"{path} imports {name}" for path in pure for name in imports(path) if name in OUTSIDE or name.split(".")[0] in HEAVY]
    wrong += [str(path) for path in pure if re.search(r"^from pathlib import .*\bPath\b", text(path), re.MULTILINE)]

    assert len(pure) > 30
    assert wrong == []


def test_heavy_clients_stay_in_their_adapters() -> None:
    """A client library is imported by the one adapter that speaks to its system."""
    wrong = []
    for path in MODULES:
        for name in imports(path):
            allowed = HEAVY.get(name.split(".")[0])
            if allowed is not None and not str(path.relative_to(BOT)).startswith(allowed):
                wrong.append(f"{path} imports {name}")

    assert wrong == []


def test_only_the_door_catches_everything() -> None:
    """No broad except outside `__main__`, and no reader of the environment outside `config`."""
    assert {path.name for path in MODULES if catches_everything(path)} == {"__main__.py"}
    assert {path.name for path in MODULES if reads_environment(path)} == {"settings.py"}


@pytest.mark.parametrize(
    "name", ["Source", "CodeReader", "ReferenceShelf", "Probe", "Diagnoser", "Ledger", "Forge", "RequestHistory", "Upkeep", "Board", "Chat", "Tracker"]
)
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
