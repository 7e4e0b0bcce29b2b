"""Alerts that were answered at once are counted in the one open request of their error."""

import msgspec
import pytest

from bot.config import Secret
from bot.core.entry.earlier import rows
from bot.core.entry.entry import parse, render
from bot.core.entry.identity import identity_of
from bot.core.entry.instant_answers import instant_answers
from bot.core.entry.library import Library
from bot.core.recurrence import trust
from bot.forges.github_merge import GitHubMerging
from bot.jobs.merge_counts import CountMerge, merge_counts
from tests.counted_alerts import BRANCH, PATH, claim, diagnosed, forge_of, github, merged_by_policy, on_branch, propose
from tests.fakes.github import FakeGitHub
from tests.recalls import CAUSE, NOW, entry, link, with_body

__all__ = ["github"]
pytestmark = pytest.mark.slow


def test_many_alerts_gather_in_one_request(github: FakeGitHub) -> None:
    """One request, a row for each, and the title and the text say that there is nothing to review but the count."""
    for number in (3, 1, 2, 1):
        assert propose(github, claim(number)).failures == ()

    (number,) = github.pulls()
    item = github.items[number]
    assert item["title"] == "Seen again, answered at once: ValidationError in transfer_handler: insufficient leaf balance"
    assert "Seen **3 times more**, answered from the reviewed entry (reviewed by mira on 2025-12-13)." in item["body"]
    assert "nothing to review in it but the count" in item["body"]
    assert set(item["labels"]) == {"severity:high", "category:application", "answered-at-once"}
    assert len(instant_answers(on_branch(github))) == 3
    assert on_branch(github).meta.occurrences == 4
    assert CAUSE in on_branch(github).body


def test_those_that_said_the_same_are_counted_with_it(github: FakeGitHub) -> None:
    """A row for each, nothing twice, and still a request that a policy may merge."""
    several = msgspec.structs.replace(claim(1), also=(link(3), link(2), link(1)))
    requests = propose(github, several).requests
    propose(github, claim(2), several)

    assert on_branch(github).meta.occurrences == 4
    assert "Seen **3 times more**" in github.items[github.pulls()[0]]["body"]
    (said,) = merged_by_policy(github, requests)
    assert "nothing but counts, merged as" in said


def test_those_that_said_the_same_come_with_a_diagnosis(github: FakeGitHub) -> None:
    """As rows, told in the request; in any order, from two runs that each lead what follows in the other, and again: each alert once."""
    one = msgspec.structs.replace(diagnosed(1), also=(link(2), link(3)))
    other = msgspec.structs.replace(diagnosed(3), also=(link(1), link(2), link(4)))
    propose(github, one)
    assert "2 more alerts say the same as this one" in github.items[github.pulls()[0]]["body"]
    for again in (other, one, other):
        propose(github, again)

    made = on_branch(github)
    assert made.meta.occurrences == 5
    assert [row.identity[-17:] for row in rows(made.body)] == [link(4).ts, link(2).ts]
    assert sorted(identity_of(thread)[-17:] for thread in made.meta.threads[1:]) == [link(number).ts for number in (1, 2, 3, 4)]
    commits = github.commits(BRANCH)
    propose(github, one, other)
    assert github.commits(BRANCH) == commits


def test_after_the_merge_only_those_that_are_missing_are_recorded(github: FakeGitHub) -> None:
    """The diagnosis that people reviewed stays as they left it."""
    propose(github, msgspec.structs.replace(diagnosed(1), also=(link(2),)))
    github.merge(github.pulls()[0])
    reviewed = github.text(PATH) or ""
    assert propose(github, msgspec.structs.replace(diagnosed(1, "Something else."), also=(link(2),))).requests == ()

    propose(github, msgspec.structs.replace(diagnosed(1, "Something else."), also=(link(2), link(5))))
    assert on_branch(github).meta.occurrences == parse(reviewed, PATH).meta.occurrences + 1
    assert "Something else." not in on_branch(github).body


def test_an_alert_that_only_came_along_may_be_diagnosed_after_all(github: FakeGitHub) -> None:
    """Also after the merge: the diagnosis takes the place of the row."""
    propose(github, msgspec.structs.replace(diagnosed(1), also=(link(2),)))
    github.merge(github.pulls()[0])
    propose(github, diagnosed(2, "Another cause altogether, by a nightly job."))

    made = on_branch(github)
    assert (made.meta.occurrences, rows(made.body)) == (3, [])
    assert "Another cause altogether, by a nightly job." in made.body


