"""What is proposed and merged: an occurrence for an entry, a pull request before and after it is one."""

from datetime import datetime
from typing import Literal

from bot.model.alert import Permalink
from bot.model.diagnosis import Diagnosis
from bot.model.evidence import Commit
from bot.model.record import Record


class Occurrence(Record, frozen=True):
    """One time that the error happened, as an entry records it. Its identity is the alert's channel and ts."""

    permalink: Permalink
    time: datetime
    environment: str
    service: str | None
    release: str | None
    trace_ids: tuple[str, ...]
    diagnosis: Diagnosis
    owners: tuple[str, ...] = ()
    """GitHub handles of the failing code's owners, without `@`."""
    commits: tuple[Commit, ...] = ()
    """The commits that the evidence holds: where the diagnosis names one, the entry leads to it."""
    runbooks: tuple[str, ...] = ()
    """Paths of the runbooks that were chosen by their scope: where the diagnosis names one, the entry leads to it."""


class File(Record, frozen=True):
    """A file to commit. `path` is relative to the repository, computed in code, never taken from outside text."""

    path: str
    text: str


class Revision(Record, frozen=True):
    """A generated change to a file of the default branch: `before` is the text it was made from, None for a new file."""

    path: str
    before: str | None
    after: str


class Proposal(Record, frozen=True):
    """A pull request before it is one.

    `content` is the digest by which a closed request is remembered as a "no"; `case` that by which a run sees that an earlier
    one came to its end.
    """

    branch: str
    files: tuple[File, ...]
    commit_message: str
    title: str
    body: str
    content: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    case: str = ""
    spend: str = ""
    """Hidden marks of what the diagnosis cost (`spend_marks.mark`) and could not see (`gap_marks.mark`); empty where there was neither."""


class PullRequest(Record, frozen=True):
    """A pull request as the forge knows it."""

    number: int
    url: str
    title: str
    state: Literal["open", "merged", "closed"]
    branch: str


class Standing(Record, frozen=True):
    """How a branch stands before a proposal: the open request if there is one, what was declined, the file as it is there.

    `head` is the commit to build on (of the branch if its request is open, else of the default branch);
    `text` is the entry there, None when there is none; `codeowners` the CODEOWNERS file of the default branch;
    `left_behind` is the head of a branch whose request is finished, to be replaced by a new branch from `head`;
    `described` names the cases that the open request tells of: a run that crashed after its commit is not among them.
    `body` is the whole description of the open request, empty where there is none.
    """

    branch: str
    head: str
    open: PullRequest | None = None
    branch_exists: bool = False
    left_behind: str | None = None
    text: str | None = None
    declined: tuple[str, ...] = ()
    codeowners: str = ""
    described: tuple[str, ...] = ()
    body: str = ""


class MergedEntry(Record, frozen=True):
    """An entry that a push to the default branch added or changed.

    `approved_by` names those who approved its pull request, else the person who merged it, never a bot; `merged_at` is aware, None for a
    direct push.
    """

    path: str
    before: str | None
    after: str
    pull_request: str | None = None
    approved_by: tuple[str, ...] = ()
    merged_at: datetime | None = None
