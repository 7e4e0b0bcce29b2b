"""Links of an alert that no source follows are told, where nothing else showed the error."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.links.unread_link import unread

AT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
LINK = "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579"
TS = "1765962764.835579"
GROUP = "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fpay"
DISCOVER = "https://logs.acme.example/_dashboards/app/discover#/?_a=(query:(language:kuery,query:'level:error'))"
EXPLORE = "https://grafana.acme.example/explore?orgId=1&panes=%7B%22a%22:%7B%22datasource%22:%22loki%22%7D%7D"
ALERTING = (
    "https://grafana.acme.example/alerting/list",
    "https://grafana.acme.example/alerting/grafana/cdeqmlhvflz40f/view?orgId=1",
    "https://acme.example/grafana/alerting/silence/new?alertmanager=grafana",
)
"""The links below each alert of Grafana."""
CONSOLE = GROUP.partition("#")[0]
ISSUE = "https://acme.sentry.io/issues/6012345678/"


@pytest.mark.parametrize(
    ("link", "system"),
    [
        (EXPLORE, "Grafana"),
        ("https://grafana.acme.example/d/alerting/pay?orgId=1", "Grafana"),
        ("https://monitoring.acme.example/explore?left=%7B%22queries%22:%5B%5D%7D", "Grafana"),
        ("https://app.datadoghq.eu/logs?query=service%3Apay", "Datadog"),
        ("https://acme.splunkcloud.com/en-US/app/search/search?q=error", "Splunk"),
        (GROUP, "cloudwatch"),
        (DISCOVER, "opensearch"),
        (ISSUE, "sentry"),
        (f"{CONSOLE}#alarmsV2:alarm/shop-5xx", "an alarm of CloudWatch"),
        (f"{CONSOLE.replace('home', 'deeplink.js')}#alarmsV2:alarm/shop-5xx", "an alarm of CloudWatch"),
        (f"{CONSOLE}#alarm:alarmFilter=ANY;name=shop-5xx", "an alarm of CloudWatch"),
        (f"{CONSOLE}#logsV2:live-tail", "Live Tail"),
        (f"{CONSOLE}#logsV2:logs-insights", "Logs Insights"),
        (f"{CONSOLE}#metricsV2:graph=~()", "names no log group"),
        (f"{CONSOLE}#logsV2:live-tail$3FlogGroupArns$3D~(~'*2fecs*2fshop)", "cloudwatch"),
    ],
)
def test_a_link_that_nobody_follows_is_named(link: str, system: str) -> None:
    """A system without a reader, or one that the configuration lacks."""
    [found] = unread((link,), ("files",), AT)
    assert (found.url, system in found.cause, bool(found.remedy)) == (link, True, True)


def test_what_a_source_is_asked_for_is_its_own_to_tell() -> None:
    """The source says itself what it could not read of a link."""
    tail = f"{CONSOLE}#logsV2:live-tail$3FlogGroupArns$3D~(~'*2fecs*2fshop)"
    assert list(unread((GROUP, tail, DISCOVER, ISSUE), ("cloudwatch", "opensearch", "sentry"), AT)) == []


@pytest.mark.parametrize(
    "link", ["https://wiki.acme.example/runbooks/grafana-is-down", "https://acme.example/blog-posts/1", "https://[::1", "mailto:a", *ALERTING]
)
def test_other_links_are_nobodys(link: str) -> None:
    """A runbook that only speaks of such a system is not evidence that was missed."""
    assert list(unread((link,), (), AT)) == []


@pytest.mark.parametrize("found", [True, False])
def test_it_is_a_gap_where_the_error_was_not_found(tmp_path: Path, capsys: pytest.CaptureFixture[str], found: bool) -> None:
    """Where the logs showed the error, the link would have shown no more."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "knowledge-bot.yml").write_text("chat: console\nforge: local\ntracker: none\nfiles:\n  - paths: ['*.ndjson']\n")
    (tmp_path / "messages").mkdir()
    message = {"type": "message", "ts": TS, "text": f"KeyError: no price for sku 4711\nservice: shop\n<{EXPLORE}|logs>"}
    (tmp_path / "messages" / f"C08RB8T6CNS-{TS}.json").write_text(json.dumps(message))
    said = ("ERROR", "KeyError: no price for sku 4711") if found else ("INFO", "calm")
    line = {"time": "2025-12-17T09:12:40Z", "level": said[0], "service": "shop", "message": said[1]}
    (tmp_path / "shop.ndjson").write_text(json.dumps(line) + "\n")
    assert main(["--root", str(tmp_path), "evidence", LINK]) == 0
    assert ("it leads to Grafana" in capsys.readouterr().out) is not found
