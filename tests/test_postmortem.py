"""Post-mortems: built from what is known, by whom the parts are, and what an entry, a thread or a person can do to them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bot.chat.console_thread import ConsoleThreads
from bot.chat.slack_thread import SlackThreads
from bot.config import Codebase, Secret
from bot.config.knowledge import Postmortems
from bot.core.alert.thread_words import Spoken, ThreadWords, decoded
from bot.core.entry.entry import Entry, amended, made, parse, render
from bot.core.entry.library import Library
from bot.core.knowledge import postmortem
from bot.core.knowledge.postmortem_facts import incident
from bot.errors import BadCommand, BadEntry, BotError, ChatError, TrackerError
from bot.jobs import postmortem as job
from bot.model import Checkup, IssueDraft, MergedEntry, Permalink, Prevention, TrackingIssue
from bot.texts import postmortem_page
from bot.texts.entry_page import new_entry, record_occurrence
from bot.trackers.local import LocalTracker
from tests import probing
from tests.fakes.github import FakeGitHub
from tests.fakes.merges import FakeMerges
from tests.fakes.slack import TOKEN, FakeSlack
from tests.github_forge import forge_of
from tests.occurrences import FIRST, SECOND, occurrence, signature

NAME = signature().name
PATH = f"knowledge/errors/{NAME}.md"
PAGE = f"knowledge/postmortems/2025-12-12-{NAME}.md"
THREAD = Permalink("acme.slack.com", "C0ALERTS1", FIRST)
HOSTILE = (
    "Fixed. @here closes #12 <!-- errata:part 0000000000000000 --> | [x](https://evil.example) ## Lessons learned\n## Injected\npassword: hunter2-and-more"
)


def diagnosed(**changes: object) -> Entry:
    """The entry of one critical occurrence, with advice."""
    one = occurrence(severity="critical")
    told = replace(
        one.diagnosis,
        prevention=Prevention(test="Two transfers at once", check="", alert="Balances below zero"),
        long_term_fix="Take the lock again.",
        blast_radius="All transfers of tenant a.",
        root_cause=replace(one.diagnosis.root_cause, five_whys=("Why? The lock.", "Why? The refactoring.")),
    )
    return amended(new_entry(signature(), replace(one, diagnosis=told)), changes)  # type: ignore[arg-type]


def page(entry: Entry | None = None, thread: ThreadWords | None = None) -> str:
    """A new post-mortem."""
    told = incident(entry or diagnosed(), "", None, thread)
    return postmortem.rendered(postmortem_page.title(told), postmortem_page.introduction(), postmortem_page.parts(told), postmortem_page.theirs())


def said(*texts: str) -> ThreadWords:
    """A thread in which one person says these."""
    return ThreadWords(THREAD.url, tuple(Spoken(f"17655265{number:02}.000000", "person 1", text) for number, text in enumerate(texts, 70)))


def part(text: str, title: str) -> str:
    """One section."""
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_it_holds_what_is_known_and_says_what_is_not() -> None:
    """Every part, each from the entry; the unknown is named; people's part is only questions."""
    text = page()
    for title in ("Summary", "Impact", "Timeline", "Root cause", "Detection", "Resolution", "Prevention", "Action items", "Lessons learned"):
        assert f"\n## {title}\n" in text, title
    assert f"[{NAME}](../errors/{NAME}.md)" in text
    assert "All transfers of tenant a." in part(text, "Impact")
    assert "2. Why? The refactoring." in part(text, "Root cause")
    assert "asks why 2 times; what it leaves open is not known" in part(text, "Root cause")
    assert "How long it had gone on by then is not known." in part(text, "Detection")
    assert "What ended it is not known" in part(text, "Resolution")
    assert "The thread was not read." in part(text, "Timeline")
    assert "- [ ] Add a test: Two transfers at once\n- [ ] Add an alert: Balances below zero\n- [ ] For good: Take the lock again\n" in text
    assert "What went well?" in part(text, "Lessons learned")
    assert "errata:part" not in part(text, "Lessons learned")


