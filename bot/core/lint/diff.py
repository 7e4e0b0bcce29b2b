"""Secrets in what a pull request adds: at the lines of its last state, and in commits whose later ones took them out again."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from bot.core.lint.body import no_secrets_rule
from bot.core.lint.page import Finding
from bot.regex import regex

_HUNK = regex(r"@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_COMMIT = regex(r"commit ([0-9a-f]{40,64})")
_GONE = "revoke the secret now: the commit keeps it, though a later one took it out; then rewrite the branch without it"

Secrets = Callable[[str], Iterable[tuple[int, int, str]]]
"""Start, end and kind of each secret in a text."""


class Added(NamedTuple):
    """A run of lines that a patch adds to a file, the number of its first line, and the commit where the patch names one."""

    path: str
    line: int
    text: str
    commit: str = ""


def added(patch: str) -> Iterator[Added]:
    """What a unified diff without context adds. The count of a hunk decides what is a line of the file, not its look."""
    path = commit = ""
    lines = iter(patch.split("\n"))
    for line in lines:
        if found := _COMMIT.match(line):
            commit = found[1]
        elif line.startswith("+++ "):
            path = line[4:].split("\t")[0].strip('"').removeprefix("b/")
        elif hunk := _HUNK.match(line):
            yield Added(path, int(hunk[1]), "\n".join(_taken(lines, 1 if hunk[2] is None else int(hunk[2]))), commit)


def _taken(lines: Iterator[str], count: int) -> Iterator[str]:
    return islice((line[1:] for line in lines if line[:1] == "+"), count)


def secrets_added(final: str, history: str, secrets: Secrets) -> list[Finding]:
    """One finding for each line of the last state, and one for each secret that only an earlier commit holds. None of them shows the secret."""
    rule = no_secrets_rule()
    standing, there = list[Finding](), set[str]()
    for one, start, value, kind in _secrets_in(final, secrets):
        there.add(value)
        standing.append(Finding(one.path, one.line + one.text.count("\n", 0, start), rule.id, f"looks like a secret ({kind})", rule.remedy))
    gone = dict[str, Finding]()
    for one, _, value, kind in _secrets_in(history, secrets):
        if value not in there:
            gone.setdefault(value, Finding(one.path, 1, rule.id, f"looks like a secret ({kind}), in commit {one.commit[:10]}", _GONE))
    return list(dict.fromkeys((*standing, *gone.values())))


def _secrets_in(patch: str, secrets: Secrets) -> Iterator[tuple[Added, int, str, str]]:
    for one in added(patch):
        for start, end, kind in secrets(one.text):
            yield one, start, one.text[start:end], kind
