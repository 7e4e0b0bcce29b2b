"""Readers of what chats and alerting systems send, and of the links in it."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from bot.core.alert import alert_marks, earlier_alerts, permalink, place, slack_message, slack_tokens, thread_words
from bot.core.alert.alert import alerts
from bot.core.alert.response_time import length_of
from bot.core.alert.thread_answers import answers, quoted
from bot.core.code.handles import handles, login_of
from bot.core.entry import identity
from bot.core.intake import reading as intake
from bot.core.intake.intake import message_of
from bot.core.links import actions_link, cloudwatch_link, dashboards_link, dashboards_query, date_math, index_pattern, repository_address, sentry_link
from bot.core.links.dashboards_tokens import Language, Unreadable
from bot.core.plain_text import plain_text
from bot.core.signature import signature
from bot.errors import BadCommand, BadLink
from bot.model import Message
from tests.fuzzing import Reader, bounded, decoded, seen
from tests.intake_payloads import PAYLOADS, SNS

AT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
POSTED = permalink.parse("https://acme.slack.com/archives/C024BE91L/p1765962764000100")
ALERT = """:rotating_light: *ValidationError* in `transfers.handler`: insufficient leaf balance
env: prod | service: transfers | release: transfers@2.14.0 | trace_id=0af7651916cd43dd8448eb211c80319c
<https://logs.acme.example/_dashboards/app/discover#/?_g=(time:(from:now-15m,to:now))&_a=(query:(language:kuery,query:'level:error'))|Logs> &amp; <!here>
```Traceback (most recent call last):
  File "/srv/transfers/handler.py", line 42, in handle
    raise ValidationError("insufficient leaf balance")
ValidationError: insufficient leaf balance```"""
SLACK = json.dumps(
    {
        "ts": "1765962764.000100",
        "user": "U1",
        "text": ALERT,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "*Error*"}, "fields": [{"type": "plain_text", "text": "env"}]},
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_list", "indent": 1, "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
                    {"type": "rich_text_preformatted", "elements": [{"type": "link", "url": "https://a.example", "text": "a"}]},
                ],
            },
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "<!date^1765962764^{date_num}|now>"}]},
            {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://b.example"}]},
        ],
        "attachments": [{"title": "t", "title_link": "https://c.example", "fields": [{"title": "a", "value": "b"}], "fallback": "f", "ts": 1765962764}],
        "files": [{"name": "log.txt", "preview": "boom"}],
        "reactions": [{"name": "white_check_mark", "count": 1, "users": ["U2"]}],
        "thread_ts": "1765962764.000100",
    }
)
SENTRY = (
    {
        "action": "created",
        "data": {
            "issue": {
                "id": "4711",
                "title": "ValidationError: no leaf",
                "culprit": "transfers.handler",
                "metadata": {"type": "ValidationError", "value": "no leaf"},
                "project": {"slug": "transfers"},
                "level": "error",
                "lastSeen": "2025-12-17T09:12:44Z",
                "permalink": "https://acme.sentry.io/issues/4711/",
            }
        },
    },
    {
        "action": "critical",
        "data": {
            "metric_alert": {
                "id": "7",
                "identifier": "12",
                "title": "Errors",
                "date_started": "2025-12-17T09:12:44Z",
                "projects": ["transfers"],
                "alert_rule": {"name": "Errors of transfers", "environment": "prod"},
            },
            "description_title": "Critical: Errors",
            "description_text": "7 events in the last minute",
            "web_url": "https://acme.sentry.io/alerts/12/",
        },
    },
)
DISCOVER = "https://logs.acme.example/_dashboards/app/data-explorer/discover#?_a=(discover:(columns:!(_source),sort:!()),metadata:(indexPattern:'logs-*'))"
GLOBAL = "&_g=(filters:!(),time:(from:'2025-12-17T09:00:00.000Z',to:now-1h))&_q=(filters:!(('$state':(store:appState),meta:(key:a,negate:!t,"
WHOLE = f"{DISCOVER}{GLOBAL}params:(query:b),type:phrase),query:(match_phrase:(a:b)))),query:(language:kuery,query:'level:error%20and%20not%20x:(a%20or%20b)'))"
QUERIES: dict[Language, tuple[str, ...]] = {
    "kuery": ('level:error and not service:("a b" or b*) and status >= 500', "a:{ b:c }", "\\(a\\) or *"),
    "lucene": ('+level:error -x:[1 TO 5} AND (a OR "b c"~2) field:>=5 /re/ b^2', "NOT a && b || !c"),
    "PPL": ("source = logs | where level = 'error' and `a.b` != 5 | fields a | head 10", "search source=x a=1"),
}

THREAD = json.dumps({"thread": "t", "spoken": [{"ts": "1765962764.000100", "who": "person 1", "text": "a"}], "missing": "", "remedy": ""})
CONSOLE = (
    "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ftransfers/log-events"
    "/2025$252F12$252F17$252F$255B$2524LATEST$255Dabc$3Fstart$3D1765962764000$26filterPattern$3Derror",
    "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:logs-insights$3FqueryDetail$3D~(end~0~start~-3600~timeType~'RELATIVE"
    "~editorString~'fields*20*40message~source~(~'*2faws*2flambda*2ftransfers))",
    "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logEventViewer:group=/aws/lambda/a;stream=b;start=2025-12-17T09:00:00Z",
)
OTHERS = (
    "https://acme.sentry.io/issues/4711/events/0af7651916cd43dd8448eb211c80319c/?project=1&environment=prod&query=is%3Aunresolved TRANSFERS-4F",
    "https://errors.acme.example/below/organizations/acme/issues/4711/ Short ID: *TRANSFERS-4F*",
    "https://github.com/acme/transfers/actions/runs/123456789/attempts/2/job/987",
    "now-15m/d",
    "git@github.com:acme/transfers.git",
    "https://github.com/acme/transfers.git",
    "app-logs-*,-app-secret",
)


def _slack(text: str) -> None:
    message = decoded(text)
    if not isinstance(message, dict):
        return
    said, links = slack_message.collect(message)
    bounded((said,), 400_000)
    bounded(links, 10_000)
    assert all(link.lower().startswith("http") for link in links)
    spoken = tuple(thread_words.spoken((message,), "1.0", {}))
    bounded((one.text for one in spoken), thread_words.LONGEST)
    seen(*(one.text for one in spoken))
    bounded((quoted(answers((message, message), "1765962764.000000"), AT),), 20_000)


def _alert(text: str) -> None:
    message = Message(POSTED, slack_tokens.decode(text), tuple(slack_tokens.links_in(text)))
    found = alerts(message, (), "prod", 5)
    assert 1 <= len(found) <= 5
    for one in found:
        bounded((one.error_type, one.culprit, one.message, one.service, one.release), 10_000)
        named = signature.of(one)
        assert named == signature.of(one)
        seen(named.name, named.message)
        assert [mark.place for mark in alert_marks.read(alert_marks.mark(one))] == [POSTED]
    assert len(earlier_alerts.names_in(message, 5)) <= 5


def _marks(text: str) -> None:
    for mark in alert_marks.read(text):
        bounded((mark.environment, mark.release, *mark.traces), 300)
    for word in text.split():
        assert identity.time_of(identity.identity_of(word)) is None or identity.can_fold(identity.identity_of(word))
    assert identity.folded(identity.folded_in(text)) is not None
    bounded((one.text for one in _spoken(text)), thread_words.LONGEST)


def _spoken(text: str) -> tuple[thread_words.Spoken, ...]:
    try:
        return thread_words.decoded(text.encode()).spoken
    except (msgspec.MsgspecError, UnicodeError):
        return ()


def _plain(text: str) -> None:
    shown = plain_text.visible(text)
    seen(shown)
    assert plain_text.visible(shown) == shown
    assert len(plain_text.cut(shown, 50)) <= 50
    assert "\n" not in plain_text.one_line(text)
    handles(tuple(text.split()))
    login_of(text)
    length_of(text)


def _permalink(text: str) -> None:
    with suppress(BadLink):
        found = permalink.parse(text, ("slack.acme.example",))
        assert permalink.parse(found.url, ("slack.acme.example",)) == found
        seen(found.url)


def _intake(text: str) -> None:
    with suppress(BadCommand):
        found = intake.read(text.encode())
        assert len(found.alerts) <= 20
        for one in found.alerts:
            message = message_of(one, AT)
            assert place.parse(message.permalink.url) == message.permalink
            bounded((message.text,), 60_000)
            seen(message.text)


def _discover(text: str) -> None:
    found = dashboards_link.parse(text, AT)
    assert found.selection is not None or found.unread
    below = dashboards_link.path_below(text, "https://logs.acme.example/_dashboards")
    if below is not None:
        dashboards_link.short_link(text, below)
    if found.selection is not None:
        again = dashboards_link.parse(dashboards_link.write(found.selection, "https://logs.acme.example/_dashboards"), AT)
        assert again.selection is not None
        assert again.selection.filters == found.selection.filters
        assert again.selection.query == found.selection.query


def _query(language: Language) -> Reader:
    def read(text: str) -> None:
        with suppress(Unreadable):
            bounded((json.dumps(dashboards_query.search(text, language, ("message", "error"))),), 400_000)

    return Reader(f"a query in {language}", read, QUERIES[language])


def _console(text: str) -> None:
    for link in cloudwatch_link.read(text, AT):
        assert [one.group for one in cloudwatch_link.read(cloudwatch_link.write(link), AT)] == [link.group]


def _other_links(text: str) -> None:
    sentry_link.named(text.split(), "https://sentry.io", "acme")
    sentry_link.named(text.split(), "https://errors.acme.example/below", "acme")
    sentry_link.short_ids(text, ("transfers",))
    assert len(actions_link.run_links((text,))) <= 5
    date_math.resolved(text, AT, end=True)
    index_pattern.within(text, ("app-*", "-app-secret"))
    if (found := repository_address.address(text)) is not None:
        assert not found.url.startswith("-")
        seen(found.url, found.name)


READERS = (
    Reader("a message of Slack", _slack, (SLACK,), documents=True),
    Reader("an alert", _alert, (ALERT,)),
    Reader("marks of alerts and threads", _marks, (alert_marks.mark(alerts(Message(POSTED, ALERT), (), "prod", 1)[0]), POSTED.url, THREAD), longest=10_000),
    Reader("a line of text", _plain, ("mira@users.noreply.github.com within 15 minutes \x1b[31mred\x1b[0m \u202eabc", "@acme/transfers, mira")),
    Reader("a permalink", _permalink, (POSTED.url, f"{POSTED.url}?thread_ts=1765962764.000100&cid=C024BE91L", f"<{POSTED.url}|here>")),
    *(Reader(f"a payload of {vendor}", _intake, (json.dumps(payload),), documents=True) for vendor, payload in PAYLOADS.items()),
    Reader("a payload of SNS", _intake, (json.dumps(SNS),), documents=True),
    Reader("an alarm in a payload of SNS", lambda text: _intake(json.dumps({**SNS, "Message": text})), (SNS["Message"],), documents=True),
    Reader("an issue or a metric of Sentry", _intake, tuple(map(json.dumps, SENTRY)), documents=True),
    Reader("a link to Discover", _discover, (WHOLE, "https://logs.acme.example/_dashboards/goto/abcdef0123456789abcdef0123456789?security_tenant=global")),
    *map(_query, QUERIES),
    Reader("a link to CloudWatch", _console, CONSOLE),
    Reader("links to other systems", _other_links, OTHERS),
)
