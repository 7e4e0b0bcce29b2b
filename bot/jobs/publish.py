"""After the merge: every new occurrence is answered in its thread, tracked where the policy says so, and the index is rebuilt.

A thread is new when the merge brought its link into the entry. Before it writes, each step looks for what an earlier run left
(an answer carries a hidden mark, by which it is found in its thread): a run after a crash finishes what is missing and repeats nothing.
Writes stay in this order: run of the procedure, tracking issue, answers (which name it), then one commit of the entries' links and reviews, and of the index.
Where a file of that commit was changed meanwhile, all of it is made anew from what changed: the run of that change writes nothing of this merge.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from bot.config import Configuration
from bot.core.entry.changes import Telling, Touched, touched
from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.core.recurrence import trust
from bot.errors import BadEntry, BotError, StaleBranch
from bot.jobs import indexing, procedure, relating
from bot.jobs.caught_up import as_merged
from bot.jobs.thread_replies import ThreadReplies
from bot.jobs.tracking_issue import Tracking
from bot.model import MergedEntry, Permalink, Revision, TrackingIssue
from bot.ports import Chat, Forge, Procedure, Say, Tracker
from bot.texts import index, issue, progress, reply, reply_words

TRIES = 3
NOT_WRITTEN = "writing the reviews, the links of tracking issues and the index"
LONGER_RANGE = "publish again from a commit in which it was readable: gh workflow run publish.yml -f before=<that commit> -f after=<the last one>"


class Adapters(NamedTuple):
    """What the job writes to."""

    forge: Forge
    chat: Chat
    tracker: Tracker | None = None
    procedure: Procedure | None = None


class Merge(NamedTuple):
    """A merged entry that was read. `now` is the entry as it stands on the default branch, which may be newer."""

    merged: MergedEntry
    before: Entry | None
    after: Entry
    now: Entry
    touched: Touched


class Published(NamedTuple):
    """What a run has said of a push, and has yet to write: each merge with its tracking issue; `merged` are all of the push, `after` is its last commit."""

    after: str
    merged: Sequence[MergedEntry]
    told: Sequence[tuple[Merge, TrackingIssue | None]]


class Publication:
    """One run of the job: the adapters, and the links that texts need."""

    def __init__(self, adapters: Adapters, configuration: Configuration, entry_url: Callable[[str], str], say: Say) -> None:
        self.forge, self.procedure = adapters.forge, adapters.procedure
        self.configuration, self.entry_url, self.say = configuration, entry_url, say
        self.replies = ThreadReplies(adapters.chat, say)
        self.tracking = Tracking(adapters.tracker, configuration, entry_url, say)

    def publish(self, before: str, after: str, entries: Mapping[str, str], pages: Mapping[str, str]) -> tuple[BotError, ...]:
        """Publish what was merged between two commits; `entries` and the index's `pages` (path to text) are those of the default branch.

        Returns what could not be done: one thread that is gone does not keep the others from their answer. Raises ForgeError.
        """
        failures: list[BotError] = []
        told: list[tuple[Merge, TrackingIssue | None]] = []
        merged = self.forge.merged(before, after)
        self.say(progress.merged(len(merged)))
        for merge in _merges(merged, entries, failures):
            try:
                url = self.entry_url(merge.merged.path)
                # First: where the quality system is the tracker too, the run of the alert is the one that tracks the entry.
                failures += procedure.published(self.procedure, merge.merged, merge.before, merge.after, merge.touched.new, url)
                tracked = self._tracked(merge, failures)
                self._answer(merge, tracked, failures)
                told.append((merge, tracked))
            except BotError as error:
                failures.append(error)
        self._write(Published(after, merged, told), dict(entries), dict(pages), failures)
        return tuple(failures)

    def _tracked(self, merge: Merge, failures: list[BotError]) -> TrackingIssue | None:
        try:
            if merge.touched.new:
                # As it stands now: an older range that is published again opens nothing that was resolved since.
                return self.tracking.issue(merge.now, merge.merged, merge.touched.new)
        except BotError as error:
            failures.append(error)
        return issue.named(merge.now.meta.tracking_issue)

    def _answer(self, merge: Merge, tracked: TrackingIssue | None, failures: list[BotError]) -> None:
        """One thread that cannot be reached does not keep the others from their answer."""
        about = self._about(merge, tracked)
        for thread in merge.touched.new:
            try:
                self.replies.answer(merge.after, thread, about)
            except BotError as error:
                failures.append(error)
        corrected = self._corrected(merge, about)
        for thread in merge.touched.corrected:
            try:
                self.replies.correct(merge.before or merge.after, merge.now, thread, corrected)
            except BotError as error:
                failures.append(error)
        if merge.touched.left:
            self.say(progress.left_as_they_are(merge.touched.left))

    def _about(self, merge: Merge, tracked: TrackingIssue | None) -> reply.About:
        merged, row = merge.merged, self.configuration.severities.of(merge.now.meta.severity)
        about = reply.About(self.entry_url(merged.path), merged.pull_request, merged.approved_by, tracked)
        return msgspec.structs.replace(about, response_time=row.response_time, escalation=row.escalation)

    def _corrected(self, merge: Merge, about: reply.About) -> reply.About:
        """The words come from the entry as it stands now: an older range that is published again does not take a later correction back."""
        meta = merge.now.meta
        moved_to = self.entry_url(path_of(meta.replaced_by)) if meta.replaced_by else ""
        line = reply.corrected_line(meta, merge.merged.merged_at, merge.merged.approved_by)
        return msgspec.structs.replace(about, corrected=line, moved_to=moved_to)

    def _revised(self, merge: Merge, tracked: TrackingIssue | None, text: str | None) -> list[Revision]:
        """The entry with its reviewers and the link of its tracking issue, made from the text as it is now, not as it was merged."""
        if text is None:
            return []
        entry, merged = parse(text, merge.merged.path), merge.merged
        made = as_merged(entry, merge.before)
        if merged.approved_by and merged.merged_at is not None:
            made = trust.reviewed(made, merged.approved_by, merged.merged_at, merge.before)
        if tracked is not None:
            made = amended(made, {"tracking_issue": tracked.url})
        return [Revision(merged.path, text, render(made))] if made != entry else []

    def _write(self, published: Published, entries: dict[str, str], pages: dict[str, str], failures: list[BotError]) -> None:
        """Commit reviews, links and index, made from these texts; where one is stale, from what the default branch holds by then."""
        for left in reversed(range(TRIES)):
            unread: list[BotError] = []
            try:
                self._commit(self._changes(published, entries, pages, unread), entries, pages)
            except StaleBranch as error:
                if not left:
                    failures.append(StaleBranch(NOT_WRITTEN, error.cause, "run this again, from a fresh checkout: what was said already is not said twice"))
                elif self._read_again(published.after, entries, failures):
                    continue
            except BotError as error:
                failures.append(error)
            failures += unread
            return

    def _changes(self, published: Published, entries: Mapping[str, str], pages: Mapping[str, str], unread: list[BotError]) -> tuple[Revision, ...]:
        revisions: list[Revision] = []
        for merge, tracked in published.told:
            try:
                revisions += self._revised(merge, tracked, entries.get(merge.merged.path))
            except BotError as error:
                unread.append(error)
        revisions = list(relating.related_links(published.merged, entries, revisions))
        now = {**entries, **{revision.path: revision.after for revision in revisions}}
        return (*revisions, *indexing.revisions(now, pages))

    def _commit(self, changes: tuple[Revision, ...], entries: dict[str, str], pages: dict[str, str]) -> None:
        sha = None
        for batch in indexing.batches(changes):
            sha = self.forge.commit(batch, index.commit_message(len(entries))) or sha
            for one in batch:
                (entries if one.path in entries else pages)[one.path] = one.after
        self.say(progress.indexed(len(entries), sha) if changes else progress.index_current())

    def _read_again(self, after: str, entries: dict[str, str], failures: list[BotError]) -> bool:
        """Put what changed since the push into `entries`."""
        try:
            entries |= {one.path: one.after for one in self.forge.merged(after, self.configuration.default_branch)}
        except BotError as error:
            failures.append(error)
            return False
        return True


def _merges(merged: Sequence[MergedEntry], entries: Mapping[str, str], failures: list[BotError]) -> Iterator[Merge]:
    """What was merged, read; an entry that cannot be read is a failure, and the others go on."""
    read: list[tuple[MergedEntry, Entry | None, Entry]] = []
    for one in merged:
        try:
            before = _before(one)
            read.append((one, before, as_merged(parse(one.after, one.path), before)))
        except BotError as error:
            failures.append(error)
    for one, before, after in read:
        try:
            inherited = [then for _, then, now in read if then is not None and now is not after and _took_over(after, then, now)]
            yield Merge(one, before, after, _now(one, before, after, entries), touched(before, after, inherited, _telling))
        except BotError as error:
            failures.append(error)


def _took_over(entry: Entry, then: Entry, now: Entry) -> bool:
    name, left = entry.meta.signature, {*then.meta.threads} - {*now.meta.threads}
    return now.meta.replaced_by == name or then.meta.signature in entry.meta.aliases or not left.isdisjoint(entry.meta.threads)


def _now(one: MergedEntry, before: Entry | None, after: Entry, entries: Mapping[str, str]) -> Entry:
    try:
        return as_merged(parse(entries[one.path], one.path), before) if one.path in entries else after
    except BadEntry:
        return after  # somebody broke it since; what was merged here stands


def _before(merged: MergedEntry) -> Entry | None:
    try:
        return parse(merged.before, merged.path) if merged.before is not None else None
    except BadEntry as error:
        # Which threads are new cannot be told; to answer all of them would speak up in threads of years ago.
        raise BadEntry(f"reading what {merged.path} was before this push", error.cause, LONGER_RANGE) from error


def _telling(entry: Entry, thread: Permalink) -> Telling:
    words = reply_words.said(entry, thread)
    return Telling(words, words.recorded)