def test_what_ended_an_earlier_occurrence_did_not_end_this_one() -> None:
    """A regression is not told as resolved, and asks for what ended it."""
    earlier = page(diagnosed(status="regressed", resolution="Lock, commit 4be91d07", resolved_at="2025-12-01T00:00:00Z"))
    assert "Not resolved yet. What ended the earlier ones, on 2025-12-01 00:00 UTC, did not last: Lock, commit `4be91d07`" in part(earlier, "Resolution")
    assert "- [ ] Write into the entry what ended it" in part(earlier, "Action items")

    later = page(diagnosed(status="resolved", resolution="Lock, commit 4be91d07", resolved_at="2026-12-01T00:00:00Z"))
    assert "Resolved on 2026-12-01 00:00 UTC: Lock" in part(later, "Resolution")
    assert "Write into the entry what ended it" not in part(later, "Action items")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Lock, commit 4be91d07aa11", "Lock, commit [`4be91d07aa11`](https://github.com/acme/transfers/commit/4be91d07aa11)"),
        ("See https://github.com/acme/transfers/pull/7", "See [pull request 7](https://github.com/acme/transfers/pull/7)"),
        (
            "acme/infra#9, commit 4be91d07",
            "[`acme/infra#9`](https://github.com/acme/infra/pull/9), commit [`4be91d07`](https://github.com/acme/infra/commit/4be91d07)",
        ),
        ("#7, not other/shop#8", "[`#7`](https://github.com/acme/transfers/pull/7), not `other/shop#8`"),
        ("https://evil.example/acme/transfers/pull/7", "`https://evil.example/acme/transfers/pull/7`"),
        ("https://evil.example and 4be91d07", "`https://evil.example` and [`4be91d07`](https://github.com/acme/transfers/commit/4be91d07)"),
    ],
)
def test_what_ended_it_is_linked_where_the_configuration_says_where_it_is_read(words: str, told: str) -> None:
    """Commit and request, below the addresses of the code alone; what stands elsewhere, or may, stays code."""
    entry = diagnosed(status="resolved", resolution=words, resolved_at="2026-12-01T00:00:00Z")
    service = entry.meta.services[0]
    code = [
        Codebase("transfers", repository="https://github.com/acme/transfers.git", services=(service,)),
        Codebase("infra", url="https://github.com/acme/infra/"),
    ]

    def ended(*codebases: Codebase) -> str:
        found = job.told_of(entry, "", (), None, codebases)
        made = {one.title: one.words for one in postmortem_page.parts(found)}
        assert found.links or "](" not in made["Timeline"]
        return made["Resolution"].partition("\n")[0].partition(" UTC: ")[2]

    assert ended(code[0], replace(code[1], services=("other",))) == told
    assert "](" not in ended()
    two = ended(code[0], code[1])
    assert ("acme/transfers/commit" in two) == ("pull/7" in words and "commit" in words), "which of the two repositories a bare id is of is not known"


def test_the_timeline_is_of_evidence_thread_and_people() -> None:
    """In order of time, in UTC: first and last event, deploy, alert, thread, review, end."""
    entry = diagnosed(
        reviewed_by=("mira",),
        reviewed_at="2025-12-12T10:00:00Z",
        status="resolved",
        resolution="Lock taken again, commit 4be91d07",
        resolved_at="2025-12-12T12:01:05Z",
    )
    case = probing.case()
    event = replace(case.evidence[0].detail, time=datetime(2025, 12, 12, 7, 59, 5, tzinfo=UTC))  # type: ignore[type-var]
    case = replace(case, evidence=(replace(case.evidence[0], detail=event),))
    told = incident(entry, "", case, said("I look at it", "Done"))
    kinds = [moment.kind for moment in told.moments]
    assert kinds == ["event", "alert", "thread", "thread", "review", "end"]
    text = "".join(words for _, words in postmortem_page.parts(told))
    assert "| 2025-12-12 08:01:05 | the alert was posted |" in text
    assert "reviewed and merged by mira" in text
    assert "person 1 in the thread: `I look at it`" in text
    assert "4 h 2 min, from the first event to the resolution" in text
    assert "lies 2 min before it" in text
    assert "From the alert to the reviewed answer: 1 h 58 min." in text


def test_what_people_said_is_quoted_redacted_and_inert() -> None:
    """No mention, no link, no heading, no mark and no secret of a thread comes alive."""
    text = page(thread=said(HOSTILE))
    row = next(line for line in text.splitlines() if "in the thread" in line)
    assert "hunter2" not in text
    assert "## Injected" not in text.splitlines()
    assert row.count("|") - row.count("\\|") == 3
    assert postmortem.updated(text, postmortem_page.parts(incident(diagnosed(), "", None, said("Calm")))) == page(thread=said("Calm"))
    assert row.partition("person 1 in the thread: ")[2].startswith("`")


