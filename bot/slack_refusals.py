"""What Slack's error codes mean and what to do about each: the one table."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from bot.errors import BotError, ChatError
from bot.regex import regex

THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

# Slack may have done its half before it answered these: look before doing it again.
UNCLEAR = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})

# Refused for what this message is or bears: another one of the channel may be taken (docs.slack.dev, reactions.add).
OF_ONE_MESSAGE = frozenset(
    {
        "bad_timestamp",
        "message_not_found",
        "not_reactable",
        "restricted_action_thread_locked",
        "thread_locked",
        "thread_not_found",
        "too_many_emoji",
        "too_many_reactions",
    }
)

_CODE = regex(r"[a-z0-9_]{1,80}")
_SCOPE = regex(r"[a-z:._, -]{1,200}")
_TOKEN_REMEDY = "copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of your app at https://api.slack.com/apps into SLACK_BOT_TOKEN"  # noqa: S105 - advice
_INVITE = "run `/invite @bot` (with your app's name) in the channel"
_LATER = "run it again in a few minutes; see https://slack-status.com"
_UNLOCK = "ask a workspace admin to let the app post there, or answer by hand"
_BY_HAND = "take a reaction off it, or have it diagnosed by hand: `bot diagnose <link>`"
_REPORT = "report it with the link of the message; meanwhile answer by hand"


E = TypeVar("E", bound=BotError)


class Meaning(NamedTuple):
    """A code in words. Both may name `{channel}`, `{needed}` and `{provided}`."""

    cause: str
    remedy: str


MEANINGS: dict[str, Meaning] = {
    "channel_not_found": Meaning(
        "Slack knows no channel {channel} for this bot: another workspace's, or a private channel that the bot is not in",
        f"check the link; if the channel is private, {_INVITE}",
    ),
    "not_in_channel": Meaning("the bot is not in the channel {channel}", _INVITE),
    "is_archived": Meaning("the channel {channel} is archived", "unarchive the channel, or answer where the team talks now"),
    "thread_not_found": Meaning("the message is gone, or was never there", "check the link: open it, and choose Copy link in the message's menu"),
    "message_not_found": Meaning("the message is gone, or was never there", "check the link: open it, and choose Copy link in the message's menu"),
    "missing_scope": Meaning(
        "the token lacks the scope {needed}",
        "add {needed} under OAuth & Permissions of your app at https://api.slack.com/apps, then reinstall the app to the workspace",
    ),
    "not_authed": Meaning("no token was sent", f"set SLACK_BOT_TOKEN: {_TOKEN_REMEDY}"),
    "invalid_auth": Meaning("Slack does not know the token", _TOKEN_REMEDY),
    "token_revoked": Meaning("the token was revoked", f"reinstall the app, then {_TOKEN_REMEDY}"),
    "token_expired": Meaning("the token has expired", f"turn token rotation off for the app or renew the token, then {_TOKEN_REMEDY}"),
    "account_inactive": Meaning("the bot's account was deactivated", f"have a workspace admin enable the app, then {_TOKEN_REMEDY}"),
    "not_allowed_token_type": Meaning("this kind of token may not do that", _TOKEN_REMEDY),
    "ekm_access_denied": Meaning("the workspace's key management denies access", "ask a workspace admin to lift the suspension (Enterprise Key Management)"),
    "team_access_not_granted": Meaning("the app was not granted this workspace", "ask an organisation admin to add the app to the workspace"),
    "access_denied": Meaning("Slack denies access", _UNLOCK),
    "org_login_required": Meaning("the workspace is moving to an organisation", "wait until the migration is over, then run it again"),
    "team_added_to_org": Meaning("the workspace is moving to an organisation", "wait until the migration is over, then run it again"),
    "restricted_action": Meaning("the workspace's settings do not let the bot post there", _UNLOCK),
    "restricted_action_read_only_channel": Meaning("the channel {channel} is read-only", _UNLOCK),
    "restricted_action_thread_only_channel": Meaning("the channel {channel} takes posts in threads only", _UNLOCK),
    "restricted_action_non_threadable_channel": Meaning("the channel {channel} takes no threads", _UNLOCK),
    "restricted_action_thread_locked": Meaning("the thread is locked", "unlock the thread, or answer by hand"),
    "thread_locked": Meaning("the thread is locked", "unlock the thread, or answer by hand"),
    "not_reactable": Meaning("the message takes no reactions", _BY_HAND),
    "too_many_emoji": Meaning("the message bears as many different reactions as Slack allows", _BY_HAND),
    "too_many_reactions": Meaning("the message bears as many reactions of the bot as Slack allows", _BY_HAND),
    "msg_too_long": Meaning("the answer is longer than Slack takes", _REPORT),
    "msg_blocks_too_long": Meaning("the answer's blocks are longer than Slack takes", _REPORT),
    "cant_update_message": Meaning("the message is not the bot's own any more", "answer by hand; was the app installed anew under another identity?"),
    "edit_window_closed": Meaning("the workspace's settings no longer let the message be edited", "ask a workspace admin, or correct the thread by hand"),
    "no_text": Meaning("the answer is empty", _REPORT),
    "invalid_blocks": Meaning("Slack does not take the answer's blocks", _REPORT),
    "invalid_blocks_format": Meaning("Slack does not take the answer's blocks", _REPORT),
    "invalid_metadata_format": Meaning("Slack does not take the answer's metadata", _REPORT),
    "invalid_metadata_schema": Meaning("Slack does not take the answer's metadata", _REPORT),
    "metadata_too_large": Meaning("the answer's metadata is larger than Slack takes", _REPORT),
    "metadata_must_be_sent_from_app": Meaning("only an app's own token may send metadata", _TOKEN_REMEDY),
    "internal_error": Meaning("Slack had an error of its own", _LATER),
    "fatal_error": Meaning("Slack had an error of its own", _LATER),
    "service_unavailable": Meaning("Slack is down for now", _LATER),
    "request_timeout": Meaning("Slack took too long", _LATER),
}
for _throttle in THROTTLED:
    MEANINGS[_throttle] = Meaning("Slack asks to slow down for longer than we wait", "run it again in a few minutes")


class Failure(Exception, ABC):
    """A call without a good answer. `unclear`: it may have taken effect. `late`: it may yet."""

    unclear = False
    late = False

    def told(self, doing: str, channel: str = "") -> ChatError:
        """The error of a chat, for a person; `channel` is the id of the one it was about."""
        return self.told_as(ChatError, doing, channel)

    @abstractmethod
    def told_as(self, kind: type[E], doing: str, channel: str = "") -> E:
        """The same as an error of another kind."""


class Lost(Failure):
    """No answer came back, or none that Slack would give."""

    unclear = True

    def __init__(self, reason: str, late: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.late = late

    def told_as(self, kind: type[E], doing: str, channel: str = "") -> E:  # noqa: ARG002 - the channel has no part in it
        """The error for a person."""
        return kind(
            doing, f"Slack did not answer: {self.reason}", "check the network, HTTPS_PROXY, SLACK_API_URL and https://slack-status.com, then run it again"
        )


class Refusal(Failure):
    """Slack's answer was no. `code` is Slack's own, or `unknown`."""

    def __init__(self, code: str, status: int, needed: str = "", provided: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.needed = needed
        self.provided = provided
        self.unclear = code in UNCLEAR or status >= 500 or (code, status) == ("unknown", 200)

    def told_as(self, kind: type[E], doing: str, channel: str = "") -> E:
        """The error for a person."""
        meaning = MEANINGS.get(self.code) or self._unlisted()
        names = {"channel": channel or "asked for", "needed": self.needed or "that this call needs", "provided": self.provided}
        return kind(doing, meaning.cause.format_map(names), meaning.remedy.format_map(names))

    def _unlisted(self) -> Meaning:
        if self.status >= 500:
            return Meaning(f"Slack answered with HTTP {self.status}", _LATER)
        if self.code == "unknown":
            return Meaning(f"the answer (HTTP {self.status}) was not Slack's", "check SLACK_API_URL and the proxy between here and Slack")
        return Meaning(f"Slack answered `{self.code}`", f"look `{self.code}` up at https://docs.slack.dev/reference/methods")


def refusal(status: int, answer: Mapping[str, object]) -> Refusal:
    """From an answer's status and body; nothing of the body but codes and scope names is kept."""
    code, needed, provided = (answer.get(key) for key in ("error", "needed", "provided"))
    return Refusal(
        code if isinstance(code, str) and _CODE.fullmatch(code) else "unknown",
        status,
        needed if isinstance(needed, str) and _SCOPE.fullmatch(needed) else "",
        provided if isinstance(provided, str) and _SCOPE.fullmatch(provided) else "",
    )
