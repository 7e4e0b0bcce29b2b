"""An alert that a reviewed entry answers is answered in its thread at once: in the words that were reviewed, under the same mark as after a merge."""

from collections.abc import Callable, Mapping

import msgspec

from bot.core.entry.entry import Entry, path_of
from bot.core.recurrence.reviewed_text import ReviewedText, read
from bot.core.redaction.redaction import Redactor
from bot.core.request.reply_marks import marker
from bot.errors import BotError
from bot.jobs.counting import recalled_of
from bot.jobs.proposal_directory import Proposed
from bot.jobs.recall import Recollection, settled
from bot.jobs.thread_replies import ThreadReplies
from bot.model import Permalink, Reply
from bot.ports import Chat, Say
from bot.texts import recall, reply


class Answering:
    """One run of the job. `response_times` are those of the severities, `entry_url` says where people read an entry."""

    def __init__(self, chat: Chat, recollection: Recollection, entry_url: Callable[[str], str], response_times: Mapping[str, str], say: Say) -> None:
        self._chat, self._recollection, self._say = chat, recollection, say
        self._replies = ThreadReplies(chat, say)
        self._entry_url, self._response_times = entry_url, response_times

    def answer(self, proposed: tuple[Proposed, ...], thread: Permalink, also: tuple[Permalink, ...] = ()) -> tuple[BotError, ...]:
        """Answer each case that claims a fitting entry, and has one on the default branch, in `thread`; and in those threads of `also` that the
        directory says to be of the same error. In no other, whatever the directory names.

        What does not fit any more is left to the pull request. Returns what could not be done.
        """
        failures = []
        for claimed in proposed:
            entry = self._entry(claimed, thread) if recalled_of(claimed) is not None else None
            if entry is None:
                continue
            named = {place.identity for place in claimed.also}
            for place in (thread, *(one for one in also if one.identity in named)):
                try:
                    self._answered(entry, place)
                except BotError as error:
                    failures.append(error)
        return tuple(failures)

    def _entry(self, claimed: Proposed, thread: Permalink) -> Entry | None:
        """The entry that answers; None for a claim about another thread, or one that does not fit any more."""
        posted = claimed.case.alert.permalink
        if not posted.in_chat or posted.identity != thread.identity:
            self._say(recall.foreign(posted.url, thread.url))
            return None
        recalled = recalled_of(settled(claimed, self._recollection))
        if recalled is None:
            self._say(recall.instead(claimed.case.signature.name))
            return None
        return self._recollection.library.entries[recalled.signature]

    def _answered(self, entry: Entry, place: Permalink) -> None:
        # Where the thread is, Slack says; the directory's word for it would do no harm and is not needed.
        here = self._chat.read(place).permalink
        self._replies.post(entry, here, self._messages(entry, here))

    def _messages(self, entry: Entry, place: Permalink) -> tuple[Reply, ...]:
        """The summary that people reviewed; the newest diagnosis where they changed that one and left the summary."""
        meta, reviewed = entry.meta, read(entry)
        told_by = _told_by(reviewed)
        line = recall.answered_line(meta, self._response_times[meta.severity])
        opening = "" if told_by else recall.answered_headline(meta, reviewed.verdict)
        about = reply.About(self._entry_url(path_of(meta.signature)), at_once=True, corrected=line, opening=opening)
        redactor = Redactor()
        made = reply.replies(entry, told_by or place, about)
        marks = [marker(entry.meta.signature, place, part) for part in range(1, len(made) + 1)]
        return tuple(msgspec.structs.replace(redactor.record(one), marker=mark) for one, mark in zip(made, marks, strict=True))


def _told_by(reviewed: ReviewedText) -> Permalink | None:
    """Whose thread was told the words that count now; None for the summary."""
    channel, _, ts = reviewed.edited.partition("/")
    return Permalink("slack.com", channel, ts) if channel and ts else None
