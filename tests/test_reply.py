"""The answer in the thread is what the reviewer merged, within Slack's limits."""

import re

import msgspec
import pytest
from slack_sdk.models.blocks import Block

from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.sections import IN_SHORT, find
from bot.core.recurrence import reviewed_text
from bot.core.request.reply_marks import marker
from bot.model import Permalink, Reply, RootCause, TrackingIssue
from bot.texts import entry_page, issue, reply
from tests.fakes import transfer_case

ENTRY_URL = f"https://github.com/acme/knowledge/blob/main/knowledge/errors/{transfer_case.NAME}.md"


def entry(said: str = transfer_case.HARMLESS) -> Entry:
    """The entry as it is merged."""
    return entry_page.new_entry(transfer_case.case(said).signature, transfer_case.occurrence(said))


def answer(merged: Entry, thread: Permalink = transfer_case.THREAD, entry_url: str = ENTRY_URL) -> Reply:
    """The reply as publish asks for it."""
    (first, *_) = answers(merged, thread, entry_url)
    return first


def answers(merged: Entry, thread: Permalink = transfer_case.THREAD, entry_url: str = ENTRY_URL) -> tuple[Reply, ...]:
    """The reply and what continues it."""
    tracked = TrackingIssue("#41", "https://github.com/acme/knowledge/issues/41", open=True)
    return reply.replies(merged, thread, reply.About(entry_url, "https://github.com/acme/knowledge/pull/7", ("mia", "ben"), tracked))


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
    shown = texts(answer(entry()))[1:]
    titles = [text.partition("\n")[0] for text in shown[1:8]]
    assert titles == ["*Root cause*", "*Affected code*", "*Immediate fix*", "*Long-term fix*", "*Historical context*", "*Severity*", "*Next steps*"]
    assert "&lt; 1 hour" in shown[6]
    assert f"<{ENTRY_URL}|entry> · <https://github.com/acme/knowledge/pull/7|pull request>" in shown[-2]
    assert "<https://github.com/acme/knowledge/issues/41|tracking issue #41>" in shown[-2]
    assert shown[-1].startswith("Reviewed and merged by mia, ben.")


def test_what_is_to_be_done_comes_before_what_proves_the_cause() -> None:
    """A reader at three in the morning sees statement, place, fix and steps first; whys and quotations follow, none is lost."""
    shown = texts(answer(entry()))
    cause = next(text for text in shown if text.startswith("*Root cause*"))
    proof = next(text for text in shown if text.startswith("*How the cause was found*"))
    assert "step by step" not in cause
    assert "Seen in the evidence" in proof
    assert shown.index(proof) > next(number for number, text in enumerate(shown) if text.startswith("*Next steps*"))


def test_a_regression_says_what_its_raised_severity_obliges_to() -> None:
    """In the newest thread, below the first line; nowhere when the diagnosis says the same severity."""
    raised = amended(entry(), {"status": "regressed", "severity": "critical"})
    about = reply.About(ENTRY_URL, response_time="< 15 minutes", escalation="page the on-call engineer now")
    (first, *_) = reply.replies(raised, transfer_case.THREAD, about)
    said = "*Severity raised to critical*, because it was resolved and came back: respond within 15 minutes; page the on-call engineer now."
    assert texts(first)[1] == said
    older = amended(raised, {"threads": (*raised.meta.threads, "https://acme.slack.com/archives/C0ALERTS1/p1765969999000100")})
    assert "raised" not in "".join(texts(reply.replies(older, transfer_case.THREAD, about)[0]))
    assert "raised" not in "".join(texts(reply.replies(amended(raised, {"severity": "high"}), transfer_case.THREAD, about)[0]))


@pytest.mark.parametrize(
    "words", ["`](https://evil.example/a)`", r"\[x\](https://evil.example/a)", "![x](https://evil.example/a.png)", "```\n[x](https://evil.example/a)\n```"]
)
def test_what_only_looks_like_a_link_is_none(words: str) -> None:
    """In code, escaped, or a picture: the words of a model or a log line lead nowhere."""
    shown = render(entry())
    start = shown.index("#### Affected code") + len("#### Affected code")
    forged = parse(f"{shown[:start]}\n\n[x](`../runbooks/evil.md`)\n\n{words}\n\n{shown[start:]}")

    links = texts(answer(forged))[-2]
    assert "evil" not in links
    assert "|failing code>" in links


def test_runbooks_and_the_failing_code_are_linked() -> None:
    """A relative link of the entry would be dead in Slack: it is made whole in the last line."""
    linked = parse(render(entry()).replace("#### Next steps", "#### Next steps\n\n1. Follow [Deadlocks](../runbooks/deadlocks.md).", 1))
    shown = texts(answer(linked))
    assert "<https://github.com/acme/knowledge/blob/main/knowledge/runbooks/deadlocks.md|runbook deadlocks>" in shown[-2]
    assert "|failing code>" in shown[-2]


def test_what_a_person_edited_is_what_the_thread_is_told() -> None:
    """Word for word, and what they added to the introduction as well."""
    edited = parse(render(entry()).replace("Revert the commit.", "Ask Ada *first*.").replace("#### Root cause", "Seen on Monday too.\n\n#### Root cause", 1))
    shown = "\n".join(texts(answer(edited)))
    assert "Ask Ada _first_." in shown
    assert "Revert the commit." not in shown
    assert "Seen on Monday too." in shown


