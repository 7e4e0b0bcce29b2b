"""A pull request that brings pages to the knowledge folder other than by a diagnosis: a post-mortem, a review, a merge of two entries."""

import hashlib
from collections.abc import Callable

from bot.core.request.pull_request_marks import contents_of, labels_of, words_of
from bot.errors import StaleBranch
from bot.model import File, Proposal, PullRequest, Record, Standing
from bot.ports import Forge, Say
from bot.texts import progress

TRIES = 5


class PageRequest(Record, frozen=True):
    """What the request is called and says. `path` is its leading page, whose text on the branch `Standing.text` gives.

    `branch` is `errata/<what>/<name>`, computed in code; entries of a diagnosis have `kb/<signature>`. With `joins`, the description of a request
    that is open keeps telling what it told, with its labels, and `body` comes after that.
    """

    branch: str
    path: str
    title: str
    body: str
    commit_message: str
    labels: tuple[str, ...] = ("errata",)
    reviewers: tuple[str, ...] = ()
    joins: bool = False


def propose_pages(request: PageRequest, forge: Forge, files: Callable[[Standing], tuple[File, ...]], say: Say, *, by_hand: bool = False) -> PullRequest | None:
    """Open or update the one request of that branch with what `files` makes of how it stands; no files: nothing to do but to finish what was cut off.

    What was closed unmerged with the same content is told and left, unless a person asks for it again (`by_hand`). Raises ForgeError, and what `files` raises.
    """
    for left in reversed(range(TRIES)):
        standing = forge.standing(request.branch, request.path)
        made = files(standing)
        content = _digest(made)
        if standing.open is None and content in standing.declined and not by_hand:
            say(progress.declined(request.branch))
            return None
        if not made and (left_over := unfinished_content(standing)):
            content = left_over
        elif not made or (standing.open is not None and content in standing.described):
            say(progress.nothing_new(request.branch, standing.open))
            return standing.open
        body, labels = _told(request, standing)
        proposal = Proposal(
            branch=request.branch,
            files=made,
            commit_message=request.commit_message,
            title=request.title,
            body=body,
            content=content,
            labels=labels,
            reviewers=request.reviewers,
            case=content,
        )
        try:
            return forge.propose(proposal, standing)
        except StaleBranch:
            if not left:
                raise
    return None


def unfinished_content(standing: Standing) -> str:
    """What the open request brings, where the run that opened it ended before it was labelled; empty otherwise."""
    return next(iter(contents_of(standing.body)), "") if standing.open is not None and not standing.described else ""


def _told(request: PageRequest, standing: Standing) -> tuple[str, tuple[str, ...]]:
    """Description and labels, from how the request stands at this try: another run may have told of a diagnosis since the last."""
    if not request.joins or standing.open is None:
        return request.body, request.labels
    words = words_of(standing.body)
    return words if request.body in words else f"{words}\n\n{request.body}", labels_of(standing.body)


def _digest(files: tuple[File, ...]) -> str:
    told = "\n".join(f"{file.path}\n{file.text}" for file in files)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
