"""What the words of a resolution point to."""

import pytest

from bot.core.code.handles import handle, login_of
from bot.core.links.resolution_reference import commits, number_of, pull_request_of, pull_requests, repository_of


@pytest.mark.parametrize(
    ("words", "shas", "requests"),
    [
        ("Row lock in reserve_leaves, commit 4be91d07.", ("4be91d07",), ()),
        ("fixed in #1234", (), ("#1234",)),
        ("https://github.com/acme/transfers/pull/1234/files", (), ("acme/transfers#1234",)),
        ("https://gitlab.com/a/b/c/-/merge_requests/5", (), ("a/b/c!5",)),
        ("see acme/transfers#12 and !13", (), ("acme/transfers#12", "!13")),
        ("PR 77, merge request !8", (), ("#77", "!8")),
        ("https://github.com/acme/x/commit/4be91d07aa", ("4be91d07aa",), ()),
        ("20251217 and 1c9b42d", ("1c9b42d", "20251217"), ()),
        ("https://github.com/acme/x/issues/12", (), ()),
        ("restarted the pods &#39;twice&#39; abc#d", (), ()),
    ],
)
def test_commits_and_pull_requests_are_found(words: str, shas: tuple[str, ...], requests: tuple[str, ...]) -> None:
    """Hosts, short forms and sentences; an issue is no pull request."""
    assert (commits(words), pull_requests(words)) == (shas, requests)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Lock (#1234)", "#1234"),
        ('Revert "Lock (#1234)" (#1300)', "#1300"),
        ('Revert "Lock (#1234)"', None),
        ("Merge pull request #5 from acme/lock", "#5"),
        ("Merged PR 12: lock", "#12"),
        ("Merged in lock (pull request #9)", "#9"),
        ("Lock (#12) again", None),
    ],
)
def test_the_request_of_a_commit_is_its_own(subject: str, expected: str | None) -> None:
    """A number that the subject only quotes is another one's."""
    assert pull_request_of(subject) == expected


def test_gitlab_says_it_in_the_body() -> None:
    """The last line of a merge commit."""
    assert pull_request_of("Merge branch 'lock' into 'main'", "Lock\n\nSee merge request acme/transfers!12\n") == "!12"
    assert (number_of("acme/transfers!12"), repository_of("acme/transfers!12"), repository_of("#3")) == ("!12", "acme/transfers", "")


def test_handles_are_those_that_github_gives() -> None:
    """A noreply address names a login; no other address ever does."""
    texts = ("@acme/transfers", "mira", "mira_acme", "-x", "a--b", "@a;b", "dependabot[bot]", "x" * 40, "a/b/c", "")
    assert [handle(text) for text in texts] == ["acme/transfers", "mira", "mira_acme", *[None] * 7]
    addresses = ("12+mira@users.noreply.github.com", "mira@users.noreply.github.com", "mira@example.com", "1+dependabot[bot]@users.noreply.github.com")
    assert [login_of(address) for address in addresses] == ["mira", "mira", None, None]
