"""A forge without an account: branches in a git repository, and each pull request a text beside it."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from bot.clock import utc_now
from bot.core.code import codeowners
from bot.core.entry.entry import FOLDER, is_entry_path
from bot.core.request.pull_request_marks import cases_of, contents_of, framed, is_lapsed, merge_body
from bot.errors import ForgeError, StaleBranch
from bot.forges.local_git import LocalGit
from bot.forges.local_pulls import Pull, Pulls
from bot.model import Checkup, File, MergedEntry, Proposal, PullRequest, Revision, Standing

State = Literal["open", "merged", "closed"]


class LocalForge:
    """A Forge on a git repository. Merging the branch accepts a request; deleting the branch unmerged declines it."""

    def __init__(self, repository: Path, default_branch: str = "main", now: Callable[[], datetime] = utc_now) -> None:
        self._git = LocalGit(repository)
        self._pulls = Pulls(self._git.folder / "errata" / "pulls")
        self._default = default_branch
        self._now = now

    def standing(self, branch: str, path: str) -> Standing:
        """See `Forge.standing`. What became of a request is read from git: merged, squashed, or its branch deleted."""
        default, head = self._default_head(), self._git.head(branch)
        requests = [(pull, self._state(pull, default)) for pull in self._pulls.of(branch)]
        current = next((pull for pull, state in requests[:1] if state == "open"), None)
        finished = bool(requests) and requests[0][0].state == "open" and requests[0][1] == "merged"
        closed = {pull.head for pull, state in requests if state == "closed"}
        left_behind = head if head and current is None and (finished or head in closed or self._git.contains(default, head)) else None
        base = head if head and not left_behind else default
        refused = [body for pull, state in requests if state == "closed" and not is_lapsed(body := self._pulls.body(pull.number), pull.ended)]
        declined = (digest for body in refused for digest in contents_of(body))
        owners = self._git.blobs(default, *codeowners.PLACES)
        return Standing(
            branch=branch,
            head=base,
            open=self._noun(current, "open") if current else None,
            branch_exists=head is not None,
            left_behind=left_behind,
            text=self._git.text(base, path),
            declined=tuple(dict.fromkeys(declined)),
            codeowners=next((_lenient(self._git.content(owners[place])) for place in codeowners.PLACES if place in owners), ""),
            described=cases_of(self._pulls.body(current.number)) if current else (),
            body=self._pulls.body(current.number) if current else "",
        )

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """See `Forge.propose`. A run that crashed after its commit is finished: what stands already is not written again."""
        default = self._default_head()
        requests = [(pull, self._state(pull, default)) for pull in self._pulls.of(proposal.branch)]
        current = next((pull for pull, state in requests[:1] if state == "open"), None)
        if (current.number if current else None) != (standing.open.number if standing.open else None):
            raise StaleBranch(f"writing to {proposal.branch}", "its pull request was opened, merged or closed meanwhile", "run this again")
        for pull, state in requests:
            if pull.state != state:
                self._pulls.save(msgspec.structs.replace(pull, state=state))
        head = self._write(proposal, standing)
        part = framed(proposal.body, proposal.content, proposal.labels, proposal.case, proposal.spend)
        paths = tuple(file.path for file in proposal.files)
        if current is not None:
            known = msgspec.structs.replace(current, head=head, paths=paths, labels=proposal.labels, reviewers=proposal.reviewers)
            self._pulls.save(known, merge_body(self._pulls.body(current.number), part))
            return self._noun(known, "open")
        made = Pull(0, proposal.branch, proposal.title, default, head, paths, "open", proposal.labels, proposal.reviewers, self._now())
        return self._noun(self._pulls.add(made, f"# {proposal.title}\n\n{part}\n"), "open")

    def merged(self, before: str, after: str) -> tuple[MergedEntry, ...]:
        """See `Forge.merged`. A `before` of zeros stands for the parent of `after`; whoever merged counts as having approved."""
        new = self._known(after)
        old = self._known(before) if before.strip("0") else self._git.parent(new)
        changes = [change for change in self._git.changes(old, new, FOLDER) if is_entry_path(change.path)]
        pulls = self._pulls.all() if changes else []
        entries = []
        for change in changes:
            pull = next((pull for pull in pulls if change.path in pull.paths and self._state(pull, new) == "merged"), None)
            merger = self._git.merger(change.path, old, new)
            entries.append(
                MergedEntry(
                    path=change.path,
                    before=_lenient(self._git.content(change.old_blob)) if change.earlier else None,
                    after=_lenient(self._git.content(change.new_blob)),
                    pull_request=self._pulls.page(pull.number).as_uri() if pull else None,
                    approved_by=merger[:1] if merger else (),
                    merged_at=merger[1] if merger else None,
                )
            )
        return tuple(entries)

    def commit(self, revisions: tuple[Revision, ...], message: str) -> str | None:
        """See `Forge.commit`. Where the default branch is checked out, the work tree follows; ForgeError if it is dirty there."""
        head = self._default_head()
        if any(self._git.text(head, revision.path) not in (revision.before, revision.after) for revision in revisions):
            raise StaleBranch(f"committing to {self._default}", "a file changed since it was read", "run this again")
        files = tuple(File(revision.path, revision.after) for revision in revisions)
        commit = self._git.commit(head, files, message, self._now())
        if commit is not None:
            self._git.move(self._default, commit, head, tuple(file.path for file in files))
        return commit

    def states(self) -> list[tuple[Pull, State]]:
        """Every request with what became of it, newest first."""
        default = self._default_head()
        return [(pull, self._state(pull, default)) for pull in self._pulls.all()]

    def examine(self) -> Iterable[Checkup]:
        """The default branch, and whether the repository can be written."""
        head = self._git.head(self._default)
        if head is None:
            yield Checkup("local repository", False, f"there is no branch {self._default}", self._start())
        else:
            yield Checkup("local repository", True, f"{self._default} is at {head[:12]}")
        folder = self._git.folder
        if os.access(folder, os.W_OK):
            yield Checkup("write access", True, f"{folder} can be written")
        else:
            yield Checkup("write access", False, f"{folder} cannot be written", f"chmod u+w {folder}")

    def _start(self) -> str:
        return f"git commit --allow-empty -m start, on {self._default}; or set `default_branch:` to the branch you use"

    def _state(self, pull: Pull, default: str) -> State:
        if pull.state != "open":
            return pull.state
        branch = self._git.head(pull.branch)
        tip = branch or pull.head
        if self._git.contains(default, tip) or self._is_squashed(pull, tip, default):
            return "merged"
        return "open" if branch else "closed"

    def _is_squashed(self, pull: Pull, tip: str, default: str) -> bool:
        """Whether every file of the request has stood, as it is at its tip, on the default branch since the request was opened."""
        if default == pull.base or self._git.commit_id(tip) is None or self._git.commit_id(pull.base) is None:
            return False
        return all(self._git.blob(tip, path) in self._git.blobs_of(path, pull.base, default) for path in pull.paths)

    def _write(self, proposal: Proposal, standing: Standing) -> str:
        """The commit at the branch's head once the files stand there."""
        commit = self._git.commit(standing.head, proposal.files, proposal.commit_message, self._now())
        continued = standing.branch_exists and standing.left_behind is None
        if commit is None and not continued:
            cause = f"every file stands on {self._default} already, word for word"
            raise ForgeError(f"proposing {proposal.branch}", cause, "nothing is left to do: this was merged before")
        if commit is not None:
            expected = standing.head if continued else standing.left_behind
            self._git.move(proposal.branch, commit, expected, tuple(file.path for file in proposal.files))
        return commit or standing.head

    def _default_head(self) -> str:
        head = self._git.head(self._default)
        if head is None:
            raise ForgeError(f"reading the branch {self._default}", "there is no such branch", self._start())
        return head

    def _known(self, name: str) -> str:
        commit = self._git.commit_id(name)
        if commit is None:
            raise ForgeError(
                "reading what was merged",
                f"{name[:80]!r} is no commit here",
                "give two commits, as `git log` prints them; a shallow clone lacks the older ones: `git fetch --unshallow`",
            )
        return commit

    def _noun(self, pull: Pull, state: State) -> PullRequest:
        return PullRequest(pull.number, self._pulls.page(pull.number).as_uri(), pull.title, state, pull.branch)


def _lenient(raw: bytes) -> str:
    # Read only, never written back: one byte that is no UTF-8 must not keep the other entries from being published.
    return raw.decode("utf-8", errors="replace")
