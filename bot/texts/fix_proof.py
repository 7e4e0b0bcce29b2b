"""What is said of an earlier fix: as plain lines that a diagnosis can quote, each a fact that git shows."""

from bot.model import Commit, FixCheck


def headline(commit: Commit, noun: str = "commit") -> str:
    """One line that names a commit."""
    return f"{noun} {commit.sha[:7]} of {commit.time:%Y-%m-%d} by {commit.author or 'unknown'}: {commit.subject}"


def changed_lines(commit: Commit) -> list[str]:
    """What a commit removed and added, as a diff shows it."""
    return [*(f"-{line}" for line in commit.removed), *(f"+{line}" for line in commit.added)]


def proof(check: FixCheck, at: str) -> str:
    """The whole proof; `at` is the commit that was read, as people write it."""
    fix, remover = check.fix, check.removed_by
    lines = [headline(fix, "fix"), fix.path, *(changed_lines(fix) if check.state == "put back" or not fix.added else (f"+{line}" for line in fix.added))]
    lines += _standing(check, at) if check.stands else _undone(check, at)
    if remover:
        lines += [f"{_DID.get(check.state, 'removed by')} {headline(remover)}", *changed_lines(remover)]
    return "\n".join(lines)


_DID = {"put back": "put back by", "commented out": "commented out by"}


def _standing(check: FixCheck, at: str) -> list[str]:
    copied = [f"It came into what ran as {headline(check.carried_by)}."] if check.carried_by else []
    if not check.fix.added:
        return [*copied, f"The lines that it removed are not back at {at}."]
    said = {"moved": f"These lines still stand at {at}, in {check.moved_to}.", "reworded": f"These lines still stand at {at}, reworded."}
    return [*copied, said.get(check.state, f"These lines still stand at {at}.")]


def _undone(check: FixCheck, at: str) -> list[str]:
    if check.state in ("not deployed", "never there"):
        later = [f"It comes with {headline(check.carried_by)}."] if check.carried_by else []
        what = "is not yet in" if check.state == "not deployed" else "was never in"
        return [f"This fix {what} the code that was read, {at}: no commit of its history brings it.", *later]
    copied = [f"It came into what ran as {headline(check.carried_by)}."] if check.carried_by else []
    unknown = [] if check.removed_by else ["The commit that did it is older than the history that was read."]
    return [*copied, f"{'There again' if check.state == 'put back' else 'No longer there'} at {at}:", *check.missing, *unknown]
