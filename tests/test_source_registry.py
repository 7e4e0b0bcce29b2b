"""Which sources are built: none without configuration, and of a half configured one a sentence says what to set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Settings, parse
from bot.jobs.gathering import gather
from bot.model import Alert, Inquiry, Permalink
from bot.source_registry import sources

pytestmark = pytest.mark.slow

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
EVERY_SECRET = (
    *("OPENSEARCH_USERNAME", "OPENSEARCH_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SENTRY_AUTH_TOKEN", "SLACK_BOT_TOKEN", "DATABASE_URL"),
    *("DATABASE_TOKEN", "GITHUB_TOKEN", "GITHUB_ACTIVITY_TOKEN", "CODE_TOKEN", "DIGITALOCEAN_TOKEN", "KUBERNETES_URL", "KUBERNETES_TOKEN", "REDIS_URL"),
)


def inquiry() -> Inquiry:
    """Round one for an alert of production that anybody may be asked about."""
    alert = Alert(Permalink("acme.slack.com", "C0ALERTS1", "1765962764.000100"), TIME, "prod", "it failed", error_type="ValidationError", service="transfers")
    return Inquiry(alert, TIME - timedelta(minutes=5), TIME)


@pytest.mark.parametrize("text", ["", "opensearch: {}\nsentry: []\ndatabases: {}\nkubernetes: {prod: []}\nredis: {prod: []}\nslack_history: {days: 0}"])
def test_what_is_not_configured_is_silent(tmp_path: Path, text: str) -> None:
    """Also with every secret in the environment: that it is there does not mean that it may be used."""
    assert sources(Settings(tmp_path, parse(text), dict.fromkeys(EVERY_SECRET, "made-up"))) == ()


@pytest.mark.parametrize(
    ("text", "cause", "remedy"),
    [
        ("opensearch: {prod: {url: 'http://127.0.0.1:1', indices: [a], auth: basic}}", "no user name", "OPENSEARCH_USERNAME"),
        ("opensearch: {prod: {url: '', indices: [a]}}", "its url is none", "opensearch: prod: url:"),
        ("cloudwatch: {prod: {region: us-west-2, groups: [a]}}", "no AWS credentials were found", "AWS"),
        ("sentry: [{organization: acme}]", "it has no token", "SENTRY_AUTH_TOKEN"),
        ("slack_history: {days: 30}", "SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"),
        ("databases: {prod: {}}", "DATABASE_URL is not set", "DATABASE_URL"),
        ("databases: {prod: {driver: http, address_in: SHOP, error_events: {}}}", "SHOP is not set", "SHOP"),
        ("github_activity: [{repository: acme/transfers}]", "no token", "GITHUB_ACTIVITY_TOKEN"),
        ("digitalocean: {prod: [{app: a}]}", "DIGITALOCEAN_TOKEN is not set", "DIGITALOCEAN_TOKEN"),
        ("kubernetes: {prod: [{namespace: shop}]}", "its address is none", "KUBERNETES_URL"),
        ("redis: {prod: [{address_in: SHOP_CACHE}]}", "SHOP_CACHE is not set", "SHOP_CACHE"),
        ("files: [{paths: [gone.log]}]", "no such file", "files:"),
    ],
)
def test_what_is_half_configured_is_one_sentence(tmp_path: Path, text: str, cause: str, remedy: str) -> None:
    """A gap that names the key or the variable; doctor says the same, and nothing else is good."""
    built = sources(Settings(tmp_path, parse(text), {}))
    found = gather(built, inquiry(), 10)

    (gap,) = [gap for findings in found.values() for gap in findings.gaps]
    assert cause in gap.cause
    assert remedy in gap.remedy
    assert not any(findings.evidence or findings.events for findings in found.values())
    assert any(remedy in checkup.remedy for source in built for checkup in source.examine() if not checkup.ok)
