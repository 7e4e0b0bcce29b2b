"""What Dashboards keeps for people: short links and index patterns, asked of Dashboards itself, or read from its index where requests are signed."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot.config import OpenSearchCluster
from bot.core.links.dashboards_link import ShortLink
from bot.errors import SourceError
from bot.http_client import HttpClient, HttpRefusal, System
from bot.regex import regex
from bot.sources.opensearch.client import OpenSearchClient
from bot.sources.opensearch.connection import Credentials
from bot.sources.opensearch.refusal import Asked

SECONDS = 5.0
"""The most that Dashboards is waited for: what it knows only helps."""
_MOST_PATTERNS = 1_000
_STORED = regex(r"(?:/w/[\w-]{1,64})?/app/[^\s]{1,50000}", re.ASCII)
"""What a short link may stand for: a path of Dashboards (its own rule, `short_url_assert_valid.ts`), never another host."""


class Dashboards(Protocol):
    """What is asked of it. Both raise SourceError."""

    def target(self, link: ShortLink) -> str:
        """The path that a short link stands for, `/app/discover#/?…`."""

    def index_patterns(self) -> Mapping[str, str]:
        """The saved index patterns: id → title."""


def opened(asked: Asked, credentials: Credentials, client: Callable[[], OpenSearchClient], left: Callable[[], float]) -> Dashboards | None:
    """None where the configuration names no Dashboards. `left` are the seconds that the source still has."""
    if asked.cluster.dashboards_url is None:
        return None
    # Behind Cognito or SAML its API takes no signed request; what it keeps stands in an index of the cluster, which does.
    return SavedObjects(asked, client) if asked.cluster.auth == "sigv4" else DashboardsApi(asked, credentials, left)


class DashboardsApi:
    """Dashboards' own API, with the cluster's user name and password."""

    def __init__(self, asked: Asked, credentials: Credentials, left: Callable[[], float]) -> None:
        self._asked, self._credentials, self._left = asked, credentials, left

    def target(self, link: ShortLink) -> str:
        """As in the Protocol."""
        asked, doing = self._asked, "resolving the short link"
        try:
            answer = self._client(link.tenant or asked.cluster.dashboards_tenant).get_json(link.path, doing=doing)
        except HttpRefusal as error:
            if error.status == 404:
                raise unknown(asked) from error
            raise
        return stored(answer.get("url") if isinstance(answer, dict) else None, asked)

    def index_patterns(self) -> Mapping[str, str]:
        """As in the Protocol."""
        query = (("type", "index-pattern"), ("fields", "title"), ("per_page", _MOST_PATTERNS))
        answer = self._client(self._asked.cluster.dashboards_tenant).get_json("api/saved_objects/_find", query, doing="reading the index patterns")
        objects = answer.get("saved_objects") if isinstance(answer, dict) else None
        found = [(one.get("id"), one.get("attributes")) for one in objects if isinstance(one, dict)] if isinstance(objects, list) else []
        return _titled(found)

    def _client(self, tenant: str | None) -> HttpClient:
        cluster = self._asked.cluster
        headers = {"securitytenant": tenant} if tenant else {}
        if cluster.auth == "basic" and self._credentials.username and self._credentials.password:
            pair = f"{self._credentials.username.reveal()}:{self._credentials.password.reveal()}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        seconds = max(0.1, min(SECONDS, self._left() / 2))
        return HttpClient(cluster.dashboards_url or "", _system(self._asked), seconds, headers=headers, ca_file=cluster.ca_file, through=_tunnel(cluster))


class SavedObjects:
    """The index that Dashboards keeps its saved objects in."""

    def __init__(self, asked: Asked, client: Callable[[], OpenSearchClient]) -> None:
        self._asked, self._client = asked, client

    def target(self, link: ShortLink) -> str:
        """As in the Protocol."""
        found = self._found("resolving the short link", {"ids": {"values": [f"url:{link.id}"]}}, 1)
        kept = found[0][1].get("url") if found else None
        if not isinstance(kept, dict):
            raise unknown(self._asked)
        return stored(kept.get("url"), self._asked)

    def index_patterns(self) -> Mapping[str, str]:
        """As in the Protocol."""
        found = self._found("reading the index patterns", {"term": {"type": "index-pattern"}}, _MOST_PATTERNS)
        return _titled([(name.removeprefix("index-pattern:"), document.get("index-pattern")) for name, document in found])

    def _found(self, doing: str, query: dict[str, Any], size: int) -> list[tuple[str, dict[str, Any]]]:
        answer = self._client().saved_objects(doing, {"query": query, "size": size, "_source": ["url.url", "index-pattern.title"]})
        hits = [hit for hit in answer["hits"]["hits"] if isinstance(hit, dict)]
        return [(str(hit.get("_id")), hit["_source"]) for hit in hits if isinstance(hit.get("_source"), dict)]


def stored(url: object, asked: Asked) -> str:
    """The path of a short link, checked. Raises SourceError."""
    if not isinstance(url, str) or not _STORED.fullmatch(url):
        remedy = "open the link, and share the whole address instead"
        raise asked.refused("resolving the short link", "it does not stand for a page of Dashboards", remedy)
    return url


def unknown(asked: Asked) -> SourceError:
    """No such link, or not for this user to see: Dashboards does not tell them apart."""
    tenant = asked.cluster.dashboards_tenant
    cause = f"Dashboards does not know it{f' in the tenant {tenant}' if tenant else ''}: it was deleted, or belongs to another tenant"
    return asked.refused(
        "resolving the short link", cause, f"set `{asked.key} dashboards_tenant:` to the tenant that alerts are shared in, or link whole addresses"
    )


def _system(asked: Asked) -> System:
    return System(
        f"Dashboards of {asked.label}",
        f"`{asked.key} dashboards_url:`",
        asked.variables if asked.cluster.auth == "basic" else f"`{asked.key} auth:` to basic, with {asked.variables}",
        "let this user read saved objects in Dashboards (kibana_user or a read-only role)",
        authority=f"`{asked.key} ca_file:`",
    )


def _tunnel(cluster: OpenSearchCluster) -> str | None:
    """Dashboards on the cluster's own host is behind the same tunnel."""
    if cluster.connect_to is None:
        return None
    one, other = urlsplit(cluster.url), urlsplit(cluster.dashboards_url or "")
    tunnel = urlsplit(cluster.connect_to)
    return f"{tunnel.scheme}://{tunnel.netloc}" if (one.scheme, one.netloc.lower()) == (other.scheme, other.netloc.lower()) else None


def _titled(found: list[tuple[object, object]]) -> dict[str, str]:
    titles = {str(name): kept.get("title") for name, kept in found if isinstance(kept, dict)}
    return {name: title for name, title in titles.items() if isinstance(title, str) and 0 < len(title) <= 500}
