"""Answers in the threads of alerts: posted once, corrected where they stand, and never posted anew where somebody deleted them."""

from collections.abc import Callable, Sequence

import msgspec

from bot.core.entry.entry import Entry
from bot.core.redaction.redaction import Redactor
from bot.core.request.reply_marks import marker
from bot.model import Permalink, Reply
from bot.ports import Chat
from bot.texts import progress, reply
from bot.texts.reply import About


class ThreadReplies:
    """What is said in threads. Every message is looked for by its mark before it is written; what people wrote is redacted once more."""

    def __init__(self, chat: Chat, say: Callable[[str], None]) -> None:
        self._chat, self._say = chat, say

    def answer(self, entry: Entry, thread: Permalink, about: About) -> None:
        """Answer an alert, unless it is answered; a run that broke off between two messages is finished. Raises ChatError."""
        first, *more = self._messages(entry, thread, about)
        found = self._found(thread, _names(entry))
        if found is None:
            self._chat.reply(thread, first)
        for one in more:
            if found is None or self._chat.find_reply(thread, one.marker) is None:
                self._chat.reply(thread, one)
        self._say(progress.answered(thread) if found is None else progress.answered_before(thread))

    def correct(self, before: Entry, entry: Entry, thread: Permalink, about: About) -> None:
        """Put today's words into the answer that stands in a thread. Raises ChatError."""
        messages = self._messages(entry, thread, about)
        found = self._found(thread, (*_names(entry), before.meta.signature))
        if found is None:
            self._say(progress.nothing_to_correct(thread))
            return
        name, ts = found
        self._chat.revise(thread, ts, messages[0])
        self._continue(name, thread, messages, said=len(reply.replies(before, thread, about)))
        self._say(progress.corrected(thread))

    def _continue(self, name: str, thread: Permalink, messages: Sequence[Reply], said: int) -> None:
        """The further messages. One that was said before and is gone was deleted by somebody: it stays away."""
        for part in range(2, max(len(messages), said) + 1):
            stands = self._chat.find_reply(thread, marker(name, thread, part)) if part <= said else None
            words = messages[part - 1] if part <= len(messages) else reply.folded(name, thread, part)
            if stands is not None:
                self._chat.revise(thread, stands, words)
            elif part > said:
                self._chat.reply(thread, words)

    def _found(self, thread: Permalink, names: Sequence[str]) -> tuple[str, str] | None:
        """The name under which the thread was answered, and the ts of the answer."""
        for name in dict.fromkeys(names):
            ts = self._chat.find_reply(thread, marker(name, thread))
            if ts is not None:
                return name, ts
        return None

    def _messages(self, entry: Entry, thread: Permalink, about: About) -> tuple[Reply, ...]:
        # The last door: what a person wrote into the entry is read once more. The mark is ours.
        redactor = Redactor()
        made = reply.replies(entry, thread, about)
        return tuple(msgspec.structs.replace(redactor.record(one), marker=one.marker) for one in made)


def _names(entry: Entry) -> tuple[str, ...]:
    return (entry.meta.signature, *entry.meta.aliases)
