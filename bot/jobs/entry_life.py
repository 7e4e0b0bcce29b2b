"""What people do with entries: resolve, rename, merge, split, withdraw. Each becomes a pull request, and none is done twice."""

import difflib
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.core.alert import permalink
from bot.core.entry import life as entry_life
from bot.core.entry.entry import Entry, parse, path_of, render
from bot.core.entry.identity import holds, identities, identity_of
from bot.core.entry.joining import joined
from bot.core.entry.library import Library, is_stub, named_as_its_file
from bot.core.entry.life import Ending
from bot.core.entry.meta import EntryMeta
from bot.core.entry.splitting import Apart, split
from bot.core.entry.standing_row import standing_row
from bot.core.redaction.redaction import Redactor
from bot.core.signature.signature import name_of
from bot.errors import BadCommand, BadEntry
from bot.jobs.page_request import PageRequest, propose_pages
from bot.model import File, PullRequest, Standing
from bot.ports import Forge, Say
from bot.texts import entry_life as texts
from bot.texts import related
from bot.texts.entry_page import resolution_words, worked


class EntryLife:
    """The commands on entries. `files` are path and text of the entries on the default branch, `library` what they say; `now` is aware and in UTC."""

    def __init__(self, forge: Forge, files: Mapping[str, str], now: datetime, say: Say, library: Library | None = None) -> None:
        self._forge, self._files, self._now, self._say = forge, files, now, say
        self._library = library if library is not None else Library.read(files)

    def called(self, name: str) -> Entry | None:
        """The entry in use that a name leads to."""
        found = self._library.called(name)
        return found if found is not None and found.meta.status != "withdrawn" else None

    def resolve(self, name: str, ending: Ending, source: str, *, by_hand: bool) -> PullRequest | None:
        """Mark an entry as resolved; `name` may be an old one. What is resolved already is left, unless a person says it anew.

        An error that was seen after `ending.time` is resolved as of the time when it was last seen, also in a diagnosis that waits; the request says so.
        Raises BadCommand for a name that leads to no entry, BadEntry, ForgeError.
        """
        entry = self._live(name, "resolving")
        words = entry_life.resolution(Redactor().record(ending))
        told = entry.meta.signature
        if not words:
            raise BadCommand(f"resolving {told}", "nothing says what ended it", 'give --because "…", and the commit or the pull request where there is one')
        if not by_hand and entry.meta.status == "regressed" and ending.time <= entry.meta.last_seen:
            self._say(texts.left_alone(told, f"it happened again after that, at {entry.meta.last_seen}; it stays as it is"))
            return None

        waiting = self._forge.standing(f"kb/{told}", path_of(told))
        # What happened after the fix was merged may be of before its deployment; whoever merges this says that it is over since.
        seen = self._last_seen(waiting, entry)
        time = max(ending.time, seen)

        def files(standing: Standing) -> tuple[File, ...]:
            there = self._standing(standing, entry)
            if there.meta.status == "resolved" and (not by_hand or there.meta.resolution == words):
                self._say(texts.left_alone(told, f"it is resolved already: {there.meta.resolution}"))
                return ()
            known = () if _is_listed(there) else (worked(there.meta.resolution, there.meta.resolved_at),)
            row = standing_row("resolved", resolution_words(words), time)
            return self._changed(entry_life.resolved(there, words, time, row, (*known, worked(words, time))), standing)

        request = texts.resolved(entry, words, ending.time, seen, source, waiting.open.url if waiting.open else "")
        return self._propose("resolve", entry, request, files, by_hand=by_hand)

    def reopen(self, name: str, source: str) -> PullRequest | None:
        """Take a resolution back, since its tracking issue was opened again; one that waits for review is emptied. Raises as `resolve`."""
        entry = self._live(name, "reopening")
        branch, path = f"errata/resolve/{entry.meta.signature}", path_of(entry.meta.signature)
        waiting = self._forge.standing(branch, path)
        if waiting.open is not None:
            return self._propose("resolve", entry, texts.nothing_left(entry, source), lambda _: (File(path, render(entry)),), by_hand=True)
        if entry.meta.status != "resolved":
            self._say(texts.left_alone(entry.meta.signature, f"it is {entry.meta.status}; nothing is to be taken back"))
            return None
        return self._propose(
            "reopen", entry, texts.reopened(entry, source), lambda at: self._changed(entry_life.reopened(self._standing(at, entry)), at), by_hand=False
        )

    def rename(self, name: str, new: str) -> PullRequest | None:
        """Give an entry another name. Raises BadCommand for a name that cannot be a file's or is taken, BadEntry, ForgeError."""
        entry = self._live(name, "renaming")
        old = entry.meta.signature
        entry_life.new_name(new)
        if new == old:
            raise BadCommand(f"renaming {name}", f"{old} is its name already", "give another name")
        self._check_free(new, entry)
        self._check_settled(entry, "renaming")
        left = entry_life.stub(entry, new, texts.stub_body(entry, new, "rename"), keeps_fingerprint=False)
        pages = (File(path_of(new), render(entry_life.renamed(entry, new))), File(path_of(old), render(left)))
        return self._propose("rename", entry, texts.renamed(old, new), lambda at: () if at.open else pages, path=path_of(new), by_hand=True)

    def merge(self, gone_name: str, kept_name: str) -> PullRequest | None:
        """The first entry goes into the second. Raises BadCommand, BadEntry, ForgeError."""
        kept, gone = self._live(kept_name, "merging"), self._live(gone_name, "merging")
        if gone.meta.signature == kept.meta.signature:
            raise BadCommand(f"merging {gone_name} into {kept_name}", f"both are {kept.meta.signature}", "name two entries")
        for one in (gone, kept):
            self._check_settled(one, "merging")
        outcome = joined(gone, kept, (texts.title_line(gone), *related.both_ways(gone, kept)))
        target = kept.meta.signature
        left = entry_life.stub(gone, target, texts.stub_body(gone, target, "merge"), keeps_fingerprint=gone.meta.fingerprint != kept.meta.fingerprint)
        pages = (File(path_of(target), render(outcome)), File(path_of(gone.meta.signature), render(left)))
        return self._propose("merge", gone, texts.merged(gone, kept, outcome), lambda at: () if at.open else pages, path=path_of(target), by_hand=True)

    def withdraw(self, name: str, because: str) -> PullRequest | None:
        """Take an entry out of use. Raises BadCommand, BadEntry, ForgeError."""
        entry = self._live(name, "withdrawing")
        if not because.strip():
            raise BadCommand(f"withdrawing {entry.meta.signature}", "no reason is given", 'add --because "…": readers of the page want to know')
        self._check_settled(entry, "withdrawing")
        notice = texts.withdrawn_notice(f"{self._now:%Y-%m-%d}", because)
        page = self._changed(entry_life.withdrawn(entry, notice))
        return self._propose("withdraw", entry, texts.withdrawn(entry, because), lambda at: () if at.open else page, by_hand=True)

    def split(self, name: str, links: tuple[str, ...], hosts: tuple[str, ...], into: str = "") -> PullRequest | None:
        """Some alerts of an entry become an entry of their own; back to an entry that was merged, where `into` names that.

        Raises BadLink, BadCommand, BadEntry, ForgeError.
        """
        entry = self._live(name, "splitting")
        mine = entry.meta.signature
        threads = tuple(dict.fromkeys(permalink.parse(link, hosts).url for link in links))
        self._check_alerts(entry, threads)
        digest = hashlib.sha256("\n".join(sorted(map(identity_of, threads))).encode()).hexdigest()
        new = entry_life.new_name(into or name_of(entry.meta.culprit, entry.meta.error_type, digest, 6))
        known = self._revived(new, entry)
        self._check_settled(entry, "splitting")
        left, made = split(entry, Apart(new, texts.split_body(entry, f"{self._now:%Y-%m-%d}", known), threads, known))
        pages = (File(path_of(new), render(made)), File(path_of(mine), render(left)))
        words = texts.split(entry, new, len(threads), comes_back=bool(made.meta.fingerprint))
        return self._propose("split", made, words, lambda at: () if at.open else pages, by_hand=True)

    def _live(self, name: str, doing: str) -> Entry:
        """The entry that a name leads to, fit to be changed."""
        found = self._library.called(name.removesuffix(".md"))
        if found is None:
            raise self._unknown(name.removesuffix(".md"), doing)
        if found.meta.status == "withdrawn":
            astray = is_stub(found.meta)
            why = f"it is withdrawn, and `replaced_by: {found.meta.replaced_by}` leads to no entry" if astray else "it is withdrawn"
            raise BadCommand(f"{doing} {found.meta.signature}", why, "set its `status` to `diagnosed` by hand where it still holds")
        return found

    def _unknown(self, name: str, doing: str) -> BadCommand | BadEntry:
        for path, error in self._library.broken:
            if path.rpartition("/")[2] == f"{name}.md":
                return BadEntry(f"{doing} {name}", error.cause, error.remedy)
        near = difflib.get_close_matches(name[:120], self._library.entries, n=1) if len(self._library.entries) <= 5_000 else []
        shown = Redactor().text(name[:120])
        return BadCommand(
            f"{doing} {shown!r}", "no entry has this name, now or earlier", f"did you mean {near[0]}?" if near else "see knowledge/README.md for the names"
        )

    def _check_free(self, new: str, entry: Entry) -> None:
        taken = self._library.entries.get(new)
        alias = next((name for name in self._library.known_as(new) if name != entry.meta.signature), "")
        # Where names that differ in capital letters alone are one file, a checkout would hold only one of the two.
        twin = next((one for one in (*self._library.entries, entry.meta.signature) if one != new and one.casefold() == new.casefold()), None)
        if twin is not None:
            raise BadCommand(
                f"naming an entry {new}", f"{twin} differs only in capital letters, and would be the same file on many machines", "choose another name"
            )
        own = taken is not None and is_stub(taken.meta) and self._library.called(new) is entry
        unread = taken is None and (path_of(new) in self._files or any(path == path_of(new) for path, _ in self._library.broken))
        if (taken is not None and not own) or alias or unread:
            raise BadCommand(f"naming an entry {new}", f"{alias or new} has this name", "choose another name, or `bot merge` the two")

    def _revived(self, new: str, entry: Entry) -> EntryMeta | None:
        """What is left of the entry that comes back under its own name; None for a name that is new."""
        taken = self._library.entries.get(new)
        if taken is not None and is_stub(taken.meta) and self._library.called(new) is entry:
            return taken.meta
        self._check_free(new, entry)
        if new in entry.meta.aliases:
            raise BadCommand(f"naming an entry {new}", f"it is an earlier name of {entry.meta.signature}", "choose another name")
        return None

    def _check_alerts(self, entry: Entry, threads: tuple[str, ...]) -> None:
        doing = f"splitting {entry.meta.signature}"
        strange = [thread for thread in threads if not holds(entry, identity_of(thread))]
        if strange or not threads:
            cause = f"{strange[0]} is none of its alerts" if strange else "no alert is named"
            raise BadCommand(doing, cause, "give links from its `threads`, as `--threads LINK LINK`")
        if set(identities(entry)) <= set(map(identity_of, threads)):
            raise BadCommand(doing, "these are all of its alerts", f"bot rename {entry.meta.signature} <new name>")

    def _check_settled(self, entry: Entry, doing: str) -> None:
        """A diagnosis that waits would be merged into a file that is no longer there, or no longer the same; and what people wrote since would be undone."""
        name = entry.meta.signature
        standing = self._forge.standing(f"kb/{name}", path_of(name))
        if standing.open is not None:
            raise BadCommand(f"{doing} {name}", f"a diagnosis of it waits in {standing.open.url}", "merge or close that request first, then run this again")
        here, there = self._files.get(path_of(name)), _published(standing)
        if here is not None and there is not None and here.replace("\r\n", "\n") != there.replace("\r\n", "\n"):
            cause = "the default branch holds it in other words than this checkout"
            raise BadCommand(f"{doing} {name}", cause, "pull, commit or take back what was changed, then run this again")

    def _standing(self, standing: Standing, entry: Entry) -> Entry:
        """The entry as it stands on the branch of its request, with what people changed there; else on the default branch by now, which may be later
        than the checkout. A branch without a request is one that a run left before it could open it: what stands there is not proposed yet."""
        path = path_of(entry.meta.signature)
        text = standing.text if standing.open is not None else _published(standing)
        return named_as_its_file(parse(text, path), path) if text is not None else entry

    def _last_seen(self, waiting: Standing, entry: Entry) -> str:
        """When the error was last seen, also in a diagnosis that waits; one that cannot be read keeps nobody from resolving the entry."""
        try:
            return max(entry.meta.last_seen, self._standing(waiting, entry).meta.last_seen)
        except BadEntry:
            return entry.meta.last_seen

    def _changed(self, entry: Entry, standing: Standing | None = None) -> tuple[File, ...]:
        """The page, where it is not the one that is published already."""
        path = path_of(entry.meta.signature)
        known = (_published(standing) if standing is not None else None) or self._files.get(path)
        return () if known == render(entry) else (File(path, render(entry)),)

    def _propose(
        self, what: str, entry: Entry, words: texts.Request, files: Callable[[Standing], tuple[File, ...]], *, by_hand: bool, path: str = ""
    ) -> PullRequest | None:
        name = entry.meta.signature
        request = PageRequest(f"errata/{what}/{name}", path or path_of(name), words.title, words.body, words.commit_message)
        found = propose_pages(request, self._forge, files, self._say, by_hand=by_hand)
        if found is not None:
            self._say(f"{words.title}: {found.url}")
        return found


def _published(standing: Standing) -> str | None:
    """The text on the default branch, where that was read: no branch of its own holds commits of a run, or of people."""
    return standing.text if not standing.branch_exists or standing.left_behind is not None else None


def _is_listed(entry: Entry) -> bool:
    """Whether there is no earlier resolution, or Resolution Patterns name it already: by its day, since a diagnosis puts links into the words."""
    meta = entry.meta
    row = f"(resolved {meta.resolved_at[:10]})"
    return not meta.resolution.strip() or (bool(meta.resolved_at) and any("Worked before:" in line and line.endswith(row) for line in entry.body.splitlines()))
