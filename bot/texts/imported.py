"""An older page as an entry, or as a runbook, of today: every line of it stands in the new one."""

import re
from collections.abc import Iterable, Sequence

from bot.core.entry.changes import IMPORTED
from bot.core.entry.entry import Entry, made
from bot.core.entry.front_patch import quoted
from bot.core.entry.meta import EntryMeta
from bot.core.entry.old_entry import Old
from bot.core.entry.outline import outline
from bot.core.entry.sections import CAUSES, HISTORY, IN_SHORT, PLACEHOLDER, RELATED, RESOLUTIONS, SIGNATURE
from bot.core.plain_text.plain_text import cut, one_line
from bot.regex import regex
from bot.texts.markdown import bullets, code, sentence

NOTES = "Imported notes"
_PARAGRAPH = regex(r"^#{1,6}[ \t]+(?:Root Cause|Proposed Fix|Immediate Fix)\b[^\n]{0,100}\n+([^\n#][^\n]{0,2000})", re.MULTILINE | re.IGNORECASE)
_TYPE = regex(r"\b[A-Z][A-Za-z0-9]{2,60}(?:Error|Exception)\b")
_MOST_TYPES, _MOST_TOLD = 10, 100


def entry(meta: EntryMeta, pages: Sequence[tuple[str, Old]], message: str) -> Entry:
    """The entry of one error; `pages` are path and content of the files that told of it. Raises BadEntry."""
    olds = [old for _, old in pages]
    parts = [
        "\n" + (olds[0].heading or f"# {sentence(meta.title)}"),
        IMPORTED,
        f"## {IN_SHORT}\n\n{_in_short(meta, olds, message)}",
        f"## {SIGNATURE}\n\n{_joined(old.sections.get(SIGNATURE, '') for old in olds)}",
        f"## {HISTORY}\n\n{_joined([*(old.sections.get(HISTORY, '') for old in olds), *(old.history for old in olds)])}",
        *(f"## {title}\n\n{_joined(old.sections.get(title, '') for old in olds)}" for title in (CAUSES, RESOLUTIONS, RELATED)),
        *([f"## {NOTES}"] if any(_notes(path, old, number) for number, (path, old) in enumerate(pages)) else []),
        *(words for number, (path, old) in enumerate(pages) if (words := _notes(path, old, number))),
    ]
    return made(meta, "\n\n".join(parts) + "\n")


def runbook(title: str, body: str, path: str) -> str:
    """A loose page with the front matter that a runbook needs; its scope is the types of errors that it names."""
    types = tuple(dict.fromkeys(_TYPE.findall(body)))[:_MOST_TYPES]
    scope = f"error_types: [{', '.join(types)}]\n" if types else ""
    return f"---\ntitle: {quoted(cut(one_line(title), 200))}\n{scope}---\n\n{body.strip(chr(10))}\n\n_Imported from {code(path)}._\n"


def first_heading(text: str) -> str:
    """What a page calls itself; empty where it has no heading."""
    return next((one_line(one.title) for one in outline(text).headings if one.title.strip()), "")


def _in_short(meta: EntryMeta, olds: Sequence[Old], message: str) -> str:
    found = [words for old in olds for words in _PARAGRAPH.finditer(old.history)]
    why = next((one.group(1) for one in reversed(found) if "root" in one.group().casefold()[:20]), "")
    fix = next((one.group(1) for one in reversed(found) if "fix" in one.group().casefold()[:24]), "")
    recognised = f"{code(meta.error_type)} in {code(meta.culprit)}" + (f", saying {code(cut(message, 200))}" if message else "")
    rows = (
        ("How to recognise it", recognised),
        ("Why it happens", sentence(cut(why, 600)) if why else "Not known yet. The imported diagnoses below say what was seen."),
        ("What to do", sentence(cut(fix, 600)) if fix else "read the latest diagnosis below."),
        ("Easily mistaken for", "nothing known so far; name it in `related` when you meet it."),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in rows)


def _joined(parts: Iterable[str]) -> str:
    found = [part for part in parts if part.strip()]
    return "\n\n".join(found) or PLACEHOLDER


def _notes(path: str, old: Old, number: int) -> str:
    """What has no other place; of a second file its title, too."""
    words = "\n\n".join(part for part in (f"##{old.heading.lstrip()}" if number and old.heading else "", old.notes) if part)
    return f"As it stood in {code(path)} before the import:\n\n{words}" if words else ""


def summary(count: int) -> str:
    """What was done in all."""
    return "nothing to import" if not count else f"{count} {'page' if count == 1 else 'pages'} imported; look through them, then run `bot check`"


def title(count: int) -> str:
    """Of the pull request, and of its commit."""
    return f"Import {count} older {'page' if count == 1 else 'pages'}"


def body(paths: Sequence[str], reports: Sequence[str]) -> str:
    """What the request brings, and what it leaves out."""
    brought = bullets(tuple(paths[:_MOST_TOLD])) + (f"\n- and {len(paths) - _MOST_TOLD} more" if len(paths) > _MOST_TOLD else "")
    left = bullets(tuple(cut(report, 300) for report in reports[:_MOST_TOLD])) + (
        f"\n- and {len(reports) - _MOST_TOLD} more" if len(reports) > _MOST_TOLD else ""
    )
    told = f"\n\n## What to look at\n\n{left}" if reports else ""
    return f"Older pages, taken over with every line of theirs. No page that was here already is changed.\n\n{brought}{told}"
