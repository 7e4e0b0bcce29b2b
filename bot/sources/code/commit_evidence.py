"""A commit as a piece of evidence: who, when, what it changed, and why it is shown."""

from bot.core.suspects.suspicion import only_brought
from bot.model import Commit, Evidence
from bot.sources.code.reading import SOURCE
from bot.texts.fix_proof import changed_lines, headline


def commit_evidence(commit: Commit) -> Evidence:
    """A commit with its lines; a suspect with the reasons that put it where it stands in the order."""
    looked_up = commit.relation == "changed a place that was looked up"
    why = "" if looked_up else "listed because it " if only_brought(commit.relation, commit.reasons) else "suspected: "
    reasons = [f"{why}{'; '.join(commit.reasons)}"] if commit.reasons else []
    text = "\n".join([headline(commit), f"{commit.relation}: {commit.path}", *reasons, *changed_lines(commit)])
    shown = commit.permalink or f"{commit.repository}@{commit.sha[:7]}"
    return Evidence("commit", SOURCE, shown, text, time=commit.time, query=f"git show {commit.sha[:12]} -- {commit.path}", detail=commit)