def test_people_keep_their_words_and_the_bot_its_parts() -> None:
    """Run again: an edited part stays to the letter, a part taken out stays out, the rest is brought up to date; twice is once."""
    before = page().replace("All transfers of tenant a.", "Nobody was hit.").replace("_Yours to fill in._", "We were quick.", 1)
    start, end = before.index("## Prevention"), before.index("## Action items")
    before = before[:start] + before[end:]
    told = incident(diagnosed(status="resolved", resolution="Lock taken again", resolved_at="2025-12-12T12:00:00Z"), "", None, said("Done"))
    after = postmortem.updated(before, postmortem_page.parts(told))
    assert "Nobody was hit." in after
    assert "We were quick." in after
    assert "## Prevention" not in after
    assert "Lock taken again" in part(after, "Resolution")
    assert "person 1 in the thread" in part(after, "Timeline")
    assert postmortem.updated(after, postmortem_page.parts(told)) == after
    crlf = before.replace("\n", "\r\n")
    assert postmortem.updated(crlf, postmortem_page.parts(told)).replace("\r\n", "\n") == after


def test_a_timeline_never_loses_what_was_read_once() -> None:
    """The thread is gone by now: its rows stay."""
    before = page(thread=said("Done", "Thanks"))
    parts = postmortem_page.parts(incident(diagnosed()))
    assert "Thanks" in postmortem.updated(before, postmortem.no_poorer(before, parts))
    assert postmortem.updated("# By hand\n\n## Timeline\n\nOurs.\n", parts) == "# By hand\n\n## Timeline\n\nOurs.\n"


def test_an_entry_without_occurrences_gives_what_its_front_matter_says() -> None:
    """Written by hand, imported, or edited away: nothing is invented."""
    bare = made(replace(diagnosed().meta, threads=(), occurrences=1, resolution="It went away."), "\n# By hand\n")
    text = page(bare)
    assert "No diagnosis of this occurrence stands in the entry." in text
    assert "The entry holds no diagnosis of this occurrence." in text
    assert "The diagnosis proposes none." in text


def test_an_occurrence_is_chosen_by_its_alert() -> None:
    """Else the latest; one that the entry does not list is refused."""
    entry = record_occurrence(diagnosed(), occurrence(SECOND))
    first = next(link for link in entry.meta.threads if FIRST.replace(".", "") in link)
    assert incident(entry).time.date() == date(2025, 12, 17)
    assert incident(entry, first).time.date() == date(2025, 12, 12)
    with pytest.raises(BadCommand, match="lists no such alert"):
        incident(entry, "https://acme.slack.com/archives/C0ALERTS1/p1700000000000000")


@pytest.mark.slow
def test_two_alerts_of_one_day_have_a_post_mortem_each(tmp_path: Path) -> None:
    """The second has the time in its name, whether the first is open or merged; each is found again by its alert."""
    entry = record_occurrence(diagnosed(), occurrence(f"{int(FIRST[:10]) + 3 * 3_600}.000100"), signature())
    first, second = (incident(entry, thread) for thread in entry.meta.threads)
    later = f"knowledge/postmortems/2025-12-12T110105-{NAME}.md"
    with FakeGitHub(tmp_path) as hub:
        assert isinstance(hub, FakeGitHub)
        hub.seed({"README.md": "hello\n"})
        for told in (first, second, second, first):
            job.propose(told, forge_of(hub), lambda _: None)
        assert hub.pulls() == [1, 2]
        before = hub.text(PAGE, hub.items[1]["head"])
        hub.merge(1)
        hub.merge(2)
        job.propose(second, forge_of(hub), lambda _: None)
        assert (hub.pulls(), hub.text(PAGE)) == ([], before)
        assert postmortem.named(later) == (date(2025, 12, 12), NAME)
        assert "2025-12-12 11:01" in part(hub.text(later) or "", "Summary")

        hub.person_commits("main", {later: before})
        with pytest.raises(BadCommand, match="another alert of that second"):
            job.propose(second, forge_of(hub), lambda _: None)


