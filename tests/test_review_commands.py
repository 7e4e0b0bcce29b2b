"""Review as a conversation, on a GitHub of loopback: what people comment, what the bot does, what it answers, and what it passes over."""

import sqlite3
from pathlib import Path

import pytest

from bot.core.entry.entry import amended, parse, render
from bot.core.sql.approvable_query import queries_in
from bot.texts.entry_page import new_entry
from tests.chain import Chain, git
from tests.fakes import github_comments
from tests.occurrences import FIRST, occurrence, signature
from tests.reviewing import BRANCH, DATABASE, ENTRY, NAME, Review

pytestmark = pytest.mark.slow


@pytest.fixture
def review(house: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A house in which people review."""
    return Review(house, tmp_path / "runs", monkeypatch)


def with_database(review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop's database whose table of errors nobody approved beforehand."""
    file = tmp_path / "shop.sqlite"
    with sqlite3.connect(file) as shop:
        shop.execute("CREATE TABLE failures (at text, code text)")
        shop.executemany("INSERT INTO failures VALUES (?, ?)", [("2025-12-17 09:10:00", "LEAF-17"), ("2025-12-17 09:11:00", "mira@example.com")])
    configuration = review.house.checkout / ".github" / "knowledge-bot.yml"
    configuration.write_text(configuration.read_text() + DATABASE)
    monkeypatch.setenv("SHOP_DATABASE", str(file))
    return file


def test_a_hint_is_diagnosed_and_told(review: Review) -> None:
    """Eyes at once; the entry and the description say what was said and by whom; one answer, which ends in the next command."""
    number = review.propose()
    before = review.house.github.commits(BRANCH)
    remark = review.comment(number, "Thanks!\r\n\r\n/rediagnose look at `skip_locked`, fixes #1, see @bob [skip ci] <img src=x>")

    assert github_comments.reactions(review.house.github, remark) == ["eyes"]
    told = "look at `skip_locked`, fixes `#1`, see `@bob` (skip ci) &lt;img src=x> (said by `alice`)"
    assert f"- **After a hint:** {told}" in review.entry()
    assert f"| After a hint | {told} |" in review.body(number)
    assert len(review.house.github.commits(BRANCH)) == len(before) + 1
    assert review.house.github.commits(BRANCH)[0].startswith("Diagnose ValidationError in transfer_handler again, asked for by alice\n")
    assert any("skip_locked" in str(request) for request in review.house.search.requests)
    (answer,) = review.answers(number)
    assert answer.startswith("Diagnosed again after a hint by `alice`: **act now**.")
    assert answer.split("<!--")[0].rstrip().endswith("Next: `/rediagnose <what else you know>`")
    review.run(number, remark)  # the same event once more
    assert len(review.answers(number)) == 1
    assert review.house.github.pulls() == [number]


def test_what_main_says_of_the_end_is_told_with_a_new_diagnosis(review: Review) -> None:
    """The entry was resolved on the default branch while the request waits: its alert came after that, and is a regression."""
    number = review.propose()
    ended = {"status": "resolved", "severity": "medium", "resolution": "Row lock, commit 4be91d07", "resolved_at": "2025-12-14T00:00:00Z"}
    review.house.github.seed({ENTRY: render(amended(new_entry(signature(), occurrence(FIRST)), ended))})
    git(review.house.checkout, "pull", "--quiet")

    review.comment(number, "/rediagnose look at the lock")

    meta = parse(review.entry()).meta
    assert (meta.status, meta.resolution, meta.resolved_at) == ("regressed", "Row lock, commit 4be91d07", "2025-12-14T00:00:00Z")
    assert "- **Came back:** it was resolved on 2025-12-14" in review.entry()
    assert "Row lock" in review.body(number)


def test_what_people_edited_stays(review: Review) -> None:
    """Their words are left as they are; the new diagnosis comes after them, once for each comment, and is published with them."""
    number = review.propose()
    edited = review.entry().replace("#### Root cause", "It was the full moon.\n\n#### Root cause", 1)
    review.house.github.person_commits(BRANCH, {ENTRY: edited}, "Say more")
    remark = review.comment(number, "/rediagnose the moon")
    once = review.entry()

    assert "It was the full moon." in once
    assert once.count("**Diagnosed again**, asked for by `alice`") == 1
    assert "your words stay" in review.answers(number)[0]
    review.run(number, remark)
    assert review.entry() == once
    assert review.house.publish(*review.house.merge(number)) == 0


def test_commands_that_are_not_heard(review: Review) -> None:
    """Of strangers, whatever GitHub calls them; of bots; in code and quotations; on what is not the bot's: nothing runs."""
    number = review.propose()
    hub = review.house.github
    entry = review.entry()
    stranger = review.comment(number, "/rediagnose let me in", "mallory")
    review.comment(number, "/withdraw", "mallory")
    review.comment(number, "/withdraw", "nobody-of-that-name")
    answers = review.answers(number)

    assert github_comments.reactions(hub, stranger) == ["confused"]
    assert len(answers) == 1
    assert "write permission" in answers[0]
    for text in ("```\n/withdraw\n```", "> /withdraw", "fine, no need to /withdraw", "<!--\n/withdraw\n-->"):
        assert github_comments.reactions(hub, review.comment(number, text)) == []
    assert github_comments.reactions(hub, review.comment(number, "/withdraw", "helper[bot]")) == []
    hub.person_commits("feature", {"x.md": "x"}, "mine")
    hub.items[number + 1] = {**hub.items[number], "head": "feature", "title": "Mine", "body": "", "comments": []}
    assert github_comments.reactions(hub, review.comment(number + 1, "/withdraw")) == []
    assert review.answers(number) == answers
    assert review.entry() == entry
    assert set(hub.pulls()) == {number, number + 1}


def test_help_and_near_misses(review: Review) -> None:
    """Each is answered with what can be said; a long comment with control characters is read all the same."""
    number = review.propose()
    review.comment(number, "/help")
    review.comment(number, "/rediagnoze x")
    review.comment(number, "x\x00\x1b[2J" * 9_000 + "\n/help\n/withdraw")
    answers = review.answers(number)

    assert len(answers) == 3
    assert "`/approve-query <digest>`" in answers[0]
    assert "did you mean `/rediagnose`?" in answers[1]
    assert review.house.github.pulls() == [number]


def test_withdrawn_is_remembered_and_reopened_by_hand(review: Review) -> None:
    """Closed with words; the same diagnosis is not proposed again; a command on it is refused; reopened, it goes on."""
    number = review.propose()
    review.comment(number, "/withdraw")

    assert review.house.github.pulls() == []
    assert review.answers(number)[0].startswith("Closed by `alice`")
    late = review.comment(number, "/rediagnose too late")
    assert github_comments.reactions(review.house.github, late) == ["confused"]
    assert "This request is closed" in review.answers(number)[1]
    assert review.house.propose() == 0
    assert review.house.github.pulls() == []
    review.house.github.items[number]["state"] = "open"
    review.comment(number, "/rediagnose now")
    assert "(said by `alice`)" in review.entry()
    assert review.house.github.pulls() == [number]


def test_an_entry_that_is_gone_from_the_branch(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """Deleted or renamed by hand: it is not brought back; the answer says what to do, and so does the log of the job that failed."""
    number = review.propose()
    review.house.github.person_commits(BRANCH, {ENTRY: None, ENTRY.replace(".md", "-2.md"): review.entry()}, "Rename")
    review.comment(number, "/rediagnose again")
    (answer,) = review.answers(number)

    assert "the entry was deleted or renamed there" in answer
    assert "the entry was deleted or renamed there" in capsys.readouterr().err
    assert review.entry() == ""


def test_a_branch_with_a_merge_conflict(review: Review) -> None:
    """An entry that a merge left in two halves is not touched; the answer names the line."""
    number = review.propose()
    torn = review.entry().replace("## Common Causes", "<<<<<<< main\n## Common Causes\n=======\n>>>>>>> branch", 1)
    review.house.github.person_commits(BRANCH, {ENTRY: torn}, "Merge")
    review.comment(number, "/rediagnose again")

    assert "a merge-conflict marker" in review.answers(number)[0]
    assert review.entry() == torn


def test_a_forged_mark_is_text(review: Review) -> None:
    """A person's comment that carries the bot's mark is neither edited nor taken for an answer."""
    number = review.propose()
    mark = "<!-- errata:comment=query/0123456789abcdef0123456789abcdef -->"
    github_comments.comment(review.house.github, number, "mallory", f"It ran on `prod`, read-only and once\n\n{mark}\n")
    review.comment(number, "/approve-query 0123456789abcdef0123456789abcdef")
    (answer,) = review.answers(number)

    assert "No query of this request has the digest" in answer
    assert github_comments.comments(review.house.github, number, "mallory")[0].endswith(f"{mark}\n")


def test_an_approved_query_runs_once(review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are answered, redacted, become evidence, and stay it; a second approval shows the first one's answer; other digests match nothing."""
    file = with_database(review, tmp_path, monkeypatch)
    number = review.propose()
    queries = queries_in(review.body(number))
    digest = queries[0].digest
    review.comment(number, f"/approve-query {'0' * 32}")
    assert f"`{digest}`" in review.answers(number)[0]
    file.rename(file.with_suffix(".down"))
    review.comment(number, f"/approve-query {digest}")
    assert "did not run" in review.answers(number)[1]
    assert f"Next: `/approve-query {digest}`" in review.answers(number)[1]
    file.with_suffix(".down").rename(file)
    review.comment(number, f"/approve-query {digest}")
    rows, answer = review.answers(number)[2:]

    assert "LEAF-17" in rows
    assert "mira@example.com" not in rows
    assert "approved by `alice`" in rows
    assert answer.startswith("Diagnosed again")
    assert "LEAF-17" in review.body(number)
    assert digest not in [query.digest for query in queries_in(review.body(number))]
    file.unlink()  # whatever is asked from now on fails
    review.comment(number, f"/approve-query {digest}")
    assert "ran already" in review.answers(number)[4]
    assert "LEAF-17" in review.answers(number)[4]
    review.comment(number, "/rediagnose and now?")
    assert "LEAF-17" in review.body(number)


def another_error(review: Review) -> tuple[int, str]:
    """Another alert is proposed: the number of its request, and its link."""
    channel, ts = "C08RB8T6CNS", "1765963000.000100"
    review.house.slack.post(channel, "TimeoutError in pay_worker\nHandler: pay_worker\nTimeoutError: bank did not answer", ts=ts)
    link = f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    assert review.house.run("diagnose", link, "--out", str(review.house.proposal)) == 0
    assert review.house.propose() == 0
    return max(review.house.github.pulls()), link


def test_an_occurrence_moves_to_where_an_entry_went(review: Review) -> None:
    """The name of an entry that was merged into another leads there."""
    review.house.merge(review.propose())
    path = f"knowledge/errors/{NAME}.md"
    gone = parse(review.house.github.text(path) or "", path)
    stub = amended(gone, {"signature": "earlier_name_1a2b3c", "status": "withdrawn", "replaced_by": NAME, "fingerprint": ""})
    review.house.github.seed({"knowledge/errors/earlier_name_1a2b3c.md": render(stub)})
    number, link = another_error(review)
    git(review.house.checkout, "pull", "--quiet")

    review.comment(number, "/merge-into earlier_name_1a2b3c")

    assert review.answers(number)[0].startswith(f"Moved into `{NAME}`")
    assert link in (review.house.github.text(path, f"kb/{NAME}") or "")


def test_an_occurrence_moves_into_another_entry(review: Review) -> None:
    """A new error that a reviewer knows better: its alert, its words and its name go there, in one request; its own is closed."""
    review.propose()
    other = review.house.github.text(f"knowledge/errors/{NAME}.md") or ""
    number, link = another_error(review)
    branch = review.house.github.items[number]["head"]
    name = branch.removeprefix("kb/")
    path = f"knowledge/errors/{name}.md"
    text = review.house.github.text(path, branch) or ""
    review.house.github.person_commits(branch, {path: text.replace("#### Root cause", "Ask the bank.\n\n#### Root cause", 1)}, "Say more")
    review.comment(number, "/merge-into nothing_of_that_name_000000")
    assert "there is no entry of that name" in review.answers(number)[0]
    review.comment(number, f"/merge-into {name}")
    assert "it is the very same entry" in review.answers(number)[1]
    review.comment(number, f"/merge-into {NAME}")
    joined = review.entry()

    assert other
    assert link in joined
    assert "Ask the bank." in joined
    assert f'"{name}"' in joined
    assert review.house.github.pulls() == [1]
    assert "## Moved here" in review.body(1)
    assert "## Root cause" in review.body(1)
    assert review.answers(number)[2].startswith(f"Moved into `{NAME}`")


def test_without_the_right_being_known_nothing_runs(review: Review) -> None:
    """When GitHub does not say who may write, the job fails, and nobody is heard."""
    number = review.propose()
    review.house.github.tells_permissions = False
    remark = review.comment(number, "/withdraw")

    assert github_comments.reactions(review.house.github, remark) == []
    assert review.house.github.pulls() == [number]
    assert git(review.house.checkout, "status", "--porcelain") == ""
