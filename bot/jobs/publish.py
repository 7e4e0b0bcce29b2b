"""After the merge: every new occurrence is answered in its thread, tracked where the policy says so, and the index is rebuilt.

Each step looks for what an earlier run left before it writes, so that a run after a crash finishes what is missing and repeats nothing.
"""

from collections.abc import Callable, Mapping

from bot.config import Configuration
from bot.core import permalink as permalinks
from bot.core import tracking
from bot.core.entry import Entry, amended, parse, render
from bot.core.redaction import Redactor
from bot.errors import BadEntry, BotError, StaleBranch
from bot.model import MergedEntry, Permalink, Revision, TrackingIssue
from bot.ports import Chat, Forge, Tracker
from bot.texts import index, issue, progress, reply

Say = Callable[[str], None]
INDEX = "knowledge/README.md"
TRIES = 3
LONGER_RANGE = "publish again from a commit in which it was readable: gh workflow run publish.yml -f before=<that commit> -f after=<the last one>"


class Publication:
    """One run of the job: the adapters, and the links that texts need."""

    def __init__(self, forge: Forge, chat: Chat, tracker: Tracker | None, configuration: Configuration, entry_url: Callable[[str], str], say: Say) -> None:
        self.forge, self.chat, self.tracker = forge, chat, tracker
        self.configuration, self.entry_url, self.say = configuration, entry_url, say

    def publish(self, before: str, after: str, entries: Mapping[str, str], page: str | None) -> tuple[BotError, ...]:
        """Publish what was merged between two commits; `entries` (path to text) and the index `page` are those of the default branch.

        Returns what could not be done: one thread that is gone does not keep the others from their answer. Raises ForgeError.
        """
        failures: list[BotError] = []
        revisions: list[Revision] = []
        merged = self.forge.merged(before, after)
        self.say(progress.merged(len(merged)))
        for one in merged:
            try:
                revisions += self._entry(one, entries, failures)
            except BotError as error:
                failures.append(error)
        self._index(entries, page, revisions, failures)
        return tuple(failures)

    def _entry(self, merged: MergedEntry, entries: Mapping[str, str], failures: list[BotError]) -> list[Revision]:
        entry = parse(merged.after, merged.path)
        threads = _new_threads(entry, merged)
        if not threads or entry.meta.status == "withdrawn":
            return []
        tracked = self._tracked(entry, merged, failures)
        for thread in threads:
            try:
                self._answer(entry, merged, thread, tracked)
            except BotError as error:
                failures.append(error)
        return self._linked(merged.path, tracked, entries.get(merged.path))

    def _answer(self, entry: Entry, merged: MergedEntry, thread: Permalink, tracked: TrackingIssue | None) -> None:
        marker = f"{entry.meta.signature}/{thread.channel}/{thread.ts}"
        if self.chat.find_reply(thread, marker) is not None:
            self.say(progress.answered_before(thread))
            return
        made = reply.reply(
            entry,
            thread,
            marker=marker,
            entry_url=self.entry_url(merged.path),
            pull_request=merged.pull_request,
            approved_by=merged.approved_by,
            tracked=tracked,
        )
        # The last door: what a person wrote into the entry is read once more.
        self.chat.reply(thread, Redactor().record(made))
        self.say(progress.answered(thread))

    def _tracked(self, entry: Entry, merged: MergedEntry, failures: list[BotError]) -> TrackingIssue | None:
        meta = entry.meta
        reason = tracking.reason(meta, self.configuration.tracking)
        if self.tracker is None or reason is None:
            return None
        try:
            found = self.tracker.find(meta.signature)
            if found is not None and found.open:
                return found
            draft = issue.draft(entry, reason, entry_url=self.entry_url(merged.path), pull_request=merged.pull_request, earlier=found)
            opened = self.tracker.open(Redactor().record(draft))
        except BotError as error:
            failures.append(error)
            return None
        self.say(progress.tracked(opened, reason))
        return opened

    def _linked(self, path: str, tracked: TrackingIssue | None, text: str | None) -> list[Revision]:
        """The entry with the link of its tracking issue, made from the text as it is now, not as it was merged."""
        if tracked is None or text is None:
            return []
        linked = render(amended(parse(text, path), {"tracking_issue": tracked.url}))
        return [Revision(path, text, linked)] if linked != text else []

    def _index(self, entries: Mapping[str, str], page: str | None, revisions: list[Revision], failures: list[BotError]) -> None:
        now = {**entries, **{revision.path: revision.after for revision in revisions}}
        readable = _readable(now)
        built = index.index(readable, page or "")
        changes = [*revisions, *([Revision(INDEX, page, built)] if built != page else [])]
        if not changes:
            self.say(progress.index_current())
            return
        try:
            sha = self._committed(tuple(changes), index.commit_message(len(readable)))
        except StaleBranch:
            # Somebody changed one of these files; a changed entry brings a run of its own, which starts from what is there then.
            self.say(progress.index_overtaken())
        except BotError as error:
            failures.append(error)
        else:
            self.say(progress.indexed(len(readable), sha))

    def _committed(self, changes: tuple[Revision, ...], message: str) -> str | None:
        for left in reversed(range(TRIES)):
            try:
                return self.forge.commit(changes, message)
            except StaleBranch:
                if not left:
                    raise
        return None


def _new_threads(entry: Entry, merged: MergedEntry) -> tuple[Permalink, ...]:
    known = _threads_before(merged)
    return tuple(link for place, link in _places(entry.meta.threads).items() if place not in known)


def _threads_before(merged: MergedEntry) -> set[tuple[str, str]]:
    try:
        return set(_places(parse(merged.before, merged.path).meta.threads)) if merged.before is not None else set()
    except BadEntry as error:
        # Which threads are new cannot be told; to answer all of them would speak up in threads of years ago.
        raise BadEntry(f"reading what {merged.path} was before this push", error.cause, LONGER_RANGE) from error


def _places(threads: tuple[str, ...]) -> dict[tuple[str, str], Permalink]:
    return {(link.channel, link.ts): link for link in (permalinks.parse(url, _any_host(url)) for url in threads)}


def _any_host(url: str) -> tuple[str, ...]:
    # The host only names the workspace for readers; the answer goes to the workspace of our own token.
    return (url.removeprefix("https://").partition("/")[0],)


def _readable(texts: Mapping[str, str]) -> list[Entry]:
    entries = []
    for path, text in texts.items():
        try:
            entries.append(parse(text, path))
        except BotError:
            # `bot check` names broken entries; an index without them is better than none.
            continue
    return entries