def test_a_count_that_waits_while_its_entry_is_reviewed(github: FakeGitHub) -> None:
    """The review judges the row below the new one: GitHub merges nothing, the bot says so, and a person who keeps the lines of both loses no alert."""
    propose(github, claim(1))
    (first,) = github.pulls()
    github.squash(first)
    (request,) = propose(github, claim(2)).requests
    main = parse(github.text(PATH) or "", PATH)
    judged = trust.reviewed(with_body(main, CAUSE, f"{CAUSE} Always."), ("alice",), NOW, main)
    github.seed({PATH: render(judged)})
    said: list[str] = []
    merging = GitHubMerging(Secret(github.token), github.repository, github.url, pace=None)

    merge_counts([request], CountMerge(forge_of(github), merging, Library([main]), said.append))

    assert "Pull Request is not mergeable" in said[0]
    assert "merge it by hand" in said[0]
    assert (github.pulls(), github.text(PATH)) == ([request.number], render(judged))
    github.bring_up_to_date(request.number)
    github.squash(request.number)
    after = parse(github.text(PATH) or "", PATH)
    assert [row.outcome for row in instant_answers(after)] == ["", "confirmed"]
    assert after.meta.occurrences == main.meta.occurrences + 1


def test_a_run_again_counts_nothing_twice(github: FakeGitHub) -> None:
    """Neither while the request is open nor after it was merged."""
    propose(github, claim(1))
    commits = github.commits(BRANCH)
    propose(github, claim(1))
    assert github.commits(BRANCH) == commits

    github.merge(github.pulls()[0])
    assert propose(github, claim(1)).requests == ()
    assert github.pulls() == []


def test_what_a_request_tells_of_a_diagnosis_stays(github: FakeGitHub) -> None:
    """A diagnosis waits for its review; then the error is counted: the description keeps the one and gains the other."""
    propose(github, diagnosed(1, "Another cause altogether, by a nightly job."))
    (number,) = github.pulls()
    labels = list(github.items[number]["labels"])

    propose(github, claim(2))
    propose(github, claim(3))

    body = github.items[number]["body"]
    assert github.pulls() == [number]
    assert "Another cause altogether, by a nightly job." in body
    assert body.count("## Seen again, answered at once") == 1
    assert "Seen **2 times more**" in body
    assert set(labels) < set(github.items[number]["labels"])


def test_a_diagnosis_joins_a_request_that_counts(github: FakeGitHub) -> None:
    """Its description tells the diagnosis first, and the count after it."""
    propose(github, claim(1))
    propose(github, diagnosed(2))

    body = github.items[github.pulls()[0]]["body"]
    assert body.index("## Root cause") < body.index("Seen **once more**")
    assert on_branch(github).meta.occurrences == 3


def test_an_alert_that_was_counted_may_be_diagnosed_after_all(github: FakeGitHub) -> None:
    """`bot diagnose --again`: the diagnosis takes the place of the row."""
    propose(github, claim(1))
    propose(github, diagnosed(1))

    made = on_branch(github)
    assert made.meta.occurrences == 2
    assert instant_answers(made) == ()
    assert "### Occurrence 2" in made.body


def test_a_claim_for_an_entry_that_is_gone_becomes_a_diagnosis(github: FakeGitHub) -> None:
    """Deleted on the default branch after the checkout: the alert is not lost."""
    known = entry()
    github.person_commits("main", {PATH: None}, "Delete it")

    propose(github, claim(1), main=known)

    made = on_branch(github)
    assert made.meta.occurrences == 1
    assert "**Diagnosed by:** rules" in made.body


def test_a_claim_for_an_entry_that_was_withdrawn_becomes_a_diagnosis(github: FakeGitHub) -> None:
    """Whatever the directory says: the entry of the checkout decides."""
    github.person_commits("main", {PATH: render(entry(status="withdrawn"))}, "Withdraw it")

    propose(github, claim(1))

    assert "does not fit any more" in github.items[github.pulls()[0]]["body"]
    assert instant_answers(on_branch(github)) == ()


def test_a_no_to_counting_is_remembered_until_the_next_review(github: FakeGitHub) -> None:
    """Closed unmerged: these words are not counted again."""
    propose(github, claim(1))
    github.close(github.pulls()[0])
    github.delete_branch(BRANCH)

    propose(github, claim(2))
    assert github.pulls() == []

    github.person_commits("main", {PATH: render(entry(reviewed_at="2025-12-16T00:00:00Z"))}, "Reviewed again")
    propose(github, claim(3))
    assert len(github.pulls()) == 1
