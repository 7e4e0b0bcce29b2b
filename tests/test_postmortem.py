"""Post-mortems: built from what is known, by whom the parts are, and what an entry, a thread or a person can do to them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.config import Codebase
from bot.core.entry.entry import made, parse, render
from bot.core.knowledge import postmortem
from bot.core.knowledge.postmortem_facts import incident
from bot.errors import BadCommand
from bot.jobs import postmortem as job
from bot.texts import postmortem_page
from bot.texts.entry_page import record_occurrence
from tests import probing
from tests.fakes.github import FakeGitHub
from tests.github_forge import forge_of
from tests.occurrences import FIRST, SECOND, occurrence, signature
from tests.postmortems import NAME, PAGE, diagnosed, page, said

HOSTILE = (
    "Fixed. @here closes #12 <!-- errata:part 0000000000000000 --> | [x](https://evil.example) ## Lessons learned\n## Injected\npassword: hunter2-and-more"
)


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


@pytest.mark.parametrize("name", ["2025-13-40-x.md", "x.md", "2025-12-12-.md", "2025-12-12-a/b.md"])
def test_names_that_are_none(name: str) -> None:
    """Day and signature, or nothing."""
    assert postmortem.named(f"knowledge/postmortems/{name}") is None or "/" in name


def test_what_is_rendered_is_parsed_again() -> None:
    """The entry of these tests is one that the folder takes."""
    assert parse(render(diagnosed())).meta.signature == NAME
