"""The commits that the evidence of a case tells of: suspects, earlier fixes, and what undid or carried those."""

from bot.model import Case, Commit, FixCheck


def commits_of(case: Case) -> tuple[Commit, ...]:
    """Each commit once, those of fixes first, for they know by which pull request they came."""
    details = [evidence.detail for evidence in case.evidence]
    fixes = [one for detail in details if isinstance(detail, FixCheck) for one in (detail.removed_by, detail.fix, detail.carried_by) if one]
    suspects = [detail for detail in details if isinstance(detail, Commit)]
    return tuple({commit.sha: commit for commit in reversed([*fixes, *suspects])}.values())[::-1]
