"""The log groups that are asked: by name, wildcard, ARN and link; what they cannot show is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot import wiring
from bot.config import load
from bot.core.links.cloudwatch_link import ConsoleLink, write
from bot.model import Findings
from tests.cloudwatch_account import NOON, REQUEST, STREAM, TRANSFERS, Account, at, causes, following, given_request, inquiry, messages
from tests.fakes.cloudwatch import on, refusal

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.cloudwatch_fixtures"]


def test_a_wildcard_stands_for_many_groups(account: Account) -> None:
    """Over several pages; those of the alert's service are asked first, and what is left out is told."""
    for number in range(120):
        account.server.group(f"/aws/lambda/fn-{number:03}")
    account.server.put("/aws/lambda/zz-transfers", "a", (at(-30), "ERROR insufficient leaf balance"))
    findings = account.source(most_groups=3).gather(inquiry(service="transfers"))
    assert messages(findings) == ["insufficient leaf balance"]
    assert "`groups:` stands for 121 log groups, 3 of which were asked" in causes(findings)
    assert len(account.server.asked("DescribeLogGroups")) == 3


def test_groups_are_looked_up_once(account: Account) -> None:
    """However many alerts and rounds there are."""
    given_request(account.server)
    source = account.source()
    source.gather(inquiry())
    source.gather(following(REQUEST))
    assert len(account.server.asked("DescribeLogGroups")) == 1


def test_a_group_that_is_missing_is_a_gap_beside_the_others(account: Account) -> None:
    """A name and a wildcard; and a name that only begins like another's."""
    account.server.put(TRANSFERS, "a", (at(-30), "ERROR insufficient leaf balance"))
    findings = account.source(TRANSFERS, "/ecs/*", "/aws/lambda/trans").gather(inquiry())
    assert messages(findings) == ["insufficient leaf balance"]
    assert [gap.wanted for gap in findings.gaps] == ["log group /ecs/*", "log group /aws/lambda/trans"]
    assert "`aws logs describe-log-groups --region us-west-2` lists what there is" in causes(findings)


def test_expired_events_are_told_apart_from_silence(account: Account) -> None:
    """A window older than the retention is not searched; one that is partly so is."""
    account.server.group("/aws/lambda/silent", retention=30)
    account.server.group("/aws/lambda/week", retention=7)
    silent = account.source("/aws/lambda/silent").gather(inquiry())
    assert (silent.events, silent.gaps) == ((), ())
    gone = account.source("/aws/lambda/week", now=NOON + timedelta(days=10)).gather(inquiry())
    assert "/aws/lambda/week keeps events for 7 days: all of the window from 2025-12-16 11:55 UTC has expired" in causes(gone)
    assert "look in an export" in causes(gone)
    account.server.requests.clear()
    partly = account.source("/aws/lambda/week", now=NOON + timedelta(days=7)).gather(inquiry())
    assert "a part of the window" in causes(partly)
    assert account.server.asked("FilterLogEvents")


@pytest.mark.parametrize("said", [10**9, -(10**400), 10**400, True], ids=["beyond the calendar", "less than nothing", "enormous", "no number"])
def test_a_retention_that_no_calendar_holds_is_none(account: Account, said: int) -> None:
    """What stands for AWS in a test environment may say anything; the group is read as one of which nothing is known."""
    account.server.group(TRANSFERS, retention=said, stored=said)
    account.server.put(TRANSFERS, "a", (at(-30), "ERROR insufficient leaf balance"))
    findings = account.source(TRANSFERS).gather(inquiry())
    assert (messages(findings), findings.gaps) == (["insufficient leaf balance"], ())


def test_a_group_created_after_the_window_is_told(account: Account) -> None:
    """Somebody made it anew: what was there before is gone."""
    account.server.group(TRANSFERS, created=round((NOON + timedelta(hours=2)).timestamp() * 1000))
    assert "/aws/lambda/transfers was created at 2025-12-16 14:00 UTC, after the window" in causes(account.source().gather(inquiry()))
    assert account.server.asked("FilterLogEvents") == []


def test_a_link_of_the_alert_leads_to_its_stream(account: Account) -> None:
    """All lines around its time, also outside the window."""
    account.server.put(TRANSFERS, STREAM, (at(-1_810), "loading"), (at(-1_800), "ERROR other"), (at(-100), "later"))
    account.server.put(TRANSFERS, "another", (at(-1_800), "not this one"))
    link = write(ConsoleLink("us-west-2", TRANSFERS, STREAM, at(-1_800)))
    findings = account.source().gather(inquiry(log_links=(link,)))
    assert set(messages(findings)) == {"loading", "other"}
    assert any(query.startswith("cloudwatch prod: what the alert's link shows in /aws/lambda/transfers 2025/12/16/[42]") for query in findings.queries)


