"""What was finished on GitHub resolves entries: closed tracking issues, merged changes that say so; and what is none of it."""

from pathlib import Path

import pytest

from bot.config import Secret
from bot.core.entry.entry import parse
from bot.core.entry.library import fix_of
from bot.core.fix.fixes_error import named_in_description, named_in_message
from bot.errors import TrackerError
from bot.forges.github_work import GitHubWork
from bot.jobs.resolving import by_issue
from bot.model import FixCheck, PastFix
from tests.code_story import HANDLER, LOCKED, PLAIN, Repository
from tests.fakes.github_comments import comment
from tests.fakes.github_state import TOKEN
from tests.fakes.github_work import WorkingGitHub
from tests.finished_work import BRANCH, NAME, PATH, Run, closed, github
from tests.test_fix_check import proved

__all__ = ["github"]


@pytest.mark.slow
def test_a_closed_tracking_issue_becomes_a_request(github: WorkingGitHub) -> None:
    """With the pull request and the commit that closed it, at the time it was closed; run again, nothing is written twice."""
    number = closed(github, github.track(NAME))
    sha = "4be91d07" * 5
    github.closers[number] = {
        "__typename": "PullRequest",
        "number": 12,
        "merged": True,
        "repository": {"nameWithOwner": "acme/transfers"},
        "mergeCommit": {"oid": sha},
    }
    opened = Run(github).issue(number)
    assert opened is not None
    entry = parse(github.text(PATH, BRANCH) or "")
    fix = fix_of(entry)
    assert fix is not None
    assert (entry.meta.status, entry.meta.resolved_at) == ("resolved", "2025-12-20T10:00:00Z")
    assert (fix.commit, fix.pull_request) == (sha, "acme/transfers#12")
    head = github.git.head(BRANCH)
    assert "resolved already" in " ".join(again.said) if (again := Run(github)) and again.issue(number) else False
    assert github.git.head(BRANCH) == head
    assert len(github.pulls()) == 1


@pytest.mark.slow
def test_an_issue_that_a_person_closed_names_only_itself(github: WorkingGitHub) -> None:
    """Also where GraphQL is refused: its number is not taken for a pull request."""
    number = closed(github, github.track(NAME))
    github.knows_graphql = False
    assert Run(github).issue(number) is not None
    fix = fix_of(parse(github.text(PATH, BRANCH) or ""))
    assert fix is not None
    assert (fix.commit, fix.pull_request) == (None, None)
    assert f"/issues/{number}" in fix.words


@pytest.mark.slow
def test_the_last_words_of_a_member_say_what_ended_it(github: WorkingGitHub) -> None:
    """Not those of the bot, of a guest, or of somebody who came a day later; what stands in code is no word."""
    number = closed(github, github.track(NAME))
    said = [
        ("mira", "OWNER", "2025-12-20T09:00:00Z", "A row lock in reserve_leaves, see #12.\n\nMore of it.\n"),
        ("guest", "NONE", "2025-12-20T09:30:00Z", "No!"),
    ]
    said += [("errata[bot]", "MEMBER", "2025-12-20T09:40:00Z", "I am a bot."), ("mira", "OWNER", "2025-12-24T09:00:00Z", "Merry Christmas")]
    for login, association, time, words in said:
        comment(github, number, login, words)
        github.items[number]["comments"][-1] |= {"created_at": time, "author_association": association}
    assert Run(github).issue(number) is not None
    fix = fix_of(parse(github.text(PATH, BRANCH) or ""))
    assert fix is not None
    assert fix.words.startswith("A row lock in reserve_leaves, see #12 (closed with its tracking issue http")
    assert fix.pull_request == "#12"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["not planned", "duplicate", "open", "without our label", "without our mark", "moved", "a pull request", "regressed since"])
def test_what_is_no_resolution_leaves_the_entry(github: WorkingGitHub, kind: str) -> None:
    """Told in the log; no request."""
    number = github.track(NAME, ("bug",) if kind == "without our label" else ("errata",), "no mark" if kind == "without our mark" else None)
    if kind != "open":
        closed(github, number, {"not planned": "not_planned", "duplicate": "duplicate"}.get(kind, "completed"))
    if kind == "moved":
        github.moved[number] = "https://github.com/acme/elsewhere/issues/7"
    if kind == "a pull request":
        github.items[number] |= {"head": "x", "base": "main", "requested_reviewers": [], "requested_teams": []}
    if kind == "regressed since":
        text = (github.text(PATH) or "").replace('status: "diagnosed"', 'status: "regressed"')
        github.seed({PATH: text.replace('last_seen: "2025-12-12', 'last_seen: "2025-12-24')})
    run = Run(github)
    assert run.issue(number) is None
    assert len(run.said) == 1
    assert github.pulls() == ([number] if kind == "a pull request" and github.items[number]["state"] == "open" else [])


@pytest.mark.slow
def test_an_issue_that_was_deleted(github: WorkingGitHub) -> None:
    """A sentence, with what to do."""
    with pytest.raises(TrackerError, match="deleted"):
        Run(github).issue(99)
    with pytest.raises(TrackerError, match="is no number of an issue"):
        by_issue("4/../../1", GitHubWork(Secret(TOKEN), github.repository, github.url), Run(github).life, print)


