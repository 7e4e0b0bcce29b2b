"""Answers in the threads of alerts: posted once, corrected where they stand, and never posted anew where somebody deleted them."""

from collections.abc import Sequence

import msgspec

from bot.core.entry.entry import Entry
from bot.core.redaction.redaction import Redactor
from bot.core.request.reply_marks import marker
from bot.model import Permalink, Reply
from bot.ports import Chat, Say
from bot.texts import progress, reply
from bot.texts.reply import About


class ThreadReplies:
    """What is said in threads. Every message is looked for by its mark before it is written; what people wrote is redacted once more."""

    def __init__(self, chat: Chat, say: Say) -> None:
        self._chat, self._say = chat, say

    def answer(self, entry: Entry, thread: Permalink, about: About) -> None:
        """Answer an alert, unless it is answered; a run that broke off between two messages is finished. Raises ChatError."""
        self.post(entry, thread, self._messages(entry, thread, about))

    def post(self, entry: Entry, thread: Permalink, messages: Sequence[Reply]) -> None:
        """As `answer`, in words that are made already. Raises ChatError."""
        first, *more = messages
        names = [marker(name, thread) for name in _names(entry)]
        stand = self._chat.find_replies(thread, [*names, *(one.marker for one in more)])
        is_answered = not stand.keys().isdisjoint(names)
        if not is_answered:
            self._chat.reply(thread, first)
        for one in more:
            if not is_answered or one.marker not in stand:
                self._chat.reply(thread, one)
        self._say(progress.answered_before(thread) if is_answered else progress.answered(thread))

    def correct(self, before: Entry, entry: Entry, thread: Permalink, about: About) -> None:
        """Put today's words into the answer that stands in a thread. Raises ChatError."""
        messages = self._messages(entry, thread, about)
        names = tuple(dict.fromkeys((*_names(entry), before.meta.signature)))
        said = len(reply.replies(before, thread, about))
        stand = self._chat.find_replies(thread, [marker(name, thread, part) for name in names for part in range(1, said + 1)])
        name = next((name for name in names if marker(name, thread) in stand), None)
        if name is None:
            self._say(progress.nothing_to_correct(thread))
            return
        for part in range(1, max(len(messages), said) + 1):
            words = messages[part - 1] if part <= len(messages) else reply.folded(name, thread, part)
            if ts := stand.get(marker(name, thread, part)):
                self._chat.revise(thread, ts, words)
            elif part > said:  # one that was said before and is gone was deleted by somebody: it stays away
                self._chat.reply(thread, words)
        self._say(progress.corrected(thread))

    def _messages(self, entry: Entry, thread: Permalink, about: About) -> tuple[Reply, ...]:
        # The last door: what a person wrote into the entry is read once more. The mark is ours.
        redactor = Redactor()
        made = reply.replies(entry, thread, about)
        return tuple(msgspec.structs.replace(redactor.record(one), marker=one.marker) for one in made)


def _names(entry: Entry) -> tuple[str, ...]:
    return (entry.meta.signature, *entry.meta.aliases)