def test_a_link_decides_where_the_environment_is_not_ours(account: Account) -> None:
    """The alert points at this system: only the group that it names is asked."""
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR insufficient leaf balance"))
    account.server.put("/aws/lambda/other", "a", (at(-30), "ERROR x"))
    link = write(ConsoleLink("us-west-2", TRANSFERS))
    assert messages(account.source().gather(inquiry(environment="dev", log_links=(link,)))) == ["insufficient leaf balance"]


def test_a_link_that_no_environment_covers_is_told_once(account: Account) -> None:
    """By the source of the alert's environment, else by the first."""
    account.server.group(TRANSFERS)
    configured = {"prod": account.logs(), "dev": account.logs("/dev/*")}
    elsewhere = inquiry(environment="staging", log_links=(write(ConsoleLink("eu-west-1", TRANSFERS)),))
    first, second = (account.among(configured, name).gather(elsewhere) for name in configured)
    assert "the alert links to /aws/lambda/transfers in eu-west-1, which no `cloudwatch:` of the configuration names" in causes(first)
    assert "`region: eu-west-1`" in causes(first)
    assert second == Findings()


def test_a_link_to_another_account_is_told(account: Account) -> None:
    """Our group of the same name is not the one that is meant."""
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR x"))
    link = write(ConsoleLink("us-west-2", TRANSFERS, STREAM, at(-30))).replace("https://", "https://999988887777-abcd.")
    assert "account 999988887777; these credentials read 111122223333" in causes(account.source().gather(inquiry(log_links=(link,))))


def test_a_group_of_a_linked_account_is_asked_by_its_arn(account: Account) -> None:
    """A monitoring account reads it, also with Insights; one that is not shared is a gap of its own."""
    arn = "arn:aws:logs:us-west-2:999988887777:log-group:/aws/lambda/theirs"
    account.server.group("/aws/lambda/theirs", account="999988887777")
    account.server.put("/aws/lambda/theirs", STREAM, (at(-30), "ERROR insufficient leaf balance"))
    findings = account.source(arn, insights=True).gather(inquiry())
    assert messages(findings) == ["insufficient leaf balance"]
    assert account.server.asked("FilterLogEvents")[0]["logGroupIdentifier"] == arn
    assert account.server.asked("StartQuery")[0]["logGroupIdentifiers"] == [arn]
    missing = account.source(arn.replace("theirs", "nobodys")).gather(inquiry())
    assert "no such group is shared with this account" in causes(missing)
    assert "link account 999988887777 to this one" in causes(missing)


def test_doctor_looks_at_each_group_and_each_way_of_reading(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who we are is asked of STS, which is not there in this test."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", account.server.url)
    account.server.group(TRANSFERS, retention=14)
    account.server.group("/aws/lambda/rare", kind="INFREQUENT_ACCESS")
    session, missing, groups, search, insights = account.source("/ecs/x", "/aws/lambda/*", insights=True).examine()
    assert not session.ok
    assert (missing.ok, missing.saw) == (False, "there is no such log group in us-west-2 of this account")
    assert groups.saw == "/aws/lambda/rare (kept for ever, INFREQUENT_ACCESS); /aws/lambda/transfers (kept 14 days)"
    assert search.ok
    assert (insights.ok, insights.saw) == (True, "a query over one minute of /aws/lambda/rare scanned 0.000 GB")
    [*_, last] = account.source().examine()
    assert (last.ok, last.remedy) == (False, "set `cloudwatch: prod: insights: true`, or take it out of `groups:`")
    account.server.fail(on("FilterLogEvents"), refusal("AccessDeniedException"), times=9)
    assert any(not checkup.ok and "logs:FilterLogEvents" in checkup.remedy for checkup in account.source(TRANSFERS).examine())


def test_a_request_that_a_link_filters_for_is_looked_for(account: Account) -> None:
    """Its id alone is taken over from the link's filter, which is anybody's text."""
    given_request(account.server, begun=-2_000)
    link = write(ConsoleLink("us-west-2", TRANSFERS, None, at(-2_060), at(-1_940), f'"{REQUEST}" ?" {{ $.a = 1 }}'))
    findings = account.source().gather(inquiry(log_links=(link,)))
    assert "Task timed out after 3.00 seconds" in messages(findings)
    assert f'"{REQUEST}"' in [asked.get("filterPattern") for asked in account.server.asked("FilterLogEvents")]


def test_only_what_is_configured_is_built(tmp_path: Path) -> None:
    """One source for each environment, and the console among the addresses that evidence may link to; else silence."""
    file = tmp_path / "bot.yml"
    file.write_text("cloudwatch: {prod: {region: us-west-2, groups: [a]}, dev: {region: eu-west-1, groups: [b]}}")
    settings = load(tmp_path, file, environ={})
    assert [source.name for source in wiring.sources(settings)] == ["cloudwatch prod", "cloudwatch dev"]
    assert "https://eu-west-1.console.aws.amazon.com/cloudwatch/" in wiring.addresses(settings)
    assert write(ConsoleLink("us-west-2", "/a/b", STREAM, NOON, event_id="1")).startswith(wiring.addresses(settings))
    assert wiring.sources(load(tmp_path, environ={})) == ()
