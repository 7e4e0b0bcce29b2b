"""How the answers given at once were taken: reactions are read, and the record is written into each entry that has one."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.core.alert import permalink as permalinks
from bot.core.entry.entry import Entry, parse, path_of, render
from bot.core.entry.instant_answers import instant_answers
from bot.core.recurrence import trust
from bot.core.request.reply_marks import marker
from bot.errors import BotError, StaleBranch
from bot.model import Permalink, Revision
from bot.ports import Channels, Chat, Forge, RequestHistory, Say
from bot.texts import recall

MOST = 40
"""Answers of one entry whose reactions are read, the newest."""
LOOKED_BACK = timedelta(days=1)
TRIES = 3


class Scoring:
    """One run of the job. Everything is summed up anew, so that a second run changes nothing."""

    def __init__(self, forge: Forge, history: RequestHistory, chat: Chat, channels: Channels, say: Say) -> None:
        self._forge, self._history, self._chat, self._channels, self._say = forge, history, chat, channels, say
        self._failures: list[BotError] = []

    def score(self, entries: Mapping[str, str], now: datetime) -> tuple[BotError, ...]:
        """Commit the record of every entry of the default branch (path → text) that changed. Returns what could not be done."""
        branches = self._open(now)
        revisions = []
        for path, text in entries.items():
            try:
                made = self._scored(path, text, branches)
            except BotError as error:
                self._failures.append(error)
                continue
            revisions += [Revision(path, text, made)] if made is not None and made != text else []
        if revisions:
            self._commit(tuple(revisions))
        return tuple(self._failures)

    def _open(self, now: datetime) -> frozenset[str]:
        """Branches of open requests: most answers that were given at once wait in one."""
        try:
            return frozenset(request.branch for request in self._history.requests(now - LOOKED_BACK) if request.state == "open")
        except BotError as error:
            self._failures.append(error)
            return frozenset()

    def _scored(self, path: str, text: str, branches: frozenset[str]) -> str | None:
        if "reviewed_at" not in text:
            return None
        entry = parse(text, path)
        waiting = self._waiting(entry, path) if f"kb/{entry.meta.signature}" in branches else None
        rows = {row.identity: row.url for row in (*(instant_answers(waiting) if waiting else ()), *instant_answers(entry))}
        if not rows and not entry.meta.held and not entry.meta.failed:
            return None
        newest = sorted(rows, key=lambda identity: identity.partition("/")[2], reverse=True)[:MOST]
        failed = len(self._failures)
        reactions = {identity: said for identity in newest if (said := self._reactions(entry, rows[identity])) is not None}
        found = trust.tally(entry, reactions, waiting)
        if len(self._failures) > failed:
            # A thread that cannot be read today does not take back what was said there.
            found = trust.Tally(max(found.held, entry.meta.held), max(found.failed, entry.meta.failed))
        if (found.held, found.failed) == (entry.meta.held, entry.meta.failed):
            return None
        self._say(recall.scored(entry.meta.signature, found.held, found.failed))
        return render(trust.with_tally(entry, found))

    def _waiting(self, entry: Entry, path: str) -> Entry | None:
        text = self._forge.standing(f"kb/{entry.meta.signature}", path).text
        return parse(text, path_of(entry.meta.signature)) if text is not None else None

    def _reactions(self, entry: Entry, url: str) -> Mapping[str, int] | None:
        """On our answer in one thread; None where it is gone, and the others count on."""
        if not url.startswith("https://"):
            return None
        thread = permalinks.parse(url, (url.removeprefix("https://").partition("/")[0],))
        try:
            ts = self._answer(entry, thread)
            return self._channels.reactions(thread, ts) if ts else None
        except BotError as error:
            self._failures.append(error)
            return None

    def _answer(self, entry: Entry, thread: Permalink) -> str | None:
        names = (entry.meta.signature, *entry.meta.aliases)
        found = self._chat.find_replies(thread, [marker(name, thread) for name in names])
        return next((ts for name in names if (ts := found.get(marker(name, thread)))), None)

    def _commit(self, revisions: tuple[Revision, ...]) -> None:
        for left in reversed(range(TRIES)):
            try:
                self._forge.commit(revisions, recall.scores_message(len(revisions)))
            except StaleBranch:
                if not left:
                    # An entry was changed meanwhile: the next run sums up from what is there then.
                    self._say(recall.overtaken())
                continue
            except BotError as error:
                self._failures.append(error)
            return
