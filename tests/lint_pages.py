"""A good entry for the linter, what a test changes in it, and what is told of it."""

import re

from bot.core.entry.entry import render
from bot.core.entry.identity import identity_of
from bot.core.lint.lint import Finding
from bot.texts.entry_page import new_entry
from tests.occurrences import occurrence, signature

ENTRY = new_entry(signature(), occurrence())
GOOD = render(ENTRY)
NAME = signature().name
PATH = f"knowledge/errors/{NAME}.md"
BODY_LINE = GOOD[: GOOD.index("\n---\n", 4)].count("\n") + 3
HISTORY = "@@ -3,1 +4,2 @@\n-gone\n+one\n+two SECRET\n"


def told(found: list[Finding]) -> list[str]:
    """`line: rule message`."""
    return [f"{one.line}: {one.rule} {one.message}" for one in found]


def marked(text: str) -> list[tuple[int, int, str]]:
    """Each word SECRET is one."""
    return [(at, at + 6, "word") for at in range(len(text)) if text.startswith("SECRET", at)]


def changed(text: str = GOOD, **values: str) -> str:
    """The good entry with these keys, written as given."""
    for key, value in values.items():
        line = f"{key}: {value}\n"
        text = re.sub(rf"^{key}:.*\n(?:  .*\n)*", line, text, flags=re.MULTILINE) if f"\n{key}:" in text else text.replace("\nschema:", f"\n{line}schema:", 1)
    return text


def line_of(text: str, words: str) -> int:
    """The number of the first line that begins so."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(words))


def elsewhere(text: str) -> str:
    """The same of another alert."""
    channel, ts = identity_of(ENTRY.meta.threads[0]).split("/")
    return text.replace(f"p{ts.replace('.', '')}", "p1765962764000100").replace(f"{channel}/{ts}", f"{channel}/1765962764.000100")


def withdrawn(name: str, leads_to: str) -> str:
    """An entry of another name that leads on."""
    return changed(status="withdrawn", replaced_by=leads_to or '""', fingerprint='""').replace(NAME, name, 1)
