"""Links of an alert into systems that nobody was asked in: what they show may be what the sources did not find."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.core.links import cloudwatch_link, dashboards_link, sentry_link
from bot.regex import regex

_SENTRY = "https://sentry.io"
# Grafana is known by its Explore, whatever its host: `/explore?panes=…`, before version 10 `?left=…`, and by its dashboards `/d/<id>/<name>`.
_GRAFANA = regex(r"https?://(?:[^/?#]{0,200}grafana[^/?#]{0,200}/|[^?#]{1,400}/explore/?\?(?:[^#]{0,200}&)?(?:panes|left)=)")
# What Grafana puts under every alert: the list of alerts, the rule, the form that silences it. None shows what failed.
_NO_EVIDENCE = regex(r"[^?#]{1,400}/alerting/(?:list\b|grafana/|silence)")
_HOSTS = (("Datadog", "datadoghq"), ("Splunk", "splunk"), ("Papertrail", "papertrail"), ("New Relic", "newrelic"), ("Honeycomb", "honeycomb"))
_ELSEWHERE = "put what it shows into the alert, such as the trace id or the error's words, or tell it by `/rediagnose <what you know>` on the pull request"

_LOG_GROUP = "link the log group, or a query of Logs Insights that names it, or put the lines into the alert"
_CONSOLE = {
    "an alarm": ("an alarm of CloudWatch, which does not tell from which log group its metric is made", _LOG_GROUP),
    "Live Tail": ("CloudWatch's Live Tail, and names no log group", "choose the log group there and share that address, or link the group's log events"),
    "Logs Insights": ("Logs Insights, and names no log group", "run the query once with its log groups chosen, and share the address that results"),
    "CloudWatch": ("CloudWatch, and names no log group with its region", _LOG_GROUP),
}
"""Of a page of the console: where the link leads, and what to do."""


class UnreadLink(NamedTuple):
    """A link, why nobody read it, and what to do."""

    url: str
    cause: str
    remedy: str


def unread(links: Sequence[str], systems: Collection[str], at: datetime) -> Iterator[UnreadLink]:
    """Those links that lead to a system without a reader, to one that is not among `systems`, as the configuration names them, or to a page without logs.

    `at`: the alert's time.
    """
    for link in links:
        if system := _readable(link, at):
            if system not in systems:
                yield UnreadLink(link, f"it leads to {system}, which is not configured", f"name it under `{system}:` in .github/knowledge-bot.yml")
        elif page := cloudwatch_link.page_of(link):
            where, remedy = _CONSOLE[page]
            yield UnreadLink(link, f"it leads to {where}", remedy)
        elif vendor := _vendor(link):
            yield UnreadLink(link, f"it leads to {vendor}, whose links no source reads", _ELSEWHERE)


def _readable(link: str, at: datetime) -> str | None:
    if cloudwatch_link.read(link, at):
        return "cloudwatch"
    if sentry_link.parse(link, _SENTRY):
        return "sentry"
    # `/goto/` alone is also how others shorten their links.
    own = dashboards_link.is_dashboards(link) and ("/app/" in link or "_dashboards" in link) and not _GRAFANA.match(link)
    return "opensearch" if own else None


def _vendor(link: str) -> str | None:
    if _GRAFANA.match(link):
        return None if _NO_EVIDENCE.match(link) else "Grafana"
    try:
        host = (urlsplit(link).hostname or "").lower()
    except ValueError:
        return None
    return next((name for name, part in _HOSTS if part in host), None)