def test_a_page_whose_alert_people_took_out_is_kept_up() -> None:
    """What a summary does not say cannot be another's; an alert under *Prevention* is advice."""
    text = page()
    parts = postmortem_page.parts(incident(diagnosed()))
    bare = "\n".join(line for line in text.split("\n") if not line.startswith("- **Alert:** ["))
    assert "- **Alert:** Balances below zero" in bare
    assert not postmortem.is_of_another(text, parts)
    assert not postmortem.is_of_another(bare, parts)
    assert postmortem.is_of_another(text.replace("p1765526465", "p1765526466"), parts)


def test_which_entry_is_meant() -> None:
    """By today's name or an earlier one; none, and one out of use, are refused with what to do."""
    library = Library([diagnosed(aliases=("old_name",)), amended(new_entry(signature(message="other"), occurrence()), {"status": "withdrawn"})])
    assert job.entry_of("old_name", library).meta.signature == NAME
    for name, cause in (("nobody", "no entry of that name"), (signature(message="other").name, "was withdrawn")):
        with pytest.raises(BadCommand, match=cause) as refused:
            job.entry_of(name, library)
        assert refused.value.remedy


def test_the_policy_asks_once() -> None:
    """For a new diagnosis of a named severity, and not again within the days; a broken entry is told and costs itself."""
    entry = diagnosed()
    pushed = MergedEntry(PATH, None, render(entry))
    policy = Postmortems()
    assert [one.meta.signature for one in job.due([pushed], [], policy, [])] == [NAME]
    assert job.due([pushed], [f"knowledge/postmortems/2025-12-10-{NAME}.md"], policy, []) == []
    assert len(job.due([pushed], [f"knowledge/postmortems/2025-11-10-{NAME}.md", "knowledge/postmortems/notes.md"], policy, [])) == 1
    assert job.due([pushed], [], Postmortems(severities=()), []) == []
    assert job.due([MergedEntry(PATH, render(entry), render(amended(entry, {"owners": ("@a",)})))], [], policy, []) == []
    assert job.due([MergedEntry(PATH, None, render(amended(entry, {"status": "withdrawn"})))], [], policy, []) == []
    failures: list[BotError] = []
    assert job.due([MergedEntry(PATH, None, "broken"), pushed], [], policy, failures) == [entry]
    assert isinstance(failures[0], BadEntry)


def test_action_items_become_issues_once(tmp_path: Path) -> None:
    """Open ones only, those that people added too; linked both ways; a run after a crash finds what the first one opened."""
    text = page().replace("- [ ] For good: Take the lock again", "- [x] For good: Take the lock again\n* [ ] Ask   the vendor")
    forge, tracker, failures = FakeMerges(), LocalTracker(tmp_path / "issues"), list[BotError]()
    forge.files[PAGE] = text
    lines: list[str] = []
    job.open_actions({PAGE: text}, forge, tracker, lambda path: f"https://kb.example/{path}", failures, lines.append)
    after = forge.files[PAGE]
    assert failures == []
    assert len(list((tmp_path / "issues").glob("*.md"))) == 4
    assert "* [ ] Ask   the vendor ([0003-ask-the-vendor](file://" in after
    assert "- [x] For good: Take the lock again\n" in after
    issue = (tmp_path / "issues" / "0003-ask-the-vendor.md").read_text()
    assert f"[this post-mortem](https://kb.example/{PAGE})" in issue
    job.open_actions({PAGE: after}, forge, tracker, str, failures, lines.append)
    forge.files[PAGE] = text  # the links were lost, the issues were not
    job.open_actions({PAGE: text}, forge, tracker, str, failures, lines.append)
    assert len(list((tmp_path / "issues").glob("*.md"))) == 4
    assert forge.files[PAGE] == after


class Refusing:
    """A tracker that is down."""

    def find(self, *markers: str) -> TrackingIssue | None:
        """Nothing."""
        raise TrackerError("looking for the issue", f"down ({markers[0][:10]})", "try again")

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """Nothing."""
        raise AssertionError(draft)

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """Nothing."""
        raise AssertionError((issue, draft))

    def keeps(self, url: str) -> bool:
        """Nothing."""
        return not url

    def examine(self) -> Iterator[Checkup]:
        """Nothing."""
        return iter(())


