"""The tracking issue of a merged entry: found, opened, or opened again, as the policy says; never opened twice."""

from collections.abc import Callable, Sequence

import msgspec

from bot.config import Configuration
from bot.core.entry.entry import Entry
from bot.core.entry.times import iso
from bot.core.redaction.redaction import Redactor
from bot.core.request import tracking
from bot.model import IssueDraft, MergedEntry, Permalink, TrackingIssue
from bot.ports import Say, Tracker
from bot.texts import issue, progress


class Tracking:
    """What is asked of one tracker. `address` gives where an entry is read."""

    def __init__(self, tracker: Tracker | None, configuration: Configuration, address: Callable[[str], str], say: Say) -> None:
        self._tracker, self._configuration, self._address, self._say = tracker, configuration, address, say

    def issue(self, entry: Entry, merged: MergedEntry, threads: Sequence[Permalink]) -> TrackingIssue | None:
        """The issue of an entry that has new threads; without a reason to track it, the one that it names. Raises TrackerError.

        `entry` is as it stands now, which may be later than it was merged.
        """
        meta = entry.meta
        latest = iso(max(thread.time for thread in threads))
        reason = tracking.reason(meta, self._configuration.tracking, latest)
        named = issue.named(meta.tracking_issue)
        if self._tracker is None or reason is None:
            return named
        found = self._tracker.find(meta.signature, *meta.aliases)
        if found is not None and (found.open or self._stays_closed(found, latest)):
            return found
        if found is not None:
            return self._again(self._tracker, found, reason, self._draft(entry, merged, reason, found), threads)
        if named is not None and not self._tracker.keeps(named.url):
            return named  # a person tracks it somewhere else
        if named is not None:
            self._say(progress.issue_gone(named.url))
        opened = self._tracker.open(self._draft(entry, merged, reason, named))
        self._say(progress.tracked(opened, reason))
        return opened

    def _stays_closed(self, found: TrackingIssue, latest: str) -> bool:
        if found.declined:
            self._say(progress.not_reopened(found))
            return True
        # Merged late, published again: what happened before the work was done does not say that it came back.
        since = found.completed is not None and latest <= iso(found.completed)
        if since:
            self._say(progress.completed_since(found))
        return since

    def _again(self, tracker: Tracker, found: TrackingIssue, reason: str, draft: IssueDraft, threads: Sequence[Permalink]) -> TrackingIssue:
        opened = tracker.reopen(found, issue.came_back(draft, reason, threads))
        self._say(progress.reopened(opened, reason))
        return opened

    def _draft(self, entry: Entry, merged: MergedEntry, reason: str, earlier: TrackingIssue | None) -> IssueDraft:
        row = self._configuration.severities.of(entry.meta.severity)
        around = issue.About(self._address(merged.path), merged.pull_request, earlier, row.response_time, row.escalation)
        # The last door: what a person wrote into the entry is read once more. Names and marks are not words.
        made = issue.draft(entry, reason, around)
        owners = entry.meta.owners if self._configuration.tracking.assign else ()
        return msgspec.structs.replace(Redactor().record(made), marker=made.marker, owners=owners)
