"""Every form of link to a Slack message becomes one Permalink; anything else is refused."""

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bot.core.alert import place as alert_place
from bot.core.plain_text.plain_text import one_line
from bot.errors import BadLink
from bot.model import Permalink
from bot.regex import regex

EXAMPLE = "https://acme.slack.com/archives/C024BE91L/p1765864885835579"

_SUFFIXES = ("slack.com", "slack-gov.com")
_LONGEST = 2000
_PRINTABLE = regex(r"[\x21-\x7e]+")
_WRAPPED = regex(r"<([^<>|]+)(?:\|[^<>]*)?>")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = regex(rf"{_LABEL}(?:\.{_LABEL})*")
# Slack promises no length for ids, only their alphabet and first letter: C channel, G older private channel, D direct message.
_CHANNEL = r"[CGD][A-Z0-9]{2,20}"
_TEAM = r"[TE][A-Z0-9]{2,20}"
_ARCHIVES = regex(rf"/archives/(?P<channel>{_CHANNEL})/p(?P<seconds>[1-9][0-9]{{9}})(?P<micros>[0-9]{{6}})/?")
_CLIENT = regex(rf"/client/{_TEAM}/(?P<channel>{_CHANNEL})/thread/(?P<cid>{_CHANNEL})-(?P<ts>[1-9][0-9]{{9}}\.[0-9]{{6}})/?")
_TS = regex(r"[1-9][0-9]{9}\.[0-9]{6}")
_CREDENTIALS = regex(r"//[^/@\s]*@|\b(?:xox[a-z][.-]|xapp-)\S+")


def parse(link: str, more_hosts: tuple[str, ...] = ()) -> Permalink:
    """The message that a link names; the link is never fetched. Raises BadLink.

    | given                                                              | becomes                                      |
    |--------------------------------------------------------------------|----------------------------------------------|
    | `https://acme.slack.com/archives/C024BE91L/p1765864885835579`       | host, channel, ts `1765864885.835579`        |
    | `…/p1765864900000100?thread_ts=1765864885.835579&cid=C024BE91L`     | a reply: `thread_ts` is its parent           |
    | `https://acme.enterprise.slack.com/…`, `https://acme.slack-gov.com/…` | the same                                   |
    | `https://app.slack.com/client/T1AB/C024BE91L/thread/C024BE91L-1765864885.835579` | host `slack.com`, the parent    |
    | `slack://channel?team=T1AB&id=C024BE91L&message=1765864885.835579`  | host `slack.com`                             |
    | `alert:pagerduty/AMFRGGZDFMY3TQNZX/p1765864885000000`               | an alert without a message: see `place.py` |

    `<link|label>`, `&amp;` and white space around are taken off first. `more_hosts` are further hosts, or parents of hosts, to trust.
    The web client's and the app's links name a workspace by id only; `slack.com/archives/…` sends its reader to their own workspace,
    which `app.slack.com` does not, so that is their host. Source: docs.slack.dev, chat.getPermalink and deep linking.
    """
    given = _unwrapped(link)
    if there := alert_place.parse(given):
        return there
    if len(given) > _LONGEST or not _PRINTABLE.fullmatch(given):
        raise _refused(link, "it is empty, too long, or holds characters that no Slack link has")
    try:
        parts = urlsplit(given)
    except ValueError:
        raise _refused(link, "it is no URL") from None
    if "#" in given:
        raise _refused(link, "a Slack link has no `#…` part")
    if parts.scheme == "slack":
        return _deep_link(link, parts)
    if parts.scheme != "https":
        raise _refused(link, "it does not begin with https://")
    host = _host(link, parts.netloc.lower(), more_hosts)
    return _client(link, host, parts) if parts.path.startswith("/client/") else _archives(link, host, parts)


def _unwrapped(link: str) -> str:
    text = link[: 4 * _LONGEST].strip()
    wrapped = _WRAPPED.fullmatch(text)
    return (wrapped.group(1) if wrapped else text).replace("&amp;", "&").strip()


def _host(link: str, host: str, more_hosts: tuple[str, ...]) -> str:
    if "@" in host:
        raise _refused(link, "it carries a user name before its host")
    if ":" in host:
        raise _refused(link, "it names a port")
    known = (*_SUFFIXES, *(more.lower() for more in more_hosts))
    if not _HOST.fullmatch(host) or not any(host == suffix or host.endswith(f".{suffix}") for suffix in known):
        raise _refused(link, "its host is not Slack's")
    return host.removeprefix("app.") if host in ("app.slack.com", "app.slack-gov.com") else host


def _archives(link: str, host: str, parts: SplitResult) -> Permalink:
    path = _ARCHIVES.fullmatch(parts.path)
    if path is None:
        raise _refused(link, "after the host it must read /archives/<channel id>/p<16 digits>")
    query = _query(link, parts, ("thread_ts", "cid"))
    return _permalink(link, host, path["channel"], f"{path['seconds']}.{path['micros']}", query)


def _client(link: str, host: str, parts: SplitResult) -> Permalink:
    path = _CLIENT.fullmatch(parts.path)
    if path is None:
        raise _refused(link, "it leads to a channel or a view, not to a message or its thread")
    query = {**_query(link, parts, ()), "cid": path["cid"]}
    return _permalink(link, host, path["channel"], path["ts"], query)


def _deep_link(link: str, parts: SplitResult) -> Permalink:
    query = _query(link, parts, ("team", "id", "message", "thread_ts"))
    team, channel, ts = query.get("team", "T000"), query.get("id", ""), query.get("message", "")
    if parts.netloc != "channel" or parts.path not in ("", "/") or not re.fullmatch(_TEAM, team) or not re.fullmatch(_CHANNEL, channel):
        raise _refused(link, "it is not slack://channel?team=…&id=…&message=…")
    if not _TS.fullmatch(ts):
        raise _refused(link, "its `message` is no time stamp of 10 and 6 digits")
    return _permalink(link, "slack.com", channel, ts, query)


def _query(link: str, parts: SplitResult, allowed: tuple[str, ...]) -> dict[str, str]:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    if not set(names) <= set(allowed) or len(names) != len(set(names)):
        raise _refused(link, f"after the `?` it may hold {' and '.join(allowed) or 'nothing'}, each once")
    return dict(pairs)


def _permalink(link: str, host: str, channel: str, ts: str, query: dict[str, str]) -> Permalink:
    thread_ts = query.get("thread_ts", ts)
    if not _TS.fullmatch(thread_ts):
        raise _refused(link, "its `thread_ts` is no time stamp of 10 and 6 digits")
    if query.get("cid", channel) != channel:
        raise _refused(link, "it names two different channels")
    # The parent's own link, copied inside its thread, carries itself as thread_ts: it is no reply.
    return Permalink(host, channel, ts, None if thread_ts == ts else thread_ts)


def _refused(link: str, why: str) -> BadLink:
    shown = _CREDENTIALS.sub("…", one_line(link[: 4 * _LONGEST])).replace("`", "'")
    shown = f"{shown[:99]}…" if len(shown) > 100 else shown
    return BadLink(
        "reading the Slack link",
        f"`{shown}` is no link to a Slack message: {why}",
        f"in Slack, choose Copy link in the message's menu; it looks like {EXAMPLE}",
    )