def test_a_cause_that_a_person_put_into_the_summary_is_not_called_unknown() -> None:
    """The bot's "not known" gives way, in the first line and below; a diagnosis that they changed too is told as they left it.

    Of a later occurrence it stands: what ended up in the summary earlier is not proven of that one.
    """
    found = transfer_case.occurrence()
    unknown = msgspec.structs.replace(found.diagnosis, root_cause=RootCause(False, "What was seen does not carry a cause.", "none"))
    merged = entry_page.new_entry(transfer_case.case().signature, msgspec.structs.replace(found, diagnosis=unknown))
    whole = "\n".join(texts(answer(merged)))
    assert "cause unknown" in whole
    assert "*Not known.*" in whole

    told = render(merged).replace("Not known yet. What was seen does not carry a cause.", "Two transfers read the same leaf.")
    shown = "\n".join(texts(answer(parse(told))))
    assert "*Why it happens:* Two transfers read the same leaf." in shown
    assert "cause unknown" not in shown
    assert "Not known" not in shown
    assert "*Not known.* Mira looks." in "\n".join(
        texts(answer(parse(told.replace("**Not known.** What was seen does not carry a cause.", "**Not known.** Mira looks."))))
    )
    later = Permalink("acme.slack.com", "C0ALERTS1", "1766062764.000200")
    again = msgspec.structs.replace(found, permalink=later, time=later.time, diagnosis=unknown)
    assert "*Not known.*" in "\n".join(texts(answer(entry_page.record_occurrence(parse(told), again), later)))


def test_an_occurrence_without_its_headings_is_told_all_the_same() -> None:
    """A reviewer put the diagnosis into one paragraph of their own; alerts that come later read it, too."""
    merged = entry()
    own = Entry(merged.meta, merged.front, "\n".join(line for line in merged.body.split("\n") if not line.startswith("#### ")))

    assert "Keep the lock." in "\n".join(texts(answer(own)))
    assert "row lock was removed" in reviewed_text.read(own).cause


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
    """In every message fifty blocks, 3,000 characters each, 12,000 together, every entity and code block whole."""
    for number, made in enumerate(answers(entry(said)), start=1):
        assert made.marker == marker(transfer_case.NAME, transfer_case.THREAD, number)
        for block in Block.parse_all(list(made.blocks)):
            block.validate_json()
        shown = texts(made)
        assert len(made.blocks) <= 50
        assert max(map(len, shown)) <= 3_000
        assert sum(map(len, shown)) <= 12_000
        assert 0 < len(made.text) <= 4_000
        whole([*shown, made.text])


def whole(shown: list[str]) -> None:
    """Every entity and code block."""
    for text in shown:
        assert text.count("```") % 2 == 0
        rest = re.sub(r"<https://[^<>|]+\|[^<>|]*>", "", text)
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest)


def test_the_tracking_issue_leads_back_to_the_entry() -> None:
    """Its title is plain, its relative links are absolute, its marker is the signature."""
    linked = parse(render(entry()).replace("nothing known so far", "[other](other_TimeoutError_123456.md), or else"))
    earlier = TrackingIssue("#3", "https://github.com/acme/knowledge/issues/3", open=False)
    made = issue.draft(linked, "its severity is high", issue.About(ENTRY_URL, None, earlier, "< 1 hour", "on-call engineer"))
    assert made.title == "ValidationError in transfer_handler: insufficient leaf balance"
    assert made.marker == transfer_case.NAME
    assert made.labels == ("severity:high",)
    assert made.body.startswith("Tracked, because its severity is high.\n\n- **How to recognise it:**")
    assert "(https://github.com/acme/knowledge/blob/main/knowledge/errors/other_TimeoutError_123456.md)" in made.body
    assert "Earlier issue, closed" in made.body
    assert "errata:" not in made.body


@pytest.mark.parametrize(
    ("why", "first", "below"),
    [
        ("**Why it happens:** The `lock` is gone. (high confidence)", "*Known* · seen before: The `lock` is gone. (high confidence)", ""),
        ("**Why it happens:** The lock is gone.\n  And nobody saw it.", "*Known* · seen before", "• *Why it happens:* The lock is gone.\nAnd nobody saw it."),
        ("**The cause:** no lock.", "*Known* · seen before", "• *The cause:* no lock."),
    ],
    ids=["one line", "it goes on", "in words of their own"],
)
def test_an_answer_at_once_says_cause_and_reviewer_once(why: str, first: str, below: str) -> None:
    """The cause in the first line, as it was reviewed, or below where it is longer; who reviewed it only in the line that says so."""
    of = entry()
    summary = find(of.body, IN_SHORT)
    assert summary is not None
    body = f"{of.body[: summary.content]}\n- **What to do:** Wait.\n- {why}\n\n{of.body[summary.end :]}"
    about = reply.About(ENTRY_URL, at_once=True, corrected="_Answered at once from what mia reviewed._", opening="*Known* · seen before")

    (made,) = reply.replies(Entry(of.meta, of.front, body), msgspec.structs.replace(transfer_case.THREAD, ts="1765999999.000100"), about)

    shown = texts(made)
    assert (made.text, shown[0]) == (first, first)
    assert "\n".join(shown).count("mia") == 1
    assert shown[2] == "\n".join(filter(None, ("• *What to do:* Wait.", below)))
    assert shown[-1].endswith("The entry is the place for corrections.")
