"""A request turns out to be about an error that has an entry already: its occurrence moves there, into the one request of that error."""

from bot.core.entry.entry import Entry, parse, path_of, render
from bot.core.entry.identity import holds, identities
from bot.core.entry.joining import joined
from bot.core.entry.library import Library
from bot.core.request.pull_request_marks import labels_of
from bot.errors import BadCommand
from bot.jobs.page_request import PageRequest, propose_pages
from bot.jobs.revise import BRANCH, entry_on_branch, name_of
from bot.model import File, PullRequest, Standing
from bot.model.review import ReviewRequest
from bot.ports import Forge, Say
from bot.texts import conversation as texts
from bot.texts import markdown


def move_occurrence(request: ReviewRequest, target: str, forge: Forge, library: Library, say: Say) -> PullRequest:
    """Open or update the request of `target` with everything that this request's entry holds; its name becomes an alias.

    Nobody's words are lost: what people wrote into the one stands in the other. Running it again adds nothing. Raises BadCommand for a target
    that is no entry, ForgeError, BadEntry.
    """
    name = name_of(request)
    gone, _ = entry_on_branch(request, forge)
    kept = _target(name, target, library)
    there = forge.standing(f"{BRANCH}{kept}", path_of(kept))
    _check(name, kept, there)
    words = texts.move(name, request.url)
    page = PageRequest(
        f"{BRANCH}{kept}", path_of(kept), texts.move_title(name, kept), words, texts.move_commit(name, kept), labels_of(request.body), joins=True
    )
    made = propose_pages(page, forge, lambda standing: _files(gone, kept, standing), say) or there.open
    if made is None:
        raise BadCommand(f"moving {name} into {kept}", "everything of it stands there already", f"comment `/withdraw` on #{request.number}")
    return made


def _target(name: str, target: str, library: Library) -> str:
    doing = f"moving {name} into {target}"
    if name in library.entries:
        raise BadCommand(doing, f"{name} is published, with alerts of its own", f"run `bot merge {name} {target}`: it brings a request that joins the two")
    found = library.called(target)
    kept = found.meta.signature if found is not None else target
    if kept == name:
        raise BadCommand(doing, "it is the very same entry", "name another one; `bot search` finds it")
    return kept


def _check(name: str, kept: str, there: Standing) -> None:
    doing = f"moving {name} into {kept}"
    if there.text is None:
        raise BadCommand(doing, "there is no entry of that name, neither published nor in an open request", "name one: `bot search <words>` finds it")
    meta = parse(there.text, path_of(kept)).meta
    if meta.status == "withdrawn":
        raise BadCommand(doing, f"{kept} is withdrawn", f"name {meta.replaced_by} instead" if meta.replaced_by else "name another entry")


def _files(gone: Entry, kept: str, standing: Standing) -> tuple[File, ...]:
    if standing.text is None:
        return ()
    entry = parse(standing.text, path_of(kept))
    if gone.meta.signature in entry.meta.aliases and all(holds(entry, identity) for identity in identities(gone)):
        return ()
    return (File(path_of(kept), render(joined(gone, entry, (f"# {markdown.inline(gone.meta.title)}",)))),)
