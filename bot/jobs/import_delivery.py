"""What an import comes to reaches the work tree or a pull request, with the page that lists the runbooks, and with what the linter will ask for."""

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from bot.core.lint.lint import page_findings
from bot.errors import BadCommand
from bot.jobs.check_reference import RUNBOOKS_PAGE, listing
from bot.jobs.importing import Taken
from bot.jobs.page_request import PageRequest, propose_pages
from bot.model import File
from bot.ports import Forge, Say
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts import imported


def listed(taken: Taken, knowledge: KnowledgeFolder) -> Taken:
    """With the page that lists the runbooks, and with what `bot check` will ask for, such as links to pages that were not taken."""
    there = {file.path for file in taken.files}
    entries = {file.path: file.text for file in taken.files if file.path.startswith(f"{knowledge.folder}/errors/")}
    path = f"{knowledge.folder}/{RUNBOOKS_PAGE}"
    added = {file.path: file.text for file in taken.files if file.path.startswith(f"{knowledge.folder}/runbooks/")}
    page = listing(knowledge, added) if added else None
    found = page_findings({**added, **entries}, lambda one: one in there or knowledge.exists(one), lambda _text: ())
    told = (f"{one.path}: line {one.line}: {one.message}; {one.remedy}" for one in sorted(found, key=lambda one: (one.path, one.line, one.rule)))
    return msgspec.structs.replace(taken, listing=(File(path, page),) if page is not None else (), reports=(*taken.reports, *told))


def write(taken: Taken, root: Path, say: Say) -> None:
    """Into the work tree below `root`; what is there by now stays. Raises BadCommand where the folder cannot be written."""
    for file in taken.files:
        place = root / file.path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.parent.resolve().is_relative_to(root.resolve()):
                raise BadCommand(f"writing {file.path}", "the folder is a link that leads elsewhere", "replace the link by a folder")
            _write_new(place, file.text)
        except FileExistsError:
            say(f"{file.path} is there already, and stays as it is")
        except OSError as error:
            raise BadCommand(
                f"writing {file.path}", error.strerror or "the disk refused", "make the folder writable and import again: what is there is left"
            ) from error
        else:
            say(f"wrote {file.path}")
    for file in taken.listing:
        _rewrite(file, root)
        say(f"wrote {file.path}")
    say(imported.summary(len(taken.files)))


def _write_new(place: Path, text: str) -> None:
    """Whole or not at all: what stands there is left by the next import, so half a page would stay. Raises FileExistsError."""
    if place.exists() or place.is_symlink():
        raise FileExistsError(place)
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=place.parent, prefix=".import-") as draft:
        draft.write(text)
        draft.flush()
        os.chmod(draft.name, 0o644)  # temporary files are private to their owner
        os.link(draft.name, place)  # unlike a rename it never replaces what another run wrote


def _rewrite(file: File, root: Path) -> None:
    place = root / file.path
    if place.is_symlink():
        raise BadCommand(f"writing {file.path}", "it is a link", "replace the link by the file, then run `bot check knowledge --fix`")
    try:
        place.write_text(file.text, encoding="utf-8", newline="")
    except OSError as error:
        raise BadCommand(f"writing {file.path}", error.strerror or "the disk refused", "make it writable, then run `bot check knowledge --fix`") from error


def propose(taken: Taken, name: str, forge: Forge, say: Say) -> None:
    """As one pull request. Raises ForgeError."""
    if not taken.files:
        say(imported.summary(0))
        return
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "pages"
    paths = [file.path for file in taken.files]
    request = PageRequest(f"errata/import/{slug}", paths[0], imported.title(len(paths)), imported.body(paths, taken.reports), imported.title(len(paths)))
    made = propose_pages(request, forge, lambda _standing: (*taken.files, *taken.listing), say, by_hand=True)
    if made is not None:
        say(f"{made.url}: {made.title}")
