"""What people answered below a message: their words without their names, those that tell what was found or done before the rest."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.core.alert.slack_message import collect
from bot.core.plain_text.plain_text import cut, visible
from bot.model import Record
from bot.regex import regex

MOST_ANSWERS = 8
MOST_CHARACTERS = 2_400
_LONGEST = 600
_MOST_LINKS = 3
_WHO = "a person"
_TS = regex(r"[1-9][0-9]{9}\.[0-9]{6}")
_BY_PEOPLE = (None, "thread_broadcast", "file_share", "me_message")
_MENTION = regex(r"<@([A-Z0-9]{2,30})\|[^<>]{0,200}>")
_NAMES = ("real_name", "display_name", "first_name", "name")
_TELLING = regex(
    r"\b(?:fix(?:ed|es|ing)?|hotfix\w{0,5}|resolv\w{1,5}|solved|caus(?:e|ed|ing)|because|due to|turn(?:s|ed) out|roll(?:ed|ing)?[ -]?back|revert\w{0,5}"
    r"|(?:re)?start(?:ed|ing)|re-?deploy\w{0,6}|deployed|scal(?:ed|ing)|increas\w{1,4}|bump\w{0,4}|raised|lowered|disabl\w{1,4}|enabl\w{1,4}|clear(?:ed|ing)"
    r"|flush\w{0,4}|delet\w{1,4}|remov\w{1,4}|killed|patch\w{0,4}|merg\w{1,4}|work-?around|mitigat\w{1,5}|false alarm|known issue|expected|not ours|outage"
    r"|maintenance|migrat\w{1,5}|expired|rotated|renewed|reset|upgrad\w{1,4}|downgrad\w{1,4}|pinned|missing|wrong|switched"
    r"|turned o(?:n|ff))\b|/pull/\d|#\d{1,7}\b",
    re.IGNORECASE,
)


class Answer(Record, frozen=True):
    """One answer of a person, with what it links to and its text does not show."""

    time: datetime
    words: str


def answers(messages: Iterable[Mapping[str, object]], parent_ts: str) -> tuple[Answer, ...]:
    """The answers of people in the thread of `parent_ts`, oldest first, from raw messages of Slack. What apps posted is left out, empty words too."""
    thread = [message for message in messages if _ts(message)]
    names = _names_of(thread)
    found = (_answer(message, names) for message in thread if _ts(message) != parent_ts and is_by_a_person(message))
    return tuple(sorted((answer for answer in found if answer.words), key=lambda answer: answer.time))


def is_by_a_person(message: Mapping[str, object]) -> bool:
    """No app, and no notice of Slack's own (joined, renamed, deleted)."""
    return not message.get("bot_id") and not message.get("app_id") and message.get("subtype") in _BY_PEOPLE


def quoted(found: Sequence[Answer], posted: datetime) -> str:
    """The answers as they are shown, each with how long after the message it came; what is left out is counted."""
    kept = _kept(found)
    lines = [f'{_WHO}, {span(answer.time - posted)} later: "{_indented(answer.words)}"' for answer in kept]
    left = len(found) - len(kept)
    return "\n".join([*lines, *([f"({left} more answer{'s' if left > 1 else ''} not shown)"] if left else [])])


def span(length: timedelta) -> str:
    """`3 minutes`, `5 hours`, `16 days`."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 120:
        return "less than a minute" if minutes < 1 else f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"


def _kept(found: Sequence[Answer]) -> list[Answer]:
    """The telling ones from the last on, since the end of a thread says how it ended; then the last of the others; in order of time."""
    telling = [answer for answer in found if _TELLING.search(answer.words)]
    others = [answer for answer in found if answer not in telling]
    room, kept = MOST_CHARACTERS, list[Answer]()
    for answer in (*reversed(telling), *reversed(others)):
        if len(kept) < MOST_ANSWERS and len(answer.words) <= room:
            kept.append(answer)
            room -= len(answer.words)
    return [answer for answer in found if answer in kept]


def _answer(message: Mapping[str, object], names: re.Pattern[str] | None) -> Answer:
    """From the text alone where there is one: previews of links are not a person's words."""
    own = message.get("text")
    said = (
        {"text": _MENTION.sub(r"<@\1>", own[:40_000])}
        if isinstance(own, str) and own.strip()
        else {"blocks": message.get("blocks"), "files": message.get("files")}
    )
    text, links = collect(said)
    words = visible(text).strip()
    words = names.sub(_WHO, words) if names else words
    hidden = [link for link in links if link not in text][:_MOST_LINKS]
    return Answer(_time(_ts(message)), " ".join([cut(words, _LONGEST), *(f"({cut(link, 200)})" for link in hidden)]).strip())


def _names_of(thread: Iterable[Mapping[str, object]]) -> re.Pattern[str] | None:
    """The names of those who speak there, where Slack tells them."""
    profiles = (profile for message in thread if isinstance(profile := message.get("user_profile"), Mapping))
    told = {str(name).strip() for profile in profiles for key in _NAMES if isinstance(name := profile.get(key), str)}
    names = sorted((name for name in told if 3 <= len(name) <= 80), key=len, reverse=True)[:100]
    return re.compile(rf"(?<!\w)@?(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE) if names else None


def _indented(words: str) -> str:
    return "\n  ".join(_lines(words))


def _lines(words: str) -> Iterator[str]:
    return (line.rstrip() for line in words.splitlines() if line.strip())


def _ts(message: Mapping[str, object]) -> str:
    ts = message.get("ts")
    return ts if isinstance(ts, str) and _TS.fullmatch(ts) else ""


def _time(ts: str) -> datetime:
    seconds, micros = ts.split(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros))
