"""Links to Slack messages: every form is understood, and nothing else."""

import pytest

from bot.core.alert.permalink import EXAMPLE, parse
from bot.errors import BadLink
from bot.model import Permalink

PARENT = Permalink("acme.slack.com", "C024BE91L", "1765864885.835579")
REPLY = Permalink("acme.slack.com", "C024BE91L", "1765864900.000100", "1765864885.835579")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579", PARENT),
        ("https://acme.slack.com/archives/C024BE91L/p1765864900000100?thread_ts=1765864885.835579&cid=C024BE91L", REPLY),
        ("https://acme.slack.com/archives/C024BE91L/p1765864900000100?thread_ts=1765864885.835579&amp;cid=C024BE91L", REPLY),
        ("https://acme.slack.com/archives/C024BE91L/p1765864900000100?thread_ts=1765864885.835579", REPLY),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579?thread_ts=1765864885.835579&cid=C024BE91L", PARENT),
        ("<https://acme.slack.com/archives/C024BE91L/p1765864885835579|the alert>", PARENT),
        ("<https://acme.slack.com/archives/C024BE91L/p1765864885835579>", PARENT),
        (" \n https://acme.slack.com/archives/C024BE91L/p1765864885835579\t\n", PARENT),
        ("HTTPS://Acme.Slack.com/archives/C024BE91L/p1765864885835579/", PARENT),
        ("https://acme.enterprise.slack.com/archives/G024BE91L/p1765864885835579", Permalink("acme.enterprise.slack.com", "G024BE91L", "1765864885.835579")),
        ("https://acme.slack-gov.com/archives/D024BE91L/p1765864885000000", Permalink("acme.slack-gov.com", "D024BE91L", "1765864885.000000")),
        ("https://slack.com/archives/C024BE91L/p1765864885835579", Permalink("slack.com", "C024BE91L", "1765864885.835579")),
        ("https://app.slack.com/client/T024BE7LD/C024BE91L/thread/C024BE91L-1765864885.835579", Permalink("slack.com", "C024BE91L", "1765864885.835579")),
        ("https://app.slack.com/client/E024BE7LD/C024BE91L/thread/C024BE91L-1765864885.835579", Permalink("slack.com", "C024BE91L", "1765864885.835579")),
        ("slack://channel?team=T024BE7LD&id=C024BE91L&message=1765864885.835579", Permalink("slack.com", "C024BE91L", "1765864885.835579")),
        (
            "slack://channel?team=T024BE7LD&id=C024BE91L&message=1765864900.000100&thread_ts=1765864885.835579",
            Permalink("slack.com", "C024BE91L", "1765864900.000100", "1765864885.835579"),
        ),
    ],
)
def test_every_form_of_link_names_its_message(link: str, expected: Permalink) -> None:
    """Plain, threaded, wrapped, escaped, Enterprise Grid, GovSlack, web client and deep links."""
    assert parse(link) == expected


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("", "empty"),
        ("what happened?", "characters"),
        ("https://example.com/archives/C024BE91L/p1765864885835579", "host"),
        ("https://acme.slack.com.example.com/archives/C024BE91L/p1765864885835579", "host"),
        ("https://evilslack.com/archives/C024BE91L/p1765864885835579", "host"),
        ("https://acme..slack.com/archives/C024BE91L/p1765864885835579", "host"),
        ("https://acme.slack.com@example.com/archives/C024BE91L/p1765864885835579", "user name"),
        ("https://me:secret@acme.slack.com/archives/C024BE91L/p1765864885835579", "user name"),
        ("https://acme.slack.com:8443/archives/C024BE91L/p1765864885835579", "port"),
        ("http://acme.slack.com/archives/C024BE91L/p1765864885835579", "https"),
        ("file:///archives/C024BE91L/p1765864885835579", "https"),
        ("https://[acme.slack.com/archives/C024BE91L/p1765864885835579", "URL"),
        ("https://acme.slack.com/archives/C024BE91L/p176586488583557", "16 digits"),
        ("https://acme.slack.com/archives/C024BE91L/p17658648858355790", "16 digits"),
        ("https://acme.slack.com/archives/C024BE91L/p１765864885835579", "characters"),
        ("https://acme.slack.com/archives/C024BE91L", "archives"),
        ("https://acme.slack.com/archives/X024BE91L/p1765864885835579", "archives"),
        ("https://acme.slack.com/archives/c024be91l/p1765864885835579", "archives"),
        ("https://acme.slack.com/archives/../C024BE91L/p1765864885835579", "archives"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579/files", "archives"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579#x", "#"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579?next=https://example.com", "each once"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579?cid=C024BE91L&cid=C024BE91L", "each once"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579?cid=C0OTHER99", "different channels"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579?thread_ts=176586488.5835579", "thread_ts"),
        ("https://app.slack.com/client/T024BE7LD/C024BE91L", "not to a message"),
        ("https://app.slack.com/client/T024BE7LD/C024BE91L/thread/C0OTHER99-1765864885.835579", "different channels"),
        ("slack://channel?team=T024BE7LD&id=C024BE91L", "message"),
        ("slack://user?team=T024BE7LD&id=U024BE91L", "slack://channel"),
        ("https://acme.slack.com/archives/C024BE91L/p1765864885835579 https://acme.slack.com", "characters"),
        (EXAMPLE + "?" + "cid=C024BE91L&" * 500, "too long"),
    ],
)
def test_anything_else_is_refused_with_the_reason(link: str, why: str) -> None:
    """The error says what is wrong with this link and what a good one looks like."""
    with pytest.raises(BadLink) as error:
        parse(link)
    assert why in error.value.cause
    assert EXAMPLE in error.value.remedy


def test_the_refused_link_is_shown_harmless() -> None:
    """Shortened, without control characters, and without the password or token that was pasted with it."""
    with pytest.raises(BadLink) as error:
        parse("https://me:hunter2@acme.slack.com/\x1b[31m\u202e" + "a" * 500)
    with pytest.raises(BadLink) as token:
        parse("xoxb-1234567890-abcdefghij")
    assert "hunter2" not in error.value.cause
    assert error.value.cause.isprintable()
    assert len(error.value.cause) < 250
    assert "abcdefghij" not in token.value.cause


def test_more_hosts_are_trusted_on_label_boundaries_only() -> None:
    """A host of one's own, say of a test server, is known when it is named."""
    assert parse("https://chat.acme.test/archives/C024BE91L/p1765864885835579", ("acme.test",)).host == "chat.acme.test"
    with pytest.raises(BadLink):
        parse("https://notacme.test/archives/C024BE91L/p1765864885835579", ("acme.test",))


def test_the_canonical_link_of_a_permalink_names_the_same_message() -> None:
    """What is printed for a person can be pasted back."""
    for permalink in (PARENT, REPLY):
        assert parse(permalink.url) == permalink
