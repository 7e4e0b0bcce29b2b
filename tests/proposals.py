"""What the forges' tests share: one proposal, and the job's way of making it."""

import msgspec

from bot.model import File, Proposal, PullRequest
from bot.ports import Forge

BRANCH = "kb/transfer_handler_ValidationError_a1b2c3"
PATH = "knowledge/errors/transfer_handler_ValidationError_a1b2c3.md"
ZEROS = "0" * 40


def a_proposal(text: str = "entry\n", content: str = "c1", **changes: object) -> Proposal:
    """One entry, two labels, one reviewer."""
    proposal = Proposal(
        BRANCH, (File(PATH, text),), "Record an error", "ValidationError in transfer_handler", "What happened.", content, ("errata", "high"), ("alice",)
    )
    return msgspec.structs.replace(proposal, **changes)


def propose(forge: Forge, proposal: Proposal) -> PullRequest:
    """What the job does: look, then propose."""
    return forge.propose(proposal, forge.standing(proposal.branch, PATH))
