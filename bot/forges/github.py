"""Proposals become pull requests on GitHub: one for each branch, on top of what people committed, never a force-push."""

from collections.abc import Iterable
from typing import Literal

from github import GithubException
from github.PullRequest import PullRequest as GitHubRequest

from bot.config import Secret
from bot.core.code import codeowners
from bot.core.request.pull_request_marks import cases_of, contents_of, framed, is_lapsed, labels_of, merge_body, part_of
from bot.errors import ForgeError
from bot.forges import github_checkup, github_history, github_requests
from bot.forges.github_tree import GitHubTree, stale
from bot.github_client import connect, refused
from bot.model import Checkup, File, MergedEntry, Proposal, PullRequest, Revision, Standing

# Limits of issues and pull requests: GitHub answers 422 beyond them.
LONGEST_TITLE = 256
LONGEST_BODY = 65_536
SINGLE_REVIEWERS = 2


class GitHubForge:
    """A Forge on GitHub. `standing` and `propose` together stay within 17 calls."""

    def __init__(self, token: Secret, repository: str, api_url: str, default_branch: str = "main", pace: float | None = 1.0) -> None:
        self._repo = connect(token, repository, api_url, pace)
        self._name = repository
        self._default = default_branch
        self._tree = GitHubTree(self._repo)

    def standing(self, branch: str, path: str) -> Standing:
        """See `Forge.standing`. Raises ForgeError also for a branch with commits made after its request was closed."""
        with refused(f"reading how {branch} stands on GitHub"):
            requests = self._requests(branch)
            current = next((request for request in requests if request.state == "open"), None)
            unmerged = [request for request in requests if request.state != "open" and request.merged_at is None]
            declined = [request for request in unmerged if not is_lapsed(request.body, github_requests.aware(request.closed_at))]
            head = self._tree.head(branch)
            left_behind = head if head and current is None and self._is_left_behind(branch, head, requests) else None
            base = head if head and not left_behind else self._default_head()
            return Standing(
                branch=branch,
                head=base,
                open=_noun(current) if current else None,
                branch_exists=head is not None,
                left_behind=left_behind,
                text=self._tree.known_text(path, base),
                declined=tuple(dict.fromkeys(digest for request in declined for digest in contents_of(request.body))),
                codeowners=self._codeowners(),
                described=cases_of(current.body) if current and _is_complete(current) else (),
                body=(current.body or "") if current else "",
            )

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """See `Forge.propose`. A run that crashed after its commit is finished: what stands already is not written again."""
        with refused(f"proposing {proposal.branch} on GitHub"):
            if standing.open is not None:
                return self._update(self._repo.get_pull(standing.open.number), proposal, standing)
            part = framed(proposal.body, proposal.content, proposal.labels, proposal.case, proposal.spend)
            self._check_lengths(proposal.title, part)
            return self._open(proposal, part, self._write(proposal, standing))

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """See `Forge.merged`. A `before` of zeros, as in the event of a first push, stands for the parent of `after`."""
        with refused(f"reading what was merged between {before[:12]} and {after[:12]}"):
            return github_history.merged(self._repo, before, after, self._default)

    def commit(self, revisions: tuple[Revision, ...], message: str) -> str | None:
        """See `Forge.commit`. A protected branch refuses with the way to let the bot pass."""
        with refused(f"committing to {self._default} on GitHub"):
            head = self._default_head()
            if not self._tree.stands({revision.path: (revision.before, revision.after) for revision in revisions}, head):
                raise stale(self._default)
            commit = self._tree.commit(head, tuple(File(revision.path, revision.after) for revision in revisions), message)
            if commit is not None:
                self._tree.advance(self._default, commit)
            return commit

    def examine(self) -> Iterable[Checkup]:
        """The token, the repository, the right to write, and the setting that lets Actions open pull requests."""
        return github_checkup.examine(self._repo, self._name, self._default)

    def _requests(self, branch: str) -> list[GitHubRequest]:
        owner = self._name.partition("/")[0]
        found = self._repo.get_pulls(state="all", head=f"{owner}:{branch}", sort="created", direction="desc")
        # GitHub ignores a head it does not understand and lists everything; forks of the same owner are not ours either.
        return [request for request in found if request.head.ref == branch and request.head.repo and request.head.repo.full_name.lower() == self._name.lower()]

    def _is_left_behind(self, branch: str, head: str, finished: list[GitHubRequest]) -> bool:
        # Only what is safe elsewhere (in a finished request, or in the default branch) may be replaced.
        heads = {request.head.sha: request.number for request in finished}
        if head in heads:
            return True
        comparison = self._repo.compare(self._default, head)
        if comparison.ahead_by == 0:
            return True
        number = next((heads[commit.sha] for commit in comparison.commits if commit.sha in heads), None)
        if number is not None:
            cause = f"the branch has commits made after its pull request #{number} was closed"
            raise ForgeError(f"reading how {branch} stands on GitHub", cause, f"merge them or open a pull request for them, or delete the branch {branch}")
        return False

    def _default_head(self) -> str:
        head = self._tree.head(self._default)
        if head is None:
            remedy = "name the default branch in .github/knowledge-bot.yml (`default_branch:`), or push a first commit to it"
            raise ForgeError(f"reading the branch {self._default} on GitHub", f"{self._name} has no such branch", remedy)
        return head

    def _codeowners(self) -> str:
        for path in codeowners.PLACES:
            try:
                text = self._tree.text(path, self._default)
            except ForgeError:  # too large or no text: nobody is asked for a review, which must not stop a proposal
                return ""
            if text is not None:
                return text
        return ""

    def _write(self, proposal: Proposal, standing: Standing) -> str:
        """The commit at the branch's head once the files stand there."""
        commit = self._tree.commit(standing.head, proposal.files, proposal.commit_message)
        if standing.branch_exists and standing.left_behind is None:
            if commit is not None:
                self._tree.advance(proposal.branch, commit)
            return commit or standing.head
        if commit is None:
            cause = f"every file stands on {self._default} already, word for word"
            raise ForgeError(f"proposing {proposal.branch} on GitHub", cause, "nothing is left to do: this was merged before")
        if standing.left_behind is not None:
            self._tree.delete(proposal.branch, standing.left_behind)
        self._tree.create(proposal.branch, commit)
        return commit

    def _open(self, proposal: Proposal, part: str, commit: str) -> PullRequest:
        try:
            request = self._repo.create_pull(self._default, proposal.branch, title=proposal.title, body=part)
        except GithubException as error:
            if error.status != 422:
                raise
            current = next((request for request in self._requests(proposal.branch) if request.state == "open"), None)
            if current is None:
                # GitHub, or a person, deletes a merged request's branch wherever it points by then: ours may be gone with it.
                if self._tree.head(proposal.branch) != commit:
                    raise stale(proposal.branch) from error
                raise
            self._check_holds(current, proposal.branch, commit)
            if current.head.sha == commit:
                self._describe(current, part, proposal.labels, commit)
            return _noun(current)  # else somebody built on this commit and has described both
        self._check_holds(request, proposal.branch, commit)
        self._ask_for_review(request, proposal.reviewers)
        if proposal.labels:  # last: a request without them is one that a crash left, see _is_complete
            request.add_to_labels(*proposal.labels)
        return _noun(request)

    def _check_holds(self, request: GitHubRequest, branch: str, commit: str) -> None:
        # A branch can be deleted by hand and made anew by another run between our commit and our request.
        if request.head.sha != commit and self._repo.compare(commit, request.head.sha).behind_by:
            raise stale(branch)

    def _update(self, request: GitHubRequest, proposal: Proposal, standing: Standing) -> PullRequest:
        if request.state != "open":
            raise stale(proposal.branch)
        part = framed(proposal.body, proposal.content, proposal.labels, proposal.case, proposal.spend)
        self._check_lengths(request.title, merge_body(request.body, part))
        commit = self._tree.commit(standing.head, proposal.files, proposal.commit_message)
        if commit is not None:
            self._tree.advance(proposal.branch, commit)
        if not _is_complete(request):
            self._ask_for_review(request, proposal.reviewers)
        request = self._describe(request, part, proposal.labels, commit or standing.head)
        if request.state != "open":  # merged or closed under our hands: take the commit back, it is in nobody's request
            if commit is not None:
                self._tree.delete(proposal.branch, commit)
            raise stale(proposal.branch)
        return _noun(request)

    def _describe(self, before: GitHubRequest, part: str, labels: tuple[str, ...], head: str) -> GitHubRequest:
        """Replace the bot's own words and labels; the title and what people added stay. Returns the request as it is then.

        GitHub has no conditional write for a description, so it is read once more, as late as may be: people and other runs wrote meanwhile.
        """
        request = self._repo.get_pull(before.number)
        if request.head.sha != head and contents_of(request.body) != contents_of(before.body):
            # Another run built on our commit and was quicker to describe both: its words stay, with our digests.
            part, labels = merge_body(part, part_of(request.body)), labels_of(request.body)
        ours = {label.casefold() for label in labels_of(request.body)}
        present = [label.name for label in request.labels]
        kept = [label for label in present if label.casefold() not in ours]
        wanted = list({label.casefold(): label for label in (*kept, *labels)}.values())
        if {label.casefold() for label in wanted} != {label.casefold() for label in present}:
            request.set_labels(*wanted)
        # Last, since it names the case as told; also when nothing changed: the answer says whether the request is still open.
        request.edit(body=merge_body(request.body, part))
        return request

    def _ask_for_review(self, request: GitHubRequest, reviewers: tuple[str, ...]) -> None:
        # GitHub refuses the whole list for one name that is no collaborator (422): then the first ones are asked one by one.
        if not reviewers or self._asked(request, reviewers) or len(reviewers) == 1:
            return
        for reviewer in reviewers[:SINGLE_REVIEWERS]:
            self._asked(request, (reviewer,))

    def _asked(self, request: GitHubRequest, reviewers: tuple[str, ...]) -> bool:
        # A team of another organisation would be taken for one of the same name here.
        organisation = self._name.partition("/")[0].lower()
        named = [name.removeprefix("@") for name in reviewers]
        names = [name for name in named if "/" not in name or name.partition("/")[0].lower() == organisation]
        if not names:
            return True
        try:
            request.create_review_request([name for name in names if "/" not in name], [name.partition("/")[2] for name in names if "/" in name])
        except GithubException as error:
            if error.status != 422:
                raise
            return False
        return True

    def _check_lengths(self, title: str, body: str) -> None:
        doing = "describing the pull request"
        if len(title) > LONGEST_TITLE:
            raise ForgeError(doing, f"its title has {len(title)} characters, GitHub takes {LONGEST_TITLE}", "shorten the title")
        if len(body) > LONGEST_BODY:
            remedy = "shorten what was added to the description outside the bot's part"
            raise ForgeError(doing, f"its description would have {len(body)} characters, GitHub takes {LONGEST_BODY}", remedy)


def _is_complete(request: GitHubRequest) -> bool:
    """Whether the run that opened the request came to its end: a label of ours stands on it. People may take some away."""
    ours = {label.casefold() for label in labels_of(request.body)}
    return not ours or any(label.name.casefold() in ours for label in request.labels)


def _noun(request: GitHubRequest) -> PullRequest:
    unmerged: Literal["open", "closed"] = "open" if request.state == "open" else "closed"
    return PullRequest(request.number, request.html_url, request.title, "merged" if request.merged_at else unmerged, request.head.ref)
