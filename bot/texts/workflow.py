"""What a job says to GitHub Actions: step outputs, annotations, and log lines that are no commands.

Source: docs.github.com, "Workflow commands for GitHub Actions". The runner reads a line as a command when, trimmed, it begins with `::`, or when
`##[` stands anywhere in it.
"""

from typing import Literal

from bot.core.plain_text.plain_text import visible
from bot.regex import regex

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_LINES = regex("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def output(name: str, value: str, delimiter: str) -> str:
    """Lines for `$GITHUB_OUTPUT` in the multi-line form. The delimiter is random for each write; raises ValueError when the value holds it."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name for an output: {name!r}")
    if len(delimiter) < 8 or not _NAME.fullmatch(delimiter) or delimiter in value:
        raise ValueError("the delimiter of an output must be a long random word that the value does not hold")
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def annotation(level: Literal["error", "warning", "notice"], message: str, *, title: str = "", file: str = "", line: int | None = None) -> str:
    """One annotation. Message and properties are escaped as the runner unescapes them."""
    properties = {"file": file, "line": str(line) if line else "", "title": title}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{level}{' ' + listed if listed else ''}::{_message(visible(message))}"


def inert_log(text: str) -> str:
    """Text for standard output of a job: lines that would be commands are marked with a bar, escape sequences are gone."""
    lines = [visible(line).replace("##[", "## [") for line in _LINES.split(text)]
    return "\n".join(f"¦ {line}" if line.lstrip().startswith(("::", "##[")) else line for line in lines)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(visible(text)).replace(":", "%3A").replace(",", "%2C")
