"""Links to Sentry, whatever their shape, name an issue, an event or nothing; and our own links lead where people read."""

import pytest

from bot.core.links.sentry_link import SentryLink, issue_place, named, of_another, origin, parse, search_place, short_ids

SAAS, OWN = "https://sentry.io", "https://errors.acme.example:8443/sentry/"
EVENT = "9f2c" * 8
SLACK = "?project=4501&alert_rule_id=77&alert_type=issue&environment=production&notification_uuid=5f0c7d3e-0000-4000-8000-2b1c&referrer=slack"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://sentry.io/organizations/acme/issues/4412/", SentryLink("acme", "4412")),
        ("https://sentry.io/organizations/acme/issues/4412", SentryLink("acme", "4412")),
        ("https://acme.sentry.io/issues/4412/", SentryLink("acme", "4412")),
        (f"https://acme.sentry.io/issues/4412/{SLACK}", SentryLink("acme", "4412", project="4501", environment="production")),
        (f"https://acme.sentry.io/issues/4412/events/{EVENT}/?project=4501", SentryLink("acme", "4412", EVENT, "4501")),
        ("https://acme.sentry.io/issues/4412/events/9F2C9F2C-9f2c-9f2c-9f2c-9f2c9f2c9f2c/", SentryLink("acme", "4412", EVENT)),
        ("https://acme.sentry.io/issues/4412/events/latest/", SentryLink("acme", "4412")),
        ("https://acme.sentry.io//issues/4412//activity/", SentryLink("acme", "4412")),
        ("https://acme.sentry.io/issues/TRANSFERS-4F/", SentryLink("acme", "TRANSFERS-4F")),
        ("https://acme.sentry.io/issues/?query=is%3Aunresolved+TRANSFERS-4F&project=4501", SentryLink("acme", "TRANSFERS-4F", project="4501")),
        ("https://de.sentry.io/organizations/acme/issues/4412/", SentryLink("acme", "4412")),
        ("https://de.sentry.io/issues/4412/", SentryLink(None, "4412")),
        ("http://sentry.io/acme/transfers/issues/4412/events/" + EVENT, SentryLink("acme", "4412", EVENT, "transfers")),
        (f"https://sentry.io/acme/transfers/events/{EVENT}/", SentryLink("acme", None, EVENT, "transfers")),
        (f"https://acme.sentry.io/projects/transfers/events/{EVENT}/", SentryLink("acme", None, EVENT, "transfers")),
        (f"https://acme.sentry.io/explore/discover/transfers:{EVENT}/", SentryLink("acme", None, EVENT, "transfers")),
        (f"https://acme.sentry.io/performance/transfers%3A{EVENT}/", SentryLink("acme", None, EVENT, "transfers")),
        (f"https://acme.sentry.io/explore/traces/trace/{EVENT}/", SentryLink("acme", trace=EVENT)),
        ("https://sentry.io/organizations/acme/alerts/rules/details/123/?alert=9", SentryLink("acme", rule="123")),
        ("https://acme.sentry.io/issues/alerts/rules/details/123/", SentryLink("acme", rule="123")),
        ("https://acme.sentry.io/alerts/rules/transfers/77/details/", SentryLink("acme", rule="77")),
        ("https://sentry.io/api/0/organizations/acme/issues/4412/", SentryLink("acme", "4412")),
        ("https://sentry.io/api/0/issues/4412/", SentryLink(None, "4412")),
    ],
)
def test_what_a_link_to_the_hosted_sentry_names(url: str, found: SentryLink) -> None:
    """Organization from path or host, issue by number or short id, event, project and environment."""
    assert parse(url, SAAS) == found
    assert parse(url, "https://de.sentry.io") == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://errors.acme.example:8443/sentry/organizations/acme/issues/4412/", SentryLink("acme", "4412")),
        (f"https://ERRORS.acme.example:8443/sentry/acme/transfers/issues/4412/events/{EVENT}/", SentryLink("acme", "4412", EVENT, "transfers")),
        ("https://errors.acme.example:8443/sentry/issues/4412/", SentryLink(None, "4412")),
        ("https://errors.acme.example/sentry/issues/4412/", None),
        ("https://errors.acme.example:8443/issues/4412/", None),
        ("https://errors.acme.example:8443/sentryish/issues/4412/", None),
        ("https://acme.sentry.io/issues/4412/", None),
    ],
)
def test_what_a_link_to_an_own_server_names(url: str, found: SentryLink | None) -> None:
    """Host, port and path prefix have to be those that are configured."""
    assert parse(url, OWN) == found


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "https://",
            "https://[::1",
            "https://acme.sentry.io:99999/issues/1/",
            "javascript:alert(1)",
            "ftp://acme.sentry.io/issues/1/",
            "acme.sentry.io/issues/1",
        ),
        *(
            "https://sentry.io.evil.example/issues/1/",
            "https://evilsentry.io/issues/1/",
            "https://a.b.sentry.io/issues/1/",
            "https://o1.ingest.sentry.io/issues/1/",
        ),
        *("https://acme.sentry.io/", "https://acme.sentry.io/issues/", "https://acme.sentry.io/issues/views/1/", "https://acme.sentry.io/settings/account/"),
        *(
            "https://acme.sentry.io/issues/12a/",
            "https://acme.sentry.io/issues/-1/",
            "https://acme.sentry.io/issues/%2e%2e/",
            "https://acme.sentry.io/issues/1%00/",
        ),
        *("https://acme.sentry.io/issues/" + "1" * 21 + "/", "https://acme.sentry.io/issues/1/\u202e", "https://acme.sentry.io/issues/1?" + "a" * 5_000),
        "https://docs.sentry.io/platforms/python/",
    ],
)
def test_what_is_no_such_link(url: str) -> None:
    """Other hosts, other pages and identifiers that Sentry does not give name nothing."""
    assert parse("https://acme.sentry.io/issues/1/", SAAS) == SentryLink("acme", "1")
    assert parse(url, SAAS) is None


