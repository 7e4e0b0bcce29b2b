"""What was finished on GitHub: tracking issues that were closed, and changes whose words say which errors they fix."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from github import GithubException, UnknownObjectException
from github.Commit import Commit
from github.Issue import Issue
from github.PullRequest import PullRequest
from msgspec.structs import replace

from bot.config import Secret
from bot.core.entry.outline import outline
from bot.core.fix.fixes_error import named_in_description, named_in_message
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.request.issue_marks import marker_in
from bot.errors import ForgeError, TrackerError
from bot.github_client import connect, refused
from bot.model.finished import Landed, TrackedIssue, TrackedStates
from bot.regex import regex

LABEL = "errata"
OWN_BRANCHES = ("kb/", "errata/")
MOST_COMMITS = 100
PAGES = 10
"""Of 100 issues and pull requests with our label: a call each."""
TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")
_CLOSER = """\
query ($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { issue(number: $number) {
  timelineItems(itemTypes: [CLOSED_EVENT], last: 1) { nodes { ... on ClosedEvent { closer {
    __typename
    ... on Commit { oid }
    ... on PullRequest { number merged repository { nameWithOwner } mergeCommit { oid } } } } } } } } }
"""
_SHA = regex(r"[0-9a-f]{40}\Z")
_SLUG = regex(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}\Z")


class GitHubWork:
    """A WorkLog, and a TrackedWork, on GitHub: reads only."""

    def __init__(self, token: Secret, repository: str, api_url: str, default_branch: str = "main") -> None:
        self._repo = connect(token, repository, api_url, None)
        self._name, self._default = repository, default_branch

    def issue(self, reference: str) -> TrackedIssue:
        """See `WorkLog.issue`. Only an issue with our label and our mark is ours."""
        number = reference.rpartition("#")[2]
        if not re.fullmatch(r"[1-9]\d{0,8}", number):
            raise TrackerError("reading the tracking issue", f"{one_line(reference)[:60]!r} is no number of an issue", "give the number of the issue, as `41`")
        with refused(f"reading issue #{number} on GitHub", TrackerError):
            try:
                found = self._repo.get_issue(int(number))
                url, moved = found.html_url, f"/{self._name}/issues/".lower() not in found.html_url.lower()
            except UnknownObjectException as error:
                remedy = "nothing follows from it; resolve the entry by hand where it is over: bot resolve <signature> --because …"
                raise TrackerError(f"reading issue #{number} on GitHub", "it was deleted, or this token cannot see it", remedy) from error
            ours = not moved and LABEL in {label.name for label in found.labels} and "/pull/" not in url
            signature = marker_in(found.body) if ours or moved else ""
            if moved:
                return TrackedIssue(f"{self._name}#{number}", url, signature, "moved")
            return self._tracked(found, number, signature)

    def states(self) -> TrackedStates:
        """See `TrackedWork.states`. The list holds the bot's pull requests too, which carry the same label."""
        found, newest, unseen = list[TrackedIssue](), dict[str, int](), False
        with refused("listing the tracking issues on GitHub", TrackerError):
            listed = self._repo.get_issues(state="all", labels=[LABEL], sort="updated", direction="desc")
            for number in range(PAGES):
                page = listed.get_page(number)
                for one in page:
                    if "/pull/" not in one.html_url and (name := marker_in(one.body)):
                        newest[name] = max(newest.get(name, 0), one.number)
                        found.append(self._bare(one, str(one.number), name))
                unseen = len(page) == 100
                if not unseen:
                    break
        return TrackedStates(tuple(one for one in found if one.reference == f"{self._name}#{newest[one.signature]}"), unseen)

    def landed(self, before: str, after: str) -> tuple[Landed, ...]:
        """See `WorkLog.landed`. The bot's own requests quote alerts, and promise nothing."""
        with refused(f"reading what came in between {before[:12]} and {after[:12]}"):
            found = dict[str, Landed]()
            for commit in self._commits(before, after):
                for one in self._of(commit):
                    key = one.pull_request or one.commit
                    first = found.get(key, one)  # each commit of a request names what its own message does
                    found[key] = replace(first, signatures=tuple(dict.fromkeys((*first.signatures, *one.signatures))))
            return tuple(found.values())

    def _bare(self, found: Issue, number: str, signature: str) -> TrackedIssue:
        """Without what closed it, which takes further calls."""
        reference = f"{self._name}#{number}"
        if found.state != "closed":
            return TrackedIssue(reference, found.html_url, signature, "open")
        closed = (found.closed_at or datetime.now(UTC)).astimezone(UTC)
        outcome: Literal["completed", "not planned"] = "completed" if found.state_reason in (None, "completed") else "not planned"
        return TrackedIssue(reference, found.html_url, signature, outcome, closed)

    def _tracked(self, found: Issue, number: str, signature: str) -> TrackedIssue:
        bare = self._bare(found, number, signature)
        if bare.outcome != "completed" or not signature or bare.closed is None:
            return bare
        commit, request = self._closer(int(number))
        return TrackedIssue(bare.reference, bare.url, signature, "completed", bare.closed, commit, request, _last_words(found, bare.closed))

    def _closer(self, number: int) -> tuple[str, str]:
        """Commit and pull request that closed an issue; both empty when a person did, or when it cannot be seen."""
        owner, _, name = self._name.partition("/")
        try:
            _, answer = self._repo.requester.graphql_query(_CLOSER, {"owner": owner, "name": name, "number": number})
        except GithubException:
            return "", ""
        closer = _at(answer, "data", "repository", "issue", "timelineItems", "nodes", 0, "closer")
        merge, slug, of = _at(closer, "mergeCommit", "oid"), _at(closer, "repository", "nameWithOwner"), _at(closer, "number")
        commit = _at(closer, "oid") or merge
        known = closer is not None and bool(_at(closer, "merged")) and isinstance(slug, str) and _SLUG.match(slug) and isinstance(of, int)
        return (commit if isinstance(commit, str) and _SHA.match(commit) else ""), (f"{slug}#{of}" if known else "")

    def _commits(self, before: str, after: str) -> Iterable[Commit]:
        for name in (before, after):
            if not re.fullmatch(r"[0-9a-fA-F]{7,64}", name):
                raise ForgeError("reading what came in", f"{name[:80]!r} is no commit id", "give the ids of two commits, as `git log` prints them")
        if not before.strip("0"):
            return [self._repo.get_commit(after)]
        try:
            return list(self._repo.compare(before, after).commits)[-MOST_COMMITS:]
        except UnknownObjectException as error:
            raise ForgeError("reading what came in", "GitHub does not know one of the two commits", "after a force-push name an older one") from error

    def _of(self, commit: Commit) -> Iterator[Landed]:
        requests = [request for request in commit.get_pulls() if request.merged_at and request.base.ref == self._default]
        if any(self._is_own(request) for request in requests):
            return
        message = commit.commit.message or ""
        for request in requests:
            names = tuple(dict.fromkeys((*named_in_description(request.body or ""), *named_in_message(message))))
            if names:
                merged = request.merged_at or commit.commit.committer.date
                sha = request.merge_commit_sha or commit.sha
                yield Landed(names, cut(one_line(request.title), 200), merged.astimezone(UTC), sha, f"{self._name}#{request.number}")
        if not requests and (names := named_in_message(message)):
            title = cut(one_line(message.partition("\n")[0]), 200)
            yield Landed(names, title, commit.commit.committer.date.astimezone(UTC), commit.sha)

    def _is_own(self, request: PullRequest) -> bool:
        head = request.head
        return head.ref.startswith(OWN_BRANCHES) and head.repo is not None and head.repo.full_name.lower() == self._name.lower()


def _last_words(found: Issue, closed: datetime) -> str:
    """The first paragraph of the last comment around the closing, of somebody who belongs to the repository; a guest may say anything."""
    said = [
        comment.body
        for comment in found.get_comments(since=closed - timedelta(days=1))
        if comment.author_association in TRUSTED
        and comment.user
        and not comment.user.login.endswith("[bot]")
        and comment.created_at <= closed + timedelta(hours=1)
    ]
    prose = [line.text for line in outline((said[-1] or "").replace("\r\n", "\n")[:10_000]).lines if not line.hidden] if said else []
    return cut(one_line("\n".join(prose).strip().partition("\n\n")[0]), 300)


def _at(answer: Any, *path: str | int) -> Any:
    """What stands there in an answer, None where something on the way is missing."""
    for step in path:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            return None
    return answer
