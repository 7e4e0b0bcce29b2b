"""The answer in the thread is what the reviewer merged, within Slack's limits."""

import re

import pytest
from slack_sdk.models.blocks import Block

from bot.core.entry import Entry, parse, render
from bot.model import Permalink, Reply, TrackingIssue
from bot.texts import entry_page, issue, reply
from tests.fakes import transfer_case

ENTRY_URL = f"https://github.com/acme/knowledge/blob/main/knowledge/errors/{transfer_case.NAME}.md"


def entry(said: str = transfer_case.HARMLESS) -> Entry:
    """The entry as it is merged."""
    return entry_page.new_entry(transfer_case.case(said).signature, transfer_case.occurrence(said))


def answer(merged: Entry, thread: Permalink = transfer_case.THREAD, entry_url: str = ENTRY_URL) -> Reply:
    """The reply as publish asks for it."""
    tracked = TrackingIssue("#41", "https://github.com/acme/knowledge/issues/41", open=True)
    request = "https://github.com/acme/knowledge/pull/7"
    return reply.reply(merged, thread, marker="m", entry_url=entry_url, pull_request=request, approved_by=("mia", "ben"), tracked=tracked)


def texts(made: Reply) -> list[str]:
    """Every text of every block."""
    found = []
    for block in made.blocks:
        for element in [block["text"]] if "text" in block else block["elements"]:  # type: ignore[attr-defined]
            assert element["verbatim"] is True
            found.append(str(element["text"]))
    return found


def test_the_first_line_is_verdict_and_answer() -> None:
    """In the notification too."""
    made = answer(entry())
    assert made.text == "*Act now* · severity *high* · regression · cause well supported: Transfers fail again: insufficient leaf balance"
    assert texts(made)[0] == made.text


def test_it_says_cause_code_fix_history_severity_and_next_steps() -> None:
    """In the order a reader needs them, then the links and who approved."""
    shown = texts(answer(entry()))
    titles = [text.partition("\n")[0] for text in shown[1:8]]
    assert titles == ["*Root cause*", "*Affected code*", "*Immediate fix*", "*Long-term fix*", "*Historical context*", "*Severity*", "*Next steps*"]
    assert "&lt; 1 hour" in shown[6]
    assert f"<{ENTRY_URL}|entry> · <https://github.com/acme/knowledge/pull/7|pull request>" in shown[-2]
    assert "<https://github.com/acme/knowledge/issues/41|tracking issue #41>" in shown[-2]
    assert shown[-1].startswith("Reviewed and merged by mia, ben.")


def test_what_a_person_edited_is_what_the_thread_is_told() -> None:
    """Word for word, and what they added to the introduction as well."""
    edited = parse(render(entry()).replace("Revert the commit.", "Ask Ada *first*.").replace("#### Root cause", "Seen on Monday too.\n\n#### Root cause", 1))
    shown = "\n".join(texts(answer(edited)))
    assert "Ask Ada _first_." in shown
    assert "Revert the commit." not in shown
    assert "Seen on Monday too." in shown


def test_an_occurrence_that_was_edited_away_gives_the_summary() -> None:
    """A thread without a block of its own is answered from the entry's first section."""
    made = answer(entry(), Permalink("acme.slack.com", "C0OTHER", "1765962764.000001"))
    assert made.text.startswith("*ValidationError in transfer")
    assert "*Why it happens:*" in texts(made)[1]
    assert "errata:" not in "".join(texts(made))


def test_a_file_is_named_where_there_is_no_link() -> None:
    """The local forge has paths, not pages."""
    assert "entry `knowledge/errors/x.md`" in texts(answer(entry(), entry_url="knowledge/errors/x.md"))[-2]


@pytest.mark.slow
@pytest.mark.parametrize("said", ["x", "word " * 1_500, "&" * 5_000, "`" * 5_000, "```\ncode\n```\n" * 400, "<@U1> " * 900, "\n" * 5_000 + "x", "ﷺ" * 4_000])
def test_it_keeps_to_the_limits_of_slack(said: str) -> None:
    """Fifty blocks, 3,000 characters each, 12,000 together, every entity and code block whole."""
    made = answer(entry(said))
    for block in Block.parse_all(list(made.blocks)):
        block.validate_json()
    shown = texts(made)
    assert len(made.blocks) <= 50
    assert max(map(len, shown)) <= 3_000
    assert sum(map(len, shown)) <= 12_000
    assert 0 < len(made.text) <= 4_000
    for text in [*shown, made.text]:
        assert text.count("```") % 2 == 0
        rest = re.sub(r"<https://[^<>|]+\|[^<>|]*>", "", text)
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest)


def test_the_tracking_issue_leads_back_to_the_entry() -> None:
    """Its title is plain, its relative links are absolute, its marker is the signature."""
    linked = parse(render(entry()).replace("nothing known so far", "[other](other_TimeoutError_123456.md), or else"))
    made = issue.draft(
        linked,
        "its severity is high",
        entry_url=ENTRY_URL,
        pull_request=None,
        earlier=TrackingIssue("#3", "https://github.com/acme/knowledge/issues/3", open=False),
    )
    assert made.title == "ValidationError in transfer_handler: insufficient leaf balance"
    assert made.marker == transfer_case.NAME
    assert made.labels == ("severity:high",)
    assert made.body.startswith("Tracked, because its severity is high.\n\n- **How to recognise it:**")
    assert "(https://github.com/acme/knowledge/blob/main/knowledge/errors/other_TimeoutError_123456.md)" in made.body
    assert "Earlier issue, closed" in made.body
    assert "errata:" not in made.body