def test_odd_parameters_are_dropped() -> None:
    """A parameter that fits no pattern is as if it were not there."""
    url = "https://acme.sentry.io/issues/1/?environment=%22%20OR%201&project=../../x&query=" + "A" * 900

    assert parse(url, SAAS) == SentryLink("acme", "1")
    assert parse("https://acme.sentry.io/issues/1/?" + "&".join(f"a{n}=1" for n in range(60)), SAAS) is None


def test_links_of_this_organization_the_most_exact_first() -> None:
    """An event says more than an issue; other organizations are another's matter; a link that names none may be ours."""
    links = (
        f"https://acme.sentry.io/issues/1/events/{EVENT}/",
        "https://de.sentry.io/issues/2/",
        "https://other.sentry.io/issues/3/",
        "https://acme.sentry.io/issues/1/",
    )

    assert [link.issue for link in named(links[::-1], SAAS, "Acme")] == ["1", "1", "2"]
    assert not of_another(links, SAAS, "acme")
    assert of_another(links[2:3], SAAS, "acme")
    assert not of_another((), SAAS, "acme")


def test_short_ids_in_a_text() -> None:
    """Those that are labelled or of a known project; UTF-8, tickets and codes have the same form."""
    text = "UTF-8 error in JIRA-12, see TRANSFERS-4F and LEDGER-1\n*Short ID:* `BACKEND-WEB-2K`"

    assert short_ids(text, ("transfers",)) == ("BACKEND-WEB-2K", "TRANSFERS-4F")
    assert short_ids(text, ()) == ("BACKEND-WEB-2K",)


def test_where_people_read() -> None:
    """On sentry.io each organization has its host, whatever region is asked; an own server keeps its prefix."""
    assert issue_place("https://de.sentry.io", "acme", "1", EVENT) == f"https://acme.sentry.io/issues/1/events/{EVENT}/"
    assert origin(OWN, "acme") == "https://errors.acme.example:8443/sentry/organizations/acme"
    assert search_place(SAAS, "acme", (("query", 'a:"b c"'),)) == "https://acme.sentry.io/issues/?query=a%3A%22b+c%22"
    assert parse(issue_place(OWN, "acme", "1", EVENT), OWN) == SentryLink("acme", "1", EVENT)