def test_a_tracker_that_is_down_costs_nothing_but_time() -> None:
    """Each failure is told, the page stays; without a tracker nothing is asked; a page of another name has no actions."""
    forge, failures, lines = FakeMerges(), list[BotError](), list[str]()
    forge.files[PAGE] = page()
    job.open_actions({PAGE: page()}, forge, Refusing(), str, failures, print)
    assert len(failures) == 4
    assert forge.files[PAGE] == page()
    job.open_actions({PAGE: page(), "knowledge/postmortems/notes.md": page()}, forge, None, str, failures, lines.append)
    assert lines == ["4 open action items stay check boxes of their pages: the configured tracker takes no issues"]
    job.open_actions({"knowledge/postmortems/notes.md": page()}, forge, Refusing(), str, failures, print)
    assert len(failures) == 4


@pytest.mark.parametrize("name", ["2025-13-40-x.md", "x.md", "2025-12-12-.md", "2025-12-12-a/b.md"])
def test_names_that_are_none(name: str) -> None:
    """Day and signature, or nothing."""
    assert postmortem.named(f"knowledge/postmortems/{name}") is None or "/" in name


def test_a_carried_thread_is_read_strictly() -> None:
    """What another job left is cut to what a thread may be, and refused when it is none."""
    words = said("hello\x1b[31m")
    assert decoded(msgspec.json.encode(words)).spoken[0].text == "hello"
    long = ThreadWords("x", tuple(Spoken("1765526570.000000", "person 1", "y" * 9_000) for _ in range(500)))
    assert (len(decoded(msgspec.json.encode(long)).spoken), len(decoded(msgspec.json.encode(long)).spoken[0].text)) == (200, 2_000)
    for data in (b"[]", b'{"thread": "x", "more": 1}', msgspec.json.encode(ThreadWords("x", (Spoken("../x", "a", "b"),))), b"\xff"):
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
            decoded(data)


def test_a_thread_without_an_account(tmp_path: Path) -> None:
    """Replies of the folder in order; our own are not dated there, and broken files are none."""
    folder = tmp_path / "messages"
    folder.mkdir()
    for name, ts, more in (("b", "1765526580.000000", '"user":"U2"'), ("a", "1765526570.000000", '"user":"U1"'), ("c", "1765526590.000000", '"bot_id":"B1"')):
        (folder / f"{name}.json").write_text(f'{{"channel":"C0ALERTS1","message":{{"ts":"{ts}","thread_ts":"{FIRST}","text":"from {name}",{more}}}}}')
    (folder / "d.json").write_text("{")
    (folder / "e.json").write_text(f'{{"channel":"C0OTHER","message":{{"ts":"1765526595.000000","thread_ts":"{FIRST}","text":"elsewhere"}}}}')
    spoken = ConsoleThreads(folder).said(THREAD).spoken
    assert [(one.who, one.text) for one in spoken] == [("person 1", "from a"), ("person 2", "from b"), ("an app", "from c")]
    assert ConsoleThreads(tmp_path / "none").said(THREAD).spoken == ()


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    """One Slack for this file."""
    with FakeSlack() as fake:
        yield fake


@pytest.mark.slow
def test_a_thread_in_slack(slack: FakeSlack) -> None:
    """People numbered; a parent that is gone leaves its replies; an archived channel is read; what refuses is told with what to do."""
    slack.reset()
    threads = SlackThreads(Secret(TOKEN), slack.base_url, lambda _: None)
    parent = slack.post("C0ALERTS1", "it fails", ts=FIRST)
    slack.post("C0ALERTS1", "on it", thread_ts=parent, user="U1", bot_id="", subtype="")
    slack.post("C0ALERTS1", "thanks", thread_ts=parent, user="U2", bot_id="", subtype="")
    assert [(one.who, one.text) for one in threads.said(THREAD).spoken] == [("person 1", "on it"), ("person 2", "thanks")]
    slack.channels["C0ALERTS1"].archived = True
    assert len(threads.said(THREAD).spoken) == 2
    slack.delete("C0ALERTS1", parent)
    assert len(threads.said(THREAD).spoken) == 2
    with pytest.raises(ChatError) as refused:
        threads.said(Permalink("acme.slack.com", "C0ALERTS1", "1700000000.000000"))
    assert refused.value.remedy
    slack.refuse("conversations.replies", "channel_not_found")
    with pytest.raises(ChatError):
        threads.said(THREAD)


def test_what_is_rendered_is_parsed_again() -> None:
    """The entry of these tests is one that the folder takes."""
    assert parse(render(diagnosed())).meta.signature == NAME
