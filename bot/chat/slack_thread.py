"""Reads all that was said in a Slack thread: for a post-mortem, which quotes people without naming them."""

import time
from collections.abc import Callable
from itertools import islice

from bot.config import Secret
from bot.core.alert.thread_words import MOST, ThreadWords, spoken
from bot.model import Permalink
from bot.slack_client import REPLY_EVENT, SlackWeb, messages
from bot.slack_refusals import Failure

_PAGES = 5


class SlackThreads:
    """A ThreadReader on one bot token."""

    def __init__(self, token: Secret, base_url: str, sleep: Callable[[float], None] = time.sleep, *, timeout: int = 30) -> None:
        self._web = SlackWeb(token, base_url, sleep, timeout)

    def said(self, thread: Permalink) -> ThreadWords:
        """See `ThreadReader.said`. An archived channel can still be read; a deleted parent leaves its replies."""
        where = {"channel": thread.channel, "ts": thread.parent_ts}
        try:
            pages = self._web.pages("conversations.replies", _PAGES, **where, include_all_metadata=True)
            raw = list(islice((message for answer in pages for message in messages(answer)), MOST + 1))
        except Failure as failure:
            raise failure.told(f"reading the Slack thread {thread.url}", thread.channel) from None
        ours = {str(message.get("ts")): _marked(message.get("metadata")) for message in raw}
        said = tuple(spoken(raw, thread.parent_ts, ours))
        missing = f"only its first {MOST} messages were read" if len(raw) > MOST else ""
        return ThreadWords(thread.url, said[:MOST], missing)


def _marked(metadata: object) -> bool:
    return isinstance(metadata, dict) and metadata.get("event_type") == REPLY_EVENT