def a_request(github: WorkingGitHub, branch: str, body: str) -> int:
    """Somebody's pull request."""
    github.person_commits(branch, {f"src/{branch.replace('/', '_')}.py": "lock()\n"}, "Lock the leaves")
    number = max(github.items, default=0) + 1
    facts = {"state": "open", "title": "Lock the leaves", "body": body, "labels": [], "reviews": [], "requested_reviewers": [], "requested_teams": []}
    github.items[number] = {**facts, "head": branch, "base": "main"}
    return number


@pytest.mark.slow
def test_a_merged_pull_request_says_what_it_fixes(github: WorkingGitHub) -> None:
    """Found in its text, though the merge commit does not say it; one request for it; an unknown name is told."""
    number = a_request(github, "lock", f"It locks.\n\nFixes-error: {NAME}, nobody_1a2b3c\n")
    before, after = github.git.head("main") or "", github.merge(number)
    (failure,) = Run(github).push(before, after)
    assert "no entry has this name" in failure.cause
    fix = fix_of(parse(github.text(PATH, BRANCH) or ""))
    assert fix is not None
    assert (fix.commit, fix.pull_request) == (after, f"acme/knowledge#{number}")
    assert "Lock the leaves" in fix.words


@pytest.mark.slow
def test_each_commit_of_a_request_says_what_it_fixes(github: WorkingGitHub) -> None:
    """Merged with its commits: the second one's error is resolved as the first one's is, by the same request."""
    other = "second_Error_bbbbbb"
    number = a_request(github, "both", "Two fixes.")
    github.person_commits("both", {"a.py": "lock()\n"}, f"Take the lock\n\nFixes-error: {NAME}")
    github.person_commits("both", {"a.py": "close()\n"}, f"Close the cursor\n\nFixes-error: {other}, {NAME}")
    before, after = github.git.head("main") or "", github.merge(number)

    (landed,) = GitHubWork(Secret(TOKEN), github.repository, github.url).landed(before, after)

    assert (landed.signatures, landed.pull_request, landed.commit) == ((NAME, other), f"acme/knowledge#{number}", after)


@pytest.mark.slow
def test_a_direct_push_says_it_too(github: WorkingGitHub) -> None:
    """In its message; also the first push of a branch, whose `before` is zeros."""
    before = github.git.head("main") or ""
    after = github.person_commits("main", {"a.py": "lock()\n"}, f"Lock\n\nFixes-error: {NAME}")
    assert Run(github).push("0" * 40, after) == ()
    assert Run(github).push(before, after) == ()
    assert len(github.pulls()) == 1


@pytest.mark.slow
def test_the_bots_own_requests_promise_nothing(github: WorkingGitHub) -> None:
    """They quote alerts, and an alert may say anything."""
    number = a_request(github, f"kb/{NAME}", f"Fixes-error: {NAME}\n")
    before, after = github.git.head("main") or "", github.merge(number)
    assert Run(github).push(before, after) == ()
    assert github.pulls() == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Fixes-error: a_b_1a2b3c", ("a_b_1a2b3c",)),
        ("Lock\n\nfixes-error:  `a_1`, b_2.md\r\nFixes-error: a_1\n", ("a_1", "b_2")),
        ("It says Fixes-error: a_1 somewhere", ()),
        ("Fixes-error: ../../etc/passwd", ()),
        ("Fixes-error: <script>", ()),
        ("Fixes-error:", ()),
        ("> Fixes-error: a_1", ()),
    ],
)
def test_the_line_that_says_it(text: str, names: tuple[str, ...]) -> None:
    """On a line of its own, names only."""
    assert named_in_message(text) == names
    assert named_in_description(text) == names


@pytest.mark.parametrize("text", ["```\nFixes-error: a_1\n```", "<!--\nFixes-error: a_1\n-->", "    Fixes-error: a_1", "Fixes-error: " + "a " * 50_000])
def test_what_a_description_only_quotes(text: str) -> None:
    """Code and comments are no promise, nor is a line without end."""
    assert named_in_description(text) == ()


@pytest.mark.slow
def test_what_resolved_it_is_proved_when_the_error_comes_back(github: WorkingGitHub, tmp_path: Path) -> None:
    """The whole round: merged here, written down, read back, and looked for in the code, where a later commit took it out."""
    code = Repository(tmp_path / "transfers")
    code.commit("first (#1)", {HANDLER: PLAIN})
    fix = code.commit("Lock the leaves (#1234)", {HANDLER: LOCKED})
    number = closed(github, github.track(NAME))
    github.closers[number] = {"__typename": "Commit", "oid": fix}
    Run(github).issue(number)
    removal = code.commit("perf: drop the lock", {HANDLER: PLAIN})
    past = fix_of(parse(github.text(PATH, BRANCH) or ""))
    assert isinstance(past, PastFix)
    found = proved(code, past)
    detail = getattr(found, "detail", None)
    assert isinstance(detail, FixCheck)
    assert detail.state == "lost"
    assert detail.removed_by is not None
    assert detail.removed_by.sha == removal


@pytest.mark.slow
def test_an_action_item_that_is_done_resolves_nothing(github: WorkingGitHub) -> None:
    """It carries label and mark, as every issue of the bot, and is the issue of no entry."""
    run = Run(github)

    assert run.issue(closed(github, github.track("postmortem-0123456789abcdef01234567"))) is None
    assert run.said == ["acme/knowledge#1: an action item of a post-mortem; no entry is resolved by it"]
