"""The syntax of a file: Python's own parser for Python, tree-sitter in a process of its own, with a time limit, for the other languages."""

import subprocess
import sys
from pathlib import Path

import msgspec

from bot.core.code.languages import language_of
from bot.core.code.syntax import Syntax, python_syntax

SECONDS = 3.0
"""Processor time for one file. A large file (a megabyte) takes half a second; only hostile text takes longer."""
_CROWD = 10
"""How many times as long it may take by the clock, on a machine that does other things as well."""
_LONGEST_LINE = 20_000
# The timer ends the process; what has none (Windows) is ended by the clock alone.
_START = """import signal, sys
if hasattr(signal, "setitimer"): signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))
sys.path.insert(0, sys.argv[1])
from bot.sources.code.grammars import main
main()"""
_ROOT = str(Path(__file__).resolve().parents[3])


def syntax_of(text: str, path: str, line: int, seconds: float = SECONDS) -> Syntax | None:
    """Scopes of the file and the statement at `line` (0: none); None where there is no grammar or the parser gave up.

    The grammars are C code that reads whatever the repository holds: a crash or an endless parse ends that process only.
    """
    name = language_of(path)
    if name is None or any(len(one) > _LONGEST_LINE for one in text.split("\n")):
        return None  # one endless line is a bundle or data: no function of it could be shown
    own = python_syntax(text, line) if name == "python" else None
    return own or _elsewhere(name, text, line, seconds)


def _elsewhere(name: str, text: str, line: int, seconds: float) -> Syntax | None:
    wanted = msgspec.msgpack.encode({"language": name, "text": text.replace("\r\n", "\n").encode("utf-8", "replace").decode(), "line": line})
    command = [sys.executable, "-I", "-c", _START, _ROOT, str(seconds)]
    try:
        done = subprocess.run(command, input=wanted, capture_output=True, timeout=_CROWD * seconds, check=True)  # noqa: S603 - our own interpreter and module
        return msgspec.msgpack.decode(done.stdout, type=Syntax)
    except (subprocess.SubprocessError, OSError, msgspec.DecodeError):
        return None
