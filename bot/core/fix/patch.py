"""What a unified diff removes and adds, file by file."""

from bot.regex import regex

KEPT_LINES = 60
"""Lines kept of either side of one file."""
_HUNK = regex(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")

Lines = tuple[tuple[str, ...], tuple[str, ...]]
"""Removed and added lines."""


def by_file(patch: str) -> dict[str, Lines]:
    """Removed and added lines by path, in the order of the diff.

    The counts of each hunk decide what is a line of the file, not its look: `--- a/x` can be a removed SQL comment.
    """
    found: dict[str, tuple[list[str], list[str]]] = {}
    path, old, new = "", 0, 0
    for line in patch.split("\n"):
        if old > 0 or new > 0:
            sign = line[:1]
            _keep(found.setdefault(path, ([], [])), sign, line[1:])
            old -= sign in {"-", " ", ""}
            new -= sign in {"+", " ", ""}
        elif line.startswith(("--- a/", "+++ b/")):
            path = line[6:].split("\t")[0]
        elif hunk := _HUNK.match(line):
            old, new = int(hunk[1] or 1), int(hunk[2] or 1)
    return {name: (tuple(removed), tuple(added)) for name, (removed, added) in found.items()}


def _keep(lines: tuple[list[str], list[str]], sign: str, text: str) -> None:
    if sign in {"-", "+"} and len(lines[sign == "+"]) < KEPT_LINES:
        lines[sign == "+"].append(text.rstrip("\r")[:400])
