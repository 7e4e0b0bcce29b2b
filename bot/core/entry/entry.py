"""One entry of the knowledge folder: its front matter understood, its text exactly as it stands."""

from collections.abc import Mapping

import msgspec

from bot.core.entry import front_matter, front_patch, own_front
from bot.core.entry.front_patch import Setting
from bot.core.entry.meta import SIGNATURE, EntryMeta
from bot.core.entry.outline import outline
from bot.errors import BadEntry
from bot.model import Record
from bot.regex import regex

__all__ = ["FOLDER", "README", "Entry", "EntryMeta", "amended", "conflicts", "is_entry_path", "is_name", "made", "parse", "path_of", "render"]

FOLDER = "knowledge/errors"
README = "README.md"
"""What people write about the folder: no entry, wherever entries are looked for."""
_NAME = regex(SIGNATURE)
_MARKERS = ("<<<<<<<", ">>>>>>>", "|||||||")


class Entry(Record, frozen=True):
    """`front` and `body` are the file, character for character (a BOM and CRLF too); `meta` is what `front` says."""

    meta: EntryMeta
    front: str
    body: str

    @property
    def newline(self) -> str:
        """The line end that this file uses."""
        return "\r\n" if "\r\n" in self.front else "\n"


def parse(text: str, name: str = "the entry") -> Entry:
    """The entry in a file's text; `render(parse(text)) == text`. Raises BadEntry with the first line that cannot be used."""
    own = own_front.read(text)
    if own is not None:
        meta, start = own
        return _whole(Entry(meta, text[:start], text[start:]), name)
    reading = front_matter.read(text)
    if reading.meta is None or reading.block is None:
        problem = reading.problems[0]
        more = f" (and {len(reading.problems) - 1} more)" if len(reading.problems) > 1 else ""
        raise BadEntry(f"reading {name}", f"line {problem.line}: {problem.cause}{more}", problem.remedy)
    return _whole(Entry(reading.meta, text[: reading.block.body], text[reading.block.body :]), name)


def _whole(entry: Entry, name: str) -> Entry:
    for line in conflicts(entry):
        raise BadEntry(f"reading {name}", f"line {line}: a merge-conflict marker", "choose one side and delete the markers")
    return entry


def render(entry: Entry) -> str:
    """The file's text."""
    return entry.front + entry.body


def made(meta: EntryMeta, body: str) -> Entry:
    """A new entry with a front matter of its own. Raises BadEntry when `meta` breaks the schema."""
    return parse(front_patch.front_of(meta) + body, f"the new entry {meta.signature}")


def amended(entry: Entry, changes: Mapping[str, Setting]) -> Entry:
    """The entry with other front-matter values; every other character stays. Raises BadEntry when the file's style defeats it."""
    wanted = msgspec.structs.replace(entry.meta, **dict(changes))
    if wanted == entry.meta:
        return entry
    reading = front_matter.read(entry.front)
    if reading.block is None:
        raise BadEntry(f"updating {entry.meta.signature}", "its front matter cannot be read", "run `bot check knowledge`")
    front = front_patch.patched(entry.front, reading.block, reading.values, entry.meta, changes)
    after = front_matter.read(front)
    if after.meta != wanted:
        keys = ", ".join(key for key in changes if getattr(entry.meta, key) != changes[key])
        raise BadEntry(
            f"updating {entry.meta.signature}",
            f"the values of {keys} are written in a way that cannot be changed alone",
            "write each as in knowledge/EXAMPLE.md",
        )
    return Entry(wanted, front, entry.body)


def path_of(signature_name: str) -> str:
    """Where an entry is kept, relative to the repository. Raises BadEntry for a name that could leave the folder."""
    if not is_name(signature_name):
        raise BadEntry("naming an entry", f"{signature_name[:60]!r} is no file name", "use 1 to 120 letters, digits, `.`, `_` or `-`, no dot first")
    return f"{FOLDER}/{signature_name}.md"


def name_in(path: str) -> str:
    """The name that a path gives a page: its file's, without `.md`."""
    return path.rpartition("/")[2].removesuffix(".md")


def is_name(stem: str) -> bool:
    """Whether an entry's file may be called so, without its `.md`."""
    return not stem.startswith(".") and _NAME.match(stem) is not None and f"{stem}.md" != README


def is_entry_path(path: str) -> bool:
    """Whether what lies there, relative to the repository, is read as an entry."""
    folder, _, name = path.rpartition("/")
    return folder == FOLDER and name.endswith(".md") and name != README


def conflicts(entry: Entry) -> list[int]:
    """Lines of the file (from 1) that hold a merge-conflict marker outside code."""
    if not any(marker in entry.body for marker in _MARKERS):
        return []
    first = entry.front.count("\n") + 1
    page = outline(entry.body)
    marks = [(first + number, line.text.rstrip()) for number, line in enumerate(page.lines) if not line.hidden]
    return [number for number, words in marks if words.startswith(("<<<<<<< ", ">>>>>>> ", "||||||| ")) or words in ("<<<<<<<", ">>>>>>>", "|||||||")]
