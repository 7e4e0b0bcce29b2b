"""A Slack workspace on loopback: keeps channels, threads and metadata, and refuses what Slack refuses."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.loopback import Answer, Loopback, Request

TOKEN = "xoxb-made-up"
SCOPES = ("channels:history", "groups:history", "channels:read", "groups:read", "chat:write", "reactions:write", "reactions:read")
FIRST_TS = 1765864885_835579


class Refused(Exception):
    """Slack's ok=false: an error code and what goes with it."""

    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


@dataclass
class Channel:
    """A conversation; `messages` by ts, replies among them."""

    id: str
    name: str
    private: bool = False
    member: bool = True
    archived: bool = False
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)


class FakeSlack(Loopback):
    """The Web API is at `base_url`. Every message ever sent to it is in `thread` or `channels`; every request in `requests`."""

    def __init__(self, token: str = TOKEN, scopes: tuple[str, ...] = SCOPES) -> None:
        super().__init__()
        self.token = token
        self.reset(scopes)

    def reset(self, scopes: tuple[str, ...] = SCOPES) -> None:
        """An empty workspace again, for the next test on the same port."""
        self.requests.clear()
        self.faults.clear()
        self.scopes = scopes
        self.identity = {
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "team_id": "T024BE7LD",
            "user": "errata",
            "user_id": "U0ERRATA",
            "bot_id": "B0ERRATA",
        }
        self.channels: dict[str, Channel] = {}
        self.reactions: set[tuple[str, str, str]] = set()
        self.reacted: dict[tuple[str, str, str], list[str]] = {}
        self.largest_page = 1000
        self.calls_a_minute: dict[str, int] = {}
        self._micros = FIRST_TS

    def __enter__(self) -> "FakeSlack":
        super().__enter__()
        return self

    @property
    def base_url(self) -> str:
        """For the client."""
        return f"{self.url}/api/"

    def add_channel(self, channel: str, *, private: bool = False, member: bool = True, archived: bool = False) -> Channel:
        """A channel; `post` makes public ones with the bot in them by itself."""
        self.channels[channel] = Channel(channel, channel.lower(), private, member, archived)
        return self.channels[channel]

    def post(self, channel: str, text: str = "", *, ts: str | None = None, thread_ts: str | None = None, **more: Any) -> str:
        """A message by somebody else (`blocks`, `attachments`, `files`, `metadata`, … as given); returns its ts."""
        room = self.channels.get(channel) or self.add_channel(channel)
        message = {"type": "message", "subtype": "bot_message", "bot_id": "B0ALERTS", "text": text, **more}
        return self._keep(room, message, ts, thread_ts)

    def go_on_at(self, time: datetime) -> None:
        """Slack's clock: what is posted next is later than this, whoever posts it."""
        self._micros = max(self._micros, int(time.timestamp()) * 1_000_000)

    def react(self, channel: str, ts: str, name: str, *users: str) -> None:
        """Reactions by people: `channel`, `ts` of the message, the reaction's name, and the ids of those who chose it."""
        self.reacted.setdefault((channel, ts, name), []).extend(users)

    def delete(self, channel: str, ts: str) -> None:
        """As Slack does: a parent with replies leaves a tombstone, anything else nothing."""
        if len(self.thread(channel, ts)) > 1:
            self.channels[channel].messages[ts] = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "ts": ts, "thread_ts": ts}
        else:
            del self.channels[channel].messages[ts]

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """The parent and its replies, metadata and all, oldest first."""
        messages = self.channels[channel].messages.values()
        return sorted((message for message in messages if ts in (message["ts"], message.get("thread_ts"))), key=lambda message: str(message["ts"]))

    def permalink(self, channel: str, ts: str) -> str:
        """The link that Copy link gives."""
        thread_ts = self.channels[channel].messages[ts].get("thread_ts", ts)
        link = f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}"
        return link if thread_ts == ts else f"{link}?thread_ts={thread_ts}&cid={channel}"

    def calls(self, method: str = "") -> list[Request]:
        """The requests to one method, or to all."""
        return [request for request in self.requests if not method or request.path == f"/api/{method}"]

    def to(self, method: str) -> Callable[[Request], bool]:
        """For `fail`: the requests to one method."""
        return lambda request: request.path == f"/api/{method}"

    def throttle(self, method: str, seconds: str = "1", times: int = 1) -> None:
        """429 with Retry-After for the next calls."""
        self.fail(self.to(method), Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": seconds}), times=times)

    def lose_answer(self, method: str, times: int = 1) -> None:
        """The next calls take effect, and the connection closes without an answer."""
        self.fail(self.to(method), Answer(cut=True), times=times, after=True)

    def refuse(self, method: str, code: str, *, after: bool = False, times: int = 1, **more: str) -> None:
        """An error code for the next calls; with `after` they take effect all the same."""
        self.fail(self.to(method), Answer(200, {"ok": False, "error": code, **more}), times=times, after=after)

    def sell(self) -> None:
        """From now on the app is one that is distributed outside the Marketplace: 15 messages a page, one call a minute (2025-05-29)."""
        self.largest_page = 15
        self.calls_a_minute = {"/api/conversations.history": 1, "/api/conversations.replies": 1}

    def answer(self, request: Request) -> Answer:
        """One Web API call."""
        methods = {
            "/api/auth.test": self._auth_test,
            "/api/conversations.history": self._history,
            "/api/conversations.replies": self._replies,
            "/api/conversations.info": self._info,
            "/api/chat.postMessage": self._post_message,
            "/api/chat.update": self._update_message,
            "/api/chat.getPermalink": self._get_permalink,
            "/api/reactions.add": self._add_reaction,
            "/api/reactions.get": self._get_reactions,
        }
        try:
            if request.path not in methods:
                raise Refused("unknown_method")
            if request.headers.get("authorization") != f"Bearer {self.token}":
                raise Refused("invalid_auth")
            if request.path in self.calls_a_minute:
                self.calls_a_minute[request.path] -= 1
                if self.calls_a_minute[request.path] < 0:
                    return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "60"})
            return Answer(200, {"ok": True, **methods[request.path](_arguments(request))}, {"X-OAuth-Scopes": ",".join(self.scopes)})
        except Refused as refused:
            return Answer(200, refused.body)

    def _auth_test(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return dict(self.identity)

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        room = self._room(arguments, "history")
        parents = [message for message in room.messages.values() if message.get("thread_ts", message["ts"]) == message["ts"]]
        parents = [self._with_reactions(room, message) for message in parents]
        found = sorted(_within(parents, arguments), key=lambda message: str(message["ts"]), reverse=True)
        return _page(found, arguments, 100, self.largest_page)

    def _replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        room = self._room(arguments, "history")
        named = room.messages.get(str(arguments.get("ts")))
        if named is None:
            raise Refused("thread_not_found")
        parent, *replies = self.thread(room.id, named.get("thread_ts", named["ts"]))
        return _page([parent, *_within(replies, arguments)], arguments, 1000, self.largest_page)

    def _info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        room = self._room(arguments, "read", member=False)
        return {"channel": {"id": room.id, "name": room.name, "is_member": room.member, "is_private": room.private, "is_archived": room.archived}}

    def _get_permalink(self, arguments: dict[str, Any]) -> dict[str, Any]:
        room = self._known(arguments)
        if arguments.get("message_ts") not in room.messages:
            raise Refused("message_not_found")
        return {"channel": room.id, "permalink": self.permalink(room.id, arguments["message_ts"])}

    def _add_reaction(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._scope("reactions:write")
        room = self._known(arguments)
        reaction = (room.id, str(arguments.get("timestamp")), str(arguments.get("name")))
        if reaction[1] not in room.messages:
            raise Refused("message_not_found")
        if reaction in self.reactions:
            raise Refused("already_reacted")
        self.reactions.add(reaction)
        return {}

    def _get_reactions(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._scope("reactions:read")
        room = self._known(arguments)
        message = room.messages.get(str(arguments.get("timestamp")))
        if message is None:
            raise Refused("message_not_found")
        return {"type": "message", "channel": room.id, "message": self._with_reactions(room, _without_metadata(message))}

    def _with_reactions(self, room: Channel, message: dict[str, Any]) -> dict[str, Any]:
        """As Slack shows them, with the ids of those who chose each."""
        chosen = {name: list(users) for (channel, ts, name), users in self.reacted.items() if (channel, ts) == (room.id, message["ts"])}
        for name in sorted(name for channel, ts, name in self.reactions if (channel, ts) == (room.id, message["ts"])):
            chosen.setdefault(name, []).append(str(self.identity["user_id"]))
        shown = [{"name": name, "users": users, "count": len(users)} for name, users in chosen.items()]
        return {**message, **({"reactions": shown} if shown else {})}

    def _post_message(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._scope("chat:write")
        room = self._known(arguments)
        if not room.member:
            raise Refused("not_in_channel")
        if room.archived:
            raise Refused("is_archived")
        blocks, text, metadata = _said(arguments, 40_000)
        thread_ts = arguments.get("thread_ts")
        if thread_ts is not None and room.messages.get(thread_ts, {}).get("thread_ts", thread_ts if thread_ts in room.messages else None) != thread_ts:
            raise Refused("thread_not_found")
        message = {"type": "message", "bot_id": self.identity.get("bot_id"), "user": self.identity["user_id"], "text": text, "blocks": blocks}
        ts = self._keep(room, message | ({"metadata": metadata} if metadata else {}), None, thread_ts)
        return {"channel": room.id, "ts": ts, "message": _without_metadata(room.messages[ts])}

    def _update_message(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """chat.update: only the app's own messages; blocks and metadata that are not sent stay as they were."""
        self._scope("chat:write")
        room = self._known(arguments)
        message = room.messages.get(str(arguments.get("ts")))
        if message is None or message.get("subtype") == "tombstone":
            raise Refused("message_not_found")
        if room.archived:
            raise Refused("is_archived")
        if message.get("user") != self.identity["user_id"]:
            raise Refused("cant_update_message")
        blocks, text, metadata = _said(arguments, 4_000)
        message.update(text=text, edited={"user": self.identity["user_id"], "ts": message["ts"]})
        message.update(({"blocks": blocks} if "blocks" in arguments else {}) | ({"metadata": metadata} if metadata is not None else {}))
        return {"channel": room.id, "ts": message["ts"], "text": text}

    def _keep(self, room: Channel, message: dict[str, Any], ts: str | None, thread_ts: str | None) -> str:
        if ts is None:
            self._micros += 1_000_001
            ts = f"{self._micros // 1_000_000}.{self._micros % 1_000_000:06}"
        # Slack's clock runs on: what is posted next is later than what stands there.
        self._micros = max(self._micros, int(ts.replace(".", "")))
        room.messages[ts] = message | {"ts": ts} | ({"thread_ts": thread_ts} if thread_ts else {})
        if thread_ts:
            parent = room.messages[thread_ts]
            who = list(dict.fromkeys([*parent.get("reply_users", ()), message.get("user") or message.get("bot_id") or "B0ALERTS"]))
            # Slack names five of those who answered, and counts them all.
            parent.update(thread_ts=thread_ts, reply_count=parent.get("reply_count", 0) + 1, reply_users=who[:5], reply_users_count=len(who), latest_reply=ts)
        return ts

    def _known(self, arguments: dict[str, Any]) -> Channel:
        room = self.channels.get(str(arguments.get("channel")))
        if room is None or (room.private and not room.member):
            raise Refused("channel_not_found")
        return room

    def _room(self, arguments: dict[str, Any], scope: str, *, member: bool = True) -> Channel:
        room = self._known(arguments)
        self._scope(f"{'groups' if room.private else 'channels'}:{scope}")
        if member and not room.member:
            raise Refused("not_in_channel")
        return room

    def _scope(self, needed: str) -> None:
        if needed not in self.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(self.scopes))


def _arguments(request: Request) -> dict[str, Any]:
    if request.body and request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(request.body))
    return {**request.query, **(request.form if request.body else {})}


def _said(arguments: dict[str, Any], longest: int) -> tuple[list[dict[str, Any]], str, dict[str, Any] | None]:
    """Blocks, text and metadata of a message, refused where Slack refuses them."""
    blocks, text, metadata = arguments.get("blocks") or [], str(arguments.get("text") or ""), arguments.get("metadata")
    _check_blocks(blocks)
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > longest:
        raise Refused("msg_too_long")
    if metadata is not None and not (isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)):
        raise Refused("invalid_metadata_format")
    return blocks, text, metadata


def _within(messages: list[dict[str, Any]], arguments: dict[str, Any]) -> list[dict[str, Any]]:
    oldest, latest = str(arguments.get("oldest", "0")), str(arguments.get("latest", "9999999999.999999"))
    edges = {oldest, latest} if arguments.get("inclusive") in ("1", "true", True) else set()
    return [message for message in messages if oldest < message["ts"] < latest or message["ts"] in edges]


def _page(messages: list[dict[str, Any]], arguments: dict[str, Any], default: int, largest: int) -> dict[str, Any]:
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or default)
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    limit = min(limit, largest)
    chosen, more = messages[start : start + limit], start + limit < len(messages)
    if arguments.get("include_all_metadata") not in ("1", "true", True):
        chosen = [_without_metadata(message) for message in chosen]
    return {"messages": chosen, "has_more": more, "response_metadata": {"next_cursor": str(start + limit) if more else ""}}


def _without_metadata(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key != "metadata"}


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if len(blocks) > 50 or not all(_is_valid(block) for block in blocks):
        raise Refused("invalid_blocks")
    if sum(len(text) for block in blocks for text in _texts(block)) > 13_200:
        raise Refused("msg_blocks_too_long")


def _is_valid(block: dict[str, Any]) -> bool:
    """The limits of the kinds that the bot uses (docs.slack.dev, block kit)."""
    longest = {
        "section": 3000,
        "header": 150,
        "context": 3000,
        "actions": 75,
        "markdown": 12_000,
        "divider": 0,
        "rich_text": 13_200,
        "image": 2000,
        "table": 10_000,
    }
    kind = block.get("type")
    if kind not in longest or any(len(text) > longest[kind] for text in _texts(block)):
        return False
    if kind in ("section", "header", "markdown") and not (list(_texts(block)) or block.get("fields")):
        return False
    many = {"context": 10, "actions": 25}.get(kind, 50)
    return len(block.get("elements", ())) <= many and len(block.get("fields", ())) <= 10 and len(str(block.get("block_id", ""))) <= 255


def _texts(node: Any) -> list[str]:
    """Every `text` and `alt_text` below a node."""
    if isinstance(node, list):
        return [text for item in node for text in _texts(item)]
    if not isinstance(node, dict):
        return []
    own = [value for key, value in node.items() if key in ("text", "alt_text") and isinstance(value, str) and value]
    return own + [text for value in node.values() for text in _texts(value)]
