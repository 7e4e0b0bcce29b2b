"""A commit as a piece of evidence: who, when, what it changed, and why it is shown."""

from bot.model import Commit, Evidence
from bot.sources.code.reading import SOURCE
from bot.texts.fix_proof import changed_lines, headline


def commit_evidence(commit: Commit) -> Evidence:
    """A commit with its lines; a suspect with the reasons that put it where it stands in the order."""
    why = "" if commit.relation == "changed a place that was looked up" else "suspected: "
    reasons = [f"{why}{'; '.join(commit.reasons)}"] if commit.reasons else []
    text = "\n".join([headline(commit), f"{commit.relation}: {commit.path}", *reasons, *changed_lines(commit)])
    shown = commit.permalink or f"{commit.repository}@{commit.sha[:7]}"
    return Evidence("commit", SOURCE, shown, text, time=commit.time, query=f"git show {commit.sha[:12]} -- {commit.path}", detail=commit)
